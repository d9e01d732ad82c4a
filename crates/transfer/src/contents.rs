//! What goes up: an image of one file, or one that is joined from several.

use std::sync::Arc;

use serde_json::{Value, json};
use slipway_archive::{
    Archive, ArchiveError, Child, Descriptor, Format, Image, Index, Manifest, Node, Stored,
};
use slipway_image::media;
use slipway_reference::Digest;

use crate::changes::{Changes, Form};
use crate::error::TransferError;
use crate::plan::sha256;

/// What goes up.
#[derive(Clone)]
pub struct Contents {
    archives: Vec<Archive>,
    image: Image,
    /// Digest of the image as one file stores it, before anything was changed about it.
    stored_digest: Option<Digest>,
    /// Manifests that are made here are OCI's.
    pub(crate) oci: bool,
    /// Layers that are stored compressed are compressed anew.
    pub(crate) recompress: bool,
}

/// Which layers are compressed on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Compressed {
    /// Plain ones that no manifest of the file names: what it names is its author's word, and stays.
    #[default]
    Unnamed,
    /// Plain ones: `docker save` keeps them so and lets the push compress them.
    Plain,
    /// All that can be.
    All,
}

impl Contents {
    /// An image of a file as it is.
    pub fn of(archive: &Archive, image: &Image) -> Self {
        let stored_digest = match &image.root {
            Node::Manifest(manifest) => manifest.stored.as_ref().map(|stored| stored.digest.clone()),
            Node::Index(index) => Some(index.stored.digest.clone()),
        };
        Self {
            archives: vec![archive.clone()],
            image: image.clone(),
            stored_digest,
            oci: false,
            recompress: false,
        }
    }

    /// One image of several platforms from images of one each: an OCI index whose manifests are all OCI's.
    ///
    /// # Errors
    /// Where an image names no platform, or two name the same; the text names the files.
    pub fn join(parts: &[(Archive, Image)]) -> Result<Self, TransferError> {
        let refused = |reason: String| TransferError::Change { what: "join the images".to_owned(), reason };
        if parts.is_empty() {
            return Err(refused("there are none".to_owned()));
        }
        let to_oci = Changes { form: Some(Form::Oci), ..Changes::default() };
        let mut children: Vec<(Child, Value, String)> = Vec::new();
        for (archive, image) in parts {
            let file = archive.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
            let contents = Self::of(archive, image).change(&to_oci)?;
            for manifest in manifests(contents.image.root) {
                let platform = manifest.platform.clone();
                let platform = platform.ok_or_else(|| refused(format!("{file} names no platform")))?;
                if let Some((.., other)) =
                    children.iter().find(|(child, ..)| child.descriptor.platform.as_ref() == Some(&platform))
                {
                    return Err(refused(format!("{other} and {file} are both for {platform}")));
                }
                let mut entry = json!({
                    "mediaType": media::OCI_MANIFEST, "digest": "", "size": 0,
                    "platform": {"architecture": platform.architecture, "os": platform.os},
                });
                for (key, value) in [("variant", &platform.variant), ("os.version", &platform.os_version)] {
                    if let Some(value) = value {
                        entry["platform"][key] = json!(value);
                    }
                }
                // Until it is made its digest is nobody's; then it is filled in.
                let (digest, size) = manifest.stored.as_ref().map_or_else(
                    || (sha256(&[]), 0),
                    |stored| (stored.digest.clone(), stored.raw.len() as u64),
                );
                let descriptor = Descriptor {
                    media_type: media::OCI_MANIFEST.to_owned(),
                    digest,
                    size,
                    platform: Some(platform),
                    annotations: Vec::new(),
                    urls: Vec::new(),
                };
                let node = Some(Node::Manifest(Box::new(manifest)));
                children.push((Child { descriptor, node }, entry, file.clone()));
            }
        }
        let entries: Vec<&Value> = children.iter().map(|(_, entry, _)| entry).collect();
        let raw =
            json!({"schemaVersion": 2, "mediaType": media::OCI_INDEX, "manifests": entries}).to_string();
        let stored = Stored {
            media_type: media::OCI_INDEX.to_owned(),
            digest: sha256(raw.as_bytes()),
            raw: raw.into_bytes().into(),
        };
        let children = Arc::new(children.into_iter().map(|(child, ..)| child).collect());
        let image = Image {
            selector: "@0".to_owned(),
            names: Vec::new(),
            root: Node::Index(Index { stored, children }),
            // They speak of what the files hold, and go with the manifests that stay what they were.
            referrers: parts.iter().flat_map(|(_, image)| image.referrers.clone()).collect(),
            findings: Vec::new(),
        };
        let archives = parts.iter().map(|(archive, _)| archive.clone()).collect();
        Ok(Self { archives, image, stored_digest: None, oci: true, recompress: false })
    }

    /// The image.
    pub fn image(&self) -> &Image {
        &self.image
    }

    pub(crate) fn image_mut(&mut self) -> &mut Image {
        &mut self.image
    }

    /// The first of its files.
    pub fn archive(&self) -> &Archive {
        // It is made from one or more.
        &self.archives[0]
    }

    pub(crate) fn stored_digest(&self) -> Option<&Digest> {
        self.stored_digest.as_ref()
    }

    /// Which layers are compressed on the way.
    pub(crate) fn compressed(&self) -> Compressed {
        if self.recompress {
            Compressed::All
        } else if self.archives.iter().all(|archive| archive.format() == Format::DockerArchive) {
            Compressed::Plain
        } else {
            Compressed::Unnamed
        }
    }

    /// What a layer of `size` compressed bytes may unpack to, bytes.
    pub(crate) fn unpacked_limit(&self, size: u64) -> u64 {
        self.archives.iter().map(|archive| archive.unpacked_limit(size)).max().unwrap_or_default()
    }

    /// Its files are still what they were.
    pub(crate) fn unchanged(&self) -> Result<(), ArchiveError> {
        self.archives.iter().try_for_each(Archive::unchanged)
    }
}

/// The images under `node` that are in the file; no statements about them, whose subjects change.
fn manifests(node: Node) -> Vec<Manifest> {
    match node {
        Node::Manifest(manifest) if manifest.attestation => Vec::new(),
        Node::Manifest(manifest) => vec![*manifest],
        Node::Index(index) => {
            index.children.iter().filter_map(|child| child.node.clone()).flat_map(manifests).collect()
        }
    }
}
