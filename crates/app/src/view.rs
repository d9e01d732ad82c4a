//! What crosses to the page and to `--json`: plain data, no rules.
//!
//! Every type here is serialised in camelCase; its TypeScript twin in `ui/src/bindings/` is generated
//! from it. Sizes are bytes and durations say their unit; byte counts stay below 2^53, so they are JSON
//! numbers. Nothing here can hold a secret.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A file that was opened in this run. The page holds this handle, never a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct FileId(pub u32);

/// A job of this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct JobId(pub u32);

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

/// What the window needs to know once, when it starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StartView {
    /// Slipway's version.
    pub version: String,
    /// `en` or `zh-CN`, from the settings or else the system.
    pub language: String,
    /// Colour theme from the settings.
    pub theme: Theme,
    /// The registries to offer, in order.
    pub registries: Vec<RegistryView>,
    /// The form as it was left, or an empty one.
    pub draft: Draft,
}

/// Colour theme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// A registry that the form offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RegistryView {
    /// The endpoint's name, as it stands in references: `ghcr.io`, `127.0.0.1:5000`.
    pub name: String,
    /// Which of GitHub's two forms (and rules) it follows.
    pub form: RegistryForm,
    /// Deprecated by GitHub; shown with the chip "Legacy".
    pub legacy: bool,
    /// The practice registry on this computer.
    pub practice: bool,
    /// The loopback address that stands in for the real host, where one does (a lasting chip says so).
    pub overridden: Option<String>,
    /// The user name that is signed in there for this run, if any.
    pub account: Option<AccountView>,
}

/// Which fields a registry's references have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RegistryForm {
    /// `HOST/OWNER/NAME:VERSION`; the name may have several parts; the repository is optional and not in the path.
    OwnerName,
    /// `HOST/OWNER/REPOSITORY/NAME:VERSION`.
    OwnerRepositoryName,
}

/// Who is signed in at a registry. Never a secret, not even its last characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// User name.
    pub username: String,
    /// Where the credential came from.
    pub source: CredentialSource,
}

/// Where a credential came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CredentialSource {
    /// Typed in the window; kept until Slipway quits.
    ThisRun,
    /// `GITHUB_TOKEN` with `GITHUB_ACTOR`.
    Environment,
    /// Docker's `config.json`.
    DockerConfig,
    /// Given on standard input.
    StandardInput,
    /// The practice registry's own.
    Practice,
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
}

/// An opened file with its images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenedView {
    /// Handle of the file.
    pub file: FileId,
    /// File name without its folder.
    pub name: String,
    /// Size of the file on disk, bytes.
    pub file_size: u64,
    /// What kind of file it is.
    pub format: FileFormat,
    /// Outer compression (`gzip`, `zstd`, `xz`, `bzip2`), if any.
    pub compressed: Option<String>,
    /// How long reading took, milliseconds.
    pub read_ms: u64,
    /// The images inside, at least one.
    pub images: Vec<ImageView>,
    /// The draft after opening: empty fields were filled from what the file says.
    pub draft: Draft,
}

/// A compressed file that is being unpacked into a temporary one, which is gone when Slipway ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadingView {
    /// File name without its folder.
    pub name: String,
    /// Bytes of the file that were read.
    pub read: u64,
    /// Bytes of the file.
    pub total: u64,
    /// Bytes that were unpacked.
    pub written: u64,
    /// Bytes that it needs unpacked, as far as the file says it.
    pub need: Option<u64>,
}

/// Kinds of image files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FileFormat {
    /// `docker save`.
    DockerArchive,
    /// OCI layout in a tar.
    OciArchive,
    /// OCI layout in a folder.
    OciLayout,
}

/// One image of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImageView {
    /// Picks this image: a name or `@0`, `@1`, … (also what `slipway push --image` takes).
    pub selector: String,
    /// The names found in the file, as stored there (they may not be valid).
    pub names: Vec<NameView>,
    /// Platforms that are in the file, such as `linux/amd64`; attestations are left out.
    pub platforms: Vec<String>,
    /// Platforms that the index names but the file lacks.
    pub missing_platforms: Vec<String>,
    /// Sum of the layers' sizes as stored, bytes.
    pub size: u64,
    /// When it was built, seconds since 1970.
    pub created: Option<i64>,
    /// Entry point and command, joined by spaces.
    pub runs: Option<String>,
    /// Media type of the manifest or index.
    pub media_type: String,
    /// Digest of the stored manifest or index; none where a manifest is made at publishing.
    pub digest: Option<String>,
    /// Layers of the image (of all present platforms), in order.
    pub layers: Vec<LayerView>,
    /// What the page should point out.
    pub findings: Vec<FindingView>,
}

