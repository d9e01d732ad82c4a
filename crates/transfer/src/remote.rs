//! An image that lies in a registry: its manifests as they are, and its blobs where they are.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use slipway_distribution::{ManifestAt, ManifestBytes, Repository, Waits};
use slipway_hosts::{Meaning, Profile};
use slipway_image::{
    Blob, BlobSource, Child, Compression, ConfigView, Descriptor, Document, Image, Index, Layer, Malformed,
    Manifest, Node, Platform, SpeakingIndex, Stored, media,
};
use slipway_reference::{Digest, Reference, Tag};

use crate::error::TransferError;
use crate::remote_blob;

/// How deep an index may name indexes.
pub(crate) const DEPTH: u32 = 8;

/// Manifests that an image may have.
pub(crate) const MOST_CHILDREN: usize = 10_000;

/// Blobs that they may name.
pub(crate) const MOST_BLOBS: usize = 100_000;

/// So large are all manifests of an image together at most, bytes.
const MOST_MANIFESTS: usize = 32 << 20;

/// A configuration has so many bytes at most.
const MOST_CONFIG: usize = 8 << 20;

/// Manifests that are asked for side by side.
const AT_ONCE: usize = 4;

/// Manifests of one repository that were read before, for whoever may read them there now: reading one again would count as
/// another download at GitHub.
pub trait KnownManifests: Send + Sync {
    /// The one of this digest, where it was read.
    fn known(&self, digest: &Digest) -> Option<ManifestBytes>;
    /// It was read.
    fn keep(&self, manifest: &ManifestBytes);
}

/// A repository that images are read from.
pub(crate) struct Remote {
    repository: Repository,
    waits: Waits,
    known: Option<Arc<dyn KnownManifests>>,
    /// It was found to keep no lists of referrers: it is not asked again.
    keeps_none: AtomicBool,
}

/// Where what speaks of an image is looked for: its repository's tags, among them lists of referrers.
pub(crate) type Tags = HashSet<Tag>;

impl Remote {
    pub(crate) fn new(repository: Repository, waits: Waits) -> Self {
        Self { repository, waits, known: None, keeps_none: AtomicBool::new(false) }
    }

    /// The same, where no manifest of `known` is read again.
    pub(crate) fn knowing(self, known: Arc<dyn KnownManifests>) -> Self {
        Self { known: Some(known), ..self }
    }

    /// It knows manifests by their digests, not only by tags.
    pub(crate) fn by_digest(&self) -> bool {
        self.repository.registry().endpoint().profile.by_digest()
    }

    /// The image at `reference`, of which no blob is read. With `tags`, also the manifests that speak of it (OCI image
    /// specification 1.1, `subject`), however the registry lists them.
    ///
    /// # Errors
    /// Those of the registry, and manifests that are not understood or more than can be meant.
    pub(crate) async fn image(
        &self,
        reference: &Reference,
        tags: Option<&Tags>,
    ) -> Result<Image, TransferError> {
        let root = self.needed(&place(reference), reference).await?;
        self.image_of(root, reference, tags).await
    }

    /// A manifest, which is read unless it is known.
    async fn needed(&self, at: &ManifestAt, reference: &Reference) -> Result<ManifestBytes, TransferError> {
        if let Some(found) = self.found(at).await? {
            return Ok(found);
        }
        let found = manifest(at, reference, &self.repository).await?;
        self.known.iter().for_each(|known| known.keep(&found));
        Ok(found)
    }

    /// What stands at `at`, where it was read before. Of a tag the registry says which one that is.
    async fn found(&self, at: &ManifestAt) -> Result<Option<ManifestBytes>, TransferError> {
        let Some(known) = &self.known else { return Ok(None) };
        let asking = TransferError::registry("asking what the tag names");
        let digest = match at {
            ManifestAt::Digest(digest) => Some(digest.clone()),
            ManifestAt::Tag(_) => {
                self.repository.manifest_digest(at).await.map_err(asking)?.map(|it| it.digest)
            }
        };
        Ok(digest.and_then(|digest| known.known(&digest)))
    }

