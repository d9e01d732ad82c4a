//! Some platforms of an image; the others stay behind.

use std::sync::Arc;

use serde_json::{Value, json};
use slipway_reference::Digest;

use crate::error::ChangeError;
use crate::model::{Child, Index, Node};
use crate::platform::Platform;
use crate::stored::{Stored, sha256};

/// Keeps of `root` what runs on one of `platforms` (`linux/amd64`, which also means its variants), and what speaks of it;
/// whether anything stays behind. One platform goes by itself, with the digest that it has in the index.
///
/// # Errors
/// Where none is left; the text names those that are there.
pub(crate) fn select(root: &mut Node, platforms: &[String]) -> Result<bool, ChangeError> {
    let Node::Index(index) = root else { return Ok(false) };
    let (mut there, mut kept) = (Vec::new(), Vec::new());
    look(index, platforms, &mut there, &mut kept);
    match &kept[..] {
        [] => {
            let reason = match there.is_empty() {
                true => "its index names no platform".to_owned(),
                false => format!("it has {}", there.join(", ")),
            };
            Err(ChangeError::Refused { what: format!("keep {}", platforms.join(", ")), reason })
        }
        [only] if there.len() > 1 => {
            *root = only.clone();
            Ok(true)
        }
        _ => {
            let digests: Vec<Digest> =
                kept.iter().filter_map(|node| Some(node.stored()?.digest.clone())).collect();
            reduce(index, &digests)
        }
    }
}

/// Collects the platforms under `index`, and the images of those that are wanted.
fn look(index: &Index, platforms: &[String], there: &mut Vec<String>, kept: &mut Vec<Node>) {
    for child in index.children.iter() {
        match &child.node {
            Some(Node::Index(below)) => look(below, platforms, there, kept),
            Some(node) if !child.descriptor.is_attestation() => {
                let Some(platform) = &child.descriptor.platform else { continue };
                let name = platform.to_string();
                if !there.contains(&name) {
                    there.push(name);
                }
                let is_known = kept.iter().any(|known| known.stored() == node.stored());
                if !is_known
                    && platforms.iter().any(|wanted| Platform::is_meant(&platform.to_string(), wanted))
                {
                    kept.push(node.clone());
                }
            }
            _ => {}
        }
    }
}

/// Drops what is not among `kept`, nor speaks of it; whether anything was.
fn reduce(index: &mut Index, kept: &[Digest]) -> Result<bool, ChangeError> {
    let mut raw: Value = serde_json::from_slice(&index.stored.raw).map_err(|error| ChangeError::Refused {
        what: "read the index".to_owned(),
        reason: error.to_string(),
    })?;
    let (mut children, mut entries, mut changed) = (Vec::new(), Vec::new(), false);
    let stored: Vec<Value> = raw["manifests"].as_array().cloned().unwrap_or_default();
    for (mut child, mut entry) in index.children.iter().cloned().zip(stored) {
        if let Some(Node::Index(below)) = &mut child.node {
            if reduce(below, kept)? {
                changed = true;
                if below.children.is_empty() {
                    continue;
                }
                child.descriptor.digest = below.stored.digest.clone();
                child.descriptor.size = below.stored.raw.len() as u64;
                entry["digest"] = json!(below.stored.digest.to_string());
                entry["size"] = json!(below.stored.raw.len());
            }
        } else if !stays(&child, kept) {
            changed = true;
            continue;
        }
        children.push(child);
        entries.push(entry);
    }
    if changed {
        raw["manifests"] = Value::Array(entries);
        let raw = raw.to_string().into_bytes();
        let media_type = index.stored.media_type.clone();
        index.stored = Stored { media_type, digest: sha256(&raw), raw: raw.into() };
        index.children = Arc::new(children);
    }
    Ok(changed)
}

fn stays(child: &Child, kept: &[Digest]) -> bool {
    let subject = child.descriptor.annotations.iter().find(|(key, _)| key == "vnd.docker.reference.digest");
    match subject {
        Some((_, digest)) => kept.iter().any(|kept| kept.to_string() == *digest),
        None => kept.contains(&child.descriptor.digest),
    }
}
