//! What an image file holds: docker-save archives, OCI archives and layouts, read in place.
//!
//! A tar is walked once, over its headers; bodies are read at their positions when they are wanted, so a
//! large archive is understood at once and never unpacked. Names resolve inside the archive only.

mod archive;
mod config;
mod docker;
mod error;
mod file;
mod index;
mod model;
mod oci;
mod sniff;
mod spool;
mod store;
mod tar;
mod writer;

pub use archive::Archive;
pub use config::ConfigView;
pub use error::ArchiveError;
pub use model::{
    Blob, Child, Compression, Descriptor, Format, Image, ImageFinding, Index, Layer, Manifest, Node, Platform, Stored,
};
pub use sniff::{Outer, Sniffed, sniff};
pub use spool::{OpenOptions, SpoolProgress};
pub use store::{BlobReader, Source};
pub use writer::{Target, WriteImage, Writer};
