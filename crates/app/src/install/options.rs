//! A pull as it is asked for, and what is told of it.

/// The kind of file that a pull writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullFormat {
    /// One that `docker load` takes.
    DockerArchive,
    /// An OCI layout in a tar.
    OciArchive,
}

/// How a pull is done.
#[derive(Debug, Clone)]
pub struct PullOptions {
    /// The kind of file.
    pub format: PullFormat,
    /// Only this platform.
    pub platform: Option<String>,
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
