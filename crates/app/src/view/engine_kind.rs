//! Which engine is meant.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A container engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Engine {
    /// Docker.
    Docker,
    /// Podman.
    Podman,
}
