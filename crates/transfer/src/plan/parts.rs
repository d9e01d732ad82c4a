//! What an image consists of at a given registry: blobs, layers and manifests. No request is made.

use std::collections::HashMap;

use serde_json::{Value, json};
use slipway_compress::{Format, Method};
use slipway_hosts::Profile;
use slipway_image::{Child, Compression, Index, Manifest, Node, media, sha256};
use slipway_reference::Digest;

use super::manifest::{Content, Known, ManifestPut, Referrer};
use super::{Blob, Check, Encoding, Layer, Role};
use crate::ledger::Ledger;
use crate::payload::{Compressed, Payload};

/// What an image consists of at a registry.
#[derive(Debug, Clone)]
pub struct Parts {
    /// What the registry must have before the manifests, each once.
    pub blobs: Vec<Blob>,
    /// The layers as the manifests list them.
    pub layers: Vec<Layer>,
    /// The platforms that go up.
    pub platforms: Vec<String>,
    /// Media type of what the versions will point to.
    pub media_type: String,
    /// Digest of the image as it is stored in the file, if it is stored with one. Publishing keeps it
    /// unless layers are compressed on the way or platforms are left out.
    pub stored_digest: Option<Digest>,
    /// What the registry's rules say.
    pub checks: Vec<Check>,
    pub(crate) puts: Vec<ManifestPut>,
    /// What goes up beside it, each after its subject.
    pub(crate) referrers: Vec<Referrer>,
    whole: Option<Whole>,
}

/// The stored index of a sparse image: it can go up as it is where the registry has what the file lacks.
#[derive(Debug, Clone)]
struct Whole {
    missing: Vec<Digest>,
    put: ManifestPut,
}

impl Parts {
    /// Works out what `contents` consist of at a registry with the rules of `profile`; of `platform` alone
    /// (`linux/amd64`), where one is named. Plain layers of `docker save` are compressed by `method`.
    pub fn of(contents: &Payload, platform: Option<&str>, profile: Profile, method: Method) -> Self {
        let image = contents.image();
        let mut builder = Builder {
            compressed: contents.compressed(),
            oci: contents.oci,
            one_platform: platform.is_some() || !profile.multi_platform(),
            only: platform.map(str::to_owned),
            method,
            ..Builder::default()
        };
        let several = platforms(&image.root, platform).len() > 1;
        builder.node(&image.root, several);
        builder.referrers(image, profile);
        let parts = builder.finish(&image.root, profile);
        Self { stored_digest: contents.stored_digest().cloned(), ..parts }
    }

    /// Takes from `ledger` what its plain layers became when they were compressed before, and which of the others were
    /// checked. What an earlier release made of a layer stays what it is: it is made the same way again where a registry
    /// lacks it. For a thread that may wait.
    pub fn recall(&mut self, ledger: &dyn Ledger) {
        for blob in &mut self.blobs {
            let Some(diff_id) = &blob.diff_id else { continue };
            let Encoding::Compress(method) = blob.encoding else {
                blob.checked = blob.digest.as_ref().is_some_and(|digest| ledger.is_checked(digest, diff_id));
                continue;
            };
            let known = std::iter::once(method)
                .chain(method.earlier())
                .find_map(|method| Some((method, ledger.compressed(diff_id, method)?)));
            if let Some((method, remembered)) = known {
                (blob.encoding, blob.remembered) = (Encoding::Compress(method), Some(remembered));
            }
        }
    }

    /// Signatures or statements about the image go up beside it.
    pub fn has_referrers(&self) -> bool {
        !self.referrers.is_empty()
    }

    /// Digest that the versions will point to, where nothing has to be compressed to know it.
    pub fn digest(&self) -> Option<Digest> {
        let blob = |index: usize| self.blobs[index].in_registry();
        let mut known: Vec<Option<Known>> = Vec::new();
        for put in &self.puts {
            let raw = put.render(blob, |index| known[index].clone());
            known.push(raw.map(|raw| (sha256(&raw), raw.len() as u64)));
        }
        known.pop()?.map(|(digest, _)| digest)
    }

    /// The stored index names platforms that the file lacks; it can go up whole if the registry has them.
    pub(super) fn can_be_whole(&self) -> bool {
        self.whole.is_some()
    }

    /// What the file lacks.
    pub(super) fn missing(&self) -> &[Digest] {
        self.whole.as_ref().map_or(&[], |whole| &whole.missing)
    }

    /// The registry has what the file lacks: the stored index goes up as it is.
    pub(super) fn make_whole(&mut self) {
        let Some(whole) = self.whole.take() else { return };
        if matches!(self.puts.last(), Some(ManifestPut { content: Content::Index { .. }, .. })) {
            self.puts.pop();
        }
        self.media_type.clone_from(&whole.put.media_type);
        self.puts.push(whole.put);
        // Nothing is remade then, so whatever speaks of it goes too.
        self.checks.retain(|check| !matches!(check, Check::Sparse { .. } | Check::ReferrersLeft { .. }));
    }
}