/// A name that stands in the file, split for the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NameView {
    /// As stored.
    pub name: String,
    /// Its last path part, made valid; fills Image name. Empty where nothing usable is left.
    pub image_name: String,
    /// Its tag; fills Version. Empty where it has none.
    pub version: String,
}

/// One layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LayerView {
    /// Position, from 1.
    pub number: u32,
    /// The build step that made it, if the config tells.
    pub made_by: Option<String>,
    /// Digest of the stored bytes; none where it is only known after compressing.
    pub digest: Option<String>,
    /// Digest of the unpacked tar, from the config.
    pub diff_id: Option<String>,
    /// Media type it will have in the registry.
    pub media_type: String,
    /// Stored size, bytes (0 for a foreign layer that is not in the file: see `declared_size`).
    pub size: u64,
    /// Size that the manifest declares, bytes.
    pub declared_size: u64,
    /// How it is stored: `plain`, `gzip`, `zstd`.
    pub stored: String,
    /// How it will be sent.
    pub sending: LayerSending,
    /// Platform it belongs to, in an image of several.
    pub platform: Option<String>,
}

/// How a layer will be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LayerSending {
    /// As stored, byte for byte.
    AsStored,
    /// Compressed with gzip on the way.
    Compressed,
    /// Not in the file (foreign); only its descriptor goes up.
    NotInFile,
}

/// One finding about a file, an image or a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindingView {
    /// Rule id of the catalogue, such as `owner.case`, `layer.foreign`, `index.sparse`.
    pub id: String,
    /// How serious.
    pub level: Level,
    /// Values for the sentence's placeholders, by name; sizes are decimal byte counts as text.
    pub params: std::collections::BTreeMap<String, String>,
    /// The one-click fix, if there is one.
    pub fix: Option<FixView>,
    /// English sentence, for logs and the command. The page has its own words, by id.
    pub message: String,
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

/// What the local rules say of a draft. Made at every key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FormView {
    /// The fields in the order of this registry, each with what was found.
    pub fields: Vec<FieldView>,
    /// The live reference in parts, for "Will be published as".
    pub reference: ReferenceView,
    /// Nothing here blocks publishing (the image may still).
    pub valid: bool,
}

/// One field of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldView {
    /// Which.
    pub field: Field,
    /// It may be left empty.
    pub optional: bool,
    /// It holds something, and nothing is wrong with it.
    pub ok: bool,
    /// What was found, the most serious first.
    pub findings: Vec<FindingView>,
    /// For Version: the level of each entry of `draft.versions`, where something was found.
    pub versions: Vec<Option<Level>>,
}

/// The reference in named parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceView {
    /// Registry, owner, (repository,) image name, version. A missing part has empty text.
    pub parts: Vec<ReferencePart>,
    /// The whole reference with the first version; missing parts are left out.
    pub full: String,
    /// The further versions.
    pub more_versions: Vec<String>,
}

/// One part of the reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReferencePart {
    /// Name of the part.
    pub part: PartName,
    /// The separator before it: empty, `/` or `:`.
    pub before: String,
    /// Its text.
    pub text: String,
    /// Something blocks here.
    pub problem: bool,
}

/// Names of the reference's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PartName {
    /// registry
    Registry,
    /// owner
    Owner,
    /// repository
    Repository,
    /// image name
    ImageName,
    /// version
    Version,
}

/// The pre-flight card: what can be known before a byte is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreflightView {
    /// The checks, grouped by severity: problems, warnings, passed, not checked.
    pub checks: Vec<CheckView>,
    /// The main button.
    pub button: PublishButton,
    /// Where each layer stands, in the order of [`ImageView::layers`].
    pub layers: Vec<LayerPlan>,
    /// Bytes already at the registry.
    pub bytes_there: u64,
    /// Bytes to send; a guess where `exact` is false (plain layers are compressed on the way).
    pub bytes_to_send: u64,
    /// `bytes_to_send` is exact.
    pub exact: bool,
    /// The equivalent command, for "Show as command".
    pub command: String,
}

