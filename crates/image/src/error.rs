//! What is wrong with a document of an image, or with a change of one.

use std::io;

/// A manifest, an index, a descriptor or a configuration that is not understood, and why. Where it lies, only whoever
/// read it knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

impl Malformed {
    /// For what a document lacks that its reader needs.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl From<Malformed> for String {
    fn from(Malformed(reason): Malformed) -> Self {
        reason
    }
}

/// Why a change that was wanted cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// It makes no sense for this image.
    #[error("cannot {what}: {reason}")]
    Refused {
        /// What was wanted.
        what: String,
        /// Why not.
        reason: String,
    },
    /// The configuration cannot be read. An error of its source's kind travels inside of it.
    #[error("config cannot be read: {0}")]
    Read(io::Error),
}
