//! A pull: from a registry into a file that gets its name only when every digest fits.

use std::collections::HashSet;
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::pin::Pin;

use bytes::{Buf as _, Bytes};
use futures_util::StreamExt as _;
use serde_json::Value;
use slipway_archive::{ArchiveError, Output, OutputPlace, Target, WriteImage, Writer};
use slipway_distribution::{
    Access, BlobStream, Budget, ManifestAt, ManifestBytes, Registry, Repository, Waits,
};
use slipway_hosts::Meaning;
use slipway_image::json;
use slipway_reference::{Digest, Reference};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::engine::Control;
use crate::error::TransferError;
use crate::event::{Event, Events};

/// How deep an index may name indexes.
const DEPTH: u32 = 8;

/// What is to be fetched into which file.
#[derive(Debug, Clone)]
pub struct PullRequest {
    /// The image; a reference without tag and digest means `latest`.
    pub reference: Reference,
    /// Only this platform (`linux/amd64`). Without one, a Docker archive gets `default_platform`, an OCI
    /// archive everything.
    pub platform: Option<String>,
    /// The platform of this computer.
    pub default_platform: String,
    /// The kind of archive.
    pub format: Target,
    /// The file; `-` is standard output. A regular one that exists is replaced, at the very end and at once; anything
    /// else is written to.
    pub output: PathBuf,
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// Digest of the manifest or index in the file.
    pub digest: Digest,
    /// Its media type.
    pub media_type: String,
    /// Size of the file, bytes.
    pub file_size: u64,
}