/// The platforms under `node` that are in the file, attestations left out.
fn platforms(node: &Node, only: Option<&str>) -> Vec<String> {
    match node {
        Node::Manifest(manifest) if manifest.attestation => Vec::new(),
        Node::Manifest(manifest) => {
            let name = manifest.platform.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string);
            if only.is_none_or(|only| only == name) { vec![name] } else { Vec::new() }
        }
        Node::Index(index) => index
            .children
            .iter()
            .filter_map(|child| child.node.as_ref())
            .flat_map(|node| platforms(node, only))
            .collect(),
    }
}

#[derive(Default)]
pub(super) struct Builder {
    compressed: Compressed,
    /// Manifests that are made are OCI's whatever their layers are.
    oci: bool,
    one_platform: bool,
    method: Method,
    pub(super) only: Option<String>,
    pub(super) blobs: Vec<Blob>,
    by_key: HashMap<String, usize>,
    /// What became of a stored manifest or index, by its digest.
    by_stored: HashMap<Digest, usize>,
    layers: Vec<Layer>,
    pub(super) puts: Vec<ManifestPut>,
    pub(super) platforms: Vec<String>,
    pub(super) missing: Vec<(Digest, Option<String>)>,
    pub(super) foreign: Vec<u32>,
    pub(super) referrers: Vec<Referrer>,
    pub(super) referrers_left: usize,
}

impl Builder {
    /// Adds what `node` needs; which put it is, or none where it is left out.
    fn node(&mut self, node: &Node, several: bool) -> Option<usize> {
        match node {
            Node::Manifest(manifest) => self.manifest(manifest, several),
            Node::Index(index) => self.index(index, several),
        }
    }

    fn manifest(&mut self, manifest: &Manifest, several: bool) -> Option<usize> {
        let platform = manifest.platform.as_ref().map(ToString::to_string);
        if self.one_platform && manifest.attestation {
            return None;
        }
        if self.only.is_some() && self.only != platform {
            return None;
        }
        if !manifest.attestation {
            self.platforms.extend(platform.clone());
        }
        let config = self.config(manifest);
        let layers: Vec<_> = manifest
            .layers
            .iter()
            .map(|layer| self.layer(manifest, layer, several.then(|| platform.clone()).flatten()))
            .collect();
        // It goes up once, however many entries name it.
        let stored = manifest.stored.as_ref().map(|stored| stored.digest.clone());
        if let Some(put) = stored.as_ref().and_then(|digest| self.by_stored.get(digest)) {
            return Some(*put);
        }
        let changed = layers.iter().flatten().any(|blob| self.blobs[*blob].is_compressed_on_the_way());
        let put = match &manifest.stored {
            Some(stored) if !changed => ManifestPut {
                media_type: stored.media_type.clone(),
                content: Content::Stored { raw: stored.raw.clone(), digest: stored.digest.clone() },
            },
            // Docker's family has no type for zstd, and a manifest must not mix the two.
            Some(stored) if self.method.is_zstd() && stored.media_type == media::DOCKER_MANIFEST => {
                self.made(manifest, config, layers)
            }
            Some(stored) => {
                // The archive parsed these bytes already; what it accepted is JSON.
                let mut template: Value = serde_json::from_slice(&stored.raw).unwrap_or_default();
                for (position, blob) in layers.iter().enumerate() {
                    if let Some(blob) = blob {
                        template["layers"][position]["mediaType"] = json!(self.blobs[*blob].media_type);
                    }
                }
                ManifestPut {
                    media_type: stored.media_type.clone(),
                    content: Content::Manifest { template, config, layers },
                }
            }
            None => self.made(manifest, config, layers),
        };
        self.puts.push(put);
        self.by_stored.extend(stored.map(|digest| (digest, self.puts.len() - 1)));
        Some(self.puts.len() - 1)
    }

    pub(super) fn config(&mut self, manifest: &Manifest) -> usize {
        self.blob(Blob {
            role: Role::Config,
            number: 0,
            member: "config".to_owned(),
            media_type: manifest.config.media_type.clone(),
            digest: manifest.config.digest.clone(),
            diff_id: None,
            stored: Compression::Plain,
            remembered: None,
            checked: false,
            estimated: None,
            size: manifest.config.size,
            encoding: Encoding::AsStored,
            source: manifest.config.source.clone(),
        })
    }

