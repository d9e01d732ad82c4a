//! What a copy would do: each tag, and the bytes.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::{FutureExt as _, StreamExt as _, stream};
use slipway_distribution::{ManifestAt, Repository};
use slipway_image::referrers::list_tag;
use slipway_image::{Image, Node, media};
use slipway_reference::{Digest, Tag};

use super::{CopyLine, CopyRequest, CopyState, CopyTag, Ends, reference};
use crate::control::Control;
use crate::error::TransferError;
use crate::plan::{Presence, TagState};
use crate::remote::{MOST_BLOBS, Remote, Tags, bad, signature_tags, tags};
use crate::tree::{self, each_below, each_blob, each_digest, each_node, platforms};

/// Tags, or blobs, that are asked for side by side.
const AT_ONCE: usize = 6;

/// So large are all the manifests that are kept until they are put, bytes; what is more is read again then.
const MOST_KEPT: usize = 8 << 20;

/// What a copy moves, bytes. Each blob counts once, however many images have it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CopyBytes {
    /// They go over the wire.
    pub to_send: u64,
    /// They are linked from where they are in the same registry.
    pub to_link: u64,
    /// The target has them.
    pub there: u64,
}

/// A blob of the images that are copied.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) digest: Digest,
    pub(super) size: u64,
    pub(super) is_layer: bool,
    /// Unknown where the target was not asked.
    pub(super) there: Presence,
}

/// What [`survey`] found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) lines: Vec<CopyLine>,
    pub(super) blobs: Vec<Wanted>,
    /// Their places among `blobs`.
    pub(super) places: HashMap<Digest, usize>,
    /// Tags of the source, where they were asked for.
    pub(super) tags: Option<Tags>,
}

/// Looks at both ends: what becomes of each tag, and what has to be moved for it. Nothing is written. A tag that is the
/// same at both ends costs a question at each, and its manifest is not read.
///
/// # Errors
/// Where the source's tags cannot be listed, though they are wanted; what fails for one tag stands in its line.
pub async fn survey(
    request: &CopyRequest,
    ends: &Ends,
    control: &Control,
) -> Result<(Vec<CopyLine>, CopyBytes), TransferError> {
    let Survey { lines, blobs, .. } = Box::pin(look(request, ends, For::Plan, control)).await?;
    let (one, mut bytes) = (ends.are_one(), CopyBytes::default());
    for Wanted { size, there, .. } in blobs {
        let sum = match (there, one) {
            (Presence::There, _) => &mut bytes.there,
            (_, true) => &mut bytes.to_link,
            (_, false) => &mut bytes.to_send,
        };
        // A registry may claim any size.
        *sum = sum.saturating_add(size);
    }
    Ok((lines, bytes))
}

/// What the target is looked at for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// To say what a copy would do.
    Plan,
    /// To copy: a blob that is linked is not looked for before, since a link says the same.
    Run,
}

pub(super) async fn look(
    request: &CopyRequest,
    ends: &Ends,
    purpose: For,
    control: &Control,
) -> Result<Survey, TransferError> {
    let (source, target) = ends.repositories(request, control);
    let mut survey = Survey::default();
    if request.referrers && target.registry().endpoint().profile.referrers() {
        let tags = Box::pin(control.unless_stopped(tags(&source))).await?;
        survey.tags = Some(tags.map_err(as_source)?);
    }
    let looking = states(&request.tags, request, &source, &target, false);
    survey.lines = control.unless_stopped(looking).await?;
    let remote = Remote::new(source.clone(), control.waits.clone());
    let there = Remote::new(target.clone(), control.waits.clone());
    let (blobs, known) = (Vec::new(), HashMap::new());
    let mut reading =
        Reading { request, remote: &remote, there: &there, kept: 0, looks_below: false, blobs, known };
    Box::pin(control.unless_stopped(reading.all(&mut survey, (&source, &target)))).await?;
    (survey.blobs, survey.places) = (reading.blobs, reading.known);
    if ends.are_one() && request.from.path == request.to {
        // What an image there consists of is there.
        survey.blobs.iter_mut().for_each(|blob| blob.there = Presence::There);
    } else if purpose == For::Plan || !ends.are_one() {
        control.unless_stopped(presence(&mut survey.blobs, &target)).await?;
    }
    if !ends.are_one() {
        for line in &mut survey.lines {
            let lacking = line
                .blobs
                .iter()
                .map(|blob| &survey.blobs[*blob])
                .filter(|blob| blob.there != Presence::There);
            line.to_send = lacking.fold(0, |sum, blob| sum.saturating_add(blob.size));
        }
    }
    Ok(survey)
}

/// What a failure at the source is: not the target's.
pub(super) fn as_source(error: TransferError) -> TransferError {
    match error {
        TransferError::Cancelled => error,
        error => TransferError::Source(Box::new(error)),
    }
}

