//! Manifests that speak of another one in the same file (signatures, SBOMs, provenance): they go with the image that
//! they speak of, and are no images themselves. Their link is `subject` (OCI image specification 1.1).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use slipway_image::referrers::{is_list_tag, named_after};
use slipway_image::{Child, ImageFinding, Index, Manifest, Node, SpeakingIndex, Tagged, subject};
use slipway_reference::Digest;

use crate::ArchiveError;
use crate::budget::{Budget, MOST_NAME};
use crate::container::parse;
use crate::roots::{Found, Roots};

/// The images among `found`, each with what the file holds about it. A manifest whose subject is not in the file stays
/// an image of its own.
pub(crate) fn attach(found: Vec<Found>, budget: &mut Budget) -> Result<Vec<Found>, ArchiveError> {
    let (lists, found): (Vec<_>, Vec<_>) = found.into_iter().partition(is_list);
    let (mut speakers, mut images): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|found| matches!(&found.root, Node::Manifest(manifest) if manifest.subject.is_some()));
    let listed = lists.into_iter().flat_map(|list| manifests(list.root));
    let unnamed = |root| Found {
        order: u64::MAX,
        names: Vec::new(),
        root: Node::Manifest(Box::new(root)),
        referrers: Vec::new(),
        tagged: Vec::new(),
        speaking_indexes: Vec::new(),
        notes: Vec::new(),
    };
    speakers.extend(listed.map(unnamed));
    let mut seen = HashSet::new();
    speakers.retain(|speaker| match &speaker.root {
        Node::Manifest(manifest) => {
            manifest.stored.as_ref().is_none_or(|stored| seen.insert(stored.digest.clone()))
        }
        Node::Index(_) => true,
    });
    let mut known: Vec<HashSet<Digest>> = images.iter().map(|image| digests(&image.root)).collect();
    // One may speak of another (the signature of an SBOM), so each round finds those that the last one made possible.
    let mut spent = Ok(());
    loop {
        let before = speakers.len();
        speakers.retain(|speaker| {
            let Node::Manifest(manifest) = &speaker.root else { return true };
            let mut belongs = false;
            for (image, known) in images.iter_mut().zip(&mut known) {
                if manifest.subject.as_ref().is_some_and(|subject| known.contains(subject)) {
                    known.extend(manifest.stored.as_ref().map(|stored| stored.digest.clone()));
                    // Many may speak of what many images have in common.
                    if let Err(error) = budget.places(1, "index.json") {
                        spent = Err(error);
                        break;
                    }
                    image.referrers.push(Manifest { attestation: true, ..(**manifest).clone() });
                    belongs = true;
                }
            }
            !belongs
        });
        if speakers.len() == before || spent.is_err() {
            break;
        }
    }
    // What speaks of something elsewhere comes behind the images.
    images.extend(speakers.into_iter().map(|speaker| Found { order: u64::MAX, ..speaker }));
    spent?;
    attach_tagged(attach_indexes(images, budget)?, budget)
}

/// The images among `found`, each with the indexes that speak of it, such as statements for each platform.
fn attach_indexes(found: Vec<Found>, budget: &mut Budget) -> Result<Vec<Found>, ArchiveError> {
    let subject_of = |found: &Found| match &found.root {
        Node::Index(index) => parse(&index.stored.raw, "index").ok().as_ref().and_then(subject),
        Node::Manifest(_) => None,
    };
    let (mut images, mut speakers) = (Vec::new(), Vec::new());
    for found in found {
        match subject_of(&found) {
            Some(subject) => speakers.push((found, subject)),
            None => images.push(found),
        }
    }
    for (speaker, subject) in speakers {
        let mut belongs = false;
        for image in &mut images {
            let speaks = image.referrers.iter().filter_map(|manifest| manifest.stored.as_ref());
            let is_its = digests(&image.root).contains(&subject)
                || speaks.into_iter().any(|stored| stored.digest == subject);
            if let (true, Node::Index(index)) = (is_its, &speaker.root) {
                budget.places(1, "index.json")?;
                let subject = subject.clone();
                image.speaking_indexes.push(SpeakingIndex { subject, index: statements(index) });
                belongs = true;
            }
        }
        if !belongs {
            images.push(speaker);
        }
    }
    Ok(images)
}

