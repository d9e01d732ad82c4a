//! What a build is made of, and what came of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A build, as its job is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildView {
    /// The folder, as people read it.
    pub folder: String,
    /// The Dockerfile in it.
    pub dockerfile: String,
    /// The stage; empty for the last one.
    pub target: String,
    /// Which engine builds, such as `Docker 29.1`.
    pub engine: String,
    /// Names of the arguments; their values are not kept.
    pub arguments: Vec<String>,
    /// IDs of the secrets.
    pub secrets: Vec<String>,
    /// Set when it is built.
    pub result: Option<BuiltView>,
}

/// What came of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuiltView {
    /// The engine's IDs of the images, one for each platform.
    pub ids: Vec<String>,
    /// Bytes of them, unpacked, as the engine counts.
    pub size: u64,
    /// Steps of the Dockerfile.
    pub steps: u32,
    /// Those that came from the engine's cache.
    pub cached: u32,
    /// Milliseconds.
    pub duration_ms: u64,
}
