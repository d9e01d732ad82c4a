//! OCI layouts: `index.json` and blobs by digest.

use std::collections::HashSet;

use serde::Deserialize;
use slipway_reference::Digest;

use crate::ArchiveError;
use crate::config::ConfigView;
use crate::model::{Blob, Child, Compression, Descriptor, Image, Index, Layer, Manifest, Node, Platform, Stored};
use crate::store::{Store, blob_name};

/// Where it begins.
pub(crate) const INDEX: &str = "index.json";

/// How deep an index may name indexes.
const DEPTH: usize = 8;

/// Entries of all indexes of an image.
const MOST_ENTRIES: usize = 10_000;

#[derive(Deserialize)]
struct RawIndex {
    #[serde(default)]
    manifests: Option<Vec<RawDescriptor>>,
}

#[derive(Deserialize)]
struct RawManifest {
    #[serde(rename = "mediaType")]
    media_type: Option<String>,
    #[serde(default)]
    manifests: Option<Vec<RawDescriptor>>,
    config: Option<RawDescriptor>,
    #[serde(default)]
    layers: Option<Vec<RawDescriptor>>,
    subject: Option<RawDescriptor>,
}

#[derive(Deserialize)]
struct RawDescriptor {
    #[serde(rename = "mediaType", default)]
    media_type: String,
    digest: String,
    size: u64,
    platform: Option<RawPlatform>,
    annotations: Option<serde_json::Map<String, serde_json::Value>>,
    urls: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RawPlatform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    variant: Option<String>,
    #[serde(rename = "os.version")]
    os_version: Option<String>,
}

/// The images that `index.json` names; none where it names nothing (Docker 25 writes `null`).
pub(crate) fn images(store: &Store) -> Result<Vec<Image>, ArchiveError> {
    let (raw, _) = store.json(INDEX)?;
    let index: RawIndex = serde_json::from_slice(&raw).map_err(|error| ArchiveError::malformed(INDEX, error))?;
    let mut images: Vec<(Digest, Image)> = Vec::new();
    for raw in index.manifests.unwrap_or_default() {
        let descriptor = descriptor(raw, INDEX)?;
        let names = names(&descriptor);
        // One image under several names.
        if let Some((_, image)) = images.iter_mut().find(|(digest, _)| *digest == descriptor.digest) {
            image.names.extend(names.into_iter().filter(|name| !image.names.contains(name)).collect::<Vec<_>>());
            continue;
        }
        let mut reading = Reading { store, path: HashSet::new(), entries: 0 };
        let root = reading.node(&descriptor)?;
        let selector = format!("@{}", images.len());
        images.push((descriptor.digest, Image { selector, names, root, findings: Vec::new() }));
    }
    Ok(images.into_iter().map(|(_, image)| image).collect())
}

/// containerd keeps the whole name; the specification's own annotation is often the tag alone.
fn names(descriptor: &Descriptor) -> Vec<String> {
    let find = |name: &str| descriptor.annotations.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let name = find("io.containerd.image.name").or_else(|| find("org.opencontainers.image.ref.name"));
    name.filter(|name| !name.is_empty()).into_iter().collect()
}

fn descriptor(raw: RawDescriptor, member: &str) -> Result<Descriptor, ArchiveError> {
    let digest = raw.digest.parse().map_err(|_| ArchiveError::malformed(member, format!("{} is no digest", raw.digest)))?;
    let text = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    Ok(Descriptor {
        media_type: raw.media_type,
        digest,
        size: raw.size,
        platform: raw.platform.filter(|platform| !platform.os.is_empty()).map(|platform| Platform {
            os: platform.os,
            architecture: platform.architecture,
            variant: platform.variant.filter(|variant| !variant.is_empty()),
            os_version: platform.os_version,
        }),
        annotations: raw.annotations.unwrap_or_default().into_iter().map(|(key, value)| (key, text(value))).collect(),
        urls: raw.urls.unwrap_or_default(),
    })
}

struct Reading<'a> {
    store: &'a Store,
    /// Digests from the root to here. A blob cannot hold its own digest, but two may lie about each other.
    path: HashSet<Digest>,
    entries: usize,
}

