//! One image of several platforms from images of one each.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::changes::{Changes, Family};
use crate::error::ChangeError;
use crate::model::{Child, Image, Index, Manifest, Node};
use crate::stored::{Stored, sha256};
use crate::{Descriptor, media};

/// One image of several platforms from images of one each, given with the names of their files: an OCI index whose
/// manifests are all OCI's.
///
/// # Errors
/// Where an image names no platform, or two name the same; the text names the files.
pub fn join(parts: &[(String, &Image)]) -> Result<Image, ChangeError> {
    let refused = |reason: String| ChangeError::Refused { what: "join the images".to_owned(), reason };
    if parts.is_empty() {
        return Err(refused("there are none".to_owned()));
    }
    let to_oci = Changes { form: Some(Family::Oci), ..Changes::default() };
    let mut children: Vec<(Child, Value, String)> = Vec::new();
    for (file, image) in parts {
        let mut image = Image::clone(image);
        to_oci.make(&mut image)?;
        for manifest in manifests(image.root) {
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
            let (digest, size) = manifest
                .stored
                .as_ref()
                .map_or_else(|| (sha256(&[]), 0), |stored| (stored.digest.clone(), stored.raw.len() as u64));
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
    let raw = json!({"schemaVersion": 2, "mediaType": media::OCI_INDEX, "manifests": entries}).to_string();
    let stored = Stored {
        media_type: media::OCI_INDEX.to_owned(),
        digest: sha256(raw.as_bytes()),
        raw: raw.into_bytes().into(),
    };
    let children = Arc::new(children.into_iter().map(|(child, ..)| child).collect());
    Ok(Image {
        selector: "@0".to_owned(),
        names: Vec::new(),
        root: Node::Index(Index { stored, children }),
        // They speak of what the files hold, and go with the manifests that stay what they were.
        referrers: parts.iter().flat_map(|(_, image)| image.referrers.clone()).collect(),
        tagged: parts.iter().flat_map(|(_, image)| image.tagged.clone()).collect(),
        speaking_indexes: parts.iter().flat_map(|(_, image)| image.speaking_indexes.clone()).collect(),
        findings: Vec::new(),
    })
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
