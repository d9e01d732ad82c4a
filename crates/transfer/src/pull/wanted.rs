//! What is to be fetched: manifests, and the blobs that they name.

use std::collections::{HashMap, HashSet};

use slipway_archive::{Layout, Target, WriteImage};
use slipway_distribution::{ManifestAt, ManifestBytes, Repository, Waits};
use slipway_image::referrers::list_tag;
use slipway_image::{Compression, Image, Manifest, Node, Platform, Stored};
use slipway_reference::{Digest, Reference};

use super::{Platforms, PullImage, PullRequest, Pulled, PulledImage};
use crate::error::TransferError;
use crate::event::{Event, Events, WantedBlob};
use crate::remote::{MOST_BLOBS, MOST_CHILDREN, Remote, Tags, bad, manifest, parse, place, tags};
use crate::speakers::Speakers;
use crate::tree::{self, each_blob, each_digest, each_node};

/// So much of the manifests is kept until they are written, bytes. What is more is fetched again then.
const MOST_KEPT: usize = 8 << 20;

/// A manifest that is a blob of the file.
pub(super) struct Child {
    pub(super) digest: Digest,
    size: u64,
    /// Its bytes, as far as they are kept.
    pub(super) raw: Option<Vec<u8>>,
}

/// What the images consist of, each once however many entries name it.
#[derive(Default)]
pub(super) struct Wanted {
    /// As they are named in the file.
    pub(super) write: Vec<WriteImage>,
    pub(super) children: Vec<Child>,
    /// Which image of the request a blob or a manifest is fetched for.
    pub(super) origins: HashMap<Digest, usize>,
    images: Vec<PulledImage>,
    blobs: Vec<(Digest, u64)>,
    /// Those of them that are layers.
    layers: HashSet<Digest>,
    /// Bytes of the manifests that are kept.
    kept: usize,
}

/// One image, read.
struct Chosen {
    image: Image,
    /// What the reference leads to.
    found: Digest,
    speakers: Speakers,
}

impl Wanted {
    /// Asks for all manifests, and tells what is chosen of each image.
    pub(super) async fn of(
        request: &PullRequest,
        repositories: &[Repository],
        waits: &Waits,
        events: &Events,
    ) -> Result<Self, TransferError> {
        let mut wanted = Self::default();
        let mut listed: HashMap<(String, String), Tags> = HashMap::new();
        for ((at, image), repository) in request.images.iter().enumerate().zip(repositories) {
            let profile = repository.registry().endpoint().profile;
            let key = (image.reference.host.to_string(), image.reference.path.to_string());
            if image.referrers && profile.referrers() && !listed.contains_key(&key) {
                listed.insert(key.clone(), tags(repository).await?);
            }
            let tags = listed.get(&key).filter(|_| image.referrers);
            let remote = Remote::new(repository.clone(), waits.clone());
            let chosen = Box::pin(choose(request, image, &remote, repository, tags)).await?;
            wanted.add(at, request, chosen, events)?;
        }
        Ok(wanted)
    }

