//! What the Install page shows before a job: what was pasted, the tags there are, what one of them holds, and where the
//! file goes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AccountView, Engine, FileFormat, JobId, Visibility};

/// What somebody pasted, as far as it is understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PastedView {
    /// The image that is meant.
    pub wish: Option<WishView>,
    /// Why it is none; nothing of the two where nothing was typed.
    pub problem: Option<PastedProblem>,
}

/// An image that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WishView {
    /// The whole reference, as it was understood.
    pub reference: String,
    /// `HOST/PATH` of it.
    pub repository: String,
    /// The registry, as people see it.
    pub registry: String,
    /// Its tag, where one was named.
    pub tag: Option<String>,
    /// Its digest, where one was named.
    pub digest: Option<String>,
    /// The platform that a pasted command wanted.
    pub platform: Option<String>,
    /// The older registry: always with a sign-in, by version only.
    pub legacy: bool,
    /// It comes from this computer.
    pub practice: bool,
}

/// Why what was pasted is no reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PastedProblem {
    /// The rule that it breaks.
    #[ts(type = "RuleId")]
    pub rule: String,
    /// Values for the sentence's placeholders, by name.
    pub params: BTreeMap<String, String>,
    /// The nearest reference, where there is one.
    pub fix: Option<String>,
    /// English sentence, for logs.
    pub message: String,
}

/// As whom a registry was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadAs {
    /// The account; none: as nobody in particular.
    pub account: Option<AccountView>,
    /// Whose credential the registry refused, where it could be read without.
    pub refused: Option<AccountView>,
    /// Who may see the package, as far as that is known.
    pub visibility: Visibility,
}

/// The tags of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TagsView {
    /// `HOST/PATH`.
    pub repository: String,
    /// One row a version with all its tags; those of which the date is known first, the newest first, then the others, the
    /// highest version first.
    pub rows: Vec<TagRow>,
    /// So many of them are tags of signatures and the like.
    pub signatures: u32,
    /// The row of the highest version number; none where no tag is one.
    pub suggested: Option<u32>,
    /// Dates are known of all, of some, or of none.
    pub dates: Dates,
    /// As whom they were read.
    pub read_as: ReadAs,
}

/// How many rows have a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Dates {
    /// All.
    All,
    /// Some.
    Some,
    /// None: the registry gives no dates, and GitHub was not asked or did not answer.
    None,
}

/// A version with its tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TagRow {
    /// Handle within the list.
    pub id: u32,
    /// Its tags, the highest version number first. At least one.
    pub tags: Vec<String>,
    /// Digest, where it is known without asking for each tag.
    pub digest: Option<String>,
    /// When it came, seconds since 1970.
    pub created: Option<i64>,
    /// Its place by version number, the highest first.
    pub rank: u32,
    /// It holds a signature, an attestation or an SBOM, no image.
    pub signature: bool,
}

/// What a tag or digest names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FactsView {
    /// The reference that was asked about.
    pub reference: String,
    /// Digest of the manifest or index.
    pub digest: String,
    /// It is an index: several platforms, or one in a list.
    pub index: bool,
    /// Its platforms, in its order.
    pub platforms: Vec<PlatformView>,
    /// All of them together, as far as every manifest was read; none where it is no index.
    pub all: Option<SizeView>,
    /// The place in `platforms` of the one that fits this computer, else of the first.
    pub preselected: u32,
    /// The place in `platforms` of the one that was asked for; none where it is not there, or none was.
    pub wanted: Option<u32>,
    /// As whom it was read.
    pub read_as: ReadAs,
    /// `docker pull HOST/PATH:TAG`; none where only a digest was named.
    pub by_version: Option<String>,
    /// `docker pull HOST/PATH@DIGEST`; none where the registry takes no digest.
    pub by_digest: Option<String>,
}

/// One platform of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlatformView {
    /// `linux/arm64/v8`; empty where the image does not say it.
    pub platform: String,
    /// It runs on this computer.
    pub fits: bool,
    /// What it takes, once its manifest was read.
    pub size: Option<SizeView>,
}

/// What there is to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SizeView {
    /// Layers, each counted once.
    pub layers: u32,
    /// Bytes, those that are here already among them.
    pub bytes: u64,
    /// Bytes of layers and configurations that lie in files here, and are taken from there.
    pub here: u64,
}

/// What speaks of an image and comes along where that is wanted: signatures, SBOMs, attestations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignaturesView {
    /// Manifests that speak of it, or of one another.
    pub count: u32,
    /// Bytes beside those of the image, those that are here already among them.
    pub bytes: u64,
    /// Bytes of it that lie in files here, and are taken from there.
    pub here: u64,
}

/// Where a file or a folder goes. The page knows the place by its handle alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlaceView {
    /// Handle.
    pub id: u32,
    /// `~/Downloads/monalisa-2.3.1.tar`, to be shown.
    pub shown: String,
    /// A file of this name is there. A folder is added to.
    pub exists: bool,
    /// What the new one is called where both are kept.
    pub both: String,
}

/// What is to be fetched, and into which file or folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InstallWish {
    /// The whole reference.
    pub reference: String,
    /// Only these platforms; none for what fits the kind of file.
    pub platforms: Vec<String>,
    /// All platforms, whatever the kind of file.
    pub all_platforms: bool,
    /// Signatures, SBOMs and attestations come along.
    pub signatures: bool,
    /// The kind of file.
    pub format: FileFormat,
    /// The engine that it goes into, whatever the kind of file; none: to `place`.
    pub engine: Option<Engine>,
    /// Where it goes: a folder for an OCI layout, else a file.
    pub place: u32,
    /// What becomes of a file that is there.
    pub existing: Existing,
    /// Without the account that would be used.
    pub anonymous: bool,
}

/// What becomes of a file that has the name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Existing {
    /// Nothing is begun, and people are asked.
    Ask,
    /// It is replaced, at the very end.
    Replace,
    /// The new file gets another name.
    KeepBoth,
}

/// What came of wanting to begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Begun {
    /// It runs, or waits for its turn.
    Job {
        /// Its handle.
        job: JobId,
    },
    /// A file of this name is there, and nobody said what becomes of it.
    Exists {
        /// The place as it is now.
        place: PlaceView,
    },
    /// The disk has too little room.
    #[serde(rename_all = "camelCase")]
    NoRoom {
        /// Bytes that are to be written.
        need: u64,
        /// Bytes that are missing.
        missing: u64,
    },
}

/// The file or folder that a pull wrote, or the image in an engine, and what people do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InstalledFile {
    /// `~/Downloads/monalisa-2.3.1.tar`, to be shown; the engine.
    pub shown: String,
    /// It is in this engine.
    pub engine: Option<Engine>,
    /// It is there.
    pub there: bool,
    /// `docker load -i …`, for a shell; none for a folder, which Docker does not load.
    pub docker_load: Option<String>,
    /// `podman load -i …`, for a shell; none where it is in an engine already.
    pub podman_load: Option<String>,
    /// What FROM and Compose call it: `HOST/PATH:TAG`, with `@DIGEST` where one was named.
    pub name: String,
    /// The name that the image has once it is loaded, in an engine its ID where it has no name; none for a file that was
    /// named by a digest only.
    pub loaded: Option<String>,
    /// Ports that it listens on, such as `8080/tcp`, as far as they are known.
    pub ports: Vec<String>,
    /// `docker pull HOST/PATH:TAG`; none where only a digest was named.
    pub by_version: Option<String>,
    /// `docker pull HOST/PATH@DIGEST`; none where the registry takes no digest.
    pub by_digest: Option<String>,
    /// The same as a command of Slipway.
    pub command: String,
}
