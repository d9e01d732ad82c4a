//! What an image is, wherever it lies: media types and what they say, descriptors, platforms and configurations. Pure:
//! nothing here opens a file or asks a registry.

mod config;
mod descriptor;
mod document;
mod error;
pub mod json;
pub mod media;
mod platform;

pub use config::{ConfigView, HistoryEntry};
pub use descriptor::{Descriptor, annotations, subject};
pub use document::Document;
pub use error::Malformed;
pub use platform::Platform;
