//! Changes that people want about an image before it goes up. Each gives it another digest.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::Arc;

use serde_json::{Value, json};
use slipway_reference::Digest;

use crate::blob::BlobSource;
use crate::error::ChangeError;
use crate::media;
use crate::model::{Blob, Child, Image, Index, Manifest, Node};
use crate::select::select;
use crate::stored::{Stored, sha256};

/// A configuration that is changed may have so many bytes.
const MOST_CONFIG: u64 = 16 << 20;

/// What is to be changed. The default changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Labels of the configuration that are set; also annotations where the manifest's form has them. GitHub reads
    /// them at the configuration of a single image and at the index of several.
    pub labels: Vec<(String, String)>,
    /// Only these platforms, such as `linux/amd64`; empty for all.
    pub platforms: Vec<String>,
    /// The form of manifests.
    pub form: Option<Family>,
    /// Statements about images (provenance, SBOM) stay behind.
    pub drop_attestations: bool,
    /// Foreign layers whose bytes are in the file go up as ordinary ones.
    pub push_foreign: bool,
    /// Layers that are stored compressed are compressed anew, by the method of the push. Those that can be read in
    /// parts (eStargz, zstd:chunked) stay: their tables of contents say where things are in the stored bytes.
    pub recompress: bool,
}

/// A family of media types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Docker's schema 2.
    Docker,
    /// OCI's.
    Oci,
}

/// Docker's types and OCI's for the same things.
const PAIRS: [(&str, &str); 7] = [
    (media::DOCKER_MANIFEST, media::OCI_MANIFEST),
    (media::DOCKER_LIST, media::OCI_INDEX),
    (media::DOCKER_CONFIG, media::OCI_CONFIG),
    (media::DOCKER_GZIP, media::OCI_GZIP),
    (media::DOCKER_TAR, media::OCI_TAR),
    (media::DOCKER_FOREIGN, media::OCI_FOREIGN_GZIP),
    (media::DOCKER_FOREIGN_TAR, media::OCI_FOREIGN_TAR),
];

impl Changes {
    /// Makes them in `image`; whether anything of it is another one now. What says so already stays as it is, digest and
    /// all.
    ///
    /// # Errors
    /// [`ChangeError`] where one cannot be made.
    pub fn make(&self, image: &mut Image) -> Result<bool, ChangeError> {
        let mut changes = self.clone();
        changes.labels.retain(|(key, text)| !says(image, key, text));
        // That is the matter of whoever compresses.
        changes.recompress = false;
        let platforms = std::mem::take(&mut changes.platforms);
        let reduced = !platforms.is_empty() && select(&mut image.root, &platforms)?;
        if changes == Self::default() {
            return Ok(reduced);
        }
        if changes.drop_attestations {
            image.referrers.clear();
            image.tagged.clear();
            image.speaking_indexes.clear();
        }
        changes.node(&mut image.root, &mut HashMap::new())?;
        Ok(true)
    }

    /// Changes `node`. What became of a manifest or an index is in `done`, by its digest before: however many places name
    /// it, it is changed once and kept once.
    fn node(&self, node: &mut Node, done: &mut HashMap<Digest, Node>) -> Result<(), ChangeError> {
        let before = node.stored().map(|stored| stored.digest.clone());
        match (before.as_ref().and_then(|digest| done.get(digest)), &mut *node) {
            (Some(Node::Manifest(same)), Node::Manifest(manifest)) if !manifest.attestation => {
                let (platform, attestation) = (manifest.platform.clone(), manifest.attestation);
                **manifest = Manifest { platform, attestation, ..(**same).clone() };
                return Ok(());
            }
            (Some(same @ Node::Index(_)), Node::Index(_)) => {
                *node = same.clone();
                return Ok(());
            }
            (_, Node::Manifest(manifest)) => self.manifest(manifest)?,
            (_, Node::Index(index)) => self.index(index, done)?,
        }
        // A statement stays what it is, whoever calls it one.
        if let Some(before) = before.filter(|_| !matches!(node, Node::Manifest(of) if of.attestation)) {
            done.insert(before, node.clone());
        }
        Ok(())
    }