    /// Adds what an image consists of.
    fn add(
        &mut self,
        at: usize,
        request: &PullRequest,
        chosen: Chosen,
        events: &Events,
    ) -> Result<(), TransferError> {
        let reference = &request.images[at].reference;
        let Chosen { image, found, speakers } = chosen;
        let Some(root) = image.root.stored().cloned() else {
            return Err(bad(reference, "it has no manifest"));
        };
        let mut loaded = None;
        if matches!(image.root, Node::Index(_)) {
            let manifest = loaded_of(&image.root, &request.default_platform);
            loaded = manifest.and_then(|manifest| Some(manifest.stored.as_ref()?.raw.to_vec()));
            let itself = root.digest.clone();
            each_node(&image.root, &mut |node| {
                if let Some(stored) = node.stored().filter(|stored| stored.digest != itself) {
                    // An index that was reduced is in no registry.
                    self.child(at, stored, matches!(node, Node::Index(_)));
                }
            });
        }
        speakers.each_manifest(&mut |stored| self.child(at, stored, false));
        let beside = speakers.beside();
        speakers.each_blob(&mut |digest, size, is_layer| self.blob(at, digest, size, is_layer));
        each_blob(&image, &mut |digest, size, is_layer| self.blob(at, digest, size, is_layer));
        if self.children.len() > MOST_CHILDREN || self.blobs.len() > MOST_BLOBS {
            return Err(bad(reference, "it names more manifests or blobs than can be meant"));
        }
        events(Event::Chosen {
            reference: reference.clone(),
            digest: root.digest.clone(),
            made: found != root.digest && matches!(image.root, Node::Index(_)),
            stored_digest: found,
            zstd: has_zstd(&image.root),
        });
        if let Some(reader) = request.no_zstd.as_ref().filter(|_| has_zstd(&image.root)) {
            let (reference, reader) = (reference.to_string(), reader.clone());
            return Err(TransferError::Zstd { reference, reader });
        }
        self.images.push(PulledImage {
            reference: reference.clone(),
            digest: root.digest.clone(),
            media_type: root.media_type.clone(),
            beside: beside.len(),
        });
        // Two versions may be one image, which is named twice then.
        match self.write.iter_mut().find(|known| known.digest == root.digest) {
            Some(known) => {
                let name = reference.to_string();
                if !known.names.contains(&name) {
                    known.names.push(name);
                }
                known.beside.extend(beside);
            }
            None => self.write.push(WriteImage {
                names: vec![reference.to_string()],
                media_type: root.media_type,
                digest: root.digest,
                raw: root.raw.to_vec(),
                loaded,
                beside,
            }),
        }
        Ok(())
    }

    fn child(&mut self, at: usize, stored: &Stored, keep: bool) {
        if self.origins.contains_key(&stored.digest) {
            return;
        }
        self.origins.insert(stored.digest.clone(), at);
        self.kept += stored.raw.len();
        let raw = (keep || self.kept <= MOST_KEPT).then(|| stored.raw.to_vec());
        self.children.push(Child { digest: stored.digest.clone(), size: stored.raw.len() as u64, raw });
    }

    fn blob(&mut self, at: usize, digest: &Digest, size: u64, is_layer: bool) {
        self.layers.extend(is_layer.then(|| digest.clone()));
        if !self.origins.contains_key(digest) {
            self.origins.insert(digest.clone(), at);
            self.blobs.push((digest.clone(), size));
        }
    }

    /// What holds it: blobs, then the manifests below the roots in the order of `children`.
    pub(super) fn layout(&self, format: Target) -> Result<Layout, TransferError> {
        let children = self.children.iter().map(|child| (child.digest.clone(), child.size));
        Ok(Layout::new(format, self.blobs.iter().cloned().chain(children), &self.write)?)
    }

    /// The blobs that may be on this computer: no manifests, which are there.
    pub(super) fn blobs(&self) -> &[(Digest, u64)] {
        &self.blobs
    }

    /// What is told of the blobs of that file.
    pub(super) fn told(&self, layout: &Layout) -> Vec<WantedBlob> {
        let told = layout
            .members()
            .iter()
            .map(|member| WantedBlob { size: member.size, layer: self.layers.contains(&member.digest) });
        told.collect()
    }

    /// What is said once all of it is there.
    pub(super) fn pulled(&self, layout: &Layout) -> Pulled {
        Pulled { images: self.images.clone(), file_size: layout.size(), here: 0 }
    }
}

