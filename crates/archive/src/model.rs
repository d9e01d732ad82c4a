//! What was found: images, manifests, layers.

use std::fmt;

use slipway_reference::Digest;

use crate::config::ConfigView;
use crate::store::Source;

/// Kinds of image files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `docker save`: the tar has a `manifest.json` (Docker 25 and later put an OCI layout beside it).
    DockerArchive,
    /// An OCI layout in a tar.
    OciArchive,
    /// An OCI layout in a folder.
    OciLayout,
}

/// One image of a file.
#[derive(Debug, Clone)]
pub struct Image {
    /// `@0`, `@1`, … in the order of the file.
    pub selector: String,
    /// Its names as stored; they may not be valid.
    pub names: Vec<String>,
    /// Its manifest or index.
    pub root: Node,
    /// What is worth pointing out.
    pub findings: Vec<ImageFinding>,
}

/// A manifest, or an index of several.
#[derive(Debug, Clone)]
pub enum Node {
    /// One platform.
    Manifest(Box<Manifest>),
    /// Several.
    Index(Index),
}

/// An index as stored.
#[derive(Debug, Clone)]
pub struct Index {
    /// Its bytes.
    pub stored: Stored,
    /// One for each of its entries, in order.
    pub children: Vec<Child>,
}

/// An entry of an index.
#[derive(Debug, Clone)]
pub struct Child {
    /// The entry.
    pub descriptor: Descriptor,
    /// What it names; none where the file lacks it.
    pub node: Option<Node>,
}

/// The manifest of one platform.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// Its bytes; none where the file has none (`docker save` before 25) and one is made at publishing.
    pub stored: Option<Stored>,
    /// The config.
    pub config: Blob,
    /// What the config says.
    pub config_json: ConfigView,
    /// The layers, the base first.
    pub layers: Vec<Layer>,
    /// The manifest that this one is about.
    pub subject: Option<Digest>,
    /// The platform.
    pub platform: Option<Platform>,
    /// It describes another image (BuildKit's attestations); no platform of its own.
    pub attestation: bool,
}

/// A manifest or index, byte for byte.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Media type.
    pub media_type: String,
    /// Digest of the bytes.
    pub digest: Digest,
    /// The bytes.
    pub raw: Vec<u8>,
}

/// A descriptor, as far as it matters here.
#[derive(Debug, Clone)]
pub struct Descriptor {
    /// Media type.
    pub media_type: String,
    /// Digest.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    /// Platform.
    pub platform: Option<Platform>,
    /// Annotations.
    pub annotations: Vec<(String, String)>,
    /// Addresses elsewhere.
    pub urls: Vec<String>,
}

/// What an image runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// `linux`, `windows`, …
    pub os: String,
    /// `amd64`, `arm64`, …
    pub architecture: String,
    /// `v8`, …
    pub variant: Option<String>,
    /// Windows' version.
    pub os_version: Option<String>,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

/// A blob of the file.
#[derive(Debug, Clone)]
pub struct Blob {
    /// Media type.
    pub media_type: String,
    /// Digest; always known for a config.
    pub digest: Option<Digest>,
    /// Bytes.
    pub size: u64,
    /// Where it is.
    pub source: Source,
}

/// A layer.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Position, from 1.
    pub number: u32,
    /// As stored; for `docker save` the type that fits the stored compression.
    pub media_type: String,
    /// Digest of the stored bytes, where a descriptor says it.
    pub digest: Option<Digest>,
    /// How it is stored, by its first bytes.
    pub stored: Compression,
    /// Stored size, bytes; 0 where it is not in the file.
    pub size: u64,
    /// Size that the manifest declares, bytes.
    pub declared_size: u64,
    /// Digest of the unpacked tar, from the config.
    pub diff_id: Option<Digest>,
    /// The build step that made it.
    pub made_by: Option<String>,
    /// Where it is; none for a foreign layer that is not in the file.
    pub source: Option<Source>,
    /// Addresses elsewhere: a foreign layer.
    pub urls: Vec<String>,
    /// Annotations of its descriptor.
    pub annotations: Vec<(String, String)>,
    /// Name in the file.
    pub member: String,
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
    /// Something else; goes up as it is.
    Other,
}

/// What is worth pointing out about an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageFinding {
    /// The index names platforms that the file lacks.
    SparseIndex {
        /// Those that are there.
        present: Vec<String>,
        /// Those that are not.
        missing: Vec<String>,
    },
    /// A layer with addresses of its own.
    ForeignLayer {
        /// Its number.
        number: u32,
    },
    /// More layers than Docker takes.
    ManyLayers {
        /// How many.
        count: usize,
    },
    /// No name is stored.
    NoName,
    /// A stored name is no valid reference.
    InvalidName {
        /// The name.
        name: String,
    },
    /// No layer at all.
    EmptyImage,
}