/// Where a layer stands before publishing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LayerPlan {
    /// The registry has it.
    There,
    /// It will be sent.
    ToSend,
    /// Nobody knows yet (offline, signed out, or only known after compressing).
    Unknown,
    /// Above the registry's limit.
    TooLarge,
    /// Foreign: not in the file.
    NotInFile,
}

/// The main button of the publish page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum PublishButton {
    /// "Publish": the plan is unknown.
    Publish,
    /// "Publish 12.4 MB", or "Publish about 12.4 MB" where not exact.
    #[serde(rename_all = "camelCase")]
    PublishBytes {
        /// Bytes to send.
        bytes: u64,
        /// The number is exact.
        exact: bool,
    },
    /// "Publish 2 tags": every layer is there.
    PublishTags {
        /// How many.
        count: u32,
    },
    /// "Nothing to publish": the same digest is there under every version.
    Nothing,
    /// "Go to first problem".
    FirstProblem {
        /// The field to go to; none where the image itself is the problem.
        field: Option<Field>,
    },
}

/// One check of the pre-flight card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckView {
    /// Catalogue id: see `docs` of the app crate's `preflight` module for the list.
    pub id: String,
    /// How it ended.
    pub state: CheckState,
    /// Values for the title and fact sentences, by name; sizes are decimal byte counts as text.
    pub params: std::collections::BTreeMap<String, String>,
    /// The fix button, if there is one.
    pub fix: Option<FixView>,
    /// The field it belongs to, so that the title can lead there.
    pub field: Option<Field>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CheckState {
    /// Blocks publishing.
    Problem,
    /// You may go on.
    Warning,
    /// Fine.
    Passed,
    /// Could not be known here.
    NotChecked,
}

/// The "Image details" sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DetailsView {
    /// The config, indented JSON. Of the first platform, where there are several.
    pub config: String,
    /// The manifest or index, indented JSON; for a manifest made at publishing, what is known of it.
    pub manifest: String,
    /// The whole report as JSON, for "Copy as JSON".
    pub report: String,
}

/// What is being dragged over the window, or was dropped. Sent as the event `drag`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "phase", rename_all = "camelCase")]
pub enum DragView {
    /// Files are over the window.
    Over {
        /// One line for each, at most 50.
        items: Vec<DragItem>,
    },
    /// They left, or the drag was cancelled.
    Left,
    /// They were let go; the page now calls `open_dropped`.
    Dropped {
        /// One line for each.
        items: Vec<DragItem>,
    },
}

/// One dragged file, judged by name and first bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DragItem {
    /// Handle, where it is acceptable.
    pub file: Option<FileId>,
    /// File name.
    pub name: String,
    /// Size, bytes.
    pub size: u64,
    /// `tar`, `compressed` (tar), `layout` (OCI folder).
    pub kind: Option<String>,
    /// Why it is refused, where it is.
    pub refused: Option<Code>,
}

/// A job as a whole: the first thing a view gets when it attaches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    /// Handle.
    pub id: JobId,
    /// The reference with the first version.
    pub reference: String,
    /// Registry part of it.
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
    /// Where it stands.
    pub progress: JobProgress,
    /// The layers' states, in the order of the image's layers.
    pub layers: Vec<JobLayer>,
    /// The log so far, at most the last 500 lines.
    pub log: Vec<LogLine>,
    /// Set when `progress.state` is `done`.
    pub result: Option<ResultView>,
    /// Set when `progress.state` is `failed`.
    pub failure: Option<FailureView>,
}

/// Where a job stands. Small: it is sent up to ten times a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JobProgress {
    /// State.
    pub state: JobState,
    /// Bytes to send in all, as known now. The total may grow or shrink while plain layers are compressed.
    pub total: u64,
    /// Bytes of it that were sent.
    pub sent: u64,
    /// Bytes that the registry had already.
    pub reused: u64,
    /// `total` is exact.
    pub exact: bool,
    /// 0 to 100; never goes back.
    pub percent: f64,
    /// Bytes a second over the last 5 s; none before there is data.
    pub speed: Option<f64>,
    /// Seconds left; none until 3 s of data exist.
    pub seconds_left: Option<u64>,
    /// Seconds until something is tried again; none while nothing waits.
    pub retry_seconds: Option<u64>,
    /// Layers that are at the registry.
    pub layers_done: u32,
    /// Layers in all.
    pub layers_total: u32,
}

