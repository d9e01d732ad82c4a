//! Archives made for a test.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What writing an archive gives.
pub type Made = io::Result<()>;

/// A layer of an OCI archive.
#[derive(Debug, Clone, Copy)]
pub enum Layer {
    /// A compressed file with this content.
    Text(&'static str),
    /// So many bytes that are said to be compressed and are a hole in the file: they weigh nothing, and whoever
    /// reads them all takes very long.
    Hole(u64),
    /// Not in the file, as base layers of Windows.
    Foreign,
}

/// Writes an OCI archive with one image of these platforms (`linux/amd64`), each with these layers.
pub fn oci(path: &Path, name: &str, platforms: &[&str], layers: &[Layer]) -> Made {
    let mut tar = Oci { file: File::create(path)? };
    tar.member("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
    let mut manifests = Vec::new();
    for platform in platforms {
        let mut manifest = tar.manifest(platform, layers)?;
        let (system, machine) = platform.split_once('/').unwrap_or((platform, "amd64"));
        manifest["platform"] = json!({"os": system, "architecture": machine});
        manifests.push(manifest);
    }
    let root = match &mut manifests[..] {
        [one] => one,
        _ => {
            let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests});
            &mut tar.blob(INDEX, index.to_string().as_bytes())?
        }
    };
    root["annotations"] = json!({"io.containerd.image.name": format!("docker.io/library/{name}")});
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [root]});
    tar.member("index.json", index.to_string().as_bytes())?;
    tar.file.write_all(&[0; 1024])
}

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const FOREIGN: &str = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

/// An OCI archive in the making.
struct Oci {
    file: File,
}

impl Oci {
    fn member(&mut self, name: &str, content: &[u8]) -> Made {
        header(&mut self.file, name, content.len() as u64)?;
        self.file.write_all(content)?;
        pad(&mut self.file, content.len() as u64)
    }

    fn blob(&mut self, media_type: &str, content: &[u8]) -> io::Result<Value> {
        let digest = hex::encode(Sha256::digest(content));
        self.member(&format!("blobs/sha256/{digest}"), content)?;
        Ok(json!({"mediaType": media_type, "digest": format!("sha256:{digest}"), "size": content.len()}))
    }

    fn manifest(&mut self, platform: &str, layers: &[Layer]) -> io::Result<Value> {
        let (mut descriptors, mut diff_ids) = (Vec::new(), Vec::new());
        for (number, layer) in layers.iter().enumerate() {
            let (descriptor, diff_id) = self.layer(&format!("{platform} {number}"), *layer)?;
            descriptors.push(descriptor);
            diff_ids.push(format!("sha256:{diff_id}"));
        }
        let (system, machine) = platform.split_once('/').unwrap_or((platform, "amd64"));
        let config = json!({
            "architecture": machine, "os": system, "config": {"Cmd": ["/bin/true"]},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
        });
        let config = self.blob(CONFIG, config.to_string().as_bytes())?;
        let manifest =
            json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": descriptors});
        self.blob(MANIFEST, manifest.to_string().as_bytes())
    }

    /// A layer's descriptor and the digest of what is in it.
    fn layer(&mut self, seed: &str, layer: Layer) -> io::Result<(Value, String)> {
        let invented = hex::encode(Sha256::digest(seed.as_bytes()));
        match layer {
            Layer::Text(text) => {
                let mut plain = Vec::new();
                header(&mut plain, "file", text.len() as u64)?;
                plain.extend(text.as_bytes());
                pad(&mut plain, text.len() as u64)?;
                plain.extend([0; 1024]);
                let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
                gzip.write_all(&plain)?;
                Ok((self.blob(GZIP, &gzip.finish()?)?, hex::encode(Sha256::digest(&plain))))
            }
            Layer::Hole(size) => {
                header(&mut self.file, &format!("blobs/sha256/{invented}"), size)?;
                let length = i64::try_from(size.next_multiple_of(512)).map_err(io::Error::other)?;
                self.file.seek(SeekFrom::Current(length))?;
                let digest = format!("sha256:{invented}");
                Ok((json!({"mediaType": GZIP, "digest": digest, "size": size}), invented))
            }
            Layer::Foreign => {
                let digest = format!("sha256:{invented}");
                let urls = ["https://example.com/layer"];
                let foreign =
                    json!({"mediaType": FOREIGN, "digest": digest, "size": 1_000_000, "urls": urls});
                Ok((foreign, invented))
            }
        }
    }
}

