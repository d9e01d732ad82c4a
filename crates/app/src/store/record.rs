//! A job as the history keeps it. What the page shows is made from it, and changes without it.
//!
//! A field that is added here wants `#[serde(default)]`; what changes the meaning of one, or adds a kind, is a new
//! [`VERSION`], and reading the one before.

mod builds;
mod copies;
mod failure;
mod results;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::view;
use crate::view::{
    FileFormat, InstallView, JobId, JobKind, JobLayer, JobProgress, JobState, JobView, LayerState, LogLine,
    WaitingFor,
};
use builds::Build;
use copies::Copy;
use failure::Failure;
use results::{Fetched, Published};

/// The newest version of what is written.
const VERSION: u64 = 2;

/// The one of every kind but builds, which those that know no builds read.
const WITHOUT_BUILDS: u64 = 1;

/// Log lines that are kept of a job.
const LOG_LINES: usize = 200;

/// A job as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    version: u64,
    #[serde(flatten)]
    work: Work,
    reference: String,
    registry: String,
    title: String,
    file_name: String,
    format: FileFormat,
    platforms: Vec<String>,
    practice: bool,
    started: i64,
    ended: Option<i64>,
    /// It was paused so that Slipway could end.
    #[serde(default)]
    goes_on: bool,
    /// A command began it, which alone can go on with it: by being started again.
    #[serde(default)]
    pub(super) by_command: bool,
    progress: Progress,
    layers: Vec<Layer>,
    log: Vec<Line>,
    #[serde(default)]
    warnings: Vec<String>,
    failure: Option<Failure>,
}

/// What it does, and what came of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Work {
    /// An image of a file goes to a registry.
    Push { form: Form, result: Option<Published> },
    /// An image of a registry comes into a file.
    Pull {
        /// Before several could be wanted.
        #[serde(default, skip_serializing)]
        platform: Option<String>,
        #[serde(default)]
        only: Vec<String>,
        #[serde(default)]
        all_platforms: bool,
        /// The images behind the first.
        #[serde(default)]
        more: Vec<String>,
        #[serde(default)]
        signatures: bool,
        #[serde(default)]
        plain_http: bool,
        #[serde(default)]
        anonymous: bool,
        result: Option<Fetched>,
    },
    /// Images go from one registry to another.
    Copy { copy: Copy },
    /// An engine builds an image.
    Build { build: Build },
}

/// The form that leads to the same push.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Form {
    image: String,
    platform: String,
    registry: String,
    owner: String,
    repository: String,
    image_name: String,
    versions: Vec<String>,
    version_text: String,
    options: Options,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<Held>,
}

/// An image of an engine.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    engine: view::Engine,
    name: String,
    id: String,
    name_it: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    description: String,
    licenses: String,
    labels: String,
    compression: String,
    way: String,
    drop_attestations: bool,
}

/// Where it stands. All sizes are bytes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    state: JobState,
    total: u64,
    sent: u64,
    #[serde(default)]
    kept: u64,
    reused: u64,
    exact: bool,
    percent: f64,
    layers_done: u32,
    layers_total: u32,
    /// What other processes tell of one that runs.
    speed: Option<f64>,
    seconds_left: Option<u64>,
    #[serde(default)]
    waiting_for: Option<WaitingFor>,
    #[serde(default)]
    waiting_since: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    number: u32,
    made_by: Option<String>,
    size: u64,
    #[serde(default = "yes")]
    exact: bool,
    state: LayerState,
    percent: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    at_ms: u64,
    text: String,
}