    /// The same of a manifest or an index that was read.
    pub(crate) async fn image_of(
        &self,
        root: ManifestBytes,
        reference: &Reference,
        tags: Option<&Tags>,
    ) -> Result<Image, TransferError> {
        let mut documents = Documents::new(reference);
        let digest = root.digest.clone();
        self.read(root, &mut documents).await?;
        let (mut referrers, mut speaking_indexes) = (Vec::new(), Vec::new());
        if let Some(tags) = tags {
            let subjects = documents.known.keys().cloned().collect();
            (referrers, speaking_indexes) = self.referrers(subjects, tags, &mut documents).await?;
        }
        let root = self.node(&digest, &mut documents)?;
        Ok(Image {
            selector: "@0".to_owned(),
            names: vec![reference.to_string()],
            root,
            referrers,
            tagged: Vec::new(),
            speaking_indexes,
            findings: Vec::new(),
        })
    }

    /// The manifests and the indexes that speak of `subjects` or of one another; the subjects are not read.
    ///
    /// # Errors
    /// As for [`image`](Self::image).
    pub(crate) async fn speaking_of(
        &self,
        subjects: &[Digest],
        reference: &Reference,
        tags: &Tags,
    ) -> Result<(Vec<Manifest>, Vec<SpeakingIndex>), TransferError> {
        self.referrers(subjects.to_vec(), tags, &mut Documents::new(reference)).await
    }

