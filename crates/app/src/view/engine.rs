//! Docker and Podman, and what they have.

use serde::Serialize;
use ts_rs::TS;

use super::engine_kind::Engine;
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

/// The images of an engine, as it told them.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HeldImagesView {
    /// The engine.
    pub engine: EngineView,
    /// One an image, newest first.
    pub images: Vec<EngineImageView>,
    /// The registries that their names speak of and that are asked, with who asks.
    pub compared: Vec<ComparedView>,
    /// When the engine told them, seconds since 1970.
    pub read: i64,
}

/// A registry that is asked, and as whom.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ComparedView {
    /// Its name.
    pub registry: String,
    /// Who asks.
    pub username: String,
}

/// How an image of an engine stands at the registry that its names speak of.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImageStateView {
    /// Its ID.
    pub id: String,
    /// How it stands there.
    pub state: RegistryState,
    /// Why that is not known.
    pub reason: Option<UnknownReason>,
    /// The registry that this speaks of; empty where there is none.
    pub registry: String,
    /// The tag that this speaks of; empty where there is none.
    pub tag: String,
    /// The digest that stands there under this tag.
    pub digest: Option<String>,
    /// Another tag there of the same digest, where one is known.
    pub same_as: Option<String>,
    /// The engine knows no digests of manifests, so configurations were compared.
    pub by_config: bool,
    /// The package is there, if not the tag.
    pub package: bool,
    /// Of what is published: a tag of it that is not there.
    pub missing: Option<String>,
    /// When the registry may be asked again, seconds since 1970; only where it asked to wait.
    #[ts(type = "number | null")]
    pub again: Option<i64>,
    /// What went wrong.
    pub failure: Option<FailureView>,
}

/// How an image of an engine stands at a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RegistryState {
    /// The tag is there with other bytes.
    Older,
    /// The same digest is there.
    Published,
    /// There is no such tag, or no such package.
    NotThere,
    /// Nobody asked, or nobody answered.
    Unknown,
    /// It has no name to ask for.
    NoName,
}

/// Why it is not known how an image stands at a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum UnknownReason {
    /// Nobody has an account there, so it is not asked.
    NotAsked,
    /// A name for this computer alone.
    LocalName,
    /// Slipway knows the registry, and nobody is signed in there.
    SignedOut,
    /// It could not be reached.
    Offline,
    /// Whoever asks may not see it.
    NoAccess,
    /// It asked to wait.
    RateLimited,
    /// It failed otherwise.
    Failed,
}

/// A container that uses an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContainerView {
    /// As the engine has it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// It runs now.
    pub running: bool,
}
