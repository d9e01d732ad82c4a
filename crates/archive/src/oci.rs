//! OCI layouts: `index.json` and the blobs it leads to.

use serde_json::Value;
use slipway_reference::Digest;

use crate::ArchiveError;
use crate::budget::Budget;
use crate::config::ConfigView;
use crate::container::{Container, blob_name, verify};
use crate::images::Found;
use crate::json::{self, entry, list, text, texts};
use crate::model::{Blob, Child, Compression, Descriptor, Index, Layer, Manifest, Node, Platform, Stored};
use crate::sniff::{self, Outer};
use crate::source::Source;
use crate::{referrers, tar};

/// Indexes in indexes; nobody writes more than two.
const DEEPEST: u32 = 8;

/// The images of `index.json`; none where there is none.
pub(crate) fn roots(container: &Container, budget: &mut Budget) -> Option<Result<Vec<Found>, ArchiveError>> {
    container.has("index.json").then(|| {
        let (_, index) = container.json("index.json")?;
        if !index.is_object() {
            return Err(ArchiveError::malformed("index.json", "it is no object"));
        }
        Reader { container, budget }.roots(&index)
    })
}

/// A descriptor. The reason says what is wrong with it.
pub(crate) fn descriptor(value: &Value) -> Result<Descriptor, String> {
    let digest = text(value, "digest").ok_or("a descriptor has no digest")?;
    let digest = digest.parse().map_err(|_| format!("\"{digest}\" is no digest"))?;
    let size = entry(value, "size").and_then(Value::as_u64).ok_or("a descriptor has no size")?;
    let annotations = entry(value, "annotations").and_then(Value::as_object).into_iter().flatten();
    let annotations = annotations.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    Ok(Descriptor {
        media_type: text(value, "mediaType").unwrap_or_default(),
        digest,
        size,
        platform: entry(value, "platform").and_then(Platform::read),
        annotations: annotations.collect(),
        urls: texts(value, "urls"),
    })
}

/// What `BuildKit` hides in an index: provenance and SBOMs, for no platform at all.
pub(crate) fn is_attestation(descriptor: &Descriptor) -> bool {
    let known = ("vnd.docker.reference.type".to_owned(), "attestation-manifest".to_owned());
    descriptor.annotations.contains(&known)
        || descriptor.platform.as_ref().is_some_and(|platform| platform.os == "unknown")
}

/// How a layer is stored, by its first bytes; none where they say nothing.
pub(crate) fn compression(source: &Source, member: &str) -> Result<Option<Compression>, ArchiveError> {
    let first = source.first(512, member)?;
    Ok(match sniff::outer(&first) {
        Outer::Gzip => Some(Compression::Gzip),
        Outer::Zstd => Some(Compression::Zstd),
        Outer::Xz | Outer::Bzip2 => Some(Compression::Other),
        Outer::None => {
            let block = first.as_slice().try_into().ok().map(tar::parse);
            // Nothing at all is how some tools store an empty layer.
            let plain = first.is_empty() || matches!(block, Some(tar::Block::Header(_) | tar::Block::End));
            plain.then_some(Compression::Plain)
        }
    })
}

impl Platform {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            os: text(value, "os")?,
            architecture: text(value, "architecture")?,
            variant: text(value, "variant"),
            os_version: text(value, "os.version"),
        })
    }

    /// What a configuration says that it runs on.
    pub(crate) fn of(config: &ConfigView) -> Option<Self> {
        Some(Self {
            os: config.os.clone()?,
            architecture: config.architecture.clone()?,
            variant: config.variant.clone(),
            os_version: config.os_version.clone(),
        })
    }
}

struct Reader<'a> {
    container: &'a Container,
    budget: &'a mut Budget,
}

