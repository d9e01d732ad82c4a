//! Builds from a Dockerfile: what a folder offers, how a build goes, and what came of it. Values of arguments cross from the
//! page only, and values of secrets never do.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{BuildView, BuiltView, CheckView, Engine, FailureView, JobId};

/// A folder that can be built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildFolderView {
    /// Handle of the folder.
    pub folder: u64,
    /// Where it is, as people read it, such as `~/src/octo-app`.
    pub shown: String,
    /// Its name.
    pub name: String,
    /// Dockerfiles in it, with slashes from the folder on; the usual name first.
    pub dockerfiles: Vec<String>,
    /// The one that was looked into; none where there is none.
    pub dockerfile: Option<String>,
    /// Names of its stages that can be built, in order.
    pub stages: Vec<String>,
    /// The arguments that it takes.
    pub arguments: Vec<BuildArgumentView>,
    /// IDs of the secrets that it asks for.
    pub secrets: Vec<String>,
    /// Why it cannot be read.
    pub failure: Option<FailureView>,
}

/// An argument that a Dockerfile takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildArgumentView {
    /// Its name.
    pub name: String,
    /// Its value where none is given.
    pub default: Option<String>,
    /// It is called as secrets are.
    pub secret: bool,
}

/// What is sent to the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildSizeView {
    /// Files and links.
    pub files: u64,
    /// Bytes of the files.
    pub bytes: u64,
    /// Files and folders that `.dockerignore` leaves out; what is in such a folder is not counted.
    pub left_out: u64,
}

/// What an engine builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildEngineView {
    /// Which one.
    pub engine: Engine,
    /// Its name and version, such as `Docker 29.1`.
    pub name: String,
    /// It takes secrets for a build.
    pub secrets: bool,
    /// The platforms; its own first.
    pub platforms: Vec<BuildPlatformView>,
}

/// A platform that can be built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildPlatformView {
    /// Such as `linux/arm64`.
    pub platform: String,
    /// How.
    pub how: BuildHow,
}

/// How a platform is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BuildHow {
    /// It is the engine's own, or nothing of it runs while it is built.
    Native,
    /// Commands of it are emulated, or would have to be: only the engine knows.
    Emulated,
    /// This computer cannot run its commands.
    NoEmulator,
}

/// What somebody wants to build.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildWish {
    /// Handle of the folder.
    pub folder: u64,
    /// A Dockerfile in it.
    pub dockerfile: String,
    /// A stage of it; empty for the last one.
    pub target: String,
    /// Platforms; none for the engine's own.
    pub platforms: Vec<String>,
    /// Arguments with their values.
    pub arguments: Vec<BuildArgument>,
    /// Secrets, by where their values are.
    pub secrets: Vec<BuildSecret>,
    /// The engine.
    pub engine: Engine,
    /// Where the image goes when it is built, a whole reference; empty where it is not published.
    pub publish: String,
}

/// An argument of a build.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildArgument {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A secret of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildSecret {
    /// What `RUN --mount=type=secret,id=…` names.
    pub id: String,
    /// Where its value is.
    pub from: BuildSecretFrom,
}

/// Where the value of a secret is. It is read when the build begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum BuildSecretFrom {
    /// In a variable of the environment.
    Environment {
        /// Its name.
        variable: String,
    },
    /// In a file that somebody chose.
    File {
        /// Its handle.
        file: u64,
    },
}

/// A file that somebody chose for a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildSecretFile {
    /// Its handle.
    pub file: u64,
    /// Where it is, as people read it.
    pub shown: String,
}

/// A build as somebody watches it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildRunView {
    /// Its job.
    pub job: JobId,
    /// What the image is called.
    pub name: String,
    /// What it is made of.
    pub build: BuildView,
    /// The engine that builds it and has the image then; none where that is not known any more.
    pub engine: Option<Engine>,
    /// Platforms.
    pub platforms: Vec<String>,
    /// When it began, seconds since 1970.
    pub started: i64,
    /// Where the image goes when it is built; empty where it is not published.
    pub publish: String,
    /// Where it stands.
    pub progress: BuildProgressView,
    /// The steps of the Dockerfile, and of the engine's own work those that failed.
    pub steps: Vec<BuildStepView>,
}

/// Where a build stands.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildProgressView {
    /// State.
    pub state: BuildState,
    /// Bytes of the folder that went to the engine.
    pub sent: u64,
    /// Bytes that will.
    pub total: u64,
    /// Milliseconds since it began.
    pub elapsed_ms: u64,
    /// The step that runs, or ran last, from 1.
    pub step: u32,
    /// Steps, as far as they are known.
    pub steps: u32,
    /// Set when it is built.
    pub result: Option<BuiltView>,
    /// Set when it failed.
    pub failure: Option<FailureView>,
    /// What the engine says of the failure, where it began to build.
    pub failed: Option<BuildFailedView>,
    /// What becomes of the image.
    pub after: AfterBuildView,
}

/// States of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BuildState {
    /// Others go first.
    Waiting,
    /// The folder goes to the engine.
    Sending,
    /// The engine builds.
    Building,
    /// Cancel was pressed.
    Cancelling,
    /// An image is there.
    Done,
    /// None is.
    Failed,
    /// It was ended.
    Cancelled,
}

/// Why a build failed, in the engine's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildFailedView {
    /// The engine's words.
    pub message: String,
    /// Number of the step.
    pub step: Option<u32>,
    /// Line of the Dockerfile, from 1.
    pub line: Option<u32>,
    /// What the command ended with.
    pub code: Option<i64>,
}

/// A step of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildStepView {
    /// Its number, which it keeps.
    pub number: u32,
    /// The stage that it belongs to, and of several platforms the platform.
    pub stage: String,
    /// The instruction. In place of values of arguments it has their names.
    pub instruction: String,
    /// State.
    pub state: BuildStepState,
    /// When it began, milliseconds since the build did.
    pub began_ms: Option<u64>,
    /// How long it took, milliseconds.
    pub took_ms: Option<u64>,
}

/// States of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BuildStepState {
    /// It waits for others.
    Waiting,
    /// It runs.
    Running,
    /// It came from the engine's cache.
    Cached,
    /// It is done.
    Done,
    /// It failed.
    Failed,
    /// It was ended because another one failed, or by the person.
    Cancelled,
}

/// A line of what a step writes, harmless to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BuildLineView {
    /// Number of the step.
    pub step: u32,
    /// Milliseconds since the step began.
    pub at_ms: u64,
    /// The line.
    pub text: String,
}

/// What becomes of an image that is built.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum AfterBuildView {
    /// Nothing, or not yet.
    Nothing,
    /// It is looked whether it can be published.
    Looking,
    /// It is being published, by this job.
    Publishes {
        /// The job.
        job: JobId,
    },
    /// Somebody has to look at it first.
    Waits {
        /// Why.
        failure: Option<FailureView>,
        /// What the pre-flight says against it.
        checks: Vec<CheckView>,
    },
}

/// What a watching view of a build gets.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum BuildUpdate {
    /// Everything; always first.
    Snapshot {
        /// The build.
        build: Box<BuildRunView>,
        /// The lines that are kept of all steps.
        lines: Vec<BuildLineView>,
    },
    /// What changed since the last message.
    Progress {
        /// Where it stands.
        progress: Box<BuildProgressView>,
        /// Where the image goes when it is built.
        publish: String,
        /// Steps that changed.
        steps: Vec<BuildStepView>,
        /// New lines.
        lines: Vec<BuildLineView>,
    },
}
