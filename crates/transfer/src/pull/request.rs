//! What is asked of a pull, and what came of it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use slipway_archive::Target;
use slipway_distribution::Registry;
use slipway_image::BlobSource;
use slipway_reference::{Digest, Reference};

/// What is to be fetched, and where it goes.
#[derive(Clone)]
pub struct PullRequest {
    /// The images, at least one. What several of them have in common is fetched once.
    pub images: Vec<PullImage>,
    /// The platform of this computer.
    pub default_platform: String,
    /// What is written.
    pub format: Target,
    /// The file; `-` is standard output. A regular one that exists is replaced, at the very end and at once, unless
    /// it is what would be written; anything else is written to. Of [`Target::OciLayout`] the folder.
    pub output: PathBuf,
    /// Files that earlier pulls left unfinished and that nobody writes any more. One that was begun for the same images
    /// and file is gone on with.
    pub unfinished: Vec<PathBuf>,
    /// Where blobs are looked for on this computer before they are fetched.
    pub here: Option<Here>,
    /// Who the images are for, where that one reads no layers in Zstandard: then nothing is fetched of such an image.
    pub no_zstd: Option<String>,
}

/// Says where blobs of these digests and sizes (bytes) may lie. It may block. What lies there is hashed before it counts.
pub type Here = Arc<dyn Fn(&[(Digest, u64)]) -> HashMap<Digest, Vec<BlobSource>> + Send + Sync>;

/// An image that is fetched.
#[derive(Clone)]
pub struct PullImage {
    /// Its name; without tag and digest it means `latest`.
    pub reference: Reference,
    /// Where it is.
    pub registry: Registry,
    /// What of it.
    pub platforms: Platforms,
    /// What speaks of it comes along: by `subject`, in lists of referrers, and under the tags that are named after a
    /// digest (`sha256-….sig`).
    pub referrers: bool,
}

/// Platforms of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Platforms {
    /// In a Docker archive that of this computer, elsewhere all.
    #[default]
    Usual,
    /// All, and the index byte for byte.
    All,
    /// These, such as `linux/arm64`: one goes by itself, several in an index of another digest.
    Only(Vec<String>),
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// The images in the order in which they were asked for.
    pub images: Vec<PulledImage>,
    /// Size of the file, or of what the folder has of these images, bytes.
    pub file_size: u64,
    /// Bytes of blobs that were on this computer.
    pub here: u64,
}

/// An image that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PulledImage {
    /// As it was asked for.
    pub reference: Reference,
    /// Digest of its manifest or index there.
    pub digest: Digest,
    /// Its media type.
    pub media_type: String,
    /// Manifests that came along because they speak of it.
    pub beside: usize,
}