    fn index(&self, index: &mut Index, done: &mut HashMap<Digest, Node>) -> Result<(), ChangeError> {
        let mut raw = parsed(&index.stored, "the index")?;
        // Docker's family has no place for statements.
        let drops = self.drop_attestations || self.form == Some(Family::Docker);
        let kept: Vec<bool> = index.children.iter().map(|child| !(drops && is_statement(child))).collect();
        let mut keep = kept.iter();
        let children = Arc::make_mut(&mut index.children);
        children.retain(|_| keep.next().is_some_and(|keep| *keep));
        if let Some(entries) = raw["manifests"].as_array_mut() {
            let mut keep = kept.iter();
            entries.retain(|_| keep.next().is_some_and(|keep| *keep));
        }
        for (position, child) in children.iter_mut().enumerate() {
            let Some(node) = &mut child.node else { continue };
            self.node(node, done)?;
            if let Some(stored) = node.stored() {
                child.descriptor.digest = stored.digest.clone();
                child.descriptor.size = stored.raw.len() as u64;
                child.descriptor.media_type.clone_from(&stored.media_type);
                raw["manifests"][position]["digest"] = json!(stored.digest.to_string());
                raw["manifests"][position]["size"] = json!(stored.raw.len());
            }
        }
        if let Some(form) = self.form {
            convert(&mut raw, form, &index.stored.media_type)?;
        }
        index.stored = annotated(raw, &index.stored.media_type, &self.labels);
        Ok(())
    }

    fn manifest(&self, manifest: &mut Manifest) -> Result<(), ChangeError> {
        if manifest.attestation {
            return Ok(());
        }
        let mut raw = manifest.stored.as_ref().map(|stored| parsed(stored, "the manifest")).transpose()?;
        if self.push_foreign {
            own_foreign(manifest, raw.as_mut())?;
        }
        if !self.labels.is_empty() {
            manifest.config = labelled(&manifest.config, &self.labels)?;
            if let (Some(raw), Some(digest)) = (&mut raw, &manifest.config.digest) {
                raw["config"]["digest"] = json!(digest.to_string());
                raw["config"]["size"] = json!(manifest.config.size);
            }
        }
        if let (Some(raw), Some(stored)) = (&mut raw, &manifest.stored) {
            if let Some(form) = self.form {
                convert(raw, form, &stored.media_type)?;
                manifest.config.media_type = type_of(&raw["config"], &manifest.config.media_type);
                for (position, layer) in Arc::make_mut(&mut manifest.layers).iter_mut().enumerate() {
                    layer.media_type = type_of(&raw["layers"][position], &layer.media_type);
                }
            }
            let stored = annotated(raw.take(), &stored.media_type, &self.labels);
            manifest.stored = Some(stored);
        }
        Ok(())
    }
}

/// The image has this label where GitHub reads it: at the index of several platforms, else in the configuration.
fn says(image: &Image, key: &str, text: &str) -> bool {
    match &image.root {
        Node::Manifest(manifest) => {
            manifest.config_json.labels.iter().any(|(known, value)| known == key && value == text)
        }
        Node::Index(index) => serde_json::from_slice::<Value>(&index.stored.raw)
            .is_ok_and(|index| index["annotations"][key].as_str() == Some(text)),
    }
}

fn is_statement(child: &Child) -> bool {
    let says = child.descriptor.annotations.iter().any(|(key, _)| key == "vnd.docker.reference.type");
    says || matches!(&child.node, Some(Node::Manifest(manifest)) if manifest.attestation)
}

fn refused(what: &str, reason: impl Into<String>) -> ChangeError {
    ChangeError::Refused { what: what.to_owned(), reason: reason.into() }
}

fn parsed(stored: &Stored, what: &str) -> Result<Value, ChangeError> {
    serde_json::from_slice(&stored.raw).map_err(|error| refused(&format!("read {what}"), error.to_string()))
}

/// The configuration with labels added or replaced; everything else stays, in its order.
fn labelled(config: &Blob, labels: &[(String, String)]) -> Result<Blob, ChangeError> {
    const WHAT: &str = "write labels";
    if config.size > MOST_CONFIG {
        return Err(refused(WHAT, format!("the config has {} bytes", config.size)));
    }
    let mut text = Vec::new();
    let reader = config.source.reader().map_err(ChangeError::Read)?;
    reader.take(MOST_CONFIG).read_to_end(&mut text).map_err(ChangeError::Read)?;
    let mut value: Value =
        serde_json::from_slice(&text).map_err(|error| refused(WHAT, format!("the config: {error}")))?;
    let object = value.as_object_mut().ok_or_else(|| refused(WHAT, "the config is no JSON object"))?;
    let run = object.entry("config").or_insert_with(|| json!({}));
    if run.is_null() {
        *run = json!({});
    }
    let run = run.as_object_mut().ok_or_else(|| refused(WHAT, "the config's `config` is no object"))?;
    let set = run.entry("Labels").or_insert_with(|| json!({}));
    if set.is_null() {
        *set = json!({});
    }
    let set = set.as_object_mut().ok_or_else(|| refused(WHAT, "the config's `Labels` is no object"))?;
    set.extend(labels.iter().map(|(key, text)| (key.clone(), json!(text))));
    let text = value.to_string();
    Ok(Blob {
        media_type: config.media_type.clone(),
        digest: Some(sha256(text.as_bytes())),
        size: text.len() as u64,
        source: BlobSource::of_bytes(text.as_bytes()),
    })
}

