//! A push from beginning to end.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _, TryFutureExt as _};
use slipway_distribution::{Access, Registry};
use slipway_hosts::Meaning;
use slipway_reference::{Digest, Tag};

use crate::commit::{Moving, Root, commit, verify};
use crate::control::Control;
use crate::encode::Encoded;
use crate::error::TransferError;
use crate::event::{Event, Events, Phase};
use crate::fixed::Allowed;
use crate::origin::Origin;
use crate::plan::{Parts, Plan, Presence, Request, TagState};
use crate::resources::Resources;
use crate::send::{ASK, LET_END, Sender};

/// Large blobs that go up side by side. One small blob goes beside them, so that none waits behind a large one; with
/// the odd connection that is opened while another becomes free, a push stays below eight.
const LARGE_AT_ONCE: usize = 4;

/// So many blobs in a row without being asked to slow down allow one more at once.
const SMOOTH: u32 = 4;

/// Blobs below this size are small, bytes.
const SMALL: u64 = 2 << 20;

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Digest that the versions point to.
    pub digest: Digest,
    /// Media type of the manifest or index.
    pub media_type: String,
    /// Size of it, bytes.
    pub manifest_size: u64,
    /// Why the registry could not be asked back, where it could not; none where it returned this digest
    /// for every version.
    pub not_verified: Option<String>,
    /// The versions.
    pub tags: Vec<PublishedTag>,
    /// Digest of the image as stored in the file, where it is another one.
    pub stored_digest: Option<Digest>,
    /// Platforms that went up.
    pub platforms: Vec<String>,
    /// Layers of the image.
    pub layers: usize,
    /// Size of all blobs in the registry, bytes.
    pub size: u64,
    /// Bytes that were sent.
    pub sent: u64,
    /// Bytes that the registry had already, under this path or another.
    pub reused: u64,
    /// How long it took.
    pub duration: Duration,
}

/// One published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedTag {
    /// The version.
    pub tag: Tag,
    /// What it pointed to before, if it was there.
    pub before: Option<Digest>,
}

/// Publishes `request` and returns what the registry holds now.
///
/// `control` ends it within the time of one chunk, at any point; what was sent by then stays for the next
/// try. A rule that speaks against the image is found before the first request.
pub async fn push(
    request: &Request,
    registry: &Registry,
    resources: &Resources,
    events: &Events,
    control: &Control,
) -> Result<Published, TransferError> {
    push_from(&Origin::default(), request, registry, resources, events, control).await
}

/// The same with what is known of its origin.
pub(crate) async fn push_from(
    origin: &Origin<'_>,
    request: &Request,
    registry: &Registry,
    resources: &Resources,
    events: &Events,
    control: &Control,
) -> Result<Published, TransferError> {
    tokio::select! {
        biased;
        () = control.cancel.cancelled() => Err(TransferError::Cancelled),
        () = let_go(control) => Err(TransferError::Cancelled),
        result = run(origin, request, registry, resources, events, control) => result,
    }
}

async fn run(
    origin: &Origin<'_>,
    request: &Request,
    registry: &Registry,
    resources: &Resources,
    events: &Events,
    control: &Control,
) -> Result<Published, TransferError> {
    let started = Instant::now();
    events(Event::Phase(Phase::Checking));
    request.contents.unchanged()?;
    // What an earlier run of this push compressed is known by now.
    let mut parts = request.parts.clone();
    let recalled = resources.asked(move |ledger| {
        parts.recall(&**ledger);
        Some(parts)
    });
    let parts = recalled.await.unwrap_or_else(|| request.parts.clone());
    if let Some(check) = parts.checks.iter().find(|check| check.blocks()) {
        return Err(TransferError::Refused(check.clone()));
    }
    let registry = registry.telling(control.waits.clone());
    let repository = registry.repository(&request.path, Access::PullPush);
    let asking = TransferError::registry("asking what the registry has");
    let looked = async {
        let looked = Plan::look_on(parts, &request.tags, &repository, &origin.found).await;
        looked.map_err(asking)
    };
    let plan = control.unless_paused(looked).await??;
    plan.moves_nothing_fixed(&request.options)?;

    events(Event::Phase(Phase::Sending));
    let (counted, count) = counted(events);
    let sender = Sender::new(origin, request, &repository, registry.endpoint(), resources, &counted, control);
    let sent = blobs(&sender, &plan, &counted).await?;
    let tagged = Box::pin(tag(&sender, &plan, sent));
    let (sent, root, not_verified) = control.unless_paused(tagged).await??;
    Ok(published(&plan, &sent, root, not_verified, &count, started.elapsed()))
}

