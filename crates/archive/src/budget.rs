//! How much one file may make us read and keep, so that a small file cannot cost much memory or time.

use slipway_image::json::{self, LARGEST};

use crate::ArchiveError;

/// Manifests, indexes and configurations that are read, and places that name them.
const MOST_DOCUMENTS: usize = 10_000;

/// Entries of the lists that lead to images.
const MOST_LISTED: usize = 50_000;

/// JSON that is read in all, bytes.
const MOST_READ: u64 = 128 << 20;

/// JSON of which the content is kept, bytes: what is made of it takes up to twenty times as much.
pub(crate) const MOST_KEPT: u64 = 8 << 20;

/// Values in that JSON.
const MOST_VALUES: usize = 600_000;

/// Layers of all images.
const MOST_LAYERS: usize = 20_000;

/// Names of all images.
const MOST_NAMES: usize = 20_000;

/// What is told of all images.
const MOST_NOTES: usize = 10_000;

/// So much is told of one image; nobody reads more.
pub(crate) const MOST_OF_ONE: usize = 100;

/// So much is told of a name that a file gives, characters.
pub(crate) const MOST_NAME: usize = 200;

/// What was spent so far. The limits are far above what any tool writes.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    documents: usize,
    listed: usize,
    read: u64,
    kept: u64,
    values: usize,
    layers: usize,
    names: usize,
    notes: usize,
}

impl Budget {
    /// A JSON of so many bytes is about to be read for `member`.
    pub(crate) fn document(&mut self, bytes: u64, member: &str) -> Result<(), ArchiveError> {
        // A larger one is refused for that, before it is read.
        self.read += bytes.min(LARGEST);
        within(self.read <= MOST_READ, member)?;
        self.places(1, member)
    }

    /// `member` leads to so many more of what was read before: nothing is kept of it twice, but it is gone through.
    pub(crate) fn places(&mut self, count: usize, member: &str) -> Result<(), ArchiveError> {
        self.documents += count;
        within(self.documents <= MOST_DOCUMENTS, member)
    }

    /// `member` lists so many entries.
    pub(crate) fn listed(&mut self, count: usize, member: &str) -> Result<(), ArchiveError> {
        self.listed += count;
        within(self.listed <= MOST_LISTED, member)
    }

    /// What `raw`, the content of `member`, says is about to be kept.
    pub(crate) fn keep(&mut self, raw: &[u8], member: &str) -> Result<(), ArchiveError> {
        let (kept, values) = (self.kept + raw.len() as u64, self.values + json::values(raw));
        if kept > MOST_KEPT || values > MOST_VALUES {
            return Err(ArchiveError::TooMuch { member: member.to_owned() });
        }
        (self.kept, self.values) = (kept, values);
        Ok(())
    }

    /// JSON of which the content is kept, bytes.
    pub(crate) fn kept(&self) -> u64 {
        self.kept
    }

    /// `member` names so many layers.
    pub(crate) fn layers(&mut self, count: usize, member: &str) -> Result<(), ArchiveError> {
        self.layers += count;
        within(self.layers <= MOST_LAYERS, member)
    }

    /// `member` gives so many names to an image.
    pub(crate) fn names(&mut self, count: usize, member: &str) -> Result<(), ArchiveError> {
        self.names += count;
        within(self.names <= MOST_NAMES, member)
    }

    /// Whether one more thing can be told of an image that has so many already.
    pub(crate) fn note(&mut self, of_image: usize) -> bool {
        self.notes += 1;
        of_image < MOST_OF_ONE && self.notes <= MOST_NOTES
    }
}

fn within(fine: bool, member: &str) -> Result<(), ArchiveError> {
    if fine { Ok(()) } else { Err(ArchiveError::Bomb { member: member.to_owned() }) }
}