/// Asks both ends for each tag.
async fn states(
    tags: &[CopyTag],
    request: &CopyRequest,
    source: &Repository,
    target: &Repository,
    is_signature: bool,
) -> Vec<CopyLine> {
    let asked = tags.iter().map(|copied| {
        // Boxed for the reason that `plan::look` gives.
        async move {
            let stays = request.options.keeps(&copied.tag) || is_signature;
            let (state, is_index) = match state(copied, stays, request, source, target).await {
                Ok((state, is_index)) => (Ok(state), is_index),
                Err(error) => (Err(error), false),
            };
            CopyLine {
                tag: copied.tag.clone(),
                source: copied.source.clone(),
                keep_old_as: copied.keep_old_as.clone(),
                state,
                platforms: Vec::new(),
                to_send: 0,
                is_signature,
                is_index,
                blobs: Vec::new(),
                image: None,
            }
        }
        .boxed()
    });
    stream::iter(asked.collect::<Vec<_>>()).buffered(AT_ONCE).collect().await
}

/// What becomes of a tag, and whether it is an index. One of signatures stays what it is: somebody may have signed at the target, too.
async fn state(
    copied: &CopyTag,
    stays: bool,
    request: &CopyRequest,
    source: &Repository,
    target: &Repository,
) -> Result<(CopyState, bool), TransferError> {
    let reading = TransferError::registry("asking what is copied");
    let found = source.manifest_digest(&copied.source).await.map_err(reading).map_err(as_source)?;
    let reference = reference(request, &copied.source);
    let (digest, media_type) = match found {
        Some(found) => (found.digest, found.media_type),
        // Its absence is told in the registry's words.
        None => {
            let found = crate::remote::manifest(&copied.source, &reference, source).await;
            let found = found.map_err(as_source)?;
            (found.digest, found.media_type)
        }
    };
    let asking = TransferError::registry("asking what the registry has");
    let there = target.manifest_digest(&ManifestAt::Tag(copied.tag.clone())).await.map_err(asking)?;
    let state = judged(digest.clone(), digest, there.map(|found| found.digest), stays);
    // One whose type nobody says may be one.
    Ok((state, media::is_index(&media_type) != Some(false)))
}

/// What becomes of a tag that points to `there`.
fn judged(digest: Digest, copied_digest: Digest, there: Option<Digest>, stays: bool) -> CopyState {
    let there = match there {
        None => TagState::New,
        Some(there) if there == copied_digest => TagState::Same,
        Some(from) => TagState::Moves { from, to: Some(copied_digest.clone()) },
    };
    let left = stays && matches!(there, TagState::Moves { .. });
    let to_do = !left && there != TagState::Same;
    CopyState { digest, copied_digest, there, left, to_do }
}

/// Reads what is to be copied.
pub(super) struct Reading<'a> {
    pub(super) request: &'a CopyRequest,
    pub(super) remote: &'a Remote,
    pub(super) there: &'a Remote,
    /// Bytes of the manifests that are kept.
    kept: usize,
    /// What an unchanged index names is looked at, too: the source has tags that may speak of it.
    pub(super) looks_below: bool,
    blobs: Vec<Wanted>,
    known: HashMap<Digest, usize>,
}

