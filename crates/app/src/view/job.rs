//! A running job and its result.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AccountView, BuildView, CopyView, Draft, Engine, FailureView, FileFormat};

/// A job of this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct JobId(pub u32);

/// What a job does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum JobKind {
    /// An image of a file goes to a registry.
    #[default]
    Publish,
    /// An image of a registry comes into a file.
    Install,
    /// It copies images from one registry to another.
    Copy,
    /// An engine builds an image of a folder.
    Build,
}

/// A job as a whole: the first thing a view gets when it attaches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    /// Handle.
    pub id: JobId,
    /// What it does.
    #[serde(default)]
    pub kind: JobKind,
    /// The reference with the first version, as people see it: the practice registry plays `ghcr.io`.
    pub reference: String,
    /// Registry part of it. Where it really goes stands in `draft`.
    pub registry: String,
    /// The image's name and first version, such as `monalisa 2.4.0`.
    pub title: String,
    /// File name.
    pub file_name: String,
    /// What kind of file.
    pub format: FileFormat,
    /// Platforms being published.
    pub platforms: Vec<String>,
    /// It goes to the practice registry; nothing leaves the computer.
    pub practice: bool,
    /// The form that started it.
    pub draft: Draft,
    /// When it started, seconds since 1970.
    pub started: i64,
    /// When it ended, seconds since 1970.
    pub ended: Option<i64>,
    /// It was under way when Slipway ended, and can go on.
    pub interrupted: bool,
    /// It was paused so that Slipway could end, and goes on with the next start.
    #[serde(default)]
    pub goes_on: bool,
    /// Where it stands.
    pub progress: JobProgress,
    /// The layers' states, in the order of the image's layers.
    pub layers: Vec<JobLayer>,
    /// The log so far, at most the last 500 lines.
    pub log: Vec<LogLine>,
    /// What the registry warned of, such as that it will be gone; each text once.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Of a publish, set when `progress.state` is `done`.
    pub result: Option<ResultView>,
    /// Of a pull: how it is done, and what came of it.
    #[serde(default)]
    pub install: Option<InstallView>,
    /// How images are copied, where that is what it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<CopyView>,
    /// What is built, where that is what it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Box<BuildView>>,
    /// Set when `progress.state` is `failed`.
    pub failure: Option<FailureView>,
}

impl JobView {
    /// A job that waits for its turn since `started`, seconds since 1970, and of which nothing else is known.
    pub(crate) fn waiting(kind: JobKind, started: i64) -> Self {
        Self {
            id: JobId(0),
            kind,
            reference: String::new(),
            registry: String::new(),
            title: String::new(),
            file_name: String::new(),
            format: FileFormat::DockerArchive,
            platforms: Vec::new(),
            practice: false,
            draft: Draft::default(),
            started,
            ended: None,
            interrupted: false,
            goes_on: false,
            progress: JobProgress::waiting(),
            layers: Vec::new(),
            log: Vec::new(),
            warnings: Vec::new(),
            result: None,
            install: None,
            copy: None,
            build: None,
            failure: None,
        }
    }
}

/// Where a job stands. Small: it is sent up to ten times a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JobProgress {
    /// State.
    pub state: JobState,
    /// Bytes to send in all: what the plan said, then what comes of compressing the layers.
    pub total: u64,
    /// Bytes of it that were sent.
    pub sent: u64,
    /// Bytes of `sent` that the registry keeps whatever happens now: a pause or an end may lose the rest.
    #[serde(default)]
    pub kept: u64,
    /// Bytes that the registry had already.
    pub reused: u64,
    /// `total` is exact.
    pub exact: bool,
    /// 0 to 100: `sent` of `total`. Goes back only where bytes are lost.
    pub percent: f64,
    /// Bytes a second over the last 5 s; none before there is data.
    pub speed: Option<f64>,
    /// Seconds left; none until 3 s of data exist.
    pub seconds_left: Option<u64>,
    /// Seconds until something is tried again; none while nothing waits.
    pub retry_seconds: Option<u64>,
    /// What is waited for, from the fault until something moves again.
    #[serde(default)]
    pub waiting_for: Option<WaitingFor>,
    /// Since when, seconds since 1970.
    #[serde(default)]
    pub waiting_since: Option<i64>,
    /// A layer that goes up again from its beginning, until it is there.
    #[serde(default)]
    pub starts_over: Option<StartsOver>,
    /// Layers that are at the registry; steps of a build that are done.
    pub layers_done: u32,
    /// Layers in all; steps of a build, as far as they are known.
    pub layers_total: u32,
}

