//! A copy from beginning to end.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use slipway_compress::Method;
use slipway_distribution::{ManifestAt, Repository};
use slipway_reference::{Digest, Tag};
use tokio::time::Instant;

use super::survey::{For, Survey, Wanted, look, read};
use super::{CopyLine, CopyRequest, CopyState, Ends, reference};
use crate::control::Control;
use crate::error::TransferError;
use crate::event::{Cause, Event, Events, Phase, WantedBlob};
use crate::options::Options;
use crate::origin::{Found, Origin, Replaces};
use crate::payload::Payload;
use crate::plan::{Blob, Check, Parts, Presence, Request, TagState};
use crate::push::{Published, push_from};
use crate::put::put_one;
use crate::remote::{Remote, bad};
use crate::resources::Resources;

/// What was found at the target counts for so long; what is done later asks for it again.
const FRESH: Duration = Duration::from_mins(5);

/// What a copy came to.
#[derive(Debug)]
pub struct Copied {
    /// Each tag, those of signatures last.
    pub tags: Vec<CopiedTag>,
    /// Bytes that were sent.
    pub sent: u64,
    /// Bytes that the target had already, or linked.
    pub reused: u64,
    /// How long it took.
    pub duration: Duration,
}

/// What became of one tag.
#[derive(Debug)]
pub struct CopiedTag {
    /// The tag.
    pub tag: Tag,
    /// It is the tag of something that speaks of another image.
    pub is_signature: bool,
    /// Its state before it was copied, or why it was not.
    pub state: Result<CopyState, TransferError>,
    /// Digest that the target returned for it.
    pub digest: Option<Digest>,
    /// Why the registry could not be asked back, where it could not.
    pub not_verified: Option<String>,
    /// The name that the image which was there before has now.
    pub kept_as: Option<Tag>,
}

impl CopiedTag {
    fn of(line: &CopyLine, state: Result<CopyState, TransferError>) -> Self {
        let (tag, is_signature) = (line.tag.clone(), line.is_signature);
        Self { tag, is_signature, state, digest: None, not_verified: None, kept_as: None }
    }
}

/// Copies what `request` says. A tag that fails does not stop the others; what failed stands in its line. Blobs are told as
/// [`Event::Wanted`] and counted there.
///
/// # Errors
/// [`TransferError::Cancelled`], and failures that no tag outlives: the target refuses everything, or cannot be asked.
pub async fn copy(
    request: &CopyRequest,
    ends: &Ends,
    resources: &Resources,
    events: &Events,
    control: &Control,
) -> Result<Copied, TransferError> {
    let started = Instant::now();
    events(Event::Phase(Phase::Checking));
    let Survey { lines, blobs, places, tags } = Box::pin(look(request, ends, For::Run, control)).await?;
    let seen = Seen { tags, blobs, places, at: Instant::now() };
    let job = Job { request, ends, resources, events, control, seen };
    Box::pin(job.run(lines, started)).await
}

struct Job<'a> {
    request: &'a CopyRequest,
    ends: &'a Ends,
    resources: &'a Resources,
    events: &'a Events,
    control: &'a Control,
    seen: Seen,
}

/// What was seen of both ends before anything was copied.
struct Seen {
    /// Tags of the source, where they were asked for.
    tags: Option<crate::remote::Tags>,
    /// All blobs.
    blobs: Vec<Wanted>,
    /// Their places among these.
    places: HashMap<Digest, usize>,
    /// When that was.
    at: Instant,
}

/// How far the blobs are, by their places among all of them.
#[derive(Default)]
struct Moved {
    /// The target has them.
    over: HashSet<usize>,
    /// They are on their way.
    begun: HashSet<usize>,
    /// They were on their way when a tag failed: whether the target has them is to be asked.
    doubtful: HashSet<usize>,
    /// Bytes that were sent.
    sent: u64,
    /// Bytes that were linked, or found when that was not possible.
    reused: u64,
}

type Over = Arc<Mutex<Moved>>;

