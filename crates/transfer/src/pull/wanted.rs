//! What is to be fetched: manifests, and the blobs that they name.

use std::collections::HashSet;

use slipway_archive::{Layout, Target, WriteImage};
use slipway_distribution::{ManifestAt, ManifestBytes, Repository};
use slipway_image::{Descriptor, Platform};
use slipway_reference::{Digest, Reference, Tag};

use super::PullRequest;
use crate::error::TransferError;
use crate::event::WantedBlob;
use crate::remote::{DEPTH, MOST_BLOBS, MOST_CHILDREN, bad, manifest, parse};

/// So much of the manifests is kept until they are written, bytes. What is more is fetched again then.
const MOST_KEPT: usize = 8 << 20;

/// A manifest below the root.
pub(super) struct Child {
    pub(super) digest: Digest,
    size: u64,
    /// Its bytes, as far as they are kept.
    pub(super) raw: Option<Vec<u8>>,
}

/// What an image consists of, each once however many entries name it.
pub(super) struct Wanted {
    pub(super) root: ManifestBytes,
    pub(super) children: Vec<Child>,
    blobs: Vec<(Digest, u64)>,
    /// Those of them that are layers.
    layers: HashSet<Digest>,
}

impl Wanted {
    pub(super) async fn of(request: &PullRequest, repository: &Repository) -> Result<Self, TransferError> {
        let reference = &request.reference;
        let at = match (&reference.digest, &reference.tag) {
            (Some(digest), _) => ManifestAt::Digest(digest.clone()),
            (None, Some(tag)) => ManifestAt::Tag(tag.clone()),
            (None, None) => ManifestAt::Tag(Tag::latest()),
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
        let mut wanted = Self { root, children: Vec::new(), blobs: Vec::new(), layers: HashSet::new() };
        let mut level = Vec::new();
        let root = wanted.root.clone();
        named.take(&root, &mut level, &mut wanted, reference)?;
        let mut kept = 0;
        for _ in 1..DEPTH {
            let mut below = Vec::new();
            for digest in level {
                let child = manifest(&ManifestAt::Digest(digest.clone()), reference, repository).await?;
                named.take(&child, &mut below, &mut wanted, reference)?;
                kept += child.raw.len();
                let size = child.raw.len() as u64;
                wanted.children.push(Child { digest, size, raw: (kept <= MOST_KEPT).then_some(child.raw) });
            }
            level = below;
        }
        if level.is_empty() { Ok(wanted) } else { Err(bad(reference, "its indexes are nested too deep")) }
    }

    /// The file that holds it: blobs, then the manifests below the root in the order of `children`.
    pub(super) fn layout(&self, request: &PullRequest) -> Result<Layout, TransferError> {
        let children = self.children.iter().map(|child| (child.digest.clone(), child.size));
        let image = WriteImage {
            names: vec![request.reference.to_string()],
            media_type: self.root.media_type.clone(),
            digest: self.root.digest.clone(),
            raw: self.root.raw.clone(),
            loaded: None,
            beside: Vec::new(),
        };
        Ok(Layout::new(request.format, self.blobs.iter().cloned().chain(children), &[image])?)
    }

    /// What is told of the blobs of that file.
    pub(super) fn told(&self, layout: &Layout) -> Vec<WantedBlob> {
        let told = layout
            .members()
            .iter()
            .map(|member| WantedBlob { size: member.size, layer: self.layers.contains(&member.digest) });
        told.collect()
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
        wanted: &mut Wanted,
        reference: &Reference,
    ) -> Result<(), TransferError> {
        let document = parse(manifest, reference)?;
        for child in document.manifests() {
            let Descriptor { digest, .. } = child.map_err(|malformed| bad(reference, malformed))?;
            if self.children.insert(digest.clone()) {
                children.push(digest);
            }
        }
        let config = document.config().into_iter().map(|config| (config, false));
        for (blob, is_layer) in config.chain(document.layers().map(|layer| (layer, true))) {
            let Descriptor { digest, size, urls, .. } =
                blob.map_err(|malformed| bad(reference, malformed))?;
            // Foreign layers have addresses of their own; registries do not hold them.
            if urls.is_empty() && self.blobs.insert((digest.clone(), size)) {
                wanted.layers.extend(is_layer.then(|| digest.clone()));
                wanted.blobs.push((digest, size));
            }
        }
        if self.children.len() > MOST_CHILDREN || self.blobs.len() > MOST_BLOBS {
            return Err(bad(reference, "it names more manifests or blobs than can be meant"));
        }
        Ok(())
    }
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
        let present = named.iter().map(|(name, _)| name.as_str());
        let present: Vec<_> = present.filter(|name| !name.is_empty() && *name != "unknown/unknown").collect();
        let none = "only images that name no platform".to_owned();
        return Err(TransferError::NoPlatform {
            reference: reference.to_string(),
            platform: platform.to_owned(),
            present: if present.is_empty() { none } else { present.join(", ") },
        });
    };
    manifest(&ManifestAt::Digest(digest.clone()), reference, repository).await
}
