//! Images as trees of manifests, whoever moves them.

use std::collections::HashSet;

use slipway_image::{Changes, Image, Manifest, Node};
use slipway_reference::Digest;

use crate::error::TransferError;

/// Keeps these platforms of an index, and of what speaks of it what speaks of what is kept.
pub(crate) fn reduce(image: &mut Image, platforms: &[String]) -> Result<(), TransferError> {
    let platforms = Changes { platforms: platforms.to_vec(), ..Changes::default() };
    platforms.make(image)?;
    let mut kept = HashSet::new();
    each_digest(&image.root, &mut |digest| {
        kept.insert(digest.clone());
    });
    image.referrers.retain(|manifest| {
        let stays = manifest.subject.as_ref().is_some_and(|subject| kept.contains(subject));
        kept.extend(manifest.stored.as_ref().filter(|_| stays).map(|stored| stored.digest.clone()));
        stays
    });
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
    let mut of = |manifest: &Manifest| {
        if let Some(digest) = &manifest.config.digest {
            take(digest, manifest.config.size, false);
        }
        for layer in manifest.layers.iter() {
            if let (Some(digest), Some(_)) = (&layer.digest, &layer.source) {
                take(digest, layer.size, true);
            }
        }
    };
    each_node(&image.root, &mut |node| {
        if let Node::Manifest(manifest) = node {
            of(manifest);
        }
    });
    image.referrers.iter().for_each(of);
}

/// `node` and all below it that was read, each time that it is named.
pub(crate) fn each_node(node: &Node, visit: &mut impl FnMut(&Node)) {
    visit(node);
    if let Node::Index(index) = node {
        for child in index.children.iter().filter_map(|child| child.node.as_ref()) {
            each_node(child, visit);
        }
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
