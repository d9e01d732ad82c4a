//! How an image file is laid out: known whole before any blob is there, the same for the same image.

use std::collections::HashSet;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use slipway_image::{Stored, media, referrers};
use slipway_reference::Digest;

use crate::container::{blob_name, parse, verify};
use crate::names::split_tag;
use crate::{ArchiveError, tar};

/// The kind of file to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// For `docker load`, by `manifest.json`, which names one platform of each image; at the same time an OCI archive.
    DockerArchive,
    /// An OCI archive.
    OciArchive,
    /// An OCI layout folder, which [`Folder`](crate::Folder) writes: what it holds, and its size.
    OciLayout,
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
    /// The manifest or index. What an index names is not written with it.
    pub raw: Vec<u8>,
    /// Where `raw` is an index: the manifest in it that `docker load` gets. Only a Docker archive needs it.
    pub loaded: Option<Vec<u8>>,
    /// What speaks of it: listed beside it. Neither these manifests are written with it.
    pub beside: Vec<Beside>,
}

/// A manifest that speaks of an image: a signature, an SBOM, an attestation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Beside {
    /// The manifest.
    pub stored: Stored,
    /// The full name under which it stands in its registry, where that is named after the digest of the image.
    pub name: Option<String>,
}

/// A blob's member in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// What it must be.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    /// Where its content begins, bytes.
    pub offset: u64,
}

impl Member {
    /// The header that stands right before the content.
    pub fn header(&self) -> Vec<u8> {
        tar::write(&self.name(), self.size)
    }

    /// Its name.
    pub fn name(&self) -> String {
        blob_name(&self.digest)
    }

    /// The zeros behind the content.
    pub fn padding(&self) -> &'static [u8] {
        padding(self.size)
    }
}

/// An image file that is to be written: blobs, each once and in the order in which they are named, then what names them.
#[derive(Debug, Clone)]
pub struct Layout {
    members: Vec<Member>,
    end: Vec<u8>,
    end_at: u64,
}

impl Layout {
    /// For `images` and the blobs that they and their manifests consist of.
    ///
    /// # Errors
    /// [`ArchiveError::MemberMissing`] for a blob that an image needs and `blobs` lacks, [`ArchiveError::Damaged`] where
    /// an image's digest does not fit, [`ArchiveError::Malformed`] for what this kind of file cannot hold and for sizes
    /// that no file can have.
    pub fn new(
        target: Target,
        blobs: impl IntoIterator<Item = (Digest, u64)>,
        images: &[WriteImage],
    ) -> Result<Self, ArchiveError> {
        let (mut members, mut known, mut at) = (Vec::new(), HashSet::new(), 0_u64);
        for (digest, size) in blobs {
            if !known.insert(digest.clone()) {
                continue;
            }
            let header = tar::write(&blob_name(&digest), size).len() as u64;
            let offset = at.checked_add(header);
            let end =
                offset.and_then(|offset| offset.checked_add(size)?.checked_add(padding(size).len() as u64));
            let (Some(offset), Some(end)) = (offset, end) else {
                return Err(ArchiveError::malformed(
                    blob_name(&digest),
                    format!("no file holds its {size} bytes"),
                ));
            };
            members.push(Member { digest, size, offset });
            at = end;
        }
        let mut end = End { target, known, bytes: Vec::new() };
        end.write(images)?;
        if at.checked_add(end.bytes.len() as u64).is_none() {
            return Err(ArchiveError::malformed("the image", "no file holds its blobs"));
        }
        Ok(Self { members, end: end.bytes, end_at: at })
    }

    /// The blobs in the order in which they lie.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// What stands behind the last blob, and where.
    pub fn end(&self) -> (u64, &[u8]) {
        (self.end_at, &self.end)
    }

    /// Size of the whole file, bytes.
    pub fn size(&self) -> u64 {
        self.end_at + self.end.len() as u64
    }

    /// What tells this file from every other one.
    pub(crate) fn key(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for member in &self.members {
            hash.update(member.digest.to_string());
            hash.update(member.size.to_be_bytes());
            hash.update(member.offset.to_be_bytes());
        }
        hash.update(&self.end);
        hash.finalize().into()
    }
}

/// The end of a file in the making.
struct End {
    target: Target,
    known: HashSet<Digest>,
    bytes: Vec<u8>,
}

