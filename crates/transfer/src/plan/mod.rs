//! What a push will do, before it does anything. A plan is plain data: the window shows it, a dry run
//! prints it.

mod check;
mod look;
mod manifest;
mod parts;
mod referrers;
mod rules;

use slipway_compress::Method;
use slipway_image::{BlobSource, Compression};
use slipway_reference::{Digest, RepositoryPath, Tag};

use crate::options::Options;
use crate::payload::Payload;

pub use check::Check;
pub(crate) use manifest::Referrer;
pub use parts::Parts;

/// What is to be published where.
#[derive(Clone)]
pub struct Request {
    /// What goes up.
    pub contents: Payload,
    /// What that consists of at its registry; see [`Parts::of`].
    pub parts: Parts,
    /// The name in the registry.
    pub path: RepositoryPath,
    /// The versions, at least one.
    pub tags: Vec<Tag>,
    /// What people set.
    pub options: Options,
}

/// What a blob is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// An image configuration.
    Config,
    /// A layer.
    Layer,
}

/// How a blob goes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Byte for byte.
    AsStored,
    /// Compressed on the way.
    Compress(Method),
}

/// A blob that the registry must have. Equal ones stand once.
#[derive(Debug, Clone)]
pub struct Blob {
    /// What it is for.
    pub role: Role,
    /// Number of the (first) layer it is, from 1; 0 for a config.
    pub number: u32,
    /// Where it lies in the file, for messages.
    pub member: String,
    /// Media type in the registry.
    pub media_type: String,
    /// Digest of the stored bytes, where they go up as they are and the file says it.
    pub digest: Option<Digest>,
    /// Digest of a layer's unpacked content, checked on the way.
    pub diff_id: Option<Digest>,
    /// How the bytes are stored.
    pub stored: Compression,
    /// What an earlier push made of it with the same compression: digest and size, bytes.
    pub remembered: Option<(Digest, u64)>,
    /// An earlier push unpacked it, and it has its diff ID.
    pub checked: bool,
    /// What compressing will make of it, about, bytes; where samples of it were taken.
    pub estimated: Option<u64>,
    /// Stored size, bytes.
    pub size: u64,
    /// How it goes up.
    pub encoding: Encoding,
    /// Where its bytes are.
    pub source: BlobSource,
}

impl Blob {
    /// It is compressed on the way.
    pub fn is_compressed_on_the_way(&self) -> bool {
        matches!(self.encoding, Encoding::Compress(_))
    }

    /// Digest and size in the registry, as far as they are known before sending.
    pub fn in_registry(&self) -> Option<(Digest, u64)> {
        match &self.digest {
            Some(digest) => Some((digest.clone(), self.size)),
            None => self.remembered.clone(),
        }
    }

    /// Size in the registry where it is known, what samples say otherwise, else the stored size; bytes.
    pub fn wire_size(&self) -> u64 {
        let known = self.remembered.as_ref().map(|(_, size)| *size);
        known.or(self.estimated).unwrap_or(self.size)
    }
}

/// A layer as the image lists it: several may be one blob.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Position in its manifest, from 1.
    pub number: u32,
    /// The platform, in an image of several.
    pub platform: Option<String>,
    /// The build step that made it.
    pub made_by: Option<String>,
    /// Index into [`Parts::blobs`]; none for a foreign layer that is not in the file.
    pub blob: Option<usize>,
    /// Stored size, bytes; the declared one for a foreign layer.
    pub size: u64,
    /// Media type in the registry.
    pub media_type: String,
    /// Digest of the stored bytes, where the file says it.
    pub digest: Option<Digest>,
    /// Digest of the unpacked content, from the config.
    pub diff_id: Option<Digest>,
}

/// Whether the registry has a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It has.
    There,
    /// It has not.
    Missing,
    /// Not asked, or its digest is only known after sending.
    Unknown,
}

/// What happens to one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagPlan {
    /// The version.
    pub tag: Tag,
    /// What becomes of it.
    pub state: TagState,
}

/// What becomes of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagState {
    /// The registry knows no such tag yet.
    New,
    /// It points to the same digest already.
    Same,
    /// It points elsewhere and will move; the new digest may only be known after sending.
    Moves {
        /// What it points to now.
        from: Digest,
        /// What it will point to, where that is known.
        to: Option<Digest>,
    },
    /// Not asked.
    Unknown,
}

/// Everything that is known before the first byte goes up.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What the image consists of at this registry.
    pub parts: Parts,
    /// For each of [`Parts::blobs`], whether the registry has it.
    pub there: Vec<Presence>,
    /// One for each version, in order.
    pub tags: Vec<TagPlan>,
    /// Digest that the versions will point to, where it is known before sending.
    pub digest: Option<Digest>,
}

impl Plan {
    /// The plan as far as it is known without asking anyone.
    pub fn local(parts: Parts, tags: &[Tag]) -> Self {
        let there = vec![Presence::Unknown; parts.blobs.len()];
        let digest = parts.digest();
        let tags = tags.iter().map(|tag| TagPlan { tag: tag.clone(), state: TagState::Unknown }).collect();
        Self { parts, there, tags, digest }
    }

    /// Bytes that the registry has already.
    pub fn bytes_there(&self) -> u64 {
        self.sum(Presence::There)
    }

    /// Bytes that are to be sent, and whether that is exact: a plain layer counts as samples of it say, and where none
    /// were taken as stored, which is an upper bound.
    pub fn bytes_to_send(&self) -> (u64, bool) {
        let exact = self.to_send().all(|blob| blob.in_registry().is_some());
        (self.to_send().map(Blob::wire_size).sum(), exact)
    }

    /// The blobs that the registry is not known to have.
    fn to_send(&self) -> impl Iterator<Item = &Blob> {
        let blobs = self.parts.blobs.iter().zip(&self.there);
        blobs.filter(|(_, there)| **there != Presence::There).map(|(blob, _)| blob)
    }

    fn sum(&self, presence: Presence) -> u64 {
        let blobs = self.parts.blobs.iter().zip(&self.there);
        blobs.filter(|(_, there)| **there == presence).map(|(blob, _)| blob.wire_size()).sum()
    }
}