impl Reader<'_> {
    fn roots(&mut self, index: &Value) -> Result<Vec<Found>, ArchiveError> {
        let mut found: Vec<(Digest, Found)> = Vec::new();
        for value in list(index, "manifests") {
            let descriptor =
                descriptor(value).map_err(|reason| ArchiveError::malformed("index.json", reason))?;
            // Docker lists an image once for each of its names.
            if let Some((_, known)) = found.iter_mut().find(|(digest, _)| *digest == descriptor.digest) {
                let more = names(&descriptor).into_iter().filter(|name| !known.names.contains(name));
                let more: Vec<_> = more.collect();
                known.names.extend(more);
                continue;
            }
            let Some(root) = self.node(&descriptor, 1)? else {
                return Err(match self.container.find(&blob_name(&descriptor.digest)) {
                    Err(error) => error,
                    Ok(_) => ArchiveError::MemberMissing { member: blob_name(&descriptor.digest) },
                });
            };
            let image = Found { names: names(&descriptor), root, referrers: Vec::new() };
            found.push((descriptor.digest.clone(), image));
        }
        Ok(referrers::attach(found.into_iter().map(|(_, found)| found).collect()))
    }

    /// What `descriptor` names; none where the file does not hold it.
    fn node(&mut self, descriptor: &Descriptor, depth: u32) -> Result<Option<Node>, ArchiveError> {
        let member = blob_name(&descriptor.digest);
        if !self.container.has(&member) {
            return Ok(None);
        }
        if depth > DEEPEST {
            return Err(ArchiveError::unsafe_name(member, "indexes are nested too deep"));
        }
        let raw = self.verified(descriptor, &member)?;
        let value = json::parse(&raw, &member)?;
        let inside = text(&value, "mediaType").unwrap_or_default();
        let media_type = if inside.is_empty() { descriptor.media_type.clone() } else { inside };
        let is_index = list_type(&media_type).unwrap_or_else(|| entry(&value, "manifests").is_some());
        if media_type.starts_with("application/vnd.docker.distribution.manifest.v1") {
            return Err(ArchiveError::malformed(
                member,
                "it is a manifest of Docker's first form, which registries no longer take",
            ));
        }
        let media_type = match (media_type.is_empty(), is_index) {
            (false, _) => media_type,
            (true, true) => "application/vnd.oci.image.index.v1+json".to_owned(),
            (true, false) => "application/vnd.oci.image.manifest.v1+json".to_owned(),
        };
        let stored = Stored { media_type, digest: descriptor.digest.clone(), raw };
        if is_index {
            self.index(&value, stored, &member, depth).map(|index| Some(Node::Index(index)))
        } else {
            let manifest = self.manifest(&value, stored, descriptor, &member)?;
            Ok(Some(Node::Manifest(Box::new(manifest))))
        }
    }

    /// The bytes of a small blob.
    fn verified(&mut self, descriptor: &Descriptor, member: &str) -> Result<Vec<u8>, ArchiveError> {
        let source = self.container.find(member)?;
        self.budget.document(source.length, "index.json")?;
        let raw = source.bytes(member, json::LARGEST)?;
        verify(&raw, &descriptor.digest, member)?;
        same_size(&source, descriptor, member)?;
        Ok(raw)
    }

    fn index(
        &mut self,
        value: &Value,
        stored: Stored,
        member: &str,
        depth: u32,
    ) -> Result<Index, ArchiveError> {
        let mut children = Vec::new();
        for value in list(value, "manifests") {
            let descriptor = descriptor(value).map_err(|reason| ArchiveError::malformed(member, reason))?;
            let node = self.node(&descriptor, depth + 1)?;
            children.push(Child { descriptor, node });
        }
        // Sparse is fine, hollow is not.
        let image = |child: &Child| child.node.is_some() && !is_attestation(&child.descriptor);
        if !children.iter().any(image) {
            return Err(match children.first() {
                Some(child) => ArchiveError::MemberMissing { member: blob_name(&child.descriptor.digest) },
                None => ArchiveError::malformed(member, "it lists no image"),
            });
        }
        Ok(Index { stored, children })
    }

    fn manifest(
        &mut self,
        value: &Value,
        stored: Stored,
        named: &Descriptor,
        member: &str,
    ) -> Result<Manifest, ArchiveError> {
        let malformed = |reason: String| ArchiveError::malformed(member, reason);
        let config =
            entry(value, "config").ok_or_else(|| malformed("it names no configuration".to_owned()))?;
        let config = descriptor(config).map_err(malformed)?;
        let config_member = blob_name(&config.digest);
        let source = self.container.find(&config_member)?;
        let raw = self.verified(&config, &config_member)?;
        // Artifacts that are no images may have any configuration, even one that is no JSON.
        let is_image = config.media_type.contains("image") || config.media_type.is_empty();
        let config_json = if is_image {
            let json = json::parse(&raw, &config_member)?;
            ConfigView::read(&json).map_err(|reason| ArchiveError::malformed(&config_member, reason))?
        } else {
            ConfigView::default()
        };
        let descriptors = list(value, "layers").iter().map(|layer| descriptor(layer).map_err(malformed));
        let descriptors = descriptors.collect::<Result<Vec<_>, _>>()?;
        self.budget.layers(descriptors.len(), member)?;
        let fits = config_json.diff_ids.len() == descriptors.len();
        let made_by = config_json.made_by(descriptors.len());
        let layers = descriptors.into_iter().zip(made_by).zip(1..).map(|((descriptor, made_by), number)| {
            let diff_id = config_json.diff_ids.get(number as usize - 1).filter(|_| fits).cloned();
            self.layer(descriptor, number, diff_id, made_by)
        });
        let layers = layers.collect::<Result<_, _>>()?;
        let subject = entry(value, "subject").and_then(|subject| text(subject, "digest"));
        Ok(Manifest {
            stored: Some(stored),
            config: Blob {
                media_type: config.media_type,
                digest: Some(config.digest),
                size: source.length,
                source,
            },
            platform: named.platform.clone().or_else(|| Platform::of(&config_json)),
            config_json,
            layers,
            subject: subject.and_then(|subject| subject.parse().ok()),
            attestation: is_attestation(named),
        })
    }

    fn layer(
        &self,
        descriptor: Descriptor,
        number: u32,
        diff_id: Option<Digest>,
        made_by: Option<String>,
    ) -> Result<Layer, ArchiveError> {
        let member = blob_name(&descriptor.digest);
        let source = match self.container.find(&member) {
            // Where else it can be had, the file need not hold it.
            Err(ArchiveError::MemberMissing { .. }) if !descriptor.urls.is_empty() => None,
            found => Some(found?),
        };
        let stored = match &source {
            None => Compression::Other,
            Some(source) => {
                same_size(source, &descriptor, &member)?;
                let tar = descriptor.media_type.rsplit('.').next() == Some("tar");
                let unclear = if tar { Compression::Plain } else { Compression::Other };
                compression(source, &member)?.unwrap_or(unclear)
            }
        };
        Ok(Layer {
            number,
            media_type: descriptor.media_type,
            digest: Some(descriptor.digest),
            stored,
            size: source.as_ref().map_or(0, |source| source.length),
            declared_size: descriptor.size,
            diff_id,
            made_by,
            source,
            urls: descriptor.urls,
            annotations: descriptor.annotations,
            member,
        })
    }
}

/// Readers and registries hold every blob to the size that its descriptor states.
fn same_size(source: &Source, descriptor: &Descriptor, member: &str) -> Result<(), ArchiveError> {
    if source.length == descriptor.size {
        return Ok(());
    }
    let reason = format!("it has {} bytes, its descriptor says {}", source.length, descriptor.size);
    Err(ArchiveError::malformed(member, reason))
}

/// A media type that is known for an index, or for a manifest.
fn list_type(media_type: &str) -> Option<bool> {
    match media_type {
        "application/vnd.oci.image.index.v1+json"
        | "application/vnd.docker.distribution.manifest.list.v2+json" => Some(true),
        "application/vnd.oci.image.manifest.v1+json"
        | "application/vnd.docker.distribution.manifest.v2+json" => Some(false),
        _ => None,
    }
}

/// Names of an image: containerd's full one, or else what the layout calls it.
fn names(descriptor: &Descriptor) -> Vec<String> {
    let annotation = |key: &str| {
        let found = descriptor.annotations.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
    };
    let name =
        annotation("io.containerd.image.name").or_else(|| annotation("org.opencontainers.image.ref.name"));
    name.into_iter().collect()
}
