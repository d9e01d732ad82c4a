//! What the list of a file leads to, before it is numbered.

use crate::ArchiveError;
use crate::model::LeftOut;
use slipway_image::{ImageFinding, Manifest, Node, SpeakingIndex, Tagged};

/// An image before it is numbered.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its place among what the file lists.
    pub(crate) order: u64,
    pub(crate) names: Vec<String>,
    pub(crate) root: Node,
    pub(crate) referrers: Vec<Manifest>,
    pub(crate) tagged: Vec<Tagged>,
    pub(crate) speaking_indexes: Vec<SpeakingIndex>,
    /// What reading it brought up.
    pub(crate) notes: Vec<ImageFinding>,
}

/// What a list leads to.
#[derive(Debug, Default)]
pub(crate) struct Roots {
    pub(crate) found: Vec<Found>,
    pub(crate) left: Vec<LeftOut>,
}

impl Roots {
    /// The same, unless nothing that it lists is whole: then why, of what comes nearest to an image.
    pub(crate) fn some_whole(mut self) -> Result<Self, ArchiveError> {
        let nearest = self.left.iter().enumerate().min_by_key(|(_, left)| left.kind);
        match nearest.map(|(at, _)| at).filter(|_| self.found.is_empty()) {
            Some(at) => Err(self.left.swap_remove(at).reason),
            None => Ok(self),
        }
    }
}
