//! A copy from beginning to end.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use slipway_compress::Method;
use slipway_distribution::{ManifestAt, Repository};
use slipway_reference::{Digest, Tag};
use tokio::time::Instant;

use super::survey::{Survey, look, read};
use super::{CopyLine, CopyRequest, CopyState, Ends};
use crate::control::Control;
use crate::error::TransferError;
use crate::event::{Event, Events, Phase, WantedBlob};
use crate::options::Options;
use crate::payload::Payload;
use crate::plan::{Parts, Request, TagState};
use crate::push::{Published, push_from};
use crate::put::put_one;
use crate::remote::Remote;
use crate::resources::Resources;

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
    let survey = Box::pin(look(request, ends, control)).await?;
    let job = Job { request, ends, resources, events, control };
    Box::pin(job.run(survey, started)).await
}

struct Job<'a> {
    request: &'a CopyRequest,
    ends: &'a Ends,
    resources: &'a Resources,
    events: &'a Events,
    control: &'a Control,
}

/// Blobs that the target has by now, by their places among all of them.
type Over = Arc<Mutex<HashSet<usize>>>;

impl Job<'_> {
    async fn run(&self, survey: Survey, started: Instant) -> Result<Copied, TransferError> {
        let Survey { lines, blobs, tags } = survey;
        let wanted = blobs.iter().map(|blob| WantedBlob { size: blob.size, layer: blob.is_layer });
        (self.events)(Event::Wanted { blobs: wanted.collect(), here: false });
        (self.events)(Event::Phase(Phase::Sending));
        let over = Over::default();
        for (index, _) in blobs.iter().enumerate().filter(|(_, blob)| blob.there) {
            (self.events)(Event::There { blob: index });
            over.lock().unwrap_or_else(PoisonError::into_inner).insert(index);
        }
        let mut copied = Copied { tags: Vec::new(), sent: 0, reused: 0, duration: Duration::ZERO };
        for mut line in lines {
            let state = std::mem::replace(&mut line.state, Err(TransferError::Cancelled));
            let done = match state {
                Ok(state) if state.to_do => {
                    let places = |digest: &Digest| blobs.iter().position(|blob| blob.digest == *digest);
                    Box::pin(self.line(&line, state, tags.as_ref(), &places, &over, &mut copied)).await?
                }
                state => CopiedTag { digest: as_it_is(&state), ..CopiedTag::of(&line, state) },
            };
            copied.tags.push(done);
        }
        copied.duration = started.elapsed();
        Ok(copied)
    }

    /// Copies one tag; only a cancel stops the others.
    async fn line(
        &self,
        line: &CopyLine,
        state: CopyState,
        tags: Option<&crate::remote::Tags>,
        places: &impl Fn(&Digest) -> Option<usize>,
        over: &Over,
        copied: &mut Copied,
    ) -> Result<CopiedTag, TransferError> {
        let published = Box::pin(self.push(line, &state, tags, places, over)).await;
        let (published, kept_as) = match published {
            Ok(done) => done,
            Err(TransferError::Cancelled) => return Err(TransferError::Cancelled),
            Err(error) => return Ok(CopiedTag::of(line, Err(error))),
        };
        copied.sent += published.sent;
        copied.reused += published.reused;
        let done = CopiedTag::of(line, Ok(state));
        let (digest, not_verified) = (Some(published.digest), published.not_verified);
        Ok(CopiedTag { digest, not_verified, kept_as, ..done })
    }

    async fn push(
        &self,
        line: &CopyLine,
        state: &CopyState,
        tags: Option<&crate::remote::Tags>,
        places: &impl Fn(&Digest) -> Option<usize>,
        over: &Over,
    ) -> Result<(Published, Option<Tag>), TransferError> {
        let (request, control) = (self.request, self.control);
        let (source, target) = self.ends.repositories(request, control);
        let remote = Remote::new(source, control.waits.clone());
        let image = match &line.image {
            Some(image) => (**image).clone(),
            None => {
                let tags = tags.filter(|_| !line.is_signature);
                let reading = read(request, &remote, &line.source, &state.digest, tags);
                Box::pin(control.unless_stopped(reading)).await??
            }
        };
        let profile = self.ends.target.endpoint().profile;
        let contents = Payload::of_registry(image);
        let parts = Parts::of(&contents, None, profile, Method::default());
        let map: Vec<Option<usize>> = parts.blobs.iter().map(|blob| places(blob.digest.as_ref()?)).collect();
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
        let home = self.ends.are_one().then_some(&request.from.path);
        let published =
            Box::pin(push_from(home, &push, &self.ends.target, self.resources, &events, control)).await?;
        Ok((published, kept_as))
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
        Some(found) => return Err(TransferError::Exists { tag: name.clone(), found: found.digest }),
        None => {}
    }
    let old = target.needed_manifest(&ManifestAt::Digest(digest.clone())).await.map_err(doing())?;
    put_one(target, &at, &old.media_type, Bytes::from(old.raw), digest).await?;
    Ok(())
}

/// The events of one push among those of all: its blobs have other places there, and one that went over with an earlier
/// tag is not told of again. Phases are those of the whole.
fn mapped(events: &Events, map: Vec<Option<usize>>, over: Over) -> Events {
    let events = Arc::clone(events);
    Arc::new(move |mut event: Event| {
        let is_end = matches!(event, Event::There { .. } | Event::Committed { .. } | Event::Linked { .. });
        if matches!(event, Event::Phase(_)) {
            return;
        }
        if let Some(blob) = event.blob_mut() {
            let Some(place) = map.get(*blob).copied().flatten() else { return };
            *blob = place;
            let mut over = over.lock().unwrap_or_else(PoisonError::into_inner);
            let is_new = if is_end { over.insert(place) } else { !over.contains(&place) };
            if !is_new {
                return;
            }
        }
        events(event);
    })
}
