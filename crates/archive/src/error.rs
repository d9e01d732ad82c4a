//! Why a file cannot be used as an image.

use std::fmt;

use slipway_reference::Digest;

use crate::kind::Kind;

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
    /// Something else, which is known.
    #[error("{file} is no image: it is {kind}")]
    Other {
        /// File name.
        file: String,
        /// What it is.
        kind: Kind,
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
    /// A link of a layout leads out of its folder.
    #[error(
        "{member} is a link that leads out of the folder {folder}: --trust-links follows it, where you trust whoever made the folder; or copy the folder with what its links lead to (cp -rL {folder} COPY) and use the copy"
    )]
    LeadsOut {
        /// The member.
        member: String,
        /// Name of the folder.
        folder: String,
    },
    /// It unpacks to far too much.
    #[error("{member} unpacks to more than can be meant")]
    Bomb {
        /// What.
        member: String,
    },
    /// It unpacks to so much more than it is that somebody has to allow it.
    #[error(
        "{member} has {size} bytes and unpacks to more than {limit}: --max-unpacked allows more, where you trust whoever made it"
    )]
    Unpacks {
        /// The file, or the layer.
        member: String,
        /// Its size, bytes.
        size: u64,
        /// What it may unpack to without being asked about, bytes.
        limit: u64,
    },
    /// More JSON than one file may make us keep.
    #[error(
        "{member} is left out: an image file may hold 8 MiB of manifests and configurations, and 600,000 values in them"
    )]
    TooMuch {
        /// The member that is too much.
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
    /// The image that was asked for lacks something.
    #[error("the image {selector} is incomplete: {reason}")]
    Incomplete {
        /// What was asked for.
        selector: String,
        /// What it lacks.
        reason: String,
    },
    /// There is no room for what has to go into a temporary file.
    #[error(
        "{what}: it needs {need} bytes in {folder}, where it may take {free}, since a tenth of the disk stays free; TMPDIR can name another folder"
    )]
    NoRoom {
        /// Why it has to.
        what: Spooled,
        /// Where.
        folder: String,
        /// Bytes that it needs at least.
        need: u64,
        /// Bytes that it may take: a tenth of the disk stays free.
        free: u64,
    },
    /// What has to go into a temporary file could not.
    #[error("{what}, which failed in {folder}: {source}; TMPDIR can name another folder")]
    Spool {
        /// Why it has to.
        what: Spooled,
        /// Where.
        folder: String,
        /// Why not.
        source: std::io::Error,
    },
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
}

/// Why something goes into a file of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spooled {
    /// It is compressed.
    Compressed,
    /// It is a pipe or a device.
    Stream,
}

impl fmt::Display for Spooled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Compressed => "the file is compressed and has to be unpacked once",
            Self::Stream => "what comes through a pipe has to be kept in a file once",
        })
    }
}

impl ArchiveError {
    /// It is about the whole file, whatever images are in it.
    pub(crate) fn is_of_the_file(&self) -> bool {
        matches!(
            self,
            Self::Truncated { .. }
                | Self::Bomb { .. }
                | Self::Unpacks { .. }
                | Self::Changed
                | Self::NoRoom { .. }
                | Self::Spool { .. }
                | Self::Cancelled
        )
    }

    pub(crate) fn malformed(member: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Malformed { member: cut(member.into()), reason: cut(reason.into()) }
    }

    pub(crate) fn unsafe_name(member: impl Into<String>, reason: &str) -> Self {
        Self::Unsafe { member: cut(member.into()), reason: reason.to_owned() }
    }

    /// The file has more members, or more pieces of them, than any tool writes.
    pub(crate) fn too_many_members() -> Self {
        Self::Bomb { member: "the list of members".to_owned() }
    }
}

/// So much is said of what a file says, characters: it is kept, and told again and again.
const MOST_SAID: usize = 500;

fn cut(text: String) -> String {
    match text.char_indices().nth(MOST_SAID) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
