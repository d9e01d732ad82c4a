//! Changes that people want about an image before it goes up. Each gives it another digest.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::Arc;

use serde_json::{Value, json};
use slipway_archive::{Blob, Index, Manifest, Node, Source, Stored};
use slipway_image::media;
use slipway_reference::Digest;

use crate::contents::Contents;
use crate::error::TransferError;
use crate::plan::sha256;

/// A configuration that is changed may have so many bytes.
const MOST_CONFIG: u64 = 16 << 20;

/// What is to be changed. The default changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Labels of the configuration that are set; also annotations where the manifest's form has them. GitHub reads
    /// them at the configuration of a single image and at the index of several.
    pub labels: Vec<(String, String)>,
    /// The form of manifests.
    pub form: Option<Form>,
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
pub enum Form {
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

impl Contents {
    /// The same with `changes`.
    ///
    /// # Errors
    /// [`TransferError::Change`] where one cannot be made, and those of reading the file.
    pub fn change(mut self, changes: &Changes) -> Result<Self, TransferError> {
        let mut changes = changes.clone();
        // What says so already stays as it is, digest and all.
        changes.labels.retain(|(key, text)| !self.says(key, text));
        let changes = &changes;
        if *changes == Changes::default() {
            return Ok(self);
        }
        self.recompress |= changes.recompress;
        if *changes == (Changes { recompress: true, ..Changes::default() }) {
            return Ok(self);
        }
        self.oci |= changes.form == Some(Form::Oci);
        if changes.drop_attestations {
            self.image_mut().referrers.clear();
        }
        Self::change_node(&mut self.image_mut().root, changes, &mut HashMap::new())?;
        Ok(self)
    }

    /// The image has this label where GitHub reads it: at the index of several platforms, else in the configuration.
    fn says(&self, key: &str, text: &str) -> bool {
        match &self.image().root {
            Node::Manifest(manifest) => {
                manifest.config_json.labels.iter().any(|(known, value)| known == key && value == text)
            }
            Node::Index(index) => serde_json::from_slice::<Value>(&index.stored.raw)
                .is_ok_and(|index| index["annotations"][key].as_str() == Some(text)),
        }
    }

    /// Changes `node`. What became of a manifest or an index is in `done`, by its digest before: however many places name
    /// it, it is changed once and kept once.
    fn change_node(
        node: &mut Node,
        changes: &Changes,
        done: &mut HashMap<Digest, Node>,
    ) -> Result<(), TransferError> {
        let before = stored(node).map(|stored| stored.digest.clone());
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
            (_, Node::Manifest(manifest)) => Self::change_manifest(manifest, changes)?,
            (_, Node::Index(index)) => Self::change_index(index, changes, done)?,
        }
        // A statement stays what it is, whoever calls it one.
        if let Some(before) = before.filter(|_| !matches!(node, Node::Manifest(of) if of.attestation)) {
            done.insert(before, node.clone());
        }
        Ok(())
    }

