//! The manifests of a push: stored ones byte for byte, others made from what was sent.

use std::sync::Arc;

use serde_json::{Value, json};
use slipway_image::Stored;
use slipway_reference::{Digest, Tag};

/// A manifest or index to put. Children stand before the index that names them; the last is the root.
#[derive(Debug, Clone)]
pub(crate) struct ManifestPut {
    pub(crate) media_type: String,
    pub(crate) content: Content,
}

/// Where a manifest's bytes come from.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// Stored in the file; goes up byte for byte.
    Stored {
        /// The bytes.
        raw: Arc<[u8]>,
        /// Their digest.
        digest: Digest,
    },
    /// A manifest whose `config` and `layers` are filled in once the blobs are known. For each layer of
    /// `template`, the blob it is; none where the descriptor stays as it is (a foreign layer).
    Manifest {
        /// The manifest; order and unknown members are kept.
        template: Value,
        /// Blob of the config.
        config: usize,
        /// Blob of each layer.
        layers: Vec<Option<usize>>,
    },
    /// An index whose `manifests` are filled in once the children are known.
    Index {
        /// The index, with only the entries that go up.
        template: Value,
        /// For each entry, which of the puts it names; none where the entry stays as it is.
        children: Vec<Option<usize>>,
    },
}

/// Digest and size of something that is in the registry.
pub(crate) type Known = (Digest, u64);

impl ManifestPut {
    /// The bytes to put, from what is known of blobs and earlier puts; none while something it names is
    /// unknown.
    pub(crate) fn render(
        &self,
        blob: impl Fn(usize) -> Option<Known>,
        put: impl Fn(usize) -> Option<Known>,
    ) -> Option<Vec<u8>> {
        let template = match &self.content {
            Content::Stored { raw, .. } => return Some(raw.to_vec()),
            Content::Manifest { template, config, layers } => {
                let mut manifest = template.clone();
                fill(&mut manifest["config"], blob(*config)?);
                for (position, layer) in layers.iter().enumerate() {
                    if let Some(layer) = layer {
                        fill(&mut manifest["layers"][position], blob(*layer)?);
                    }
                }
                manifest
            }
            Content::Index { template, children } => {
                let mut index = template.clone();
                for (position, child) in children.iter().enumerate() {
                    if let Some(child) = child {
                        fill(&mut index["manifests"][position], put(*child)?);
                    }
                }
                index
            }
        };
        // A `Value` made of JSON always serialises.
        serde_json::to_vec(&template).ok()
    }
}

fn fill(descriptor: &mut Value, (digest, size): Known) {
    descriptor["digest"] = json!(digest.to_string());
    descriptor["size"] = json!(size);
}

/// A manifest that speaks of one that goes up.
#[derive(Debug, Clone)]
pub(crate) struct Referrer {
    pub(crate) stored: Stored,
    /// None for what an index that speaks of something names.
    pub(crate) subject: Option<Digest>,
    /// The tag that it stands under, where that says what it speaks of.
    pub(crate) tag: Option<Tag>,
}
