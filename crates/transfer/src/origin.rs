//! What is known of a push that is a copy.

use std::collections::HashMap;

use slipway_reference::{Digest, RepositoryPath, Tag};

use crate::plan::Presence;

/// What is known of a push that is a copy.
#[derive(Debug, Default)]
pub(crate) struct Origin<'a> {
    /// A path of the registry that has the blobs: they are linked from there.
    pub(crate) home: Option<&'a RepositoryPath>,
    /// What the versions may point to before.
    pub(crate) replaces: Replaces,
    /// What was found out a moment ago.
    pub(crate) found: Found,
}

/// What a registry was found to have a moment ago: it is not asked for that again before anything is sent.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Blobs. One that is [`Presence::Unknown`] is looked for only where it cannot be linked.
    pub(crate) blobs: HashMap<Digest, Presence>,
    /// What tags point to; none for one that is new.
    pub(crate) tags: HashMap<Tag, Option<Digest>>,
}

/// What a version may point to before it is set. Where anything else stands there, it is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Replaces {
    /// Whatever it is.
    #[default]
    Anything,
    /// Nothing: it is new.
    Nothing,
    /// This.
    Only(Digest),
}

impl Replaces {
    /// Whether a version that points to `found` may be set.
    pub(crate) fn takes(&self, found: &Digest) -> bool {
        match self {
            Self::Anything => true,
            Self::Nothing => false,
            Self::Only(known) => known == found,
        }
    }
}