    /// What stands under those of `tags` that are called after one of `named`, which are the tags of lists.
    ///
    /// # Errors
    /// As for [`image`](Self::image).
    pub(crate) async fn tagged(
        &self,
        named: &HashSet<String>,
        reference: &Reference,
        tags: &Tags,
    ) -> Result<Vec<Image>, TransferError> {
        let mut tagged = Vec::new();
        for tag in signature_tags(tags, named) {
            let reference = Reference { tag: Some(tag), digest: None, ..reference.clone() };
            match self.image(&reference, None).await {
                Ok(signature) => tagged.push(signature),
                // Somebody deleted it meanwhile.
                Err(TransferError::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(tagged)
    }

    /// Digests of all that the index `digest` names, at any depth; of indexes only the documents are read.
    pub(crate) async fn named_by(
        &self,
        digest: &Digest,
        reference: &Reference,
    ) -> Result<HashSet<Digest>, TransferError> {
        let (mut indexes, mut named) = (vec![digest.clone()], HashSet::new());
        for _ in 0..DEPTH {
            for digest in std::mem::take(&mut indexes) {
                let found = manifest(&ManifestAt::Digest(digest), reference, &self.repository).await?;
                let document = parse(&found, reference)?;
                for child in document.manifests().filter_map(Result::ok) {
                    if named.insert(child.digest.clone()) && media::is_index(&child.media_type) == Some(true)
                    {
                        indexes.push(child.digest);
                    }
                    if named.len() > MOST_CHILDREN {
                        return Err(bad(reference, "it names more manifests than can be meant"));
                    }
                }
            }
        }
        Ok(named)
    }

    /// It was not found to keep no lists of its own; GitHub's are not asked.
    pub(crate) fn keeps_lists(&self) -> bool {
        let generic = self.repository.registry().endpoint().profile == Profile::Generic;
        generic && !self.keeps_none.load(Ordering::Relaxed)
    }

    /// What an image of one platform runs on, which only its configuration says.
    async fn platform(&self, config: &Digest) -> Result<Option<Platform>, TransferError> {
        let reading = TransferError::registry("reading what the image runs on");
        let raw = self.repository.small_blob(config, MOST_CONFIG).await.map_err(reading)?;
        let config = slipway_image::json::parse(&raw).and_then(|value| ConfigView::read(&value));
        Ok(config.ok().as_ref().and_then(Platform::of))
    }

    /// An image of one platform is one of those that are wanted.
    ///
    /// # Errors
    /// [`TransferError::NoPlatform`], and those of the registry.
    pub(crate) async fn is_for(
        &self,
        platforms: &[String],
        manifest: &Manifest,
        reference: &Reference,
    ) -> Result<(), TransferError> {
        let platform = match &manifest.config.digest {
            Some(config) => self.platform(config).await?,
            None => None,
        };
        let name = platform.map_or_else(|| "no platform".to_owned(), |platform| platform.to_string());
        if platforms.iter().any(|wanted| Platform::is_meant(&name, wanted)) {
            return Ok(());
        }
        Err(TransferError::NoPlatform {
            reference: reference.to_string(),
            platform: platforms.join(", "),
            present: name,
        })
    }

    /// Reads all that `root` names, level by level.
    async fn read(&self, root: ManifestBytes, documents: &mut Documents<'_>) -> Result<(), TransferError> {
        let below = documents.add(root)?;
        self.read_below(below, documents).await
    }

    /// Reads these and all that they name, level by level.
    async fn read_below(
        &self,
        mut level: Vec<Digest>,
        documents: &mut Documents<'_>,
    ) -> Result<(), TransferError> {
        for _ in 1..DEPTH {
            if level.is_empty() {
                return Ok(());
            }
            level = self.fetch(level, documents).await?;
        }
        if level.is_empty() { Ok(()) } else { Err(documents.bad("its indexes are nested too deep")) }
    }

    /// Reads manifests, and tells which ones they name that nobody read.
    async fn fetch(
        &self,
        digests: Vec<Digest>,
        documents: &mut Documents<'_>,
    ) -> Result<Vec<Digest>, TransferError> {
        let reference = documents.reference;
        let asked = digests.into_iter().map(|digest| {
            let at = ManifestAt::Digest(digest);
            // Boxed for the reason that `plan::look` gives.
            async move { self.needed(&at, reference).await }.boxed()
        });
        let mut asked = stream::iter(asked.collect::<Vec<_>>()).buffered(AT_ONCE);
        let mut below = Vec::new();
        while let Some(found) = asked.try_next().await? {
            below.extend(documents.add(found)?);
        }
        below.retain(|digest| !documents.known.contains_key(digest));
        Ok(below)
    }

    /// The manifests and indexes that speak of `subjects` or of one another, each after what it speaks of.
    async fn referrers(
        &self,
        mut subjects: Vec<Digest>,
        tags: &Tags,
        documents: &mut Documents<'_>,
    ) -> Result<(Vec<Manifest>, Vec<SpeakingIndex>), TransferError> {
        let own: HashSet<Digest> = subjects.iter().cloned().collect();
        let (mut found, mut gone) = (Vec::new(), 0);
        while let Some(subject) = subjects.pop() {
            for speaker in self.speakers(&subject, tags, documents.reference).await? {
                if own.contains(&speaker) || documents.known.contains_key(&speaker) {
                    continue;
                }
                let below = match self.fetch(vec![speaker.clone()], documents).await {
                    // A list may name what somebody deleted.
                    Err(TransferError::NotFound { .. }) => {
                        gone += 1;
                        if gone > MOST_CHILDREN {
                            return Err(documents.bad("its lists name more than can be meant"));
                        }
                        continue;
                    }
                    below => below?,
                };
                let speaks = documents.known.get(&speaker).and_then(|document| document.document.subject());
                // A list names what somebody entered; what a manifest says of itself counts.
                if speaks.as_ref() != Some(&subject) {
                    continue;
                }
                self.read_below(below, documents).await?;
                subjects.push(speaker.clone());
                found.push((speaker, subject.clone()));
            }
        }
        let (mut referrers, mut speaking_indexes) = (Vec::new(), Vec::new());
        for (digest, subject) in found {
            match self.node(&digest, documents)? {
                Node::Manifest(manifest) => referrers.push(*manifest),
                Node::Index(index) => speaking_indexes.push(SpeakingIndex { subject, index }),
            }
        }
        Ok((referrers, speaking_indexes))
    }

    /// The registry's own list of what speaks of `subject`; none where it keeps no such lists. GitHub's are not asked.
    async fn list(&self, subject: &Digest) -> Result<Option<Vec<u8>>, TransferError> {
        if !self.keeps_lists() {
            return Ok(None);
        }
        let doing = TransferError::registry("asking what speaks of the image");
        let listed = self.repository.referrers(subject).await.map_err(doing)?;
        self.keeps_none.fetch_or(listed.is_none(), Ordering::Relaxed);
        Ok(listed)
    }

    /// Digests in that list.
    pub(crate) async fn listed(&self, subject: &Digest) -> Result<Option<Vec<Digest>>, TransferError> {
        let list = self.list(subject).await?.and_then(|raw| Document::parse(&raw).ok());
        Ok(list.map(|list| list.manifests().filter_map(Result::ok).map(|entry| entry.digest).collect()))
    }

    /// Digests of what is listed as speaking of `subject`: by the registry, or in the list under the tag that is named
    /// after it. ghcr.io is never asked for its own lists: it keeps none, and sent such requests to its web pages.
    async fn speakers(
        &self,
        subject: &Digest,
        tags: &Tags,
        reference: &Reference,
    ) -> Result<Vec<Digest>, TransferError> {
        let list = match self.list(subject).await? {
            Some(raw) => raw,
            None => {
                let tag = slipway_image::referrers::list_tag(subject).parse::<Tag>().ok();
                let Some(tag) = tag.filter(|tag| tags.contains(tag)) else { return Ok(Vec::new()) };
                match self.needed(&ManifestAt::Tag(tag), reference).await {
                    Ok(found) => found.raw,
                    // Somebody deleted it meanwhile.
                    Err(TransferError::NotFound { .. }) => return Ok(Vec::new()),
                    Err(error) => return Err(error),
                }
            }
        };
        let list = Document::parse(&list).map_err(|malformed| {
            bad(reference, format!("the list of what speaks of {subject}: {malformed}"))
        })?;
        Ok(list.manifests().filter_map(Result::ok).map(|descriptor| descriptor.digest).collect())
    }

    /// The tree below `digest`, whose documents were read. Each is made once, however many places name it.
    fn node(&self, digest: &Digest, documents: &mut Documents<'_>) -> Result<Node, TransferError> {
        if let Some((node, places, blobs)) = documents.made.get(digest) {
            let (node, places, blobs) = (node.clone(), *places, *blobs);
            documents.places(places, blobs)?;
            return Ok(node);
        }
        let Some(Kept { stored, document }) = documents.known.get(digest).cloned() else {
            return Err(documents.bad(&format!("{digest} was not read")));
        };
        let before = (documents.places, documents.blobs);
        documents.places(1, document.layers().count())?;
        let node = if document.is_index() {
            let mut children = Vec::new();
            for descriptor in document.manifests() {
                let descriptor =
                    descriptor.map_err(|malformed| documents.bad(&format!("{digest}: {malformed}")))?;
                let node = self.node(&descriptor.digest, documents)?.named(&descriptor);
                children.push(Child { descriptor, node: Some(node) });
            }
            Node::Index(Index { stored, children: Arc::new(children) })
        } else {
            let manifest = self.manifest(stored, &document);
            let manifest = manifest.map_err(|reason| documents.bad(&format!("{digest}: {reason}")))?;
            Node::Manifest(Box::new(manifest))
        };
        let below = (documents.places - before.0, documents.blobs - before.1);
        documents.made.insert(digest.clone(), (node.clone(), below.0, below.1));
        Ok(node)
    }

    fn manifest(&self, stored: Stored, document: &Document) -> Result<Manifest, Malformed> {
        let config = document.config().ok_or_else(|| Malformed::new("it names no config"))??;
        let layers = document.layers().zip(1..).map(|(layer, number)| {
            let layer = layer?;
            let foreign = !layer.urls.is_empty();
            Ok(Layer {
                number,
                stored: packed(&layer.media_type),
                size: if foreign { 0 } else { layer.size },
                declared_size: layer.size,
                diff_id: None,
                made_by: None,
                // Registries do not hold them; they stay where they are.
                source: (!foreign).then(|| self.blob(&layer)),
                member: layer.digest.short(),
                media_type: layer.media_type,
                digest: Some(layer.digest),
                urls: layer.urls,
                annotations: layer.annotations,
            })
        });
        Ok(Manifest {
            stored: Some(stored),
            config: Blob {
                source: self.blob(&config),
                media_type: config.media_type,
                digest: Some(config.digest),
                size: config.size,
            },
            // What it says is of no matter for bytes that stay what they are.
            config_json: Arc::new(ConfigView::default()),
            layers: Arc::new(layers.collect::<Result<_, Malformed>>()?),
            subject: document.subject(),
            platform: None,
            attestation: false,
        })
    }

    fn blob(&self, descriptor: &Descriptor) -> BlobSource {
        remote_blob::source(&self.repository, &self.waits, descriptor)
    }
}

/// How a layer is packed, by its media type.
fn packed(media_type: &str) -> Compression {
    match media_type.rsplit(['.', '+']).next() {
        Some("gzip") => Compression::Gzip,
        Some("zstd") => Compression::Zstd,
        Some("tar") => Compression::Plain,
        _ => Compression::Other,
    }
}

/// A manifest that was read.
#[derive(Clone)]
struct Kept {
    stored: Stored,
    document: Document,
}

/// What was read of an image.
struct Documents<'a> {
    reference: &'a Reference,
    known: HashMap<Digest, Kept>,
    /// Bytes of all of them.
    size: usize,
    /// What was made of them, with the places and the layers below each.
    made: HashMap<Digest, (Node, usize, usize)>,
    /// Places of the tree, and layers in them, each time that something is named.
    places: usize,
    blobs: usize,
}

impl<'a> Documents<'a> {
    fn new(reference: &'a Reference) -> Self {
        let (known, made) = Default::default();
        Self { reference, known, size: 0, made, places: 0, blobs: 0 }
    }

    /// Adds one, and tells which manifests it names that nobody read yet.
    fn add(&mut self, found: ManifestBytes) -> Result<Vec<Digest>, TransferError> {
        let document = parse(&found, self.reference)?;
        let ManifestBytes { media_type, raw, digest } = found;
        self.size += raw.len();
        let mut below = Vec::new();
        for child in document.manifests() {
            let child = child.map_err(|malformed| self.bad(&format!("{digest}: {malformed}")))?;
            if !self.known.contains_key(&child.digest) && !below.contains(&child.digest) {
                below.push(child.digest);
            }
        }
        let stored = Stored { media_type, digest: digest.clone(), raw: raw.into() };
        self.known.insert(digest, Kept { stored, document });
        let many = self.known.len() + below.len() > MOST_CHILDREN;
        if many || self.size > MOST_MANIFESTS {
            return Err(self.bad("it names more manifests or blobs than can be meant"));
        }
        Ok(below)
    }

    fn places(&mut self, places: usize, blobs: usize) -> Result<(), TransferError> {
        (self.places, self.blobs) = (self.places + places, self.blobs + blobs);
        if self.places > MOST_CHILDREN || self.blobs > MOST_BLOBS {
            Err(self.bad("it names manifests more often than can be meant"))
        } else {
            Ok(())
        }
    }

    fn bad(&self, reason: &str) -> TransferError {
        bad(self.reference, reason)
    }
}

/// Where `reference` leads to: `latest` where it says nothing.
pub(crate) fn place(reference: &Reference) -> ManifestAt {
    match (&reference.digest, &reference.tag) {
        (Some(digest), _) => ManifestAt::Digest(digest.clone()),
        (None, Some(tag)) => ManifestAt::Tag(tag.clone()),
        (None, None) => ManifestAt::Tag(Tag::latest()),
    }
}

/// The tags of a repository, to look for what speaks of an image.
pub(crate) async fn tags(repository: &Repository) -> Result<Tags, TransferError> {
    let tags = repository.tags().await.map_err(TransferError::registry("listing the tags"))?;
    Ok(tags.into_iter().collect())
}

/// Those of `tags` that are called after one of `named`, which are the tags of lists: `sha256-….sig`. Sorted.
pub(crate) fn signature_tags(tags: &Tags, named: &HashSet<String>) -> Vec<Tag> {
    let is_named = |tag: &&Tag| {
        let stem = tag.as_str().split('.').next().unwrap_or_default();
        stem != tag.as_str() && named.contains(stem)
    };
    let mut found: Vec<Tag> = tags.iter().filter(is_named).cloned().collect();
    found.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    found
}

/// A manifest of the repository.
pub(crate) async fn manifest(
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

pub(crate) fn parse(manifest: &ManifestBytes, reference: &Reference) -> Result<Document, TransferError> {
    Document::parse(&manifest.raw)
        .map_err(|malformed| bad(reference, format!("{} is not understood: {malformed}", manifest.digest)))
}

pub(crate) fn bad(reference: &Reference, reason: impl ToString) -> TransferError {
    TransferError::BadManifest { reference: reference.to_string(), reason: reason.to_string() }
}