/// Fetches an image. Every blob is checked against its digest while it is written; the file lies unfinished beside its
/// place until all agree, and is removed after a failure. Waits are told as [`Event::Waiting`].
pub async fn pull(
    request: &PullRequest,
    registry: &Registry,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<Pulled, TransferError> {
    let failed = |source| TransferError::Output { path: request.output.clone(), source };
    let place = OutputPlace::of(&request.output).map_err(failed)?;
    let waits = Control::new(events).waits;
    let repository = registry.telling(waits.clone()).repository(&request.reference.path, Access::Pull);
    let wanted = tokio::select! {
        biased;
        () = cancel.cancelled() => return Err(TransferError::Cancelled),
        wanted = Wanted::of(request, &repository) => wanted?,
    };
    let (events, cancel) = (events.clone(), cancel.clone());
    let fetch = Fetch { repository, waits, events, cancel, runtime: Handle::current() };
    let (request, stop, waits_for_a_reader) =
        (request.clone(), fetch.cancel.clone(), !matches!(place, OutputPlace::File(_)));
    let writing = tokio::task::spawn_blocking(move || write(&request, place, wanted, &fetch));
    // A pipe that nobody reads holds the thread; nothing is left unfinished by that.
    let written = tokio::select! {
        biased;
        () = stop.cancelled(), if waits_for_a_reader => return Err(TransferError::Cancelled),
        written = writing => written,
    };
    written.unwrap_or_else(|panic| {
        Err(TransferError::Read { member: "the image".to_owned(), source: io::Error::other(panic) })
    })
}

/// Manifests that an image may have.
const MOST_CHILDREN: usize = 10_000;

/// Blobs that they may name.
const MOST_BLOBS: usize = 100_000;

/// So much of the manifests is kept until they are written, bytes. What is more is fetched again then.
const MOST_KEPT: usize = 8 << 20;

/// What an image consists of, each once however many entries name it.
struct Wanted {
    root: ManifestBytes,
    /// The manifests below it, and their bytes as far as they are kept.
    children: Vec<(Digest, Option<ManifestBytes>)>,
    blobs: Vec<(Digest, u64)>,
}

impl Wanted {
    async fn of(request: &PullRequest, repository: &Repository) -> Result<Self, TransferError> {
        let reference = &request.reference;
        let at = match (&reference.digest, &reference.tag) {
            (Some(digest), _) => ManifestAt::Digest(digest.clone()),
            (None, Some(tag)) => ManifestAt::Tag(tag.clone()),
            (None, None) => ManifestAt::Tag(slipway_reference::Tag::latest()),
        };
        let root = manifest(&at, reference, repository).await?;
        let platform = request.platform.as_deref().or(match request.format {
            Target::DockerArchive => Some(request.default_platform.as_str()),
            Target::OciArchive => None,
        });
        let root = match platform {
            Some(platform) => one_platform(root, platform, reference, repository).await?,
            None => root,
        };
        Self::collect(root, reference, repository).await
    }

    /// Takes `root` and all that it names.
    async fn collect(
        root: ManifestBytes,
        reference: &Reference,
        repository: &Repository,
    ) -> Result<Self, TransferError> {
        let mut named = Named { children: HashSet::from([root.digest.clone()]), blobs: HashSet::new() };
        let mut wanted = Self { root, children: Vec::new(), blobs: Vec::new() };
        let mut level = Vec::new();
        named.take(&wanted.root, &mut level, &mut wanted.blobs, reference)?;
        let mut kept = 0;
        for _ in 1..DEPTH {
            let mut below = Vec::new();
            for digest in level {
                let child = manifest(&ManifestAt::Digest(digest.clone()), reference, repository).await?;
                named.take(&child, &mut below, &mut wanted.blobs, reference)?;
                kept += child.raw.len();
                wanted.children.push((digest, (kept <= MOST_KEPT).then_some(child)));
            }
            level = below;
        }
        if level.is_empty() { Ok(wanted) } else { Err(bad(reference, "its indexes are nested too deep")) }
    }
}

/// What was named so far.
struct Named {
    children: HashSet<Digest>,
    blobs: HashSet<(Digest, u64)>,
}

impl Named {
    /// Adds what `manifest` names and none named before it.
    fn take(
        &mut self,
        manifest: &ManifestBytes,
        children: &mut Vec<Digest>,
        blobs: &mut Vec<(Digest, u64)>,
        reference: &Reference,
    ) -> Result<(), TransferError> {
        let json = parse(manifest, reference)?;
        for child in json["manifests"].as_array().into_iter().flatten() {
            let (digest, _) = descriptor(child, reference)?;
            if self.children.insert(digest.clone()) {
                children.push(digest);
            }
        }
        let config = json.get("config").into_iter();
        for blob in config.chain(json["layers"].as_array().into_iter().flatten()) {
            // Foreign layers have addresses of their own; registries do not hold them.
            let foreign = blob["urls"].as_array().is_some_and(|urls| !urls.is_empty());
            let found = descriptor(blob, reference)?;
            if !foreign && self.blobs.insert(found.clone()) {
                blobs.push(found);
            }
        }
        if self.children.len() > MOST_CHILDREN || self.blobs.len() > MOST_BLOBS {
            return Err(bad(reference, "it names more manifests or blobs than can be meant"));
        }
        Ok(())
    }
}

async fn manifest(
    at: &ManifestAt,
    reference: &Reference,
    repository: &Repository,
) -> Result<ManifestBytes, TransferError> {
    repository.needed_manifest(at).await.map_err(|error| match error.meaning() {
        Meaning::NotFound => {
            TransferError::NotFound { reference: reference.to_string(), source: Box::new(error) }
        }
        _ => TransferError::registry("fetching the manifest")(error),
    })
}

/// The manifest of `platform`, or `root` itself where it is no index.
async fn one_platform(
    root: ManifestBytes,
    platform: &str,
    reference: &Reference,
    repository: &Repository,
) -> Result<ManifestBytes, TransferError> {
    let json = parse(&root, reference)?;
    let Some(entries) = json["manifests"].as_array() else { return Ok(root) };
    let named: Vec<_> = entries.iter().map(|entry| (platform_of(&entry["platform"]), entry)).collect();
    let found = named
        .iter()
        .find(|(name, _)| name == platform)
        // `linux/arm64` also means its usual variant `linux/arm64/v8`.
        .or_else(|| {
            named
                .iter()
                .find(|(name, _)| name.strip_prefix(platform).is_some_and(|rest| rest.starts_with('/')))
        });
    let Some((_, entry)) = found else {
        let present: Vec<_> =
            named.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "unknown/unknown").collect();
        let none = "only images that name no platform".to_owned();
        return Err(TransferError::NoPlatform {
            reference: reference.to_string(),
            platform: platform.to_owned(),
            present: if present.is_empty() { none } else { present.join(", ") },
        });
    };
    let digest = descriptor(entry, reference)?.0;
    manifest(&ManifestAt::Digest(digest), reference, repository).await
}

fn platform_of(platform: &Value) -> String {
    let part = |name: &str| platform[name].as_str().unwrap_or("unknown").to_owned();
    let variant = platform["variant"].as_str().map(|variant| format!("/{variant}")).unwrap_or_default();
    format!("{}/{}{variant}", part("os"), part("architecture"))
}

fn parse(manifest: &ManifestBytes, reference: &Reference) -> Result<Value, TransferError> {
    json::parse(&manifest.raw)
        .map_err(|reason| bad(reference, format!("{} is not understood: {reason}", manifest.digest)))
}

fn descriptor(value: &Value, reference: &Reference) -> Result<(Digest, u64), TransferError> {
    let digest = value["digest"].as_str().ok_or_else(|| bad(reference, "a descriptor has no digest"))?;
    let size = value["size"].as_u64().ok_or_else(|| bad(reference, "a descriptor has no size"))?;
    Ok((digest.parse().map_err(|refusal| bad(reference, refusal))?, size))
}

fn bad(reference: &Reference, reason: impl ToString) -> TransferError {
    TransferError::BadManifest { reference: reference.to_string(), reason: reason.to_string() }
}

/// Writes the archive; blocks, on a thread of its own.
fn write(
    request: &PullRequest,
    place: OutputPlace,
    wanted: Wanted,
    fetch: &Fetch,
) -> Result<Pulled, TransferError> {
    let failed = |source| TransferError::Output { path: request.output.clone(), source };
    let tell = |path: &Path| (fetch.events)(Event::Unfinished { path: path.to_owned() });
    let output = place.open_telling(tell).map_err(failed)?;
    let (digest, media_type, output) = archive(request, wanted, fetch, output)?;
    let file_size = output.written();
    output.finish().map_err(failed)?;
    Ok(Pulled { digest, media_type, file_size })
}

