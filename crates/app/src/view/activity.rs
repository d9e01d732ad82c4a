//! The queue and the history of jobs.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    CopiedView, Engine, FailureView, FileFormat, InstalledView, JobId, JobKind, JobProgress, JobState,
    JobView,
};

/// A job as one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct JobRow {
    /// Handle.
    pub id: JobId,
    /// What it does, or did.
    pub kind: JobKind,
    /// The reference with the first version, as people see it.
    pub reference: String,
    /// Registry part of it.
    pub registry: String,
    /// The image's name and first version, such as `monalisa 2.4.0`.
    pub title: String,
    /// File name; of what goes into an engine the engine's.
    pub file_name: String,
    /// What kind of file.
    pub format: FileFormat,
    /// The engine that it goes into.
    pub engine: Option<Engine>,
    /// It goes, or went, to the practice registry.
    pub practice: bool,
    /// Where it stands.
    pub progress: JobProgress,
    /// It was under way when Slipway ended, and can go on.
    pub interrupted: bool,
    /// The window can do it once more. What a command wanted beyond a form, only the command can.
    pub repeatable: bool,
    /// When it started, seconds since 1970.
    pub started: i64,
    /// When it ended, seconds since 1970.
    pub ended: Option<i64>,
    /// Digest that was published or fetched; ID of an image that was built.
    pub digest: Option<String>,
    /// The registry returned that digest, or those of all tags that were copied; what is fetched always has it.
    pub verified: bool,
    /// What went wrong.
    pub failure: Option<FailureView>,
}

impl JobRow {
    /// Something happens in it, or will by itself.
    pub fn moves(&self) -> bool {
        !self.interrupted && self.progress.state != JobState::Paused
    }
}

impl From<&JobView> for JobRow {
    fn from(job: &JobView) -> Self {
        let result = job.result.as_ref();
        let installed = job.install.as_ref().and_then(|install| install.result.as_ref());
        let built = job.build.as_ref().and_then(|build| build.result.as_ref());
        let copied = job.copy.as_ref().and_then(|copy| copy.result.as_ref());
        Self {
            id: job.id,
            kind: job.kind,
            reference: job.reference.clone(),
            registry: job.registry.clone(),
            title: job.title.clone(),
            file_name: job.file_name.clone(),
            format: job.format,
            engine: job.install.as_ref().and_then(|install| install.engine),
            practice: job.practice,
            progress: job.progress.clone(),
            interrupted: job.interrupted,
            repeatable: true,
            started: job.started,
            ended: job.ended,
            digest: result
                .map(|result| &result.digest)
                .or(installed.map(|installed| &installed.digest))
                .or(built.and_then(|built| built.ids.first()))
                .cloned(),
            verified: installed.is_some_and(InstalledView::is_sound)
                || built.is_some()
                || result.is_some_and(|result| result.not_verified.is_none())
                || copied.is_some_and(CopiedView::is_sound),
            failure: job.failure.clone(),
        }
    }
}

/// The jobs that are not over; told whenever something about them changed, at most twice a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityView {
    /// They, the newest first.
    pub active: Vec<JobRow>,
    /// Jobs that ended in this run: more than before means that the history has new rows.
    pub ended: u32,
}

/// What the system's task bar shows of the jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskBar {
    /// Nothing.
    Empty,
    /// How far they are in all, percent.
    Progress(u8),
    /// One failed, and nobody looked at the window since.
    Failed,
}

impl TaskBar {
    /// Of the jobs in `activity`, and of `unseen` ones that failed.
    pub(crate) fn of(activity: &ActivityView, unseen: u32) -> Self {
        let moving: Vec<_> = activity.active.iter().filter(|row| row.moves()).collect();
        if unseen > 0 {
            return Self::Failed;
        }
        if moving.is_empty() {
            return Self::Empty;
        }
        let percent = moving.iter().map(|row| row.progress.percent).sum::<f64>() / moving.len() as f64;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let percent = percent.clamp(0.0, 100.0) as u8;
        Self::Progress(percent)
    }
}

/// What of the history is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HistoryQuery {
    /// Words in name, digest or error; empty for all.
    pub search: String,
    /// Which of them.
    pub show: Show,
    /// Only those before this one, which is in the history; none for those that ended last.
    pub before: Option<JobId>,
}

/// Which jobs are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Show {
    /// All.
    #[default]
    All,
    /// Those under way.
    Active,
    /// Those that failed.
    NeedsYou,
    /// Those that are done.
    Done,
}

/// A part of the history, those that ended last first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HistoryPage {
    /// The jobs.
    pub rows: Vec<JobRow>,
    /// There are more before them.
    pub more: bool,
}

/// A file that was opened or published before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecentView {
    /// Handle: opening it again goes by this.
    pub file: u32,
    /// The last job that published it; none where none did.
    pub job: Option<JobId>,
    /// File name without its folder.
    pub name: String,
    /// It is a folder with a layout.
    pub folder: bool,
    /// Where it went; empty where it went nowhere.
    pub reference: String,
    /// That was the practice registry.
    pub practice: bool,
    /// How that ended.
    pub state: Option<JobState>,
    /// When it was opened or published last, seconds since 1970.
    pub when: i64,
    /// Size, bytes; none where it is gone.
    pub size: Option<u64>,
}
