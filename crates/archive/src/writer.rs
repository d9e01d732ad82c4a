//! Writing image files: one pass, constant memory, the same bytes for the same image.

use std::collections::HashMap;
use std::io::{self, Read, Write};

use serde_json::{Value, json};
use sha2::Digest as _;
use slipway_image::media;
use slipway_reference::{Algorithm, Digest};

use crate::container::{blob_name, parse, verify};
use crate::names::split_tag;
use crate::{ArchiveError, tar};

/// The kind of file to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// For `docker load`; at the same time an OCI archive. One platform for each image.
    DockerArchive,
    /// An OCI archive.
    OciArchive,
}

/// An image to name at the end of the file.
#[derive(Debug, Clone)]
pub struct WriteImage {
    /// Full names with tags, which the file will carry; may be empty.
    pub names: Vec<String>,
    /// Media type of `raw`.
    pub media_type: String,
    /// Digest of `raw`.
    pub digest: Digest,
    /// The manifest or index. It is written by [`Writer::finish`]; what an index names is not.
    pub raw: Vec<u8>,
}

/// Writes an image file. Blobs come first, in any order, each once; [`Writer::finish`] ends the file.
///
/// After an error the file is unusable.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    target: Target,
    written: HashMap<Digest, u64>,
}

impl<W: Write> Writer<W> {
    /// Starts a file. `out` should be buffered.
    pub fn new(out: W, target: Target) -> Self {
        Self { out, target, written: HashMap::new() }
    }

    /// Writes the `size` bytes of `content`, whose digest is `digest`. What is there already is not read.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`] where the digest does not fit, [`ArchiveError::Malformed`] where the size
    /// does not; [`ArchiveError::Write`] carries the error of `content` or of the file, as it was.
    pub fn blob(&mut self, digest: &Digest, size: u64, content: &mut dyn Read) -> Result<(), ArchiveError> {
        if self.written.contains_key(digest) {
            return Ok(());
        }
        let member = blob_name(digest);
        self.header(&member, size)?;
        let mut hash = Hash::new(digest.algorithm());
        let mut buffer = vec![0; 1 << 17];
        let mut left = size;
        loop {
            let length = match content.read(&mut buffer) {
                Ok(0) if left == 0 => break,
                Ok(0) => {
                    return Err(ArchiveError::malformed(
                        member,
                        format!("it ends {left} bytes before its size"),
                    ));
                }
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(write_failed(error)),
            };
            left = left.checked_sub(length as u64).ok_or_else(|| {
                ArchiveError::malformed(&member, format!("it is longer than its {size} bytes"))
            })?;
            hash.update(&buffer[..length]);
            self.out.write_all(&buffer[..length]).map_err(write_failed)?;
        }
        let found = hash.finish();
        if found != *digest {
            return Err(ArchiveError::Damaged { member, expected: digest.clone(), found });
        }
        self.padding(size)?;
        self.written.insert(digest.clone(), size);
        Ok(())
    }

    /// Writes the images and the end of the file; gives `out` back, flushed.
    ///
    /// # Errors
    /// As [`Writer::blob`]; and [`ArchiveError::MemberMissing`] for a blob that an image needs and nobody
    /// wrote, [`ArchiveError::Malformed`] for one that this kind of file cannot hold.
    pub fn finish(mut self, images: &[WriteImage]) -> Result<W, ArchiveError> {
        let mut index = Vec::new();
        let mut entries = Vec::new();
        for image in images {
            let member = blob_name(&image.digest);
            verify(&image.raw, &image.digest, &member)?;
            self.blob(&image.digest, image.raw.len() as u64, &mut &image.raw[..])?;
            let manifest = parse(&image.raw, &member)?;
            if manifest.get("manifests").is_none() {
                entries.push(self.docker_entry(image, &manifest)?);
            } else if self.target == Target::DockerArchive {
                return Err(ArchiveError::malformed(
                    member,
                    "a Docker archive holds one platform, and this is an index",
                ));
            }
            index.extend(descriptors(image));
        }
        self.json("oci-layout", &json!({"imageLayoutVersion": "1.0.0"}))?;
        self.json(
            "index.json",
            &json!({
                "schemaVersion": 2,
                "mediaType": media::OCI_INDEX,
                "manifests": index,
            }),
        )?;
        if self.target == Target::DockerArchive {
            self.json("manifest.json", &Value::Array(entries))?;
        }
        self.out.write_all(&[0; 1024]).and_then(|()| self.out.flush()).map_err(write_failed)?;
        Ok(self.out)
    }

