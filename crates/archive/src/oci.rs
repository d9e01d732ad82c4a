//! OCI layouts: `index.json` and the blobs it leads to.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use slipway_image::json::{self, entry, list, text};
use slipway_image::media::{self, DOCKER_FIRST, is_other};
use slipway_image::{
    Blob, Child, Compression, ConfigView, Descriptor, ImageFinding, Index, Layer, Manifest, Node, Platform,
    Stored, annotations, subject,
};
use slipway_reference::Digest;

use crate::ArchiveError;
use crate::budget::{Budget, MOST_NAME};
use crate::container::{Container, blob_name, parse, verify};
use crate::layer::compression;
use crate::model::{LeftOut, LeftOutKind};
use crate::referrers;
use crate::roots::{Found, Roots};
use crate::source::Source;

/// Indexes in indexes; nobody writes more than two.
const DEEPEST: u32 = 8;

/// What `index.json` lists; none where there is none. Where nothing of it is whole, the first lack is the error.
pub(crate) fn roots(container: &Container, budget: &mut Budget) -> Option<Result<Roots, ArchiveError>> {
    container.has("index.json").then(|| {
        let (raw, index) = container.json("index.json")?;
        budget.keep(&raw, "index.json")?;
        if !index.is_object() {
            return Err(ArchiveError::malformed("index.json", "it is no object"));
        }
        let (notes, nodes, configs) = (Vec::new(), HashMap::new(), HashMap::new());
        Reader { container, budget, notes, nodes, configs }.roots(&index)?.some_whole()
    })
}

struct Reader<'a> {
    container: &'a Container,
    budget: &'a mut Budget,
    /// What is worth saying about the image that is read now.
    notes: Vec<ImageFinding>,
    /// What was read, by digest, size and the media type that it was called: it is kept once, however many places name it.
    nodes: HashMap<(Digest, u64, String), Known>,
    /// Configurations that were read.
    configs: HashMap<(Digest, u64), Arc<ConfigView>>,
}

/// A manifest or an index that was read before.
struct Known {
    node: Node,
    /// Levels of indexes and manifests that it has.
    height: u32,
    /// Places below it, and layers of all of them, each time they are named.
    places: usize,
    layers: usize,
    notes: Vec<ImageFinding>,
}

impl Known {
    fn of(node: Node, notes: &[ImageFinding]) -> Self {
        let (height, places, layers) = measure(&node);
        Self { node, height, places, layers, notes: notes.to_vec() }
    }
}

/// Levels, places and layers of `node`.
fn measure(node: &Node) -> (u32, usize, usize) {
    match node {
        Node::Manifest(manifest) => (1, 1, manifest.layers.len()),
        Node::Index(index) => index.children.iter().fold((1, 1, 0), |(height, places, layers), child| {
            let (below, more, its) = child.node.as_ref().map_or((0, 1, 0), measure);
            (height.max(below + 1), places + more, layers + its)
        }),
    }
}

/// What an entry of an index leads to.
enum Looked {
    Node(Node),
    /// To nothing in the file.
    Absent,
    /// To what is no image, whatever else it may be.
    Other {
        reason: ArchiveError,
        /// What it speaks of.
        subject: Option<Digest>,
    },
}

/// Where an entry of `index.json` was put.
enum At {
    Found(usize),
    Left(usize),
}