fn lock(over: &Over) -> MutexGuard<'_, Moved> {
    over.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Job<'_> {
    async fn run(&self, lines: Vec<CopyLine>, started: Instant) -> Result<Copied, TransferError> {
        let blobs = &self.seen.blobs;
        let wanted = blobs.iter().map(|blob| WantedBlob { size: blob.size, layer: blob.is_layer });
        (self.events)(Event::Wanted { blobs: wanted.collect(), here: false });
        (self.events)(Event::Phase(Phase::Sending));
        let (over, mut reused) = (Over::default(), 0_u64);
        for (index, blob) in blobs.iter().enumerate().filter(|(_, blob)| blob.there == Presence::There) {
            (self.events)(Event::There { blob: index });
            lock(&over).over.insert(index);
            reused = reused.saturating_add(blob.size);
        }
        let mut tags_done: Vec<Option<CopiedTag>> = lines.iter().map(|_| None).collect();
        // Whoever admits images by their signatures finds them as soon as the tag moves.
        let mut order: Vec<usize> = (0..lines.len()).collect();
        order.sort_by_key(|index| !lines[*index].is_signature);
        let mut lines: Vec<Option<CopyLine>> = lines.into_iter().map(Some).collect();
        for index in order {
            let Some(mut line) = lines[index].take() else { continue };
            let state = std::mem::replace(&mut line.state, Err(TransferError::Cancelled));
            let done = match state {
                Ok(state) if state.to_do => Box::pin(self.line(&line, state, &over)).await?,
                state => CopiedTag { digest: as_it_is(&state), ..CopiedTag::of(&line, state) },
            };
            tags_done[index] = Some(done);
        }
        let moved = lock(&over);
        Ok(Copied {
            tags: tags_done.into_iter().flatten().collect(),
            sent: moved.sent,
            reused: reused.saturating_add(moved.reused),
            duration: started.elapsed(),
        })
    }

    /// Copies one tag; only a cancel stops the others.
    async fn line(&self, line: &CopyLine, state: CopyState, over: &Over) -> Result<CopiedTag, TransferError> {
        let published = Box::pin(self.push(line, &state, over)).await;
        let (published, kept_as) = match published {
            Ok(done) => done,
            Err(TransferError::Cancelled) => return Err(TransferError::Cancelled),
            Err(error) => {
                self.give_back(over, &error);
                // Who set it meanwhile is kept as who set it before.
                let left = |from: &Digest| {
                    let there = TagState::Moves { from: from.clone(), to: Some(state.copied_digest.clone()) };
                    CopyState { there, left: true, to_do: false, ..state.clone() }
                };
                return Ok(match &error {
                    TransferError::Exists { tag, found, .. }
                        if *tag == line.tag && self.request.options.keeps(tag) =>
                    {
                        CopiedTag { digest: Some(found.clone()), ..CopiedTag::of(line, Ok(left(found))) }
                    }
                    _ => CopiedTag::of(line, Err(error)),
                });
            }
        };
        let done = CopiedTag::of(line, Ok(state));
        let (digest, not_verified) = (Some(published.digest), published.not_verified);
        Ok(CopiedTag { digest, not_verified, kept_as, ..done })
    }

    /// What was on its way when a tag failed is not sent; another tag may begin it anew.
    fn give_back(&self, over: &Over, error: &TransferError) {
        let begun = std::mem::take(&mut lock(over).begun);
        lock(over).doubtful.extend(&begun);
        for blob in begun {
            let (cause, reason) = (Cause::Fault, error.to_string());
            (self.events)(Event::Interrupted { blob, cause, reason, wait_ms: 0 });
        }
    }

    async fn push(
        &self,
        line: &CopyLine,
        state: &CopyState,
        over: &Over,
    ) -> Result<(Published, Option<Tag>), TransferError> {
        let (request, control) = (self.request, self.control);
        let (source, target) = self.ends.repositories(request, control);
        let remote = Remote::new(source, control.waits.clone());
        let image = match &line.image {
            Some(image) => (**image).clone(),
            None => {
                let tags = self.seen.tags.as_ref().filter(|_| !line.is_signature);
                let reading = read(request, &remote, line, &state.digest, tags);
                Box::pin(control.unless_stopped(reading)).await??
            }
        };
        let profile = self.ends.target.endpoint().profile;
        let contents = Payload::of_registry(image);
        let parts = Parts::of(&contents, None, profile, Method::default());
        let place = |blob: &Blob| {
            let place = *self.seen.places.get(blob.digest.as_ref()?)?;
            Some((place, self.seen.blobs[place].size))
        };
        let map: Vec<Option<(usize, u64)>> = parts.blobs.iter().map(place).collect();
        let refused = parts.checks.iter().any(Check::blocks);
        // A copy is the same image, or none.
        if !refused && parts.digest().as_ref() != Some(&state.copied_digest) {
            let reason = "the target takes only a part of it, which would be another image";
            return Err(bad(&reference(request, &line.source), reason));
        }
        let push = Request {
            contents,
            parts,
            path: request.to.clone(),
            tags: vec![line.tag.clone()],
            // What is stored is copied, whatever it unpacks to.
            options: Options { trust_layers: true, ..request.options.clone() },
        };
        let kept_as = match (&line.keep_old_as, &state.there) {
            (Some(name), TagState::Moves { from, .. }) => {
                Box::pin(control.unless_stopped(keep(name, from, &target))).await??;
                Some(name.clone())
            }
            _ => None,
        };
        let events = mapped(self.events, map, Arc::clone(over));
        let origin = Origin {
            home: self.ends.are_one().then_some(&request.from.path),
            // What somebody set since would have no other name.
            replaces: match (&line.keep_old_as, &state.there) {
                (None, _) => Replaces::Anything,
                (Some(_), TagState::Moves { from, .. }) => Replaces::Only(from.clone()),
                (Some(_), _) => Replaces::Nothing,
            },
            found: self.found(line, state, over),
        };
        let published =
            Box::pin(push_from(&origin, &push, &self.ends.target, self.resources, &events, control)).await?;
        Ok((published, kept_as))
    }

    /// What is known of the target without asking it again.
    fn found(&self, line: &CopyLine, state: &CopyState, over: &Over) -> Found {
        let Seen { places, blobs, at, .. } = &self.seen;
        if at.elapsed() > FRESH {
            return Found::default();
        }
        let moved = lock(over);
        let certain = places.iter().filter(|(_, place)| !moved.doubtful.contains(place));
        let blobs = certain.map(|(digest, place)| {
            let is_over = moved.over.contains(place);
            (digest.clone(), if is_over { Presence::There } else { blobs[*place].there })
        });
        let points_to = match &state.there {
            TagState::Moves { from, .. } => Some(from.clone()),
            TagState::Same => Some(state.copied_digest.clone()),
            TagState::New | TagState::Unknown => None,
        };
        Found { blobs: blobs.collect(), tags: HashMap::from([(line.tag.clone(), points_to)]) }
    }
}

