//! Asking the registry what it has already.

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use slipway_distribution::{Error, ManifestAt, Repository};
use slipway_reference::{Digest, Tag};

use super::{Blob, Parts, Plan, Presence, TagPlan, TagState};
use crate::origin::Found;

/// Questions under way at once. They are small, and keep-alive connections carry them.
const AT_ONCE: usize = 8;

impl Plan {
    /// Asks for every blob and tag, and for the children that the file lacks: where the registry has them
    /// all, the stored index can go up as it is.
    pub async fn look(parts: Parts, tags: &[Tag], repository: &Repository) -> Result<Self, Error> {
        Self::look_on(parts, tags, repository, &Found::default()).await
    }

    /// The same where some of it is known.
    pub(crate) async fn look_on(
        mut parts: Parts,
        tags: &[Tag],
        repository: &Repository,
        found: &Found,
    ) -> Result<Self, Error> {
        if parts.can_be_whole() && all_there(&parts, repository).await? {
            parts.make_whole();
        }
        let mut plan = Self::local(parts, tags);
        let blobs: Vec<_> = plan.parts.blobs.iter().map(|blob| presence(blob, repository, found)).collect();
        let state = |tag| state(tag, plan.digest.clone(), repository, found);
        let states: Vec<_> = tags.iter().map(state).collect();
        let blobs = stream::iter(blobs).buffered(AT_ONCE).try_collect();
        let states = stream::iter(states).buffered(AT_ONCE).try_collect();
        let (there, tags) = tokio::try_join!(blobs, states)?;
        (plan.there, plan.tags) = (there, tags);
        Ok(plan)
    }
}

// The futures are boxed: without a type of its own the compiler cannot show that a stream of futures with
// borrows may move between threads (rust-lang/rust#102211).

fn presence<'a>(
    blob: &'a Blob,
    repository: &'a Repository,
    found: &'a Found,
) -> BoxFuture<'a, Result<Presence, Error>> {
    async move {
        Ok(match blob.in_registry() {
            None => Presence::Unknown,
            Some((digest, _)) if let Some(known) = found.blobs.get(&digest) => *known,
            Some((digest, _)) if repository.blob_exists(&digest).await?.is_some() => Presence::There,
            Some(_) => Presence::Missing,
        })
    }
    .boxed()
}

fn state<'a>(
    tag: &'a Tag,
    planned: Option<Digest>,
    repository: &'a Repository,
    found: &'a Found,
) -> BoxFuture<'a, Result<TagPlan, Error>> {
    async move {
        let now = match found.tags.get(tag) {
            Some(known) => known.clone(),
            None => {
                let asked = repository.manifest_digest(&ManifestAt::Tag(tag.clone())).await?;
                asked.map(|found| found.digest)
            }
        };
        let state = match now {
            None => TagState::New,
            Some(now) if Some(&now) == planned.as_ref() => TagState::Same,
            Some(now) => TagState::Moves { from: now, to: planned },
        };
        Ok(TagPlan { tag: tag.clone(), state })
    }
    .boxed()
}

async fn all_there(parts: &Parts, repository: &Repository) -> Result<bool, Error> {
    for digest in parts.missing() {
        if repository.manifest_digest(&ManifestAt::Digest(digest.clone())).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