impl Reading<'_> {
    /// Reads each image that something has to be done for, and adds the tags that are named after what they consist of.
    async fn all(&mut self, survey: &mut Survey, (source, target): (&Repository, &Repository)) {
        let mut named = HashSet::new();
        let Survey { lines, tags, .. } = survey;
        let known = lines.iter().filter_map(|line| line.state.as_ref().ok());
        let mut roots: HashSet<String> = known.map(|state| list_tag(&state.digest)).collect();
        let is_unchanged = |line: &CopyLine| line.state.as_ref().is_ok_and(|state| !state.to_do);
        // What is read says what many tags are about.
        let (unchanged, changed): (Vec<_>, Vec<_>) = lines.iter_mut().partition(|line| is_unchanged(line));
        for line in changed {
            self.line(line, tags.as_ref(), (source, target), &mut named).await;
        }
        roots.extend(named.iter().cloned());
        if let Some(tags) = &*tags
            && !unchanged.is_empty()
        {
            self.looks_below = self.may_lack(tags, &roots, target).await;
        }
        for line in unchanged {
            self.line(line, tags.as_ref(), (source, target), &mut named).await;
        }
        let Some(tags) = &*tags else { return };
        let copied: HashSet<&Tag> = lines.iter().map(|line| &line.tag).collect();
        // The list itself is made anew of what it lists, as others may have entries in the target's.
        let signatures: Vec<CopyTag> = signature_tags(tags, &named)
            .into_iter()
            .filter(|tag| !copied.contains(tag))
            .map(|tag| CopyTag { source: ManifestAt::Tag(tag.clone()), tag, keep_old_as: None })
            .collect();
        for mut line in states(&signatures, self.request, source, target, true).await {
            self.line(&mut line, None, (source, target), &mut HashSet::new()).await;
            lines.push(line);
        }
    }

    async fn line(
        &mut self,
        line: &mut CopyLine,
        tags: Option<&Tags>,
        (source, target): (&Repository, &Repository),
        named: &mut HashSet<String>,
    ) {
        let Ok(state) = &line.state else { return };
        let digest = state.digest.clone();
        let subset = !platforms_of(self.request, line).is_empty();
        // Nobody moves it, whatever it consists of.
        if state.left && !subset {
            return;
        }
        if !state.to_do && !subset {
            match self.is_all_there(line, &digest, tags, (source, target), named).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => {
                    line.state = Err(as_source(error));
                    return;
                }
            }
        }
        let image = match read(self.request, self.remote, line, &digest, tags).await {
            Ok(image) => image,
            Err(error) => {
                line.state = Err(error);
                return;
            }
        };
        let copied = image.root.stored().map_or_else(|| digest.clone(), |stored| stored.digest.clone());
        if subset {
            let asking = TransferError::registry("asking what the registry has");
            let there = target.manifest_digest(&ManifestAt::Tag(line.tag.clone())).await;
            match there {
                Ok(there) => {
                    let there = there.map(|found| found.digest);
                    let stays = self.request.options.keeps(&line.tag);
                    line.state = Ok(judged(digest, copied, there, stays));
                }
                Err(error) => line.state = Err(asking(error)),
            }
        } else if let Ok(state) = &mut line.state {
            // What speaks of it is not all there.
            state.to_do = true;
        }
        if !line.state.as_ref().is_ok_and(|state| state.to_do) {
            return;
        }
        if self.blobs.len() > MOST_BLOBS {
            line.state = Err(as_source(bad(
                &reference(self.request, &line.source),
                "there are more blobs than one copy takes",
            )));
            return;
        }
        each_digest(&image.root, &mut |digest| {
            named.insert(list_tag(digest));
        });
        line.platforms = platforms(&image.root);
        let mut own = BTreeSet::new();
        each_blob(&image, &mut |digest, bytes, is_layer| {
            own.insert(self.add(digest, bytes, is_layer));
        });
        line.blobs = own.into_iter().collect();
        self.kept += weight(&image);
        if self.kept <= MOST_KEPT {
            line.image = Some(Box::new(image));
        }
    }

    /// The place of a blob among all of them.
    fn add(&mut self, digest: &Digest, size: u64, is_layer: bool) -> usize {
        *self.known.entry(digest.clone()).or_insert_with(|| {
            self.blobs.push(Wanted { digest: digest.clone(), size, is_layer, there: Presence::Unknown });
            self.blobs.len() - 1
        })
    }
}

/// Those that a line is reduced to; none where all of it is copied. What speaks of an image is for no platform.
fn platforms_of<'a>(request: &'a CopyRequest, line: &CopyLine) -> &'a [String] {
    if line.is_signature { &[] } else { &request.platforms }
}

/// The image of a line as it is to be copied. What was looked at is what is read, though the tag may move meanwhile.
pub(super) async fn read(
    request: &CopyRequest,
    remote: &Remote,
    line: &CopyLine,
    digest: &Digest,
    tags: Option<&Tags>,
) -> Result<Image, TransferError> {
    let (platforms, mut reference) = (platforms_of(request, line), reference(request, &line.source));
    // The older registry knows nothing by its digest.
    if remote.by_digest() {
        reference.digest = Some(digest.clone());
    }
    let mut image = remote.image(&reference, tags).await.map_err(as_source)?;
    if platforms.is_empty() {
        return Ok(image);
    }
    if let Node::Manifest(manifest) = &image.root {
        remote.is_for(platforms, manifest, &reference).await.map_err(as_source)?;
        return Ok(image);
    }
    tree::reduce(&mut image, platforms)?;
    Ok(image)
}

/// Asks the target for each blob. Of one that it cannot be asked for, sending it says why.
async fn presence(blobs: &mut [Wanted], target: &Repository) {
    let asked = blobs.iter_mut().map(|blob| {
        async move {
            blob.there = match target.blob_exists(&blob.digest).await {
                Ok(Some(_)) => Presence::There,
                Ok(None) => Presence::Missing,
                Err(_) => Presence::Unknown,
            };
        }
        .boxed()
    });
    stream::iter(asked.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).collect::<()>().await;
}

/// Bytes of its manifests, each time that one is named.
fn weight(image: &Image) -> usize {
    let manifests = image.referrers.iter().filter_map(|manifest| manifest.stored.as_ref());
    let mut size = manifests.map(|stored| stored.raw.len()).sum();
    let mut add = |node: &Node| size += node.stored().map_or(0, |stored| stored.raw.len());
    each_node(&image.root, &mut add);
    image.speaking_indexes.iter().for_each(|speaking| each_below(&speaking.index, &mut add));
    size
}
