//! Manifests that speak of others: put beside the image, and found again by whoever looks at it.

use std::collections::HashSet;

use bytes::Bytes;
use serde_json::{Value, json};
use slipway_distribution::{ManifestAt, Repository};
use slipway_image::referrers::{entry, list_tag};
use slipway_image::{Stored, media, sha256};
use slipway_reference::{Digest, Tag};

use crate::error::TransferError;
use crate::event::{Event, Events};
use crate::plan::Referrer;
use crate::put::put_one;

/// Others may write the same list at the same time; so often it is read and written again.
const MOST_TRIES: u32 = 5;

/// Puts those whose subject is among `there`. Where the registry keeps no lists of its own, they are entered in the
/// list under the tag that is named after the subject (distribution specification 1.1, "referrers tag schema"). The
/// referrers API is never asked: ghcr.io sent such requests to its web pages (artifacthub/hub#4785).
pub(crate) async fn put(
    referrers: &[Referrer],
    there: impl Iterator<Item = Digest>,
    repository: &Repository,
    events: &Events,
) -> Result<(), TransferError> {
    let mut there: HashSet<Digest> = there.collect();
    let mut lists: Vec<(&Digest, Vec<Value>)> = Vec::new();
    for Referrer { stored, subject, tag } in referrers {
        if subject.as_ref().is_some_and(|subject| !there.contains(subject)) {
            continue;
        }
        let raw = Bytes::copy_from_slice(&stored.raw);
        if let Some(tag) = tag {
            put_tagged(stored, tag, raw, repository, events).await?;
            continue;
        }
        let at = ManifestAt::Digest(stored.digest.clone());
        let put = put_one(repository, &at, &stored.media_type, raw, &stored.digest).await?;
        events(Event::Manifest { digest: stored.digest.clone(), tag: None });
        there.insert(stored.digest.clone());
        let Some(subject) = subject.as_ref().filter(|subject| put.subject.as_ref() != Some(*subject)) else {
            continue;
        };
        match lists.iter_mut().find(|(of, _)| *of == subject) {
            Some((_, entries)) => entries.push(entry(stored)),
            None => lists.push((subject, vec![entry(stored)])),
        }
    }
    for (subject, entries) in lists {
        enter(subject, &entries, repository).await?;
    }
    Ok(())
}

/// Puts what says by its tag what it speaks of. A tag that is there stays what it is: somebody may have signed there, too.
async fn put_tagged(
    stored: &Stored,
    tag: &Tag,
    raw: Bytes,
    repository: &Repository,
    events: &Events,
) -> Result<(), TransferError> {
    let at = ManifestAt::Tag(tag.clone());
    let asking = TransferError::registry(format!("asking what {tag} is"));
    if repository.manifest_digest(&at).await.map_err(asking)?.is_none() {
        put_one(repository, &at, &stored.media_type, raw, &stored.digest).await?;
        events(Event::Manifest { digest: stored.digest.clone(), tag: Some(tag.clone()) });
    }
    Ok(())
}

/// Enters what is lacking in the list of `subject`, and reads it again until all of it is there: whoever writes it at
/// the same time may take our entries away, and sees the same of theirs.
async fn enter(subject: &Digest, entries: &[Value], repository: &Repository) -> Result<(), TransferError> {
    let text = list_tag(subject);
    let refused =
        |reason: &str| TransferError::BadManifest { reference: text.clone(), reason: reason.to_owned() };
    let tag: Tag = text.parse().map_err(|_| refused("it is no tag"))?;
    let at = ManifestAt::Tag(tag);
    for _ in 0..=MOST_TRIES {
        let doing = format!("reading the list {text} of what speaks of the image");
        let found = repository.manifest(&at).await.map_err(TransferError::registry(doing))?;
        let mut list: Value = match found {
            Some(found) if found.media_type == media::OCI_INDEX => {
                serde_json::from_slice(&found.raw).map_err(|error| refused(&error.to_string()))?
            }
            Some(found) => return Err(refused(&format!("it is no list but {}", found.media_type))),
            None => json!({"schemaVersion": 2, "mediaType": media::OCI_INDEX, "manifests": []}),
        };
        let listed = list["manifests"].as_array_mut().ok_or_else(|| refused("it has no entries"))?;
        let lacks = |entry: &&Value| !listed.iter().any(|known| known["digest"] == entry["digest"]);
        let lacking: Vec<Value> = entries.iter().filter(lacks).cloned().collect();
        if lacking.is_empty() {
            return Ok(());
        }
        listed.extend(lacking);
        let raw = list.to_string().into_bytes();
        let digest = sha256(&raw);
        put_one(repository, &at, media::OCI_INDEX, Bytes::from(raw), &digest).await?;
    }
    Err(refused("others changed it again each time that it was written"))
}