/// The same index, whose manifests are no images.
fn statements(index: &Index) -> Index {
    let children = index.children.iter().map(|child| {
        let node = child.node.as_ref().map(|node| match node {
            Node::Manifest(manifest) => {
                Node::Manifest(Box::new(Manifest { attestation: true, ..(**manifest).clone() }))
            }
            Node::Index(below) => Node::Index(statements(below)),
        });
        Child { descriptor: child.descriptor.clone(), node }
    });
    Index { stored: index.stored.clone(), children: Arc::new(children.collect()) }
}

/// The images among `found`, each with what stands under a tag that is named after it. Where an image that a name
/// speaks of is not in the file, it stays an image of its own.
fn attach_tagged(found: Vec<Found>, budget: &mut Budget) -> Result<Vec<Found>, ArchiveError> {
    let (speakers, mut images): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|found| subjects(found).is_some());
    let mut known: HashMap<Digest, Vec<usize>> = HashMap::new();
    for (at, image) in images.iter().enumerate() {
        for digest in digests(&image.root) {
            known.entry(digest).or_default().push(at);
        }
    }
    for speaker in speakers {
        let of = subjects(&speaker).unwrap_or_default();
        let Node::Manifest(manifest) = &speaker.root else { continue };
        if of.iter().any(|(_, subject)| !known.contains_key(subject)) {
            images.push(speaker);
            continue;
        }
        for (tag, subject) in of {
            for at in known.get(&subject).into_iter().flatten() {
                budget.places(1, "index.json")?;
                let manifest = Manifest { attestation: true, ..(**manifest).clone() };
                let (tag, subject) = (tag.clone(), subject.clone());
                images[*at].tagged.push(Tagged { tag, subject, manifest });
            }
        }
    }
    Ok(images)
}

/// The tags of a signature or the like, and what each is named after. What has other names, too, is an image.
fn subjects(found: &Found) -> Option<Vec<(String, Digest)>> {
    if found.names.is_empty() || !matches!(found.root, Node::Manifest(_)) {
        return None;
    }
    let named = found.names.iter().map(|name| {
        let tag = name.rsplit(':').next().unwrap_or(name);
        Some((tag.to_owned(), named_after(tag)?))
    });
    named.collect()
}

/// Tells at the images what was left out and speaks of them, such as statements in a form that registries no longer
/// take.
pub(crate) fn tell(roots: &mut Roots, budget: &mut Budget) {
    let mut known: HashMap<Digest, Vec<usize>> = HashMap::new();
    for (at, image) in roots.found.iter().enumerate() {
        for digest in digests(&image.root) {
            known.entry(digest).or_default().push(at);
        }
    }
    let found = &mut roots.found;
    roots.left.retain(|left| {
        let Some(images) = left.subject.as_ref().and_then(|subject| known.get(subject)) else { return true };
        let what = left.names.first().cloned().unwrap_or_else(|| "a statement about it".to_owned());
        let what: String = what.chars().take(MOST_NAME).collect();
        for at in images {
            if !budget.note(found[*at].notes.len()) {
                break;
            }
            let reason = left.reason.to_string();
            found[*at].notes.push(ImageFinding::LeftOut { what: what.clone(), reason });
        }
        false
    });
}

/// The list of referrers that stands under a tag named after its subject, where a registry has no better way: it is
/// made anew wherever they go.
fn is_list(found: &Found) -> bool {
    let Node::Index(index) = &found.root else { return false };
    let speaks =
        |node: &Option<Node>| matches!(node, Some(Node::Manifest(manifest)) if manifest.subject.is_some());
    found.names.iter().any(|name| is_list_tag(name)) && index.children.iter().all(|child| speaks(&child.node))
}

fn manifests(node: Node) -> Vec<Manifest> {
    match node {
        Node::Manifest(manifest) => vec![*manifest],
        Node::Index(index) => {
            index.children.iter().filter_map(|child| child.node.clone()).flat_map(manifests).collect()
        }
    }
}

/// What can be spoken of: the root and all below it that is in the file.
fn digests(node: &Node) -> HashSet<Digest> {
    match node {
        Node::Manifest(manifest) => manifest.stored.iter().map(|stored| stored.digest.clone()).collect(),
        Node::Index(index) => {
            let children = index.children.iter().filter_map(|child| child.node.as_ref()).flat_map(digests);
            children.chain([index.stored.digest.clone()]).collect()
        }
    }
}
