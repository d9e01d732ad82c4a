//! Archives in files, also such as are too large for memory.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::bytes::Dice;
use crate::image::{self, OCI_GZIP};
use crate::tar::{END, Tar, header, member, pad};
use crate::{digest, gzip, sha256};

const FOREIGN: &str = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

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
    let mut tar = Oci { file: File::create(path)?, oci: image::Oci::default() };
    let mut manifests = Vec::new();
    for platform in platforms {
        let mut manifest = tar.manifest(platform, layers)?;
        let (system, machine) = platform.split_once('/').unwrap_or((platform, "amd64"));
        manifest["platform"] = json!({"os": system, "architecture": machine});
        manifests.push(manifest);
    }
    let mut root = match &manifests[..] {
        [one] => one.clone(),
        _ => tar.oci.index(&manifests),
    };
    root["annotations"] = json!({"io.containerd.image.name": format!("docker.io/library/{name}")});
    tar.file.write_all(&tar.oci.end(&[root]))
}

/// An OCI archive in the making: what is in the file, and what comes behind it.
struct Oci {
    file: File,
    oci: image::Oci,
}

impl Oci {
    fn manifest(&mut self, platform: &str, layers: &[Layer]) -> io::Result<Value> {
        let (mut descriptors, mut diff_ids) = (Vec::new(), Vec::new());
        for (number, layer) in layers.iter().enumerate() {
            let (descriptor, diff_id) = self.layer(&format!("{platform} {number}"), *layer)?;
            descriptors.push(descriptor);
            diff_ids.push(diff_id);
        }
        let config = image::config_of(platform, &diff_ids).to_string();
        Ok(self.oci.manifest(config.as_bytes(), descriptors))
    }

    /// A layer's descriptor and the digest of what is in it.
    fn layer(&mut self, seed: &str, layer: Layer) -> io::Result<(Value, String)> {
        let invented = digest(seed.as_bytes());
        match layer {
            Layer::Text(text) => {
                let plain = image::layer(text);
                Ok((self.oci.blob(OCI_GZIP, &gzip(&plain)), digest(&plain)))
            }
            Layer::Hole(size) => {
                let descriptor = json!({"mediaType": OCI_GZIP, "digest": invented, "size": size});
                let before = std::mem::take(&mut self.oci.tar);
                self.file
                    .write_all(&before.raw(&header(&image::blob_path(&descriptor), size, b'0', ""), &[]).0)?;
                let length = i64::try_from(size.next_multiple_of(512)).map_err(io::Error::other)?;
                self.file.seek(SeekFrom::Current(length))?;
                Ok((descriptor, invented))
            }
            Layer::Foreign => {
                let urls = ["https://example.com/layer"];
                let foreign =
                    json!({"mediaType": FOREIGN, "digest": invented, "size": 1_000_000, "urls": urls});
                Ok((foreign, invented))
            }
        }
    }
}

/// Writes a `docker save` archive of several images, each with one small plain layer, by these names.
pub fn several(path: &Path, names: &[&str]) -> Made {
    let (mut tar, mut manifest) = (Tar::default(), Vec::new());
    for (number, name) in names.iter().enumerate() {
        let mut layer = vec![0; 4096];
        layer[..name.len()].copy_from_slice(name.as_bytes());
        let config = image::config(&[&layer]);
        let (layer_name, config_name) = (format!("{number}/layer.tar"), format!("{}.json", sha256(&config)));
        tar = tar.file(&layer_name, &layer).file(&config_name, &config);
        manifest.push(json!({"Config": config_name, "RepoTags": [name], "Layers": [layer_name]}));
    }
    let manifest = Value::from(manifest).to_string();
    std::fs::write(path, tar.file("manifest.json", manifest.as_bytes()).end())
}

/// Writes a `docker save` archive with plain layers of these sizes in bytes, which compress about as well as program
/// files do. The same sizes give the same bytes every time.
pub fn docker_save(path: &Path, layers: &[u64], tag: &str) -> io::Result<()> {
    let mut tar = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let (mut names, mut diff_ids, mut history) = (Vec::new(), Vec::new(), Vec::new());
    for (number, size) in (1..).zip(layers) {
        let name = format!("{number}/layer.tar");
        history.push(json!({"created_by": format!("/bin/sh -c #(nop) COPY file:{number} in /srv/ ")}));
        tar.write_all(&header(&name, *size, b'0', ""))?;
        let mut hasher = Sha256::new();
        each_chunk(number, *size, |chunk| {
            hasher.update(chunk);
            tar.write_all(chunk)
        })?;
        pad(&mut tar, *size)?;
        names.push(name);
        diff_ids.push(format!("sha256:{}", hex::encode(hasher.finalize())));
    }
    let mut config = image::config_of("linux/amd64", &diff_ids);
    config["history"] = history.into();
    let config = config.to_string();
    let config_name = format!("{}.json", sha256(config.as_bytes()));
    let manifest = json!([{"Config": config_name, "RepoTags": [tag], "Layers": names}]).to_string();
    member(&mut tar, &config_name, config.as_bytes())?;
    member(&mut tar, "manifest.json", manifest.as_bytes())?;
    tar.write_all(&END)?;
    tar.flush()
}

/// Half noise, half zeros, in turns of 2 KiB: the same bytes every time.
fn each_chunk(seed: u64, size: u64, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut chunk = vec![0; 1 << 20];
    let mut dice = Dice::new(seed);
    let mut left = size;
    while left > 0 {
        for turn in chunk.chunks_mut(4096) {
            for word in turn[..2048].chunks_mut(8) {
                word.copy_from_slice(&dice.next().to_le_bytes());
            }
        }
        let length = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        take(&chunk[..length])?;
        left -= length as u64;
    }
    Ok(())
}