impl Reading<'_> {
    fn node(&mut self, descriptor: &Descriptor) -> Result<Node, ArchiveError> {
        let member = blob_name(&descriptor.digest);
        if self.path.len() >= DEPTH || !self.path.insert(descriptor.digest.clone()) {
            return Err(ArchiveError::unsafe_name(member, "indexes are nested too deep or in a circle"));
        }
        let (raw, _) = self.store.json_blob(&descriptor.digest)?;
        if raw.len() as u64 != descriptor.size {
            let reason = format!("it is {} bytes, its descriptor says {}", raw.len(), descriptor.size);
            return Err(ArchiveError::malformed(member, reason));
        }
        let parsed: RawManifest = serde_json::from_slice(&raw).map_err(|error| ArchiveError::malformed(&member, error))?;
        let is_index = parsed.manifests.is_some() && parsed.config.is_none();
        let media_type = parsed.media_type.clone().or_else(|| Some(descriptor.media_type.clone()).filter(|text| !text.is_empty()));
        let media_type = media_type.unwrap_or_else(|| {
            let kind = if is_index { "index" } else { "manifest" };
            format!("application/vnd.oci.image.{kind}.v1+json")
        });
        let stored = Stored { media_type, digest: descriptor.digest.clone(), raw };
        let node = if is_index {
            Node::Index(self.index(stored, parsed.manifests.unwrap_or_default(), &member)?)
        } else {
            Node::Manifest(Box::new(self.manifest(stored, parsed, descriptor, &member)?))
        };
        self.path.remove(&descriptor.digest);
        Ok(node)
    }

    fn index(&mut self, stored: Stored, entries: Vec<RawDescriptor>, member: &str) -> Result<Index, ArchiveError> {
        self.entries += entries.len();
        if self.entries > MOST_ENTRIES {
            return Err(ArchiveError::Bomb { member: member.to_owned() });
        }
        let children = entries.into_iter().map(|raw| {
            let descriptor = descriptor(raw, member)?;
            // A saved image of several platforms usually holds one of them.
            let is_there = self.store.has(&blob_name(&descriptor.digest));
            let node = if is_there { Some(self.node(&descriptor)?) } else { None };
            Ok(Child { descriptor, node })
        });
        Ok(Index { stored, children: children.collect::<Result<_, _>>()? })
    }

    fn manifest(&self, stored: Stored, parsed: RawManifest, own: &Descriptor, member: &str) -> Result<Manifest, ArchiveError> {
        let config = parsed.config.ok_or_else(|| ArchiveError::malformed(member, "it is neither a manifest nor an index"))?;
        let config = descriptor(config, member)?;
        // Artifacts have configs of other kinds, which are not ours to understand.
        let is_image = config.media_type.ends_with("image.config.v1+json") || config.media_type.ends_with("container.image.v1+json");
        let name = blob_name(&config.digest);
        let (source, config_json) = if is_image {
            let (raw, source) = self.store.json_blob(&config.digest)?;
            (source, ConfigView::parse(&raw).map_err(|reason| ArchiveError::malformed(&name, reason))?)
        } else {
            (self.store.find(&name)?, ConfigView::default())
        };
        sizes_agree(&name, source.length(), config.size)?;
        let layers = parsed.layers.unwrap_or_default();
        let layers = layers.into_iter().enumerate().map(|(at, raw)| self.layer(descriptor(raw, member)?, at, &config_json));
        let layers = layers.collect::<Result<Vec<_>, _>>()?;
        let attestation = own.annotations.iter().any(|(key, value)| key == "vnd.docker.reference.type" && value == "attestation-manifest")
            || own.platform.as_ref().is_some_and(|platform| platform.os == "unknown" && platform.architecture == "unknown");
        if !attestation && is_image && !config_json.diff_ids.is_empty() && config_json.diff_ids.len() != layers.len() {
            let reason = format!("it lists {} layers, but its config has {} diff IDs", layers.len(), config_json.diff_ids.len());
            return Err(ArchiveError::malformed(member, reason));
        }
        Ok(Manifest {
            stored: Some(stored),
            config: Blob { media_type: config.media_type, digest: Some(config.digest), size: config.size, source },
            layers,
            subject: parsed.subject.map(|subject| descriptor(subject, member)).transpose()?.map(|subject| subject.digest),
            platform: own.platform.clone().or_else(|| config_json.platform()),
            config_json,
            attestation,
        })
    }

    fn layer(&self, descriptor: Descriptor, at: usize, config: &ConfigView) -> Result<Layer, ArchiveError> {
        let member = blob_name(&descriptor.digest);
        let source = match self.store.find(&member) {
            Ok(source) => Some(source),
            Err(ArchiveError::MemberMissing { .. }) if !descriptor.urls.is_empty() => None,
            Err(error) => return Err(error),
        };
        let (mut size, mut stored) = (0, Compression::Other);
        if let Some(source) = &source {
            size = source.length();
            sizes_agree(&member, size, descriptor.size)?;
            stored = source.compression()?;
        }
        Ok(Layer {
            number: u32::try_from(at + 1).unwrap_or(u32::MAX),
            media_type: descriptor.media_type,
            digest: Some(descriptor.digest),
            stored,
            size,
            declared_size: descriptor.size,
            diff_id: config.diff_ids.get(at).cloned(),
            made_by: config.made_by.get(at).cloned().flatten(),
            source,
            urls: descriptor.urls,
            annotations: descriptor.annotations,
            member,
        })
    }
}

fn sizes_agree(member: &str, found: u64, said: u64) -> Result<(), ArchiveError> {
    if found == said {
        return Ok(());
    }
    Err(ArchiveError::malformed(member, format!("it is {found} bytes, its descriptor says {said}")))
}
