//! Small images in memory: `docker save` archives and OCI layouts, whole or with whatever is wrong about them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::tar::Tar;
use crate::{digest, gzip, sha256};

/// The media type of an index.
pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The media type of a manifest.
pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of a configuration.
pub const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// The media type of a plain layer.
pub const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
/// The media type of a layer as gzip.
pub const OCI_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
/// The media type of a manifest of Docker.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// The media type of a configuration of Docker.
pub const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
/// A gzip layer's media type in Docker's form.
pub const DOCKER_GZIP: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/// A layer with one small file.
pub fn layer(text: &str) -> Vec<u8> {
    Tar::default().file("file", text.as_bytes()).end()
}

/// A configuration for these layers, which are plain.
pub fn config(layers: &[&[u8]]) -> Vec<u8> {
    let diff_ids: Vec<_> = layers.iter().map(|layer| digest(layer)).collect();
    config_of("linux/amd64", &diff_ids).to_string().into_bytes()
}

/// A configuration of this platform that claims these diff IDs.
pub fn config_of(platform: &str, diff_ids: &[String]) -> Value {
    let (system, machine) = platform.split_once('/').unwrap_or((platform, "amd64"));
    json!({
        "architecture": machine, "os": system, "config": {"Cmd": ["/bin/true"]},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    })
}

/// `manifest.json` of one image.
pub fn manifest(config: &[u8], layers: &[&str]) -> Vec<u8> {
    let entry = json!([{
        "Config": format!("{}.json", sha256(config)), "RepoTags": ["octocat/monalisa:1"], "Layers": layers,
    }]);
    entry.to_string().into_bytes()
}

/// A `docker save` archive of these members, with a configuration for `plain`.
pub fn docker(members: Tar, plain: &[&[u8]], names: &[&str]) -> Vec<u8> {
    docker_with(members, &config(plain), names)
}

/// A `docker save` archive of these members, with this configuration.
pub fn docker_with(members: Tar, config: &[u8], names: &[&str]) -> Vec<u8> {
    let members = members.file(&format!("{}.json", sha256(config)), config);
    members.file("manifest.json", &manifest(config, names)).end()
}

/// What `docker save` makes of an image of one layer with this text in it, under these names.
pub fn saved(text: &str, names: &[&str]) -> Vec<u8> {
    let layer = layer(text);
    let config = config(&[&layer]);
    // Each member has a name of its own, so that archives can be joined.
    let (member, of_layer) = (format!("{}.json", sha256(&config)), format!("{}.tar", sha256(&layer)));
    let entry = json!([{"Config": member, "RepoTags": names, "Layers": [of_layer]}]).to_string();
    let tar = Tar::default().file(&of_layer, &layer).file(&member, &config);
    tar.file("manifest.json", entry.as_bytes()).end()
}

/// What points to these bytes.
pub fn descriptor(media_type: &str, content: &[u8]) -> Value {
    json!({"mediaType": media_type, "digest": digest(content), "size": content.len()})
}

/// Where a layout has what this descriptor points to.
pub fn blob_path(descriptor: &Value) -> String {
    let digest = descriptor["digest"].as_str().expect("a descriptor has a digest");
    format!("blobs/{}", digest.replace(':', "/"))
}

/// An OCI layout in the making.
#[derive(Debug, Clone, Default)]
pub struct Oci {
    /// Its members so far.
    pub tar: Tar,
    /// What is in it: nothing is there twice.
    blobs: BTreeSet<String>,
}

impl Oci {
    /// Adds a blob; its descriptor.
    pub fn blob(&mut self, media_type: &str, content: &[u8]) -> Value {
        let descriptor = descriptor(media_type, content);
        let path = blob_path(&descriptor);
        if self.blobs.insert(path.clone()) {
            self.member(&path, content);
        }
        descriptor
    }

    /// Adds any other member, also one that is there.
    pub fn member(&mut self, name: &str, content: &[u8]) {
        self.tar = std::mem::take(&mut self.tar).file(name, content);
    }

    /// Adds an image with one plain layer of one small file; the descriptor of its manifest.
    pub fn image(&mut self, text: &str) -> Value {
        self.image_with(OCI_LAYER, &layer(text), &json!({}))
    }

    /// Adds an image with this layer as it stands, in whose descriptor `more` stands too.
    pub fn image_with(&mut self, media_type: &str, layer: &[u8], more: &Value) -> Value {
        let mut descriptor = self.blob(media_type, layer);
        for (key, value) in more.as_object().into_iter().flatten() {
            descriptor[key] = value.clone();
        }
        self.manifest(&config(&[layer]), vec![descriptor])
    }

    /// Adds a manifest of this configuration and layers; its descriptor.
    pub fn manifest(&mut self, config: &[u8], layers: Vec<Value>) -> Value {
        let config = self.blob(OCI_CONFIG, config);
        let manifest =
            json!({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": layers});
        self.blob(OCI_MANIFEST, manifest.to_string().as_bytes())
    }

    /// Adds something that speaks of `subject`; its descriptor.
    pub fn about(&mut self, subject: &Value, kind: &str, words: &str) -> Value {
        let config = self.blob("application/vnd.oci.empty.v1+json", b"{}");
        let layer = self.blob("text/plain", words.as_bytes());
        let manifest = json!({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": kind, "config": config, "layers": [layer],
            "subject": subject, "annotations": {"said": words},
        });
        self.blob(OCI_MANIFEST, manifest.to_string().as_bytes())
    }

    /// Adds an index of images for three platforms, an SBOM of the first, a signature of the SBOM, and one of the index; all
    /// but the images, the index first.
    pub fn signed(&mut self) -> Vec<Value> {
        let children = ["amd64", "arm64", "s390x"].map(|architecture| {
            let plain = layer(&format!("for {architecture}"));
            let packed = self.blob(OCI_GZIP, &gzip(&plain));
            let config = config_of(&format!("linux/{architecture}"), &[digest(&plain)]).to_string();
            let mut manifest = self.manifest(config.as_bytes(), vec![packed]);
            manifest["platform"] = json!({"os": "linux", "architecture": architecture});
            manifest
        });
        let index = self.index(&children);
        let sbom = self.about(&children[0], "application/spdx+json", "three packages");
        let of_sbom = self.about(&sbom, "application/vnd.example.signature", "signed by octocat");
        let of_index = self.about(&index, "application/vnd.example.signature", "signed by monalisa");
        vec![index, sbom, of_sbom, of_index]
    }

    /// Adds an index; its descriptor.
    pub fn index(&mut self, children: &[Value]) -> Value {
        let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children});
        self.blob(OCI_INDEX, index.to_string().as_bytes())
    }

    /// The archive, whose `index.json` lists these.
    pub fn end(mut self, roots: &[Value]) -> Vec<u8> {
        let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": roots}).to_string();
        self.member("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#);
        self.member("index.json", index.as_bytes());
        self.tar.end()
    }

    /// The same as a file.
    pub fn write(self, path: PathBuf, roots: &[Value]) -> PathBuf {
        std::fs::write(&path, self.end(roots)).expect("the archive is written");
        path
    }
}
