//! Writing an image file: one pass, constant memory, the same bytes for the same image.

use std::collections::HashSet;
use std::io::{self, Read, Write};

use serde_json::{Value, json};
use sha2::Digest as _;
use slipway_reference::{Algorithm, Digest};

use crate::ArchiveError;
use crate::store::blob_name;

/// The kind of file to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// What `docker load` takes; an OCI layout as well. One platform for each image.
    DockerArchive,
    /// An OCI layout.
    OciArchive,
}

/// An image to list in the file.
#[derive(Debug, Clone)]
pub struct WriteImage {
    /// Whole names.
    pub names: Vec<String>,
    /// Media type of its manifest or index.
    pub media_type: String,
    /// Digest of it.
    pub digest: Digest,
    /// Its bytes.
    pub raw: Vec<u8>,
}

/// Writes an image file as a stream. Blobs come in any order, each once.
pub struct Writer<W: Write> {
    out: W,
    target: Target,
    written: HashSet<Digest>,
}

/// Bytes that are copied at once.
const CHUNK: usize = 1 << 18;

impl<W: Write> Writer<W> {
    /// A writer of a file of this kind.
    pub fn new(out: W, target: Target) -> Self {
        Self { out, target, written: HashSet::new() }
    }

    /// Writes a blob of `size` bytes and checks its digest on the way; one that was written is passed over.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`] where the content does not fit. What was written by then is of no use.
    /// An [`ArchiveError::Write`] holds the error of `content` itself, if that failed.
    pub fn blob(&mut self, digest: &Digest, size: u64, content: &mut dyn Read) -> Result<(), ArchiveError> {
        if !self.written.insert(digest.clone()) {
            return Ok(());
        }
        let member = blob_name(digest);
        self.header(&member, size)?;
        let mut hasher = Hasher::new(digest.algorithm());
        let (mut buffer, mut left) = (vec![0; CHUNK], size);
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK);
            let length = match content.read(&mut buffer[..most]) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => return Err(ArchiveError::Write { source }),
            };
            if length == 0 {
                return Err(ArchiveError::Truncated { at: size - left, size });
            }
            hasher.update(&buffer[..length]);
            self.out.write_all(&buffer[..length]).map_err(write)?;
            left -= length as u64;
        }
        let found = hasher.digest();
        if found != *digest {
            return Err(ArchiveError::Damaged { member, expected: digest.clone(), found });
        }
        // One more byte than promised is another blob.
        match content.read(&mut buffer[..1]) {
            Ok(0) => self.pad(size),
            Ok(_) => Err(ArchiveError::malformed(member, "it is longer than its descriptor says")),
            Err(source) => Err(ArchiveError::Write { source }),
        }
    }

    /// Writes the lists of images and the end, and gives the output back.
    pub fn finish(mut self, images: &[WriteImage]) -> Result<W, ArchiveError> {
        let mut descriptors = Vec::new();
        let mut list = Vec::new();
        for image in images {
            self.blob(&image.digest, image.raw.len() as u64, &mut &image.raw[..])?;
            let manifest: Value = serde_json::from_slice(&image.raw).map_err(|error| ArchiveError::malformed("the manifest", error))?;
            descriptors.extend(descriptions(image));
            list.extend(entry(image, &manifest));
        }
        self.member("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
        let index = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": descriptors});
        self.member("index.json", index.to_string().as_bytes())?;
        if self.target == Target::DockerArchive {
            self.member("manifest.json", Value::Array(list).to_string().as_bytes())?;
        }
        self.out.write_all(&[0; 1024]).map_err(write)?;
        self.out.flush().map_err(write)?;
        Ok(self.out)
    }

    fn member(&mut self, name: &str, content: &[u8]) -> Result<(), ArchiveError> {
        self.header(name, content.len() as u64)?;
        self.out.write_all(content).map_err(write)?;
        self.pad(content.len() as u64)
    }

    fn header(&mut self, name: &str, size: u64) -> Result<(), ArchiveError> {
        let mut block = [0_u8; 512];
        // Names here are short: the longest is that of a SHA-512 blob with 142 characters.
        match name.len() {
            ..=99 => block[..name.len()].copy_from_slice(name.as_bytes()),
            _ => {
                let (front, last) = name.rsplit_once('/').unwrap_or(("", name));
                if last.len() > 100 {
                    return self.long_name(name, size);
                }
                block[..last.len()].copy_from_slice(last.as_bytes());
                block[345..345 + front.len()].copy_from_slice(front.as_bytes());
            }
        }
        self.fill(&mut block, size, b'0');
        self.out.write_all(&block).map_err(write)
    }

    /// GNU's way for names above 100 bytes.
    fn long_name(&mut self, name: &str, size: u64) -> Result<(), ArchiveError> {
        let mut block = [0_u8; 512];
        block[..13].copy_from_slice(b"././@LongLink");
        self.fill(&mut block, name.len() as u64 + 1, b'L');
        self.out.write_all(&block).map_err(write)?;
        self.out.write_all(name.as_bytes()).map_err(write)?;
        self.out.write_all(&[0]).map_err(write)?;
        self.pad(name.len() as u64 + 1)?;
        let mut block = [0_u8; 512];
        block[..100].copy_from_slice(&name.as_bytes()[..100]);
        self.fill(&mut block, size, b'0');
        self.out.write_all(&block).map_err(write)
    }

    fn fill(&self, block: &mut [u8; 512], size: u64, kind: u8) {
        block[100..108].copy_from_slice(b"0000644\0");
        block[108..116].copy_from_slice(b"0000000\0");
        block[116..124].copy_from_slice(b"0000000\0");
        if size < 1 << 33 {
            block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
        } else {
            // What eleven octal digits do not hold.
            block[124] = 0x80;
            block[128..136].copy_from_slice(&size.to_be_bytes());
        }
        block[136..148].copy_from_slice(b"00000000000\0");
        block[148..156].copy_from_slice(b"        ");
        block[156] = kind;
        block[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }

    fn pad(&mut self, size: u64) -> Result<(), ArchiveError> {
        let rest = usize::try_from(size % 512).unwrap_or_default();
        if rest == 0 { Ok(()) } else { self.out.write_all(&[0; 512][rest..]).map_err(write) }
    }
}

fn write(source: io::Error) -> ArchiveError {
    ArchiveError::Write { source }
}

/// The image in `index.json`, once for each name.
fn descriptions(image: &WriteImage) -> Vec<Value> {
    let plain = json!({"mediaType": image.media_type, "digest": image.digest.to_string(), "size": image.raw.len()});
    if image.names.is_empty() {
        return vec![plain];
    }
    let named = image.names.iter().map(|name| {
        let mut described = plain.clone();
        // containerd reads the whole name here, podman and skopeo the specification's own.
        described["annotations"] = json!({"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name});
        described
    });
    named.collect()
}

/// The image in `manifest.json`; an index has no place there.
fn entry(image: &WriteImage, manifest: &Value) -> Option<Value> {
    let path = |descriptor: &Value| {
        let digest: Digest = descriptor["digest"].as_str()?.parse().ok()?;
        Some(blob_name(&digest))
    };
    let layers: Option<Vec<String>> = manifest["layers"].as_array()?.iter().map(path).collect();
    // Docker's list takes tags, no digests.
    let tags: Vec<&String> = image.names.iter().filter(|name| !name.contains('@')).collect();
    Some(json!({"Config": path(&manifest["config"])?, "RepoTags": tags, "Layers": layers?}))
}

enum Hasher {
    Sha256(sha2::Sha256),
    Sha512(Box<sha2::Sha512>),
}

impl Hasher {
    fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256(sha2::Sha256::new()),
            Algorithm::Sha512 => Self::Sha512(Box::new(sha2::Sha512::new())),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    fn digest(self) -> Digest {
        match self {
            Self::Sha256(hasher) => Digest::sha256(&hasher.finalize().into()),
            Self::Sha512(hasher) => Digest::sha512(&hasher.finalize().into()),
        }
    }
}