/// States of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum JobState {
    /// Looking what the registry has.
    Checking,
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
    /// Size, bytes: as stored until the sent size is known.
    pub size: u64,
    /// State.
    pub state: LayerState,
    /// Share done, 0 to 100, while uploading.
    pub percent: u32,
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
    /// Everything; always first, and again with the final state.
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
    },
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
}

/// Why something failed. The page has the words, by `code`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FailureView {
    /// What it is.
    pub code: Code,
    /// English sentence.
    pub message: String,
    /// Values for the page's words, by name: `registry`, `owner`, `username`, `layer`, `member`, `rule`, …
    pub params: std::collections::BTreeMap<String, String>,
    /// Trying again may help without changing anything.
    pub retry: Retry,
    /// The closed list of pages that may help, best first (for `open_link`).
    pub help: Vec<LinkTopic>,
    /// What the wire said; none where no request was involved.
    pub technical: Option<TechnicalView>,
}

/// Whether trying again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Retry {
    /// No: the same answer will come.
    No,
    /// It may.
    Yes,
    /// After something was changed (a token, a setting on GitHub).
    AfterChange,
}

/// Technical detail of a failed request, without secrets and local paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TechnicalView {
    /// `POST /v2/octo-org/hello/blobs/uploads/`
    pub request: Option<String>,
    /// HTTP status.
    pub status: Option<u16>,
    /// The registry's error code, such as `DENIED`.
    pub registry_code: Option<String>,
    /// The registry's own message.
    pub message: Option<String>,
    /// `x-github-request-id` or its like.
    pub request_id: Option<String>,
    /// Who it was sent as, such as `octocat` and the source.
    pub credential: Option<AccountView>,
    /// When, seconds since 1970.
    pub time: i64,
}

/// Pages outside that the window can open. The page names a topic; Rust makes the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LinkTopic {
    /// The form for a new classic token with `write:packages` ticked.
    NewToken,
    /// The person's tokens.
    Tokens,
    /// The package's page.
    PackagePage,
    /// The package's settings (visibility, access).
    PackageSettings,
    /// The owner's package settings.
    OwnerSettings,
    /// The owner's billing settings.
    BillingSettings,
    /// GitHub's page about packages and tokens.
    Docs,
    /// GitHub's status page.
    Status,
}

