//! The end of a push: manifests, tags, and asking the registry back.

use bytes::Bytes;
use slipway_distribution::{ManifestAt, Repository, Waits};
use slipway_image::sha256;
use slipway_reference::{Digest, Tag};

use crate::encode::Encoded;
use crate::error::TransferError;
use crate::event::{Event, Events};
use crate::fixed::Allowed;
use crate::plan::Parts;
use crate::put::put_one;
use crate::referrers;

/// What the versions point to now.
#[derive(Debug, Clone)]
pub(crate) struct Root {
    pub(crate) digest: Digest,
    /// Bytes.
    pub(crate) size: u64,
}

/// Puts children first, then the root under every tag: nobody ever sees a tag whose parts are not there. Without
/// tags nothing is put: the registry has it all, and only its digest is wanted.
pub(crate) async fn commit(
    parts: &Parts,
    sent: &[Option<Encoded>],
    tags: &[Moving],
    (repository, allowed): (&Repository, &Allowed<'_>),
    events: &Events,
) -> Result<Root, TransferError> {
    let blob = |index: usize| sent[index].as_ref().map(|encoded| (encoded.digest.clone(), encoded.size));
    let mut known: Vec<(Digest, u64)> = Vec::new();
    for (index, put) in parts.puts.iter().enumerate() {
        // Every blob was sent or found before, and children stand before their index.
        let Some(raw) = put.render(blob, |child| known.get(child).cloned()) else {
            return Err(TransferError::BadManifest {
                reference: "the image".to_owned(),
                reason: "a part of it is not known".to_owned(),
            });
        };
        let (digest, size) = (sha256(&raw), raw.len() as u64);
        let raw = Bytes::from(raw);
        if index + 1 == parts.puts.len() {
            let there = known.iter().map(|(digest, _)| digest.clone()).chain([digest.clone()]);
            if !parts.referrers.is_empty() {
                // Whoever admits images by their signatures finds them as soon as the tag moves.
                if !tags.is_empty() {
                    let at = ManifestAt::Digest(digest.clone());
                    put_one(repository, &at, &put.media_type, raw.clone(), &digest).await?;
                }
                referrers::put(&parts.referrers, there, repository, events).await?;
            }
            let names: Vec<Tag> = tags.iter().map(|Moving { tag, .. }| tag.clone()).collect();
            for (place, tag) in names.iter().enumerate() {
                let at = ManifestAt::Tag(tag.clone());
                allowed.look(place, &names, &digest, repository).await?;
                put_one(repository, &at, &put.media_type, raw.clone(), &digest).await?;
                events(Event::Manifest { digest: digest.clone(), tag: Some(tag.clone()) });
            }
        } else if !tags.is_empty() {
            let at = ManifestAt::Digest(digest.clone());
            put_one(repository, &at, &put.media_type, raw, &digest).await?;
            events(Event::Manifest { digest: digest.clone(), tag: None });
        }
        known.push((digest, size));
    }
    let (digest, size) = known.pop().ok_or_else(|| TransferError::BadManifest {
        reference: "the image".to_owned(),
        reason: "it has no manifest".to_owned(),
    })?;
    Ok(Root { digest, size })
}

/// How the time is spread in which a registry may come to show what it took, in twentieths.
const LATE: [u32; 5] = [1, 2, 4, 6, 7];

/// Asks for every tag and compares. `Ok(Some(reason))` where the registry could not be asked, or does not show the tag
/// yet: what was published is there, it is only not proven. Copies that answer for a registry may be some seconds behind
/// (ghcr.io, ECR and Docker Hub), so one that shows what stood there before is asked again.
pub(crate) async fn verify(
    digest: &Digest,
    tags: &[Moving],
    repository: &Repository,
    events: &Events,
    waits: &Waits,
) -> Result<Option<String>, TransferError> {
    let late = repository.registry().retries().late;
    // For all tags together: they become visible side by side.
    let mut left = LATE.iter();
    for Moving { tag, before } in tags {
        loop {
            let found = match repository.manifest_digest(&ManifestAt::Tag(tag.clone())).await {
                Ok(found) => found.map(|found| found.digest),
                Err(error) => return Ok(Some(error.to_string())),
            };
            match found {
                Some(found) if found == *digest => {
                    events(Event::Verified { tag: tag.clone() });
                    break;
                }
                // Nothing, or what a copy that is behind shows: what stood there before, or somebody else's in between.
                found => match (left.next(), found) {
                    (Some(part), _) => waits.sleep(late * *part / 20).await,
                    (None, Some(found)) if Some(&found) != before.as_ref() => {
                        return Err(TransferError::Disagrees {
                            tag: tag.clone(),
                            expected: digest.clone(),
                            found: found.to_string(),
                        });
                    }
                    (None, _) => {
                        let host = &repository.registry().endpoint().name;
                        return Ok(Some(format!("{host} took {tag} and does not show it yet")));
                    }
                },
            }
        }
    }
    Ok(None)
}

/// A version that moves, and what it points to until then.
pub(crate) struct Moving {
    pub(crate) tag: Tag,
    pub(crate) before: Option<Digest>,
}