fn archive(
    request: &PullRequest,
    wanted: Wanted,
    fetch: &Fetch,
    output: Output,
) -> Result<(Digest, String, Output), TransferError> {
    let mut writer = Writer::new(BufWriter::with_capacity(1 << 20, output), request.format);
    for (digest, size) in &wanted.blobs {
        (fetch.events)(Event::Fetching { digest: digest.clone(), size: *size });
        let mut blob = Download::new(fetch, digest);
        writer.blob(digest, *size, &mut blob).map_err(|error| written(request, error))?;
    }
    let root = wanted.root;
    for (digest, child) in wanted.children {
        let child = match child {
            Some(child) => child,
            None => {
                let at = ManifestAt::Digest(digest);
                fetch.wait(manifest(&at, &request.reference, &fetch.repository))??
            }
        };
        let size = child.raw.len() as u64;
        writer.blob(&child.digest, size, &mut &child.raw[..]).map_err(|error| written(request, error))?;
    }
    let root_digest = root.digest.clone();
    let media_type = root.media_type.clone();
    let image = WriteImage {
        names: vec![request.reference.to_string()],
        media_type: root.media_type,
        digest: root.digest,
        raw: root.raw,
    };
    let buffered = writer.finish(&[image]).map_err(|error| written(request, error))?;
    let failed = |source| TransferError::Output { path: request.output.clone(), source };
    let output = buffered.into_inner().map_err(|error| failed(error.into_error()))?;
    Ok((root_digest, media_type, output))
}

/// A writer's error; what the download says travels inside of it.
fn written(request: &PullRequest, error: ArchiveError) -> TransferError {
    match error {
        ArchiveError::Write { source } => match source.downcast::<TransferError>() {
            Ok(error) => error,
            Err(source) => TransferError::Output { path: request.output.clone(), source },
        },
        other => TransferError::Archive(other),
    }
}

/// What the writing thread needs to get bytes.
struct Fetch {
    repository: Repository,
    waits: Waits,
    events: Events,
    cancel: CancellationToken,
    runtime: Handle,
}

impl Fetch {
    /// Blocks for the next bytes, or until the job is cancelled.
    fn wait<T>(&self, future: impl Future<Output = T>) -> Result<T, TransferError> {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => Err(TransferError::Cancelled),
                value = future => Ok(value),
            }
        })
    }
}

/// A blob as a reader. A broken connection goes on where it stopped.
struct Download<'a> {
    fetch: &'a Fetch,
    digest: &'a Digest,
    offset: u64,
    repository: Repository,
    /// The tries of all requests for this blob.
    budget: Budget,
    stream: Option<Pin<Box<BlobStream>>>,
    chunk: Bytes,
}

impl<'a> Download<'a> {
    fn new(fetch: &'a Fetch, digest: &'a Digest) -> Self {
        let budget = Budget::new(&fetch.repository.registry().retries().blob);
        let repository = fetch.repository.sharing(&budget);
        Self { fetch, digest, offset: 0, repository, budget, stream: None, chunk: Bytes::new() }
    }

    fn next(&mut self) -> Result<Bytes, TransferError> {
        loop {
            let stream = if let Some(stream) = &mut self.stream {
                stream
            } else {
                let opened = self.fetch.wait(self.repository.blob(self.digest, self.offset))?;
                match opened {
                    Ok(stream) => self.stream.insert(Box::pin(stream)),
                    Err(error) => {
                        self.resume(error)?;
                        continue;
                    }
                }
            };
            match self.fetch.wait(stream.next())? {
                None => return Ok(Bytes::new()),
                Some(Ok(chunk)) if chunk.is_empty() => {}
                Some(Ok(chunk)) => {
                    self.offset += chunk.len() as u64;
                    self.budget.renew();
                    (self.fetch.events)(Event::Received { bytes: chunk.len() as u64 });
                    return Ok(chunk);
                }
                Some(Err(error)) => self.resume(error)?,
            }
        }
    }

    /// Waits until the blob can be gone on with, from where it stopped.
    fn resume(&mut self, error: slipway_distribution::Error) -> Result<(), TransferError> {
        self.stream = None;
        if let Some(wait) = self.budget.failed(&error) {
            return self.fetch.wait(self.fetch.waits.pause(&error, wait));
        }
        if self.fetch.wait(self.repository.registry().comes_back(&error))? {
            self.budget.renew();
            return Ok(());
        }
        Err(TransferError::registry(format!("fetching {}", self.digest.short()))(error))
    }
}

impl Read for Download<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.chunk.is_empty() {
            self.chunk = self.next().map_err(io::Error::other)?;
        }
        let length = self.chunk.len().min(buffer.len());
        self.chunk.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}
