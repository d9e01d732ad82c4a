//! How the shapes are made.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Format, Image, Packed, Shape};
use crate::image::{
    DOCKER_CONFIG, DOCKER_GZIP, DOCKER_MANIFEST, OCI_CONFIG, OCI_GZIP, OCI_INDEX, OCI_MANIFEST, blob_path,
    config_of, descriptor, layer,
};
use crate::tar::Tar;
use crate::{digest, gzip, sha256, xz};

/// Files by their names.
#[derive(Clone, Default)]
pub(super) struct Members(pub(super) Vec<(String, Vec<u8>)>);

impl Members {
    pub(super) fn blob(&mut self, media_type: &str, content: &[u8]) -> Value {
        let descriptor = descriptor(media_type, content);
        self.0.push((blob_path(&descriptor), content.to_vec()));
        descriptor
    }

    pub(super) fn manifest(
        &mut self,
        kind: &str,
        config_kind: &str,
        config: &[u8],
        layers: &[(&str, Vec<u8>)],
    ) -> Value {
        let layers: Vec<Value> = layers.iter().map(|(kind, layer)| self.blob(kind, layer)).collect();
        let config = self.blob(config_kind, config);
        let manifest = json!({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": layers});
        self.blob(kind, manifest.to_string().as_bytes())
    }

    pub(super) fn layout(self, index: &[u8]) -> Self {
        self.with("index.json", index).with("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)
    }

    pub(super) fn with(mut self, name: &str, content: &[u8]) -> Self {
        self.0.push((name.to_owned(), content.to_vec()));
        self
    }

    /// As tar, with its folders.
    pub(super) fn tar(&self, prefix: &str) -> Vec<u8> {
        let folders = ["blobs/", "blobs/sha256/"];
        let tar =
            folders.iter().fold(Tar::default(), |tar, name| tar.link(b'5', &format!("{prefix}{name}"), ""));
        self.0.iter().fold(tar, |tar, (name, content)| tar.file(&format!("{prefix}{name}"), content)).end()
    }

    /// As files in this folder.
    pub(super) fn folder(&self, folder: &Path) -> PathBuf {
        for (name, content) in &self.0 {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap_or(folder)).expect("folders are made");
            std::fs::write(path, content).expect("the file is written");
        }
        folder.to_owned()
    }
}

pub(super) fn index(roots: &[Value]) -> Vec<u8> {
    json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": roots}).to_string().into_bytes()
}

pub(super) fn configuration(layers: &[Vec<u8>]) -> Vec<u8> {
    let diff_ids: Vec<String> = layers.iter().map(|layer| digest(layer)).collect();
    config_of("linux/amd64", &diff_ids).to_string().into_bytes()
}

/// An archive of `docker save` of old. A layer that was there before is a symbolic link.
pub(super) fn docker_save(images: &[(&[&str], &[Vec<u8>])]) -> (Vec<u8>, Vec<Image>) {
    let (mut tar, mut list, mut read) = (Tar::default(), Vec::new(), Vec::new());
    let mut there: Vec<(String, &[u8])> = Vec::new();
    for (names, layers) in images {
        let mut members = Vec::new();
        for (number, layer) in layers.iter().enumerate() {
            let folder = sha256(format!("{names:?} {number}").as_bytes());
            let file = format!("{folder}/layer.tar");
            tar = tar.link(b'5', &format!("{folder}/"), "").file(&format!("{folder}/VERSION"), b"1.0");
            tar = match there.iter().find(|(_, known)| known == layer) {
                Some((before, _)) => tar.link(b'2', &file, &format!("../{before}")),
                None => tar.file(&file, layer),
            };
            there.push((file.clone(), layer));
            members.push(file);
        }
        let mut config: Value =
            config_of("linux/amd64", &layers.iter().map(|layer| digest(layer)).collect::<Vec<_>>());
        config["comment"] = json!(names.join(" "));
        let config = config.to_string();
        let name = format!("{}.json", sha256(config.as_bytes()));
        tar = tar.file(&name, config.as_bytes());
        let tags = if names.is_empty() { Value::Null } else { json!(names) };
        list.push(json!({"Config": name, "RepoTags": tags, "Layers": members}));
        let id = digest(config.as_bytes());
        let names = names.iter().map(|&name| name.to_owned()).collect();
        read.push(Image { names, config: id.clone(), id, layers: layers.len() });
    }
    (tar.file("manifest.json", Value::from(list).to_string().as_bytes()).end(), read)
}

pub(super) fn packed_docker(folder: &Path, name: &str, images: &[&[&str]]) -> Shape {
    let layers = [layer("empty")];
    let images: Vec<(&[&str], &[Vec<u8>])> = images.iter().map(|names| (*names, layers.as_slice())).collect();
    let (bytes, images) = docker_save(&images);
    let kind = (Format::DockerArchive, Packed::Xz, Packed::Not);
    shape(folder, &format!("{name}.tar.xz"), &xz(&bytes), kind, images)
}

pub(super) fn packed_oci(folder: &Path, name: &str, reference: Option<&str>) -> Shape {
    let plain = layer("empty");
    let (mut members, config) = (Members::default(), configuration(std::slice::from_ref(&plain)));
    let mut root = members.manifest(OCI_MANIFEST, OCI_CONFIG, &config, &[(OCI_GZIP, gzip(&plain))]);
    let image = image(&root, &config, reference.as_slice(), 1);
    if let Some(reference) = reference {
        root["annotations"] = json!({"org.opencontainers.image.ref.name": reference});
    }
    let bytes = gzip(&members.layout(&index(&[root])).tar(""));
    let kind = (Format::OciArchive, Packed::Gzip, Packed::Gzip);
    shape(folder, &format!("{name}.tar.gz"), &bytes, kind, vec![image])
}

pub(super) fn oci_archive(
    folder: &Path,
    name: &str,
    kind: &str,
    pack: impl Fn(&[u8]) -> Vec<u8>,
    stored: Packed,
) -> Shape {
    let plain = layer(name);
    let (mut members, config) = (Members::default(), configuration(std::slice::from_ref(&plain)));
    let root = members.manifest(OCI_MANIFEST, OCI_CONFIG, &config, &[(kind, pack(&plain))]);
    let image = image(&root, &config, &[], 1);
    let bytes = members.with("index.json", &index(&[root])).tar("");
    shape(folder, name, &bytes, (Format::OciArchive, Packed::Not, stored), vec![image])
}

pub(super) fn hello_world(folder: &Path, name: &str, prefix: &str) -> Shape {
    const LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
    const PLATFORMS: [&str; 9] =
        ["amd64", "arm", "arm64", "386", "mips64le", "ppc64le", "riscv64", "s390x", "loong64"];
    let (plain, mut members) = (layer("hello"), Members::default());
    let (config, packed) = (configuration(std::slice::from_ref(&plain)), gzip(&plain));
    let layer_path = blob_path(&descriptor("", &packed));
    let there = members.manifest(DOCKER_MANIFEST, DOCKER_CONFIG, &config, &[(DOCKER_GZIP, packed)]);
    let children: Vec<Value> = PLATFORMS
        .iter()
        .map(|machine| {
            let mut child = if *machine == "amd64" {
                there.clone()
            } else {
                descriptor(DOCKER_MANIFEST, machine.as_bytes())
            };
            child["platform"] = json!({"os": "linux", "architecture": machine});
            child
        })
        .collect();
    let list = json!({"schemaVersion": 2, "mediaType": LIST, "manifests": children});
    let mut root = members.blob(LIST, list.to_string().as_bytes());
    let image = image(&root, &config, &["hello-world:latest"], 1);
    root["annotations"] = json!({
        "io.containerd.image.name": "docker.io/library/hello-world:latest", "org.opencontainers.image.ref.name": "latest",
    });
    let config_path = blob_path(&descriptor("", &config));
    let entry = json!([{"Config": config_path, "RepoTags": ["hello-world:latest"], "Layers": [layer_path]}]);
    let members = members.layout(&index(&[root])).with("manifest.json", entry.to_string().as_bytes());
    let kind = (Format::DockerArchive, Packed::Not, Packed::Gzip);
    shape(folder, name, &members.tar(prefix), kind, vec![image])
}

pub(super) fn buildkit(folder: &Path, name: &str, kind: &str, tag: &str, tags: &Value) -> Shape {
    let mut config = config_of("linux/amd64", &[]);
    config["rootfs"]["diff_ids"] = Value::Null;
    let (config, mut members) = (config.to_string().into_bytes(), Members::default());
    let mut root = members.manifest(kind, DOCKER_CONFIG, &config, &[]);
    let full = format!("github.com/buildkit/archive:{tag}");
    let image = image(&root, &config, &[&full], 0);
    root["annotations"] = json!({"io.containerd.image.name": full, "org.opencontainers.image.ref.name": tag});
    let config_path = blob_path(&descriptor("", &config));
    let entry = json!([{"Config": config_path, "RepoTags": tags, "Layers": null}]).to_string();
    let members = members.layout(&index(&[root])).with("manifest.json", entry.as_bytes());
    shape(folder, name, &members.tar(""), (Format::DockerArchive, Packed::Not, Packed::Not), vec![image])
}

/// An image whose root is stored.
pub(super) fn image(root: &Value, config: &[u8], names: &[&str], layers: usize) -> Image {
    let id = root["digest"].as_str().unwrap_or_default().to_owned();
    Image { names: names.iter().map(|&name| name.to_owned()).collect(), id, config: digest(config), layers }
}

pub(super) fn shape(
    folder: &Path,
    name: &str,
    bytes: &[u8],
    (format, outer, stored): (Format, Packed, Packed),
    images: Vec<Image>,
) -> Shape {
    Shape { path: write(folder, name, bytes), format, outer, stored, images }
}

pub(super) fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("the archive is written");
    path
}