    /// A manifest for an image of `docker save`: Docker's own form, or OCI's where Docker's has no type
    /// for a layer (zstd). The two are never mixed (ggcr#1606).
    fn made(&mut self, manifest: &Manifest, config: usize, layers: Vec<Option<usize>>) -> ManifestPut {
        let zstd_on_the_way = |blob: &usize| match self.blobs[*blob].encoding {
            Encoding::Compress(method) => method.is_zstd(),
            Encoding::AsStored => false,
        };
        let oci = self.oci
            || manifest.layers.iter().any(|layer| layer.stored == Compression::Zstd)
            || layers.iter().flatten().any(zstd_on_the_way);
        let (media_type, config_type) = if oci {
            (media::OCI_MANIFEST, media::OCI_CONFIG)
        } else {
            (media::DOCKER_MANIFEST, media::DOCKER_CONFIG)
        };
        config_type.clone_into(&mut self.blobs[config].media_type);
        let descriptors = manifest.layers.iter().zip(&layers).map(|(layer, blob)| {
            let Some(blob) = blob else {
                let digest = layer.digest.as_ref().map(ToString::to_string);
                return json!({"mediaType": layer.media_type, "size": layer.declared_size, "digest": digest, "urls": layer.urls});
            };
            let blob = &mut self.blobs[*blob];
            let packed = match (blob.encoding, layer.stored) {
                (Encoding::Compress(method), _) => match method.format() {
                    Format::Gzip => Compression::Gzip,
                    Format::Zstd => Compression::Zstd,
                },
                (Encoding::AsStored, stored) => stored,
            };
            let media_type = match (oci, packed) {
                (true, Compression::Zstd) => media::OCI_ZSTD,
                (true, Compression::Gzip) => media::OCI_GZIP,
                (true, _) => media::OCI_TAR,
                (false, Compression::Gzip) => media::DOCKER_GZIP,
                (false, _) => layer.media_type.as_str(),
            };
            media_type.clone_into(&mut blob.media_type);
            json!({"mediaType": media_type, "size": 0, "digest": ""})
        });
        let template = json!({
            "schemaVersion": 2,
            "mediaType": media_type,
            "config": {"mediaType": config_type, "size": 0, "digest": ""},
            "layers": descriptors.collect::<Vec<_>>(),
        });
        ManifestPut {
            media_type: media_type.to_owned(),
            content: Content::Manifest { template, config, layers },
        }
    }

    pub(super) fn layer(
        &mut self,
        manifest: &Manifest,
        layer: &slipway_image::Layer,
        platform: Option<String>,
    ) -> Option<usize> {
        // A layer with addresses of its own is foreign: its bytes stay where they are, even where a tool
        // put a copy into the file.
        let foreign = layer.source.is_none() || (!layer.urls.is_empty() && layer.digest.is_some());
        let compressed = match self.compressed {
            Compressed::Unnamed => layer.stored == Compression::Plain && manifest.stored.is_none(),
            Compressed::Plain => layer.stored == Compression::Plain,
            Compressed::All => can_be_recompressed(layer),
        };
        let encoding = if compressed && !manifest.attestation {
            Encoding::Compress(self.method)
        } else {
            Encoding::AsStored
        };
        let blob = layer.source.as_ref().filter(|_| !foreign).map(|source| {
            self.blob(Blob {
                role: Role::Layer,
                number: layer.number,
                member: layer.member.clone(),
                media_type: match encoding {
                    Encoding::AsStored => layer.media_type.clone(),
                    Encoding::Compress(method) => compressed_type(&layer.media_type, method),
                },
                digest: layer.digest.clone().filter(|_| encoding == Encoding::AsStored),
                diff_id: layer.diff_id.clone(),
                stored: layer.stored,
                remembered: None,
                checked: false,
                estimated: None,
                size: layer.size,
                encoding,
                source: source.clone(),
            })
        });
        if blob.is_none() {
            self.foreign.push(layer.number);
        }
        // Attestations are no layers of the image that people know.
        if !manifest.attestation {
            self.layers.push(Layer {
                number: layer.number,
                platform,
                made_by: layer.made_by.clone(),
                blob,
                size: if blob.is_some() { layer.size } else { layer.declared_size },
                media_type: layer.media_type.clone(),
                digest: layer.digest.clone(),
                diff_id: layer.diff_id.clone(),
            });
        }
        blob
    }

    /// Adds a blob, or finds the equal one that is there already.
    fn blob(&mut self, blob: Blob) -> usize {
        let key = match (&blob.digest, &blob.diff_id, blob.encoding) {
            (Some(digest), _, _) => digest.to_string(),
            (None, Some(diff_id), Encoding::Compress(method)) => format!("{} {diff_id}", method.key()),
            _ => format!("member {}", blob.member),
        };
        *self.by_key.entry(key).or_insert_with(|| {
            self.blobs.push(blob);
            self.blobs.len() - 1
        })
    }

