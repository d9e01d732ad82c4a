//! What speaks of an image, as it goes up beside it.

use std::collections::HashSet;

use slipway_hosts::Profile;
use slipway_image::{Image, Index, Manifest, Node, Stored};
use slipway_reference::{Digest, Tag};

use super::manifest::{Content, ManifestPut, Referrer};
use super::parts::Builder;

/// What speaks of a manifest.
#[derive(Clone, Copy)]
enum Speaker<'a> {
    Manifest(&'a Manifest, &'a Stored),
    Index(&'a Index),
}

impl Builder {
    /// Adds what the file holds about manifests that go up as they are stored: another digest is another image, of
    /// which it says nothing.
    pub(super) fn referrers(&mut self, image: &Image, profile: Profile) {
        let stored = |put: &ManifestPut| match &put.content {
            Content::Stored { digest, .. } => Some(digest.clone()),
            _ => None,
        };
        let mut subjects: HashSet<Digest> = self.puts.iter().filter_map(stored).collect();
        // A sparse index may go up whole after all, which only the registry can say.
        let whole = image.root.stored().filter(|_| self.could_be_whole());
        subjects.extend(whole.map(|stored| stored.digest.clone()));
        let manifests = image.referrers.iter().filter_map(|manifest| {
            Some((manifest.subject.as_ref()?, Speaker::Manifest(manifest, manifest.stored.as_ref()?), None))
        });
        let indexes = image.speaking_indexes.iter().map(|it| (&it.subject, Speaker::Index(&it.index), None));
        let tagged = image.tagged.iter().filter_map(|it| {
            let stored = it.manifest.stored.as_ref()?;
            Some((&it.subject, Speaker::Manifest(&it.manifest, stored), Some(it.tag.parse().ok()?)))
        });
        let mut left: Vec<_> = manifests.chain(indexes).chain(tagged).collect();
        // One may speak of another one of either kind.
        loop {
            let before = left.len();
            left.retain(|(subject, speaker, tag)| {
                let goes = profile.referrers() && subjects.contains(*subject);
                if goes {
                    if whole.is_some_and(|whole| whole.digest == **subject) {
                        self.referrers_left += 1;
                    }
                    subjects.insert(self.speaker(*speaker, Some(subject), tag.clone()));
                }
                !goes
            });
            if left.len() == before {
                break;
            }
        }
        self.referrers_left += left.len();
    }

    /// Adds one, what it names before it; its digest.
    fn speaker(&mut self, speaker: Speaker<'_>, subject: Option<&Digest>, tag: Option<Tag>) -> Digest {
        let stored = match speaker {
            Speaker::Manifest(manifest, stored) => {
                self.config(manifest);
                for layer in manifest.layers.iter() {
                    self.layer(manifest, layer, None);
                }
                stored
            }
            Speaker::Index(index) => {
                for node in index.children.iter().filter_map(|child| child.node.as_ref()) {
                    match node {
                        Node::Index(index) => self.speaker(Speaker::Index(index), None, None),
                        Node::Manifest(manifest) => match &manifest.stored {
                            Some(stored) => self.speaker(Speaker::Manifest(manifest, stored), None, None),
                            None => continue,
                        },
                    };
                }
                &index.stored
            }
        };
        self.referrers.push(Referrer { stored: stored.clone(), subject: subject.cloned(), tag });
        stored.digest.clone()
    }
}
