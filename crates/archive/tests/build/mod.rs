//! Small archives for tests.

#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses a part of it")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::Digest as _;
use slipway_archive::{Archive, ArchiveError, Image, Manifest, Node, OpenOptions};

/// A tar in the making.
#[derive(Clone, Default)]
pub struct Tar(pub Vec<u8>);

impl Tar {
    pub fn file(self, name: &str, content: &[u8]) -> Self {
        self.raw(&header(name, content.len() as u64, b'0', ""), content)
    }

    pub fn link(self, kind: u8, name: &str, target: &str) -> Self {
        self.raw(&header(name, 0, kind, target), &[])
    }

    /// A header of type `kind` that belongs to the next member (`x`, `g`, `L`, `K`).
    pub fn extra(self, kind: u8, content: &[u8]) -> Self {
        self.raw(&header("extra", content.len() as u64, kind, ""), content)
    }

    pub fn raw(mut self, header: &[u8], content: &[u8]) -> Self {
        self.0.extend(header);
        self.0.extend(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// With the marks at the end.
    pub fn end(mut self) -> Vec<u8> {
        self.0.extend([0; 1024]);
        self.0
    }
}

pub fn header(name: &str, size: u64, kind: u8, link: &str) -> [u8; 512] {
    let mut block = [0; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    if size > 0o777_7777_7777 {
        put(124, &[0x80, 0, 0, 0]);
        put(128, &size.to_be_bytes());
    } else {
        put(124, format!("{size:011o}\0").as_bytes());
    }
    put(156, &[kind]);
    put(157, link.as_bytes());
    put(257, b"ustar\x0000");
    seal(&mut block);
    block
}

/// Puts the checksum in.
pub fn seal(block: &mut [u8; 512]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().copied().map(u32::from).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

pub fn pax(key: &str, value: &str) -> Vec<u8> {
    let rest = format!(" {key}={value}\n");
    let length = (rest.len()..rest.len() + 20)
        .find(|length| *length == rest.len() + length.to_string().len())
        .unwrap();
    format!("{length}{rest}").into_bytes()
}

pub fn hex(bytes: &[u8]) -> String {
    sha2::Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// A layer with one small file.
pub fn layer(text: &str) -> Vec<u8> {
    Tar::default().file("file", text.as_bytes()).end()
}

pub fn gzip(plain: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(plain).unwrap();
    out.finish().unwrap()
}

/// A configuration for plain layers.
pub fn config(layers: &[&[u8]]) -> Vec<u8> {
    let diff_ids: Vec<_> = layers.iter().map(|layer| format!("sha256:{}", hex(layer))).collect();
    let config = serde_json::json!({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["sh"]},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    });
    config.to_string().into_bytes()
}

/// `manifest.json` of one image.
pub fn manifest(config: &[u8], layers: &[&str]) -> Vec<u8> {
    let entry = serde_json::json!([{
        "Config": format!("{}.json", hex(config)), "RepoTags": ["octocat/monalisa:1"], "Layers": layers,
    }]);
    entry.to_string().into_bytes()
}

/// A `docker save` archive of these members, with a configuration for `plain`.
pub fn docker(members: Tar, plain: &[&[u8]], names: &[&str]) -> Vec<u8> {
    let config = config(plain);
    let members = members.file(&format!("{}.json", hex(&config)), &config);
    members.file("manifest.json", &manifest(&config, names)).end()
}

/// An OCI layout in the making.
#[derive(Clone, Default)]
pub struct Oci {
    pub tar: Tar,
}

impl Oci {
    /// Adds a blob; its descriptor.
    pub fn blob(&mut self, media_type: &str, content: &[u8]) -> serde_json::Value {
        let hex = hex(content);
        self.tar = std::mem::take(&mut self.tar).file(&format!("blobs/sha256/{hex}"), content);
        serde_json::json!({"mediaType": media_type, "digest": format!("sha256:{hex}"), "size": content.len()})
    }

    /// Adds an image with one layer; the descriptor of its manifest.
    pub fn image(&mut self, text: &str) -> serde_json::Value {
        let layer = layer(text);
        let config = config(&[&layer]);
        let manifest = serde_json::json!({
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": self.blob("application/vnd.oci.image.config.v1+json", &config),
            "layers": [self.blob("application/vnd.oci.image.layer.v1.tar", &layer)],
        });
        self.blob(OCI_MANIFEST, manifest.to_string().as_bytes())
    }

    pub fn index(&mut self, children: &[serde_json::Value]) -> serde_json::Value {
        let index = serde_json::json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children});
        self.blob(OCI_INDEX, index.to_string().as_bytes())
    }

    pub fn end(self, roots: &[serde_json::Value]) -> Vec<u8> {
        let index = serde_json::json!({"schemaVersion": 2, "manifests": roots}).to_string();
        let tar = self.tar.file("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#);
        tar.file("index.json", index.as_bytes()).end()
    }
}

pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// Bytes as a file in a folder of its own.
pub struct Saved {
    pub path: PathBuf,
    _folder: tempfile::TempDir,
}

pub fn save(bytes: &[u8]) -> Saved {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tar");
    std::fs::write(&path, bytes).unwrap();
    Saved { path, _folder: folder }
}

pub fn open(path: &Path) -> Result<Archive, ArchiveError> {
    Archive::open(path, &OpenOptions::default())
}

/// Opens `bytes` as a file.
pub fn opened(bytes: &[u8]) -> Result<Archive, ArchiveError> {
    open(&save(bytes).path)
}

pub fn only(image: &Image) -> &Manifest {
    match &image.root {
        Node::Manifest(manifest) => manifest,
        Node::Index(_) => panic!("an index"),
    }
}

/// All bytes of layer `number` of the first image.
pub fn content(archive: &Archive, number: usize) -> Vec<u8> {
    let source = only(&archive.images()[0]).layers[number - 1].source.as_ref().unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut archive.reader(source).unwrap(), &mut bytes).unwrap();
    bytes
}
