//! How much one file may make us read and keep, so that a small file cannot cost much memory or time.

use crate::ArchiveError;
use crate::json::LARGEST;

/// Manifests, indexes and configurations; shared ones count each time.
const MOST_DOCUMENTS: u32 = 10_000;

/// JSON in all, bytes.
const MOST_JSON: u64 = 128 << 20;

/// Layers of all images.
const MOST_LAYERS: usize = 100_000;

/// What was spent so far. The limits are far above what any tool writes.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    documents: u32,
    json: u64,
    layers: usize,
}

impl Budget {
    /// A JSON of so many bytes is about to be read for `member`.
    pub(crate) fn document(&mut self, bytes: u64, member: &str) -> Result<(), ArchiveError> {
        self.documents += 1;
        // A larger one is refused for that, before it is read.
        self.json += bytes.min(LARGEST);
        within(self.documents <= MOST_DOCUMENTS && self.json <= MOST_JSON, member)
    }

    /// `member` names so many layers.
    pub(crate) fn layers(&mut self, count: usize, member: &str) -> Result<(), ArchiveError> {
        self.layers += count;
        within(self.layers <= MOST_LAYERS, member)
    }
}

fn within(fine: bool, member: &str) -> Result<(), ArchiveError> {
    if fine { Ok(()) } else { Err(ArchiveError::Bomb { member: member.to_owned() }) }
}
