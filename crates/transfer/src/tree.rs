//! Images as trees of manifests, whoever moves them.

use std::collections::HashSet;

use slipway_image::{Changes, Image, Index, Manifest, Node, SpeakingIndex};
use slipway_reference::Digest;

use crate::error::TransferError;

/// Keeps these platforms of an index, and of what speaks of it what speaks of what is kept.
pub(crate) fn reduce(image: &mut Image, platforms: &[String]) -> Result<(), TransferError> {
    let platforms = Changes { platforms: platforms.to_vec(), ..Changes::default() };
    platforms.make(image)?;
    // What speaks of what stays behind stays there, too.
    let mut kept = HashSet::new();
    each_digest(&image.root, &mut |digest| {
        kept.insert(digest.clone());
    });
    loop {
        let before = kept.len();
        for manifest in &image.referrers {
            if manifest.subject.as_ref().is_some_and(|subject| kept.contains(subject)) {
                kept.extend(manifest.stored.as_ref().map(|stored| stored.digest.clone()));
            }
        }
        for SpeakingIndex { subject, index } in &image.speaking_indexes {
            if kept.contains(subject) {
                kept.insert(index.stored.digest.clone());
            }
        }
        if kept.len() == before {
            break;
        }
    }
    image.referrers.retain(|manifest| manifest.subject.as_ref().is_some_and(|it| kept.contains(it)));
    image.speaking_indexes.retain(|speaking| kept.contains(&speaking.subject));
    Ok(())
}

/// Digests of the same.
pub(crate) fn each_digest(root: &Node, take: &mut impl FnMut(&Digest)) {
    each_node(root, &mut |node| {
        if let Some(stored) = node.stored() {
            take(&stored.digest);
        }
    });
}

/// Digest and size of each blob that the image has where it lies, and whether it is a layer; again where it is named again.
pub(crate) fn each_blob(image: &Image, take: &mut impl FnMut(&Digest, u64, bool)) {
    let mut of = |manifest: &Manifest| blobs_of(manifest, take);
    image.referrers.iter().for_each(&mut of);
    let mut of_node = |node: &Node| {
        if let Node::Manifest(manifest) = node {
            of(manifest);
        }
    };
    each_node(&image.root, &mut of_node);
    image.speaking_indexes.iter().for_each(|speaking| each_below(&speaking.index, &mut of_node));
}

/// The same of one manifest.
pub(crate) fn blobs_of(manifest: &Manifest, take: &mut impl FnMut(&Digest, u64, bool)) {
    if let Some(digest) = &manifest.config.digest {
        take(digest, manifest.config.size, false);
    }
    for layer in manifest.layers.iter() {
        if let (Some(digest), Some(_)) = (&layer.digest, &layer.source) {
            take(digest, layer.size, true);
        }
    }
}

/// `node` and all below it that was read, each time that it is named.
pub(crate) fn each_node(node: &Node, visit: &mut impl FnMut(&Node)) {
    visit(node);
    if let Node::Index(index) = node {
        each_below(index, visit);
    }
}

/// All below `index` that was read.
pub(crate) fn each_below(index: &Index, visit: &mut impl FnMut(&Node)) {
    for child in index.children.iter().filter_map(|child| child.node.as_ref()) {
        each_node(child, visit);
    }
}

/// The platforms of its images.
pub(crate) fn platforms(root: &Node) -> Vec<String> {
    let mut platforms = Vec::new();
    each_node(root, &mut |node| {
        if let Node::Manifest(manifest) = node
            && !manifest.attestation
        {
            platforms.extend(manifest.platform.as_ref().map(ToString::to_string));
        }
    });
    platforms
}
