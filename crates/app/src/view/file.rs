//! An opened file and its images.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Code, Draft, FailureView, FileId, FindingView};

/// An opened file with its images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenedView {
    /// Handle of the file.
    pub file: FileId,
    /// File name without its folder.
    pub name: String,
    /// Size of the file on disk, bytes.
    pub file_size: u64,
    /// What kind of file it is.
    pub format: FileFormat,
    /// Outer compression (`gzip`, `zstd`, `xz`, `bzip2`), if any.
    pub compressed: Option<String>,
    /// How long reading took, milliseconds.
    pub read_ms: u64,
    /// The images inside, at least one.
    pub images: Vec<ImageView>,
    /// What the file lists beside them: incomplete images, and what is none.
    pub left_out: Vec<LeftOutView>,
    /// The draft after opening: empty fields were filled from what the file says.
    pub draft: Draft,
}

/// An entry of a file that cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LeftOutView {
    /// The number that it has among the images: `@0`, `@1`, …; none for what is no image.
    pub selector: Option<String>,
    /// The names found in the file, as stored there.
    pub names: Vec<String>,
    /// Media type that the file's list says; empty where it says none.
    pub media_type: String,
    /// Its platform, where the file's list says so.
    pub platform: Option<String>,
    /// What it is.
    pub what: LeftOutWhat,
    /// What it lacks, or what is wrong with it.
    pub failure: FailureView,
}

/// What is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LeftOutWhat {
    /// No image.
    NoImage,
    /// An image of which the file has nothing at all.
    Absent,
    /// An image that lacks something, or of which something is damaged.
    Incomplete,
}

/// What is being unpacked, or read from a pipe, into a temporary file, which is gone when Slipway ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadingView {
    /// File name without its folder.
    pub name: String,
    /// Bytes of the file that were read.
    pub read: u64,
    /// Bytes of the file; 0 for a pipe.
    pub total: u64,
    /// Bytes that were unpacked.
    pub written: u64,
    /// Bytes that it needs unpacked, as far as the file says it.
    pub need: Option<u64>,
}

/// Kinds of image files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FileFormat {
    /// `docker save`.
    DockerArchive,
    /// OCI layout in a tar.
    OciArchive,
    /// OCI layout in a folder.
    OciLayout,
}

/// One image of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImageView {
    /// Picks this image: a name or `@0`, `@1`, … (also what `slipway push --image` takes).
    pub selector: String,
    /// The names found in the file, as stored there (they may not be valid).
    pub names: Vec<NameView>,
    /// Platforms that are in the file, such as `linux/amd64`; attestations are left out.
    pub platforms: Vec<String>,
    /// Platforms that the index names but the file lacks.
    pub missing_platforms: Vec<String>,
    /// Sum of the layers' sizes as stored, bytes.
    pub size: u64,
    /// When it was built, seconds since 1970.
    pub created: Option<i64>,
    /// Entry point and command, joined by spaces.
    pub runs: Option<String>,
    /// Media type of the manifest or index.
    pub media_type: String,
    /// Digest of the stored manifest or index; none where a manifest is made at publishing.
    pub digest: Option<String>,
    /// Layers of the image (of all present platforms), in order.
    pub layers: Vec<LayerView>,
    /// What the page should point out.
    pub findings: Vec<FindingView>,
}

/// A name that stands in the file, split for the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NameView {
    /// As stored.
    pub name: String,
    /// Its last path part, made valid; fills Image name. Empty where nothing usable is left, or where it is a version only.
    pub image_name: String,
    /// Its tag; fills Version. Empty where it has none.
    pub version: String,
}

/// One layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LayerView {
    /// Position, from 1.
    pub number: u32,
    /// The build step that made it, if the config tells.
    pub made_by: Option<String>,
    /// Digest of the stored bytes; none where it is only known after compressing.
    pub digest: Option<String>,
    /// Digest of the unpacked tar, from the config.
    pub diff_id: Option<String>,
    /// Media type it will have in the registry.
    pub media_type: String,
    /// Stored size, bytes (0 for a foreign layer that is not in the file: see `declared_size`).
    pub size: u64,
    /// Size that the manifest declares, bytes.
    pub declared_size: u64,
    /// How it is stored, by its first bytes: `plain`, `gzip`, `zstd`, `other`.
    pub stored: String,
    /// How it will be sent.
    pub sending: LayerSending,
    /// Platform it belongs to, in an image of several.
    pub platform: Option<String>,
}

/// How a layer will be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LayerSending {
    /// As stored, byte for byte.
    AsStored,
    /// Compressed with gzip on the way.
    Compressed,
    /// Not in the file (foreign); only its descriptor goes up.
    NotInFile,
}

/// The "Image details" sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DetailsView {
    /// The config, indented JSON. Of the first platform, where there are several.
    pub config: String,
    /// The manifest or index, indented JSON; for a manifest made at publishing, what is known of it.
    pub manifest: String,
    /// The whole report as JSON, for "Copy as JSON".
    pub report: String,
}

/// What is in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LayerContentView {
    /// Size unpacked, bytes.
    pub unpacked: u64,
    /// Files and links; folders and marks of deletion are not counted.
    pub files: u64,
}

/// What is being dragged over the window, or was dropped. Sent as the event `drag`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "phase", rename_all = "camelCase")]
pub enum DragView {
    /// Files are over the window.
    Over {
        /// One line for each, at most 50.
        items: Vec<DragItem>,
        /// Items beyond those, which are not looked at.
        more: u32,
    },
    /// They left, or the drag was cancelled.
    Left,
    /// They were let go; the page now calls `open_dropped`.
    Dropped {
        /// One line for each, at most 50.
        items: Vec<DragItem>,
        /// Items beyond those, which are left out.
        more: u32,
    },
}

/// One dragged file, judged by name and first bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DragItem {
    /// Handle, where it is an image, a folder to build or a token.
    pub file: Option<FileId>,
    /// File name.
    pub name: String,
    /// Size, bytes.
    pub size: u64,
    /// `tar`, `compressed` (tar), `layout` (OCI folder); `build`: a folder with a Dockerfile; `token`: a text file with one token, for Accounts only.
    pub kind: Option<String>,
    /// Why it is refused as an image, where it is.
    pub refused: Option<Code>,
}