/// `raw` as it is stored now; with annotations, where its form has them.
fn annotated(mut raw: Value, media_type: &str, labels: &[(String, String)]) -> Stored {
    let media_type = raw["mediaType"].as_str().unwrap_or(media_type).to_owned();
    if media_type.starts_with("application/vnd.oci.") && !labels.is_empty() {
        if !raw["annotations"].is_object() {
            raw["annotations"] = json!({});
        }
        for (key, text) in labels {
            raw["annotations"][key] = json!(text);
        }
    }
    let raw = raw.to_string().into_bytes();
    Stored { media_type, digest: sha256(&raw), raw: raw.into() }
}

/// Makes ordinary layers of foreign ones.
fn own_foreign(manifest: &mut Manifest, mut raw: Option<&mut Value>) -> Result<(), ChangeError> {
    for (position, layer) in Arc::make_mut(&mut manifest.layers).iter_mut().enumerate() {
        if layer.urls.is_empty() && layer.source.is_some() {
            continue;
        }
        if layer.source.is_none() {
            let reason = format!("the file does not hold layer {}", layer.number);
            return Err(refused("send foreign layers", reason));
        }
        layer.urls.clear();
        layer.media_type = match layer.media_type.as_str() {
            media::DOCKER_FOREIGN => media::DOCKER_GZIP.to_owned(),
            other => other.replace(".nondistributable", "").replace(".foreign", ""),
        };
        if let Some(raw) = raw.as_deref_mut() {
            let descriptor = &mut raw["layers"][position];
            descriptor["mediaType"] = json!(layer.media_type);
            if let Some(descriptor) = descriptor.as_object_mut() {
                descriptor.shift_remove("urls");
            }
        }
    }
    Ok(())
}

/// Gives a manifest or index, and what it names, the media types of `form`.
fn convert(raw: &mut Value, form: Family, media_type: &str) -> Result<(), ChangeError> {
    raw["mediaType"] = json!(converted(type_of(raw, media_type), form)?);
    for list in ["manifests", "layers"] {
        for descriptor in raw[list].as_array_mut().into_iter().flatten() {
            descriptor["mediaType"] = json!(converted(type_of(descriptor, ""), form)?);
            drop_oci(descriptor, form);
        }
        if raw[list].is_null()
            && let Some(raw) = raw.as_object_mut()
        {
            raw.shift_remove(list);
        }
    }
    if raw["config"].is_object() {
        raw["config"]["mediaType"] = json!(converted(type_of(&raw["config"], ""), form)?);
        drop_oci(&mut raw["config"], form);
    } else if let Some(raw) = raw.as_object_mut() {
        raw.shift_remove("config");
    }
    drop_oci(raw, form);
    Ok(())
}

/// Docker's form has none of these members.
fn drop_oci(value: &mut Value, form: Family) {
    if let (Family::Docker, Some(value)) = (form, value.as_object_mut()) {
        for member in ["annotations", "artifactType", "subject", "data"] {
            value.shift_remove(member);
        }
    }
}

fn type_of(value: &Value, otherwise: &str) -> String {
    value["mediaType"].as_str().unwrap_or(otherwise).to_owned()
}

fn converted(media_type: String, form: Family) -> Result<String, ChangeError> {
    let pair = PAIRS.iter().find(|(docker, oci)| [*docker, *oci].contains(&media_type.as_str()));
    match (pair, form) {
        (Some((docker, _)), Family::Docker) => Ok((*docker).to_owned()),
        (Some((_, oci)), Family::Oci) => Ok((*oci).to_owned()),
        (None, Family::Docker) => {
            Err(refused("convert to Docker's form", format!("it has no type for {media_type}")))
        }
        (None, Family::Oci) => Ok(media_type),
    }
}
