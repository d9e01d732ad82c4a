//! The form as it is typed, and what is found about it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::engine_kind::Engine;

/// A file that was opened in this run. The page holds this handle, which nobody can guess, never a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct FileId(pub u64);

/// How serious a finding or a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Level {
    /// Good to know.
    Information,
    /// Look here; you may go on.
    Warning,
    /// Blocks publishing.
    Problem,
}

/// The publish form, exactly as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Draft {
    /// The opened file, if any.
    pub file: Option<FileId>,
    /// Which image of the file: its [`ImageView::selector`].
    pub image: String,
    /// Publish only this platform of it, such as `linux/amd64`; empty for all.
    pub platform: String,
    /// Endpoint name.
    pub registry: String,
    /// Field Owner.
    pub owner: String,
    /// Field Repository.
    pub repository: String,
    /// Field Image name.
    pub image_name: String,
    /// The versions added so far, in order.
    pub versions: Vec<String>,
    /// What stands in the Version field and is not added yet. It counts as one more version.
    pub version_text: String,
    /// More options.
    pub options: DraftOptions,
    /// The image of an engine that the file was exported from, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub held: Option<HeldImage>,
}

/// An image that an engine has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HeldImage {
    /// Which engine.
    pub engine: Engine,
    /// The name or ID that it was asked for by.
    pub name: String,
    /// `sha256:…`, what the engine calls the image itself.
    pub id: String,
    /// Once published, it gets the published name in the engine, too.
    pub name_it: bool,
}

/// What most people leave as it is. Empty means the usual.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct DraftOptions {
    /// Description on the package's page; a label.
    pub description: String,
    /// Licences on the package's page (SPDX); a label.
    pub licenses: String,
    /// More labels, one `KEY=VALUE` a line.
    pub labels: String,
    /// How plain layers are compressed: `gzip:5`, `fast`, `small`, `zstd`.
    pub compression: String,
    /// `put`, `stream` or `chunks`.
    pub way: String,
    /// Statements about the image stay behind.
    pub drop_attestations: bool,
}

/// The form's fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// Owner
    Owner,
    /// Repository
    Repository,
    /// Image name
    ImageName,
    /// Version
    Version,
}

/// A one-click fix: apply `draft` and say `value` on the button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FixView {
    /// What kind of words the button has.
    pub kind: FixKind,
    /// The value the button names, such as `octocat`.
    pub value: String,
    /// The whole form after the fix.
    pub draft: Draft,
}

/// What a fix button says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FixKind {
    /// Use “{value}”
    Use,
    /// Use owner {value}
    UseOwner,
    /// Fill in all fields
    FillAll,
    /// Leave it
    LeaveIt,
    /// Switch to {value}
    SwitchRegistry,
    /// Shorten
    Shorten,
    /// Publish {value} only
    OnePlatform,
    /// Send in small parts
    SendInParts,
    /// Don’t link
    DontLink,
}
