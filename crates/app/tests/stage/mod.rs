//! What the tests of the window's side of the app stand on.

use std::sync::Arc;

use slipway_app::view::{Draft, HistoryQuery, JobId, JobState, JobUpdate, Show};
use slipway_app::{Finders, Setup, Slipway};
use slipway_practice::{Options, Practice, sample_image};

/// A practice registry, and a folder with its sample image and the app's directory.
pub(crate) struct Stage {
    pub(crate) practice: Practice,
    pub(crate) folder: tempfile::TempDir,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let practice = Practice::start(Options::new(folder.path().join("registry"))).await.unwrap();
        sample_image(&folder.path().join("hello.tar")).unwrap();
        Self { practice, folder }
    }

    pub(crate) fn home(&self) -> std::path::PathBuf {
        self.folder.path().join("home")
    }

    /// Slipway as it starts, signed in.
    pub(crate) fn start(&self) -> Arc<Slipway> {
        let hosts = self.folder.path().join("hosts.toml");
        std::fs::write(&hosts, self.practice.hosts_file()).unwrap();
        let home = self.home();
        let get = move |name: &str| match name {
            "SLIPWAY_HOME" => Some(home.to_string_lossy().into_owned()),
            "SLIPWAY_HOSTS" => Some(hosts.to_string_lossy().into_owned()),
            _ => None,
        };
        let setup = Setup::read(get, Finders::None).unwrap();
        let app = Arc::new(Slipway::new(Setup { keep_history: true, ..setup }));
        app.sign_in_from_input(
            &"ghcr.io".parse().unwrap(),
            "octocat",
            self.practice.token("octocat", "publish").unwrap(),
        )
        .unwrap();
        app
    }

    /// The filled form for the sample image.
    pub(crate) async fn draft(&self, app: &Slipway) -> Draft {
        let draft = Draft { owner: "octocat".to_owned(), ..app.start().draft };
        app.open_path(&self.folder.path().join("hello.tar"), draft).await.unwrap().draft
    }
}

/// Waits for the end of a job.
pub(crate) async fn end(app: &Slipway, job: JobId) -> JobState {
    let mut state = JobState::Queued;
    app.watch(job, |update| {
        if let JobUpdate::Snapshot { job } = update {
            state = job.progress.state;
        }
        true
    })
    .await;
    // It is kept a moment after it ended.
    while !app.history(&all()).rows.iter().any(|row| row.id == job) {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    state
}

pub(crate) fn all() -> HistoryQuery {
    HistoryQuery { search: String::new(), show: Show::All, before: None }
}