/// What a tag points to that nothing is done about.
fn as_it_is(state: &Result<CopyState, TransferError>) -> Option<Digest> {
    match &state.as_ref().ok()?.there {
        TagState::Same => state.as_ref().ok().map(|state| state.copied_digest.clone()),
        TagState::Moves { from, .. } => Some(from.clone()),
        TagState::New | TagState::Unknown => None,
    }
}

/// Gives the manifest `digest` of the target another name, byte for byte.
async fn keep(name: &Tag, digest: &Digest, target: &Repository) -> Result<(), TransferError> {
    let doing = || TransferError::registry(format!("keeping what was there as {name}"));
    let at = ManifestAt::Tag(name.clone());
    match target.manifest_digest(&at).await.map_err(doing())? {
        Some(found) if found.digest == *digest => return Ok(()),
        // A backup is not made by losing another one.
        Some(found) => {
            return Err(TransferError::Exists { tag: name.clone(), found: found.digest, guard: None });
        }
        None => {}
    }
    let old = target.needed_manifest(&ManifestAt::Digest(digest.clone())).await.map_err(doing())?;
    put_one(target, &at, &old.media_type, Bytes::from(old.raw), digest).await?;
    Ok(())
}

/// The events of one push among those of all: its blobs have other places there, and one that went over with an earlier
/// tag is not told of again. Phases are those of the whole.
fn mapped(events: &Events, map: Vec<Option<(usize, u64)>>, over: Over) -> Events {
    let events = Arc::clone(events);
    Arc::new(move |mut event: Event| {
        let is_end = matches!(event, Event::There { .. } | Event::Committed { .. } | Event::Linked { .. });
        if matches!(event, Event::Phase(_)) {
            return;
        }
        if let Some(blob) = event.blob_mut() {
            let Some((place, size)) = map.get(*blob).copied().flatten() else { return };
            *blob = place;
            let mut moved = lock(&over);
            if moved.over.contains(&place) {
                return;
            }
            moved.begun.insert(place);
            if is_end {
                moved.over.insert(place);
                moved.begun.remove(&place);
                moved.doubtful.remove(&place);
            }
            match &event {
                Event::Sent { bytes, .. } => moved.sent += bytes,
                Event::Linked { .. } | Event::There { .. } => {
                    moved.reused = moved.reused.saturating_add(size);
                }
                _ => {}
            }
        }
        events(event);
    })
}
