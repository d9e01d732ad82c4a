//! What differs between two images.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a version names now, and what differs from the image that is to be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DifferencesView {
    /// The version.
    pub tag: String,
    /// What it names: digest of the manifest or index.
    pub digest: String,
    /// When the image of `platform` was built, seconds since 1970, where it says that.
    pub created: Option<i64>,
    /// Its layers at the registry, bytes; 0 where nothing is compared.
    pub size: u64,
    /// Platforms that both have; an empty text where an image says none.
    pub platforms: Vec<String>,
    /// Platforms of the one at the registry alone.
    pub only_there: Vec<String>,
    /// Platforms of the one to be published alone.
    pub only_here: Vec<String>,
    /// The one that is compared.
    pub platform: Option<String>,
    /// What differs; none where they have no platform in common.
    pub comparison: Option<ComparisonView>,
}

/// What differs between two images of one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ComparisonView {
    /// Layers of both.
    pub common: LayersView,
    /// Layers of the one at the registry alone.
    pub only_there: LayersView,
    /// Layers of the one to be published alone; about, where they are compressed on the way.
    pub only_here: LayersView,
    /// What differs in their configurations.
    pub config: Vec<ConfigDifference>,
}

/// Some layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LayersView {
    /// How many.
    pub count: u32,
    /// Together, bytes.
    pub bytes: u64,
}

/// A part of a configuration that differs. Values of variables never cross.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConfigDifference {
    /// Which.
    pub part: ConfigPartName,
    /// What only the one at the registry has.
    pub gone: Vec<String>,
    /// What only the one to be published has.
    pub come: Vec<String>,
    /// Names of variables that have another value.
    pub changed: Vec<String>,
}

/// Parts of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConfigPartName {
    /// Entry point
    EntryPoint,
    /// Command
    Command,
    /// User
    User,
    /// Working folder
    WorkingFolder,
    /// Ports
    Ports,
    /// Names of variables
    Variables,
    /// Labels
    Labels,
}