/// Reads what is wanted of an image.
async fn choose(
    request: &PullRequest,
    wish: &PullImage,
    remote: &Remote,
    repository: &Repository,
    tags: Option<&Tags>,
) -> Result<Chosen, TransferError> {
    let reference = &wish.reference;
    let root = manifest(&place(reference), reference, repository).await?;
    let found = root.digest.clone();
    let one = match &wish.platforms {
        Platforms::Only(platforms) => platforms.first().filter(|_| platforms.len() == 1),
        Platforms::Usual if request.format == Target::DockerArchive => Some(&request.default_platform),
        Platforms::Usual | Platforms::All => None,
    };
    let root = match one {
        Some(platform) => one_platform(root, platform, reference, repository).await?,
        None => root,
    };
    let is_itself = root.digest == found;
    let mut image = remote.image_of(root, reference, tags).await?;
    // What an index names for a platform is for it.
    if let (Platforms::Only(platforms), true) = (&wish.platforms, is_itself) {
        asked(&mut image, platforms, reference, remote).await?;
    }
    let mut speakers = Speakers::default();
    if let Some(tags) = tags {
        let mut named = HashSet::new();
        each_digest(&image.root, &mut |digest| {
            named.insert(list_tag(digest));
        });
        speakers = Speakers {
            referrers: std::mem::take(&mut image.referrers),
            indexes: std::mem::take(&mut image.speaking_indexes),
            tagged: remote.tagged(&named, reference, tags).await?,
        };
    }
    Ok(Chosen { image, found, speakers })
}

/// Keeps the platforms that were asked for, all of which are to be there.
async fn asked(
    image: &mut Image,
    platforms: &[String],
    reference: &Reference,
    remote: &Remote,
) -> Result<(), TransferError> {
    if let Node::Manifest(manifest) = &image.root {
        return remote.is_for(platforms, manifest, reference).await;
    }
    let there = tree::platforms(&image.root);
    let lacks = |wanted: &&String| !there.iter().any(|name| Platform::is_meant(name, wanted));
    if let Some(platform) = platforms.iter().find(lacks) {
        return Err(no_platform(reference, platform, there.iter().map(String::as_str)));
    }
    tree::reduce(image, platforms)
}

/// What `docker load` gets of an index: the image for this computer, else the first.
fn loaded_of(root: &Node, here: &str) -> Option<Box<Manifest>> {
    let mut images: Vec<Box<Manifest>> = Vec::new();
    each_node(root, &mut |node| {
        if let Node::Manifest(manifest) = node
            && !manifest.attestation
        {
            images.push(manifest.clone());
        }
    });
    let name = |image: &Manifest| image.platform.as_ref().map(Platform::to_string).unwrap_or_default();
    let exact = images.iter().position(|image| name(image) == here);
    let at = exact.or_else(|| images.iter().position(|image| Platform::is_meant(&name(image), here)));
    (!images.is_empty()).then(|| images.swap_remove(at.unwrap_or_default()))
}

/// A layer is compressed with Zstandard.
fn has_zstd(root: &Node) -> bool {
    let mut found = false;
    each_node(root, &mut |node| {
        if let Node::Manifest(manifest) = node {
            found |= manifest.layers.iter().any(|layer| layer.stored == Compression::Zstd);
        }
    });
    found
}

/// The manifest of `platform`, or `root` itself where it is no index.
async fn one_platform(
    root: ManifestBytes,
    platform: &str,
    reference: &Reference,
    repository: &Repository,
) -> Result<ManifestBytes, TransferError> {
    let document = parse(&root, reference)?;
    if !document.is_index() {
        return Ok(root);
    }
    // What is odd is none that could be meant.
    let entries = document.manifests().filter_map(Result::ok);
    let named: Vec<(String, Digest)> = entries
        .map(|entry| (entry.platform.as_ref().map(Platform::to_string).unwrap_or_default(), entry.digest))
        .collect();
    let is_it = |name: &str| name == platform;
    let is_meant = |name: &str| Platform::is_meant(name, platform);
    let found = named.iter().find(|(name, _)| is_it(name));
    let Some((_, digest)) = found.or_else(|| named.iter().find(|(name, _)| is_meant(name))) else {
        return Err(no_platform(reference, platform, named.iter().map(|(name, _)| name.as_str())));
    };
    manifest(&ManifestAt::Digest(digest.clone()), reference, repository).await
}

fn no_platform<'a>(
    reference: &Reference,
    platform: &str,
    present: impl Iterator<Item = &'a str>,
) -> TransferError {
    let present: Vec<_> = present.filter(|name| !name.is_empty() && *name != "unknown/unknown").collect();
    let none = "only images that name no platform".to_owned();
    TransferError::NoPlatform {
        reference: reference.to_string(),
        platform: platform.to_owned(),
        present: if present.is_empty() { none } else { present.join(", ") },
    }
}
