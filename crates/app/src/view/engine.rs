//! Docker and Podman, and what they have.

use serde::Serialize;
use ts_rs::TS;

use super::account::Engine;
use super::failure::FailureView;

/// The engines of this computer.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EnginesView {
    /// Docker, then Podman: of each the one that its own command takes.
    pub engines: Vec<EngineView>,
}

/// A container engine.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EngineView {
    /// Which one.
    pub engine: Engine,
    /// Whether it can be used.
    pub state: EngineState,
    /// Its version, where it answers.
    pub version: Option<String>,
    /// Where it listens, and who says so; empty where nothing is.
    pub place: String,
    /// Its images are as a registry gave them, and its IDs are digests of manifests.
    pub keeps_digests: bool,
    /// It runs as the person, not as root.
    pub rootless: bool,
    /// Why it cannot be used.
    pub failure: Option<FailureView>,
    /// A command for a terminal that helps then; none where there is none.
    pub command: Option<String>,
}

/// Whether an engine can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum EngineState {
    /// It answers.
    Running,
    /// It is installed, or set up, and nobody answers.
    NotRunning,
    /// Nothing on this computer leads to one.
    NotInstalled,
    /// The person may not use its socket.
    NoAccess,
    /// It cannot be used for another reason.
    Failed,
}

/// An image of an engine, with all its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EngineImageView {
    /// `sha256:…`.
    pub id: String,
    /// All its names with a tag, as the engine spells them; often none.
    pub names: Vec<String>,
    /// `REPOSITORY@DIGEST` of where it came from or went to.
    pub digests: Vec<String>,
    /// Such as `linux/amd64`; none where it is not known, or where `parts` say it.
    pub platform: Option<String>,
    /// Bytes, unpacked, as the engine counts them.
    pub size: u64,
    /// Bytes of it that other images have, too, where the engine tells.
    pub shared: Option<u64>,
    /// When it was made, seconds since 1970, where that is known.
    pub created: Option<i64>,
    /// Containers that use it, running or not.
    pub containers: u64,
    /// What an index holds: platforms and statements about them.
    pub parts: Vec<EnginePartView>,
    /// Why it cannot be read, in English.
    pub unreadable: Option<String>,
}

/// What an index of an engine holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EnginePartView {
    /// Digest of its manifest.
    pub digest: String,
    /// Of which kind.
    pub kind: EnginePartKind,
    /// Such as `linux/arm64/v8`, of a platform.
    pub platform: Option<String>,
    /// What it speaks of, of an attestation.
    pub of: Option<String>,
    /// Its bytes are there.
    pub available: bool,
    /// Bytes.
    pub size: u64,
}

/// Kinds of what an index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum EnginePartKind {
    /// The image for a platform.
    Platform,
    /// Statements about an image.
    Attestation,
    /// Something else.
    Other,
}