    /// The entry of `manifest.json`; also proof that all of the image is there.
    fn docker_entry(&self, image: &WriteImage, manifest: &Value) -> Result<Value, ArchiveError> {
        let config = self.present(&manifest["config"])?;
        let layers = manifest["layers"].as_array().into_iter().flatten().enumerate();
        let layers = layers.filter_map(|(number, layer)| {
            let foreign = layer["urls"].as_array().is_some_and(|urls| !urls.is_empty());
            match self.present(layer) {
                Err(ArchiveError::MemberMissing { .. }) if foreign && self.target == Target::OciArchive => {
                    None
                }
                Err(ArchiveError::MemberMissing { member }) if foreign => Some(Err(ArchiveError::malformed(
                    member,
                    format!("layer {} is foreign, which a Docker archive cannot hold", number + 1),
                ))),
                found => Some(found),
            }
        });
        let layers: Vec<_> = layers.collect::<Result<_, _>>()?;
        let tags: Vec<_> = image.names.iter().filter_map(|name| repo_tag(name)).collect();
        Ok(json!({"Config": config, "RepoTags": tags, "Layers": layers}))
    }

    /// The member that holds what `descriptor` names.
    fn present(&self, descriptor: &Value) -> Result<String, ArchiveError> {
        let digest = descriptor["digest"].as_str().and_then(|digest| digest.parse::<Digest>().ok());
        let digest =
            digest.ok_or_else(|| ArchiveError::malformed("the manifest", "a descriptor has no digest"))?;
        let member = blob_name(&digest);
        if self.written.contains_key(&digest) {
            Ok(member)
        } else {
            Err(ArchiveError::MemberMissing { member })
        }
    }

    fn json(&mut self, name: &str, value: &Value) -> Result<(), ArchiveError> {
        let text = value.to_string();
        self.header(name, text.len() as u64)?;
        self.out.write_all(text.as_bytes()).map_err(write_failed)?;
        self.padding(text.len() as u64)
    }

    fn header(&mut self, name: &str, size: u64) -> Result<(), ArchiveError> {
        self.out.write_all(&tar::write(name, size)).map_err(write_failed)
    }

    fn padding(&mut self, size: u64) -> Result<(), ArchiveError> {
        let zeros = [0; 512];
        // Less than a block.
        let length = usize::try_from(size.wrapping_neg() % tar::BLOCK).unwrap_or_default();
        self.out.write_all(&zeros[..length]).map_err(write_failed)
    }
}

fn write_failed(source: io::Error) -> ArchiveError {
    ArchiveError::Write { source }
}

/// What `index.json` says of an image: one entry for each name, as containerd and Docker write it.
fn descriptors(image: &WriteImage) -> Vec<Value> {
    let entry =
        json!({"mediaType": image.media_type, "digest": image.digest.to_string(), "size": image.raw.len()});
    let named = |name: &String| {
        let mut entry = entry.clone();
        let tagged = repo_tag(name)?;
        let tag = split_tag(&tagged).1.unwrap_or("latest").to_owned();
        entry["annotations"] =
            json!({"io.containerd.image.name": tagged, "org.opencontainers.image.ref.name": tag});
        Some(entry)
    };
    let named: Vec<_> = image.names.iter().filter_map(named).collect();
    if named.is_empty() { vec![entry] } else { named }
}

/// `name` as `docker load` takes it: with a tag and without a digest; none where it has only a digest.
fn repo_tag(name: &str) -> Option<String> {
    let (rest, digest) = name.split_once('@').map_or((name, false), |(rest, _)| (rest, true));
    match split_tag(rest).1 {
        Some(_) => Some(rest.to_owned()),
        None if digest => None,
        None => Some(format!("{rest}:latest")),
    }
}

enum Hash {
    Sha256(sha2::Sha256),
    Sha512(sha2::Sha512),
}

impl Hash {
    fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256(sha2::Sha256::new()),
            Algorithm::Sha512 => Self::Sha512(sha2::Sha512::new()),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hash) => hash.update(bytes),
            Self::Sha512(hash) => hash.update(bytes),
        }
    }

    fn finish(self) -> Digest {
        match self {
            Self::Sha256(hash) => Digest::sha256(&hash.finalize().into()),
            Self::Sha512(hash) => Digest::sha512(&hash.finalize().into()),
        }
    }
}