impl JobProgress {
    /// Before anything happened.
    pub(crate) fn waiting() -> Self {
        Self {
            state: JobState::Queued,
            total: 0,
            sent: 0,
            kept: 0,
            reused: 0,
            exact: false,
            percent: 0.0,
            speed: None,
            seconds_left: None,
            retry_seconds: None,
            waiting_for: None,
            waiting_since: None,
            starts_over: None,
            layers_done: 0,
            layers_total: 0,
        }
    }

    /// The same of a job whose Slipway ended in the middle of it: nothing moves, and only what the registry confirmed is
    /// there for certain.
    pub(crate) fn cut_off(self) -> Self {
        let percent = if self.total > 0 { 100.0 * self.kept as f64 / self.total as f64 } else { 0.0 };
        Self {
            state: JobState::Paused,
            sent: self.kept,
            percent,
            speed: None,
            seconds_left: None,
            retry_seconds: None,
            waiting_for: None,
            waiting_since: None,
            starts_over: None,
            ..self
        }
    }
}

/// What a job waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum WaitingFor {
    /// The registry is out of reach.
    Network,
    /// The registry asked to slow down.
    SlowDown,
    /// Another fault that may pass.
    Fault,
}

/// A layer that the registry lost the beginning of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StartsOver {
    /// Which, from 1.
    pub layer: u32,
    /// Bytes that go up again.
    pub bytes: u64,
}

/// States of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum JobState {
    /// Others go first.
    Queued,
    /// Looking what the registry has.
    Checking,
    /// An engine builds.
    Building,
    /// Layers go up.
    Sending,
    /// Manifests and tags.
    Committing,
    /// The registry is asked back.
    Verifying,
    /// Pause was pressed.
    Pausing,
    /// Nothing goes up until it is resumed; what the registry has is kept.
    Paused,
    /// Cancel was pressed.
    Cancelling,
    /// Published.
    Done,
    /// Failed.
    Failed,
    /// Cancelled.
    Cancelled,
}

/// One layer of a running job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JobLayer {
    /// Position in the job's list, from 1.
    pub number: u32,
    /// The build step that made it.
    pub made_by: Option<String>,
    /// Size at the registry, bytes; of a layer that is compressed on the way about, until it is there.
    pub size: u64,
    /// `size` is no estimate.
    #[serde(default = "certain")]
    pub exact: bool,
    /// State.
    pub state: LayerState,
    /// Share done, 0 to 100, while uploading.
    pub percent: u32,
}

impl JobLayer {
    /// The same of a job that was cut off: how much of it is there is told for all layers together.
    pub(crate) fn cut_off(&mut self) {
        if matches!(self.state, LayerState::Compressing | LayerState::Uploading) {
            (self.state, self.percent) = (LayerState::Waiting, 0);
        }
    }
}

/// What an earlier version kept was the size in the file.
fn certain() -> bool {
    true
}

/// States of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LayerState {
    /// Not started.
    Waiting,
    /// The registry had it.
    There,
    /// Compressed and sent in one pass.
    Compressing,
    /// Sent as stored.
    Uploading,
    /// The registry confirmed it.
    Committed,
    /// Foreign: not in the file.
    NotInFile,
}

/// A line of a job's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// Milliseconds since the job started.
    pub at_ms: u64,
    /// English text; holds no secret.
    pub text: String,
}

/// What a watching view gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum JobUpdate {
    /// Everything; always first, where the list of layers became another one, and again with the final state.
    Snapshot {
        /// The job.
        job: Box<JobView>,
    },
    /// The numbers, and the layers and log lines that changed since the last message.
    Progress {
        /// The numbers.
        progress: JobProgress,
        /// Changed layers.
        layers: Vec<JobLayer>,
        /// New log lines.
        log: Vec<LogLine>,
        /// New warnings of the registry.
        warnings: Vec<String>,
    },
}

/// How an image is fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct InstallView {
    /// The images; the first is the job's `reference`.
    pub references: Vec<String>,
    /// Only these platforms; none for what fits the kind of file.
    pub platforms: Vec<String>,
    /// All platforms, whatever the kind of file.
    pub all_platforms: bool,
    /// Signatures, SBOMs and attestations come along.
    pub signatures: bool,
    /// Plain http to a host that is not this computer.
    pub plain_http: bool,
    /// As nobody in particular, whoever is signed in.
    #[serde(default)]
    pub anonymous: bool,
    /// The engine that it goes into; none: into a file or a folder.
    #[serde(default)]
    pub engine: Option<Engine>,
    /// What is fetched of each image, once that is known.
    pub chosen: Vec<ChosenView>,
    /// Set when `progress.state` is `done`.
    pub result: Option<InstalledView>,
}

