//! What the registry's rules say about an image, and what that means.

use std::fmt;

/// What the registry's rules say about an image. Whether it blocks: [`Check::blocks`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// A layer is above the registry's limit.
    LayerLimit {
        /// Number of the layer.
        layer: u32,
        /// Its size, bytes.
        size: u64,
        /// The limit, bytes.
        max: u64,
    },
    /// A foreign layer, at a registry that refuses them.
    LayerForeign {
        /// Number of the layer.
        layer: u32,
    },
    /// Foreign layers stay where they are; only their descriptors go up.
    ForeignKept {
        /// How many.
        count: usize,
    },
    /// What the file holds about the image (signatures, SBOMs) and stays behind: its subject gets another digest, or
    /// the registry takes no such manifests.
    ReferrersLeft {
        /// How many.
        count: usize,
    },
    /// Several platforms, at a registry that takes one.
    MultiPlatform {
        /// They.
        platforms: Vec<String>,
    },
    /// The image is so large that the registry may be slow.
    ImageLarge {
        /// Size as stored, bytes.
        size: u64,
    },
    /// The index names platforms that are not in the file; the present ones are published.
    Sparse {
        /// Those in the file.
        present: Vec<String>,
        /// The others.
        missing: Vec<String>,
    },
}

impl Check {
    /// It speaks against publishing; the others only inform.
    pub fn blocks(&self) -> bool {
        matches!(self, Self::LayerLimit { .. } | Self::LayerForeign { .. } | Self::MultiPlatform { .. })
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LayerLimit { layer, size, max } => {
                write!(f, "layer {layer} is {size} bytes; this registry takes at most {max} a layer")
            }
            Self::LayerForeign { layer } => {
                write!(f, "layer {layer} is a foreign layer, which this registry refuses")
            }
            Self::ForeignKept { count } => {
                write!(f, "{count} foreign layers are not in the file and stay where they are")
            }
            Self::ReferrersLeft { count } => {
                write!(
                    f,
                    "{count} signatures or statements speak of digests that are not published, and stay behind"
                )
            }
            Self::MultiPlatform { platforms } => write!(
                f,
                "this registry takes one platform, the image has {}: choose one",
                platforms.join(", ")
            ),
            Self::ImageLarge { size } => {
                write!(f, "the image is {size} bytes; above 10 GB this registry may be slow")
            }
            Self::Sparse { present, missing } => write!(
                f,
                "the file holds {} only, though its index also names {}",
                present.join(", "),
                missing.join(", ")
            ),
        }
    }
}
