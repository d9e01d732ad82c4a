//! Versions that never move: what is known of that before anything is sent, and the last look before a tag is set.

use slipway_distribution::{ManifestAt, Repository};
use slipway_reference::{Digest, Tag};

use crate::error::TransferError;
use crate::options::Options;
use crate::origin::Replaces;
use crate::plan::{Plan, Presence, Role, TagPlan, TagState};

/// Whether a version would move that must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moves {
    /// It may move, is new, or points to this image.
    Free,
    /// It points to another image.
    Never,
    /// It points to an image of the same configuration: whether to this one is known after compressing.
    Unknown,
}

impl Plan {
    /// What `options` say of a version of this plan, as far as that is known before sending.
    pub fn moves(&self, version: &TagPlan, options: &Options) -> Moves {
        match &version.state {
            _ if !options.keeps(&version.tag) => Moves::Free,
            TagState::New | TagState::Same | TagState::Unknown => Moves::Free,
            TagState::Moves { to: Some(_), .. } => Moves::Never,
            // Whatever has this image has its configurations.
            TagState::Moves { to: None, .. } if self.lacks_config() => Moves::Never,
            TagState::Moves { to: None, .. } => Moves::Unknown,
        }
    }

    /// The registry lacks a configuration, so nothing that it has is this image.
    fn lacks_config(&self) -> bool {
        let blobs = self.parts.blobs.iter().zip(&self.there);
        blobs.into_iter().any(|(blob, there)| blob.role == Role::Config && *there == Presence::Missing)
    }

    /// No version moves that must not, as far as that is known before sending.
    ///
    /// # Errors
    /// [`TransferError::Exists`] for the first that would.
    pub(crate) fn moves_nothing_fixed(&self, options: &Options) -> Result<(), TransferError> {
        let moving = self.tags.iter().find(|version| self.moves(version, options) == Moves::Never);
        match moving.map(|version| (&version.tag, &version.state)) {
            Some((tag, TagState::Moves { from, .. })) => Err(exists(tag, from.clone(), options)),
            _ => Ok(()),
        }
    }
}

/// What versions may point to before they are set.
pub(crate) struct Allowed<'a> {
    pub(crate) options: &'a Options,
    /// What is known of those that may move.
    pub(crate) replaces: &'a Replaces,
}

impl Allowed<'_> {
    /// The last look before versions are set: somebody else may have set one meanwhile. All of them are looked at before
    /// the first, and each again before it is set itself (`index` is its place), so that none is set where another may not be.
    pub(crate) async fn look(
        &self,
        index: usize,
        tags: &[Tag],
        digest: &Digest,
        repository: &Repository,
    ) -> Result<(), TransferError> {
        let last = if index == 0 { tags.len() } else { index + 1 };
        for tag in &tags[index..last] {
            self.is_free(tag, digest, repository).await?;
        }
        Ok(())
    }

    async fn is_free(
        &self,
        tag: &Tag,
        digest: &Digest,
        repository: &Repository,
    ) -> Result<(), TransferError> {
        let replaces = if self.options.keeps(tag) { &Replaces::Nothing } else { self.replaces };
        if *replaces == Replaces::Anything {
            return Ok(());
        }
        let doing = TransferError::registry(format!("looking whether {tag} is free"));
        let found = repository.manifest_digest(&ManifestAt::Tag(tag.clone())).await.map_err(doing)?;
        match found {
            Some(found) if found.digest != *digest && !replaces.takes(&found.digest) => {
                Err(exists(tag, found.digest, self.options))
            }
            _ => Ok(()),
        }
    }
}

/// A version that points to `found` and stays.
fn exists(tag: &Tag, found: Digest, options: &Options) -> TransferError {
    TransferError::Exists { tag: tag.clone(), found, guard: options.guard_of(tag).map(Box::new) }
}
