//! What an image is, wherever it lies: what it consists of, media types and what they say, descriptors, platforms,
//! configurations, what lists referrers, and the changes that people want about one. Nothing here opens a file or asks a
//! registry; where bytes are read is said by [`ReadAt`].

mod blob;
mod changes;
mod compare;
mod config;
mod descriptor;
mod document;
mod error;
mod join;
pub mod json;
pub mod media;
mod model;
mod platform;
pub mod referrers;
mod select;
mod stored;

pub use blob::{BlobSource, ReadAt};
pub use changes::{Changes, Family};
pub use compare::{ComparedLayer, Comparison, ConfigPart, Difference, LayerSum, Side, compare};
pub use config::{ConfigView, HistoryEntry};
pub use descriptor::{Descriptor, annotations, subject};
pub use document::Document;
pub use error::{ChangeError, Malformed};
pub use join::join;
pub use model::{
    Blob, Child, Compression, Image, ImageFinding, Index, Layer, Manifest, Node, SpeakingIndex, Tagged,
};
pub use platform::Platform;
pub use stored::{Stored, sha256};
