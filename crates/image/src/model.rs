//! An image and what it consists of, wherever it lies.

use std::sync::Arc;

use slipway_reference::Digest;

use crate::blob::BlobSource;
use crate::{ConfigView, Descriptor, Platform, Stored};

/// One image, with one or more platforms. What several images of a file have in common is kept once.
#[derive(Debug, Clone)]
pub struct Image {
    /// Names the image in its file: `@0`, `@1`, …
    pub selector: String,
    /// Names it has where it lies, as they are stored there; often none.
    pub names: Vec<String>,
    /// What it is.
    pub root: Node,
    /// Manifests beside it that speak of it or of one another, each after the one it speaks of.
    pub referrers: Vec<Manifest>,
    /// Manifests beside it that stand under tags named after its digest, or after that of a manifest in it.
    pub tagged: Vec<Tagged>,
    /// Indexes beside it that speak of it or of what speaks of it.
    pub speaking_indexes: Vec<SpeakingIndex>,
    /// What is worth saying about it.
    pub findings: Vec<ImageFinding>,
}

/// A manifest that says by its tag what it speaks of, as cosign's signatures do: `sha256-….sig`.
#[derive(Debug, Clone)]
pub struct Tagged {
    /// The tag.
    pub tag: String,
    /// What it is named after.
    pub subject: Digest,
    /// The manifest.
    pub manifest: Manifest,
}

/// An index that speaks of a manifest, such as statements for each platform.
#[derive(Debug, Clone)]
pub struct SpeakingIndex {
    /// What it speaks of.
    pub subject: Digest,
    /// The index.
    pub index: Index,
}

/// A manifest or an index of several.
#[derive(Debug, Clone)]
pub enum Node {
    /// The image of one platform.
    Manifest(Box<Manifest>),
    /// Several platforms.
    Index(Index),
}

impl Node {
    /// Its document as it is stored; none for an entry of `manifest.json`.
    pub fn stored(&self) -> Option<&Stored> {
        match self {
            Self::Manifest(manifest) => manifest.stored.as_ref(),
            Self::Index(index) => Some(&index.stored),
        }
    }

    /// The same where `descriptor` names it.
    #[must_use]
    pub fn named(&self, descriptor: &Descriptor) -> Self {
        let mut node = self.clone();
        if let Self::Manifest(manifest) = &mut node {
            manifest.platform = descriptor.platform.clone().or_else(|| Platform::of(&manifest.config_json));
            manifest.attestation = descriptor.is_attestation();
        }
        node
    }
}

/// An index (manifest list).
#[derive(Debug, Clone)]
pub struct Index {
    /// The index as it is stored.
    pub stored: Stored,
    /// What it names, in its order.
    pub children: Arc<Vec<Child>>,
}

/// One entry of an index.
#[derive(Debug, Clone)]
pub struct Child {
    /// What the index says of it.
    pub descriptor: Descriptor,
    /// Its content; none where it is not there.
    pub node: Option<Node>,
}

/// The image of one platform.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The manifest as it is stored; none for an entry of `manifest.json`, which has none.
    pub stored: Option<Stored>,
    /// The configuration.
    pub config: Blob,
    /// What the configuration says.
    pub config_json: Arc<ConfigView>,
    /// From the lowest to the topmost.
    pub layers: Arc<Vec<Layer>>,
    /// The manifest that this one speaks of.
    pub subject: Option<Digest>,
    /// What it runs on, from the index or else from the configuration.
    pub platform: Option<Platform>,
    /// A statement about another manifest (provenance, SBOM), no image.
    pub attestation: bool,
}

/// A configuration.
#[derive(Debug, Clone)]
pub struct Blob {
    /// Media type.
    pub media_type: String,
    /// Digest; verified for a configuration.
    pub digest: Option<Digest>,
    /// Size in bytes.
    pub size: u64,
    /// Where it is.
    pub source: BlobSource,
}

/// How a layer is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// A plain tar.
    Plain,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// Something else; it goes as it is.
    Other,
}

/// A layer.
#[derive(Debug, Clone)]
pub struct Layer {
    /// From 1, the lowest.
    pub number: u32,
    /// Media type as it is stored; in `docker save` files Docker's type that fits the compression.
    pub media_type: String,
    /// Digest of the stored bytes as a descriptor states it; not verified here.
    pub digest: Option<Digest>,
    /// How it is stored, by its first bytes.
    pub stored: Compression,
    /// Stored size in bytes; 0 where the file does not hold it.
    pub size: u64,
    /// Size in bytes that the descriptor states; without a descriptor the stored one.
    pub declared_size: u64,
    /// Digest of the plain tar, as the configuration states it.
    pub diff_id: Option<Digest>,
    /// The build step that made it, for people.
    pub made_by: Option<String>,
    /// Where it is; none for a foreign layer, which the file does not hold.
    pub source: Option<BlobSource>,
    /// Where a foreign layer can be had.
    pub urls: Vec<String>,
    /// Annotations of the descriptor, in their order.
    pub annotations: Vec<(String, String)>,
    /// Name of the member, for messages.
    pub member: String,
}

/// Something worth saying about an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageFinding {
    /// The index names platforms that the file does not hold.
    SparseIndex {
        /// Platforms that are there.
        present: Vec<String>,
        /// Platforms that are not.
        missing: Vec<String>,
    },
    /// A layer stays at another address (Windows base layers).
    ForeignLayer {
        /// Number of the layer, from 1.
        number: u32,
    },
    /// More layers than Docker can start (127).
    ManyLayers {
        /// How many.
        count: usize,
    },
    /// It has no name in the file.
    NoName,
    /// A name in the file is not a valid one.
    InvalidName {
        /// The name.
        name: String,
    },
    /// It has no layers.
    EmptyImage,
    /// Something of it stays behind: a platform that lacks something, or what is no part of an image.
    LeftOut {
        /// Its platform, or else its digest in short.
        what: String,
        /// What it lacks, or what it is.
        reason: String,
    },
    /// The name of the configuration states another digest than it has.
    ConfigName {
        /// The member.
        member: String,
    },
    /// The bytes of a layer are not what its media type says.
    LayerType {
        /// Number of the layer, from 1.
        number: u32,
        /// What the media type says.
        media_type: String,
        /// How it is stored.
        stored: Compression,
    },
    /// It stands in a folder of the file rather than at its top.
    TopFolder {
        /// The folder.
        folder: String,
    },
}