/// Writes a `docker save` archive of several images, each with one small plain layer, by these names.
pub fn several(path: &Path, names: &[&str]) -> Made {
    let mut tar = File::create(path)?;
    let mut manifest = Vec::new();
    for (number, name) in names.iter().enumerate() {
        let layer = format!("{number}/layer.tar");
        let (config, bytes) = plain_image(name.as_bytes());
        for (member, content) in [(&layer, &bytes), (&config.0, &config.1)] {
            header(&mut tar, member, content.len() as u64)?;
            tar.write_all(content)?;
            pad(&mut tar, content.len() as u64)?;
        }
        manifest.push(json!({"Config": config.0, "RepoTags": [name], "Layers": [layer]}));
    }
    let manifest = Value::from(manifest).to_string();
    header(&mut tar, "manifest.json", manifest.len() as u64)?;
    tar.write_all(manifest.as_bytes())?;
    pad(&mut tar, manifest.len() as u64)?;
    tar.write_all(&[0; 1024])
}

/// A configuration with its name in the archive, and the layer that it speaks of.
fn plain_image(content: &[u8]) -> ((String, Vec<u8>), Vec<u8>) {
    let mut layer = vec![0; 4096];
    layer[..content.len()].copy_from_slice(content);
    let config = json!({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/true"]},
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", hex::encode(Sha256::digest(&layer)))]},
    });
    let config = config.to_string().into_bytes();
    ((format!("{}.json", hex::encode(Sha256::digest(&config))), config), layer)
}

/// Writes a `docker save` archive with plain layers of these sizes in bytes, which compress about as well as program
/// files do. The same sizes give the same bytes every time.
pub fn docker_save(path: &Path, layers: &[u64], tag: &str) -> io::Result<()> {
    let mut tar = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let (mut names, mut diff_ids, mut history) = (Vec::new(), Vec::new(), Vec::new());
    for (number, size) in (1..).zip(layers) {
        let name = format!("{number}/layer.tar");
        history.push(json!({"created_by": format!("/bin/sh -c #(nop) COPY file:{number} in /srv/ ")}));
        header(&mut tar, &name, *size)?;
        let mut hasher = Sha256::new();
        each_chunk(number, *size, |chunk| {
            hasher.update(chunk);
            tar.write_all(chunk)
        })?;
        pad(&mut tar, *size)?;
        names.push(name);
        diff_ids.push(format!("sha256:{}", hex::encode(hasher.finalize())));
    }
    let config = serde_json::json!({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/true"]},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": history,
    })
    .to_string();
    let config_name = format!("{}.json", hex::encode(Sha256::digest(config.as_bytes())));
    let manifest = serde_json::json!([{"Config": config_name, "RepoTags": [tag], "Layers": names}]);
    for (name, content) in [(config_name.as_str(), config), ("manifest.json", manifest.to_string())] {
        header(&mut tar, name, content.len() as u64)?;
        tar.write_all(content.as_bytes())?;
        pad(&mut tar, content.len() as u64)?;
    }
    tar.write_all(&[0; 1024])?;
    tar.flush()
}

/// Half noise, half zeros, in turns of 2 KiB: the same bytes every time.
fn each_chunk(seed: u64, size: u64, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut chunk = vec![0; 1 << 20];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed);
    let mut left = size;
    while left > 0 {
        for turn in chunk.chunks_mut(4096) {
            for word in turn[..2048].chunks_mut(8) {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                word.copy_from_slice(&seed.to_le_bytes());
            }
        }
        let length = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        take(&chunk[..length])?;
        left -= length as u64;
    }
    Ok(())
}

/// A ustar header.
fn header(tar: &mut impl Write, name: &str, size: u64) -> io::Result<()> {
    let mut block = [0_u8; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..108].copy_from_slice(b"0000644\0");
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[136..148].copy_from_slice(b"00000000000\0");
    block[148..156].copy_from_slice(b"        ");
    block[156] = b'0';
    block[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar.write_all(&block)
}

fn pad(tar: &mut impl Write, size: u64) -> io::Result<()> {
    let rest = usize::try_from(size % 512).unwrap_or_default();
    if rest == 0 { Ok(()) } else { tar.write_all(&[0; 512][rest..]) }
}