    fn index(&mut self, index: &Index, several: bool) -> Option<usize> {
        let kept: Vec<_> = index
            .children
            .iter()
            .map(|child| {
                if let Some(node) = &child.node {
                    self.node(node, several)
                } else {
                    self.lacks(child);
                    None
                }
            })
            .collect();
        let children: Vec<usize> = kept.iter().copied().flatten().collect();
        match children[..] {
            [] => None,
            // A lone platform that was chosen, or is all that a sparse file holds, goes up by itself.
            [only] if self.one_platform || index.children.len() > 1 => Some(only),
            _ => {
                if let Some(put) = self.by_stored.get(&index.stored.digest) {
                    return Some(*put);
                }
                self.puts.push(index_put(index, &kept, &self.puts));
                self.by_stored.insert(index.stored.digest.clone(), self.puts.len() - 1);
                Some(self.puts.len() - 1)
            }
        }
    }

    fn lacks(&mut self, child: &Child) {
        let platform = child.descriptor.platform.as_ref().map(ToString::to_string);
        self.missing.push((child.descriptor.digest.clone(), platform));
    }

    fn finish(self, root: &Node, profile: Profile) -> Parts {
        let stored = root.stored();
        let whole = stored.filter(|_| self.could_be_whole()).map(|stored| Whole {
            missing: self.missing.iter().map(|(digest, _)| digest.clone()).collect(),
            put: ManifestPut {
                media_type: stored.media_type.clone(),
                content: Content::Stored { raw: stored.raw.clone(), digest: stored.digest.clone() },
            },
        });
        let mut layers = self.layers.clone();
        for layer in &mut layers {
            if let Some(blob) = layer.blob {
                layer.media_type.clone_from(&self.blobs[blob].media_type);
            }
        }
        Parts {
            checks: self.checks(profile),
            media_type: self.puts.last().map(|put| put.media_type.clone()).unwrap_or_default(),
            stored_digest: stored.map(|stored| stored.digest.clone()),
            blobs: self.blobs,
            layers,
            platforms: self.platforms,
            puts: self.puts,
            referrers: self.referrers,
            whole,
        }
    }

    /// The file lacks something of the index, and every manifest goes up byte for byte.
    pub(super) fn could_be_whole(&self) -> bool {
        let unchanged = |put: &ManifestPut| !matches!(put.content, Content::Manifest { .. });
        !self.missing.is_empty() && !self.one_platform && self.puts.iter().all(unchanged)
    }
}

/// `index` with the children that go up: as stored where that is all of them, unchanged.
fn index_put(index: &Index, kept: &[Option<usize>], puts: &[ManifestPut]) -> ManifestPut {
    let media_type = index.stored.media_type.clone();
    let as_stored = kept.iter().zip(index.children.iter()).all(|(put, child)| {
        put.is_some_and(|put| match &puts[put].content {
            Content::Stored { digest, .. } => *digest == child.descriptor.digest,
            _ => false,
        })
    });
    if as_stored {
        let content = Content::Stored { raw: index.stored.raw.clone(), digest: index.stored.digest.clone() };
        return ManifestPut { media_type, content };
    }
    // The archive parsed these bytes already; what it accepted is JSON.
    let mut template: Value = serde_json::from_slice(&index.stored.raw).unwrap_or_default();
    if let Some(entries) = template["manifests"].as_array_mut() {
        let mut kept = kept.iter();
        entries.retain(|_| kept.next().is_some_and(Option::is_some));
    }
    let children = kept.iter().flatten().map(|put| Some(*put)).collect();
    ManifestPut { media_type, content: Content::Index { template, children } }
}

/// It is a tar that is understood, and nobody reads it in parts by a table of contents (eStargz, zstd:chunked).
fn can_be_recompressed(layer: &slipway_image::Layer) -> bool {
    let in_parts =
        |key: &str| key.starts_with("containerd.io/snapshot/stargz") || key.contains("zstd-chunked");
    // Without a diff ID nobody could tell whether the content is right.
    let is_tar = layer.media_type.contains(".tar") && layer.diff_id.is_some();
    is_tar && layer.stored != Compression::Other && !layer.annotations.iter().any(|(key, _)| in_parts(key))
}

/// The media type of a layer after it was compressed. Docker's family has none for zstd; OCI's stands for it then
/// (whoever makes the manifest sees to it that the families are not mixed).
fn compressed_type(plain: &str, method: Method) -> String {
    let suffix = if method.is_zstd() { "zstd" } else { "gzip" };
    if plain.starts_with("application/vnd.docker.") {
        return if method.is_zstd() { media::OCI_ZSTD } else { media::DOCKER_GZIP }.to_owned();
    }
    let plain = plain.strip_suffix("+gzip").or_else(|| plain.strip_suffix("+zstd")).unwrap_or(plain);
    if plain.ends_with(".tar") { format!("{plain}+{suffix}") } else { plain.to_owned() }
}
