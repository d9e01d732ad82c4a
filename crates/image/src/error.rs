//! What is wrong with a document of an image.

/// A manifest, an index, a descriptor or a configuration that is not understood, and why. Where it lies, only whoever
/// read it knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

impl Malformed {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl From<Malformed> for String {
    fn from(Malformed(reason): Malformed) -> Self {
        reason
    }
}
