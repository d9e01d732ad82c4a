//! What is found in an image file beside its images.

use slipway_image::Platform;
use slipway_reference::Digest;

use crate::ArchiveError;

/// The kind of file or folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// What `docker save` writes, and everything that imitates it: a tar with `manifest.json`.
    DockerArchive,
    /// A tar of an OCI layout without `manifest.json`.
    OciArchive,
    /// A folder with an OCI layout.
    OciLayout,
}

/// What the file lists and what cannot be published: it stands by itself, as every image does.
#[derive(Debug)]
pub struct LeftOut {
    /// Names the image in this file as [`Image::selector`] does; none for what is no image.
    pub selector: Option<String>,
    /// Names it has in the file, as they are stored there.
    pub names: Vec<String>,
    /// What it is.
    pub kind: LeftOutKind,
    /// Media type that the list says; empty where it says none.
    pub media_type: String,
    /// What it runs on, where the list says so.
    pub platform: Option<Platform>,
    /// What it lacks, or what is wrong with it.
    pub reason: ArchiveError,
    /// Its place among what the file lists.
    pub(crate) order: u64,
    /// What it speaks of.
    pub(crate) subject: Option<Digest>,
}

impl LeftOut {
    pub(crate) fn new(kind: LeftOutKind, order: u64, names: Vec<String>, reason: ArchiveError) -> Self {
        let (selector, media_type, platform, subject) = (None, String::new(), None, None);
        Self { selector, names, kind, media_type, platform, reason, order, subject }
    }
}

/// What is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOutKind {
    /// An image that lacks something, or of which something is damaged.
    Incomplete,
    /// An image of which the file has nothing at all.
    Absent,
    /// No image.
    NoImage,
}
