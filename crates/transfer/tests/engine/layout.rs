//! OCI archives that tests make.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::{member, noise, sha256};

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// The parts of an OCI archive.
#[derive(Default)]
pub(crate) struct Layout {
    pub(crate) blobs: Vec<Vec<u8>>,
    pub(crate) top: Vec<Value>,
}

impl Layout {
    pub(crate) fn blob(&mut self, kind: &str, bytes: &[u8]) -> Value {
        self.blobs.push(bytes.to_vec());
        json!({"mediaType": kind, "digest": format!("sha256:{}", sha256(bytes)), "size": bytes.len()})
    }

    /// An image of one plain layer.
    pub(crate) fn image(&mut self) -> Value {
        self.image_with("application/vnd.oci.image.layer.v1.tar", &json!({}))
    }

    /// An image of one plain layer of this kind, whose descriptor has `more`.
    pub(crate) fn image_with(&mut self, kind: &str, more: &Value) -> Value {
        let layer = noise(1000, 9);
        let diff_id = format!("sha256:{}", sha256(&layer));
        let config = json!({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [diff_id]}});
        let config = self.blob("application/vnd.oci.image.config.v1+json", config.to_string().as_bytes());
        let mut layer = self.blob(kind, &layer);
        for (key, value) in more.as_object().unwrap() {
            layer[key] = value.clone();
        }
        let manifest =
            json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]});
        self.blob(MANIFEST, manifest.to_string().as_bytes())
    }

    pub(crate) fn write(mut self, path: PathBuf) -> PathBuf {
        let top = json!({"schemaVersion": 2, "manifests": self.top}).to_string();
        let mut tar = Vec::new();
        member(&mut tar, "oci-layout", b"{\"imageLayoutVersion\":\"1.0.0\"}");
        member(&mut tar, "index.json", top.as_bytes());
        self.blobs.sort();
        self.blobs.dedup();
        for bytes in &self.blobs {
            member(&mut tar, &format!("blobs/sha256/{}", sha256(bytes)), bytes);
        }
        tar.resize(tar.len() + 1024, 0);
        std::fs::write(&path, tar).unwrap();
        path
    }
}
