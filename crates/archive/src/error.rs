//! Why a file cannot be used as an image.

use slipway_reference::Digest;

/// Why a file cannot be used. Each names the file, the member or the rule.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is not there or cannot be read.
    #[error("{file} cannot be read: {source}")]
    Unreadable {
        /// File name.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// 0 bytes.
    #[error("{file} is empty")]
    Empty {
        /// File name.
        file: String,
    },
    /// A zip file.
    #[error("{file} is a zip file, not an image: unpack it and use the .tar inside")]
    Zip {
        /// File name.
        file: String,
    },
    /// Neither a tar nor compressed.
    #[error("{file} is no image: it is neither a tar nor a compressed one")]
    Unknown {
        /// File name.
        file: String,
    },
    /// A tar without an image.
    #[error("{file} is a tar without an image: it has neither manifest.json nor index.json")]
    NotImage {
        /// File name.
        file: String,
    },
    /// A root file system, as `docker export` writes it.
    #[error("{file} is a root file system (docker export), not an image: use docker save")]
    RootFilesystem {
        /// File name.
        file: String,
    },
    /// Written by Docker before 1.10.
    #[error(
        "{file} was written by Docker before 1.10 and has no manifest.json: load it into a newer Docker and save it again"
    )]
    TooOld {
        /// File name.
        file: String,
    },
    /// A folder that is no OCI layout.
    #[error("the folder {file} is no OCI layout: oci-layout is missing")]
    NotLayout {
        /// Folder name.
        file: String,
    },
    /// It ends early.
    #[error("the file ends early, at {at} of at least {size} bytes: copy or save it again")]
    Truncated {
        /// Where it ends, bytes.
        at: u64,
        /// How long it should be at least, bytes.
        size: u64,
    },
    /// A member that is named is not there.
    #[error("{member} is missing in the file")]
    MemberMissing {
        /// The member.
        member: String,
    },
    /// A member is not understood.
    #[error("{member} is not understood: {reason}")]
    Malformed {
        /// The member.
        member: String,
        /// Why.
        reason: String,
    },
    /// Content does not fit its digest.
    #[error("{member} is damaged: its digest is {found}, not {expected}")]
    Damaged {
        /// The member.
        member: String,
        /// What it should be.
        expected: Digest,
        /// What it is.
        found: Digest,
    },
    /// A name that leads out of the file, a link in a circle, or sizes that disagree.
    #[error("{member} is not safe: {reason}")]
    Unsafe {
        /// The member.
        member: String,
        /// Why.
        reason: String,
    },
    /// It unpacks to far too much.
    #[error("{member} unpacks to more than can be meant")]
    Bomb {
        /// What.
        member: String,
    },
    /// It changed since it was opened.
    #[error("the file changed while it was read: open it again")]
    Changed,
    /// No such image in the file.
    #[error("the file holds no image {selector}; it holds {present}")]
    UnknownImage {
        /// What was asked for.
        selector: String,
        /// What is there.
        present: String,
    },
    /// There is no room for a compressed file unpacked.
    #[error(
        "the file is compressed and has to be unpacked once: it needs {need} bytes in {folder}, where {free} are free"
    )]
    NoRoom {
        /// Where.
        folder: String,
        /// Bytes that it needs at least.
        need: u64,
        /// Bytes that are free.
        free: u64,
    },
    /// A compressed file could not be unpacked.
    #[error("the file is compressed and has to be unpacked once, which failed: {source}")]
    Spool {
        /// Why.
        source: std::io::Error,
    },
    /// Writing an archive failed.
    #[error("the archive cannot be written: {source}")]
    Write {
        /// Why.
        source: std::io::Error,
    },
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl ArchiveError {
    pub(crate) fn malformed(member: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Malformed { member: member.into(), reason: reason.into() }
    }

    pub(crate) fn unsafe_name(member: impl Into<String>, reason: &str) -> Self {
        Self::Unsafe { member: member.into(), reason: reason.to_owned() }
    }
}