/// What is fetched of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChosenView {
    /// The image, as it was asked for.
    pub reference: String,
    /// Digest of what will be there.
    pub digest: String,
    /// No registry has that digest: it is the index of the platforms that were wanted.
    pub made: bool,
    /// Layers of it are compressed with Zstandard, which not every engine reads.
    pub zstd: bool,
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InstalledView {
    /// Digest of the manifest or index in the file; of several images that of the first.
    pub digest: String,
    /// Its media type.
    pub media_type: String,
    /// Size of the file, or of what the folder has of these images, bytes.
    pub file_size: u64,
    /// Bytes of it that this computer had already.
    pub here: u64,
    /// The images, as they were asked for.
    pub images: Vec<InstalledImage>,
    /// Each as the engine has it, where they went into one.
    #[serde(default)]
    pub loaded: Vec<LoadedImage>,
    /// Whose credential the registry refused, where the image could be had without.
    pub refused: Option<AccountView>,
}

impl InstalledView {
    /// All of it was checked: as it came, and in the engine.
    pub fn is_sound(&self) -> bool {
        self.loaded.iter().all(|image| image.not_verified.is_none())
    }
}

/// An image that was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InstalledImage {
    /// As it was asked for.
    pub reference: String,
    /// Digest of its manifest or index.
    pub digest: String,
    /// Signatures, SBOMs and attestations that came along.
    pub beside: u32,
}

/// An image in an engine, read back from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LoadedImage {
    /// What it is called there; its ID where only a digest was named.
    pub name: String,
    /// Its ID there.
    pub id: String,
    /// Such as `linux/amd64`.
    pub platform: String,
    /// Its layers.
    pub layers: u32,
    /// Layers that the engine had before, told by the digests of what they unpack to; none where it does not tell.
    pub layers_there: Option<u32>,
    /// Ports that it listens on, such as `8080/tcp`.
    pub ports: Vec<String>,
    /// Why it is not known to be what was fetched, in English; none where its ID and all layers agree.
    pub not_verified: Option<String>,
    /// What its ID is to be one of, to look again: the digests of the configuration and of the manifest that were fetched.
    #[serde(skip)]
    #[ts(skip)]
    pub ids: Vec<String>,
    /// Digests of the unpacked layers that were fetched, to look again.
    #[serde(skip)]
    #[ts(skip)]
    pub diff_ids: Vec<String>,
}

/// What was published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResultView {
    /// Digest of the manifest or index.
    pub digest: String,
    /// The registry returned the same digest.
    pub verified: bool,
    /// Why it is not verified, where it is not.
    pub not_verified: Option<String>,
    /// `HOST/PATH` without tag.
    pub repository: String,
    /// One row for each version.
    pub versions: Vec<PublishedVersion>,
    /// Media type of the manifest or index.
    pub media_type: String,
    /// Its size, bytes.
    pub manifest_size: u64,
    /// Platforms published.
    pub platforms: Vec<String>,
    /// Layers of the image.
    pub layers: u32,
    /// Size of the image in the registry, bytes.
    pub size: u64,
    /// Bytes sent.
    pub sent: u64,
    /// Bytes that were there already.
    pub reused: u64,
    /// Duration, milliseconds.
    pub duration_ms: u64,
    /// The digest differs from the one stored in the file, because layers were compressed on the way or
    /// platforms left out: the stored one.
    pub stored_digest: Option<String>,
    /// `owner/repository` that the package was connected to by a label.
    #[serde(default)]
    pub source: Option<String>,
    /// Installing by digest works at this registry.
    pub by_digest: bool,
    /// The topic for `open_link` that leads to the package page; none where there is no web page.
    pub package_page: bool,
    /// The equivalent command.
    pub command: String,
}

/// One published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PublishedVersion {
    /// The tag.
    pub tag: String,
    /// What it pointed to before, if it existed with another digest.
    pub moved_from: Option<String>,
    /// It was there with the same digest.
    pub unchanged: bool,
    /// "Move it back" can be offered: the registry answers for the digest that it pointed to.
    #[serde(default)]
    pub movable: bool,
    /// It points to `moved_from` again.
    #[serde(default)]
    pub moved_back: bool,
}

/// Who may see a package, as far as that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VisibilityView {
    /// Who.
    pub state: Visibility,
    /// When that was looked at, seconds since 1970.
    pub looked: i64,
}

/// Who may see a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Visibility {
    /// Those with access to it.
    Private,
    /// Members of the enterprise.
    Internal,
    /// Everybody.
    Public,
    /// It cannot be told.
    Unknown,
}

/// It is over, and stays as it is.
pub(crate) fn is_final(state: JobState) -> bool {
    matches!(state, JobState::Done | JobState::Failed | JobState::Cancelled)
}