/// Everything after the blobs: manifests, versions, and asking back what they point to.
async fn tag(
    sender: &Sender<'_>,
    plan: &Plan,
    mut sent: Vec<Option<Encoded>>,
) -> Result<(Vec<Option<Encoded>>, Root, Option<String>), TransferError> {
    let Sender { request, repository, events, control, origin, .. } = sender;
    let allowed = Allowed { options: &request.options, replaces: &origin.replaces };
    sender.checked(&plan.parts.blobs, &sent).await?;
    // What was hashed must be what is there now: a file that changed meanwhile is not published half and half.
    request.contents.unchanged()?;

    let tags = moving(plan);
    events(Event::Phase(Phase::Committing));
    let root = match commit(&plan.parts, &sent, &tags, (repository, &allowed), events).await {
        Err(error) if lost_blob(&error) => {
            // ghcr.io was seen to lose a blob between its commit and the manifest (build-push-action#498):
            // what it names is looked for and sent again, once.
            resend(sender, &plan.parts, &mut sent).await?;
            sender.checked(&plan.parts.blobs, &sent).await?;
            commit(&plan.parts, &sent, &tags, (repository, &allowed), events).await?
        }
        other => other?,
    };

    events(Event::Phase(Phase::Verifying));
    let not_verified = verify(&root.digest, &tags, repository, events, &control.waits).await?;
    Ok((sent, root, not_verified))
}

/// The end of a pause, whatever is still in hand.
async fn let_go(control: &Control) {
    control.pausing().await;
    tokio::time::sleep(LET_END + ASK).await;
}

/// The versions that do not point to this very image already. The registry said so of the others a moment ago.
fn moving(plan: &Plan) -> Vec<Moving> {
    let tags = plan.tags.iter().filter(|tag| tag.state != TagState::Same);
    let before = |state: &TagState| match state {
        TagState::Moves { from, .. } => Some(from.clone()),
        TagState::New | TagState::Unknown | TagState::Same => None,
    };
    tags.map(|tag| Moving { tag: tag.tag.clone(), before: before(&tag.state) }).collect()
}

/// What a push moved, bytes.
#[derive(Default)]
struct Count {
    sent: AtomicU64,
    linked: AtomicU64,
}

/// Events that are also counted.
fn counted(events: &Events) -> (Events, Arc<Count>) {
    let (events, count) = (Arc::clone(events), Arc::<Count>::default());
    let counting = Arc::clone(&count);
    let counted = Arc::new(move |event: Event| {
        match event {
            Event::Sent { bytes, .. } => counting.sent.fetch_add(bytes, Ordering::Relaxed),
            Event::Linked { size, .. } => counting.linked.fetch_add(size, Ordering::Relaxed),
            _ => 0,
        };
        events(event);
    });
    (counted, count)
}

/// Sends every blob that the registry lacks: the large ones, the biggest first, and beside them the small ones.
async fn blobs(
    sender: &Sender<'_>,
    plan: &Plan,
    events: &Events,
) -> Result<Vec<Option<Encoded>>, TransferError> {
    let blobs = &plan.parts.blobs;
    let mut known = vec![None; blobs.len()];
    let mut missing = Vec::new();
    for (index, blob) in blobs.iter().enumerate() {
        match (blob.in_registry(), plan.there[index]) {
            (Some((digest, size)), Presence::There) => {
                let there = Encoded { digest, size };
                sender.learn(blob, &there);
                sender.check_unsent(index, blob)?;
                known[index] = Some(there);
                events(Event::There { blob: index });
            }
            _ => missing.push(index),
        }
    }
    missing.sort_by_key(|index| std::cmp::Reverse(blobs[*index].wire_size()));
    let at_once = sender.request.options.parallel.unwrap_or(LARGE_AT_ONCE).max(1);
    for (index, encoded) in lanes(sender, plan, missing, at_once).await? {
        known[index] = Some(encoded);
    }
    Ok(known)
}