    fn change_index(
        index: &mut Index,
        changes: &Changes,
        done: &mut HashMap<Digest, Node>,
    ) -> Result<(), TransferError> {
        let mut raw = parsed(&index.stored, "the index")?;
        // Docker's family has no place for statements.
        let drops = changes.drop_attestations || changes.form == Some(Form::Docker);
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
            Self::change_node(node, changes, done)?;
            if let Some(stored) = stored(node) {
                child.descriptor.digest = stored.digest.clone();
                child.descriptor.size = stored.raw.len() as u64;
                child.descriptor.media_type.clone_from(&stored.media_type);
                raw["manifests"][position]["digest"] = json!(stored.digest.to_string());
                raw["manifests"][position]["size"] = json!(stored.raw.len());
            }
        }
        if let Some(form) = changes.form {
            convert(&mut raw, form, &index.stored.media_type)?;
        }
        index.stored = annotated(raw, &index.stored.media_type, &changes.labels);
        Ok(())
    }

    fn change_manifest(manifest: &mut Manifest, changes: &Changes) -> Result<(), TransferError> {
        if manifest.attestation {
            return Ok(());
        }
        let mut raw = manifest.stored.as_ref().map(|stored| parsed(stored, "the manifest")).transpose()?;
        if changes.push_foreign {
            own_foreign(manifest, raw.as_mut())?;
        }
        if !changes.labels.is_empty() {
            manifest.config = labelled(&manifest.config, &changes.labels)?;
            if let (Some(raw), Some(digest)) = (&mut raw, &manifest.config.digest) {
                raw["config"]["digest"] = json!(digest.to_string());
                raw["config"]["size"] = json!(manifest.config.size);
            }
        }
        if let (Some(raw), Some(stored)) = (&mut raw, &manifest.stored) {
            if let Some(form) = changes.form {
                convert(raw, form, &stored.media_type)?;
                manifest.config.media_type = type_of(&raw["config"], &manifest.config.media_type);
                for (position, layer) in Arc::make_mut(&mut manifest.layers).iter_mut().enumerate() {
                    layer.media_type = type_of(&raw["layers"][position], &layer.media_type);
                }
            }
            let stored = annotated(raw.take(), &stored.media_type, &changes.labels);
            manifest.stored = Some(stored);
        }
        Ok(())
    }
}

fn stored(node: &Node) -> Option<&Stored> {
    match node {
        Node::Manifest(manifest) => manifest.stored.as_ref(),
        Node::Index(index) => Some(&index.stored),
    }
}

fn is_statement(child: &slipway_archive::Child) -> bool {
    let says = child.descriptor.annotations.iter().any(|(key, _)| key == "vnd.docker.reference.type");
    says || matches!(&child.node, Some(Node::Manifest(manifest)) if manifest.attestation)
}

fn refused(what: &str, reason: impl Into<String>) -> TransferError {
    TransferError::Change { what: what.to_owned(), reason: reason.into() }
}

fn parsed(stored: &Stored, what: &str) -> Result<Value, TransferError> {
    serde_json::from_slice(&stored.raw).map_err(|error| refused(&format!("read {what}"), error.to_string()))
}

/// The configuration with labels added or replaced; everything else stays, in its order.
fn labelled(config: &Blob, labels: &[(String, String)]) -> Result<Blob, TransferError> {
    const WHAT: &str = "write labels";
    if config.size > MOST_CONFIG {
        return Err(refused(WHAT, format!("the config has {} bytes", config.size)));
    }
    let mut text = Vec::new();
    let reader = config.source.reader().map_err(TransferError::Archive)?;
    reader.take(MOST_CONFIG).read_to_end(&mut text).map_err(|error| TransferError::read("config", error))?;
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
        source: Source::of_bytes(text.as_bytes()),
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
fn own_foreign(manifest: &mut Manifest, mut raw: Option<&mut Value>) -> Result<(), TransferError> {
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
fn convert(raw: &mut Value, form: Form, media_type: &str) -> Result<(), TransferError> {
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
fn drop_oci(value: &mut Value, form: Form) {
    if let (Form::Docker, Some(value)) = (form, value.as_object_mut()) {
        for member in ["annotations", "artifactType", "subject", "data"] {
            value.shift_remove(member);
        }
    }
}

fn type_of(value: &Value, otherwise: &str) -> String {
    value["mediaType"].as_str().unwrap_or(otherwise).to_owned()
}

fn converted(media_type: String, form: Form) -> Result<String, TransferError> {
    let pair = PAIRS.iter().find(|(docker, oci)| [*docker, *oci].contains(&media_type.as_str()));
    match (pair, form) {
        (Some((docker, _)), Form::Docker) => Ok((*docker).to_owned()),
        (Some((_, oci)), Form::Oci) => Ok((*oci).to_owned()),
        (None, Form::Docker) => {
            Err(refused("convert to Docker's form", format!("it has no type for {media_type}")))
        }
        (None, Form::Oci) => Ok(media_type),
    }
}
