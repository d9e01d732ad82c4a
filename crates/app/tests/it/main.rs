//! The app as its shells use it; each module says what of it.

mod accounts;
mod afterwards;
mod asking;
mod bindings;
#[cfg(unix)]
mod builds;
mod by_command;
mod commands;
mod copy;
mod crossing;
mod denials;
#[cfg(unix)]
mod engines;
mod fixed;
mod fixtures;
#[cfg(unix)]
mod giving_up;
mod history;
mod hosts;
mod install;
mod led;
#[cfg(unix)]
mod loading;
mod looking;
mod publish;
mod signed;
#[cfg(unix)]
mod states;
mod taken_over;
mod there;
mod words;

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use keyring_core::mock::Store;
use slipway_app::view::{
    Draft, FailureView, HistoryQuery, InstalledView, JobId, JobState, JobUpdate, JobView, Show,
};
use slipway_app::{Finders, Keychain, Platforms, PullFormat, PullOptions, Setup, Slipway};
use slipway_stage::Playground;

/// A practice registry with its sample image, the app's directory, and a keychain.
struct Stage {
    playground: Playground,
    keychain: Keychain,
}

impl Deref for Stage {
    type Target = Playground;

    fn deref(&self) -> &Playground {
        &self.playground
    }
}

impl Stage {
    async fn set() -> Self {
        Self { playground: Playground::start().await, keychain: Keychain::with_store(Store::new().unwrap()) }
    }

    /// Slipway as it starts.
    fn start(&self) -> Arc<Slipway> {
        let setup = Setup::read(self.environment(), Finders::None).unwrap();
        Arc::new(Slipway::new(Setup { keychain: self.keychain.clone(), in_window: true, ..setup }))
    }

    /// The same, signed in.
    fn signed_in(&self) -> Arc<Slipway> {
        let app = self.start();
        self.sign_in(&app, "publish");
        app
    }

    /// Signs in with octocat's token of this label.
    fn sign_in(&self, app: &Slipway, label: &str) {
        let ghcr = "ghcr.io".parse().unwrap();
        app.accounts().sign_in_from_input(&ghcr, "octocat", &self.token_called(label)).unwrap();
    }

    /// The filled form for the sample image.
    async fn draft(&self, app: &Slipway) -> Draft {
        let draft = Draft { owner: "octocat".to_owned(), ..app.start().draft };
        app.images().open_path(&self.sample, draft).await.unwrap().draft
    }
}

/// A stage on which Slipway is running.
struct Running {
    stage: Stage,
    app: Arc<Slipway>,
}

impl Deref for Running {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.stage
    }
}

impl Running {
    async fn set() -> Self {
        let stage = Stage::set().await;
        Self { app: stage.start(), stage }
    }

    /// The filled form for the sample image, signed in with octocat's token of this label.
    async fn filled(&self, label: &str) -> Draft {
        self.sign_in(&self.app, label);
        self.draft(&self.app).await
    }
}

/// Watches a job to its end: how it ended.
async fn watched(app: &Slipway, job: JobId) -> JobView {
    let mut last = None;
    app.activity()
        .watch(job, |update| {
            if let JobUpdate::Snapshot { job } = update {
                last = Some(*job);
            }
            true
        })
        .await;
    last.unwrap()
}

/// Fetches an image into an OCI archive.
async fn pulled(app: &Slipway, reference: &str, output: &Path) -> Result<InstalledView, FailureView> {
    let options = PullOptions {
        format: PullFormat::OciArchive,
        platforms: Platforms::Usual,
        signatures: false,
        plain_http: false,
        anonymous: false,
    };
    let job = app.install().start(&[reference.parse().unwrap()], output, &options, |_| {}).await?;
    let ended = watched(app, job).await;
    ended.install.and_then(|install| install.result).ok_or_else(|| ended.failure.expect("it failed"))
}

/// Waits until a job is in this state.
async fn reaches(app: &Slipway, job: JobId, wanted: JobState) {
    let mut last = None;
    app.activity()
        .watch(job, |update| {
            let progress = match update {
                JobUpdate::Snapshot { job } => job.progress,
                JobUpdate::Progress { progress, .. } => progress,
            };
            last = Some(progress.state);
            progress.state != wanted
        })
        .await;
    assert_eq!(last, Some(wanted));
}

/// Waits for the end of a job, and until it is kept.
async fn end(app: &Slipway, job: JobId) -> JobState {
    let state = watched(app, job).await.progress.state;
    // It is kept a moment after it ended.
    for _ in 0..3000 {
        if app.activity().history(&all()).await.rows.iter().any(|row| row.id == job) {
            return state;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{job:?} ended as {state:?} and was never kept");
}

fn all() -> HistoryQuery {
    HistoryQuery { search: String::new(), show: Show::All, before: None }
}

/// A committed file that the app makes; `SLIPWAY_WRITE_BINDINGS` writes it anew.
fn as_committed(path: &str, text: &str) {
    let at = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os("SLIPWAY_WRITE_BINDINGS").is_some() {
        std::fs::write(&at, text).unwrap();
    }
    let committed = std::fs::read_to_string(&at).unwrap_or_default();
    assert!(
        committed == text,
        "{path} is not what the app makes: write it anew with SLIPWAY_WRITE_BINDINGS=1"
    );
}