/// Sends blobs side by side, `most` large ones and a small one, or small ones alone. Fewer while the registry asks to
/// slow down, then one more after every few that went through.
async fn lanes(
    sender: &Sender<'_>,
    plan: &Plan,
    by_size: Vec<usize>,
    most: usize,
) -> Result<Vec<(usize, Encoded)>, TransferError> {
    let blobs = &plan.parts.blobs;
    let is_large = |index: &usize| blobs[*index].wire_size() >= SMALL;
    let (large, small): (VecDeque<_>, VecDeque<_>) = by_size.into_iter().partition(is_large);
    let (mut large, mut small) = (large, small);
    let limited = || sender.control.limited();
    let (mut at_once, mut smooth, mut seen) = (most, 0, limited());
    let (mut large_now, mut under_way) = (0, FuturesUnordered::new());
    let mut done = Vec::new();
    loop {
        if limited() != seen {
            (at_once, smooth, seen) = ((at_once / 2).max(1), 0, limited());
        }
        while under_way.len() <= at_once && !sender.control.is_pausing() {
            let next = if large_now < at_once { large.pop_front() } else { None };
            large_now += usize::from(next.is_some());
            let Some(index) = next.or_else(|| small.pop_front()) else { break };
            // Boxed for the reason that `plan::look` gives.
            under_way.push(
                sender
                    .send(index, &blobs[index], plan.there[index])
                    .map_ok(move |encoded| (index, encoded))
                    .boxed(),
            );
        }
        let Some(sent) = under_way.next().await else {
            return if sender.control.is_pausing() { Err(TransferError::Cancelled) } else { Ok(done) };
        };
        let (index, encoded) = match sent {
            // The others may still end.
            Err(TransferError::Cancelled) if sender.control.is_pausing() => continue,
            other => other?,
        };
        large_now -= usize::from(is_large(&index));
        done.push((index, encoded));
        smooth += 1;
        if smooth >= SMOOTH && at_once < most {
            (at_once, smooth) = (at_once + 1, 0);
        }
    }
}

fn lost_blob(error: &TransferError) -> bool {
    matches!(error, TransferError::Registry { source, .. } if source.meaning() == Meaning::BlobMissing)
}

async fn resend(
    sender: &Sender<'_>,
    parts: &Parts,
    sent: &mut [Option<Encoded>],
) -> Result<(), TransferError> {
    for (index, blob) in parts.blobs.iter().enumerate() {
        let Some(digest) = sent[index].as_ref().map(|encoded| encoded.digest.clone()) else { continue };
        let there = sender
            .repository
            .blob_exists(&digest)
            .await
            .map_err(TransferError::registry("looking for a lost layer"))?;
        if there.is_none() {
            sent[index] = Some(sender.send(index, blob, Presence::Missing).await?);
        }
    }
    Ok(())
}

fn published(
    plan: &Plan,
    sent: &[Option<Encoded>],
    root: Root,
    not_verified: Option<String>,
    count: &Count,
    duration: Duration,
) -> Published {
    let size = sent.iter().flatten().map(|encoded| encoded.size).sum();
    let tags = plan.tags.iter().map(|tag| PublishedTag {
        tag: tag.tag.clone(),
        before: match &tag.state {
            TagState::Moves { from, .. } => Some(from.clone()),
            TagState::Same => Some(root.digest.clone()),
            TagState::New | TagState::Unknown => None,
        },
    });
    Published {
        stored_digest: plan.parts.stored_digest.clone().filter(|stored| *stored != root.digest),
        digest: root.digest.clone(),
        media_type: plan.parts.media_type.clone(),
        manifest_size: root.size,
        not_verified,
        tags: tags.collect(),
        platforms: plan.parts.platforms.clone(),
        layers: plan.parts.layers.len(),
        size,
        sent: count.sent.load(Ordering::Relaxed),
        reused: plan.bytes_there() + count.linked.load(Ordering::Relaxed),
        duration,
    }
}