impl End {
    fn write(&mut self, images: &[WriteImage]) -> Result<(), ArchiveError> {
        let mut entries = Vec::new();
        for image in images {
            let member = blob_name(&image.digest);
            verify(&image.raw, &image.digest, &member)?;
            if self.known.insert(image.digest.clone()) {
                self.member(&member, &image.raw);
            }
            let manifest = parse(&image.raw, &member)?;
            if manifest.get("manifests").is_none() {
                entries.push(self.docker_entry(image, &manifest)?);
            } else if let (Some(loaded), Target::DockerArchive) = (&image.loaded, self.target) {
                entries.push(self.docker_entry(image, &parse(loaded, &member)?)?);
            } else if self.target == Target::DockerArchive {
                let reason = "a Docker archive names one platform, and this is an index";
                return Err(ArchiveError::malformed(member, reason));
            }
            for Beside { stored, .. } in &image.beside {
                let member = blob_name(&stored.digest);
                if !self.known.contains(&stored.digest) {
                    return Err(ArchiveError::MemberMissing { member });
                }
            }
        }
        self.member("oci-layout", OCI_LAYOUT);
        self.json("index.json", &index(entries_of(images)));
        if self.target == Target::DockerArchive {
            self.json("manifest.json", &Value::Array(entries));
        }
        self.bytes.extend([0; 1024]);
        Ok(())
    }

    /// The entry of `manifest.json`; also proof that all of the image is there.
    fn docker_entry(&self, image: &WriteImage, manifest: &Value) -> Result<Value, ArchiveError> {
        let config = self.present(&manifest["config"])?;
        let layers = manifest["layers"].as_array().into_iter().flatten().enumerate();
        let layers = layers.filter_map(|(number, layer)| {
            let foreign = layer["urls"].as_array().is_some_and(|urls| !urls.is_empty());
            match self.present(layer) {
                Err(ArchiveError::MemberMissing { .. })
                    if foreign && self.target != Target::DockerArchive =>
                {
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
        if self.known.contains(&digest) { Ok(member) } else { Err(ArchiveError::MemberMissing { member }) }
    }

    fn json(&mut self, name: &str, value: &Value) {
        self.member(name, value.to_string().as_bytes());
    }

    fn member(&mut self, name: &str, content: &[u8]) {
        let size = content.len() as u64;
        self.bytes.extend(tar::write(name, size));
        self.bytes.extend(content);
        self.bytes.extend(padding(size));
    }
}

/// What fills the last block of a member.
fn padding(size: u64) -> &'static [u8] {
    const ZEROS: [u8; 512] = [0; 512];
    // Less than a block.
    &ZEROS[..usize::try_from(size.wrapping_neg() % tar::BLOCK).unwrap_or_default()]
}

/// The content of `oci-layout`.
pub(crate) const OCI_LAYOUT: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;

/// The full name of an image, as containerd and Docker write it into `index.json`.
pub(crate) const FULL_NAME: &str = "io.containerd.image.name";

/// What an image is called within its file: its tag, or its full name where several have that tag.
pub(crate) const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// `index.json` with these entries.
pub(crate) fn index(entries: Vec<Value>) -> Value {
    json!({"schemaVersion": 2, "mediaType": media::OCI_INDEX, "manifests": entries})
}

/// What `index.json` says of `images`: an entry for each name, as containerd and Docker write it, and behind them what
/// speaks of them. Tools choose an image by its name, so no two entries have the same one.
pub(crate) fn entries_of(images: &[WriteImage]) -> Vec<Value> {
    let mut entries: Vec<Value> = images.iter().flat_map(descriptors).collect();
    let mut listed: HashSet<&Beside> = HashSet::new();
    for beside in images.iter().flat_map(|image| &image.beside) {
        if listed.insert(beside) {
            let mut entry = referrers::entry(&beside.stored);
            if let Some(name) = &beside.name {
                call(&mut entry, name);
            }
            entries.push(entry);
        }
    }
    let mut taken = HashSet::new();
    for entry in &mut entries {
        let Some(name) = annotation(entry, REF_NAME) else { continue };
        if !taken.insert(name.to_owned()) {
            call_in_full(entry);
        }
    }
    entries
}

/// What an entry says of itself.
pub(crate) fn annotation<'a>(entry: &'a Value, key: &str) -> Option<&'a str> {
    entry["annotations"][key].as_str()
}

/// Names an entry after the whole of its image's name.
pub(crate) fn call_in_full(entry: &mut Value) {
    if let Some(name) = annotation(entry, FULL_NAME).map(str::to_owned) {
        entry["annotations"][REF_NAME] = json!(name);
    }
}

/// Gives an entry the name of its image.
fn call(entry: &mut Value, tagged: &str) {
    if !entry["annotations"].is_object() {
        entry["annotations"] = json!({});
    }
    entry["annotations"][FULL_NAME] = json!(tagged);
    entry["annotations"][REF_NAME] = json!(split_tag(tagged).1.unwrap_or("latest"));
}

fn descriptors(image: &WriteImage) -> Vec<Value> {
    let entry =
        json!({"mediaType": image.media_type, "digest": image.digest.to_string(), "size": image.raw.len()});
    let named = |name: &String| {
        let mut entry = entry.clone();
        call(&mut entry, &repo_tag(name)?);
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
