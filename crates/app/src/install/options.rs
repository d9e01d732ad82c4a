//! A pull as it is asked for, and what is told of it.

use slipway_archive::Target;
use slipway_transfer::Platforms;

use crate::view::FileFormat;

/// What a pull writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullFormat {
    /// A file that `docker load` takes, and that is an OCI archive, too.
    DockerArchive,
    /// An OCI layout in a tar.
    OciArchive,
    /// An OCI layout in a folder.
    OciLayout,
}

impl PullFormat {
    pub(super) fn target(self) -> Target {
        match self {
            Self::DockerArchive => Target::DockerArchive,
            Self::OciArchive => Target::OciArchive,
            Self::OciLayout => Target::OciLayout,
        }
    }
}

impl From<FileFormat> for PullFormat {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::DockerArchive => Self::DockerArchive,
            FileFormat::OciArchive => Self::OciArchive,
            FileFormat::OciLayout => Self::OciLayout,
        }
    }
}

impl From<PullFormat> for FileFormat {
    fn from(format: PullFormat) -> Self {
        match format {
            PullFormat::DockerArchive => Self::DockerArchive,
            PullFormat::OciArchive => Self::OciArchive,
            PullFormat::OciLayout => Self::OciLayout,
        }
    }
}

/// How a pull is done.
#[derive(Debug, Clone)]
pub struct PullOptions {
    /// What is written.
    pub format: PullFormat,
    /// Which platforms of each image.
    pub platforms: Platforms,
    /// Signatures, SBOMs and attestations come along.
    pub signatures: bool,
    /// Plain http to a host that is not this computer.
    pub plain_http: bool,
    /// As nobody in particular, whoever is signed in.
    pub anonymous: bool,
}

/// What a running pull reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchProgress {
    /// So much is to be there in all.
    Total {
        /// Bytes.
        bytes: u64,
    },
    /// What is fetched of an image, before anything else is.
    Chosen {
        /// The image.
        reference: String,
        /// Digest of what will be there.
        digest: String,
        /// No registry has that digest: it is an index of the platforms that were wanted.
        made: bool,
        /// It goes into a file for `docker load` and has layers that are compressed with Zstandard.
        zstd: bool,
    },
    /// A blob starts.
    Blob {
        /// Its digest.
        digest: String,
        /// Its size, bytes.
        size: u64,
    },
    /// So many bytes of a blob are there from an earlier pull.
    Found {
        /// Bytes.
        bytes: u64,
    },
    /// So many bytes that were told of are not what they should be, and come again.
    TakenBack {
        /// Bytes.
        bytes: u64,
    },
    /// So many bytes are there, as this computer had them.
    Here {
        /// Bytes.
        bytes: u64,
    },
    /// All is there and checked; this engine gets it now.
    Loading {
        /// What it is called.
        engine: String,
    },
    /// The pull failed; what was fetched stays for the next one.
    Kept,
    /// So many more bytes arrived.
    Received {
        /// Bytes since the last such report.
        bytes: u64,
    },
    /// The registry warns of something that people should know; each text comes once.
    Warning {
        /// Its words.
        text: String,
    },
    /// Something failed and is tried again after a while.
    Waiting {
        /// What failed, in English.
        reason: String,
        /// How long is waited, seconds, rounded up.
        seconds: u64,
    },
}