fn yes() -> bool {
    true
}

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unread {
    /// A later Slipway wrote it, which knows it.
    #[error("it is of version {0}, this Slipway knows {VERSION}")]
    Newer(u64),
    /// It is damaged.
    #[error(transparent)]
    Damaged(#[from] serde_json::Error),
}

impl Record {
    /// What is kept of a job.
    pub(super) fn of(job: &JobView, by_command: bool) -> Self {
        let JobView {
            id: _,
            kind,
            reference,
            registry,
            title,
            file_name,
            format,
            platforms,
            practice,
            draft,
            started,
            ended,
            interrupted: _,
            goes_on,
            progress,
            layers,
            log,
            warnings,
            result,
            install,
            copy,
            build,
            failure,
        } = job.clone();
        let work = match (kind, copy) {
            (JobKind::Copy, Some(copy)) => Work::Copy { copy: copy.into() },
            (JobKind::Build, _) => {
                Work::Build { build: build.map(|build| *build).unwrap_or_default().into() }
            }
            (JobKind::Publish | JobKind::Copy, _) => {
                Work::Push { form: draft.into(), result: result.map(Into::into) }
            }
            (JobKind::Install, _) => {
                let InstallView {
                    references,
                    platforms,
                    all_platforms,
                    signatures,
                    plain_http,
                    anonymous,
                    // Chosen again where it goes on.
                    chosen: _,
                    result,
                } = install.unwrap_or_default();
                Work::Pull {
                    platform: None,
                    only: platforms,
                    all_platforms,
                    more: references.into_iter().skip(1).collect(),
                    signatures,
                    plain_http,
                    anonymous,
                    result: result.map(Into::into),
                }
            }
        };
        let log = log.iter().skip(log.len().saturating_sub(LOG_LINES));
        Self {
            version: if matches!(work, Work::Build { .. }) { VERSION } else { WITHOUT_BUILDS },
            work,
            reference,
            registry,
            title,
            file_name,
            format,
            platforms,
            practice,
            started,
            ended,
            goes_on,
            by_command,
            progress: progress.into(),
            layers: layers.into_iter().map(Into::into).collect(),
            log: log.map(|line| Line { at_ms: line.at_ms, text: line.text.clone() }).collect(),
            warnings,
            failure: failure.map(Into::into),
        }
    }

    /// The same as the page shows it, under the handle `id`.
    pub(super) fn view(self, id: JobId) -> JobView {
        let (mut draft, mut result, mut install, mut copied) = (view::Draft::default(), None, None, None);
        let mut built = None;
        let kind = match self.work {
            Work::Push { form, result: published } => {
                (draft, result) = (form.into(), published.map(Into::into));
                JobKind::Publish
            }
            Work::Pull { platform, only, all_platforms, more, signatures, plain_http, anonymous, result } => {
                install = Some(InstallView {
                    references: [self.reference.clone()].into_iter().chain(more).collect(),
                    platforms: platform.into_iter().chain(only).collect(),
                    all_platforms,
                    signatures,
                    plain_http,
                    anonymous,
                    chosen: Vec::new(),
                    result: result.map(Into::into),
                });
                JobKind::Install
            }
            Work::Copy { copy } => {
                copied = Some(copy.into());
                JobKind::Copy
            }
            Work::Build { build } => {
                built = Some(Box::new(build.into()));
                JobKind::Build
            }
        };
        let log = self.log.into_iter().map(|line| LogLine { at_ms: line.at_ms, text: line.text });
        JobView {
            id,
            kind,
            reference: self.reference,
            registry: self.registry,
            title: self.title,
            file_name: self.file_name,
            format: self.format,
            platforms: self.platforms,
            practice: self.practice,
            draft,
            started: self.started,
            ended: self.ended,
            interrupted: false,
            goes_on: self.goes_on,
            progress: self.progress.into(),
            layers: self.layers.into_iter().map(Into::into).collect(),
            log: log.collect(),
            warnings: self.warnings,
            result,
            install,
            copy: copied,
            build: built,
            failure: self.failure.map(Into::into),
        }
    }

    /// Reads what [`text`](Self::text) wrote, now or in an earlier version.
    pub(super) fn read(text: &str) -> Result<Self, Unread> {
        let mut read: Map<String, Value> = serde_json::from_str(text)?;
        match read.get("version").map(|version| version.as_u64().unwrap_or_default()) {
            Some(newer) if newer > VERSION => return Err(Unread::Newer(newer)),
            Some(_) => {}
            None => read = of_a_view(read),
        }
        Ok(serde_json::from_value(Value::Object(read))?)
    }

    /// As it stands in the table.
    pub(super) fn text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}

/// Before there were versions, what the page showed was kept: a push with its form as `draft`, a pull with what it
/// fetched in `install`.
fn of_a_view(mut view: Map<String, Value>) -> Map<String, Value> {
    let (draft, install) = (view.remove("draft"), view.remove("install"));
    if view.get("kind").and_then(Value::as_str) == Some("install") {
        view.insert("kind".to_owned(), "pull".into());
        if let Some(Value::Object(install)) = install {
            view.extend(install);
        }
    } else {
        view.insert("kind".to_owned(), "push".into());
        view.extend(draft.map(|draft| ("form".to_owned(), draft)));
    }
    view.insert("version".to_owned(), WITHOUT_BUILDS.into());
    view
}

impl From<view::Draft> for Form {
    fn from(draft: view::Draft) -> Self {
        // The handle of the file is good in one run only.
        let view::Draft {
            file: _,
            image,
            platform,
            registry,
            owner,
            repository,
            image_name,
            versions,
            version_text,
            options,
            held,
        } = draft;
        let held = held.map(|held| {
            let view::HeldImage { engine, name, id, name_it } = held;
            Held { engine, name, id, name_it }
        });
        let view::DraftOptions { description, licenses, labels, compression, way, drop_attestations } =
            options;
        let options = Options { description, licenses, labels, compression, way, drop_attestations };
        Self {
            image,
            platform,
            registry,
            owner,
            repository,
            image_name,
            versions,
            version_text,
            options,
            held,
        }
    }
}

impl From<Form> for view::Draft {
    fn from(form: Form) -> Self {
        let Form {
            image,
            platform,
            registry,
            owner,
            repository,
            image_name,
            versions,
            version_text,
            options,
            held,
        } = form;
        let held = held.map(|held| {
            let Held { engine, name, id, name_it } = held;
            view::HeldImage { engine, name, id, name_it }
        });
        let Options { description, licenses, labels, compression, way, drop_attestations } = options;
        Self {
            file: None,
            image,
            platform,
            registry,
            owner,
            repository,
            image_name,
            versions,
            version_text,
            options: view::DraftOptions {
                description,
                licenses,
                labels,
                compression,
                way,
                drop_attestations,
            },
            held,
        }
    }
}

impl From<JobProgress> for Progress {
    fn from(progress: JobProgress) -> Self {
        let JobProgress {
            state,
            total,
            sent,
            kept,
            reused,
            exact,
            percent,
            speed,
            seconds_left,
            // Over before anybody reads of them.
            retry_seconds: _,
            starts_over: _,
            waiting_for,
            waiting_since,
            layers_done,
            layers_total,
        } = progress;
        Self {
            state,
            total,
            sent,
            kept,
            reused,
            exact,
            percent,
            layers_done,
            layers_total,
            speed,
            seconds_left,
            waiting_for,
            waiting_since,
        }
    }
}

impl From<Progress> for JobProgress {
    fn from(kept: Progress) -> Self {
        Self {
            state: kept.state,
            total: kept.total,
            sent: kept.sent,
            kept: kept.kept,
            reused: kept.reused,
            exact: kept.exact,
            percent: kept.percent,
            speed: kept.speed,
            seconds_left: kept.seconds_left,
            retry_seconds: None,
            waiting_for: kept.waiting_for,
            waiting_since: kept.waiting_since,
            starts_over: None,
            layers_done: kept.layers_done,
            layers_total: kept.layers_total,
        }
    }
}

impl From<JobLayer> for Layer {
    fn from(layer: JobLayer) -> Self {
        let JobLayer { number, made_by, size, exact, state, percent } = layer;
        Self { number, made_by, size, exact, state, percent }
    }
}

impl From<Layer> for JobLayer {
    fn from(layer: Layer) -> Self {
        let Layer { number, made_by, size, exact, state, percent } = layer;
        Self { number, made_by, size, exact, state, percent }
    }
}