impl Reader<'_> {
    /// Every entry stands by itself: readers must not end at one that they do not know (OCI image specification,
    /// "Index property descriptions"), and what one image lacks is no fault of another.
    fn roots(&mut self, index: &Value) -> Result<Roots, ArchiveError> {
        let mut roots = Roots::default();
        self.budget.listed(list(index, "manifests").len(), "index.json")?;
        let mut known: HashMap<(Digest, u64), At> = HashMap::new();
        for (value, order) in list(index, "manifests").iter().zip(0..) {
            let descriptor = match Descriptor::read(value) {
                Ok(descriptor) => descriptor,
                Err(reason) => {
                    let reason = ArchiveError::malformed("index.json", reason);
                    let names = names(&annotations(value));
                    roots.left.push(LeftOut::new(LeftOutKind::Incomplete, order, names, reason));
                    continue;
                }
            };
            let names = names(&descriptor.annotations);
            self.budget.names(names.len(), "index.json")?;
            // Docker lists an image once for each of its names. A wrong size is a fault of one of them.
            let key = (descriptor.digest.clone(), descriptor.size);
            if let Some(at) = known.get(&key) {
                let kept = match at {
                    At::Found(at) => &mut roots.found[*at].names,
                    At::Left(at) => &mut roots.left[*at].names,
                };
                let more: Vec<_> = names.into_iter().filter(|name| !kept.contains(name)).collect();
                kept.extend(more);
                continue;
            }
            self.notes.clear();
            let (kind, reason, subject) = match self.node(value, &descriptor, 1) {
                Ok(Looked::Node(root)) => {
                    known.insert(key, At::Found(roots.found.len()));
                    let notes = std::mem::take(&mut self.notes);
                    roots.found.push(Found {
                        order,
                        names,
                        root,
                        referrers: Vec::new(),
                        tagged: Vec::new(),
                        speaking_indexes: Vec::new(),
                        notes,
                    });
                    continue;
                }
                Ok(Looked::Absent) => {
                    let member = blob_name(&descriptor.digest);
                    let reason = self.container.find(&member).err();
                    let foreign = is_other(&descriptor.media_type);
                    let kind = if foreign { LeftOutKind::NoImage } else { LeftOutKind::Absent };
                    (kind, reason.unwrap_or(ArchiveError::MemberMissing { member }), None)
                }
                Ok(Looked::Other { reason, subject }) => (LeftOutKind::NoImage, reason, subject),
                Err(error) => (LeftOutKind::Incomplete, error, None),
            };
            if reason.is_of_the_file() {
                return Err(reason);
            }
            known.insert(key, At::Left(roots.left.len()));
            let Descriptor { media_type, platform, .. } = descriptor;
            let left = LeftOut::new(kind, order, names, reason);
            roots.left.push(LeftOut { media_type, platform, subject, ..left });
        }
        roots.found = referrers::attach(roots.found, self.budget)?;
        referrers::tell(&mut roots, self.budget);
        Ok(roots)
    }

    /// What `descriptor`, which `value` is, leads to.
    fn node(&mut self, value: &Value, descriptor: &Descriptor, depth: u32) -> Result<Looked, ArchiveError> {
        let member = blob_name(&descriptor.digest);
        let other = |media_type: &str, subject| Looked::Other {
            reason: ArchiveError::malformed(
                &member,
                format!("it is {}, no image", media_type.chars().take(MOST_NAME).collect::<String>()),
            ),
            subject,
        };
        let foreign = is_other(&descriptor.media_type);
        let key = (descriptor.digest.clone(), descriptor.size, descriptor.media_type.clone());
        if let Some(known) = self.nodes.get(&key) {
            if depth + known.height > DEEPEST + 1 {
                return Err(ArchiveError::unsafe_name(member, "indexes are nested too deep"));
            }
            self.budget.places(known.places, "index.json")?;
            self.budget.layers(known.layers, &member)?;
            for note in &known.notes {
                if self.budget.note(self.notes.len()) {
                    self.notes.push(note.clone());
                }
            }
            return Ok(Looked::Node(known.node.named(descriptor)));
        }
        let noted = self.notes.len();
        let Some(source) = self.stored(value, descriptor, &member)? else {
            return Ok(Looked::Absent);
        };
        if depth > DEEPEST {
            return Err(ArchiveError::unsafe_name(member, "indexes are nested too deep"));
        }
        let read = self.verified(&source, descriptor, &member).and_then(|raw| {
            self.budget.keep(&raw, &member)?;
            parse(&raw, &member).map(|value| (raw, value))
        });
        let (raw, value) = match read {
            Err(error) if foreign && !error.is_of_the_file() => {
                return Ok(other(&descriptor.media_type, None));
            }
            read => read?,
        };
        let inside = text(&value, "mediaType").unwrap_or_default();
        let media_type = if inside.is_empty() { descriptor.media_type.clone() } else { inside };
        let is_index = media::is_index(&media_type).unwrap_or_else(|| entry(&value, "manifests").is_some());
        if media_type.starts_with(DOCKER_FIRST) {
            return Err(ArchiveError::malformed(
                member,
                "it is a manifest of Docker's first form, which registries no longer take",
            ));
        }
        if is_index && list(&value, "manifests").is_empty() {
            let reason = ArchiveError::malformed(&member, "it is an index that lists nothing");
            return Ok(Looked::Other { reason, subject: None });
        }
        let stored_type = match (media_type.is_empty(), is_index) {
            (false, _) => media_type.clone(),
            (true, true) => media::OCI_INDEX.to_owned(),
            (true, false) => media::OCI_MANIFEST.to_owned(),
        };
        let stored = Stored { media_type: stored_type, digest: descriptor.digest.clone(), raw: raw.into() };
        let node = if is_index {
            self.index(&value, stored, &member, depth).map(Node::Index)
        } else {
            let manifest = self.manifest(&value, stored, descriptor, &member);
            manifest.map(|manifest| Node::Manifest(Box::new(manifest)))
        };
        match node {
            // Such as the artifact manifests of ORAS, which have no configuration.
            Err(error) if is_other(&media_type) && !error.is_of_the_file() => {
                Ok(other(&media_type, subject(&value)))
            }
            node => node.map(|node| {
                self.nodes.insert(key, Known::of(node.clone(), self.notes.get(noted..).unwrap_or_default()));
                Looked::Node(node)
            }),
        }
    }

    /// Where the content of `descriptor`, which `value` is, lies: in the file, or else in the descriptor itself (`data`,
    /// OCI image specification, "Embedded Content").
    fn stored(
        &self,
        value: &Value,
        descriptor: &Descriptor,
        member: &str,
    ) -> Result<Option<Source>, ArchiveError> {
        if self.container.has(member) {
            return self.container.find(member).map(Some);
        }
        let data = text(value, "data").and_then(|data| BASE64_STANDARD.decode(data).ok());
        let fits = |raw: &Vec<u8>| {
            raw.len() as u64 == descriptor.size && verify(raw, &descriptor.digest, member).is_ok()
        };
        Ok(data.filter(fits).map(|raw| Source::of_bytes(&raw)))
    }

    /// The same for what an image cannot do without.
    fn needed(&self, value: &Value, descriptor: &Descriptor, member: &str) -> Result<Source, ArchiveError> {
        // Asked once more, the container says why it has none.
        self.stored(value, descriptor, member)?.map_or_else(|| self.container.find(member), Ok)
    }

    /// The bytes of a small blob.
    fn verified(
        &mut self,
        source: &Source,
        descriptor: &Descriptor,
        member: &str,
    ) -> Result<Vec<u8>, ArchiveError> {
        self.budget.document(source.length, "index.json")?;
        let raw = source.bytes(member, json::LARGEST)?;
        verify(&raw, &descriptor.digest, member)?;
        same_size(source, descriptor, member)?;
        Ok(raw)
    }

    /// Something of the image stays behind.
    fn note(&mut self, descriptor: &Descriptor, reason: &ArchiveError) {
        if !self.budget.note(self.notes.len()) {
            return;
        }
        self.notes.push(ImageFinding::LeftOut {
            what: descriptor
                .platform
                .as_ref()
                .filter(|_| !descriptor.is_attestation())
                .map_or_else(|| descriptor.digest.short(), ToString::to_string),
            reason: reason.to_string(),
        });
    }

    fn index(
        &mut self,
        value: &Value,
        stored: Stored,
        member: &str,
        depth: u32,
    ) -> Result<Index, ArchiveError> {
        let mut children = Vec::new();
        let mut lack = None;
        for value in list(value, "manifests") {
            let descriptor =
                Descriptor::read(value).map_err(|reason| ArchiveError::malformed(member, reason))?;
            let node = match self.node(value, &descriptor, depth + 1) {
                Ok(Looked::Node(node)) => Some(node),
                Ok(Looked::Absent) => None,
                Ok(Looked::Other { reason, .. }) => {
                    self.note(&descriptor, &reason);
                    None
                }
                // Tools save the index of all platforms with the layers of one. Damage is no such thing.
                Err(error @ ArchiveError::MemberMissing { .. }) => {
                    self.note(&descriptor, &error);
                    lack.get_or_insert(error);
                    None
                }
                Err(error) => return Err(error),
            };
            children.push(Child { descriptor, node });
        }
        // Sparse is fine, hollow is not.
        let image = |child: &Child| child.node.is_some() && !child.descriptor.is_attestation();
        if !children.iter().any(image) {
            let gone = children.iter().find(|child| {
                child.node.is_none()
                    && !child.descriptor.is_attestation()
                    && !is_other(&child.descriptor.media_type)
            });
            return Err(lack.unwrap_or_else(|| match gone {
                Some(child) => ArchiveError::MemberMissing { member: blob_name(&child.descriptor.digest) },
                None => ArchiveError::malformed(member, "it lists no image"),
            }));
        }
        Ok(Index { stored, children: Arc::new(children) })
    }

    fn manifest(
        &mut self,
        value: &Value,
        stored: Stored,
        named: &Descriptor,
        member: &str,
    ) -> Result<Manifest, ArchiveError> {
        let malformed = |reason: String| ArchiveError::malformed(member, reason);
        let config_value =
            entry(value, "config").ok_or_else(|| malformed("it names no configuration".to_owned()))?;
        let config = Descriptor::read(config_value).map_err(|reason| malformed(reason.into()))?;
        let config_member = blob_name(&config.digest);
        let source = self.needed(config_value, &config, &config_member)?;
        let config_json = self.config(&source, &config, &config_member)?;
        let layers = list(value, "layers");
        let descriptors =
            layers.iter().map(|layer| Descriptor::read(layer).map_err(|reason| malformed(reason.into())));
        let descriptors = descriptors.collect::<Result<Vec<_>, _>>()?;
        self.budget.layers(descriptors.len(), member)?;
        let fits = config_json.diff_ids.len() == descriptors.len();
        let steps = config_json.steps();
        let made_by = if steps.len() == descriptors.len() { steps } else { vec![None; descriptors.len()] };
        let layers = layers.iter().zip(descriptors).zip(made_by).zip(1..);
        let layers = layers.map(|(((value, descriptor), made_by), number)| {
            let diff_id = config_json.diff_ids.get(number as usize - 1).filter(|_| fits).cloned();
            self.layer(value, descriptor, number, diff_id, made_by)
        });
        let layers = layers.collect::<Result<Vec<_>, _>>()?;
        Ok(Manifest {
            stored: Some(stored),
            config: Blob {
                media_type: config.media_type,
                digest: Some(config.digest),
                size: source.length,
                source: source.into(),
            },
            platform: named.platform.clone().or_else(|| Platform::of(&config_json)),
            config_json,
            layers: Arc::new(layers),
            subject: subject(value),
            attestation: named.is_attestation(),
        })
    }

    /// What the configuration that `named` stands for says.
    fn config(
        &mut self,
        source: &Source,
        named: &Descriptor,
        member: &str,
    ) -> Result<Arc<ConfigView>, ArchiveError> {
        // Artifacts that are no images may have any configuration, even one that is no JSON.
        let is_image = named.media_type.contains("image") || named.media_type.is_empty();
        let key = (named.digest.clone(), named.size);
        if let Some(known) = self.configs.get(&key).filter(|_| is_image) {
            self.budget.places(1, "index.json")?;
            return Ok(Arc::clone(known));
        }
        let raw = self.verified(source, named, member)?;
        if !is_image {
            return Ok(Arc::default());
        }
        self.budget.keep(&raw, member)?;
        let read = ConfigView::read(&parse(&raw, member)?);
        let config = Arc::new(read.map_err(|reason| ArchiveError::malformed(member, reason))?);
        self.configs.insert(key, Arc::clone(&config));
        Ok(config)
    }

    fn layer(
        &self,
        value: &Value,
        descriptor: Descriptor,
        number: u32,
        diff_id: Option<Digest>,
        made_by: Option<String>,
    ) -> Result<Layer, ArchiveError> {
        let member = blob_name(&descriptor.digest);
        let source = match self.needed(value, &descriptor, &member) {
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
            source: source.map(Into::into),
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

/// Names of an image: containerd's full one, or else what the layout calls it.
fn names(annotations: &[(String, String)]) -> Vec<String> {
    let annotation = |key: &str| {
        let found = annotations.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
    };
    let name =
        annotation("io.containerd.image.name").or_else(|| annotation("org.opencontainers.image.ref.name"));
    name.into_iter().collect()
}
