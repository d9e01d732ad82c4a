//! Unfinished files.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What fetches left unfinished, to go on with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PartsView {
    /// Each of them.
    pub parts: Vec<PartView>,
    /// So many of them no run writes.
    pub left: u32,
    /// What these take on the disk, bytes.
    pub size: u64,
    /// Days after which one that nobody went on with is removed.
    pub kept_days: u32,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PartView {
    /// Where it lies, to be shown.
    pub folder: String,
    /// Its own name.
    pub file: String,
    /// The name that it gets when it is whole.
    pub becomes: Option<String>,
    /// What it takes on the disk, bytes.
    pub size: u64,
    /// When it was written last, seconds since 1970.
    pub written: Option<i64>,
    /// A run writes it now.
    pub in_use: bool,
}