/// Every way a file, a form, a registry or a network can say no. Closed: the page has words for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub enum Code {
    /// No such file, or it cannot be read.
    #[serde(rename = "file.unreadable")]
    FileUnreadable,
    /// 0 bytes.
    #[serde(rename = "file.empty")]
    FileEmpty,
    /// A zip file.
    #[serde(rename = "file.zip")]
    FileZip,
    /// Not a tar, not compressed, not a layout.
    #[serde(rename = "file.unknown")]
    FileUnknown,
    /// A tar without an image. Params: none.
    #[serde(rename = "file.notImage")]
    FileNotImage,
    /// `docker export`: a root file system.
    #[serde(rename = "file.rootFilesystem")]
    FileRootFilesystem,
    /// Docker before 1.10: `repositories` without `manifest.json`.
    #[serde(rename = "file.tooOld")]
    FileTooOld,
    /// A folder that is no OCI layout.
    #[serde(rename = "file.notLayout")]
    FileNotLayout,
    /// Ends early. Params: `at`, `size` (bytes).
    #[serde(rename = "file.truncated")]
    FileTruncated,
    /// A member is missing. Params: `member`.
    #[serde(rename = "file.memberMissing")]
    FileMemberMissing,
    /// A member cannot be understood. Params: `member`, `reason`.
    #[serde(rename = "file.malformed")]
    FileMalformed,
    /// Content does not fit its digest. Params: `member`, and `layer` where it is a layer.
    #[serde(rename = "file.damaged")]
    FileDamaged,
    /// A name that climbs out or a link in a circle. Params: `member`.
    #[serde(rename = "file.unsafe")]
    FileUnsafe,
    /// Unpacks to far too much. Params: `member`.
    #[serde(rename = "file.bomb")]
    FileBomb,
    /// No room to unpack it. Params: `folder`, `need`, `free` (bytes).
    #[serde(rename = "file.noRoom")]
    FileNoRoom,
    /// It changed while it was read.
    #[serde(rename = "file.changed")]
    FileChanged,
    /// Several images, and none was chosen. Params: `images`.
    #[serde(rename = "image.choose")]
    ImageChoose,
    /// No such image in the file. Params: `selector`.
    #[serde(rename = "image.unknown")]
    ImageUnknown,
    /// The form has a problem. Params: `field`, `rule`.
    #[serde(rename = "form.problem")]
    FormProblem,
    /// A foreign layer at a registry that refuses them. Params: `layer`.
    #[serde(rename = "layer.foreign")]
    LayerForeign,
    /// A layer above the limit. Params: `layer`, `size`, `max`.
    #[serde(rename = "layer.limit")]
    LayerLimit,
    /// Several platforms at a registry that takes one.
    #[serde(rename = "image.multi")]
    ImageMulti,
    /// A change that was wanted of the image cannot be made. Params: `what`, `reason`.
    #[serde(rename = "image.change")]
    ImageChange,
    /// Plain http to a host that is not this computer.
    #[serde(rename = "network.plainHttp")]
    NetworkPlainHttp,
    /// No connection. Params: `host`.
    #[serde(rename = "network.unreachable")]
    NetworkUnreachable,
    /// No answer in time. Params: `host`.
    #[serde(rename = "network.timeout")]
    NetworkTimeout,
    /// Certificate not trusted. Params: `host`.
    #[serde(rename = "network.tls")]
    NetworkTls,
    /// No credential for this registry.
    #[serde(rename = "signIn.required")]
    SignInRequired,
    /// The account may not write this package.
    #[serde(rename = "denied.packageRole")]
    DeniedPackageRole,
    /// The token lacks a scope.
    #[serde(rename = "denied.scope")]
    DeniedScope,
    /// The token is no longer accepted.
    #[serde(rename = "denied.credential")]
    DeniedCredential,
    /// The token was not recognised.
    #[serde(rename = "unauthenticated")]
    Unauthenticated,
    /// The token may not create packages there.
    #[serde(rename = "denied.orgCreate")]
    DeniedOrgCreate,
    /// Single sign-on is missing.
    #[serde(rename = "ssoRequired")]
    SsoRequired,
    /// Refused, without a reason that we know.
    #[serde(rename = "denied.other")]
    DeniedOther,
    /// There is no such owner.
    #[serde(rename = "ownerNotFound")]
    OwnerNotFound,
    /// Not found, or no access.
    #[serde(rename = "notFound")]
    NotFound,
    /// Asked to slow down, for longer than we wait.
    #[serde(rename = "rateLimited")]
    RateLimited,
    /// The registry lost a layer before the end.
    #[serde(rename = "blobMissing")]
    BlobMissing,
    /// docker.pkg.github.com: three parts needed.
    #[serde(rename = "legacy.nameForm")]
    LegacyNameForm,
    /// docker.pkg.github.com: not signed in or scopes missing.
    #[serde(rename = "legacy.unauthorized")]
    LegacyUnauthorized,
    /// docker.pkg.github.com: billing.
    #[serde(rename = "legacy.billing")]
    LegacyBilling,
    /// docker.pkg.github.com: plan without packages for private repositories.
    #[serde(rename = "legacy.plan")]
    LegacyPlan,
    /// docker.pkg.github.com: the image name is taken in this owner.
    #[serde(rename = "legacy.nameTaken")]
    LegacyNameTaken,
    /// The registry refused the manifest.
    #[serde(rename = "manifestRefused")]
    ManifestRefused,
    /// The registry has a fault of its own (5xx).
    #[serde(rename = "registryFault")]
    RegistryFault,
    /// The registry's answer makes no sense.
    #[serde(rename = "badAnswer")]
    BadAnswer,
    /// After publishing, the registry returned another digest. Params: `expected`, `found`.
    #[serde(rename = "digestDisagrees")]
    DigestDisagrees,
    /// A target file could not be written.
    #[serde(rename = "output.failed")]
    OutputFailed,
    /// The person cancelled (the command's exit code 130; in the window a state, never a failure page).
    #[serde(rename = "cancelled")]
    Cancelled,
    /// Our own fault.
    #[serde(rename = "internal")]
    Internal,
}

/// The practice registry after it was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PracticeView {
    /// The registries to offer now.
    pub registries: Vec<RegistryView>,
    /// The generated sample image, with a filled form.
    pub opened: OpenedView,
}
