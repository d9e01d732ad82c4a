//! What speaks of an image and comes along where that is wanted: signatures, SBOMs, attestations.

use std::collections::HashSet;
use std::sync::Arc;

use slipway_archive::Beside;
use slipway_distribution::{Repository, Waits};
use slipway_image::referrers::list_tag;
use slipway_image::{Image, Manifest, Node, SpeakingIndex, Stored};
use slipway_reference::{Digest, Reference};

use crate::error::TransferError;
use crate::remote::{KnownManifests, Remote, tags};
use crate::tree::{blobs_of, each_below, each_blob, each_node};

/// What speaks of an image, read.
#[derive(Default)]
pub(crate) struct Speakers {
    pub(crate) referrers: Vec<Manifest>,
    pub(crate) indexes: Vec<SpeakingIndex>,
    /// What stands under tags that are named after it.
    pub(crate) tagged: Vec<Image>,
}

impl Speakers {
    /// Every manifest and index; again where it is named again.
    pub(crate) fn each_manifest(&self, take: &mut impl FnMut(&Stored)) {
        self.referrers.iter().filter_map(|manifest| manifest.stored.as_ref()).for_each(&mut *take);
        for SpeakingIndex { index, .. } in &self.indexes {
            each_below(index, &mut |node| node.stored().into_iter().for_each(&mut *take));
            take(&index.stored);
        }
        for image in &self.tagged {
            each_node(&image.root, &mut |node| node.stored().into_iter().for_each(&mut *take));
        }
    }

    /// Digest and size of each blob, bytes, and whether it is a layer; again where it is named again.
    pub(crate) fn each_blob(&self, take: &mut impl FnMut(&Digest, u64, bool)) {
        self.referrers.iter().for_each(|manifest| blobs_of(manifest, take));
        let mut of_node = |node: &Node| {
            if let Node::Manifest(manifest) = node {
                blobs_of(manifest, take);
            }
        };
        self.indexes.iter().for_each(|speaking| each_below(&speaking.index, &mut of_node));
        self.tagged.iter().for_each(|image| each_blob(image, take));
    }

    /// How a file lists them beside the image.
    pub(crate) fn beside(&self) -> Vec<Beside> {
        let referrers = self.referrers.iter().filter_map(|manifest| manifest.stored.as_ref());
        let stored = referrers.chain(self.indexes.iter().map(|speaking| &speaking.index.stored));
        let listed = stored.map(|stored| Beside { stored: stored.clone(), name: None });
        let tagged = self.tagged.iter().filter_map(|image| {
            Some(Beside { stored: image.root.stored()?.clone(), name: image.names.first().cloned() })
        });
        listed.chain(tagged).collect()
    }
}

/// What speaks of manifests, in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Speaking {
    /// Configurations and layers, each once: its digest, its size in bytes, and whether it is a layer.
    pub blobs: Vec<(Digest, u64, bool)>,
    /// Manifests and indexes, each once: its digest and its size in bytes.
    pub manifests: Vec<(Digest, u64)>,
    /// How a file lists them beside the image.
    pub beside: Vec<Beside>,
}

/// Reads what speaks of the manifests `subjects` of the image at `reference`, as a pull with
/// [`referrers`](crate::PullImage::referrers) takes it along. The subjects are not read, and of what speaks of them nothing
/// that is `known`.
///
/// # Errors
/// Those of the registry, and manifests that are not understood or more than can be meant.
pub async fn speaking(
    repository: &Repository,
    reference: &Reference,
    subjects: &[Digest],
    known: Arc<dyn KnownManifests>,
) -> Result<Speaking, TransferError> {
    let mut speaking = Speaking::default();
    if !repository.registry().endpoint().profile.referrers() {
        return Ok(speaking);
    }
    let tags = tags(repository).await?;
    let remote = Remote::new(repository.clone(), Waits::default()).knowing(known);
    let named: HashSet<String> = subjects.iter().map(list_tag).collect();
    let (referrers, indexes) = remote.speaking_of(subjects, reference, &tags).await?;
    let tagged = remote.tagged(&named, reference, &tags).await?;
    let speakers = Speakers { referrers, indexes, tagged };
    let mut seen = HashSet::new();
    speakers.each_blob(&mut |digest, size, is_layer| {
        if seen.insert(digest.clone()) {
            speaking.blobs.push((digest.clone(), size, is_layer));
        }
    });
    speakers.each_manifest(&mut |stored| {
        if seen.insert(stored.digest.clone()) {
            speaking.manifests.push((stored.digest.clone(), stored.raw.len() as u64));
        }
    });
    speaking.beside = speakers.beside();
    Ok(speaking)
}
