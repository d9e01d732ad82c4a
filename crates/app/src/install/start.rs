//! A pull as a job of the queue.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use slipway_distribution::Registry;
use slipway_hosts::Endpoint;
use slipway_reference::{HostName, Reference};
use slipway_transfer::{Platforms, PullImage, PullRequest};

use super::load;
use super::manifests::Manifests;
use super::names::title;
use super::options::{FetchProgress, PullOptions};
use super::place::Places;
use super::work::{self, Fetch, Listener};
use crate::accounts::Accounts;
use crate::clock::now;
use crate::engines::{Engines, named};
use crate::jobs::Jobs;
use crate::jobs::work::Items;
use crate::registries::Registries;
use crate::store::Store;
use crate::view::{Code, Engine, FailureView, InstallView, JobId, JobKind, JobView};

/// Fetches images.
pub struct Install {
    pub(super) registries: Arc<Registries>,
    pub(super) accounts: Arc<Accounts>,
    pub(super) jobs: Arc<Jobs>,
    pub(super) store: Arc<Store>,
    pub(super) engines: Arc<Engines>,
    pub(super) home: PathBuf,
    pub(super) manifests: Arc<Manifests>,
    pub(super) places: Places,
}

impl Install {
    pub(crate) fn new(
        registries: Arc<Registries>,
        accounts: Arc<Accounts>,
        jobs: Arc<Jobs>,
        store: Arc<Store>,
        engines: Arc<Engines>,
        home: PathBuf,
    ) -> Self {
        let (manifests, places) = Default::default();
        Self { registries, accounts, jobs, store, engines, home, manifests, places }
    }

    /// Fetches images, at least one, into a file or a folder, as one job. `progress` hears of everything that it does. The
    /// same pull under way already is not started twice.
    pub async fn start(
        &self,
        references: &[Reference],
        output: &Path,
        options: &PullOptions,
        progress: impl Fn(FetchProgress) + Send + Sync + 'static,
    ) -> Result<JobId, FailureView> {
        let platforms = match &options.platforms {
            Platforms::Only(platforms) => platforms.clone(),
            Platforms::Usual | Platforms::All => Vec::new(),
        };
        let what = What { references, output, options, platforms, engine: None };
        self.start_as(None, what, Arc::new(progress)).await
    }

    /// Fetches images, at least one, into Docker or Podman, as one job: each of one platform, which is the engine's where
    /// none is named. What is fetched lies in Slipway's folder until the engine has it.
    ///
    /// # Errors
    /// The engine is not there.
    pub async fn load(
        &self,
        references: &[Reference],
        engine: Engine,
        options: &PullOptions,
        progress: impl Fn(FetchProgress) + Send + Sync + 'static,
    ) -> Result<JobId, FailureView> {
        let found = Box::pin(self.engines.engine(engine)).await?;
        let platforms = match &options.platforms {
            Platforms::Only(platforms) => platforms.clone(),
            Platforms::Usual | Platforms::All => Vec::new(),
        };
        let output = self.waits(references, engine, &platforms);
        let what = What { references, output: &output, options, platforms, engine: Some(found) };
        self.start_as(None, what, Arc::new(progress)).await
    }

    /// Where images wait for an engine.
    pub(super) fn waits(&self, references: &[Reference], engine: Engine, platforms: &[String]) -> PathBuf {
        let name = if engine == Engine::Docker { "docker" } else { "podman" };
        load::place(&self.home, name, references, platforms)
    }

    /// Goes on with the pull `job`, which an earlier Slipway left.
    pub(crate) async fn take_up(&self, job: &JobView, output: &Path) -> Result<(), FailureView> {
        self.begin_like(Some(job.id), job, output).await.map(|_| ())
    }

    /// Begins what `job` did, under its handle or a new one.
    pub(super) async fn begin_like(
        &self,
        id: Option<JobId>,
        job: &JobView,
        output: &Path,
    ) -> Result<JobId, FailureView> {
        let gone = |reason: String| FailureView::new(Code::Internal, reason);
        let InstallView {
            references,
            platforms,
            all_platforms,
            signatures,
            plain_http,
            anonymous,
            engine,
            ..
        } = job.install.clone().ok_or_else(|| gone("this job fetched nothing".to_owned()))?;
        let references = references.iter().map(|reference| reference.parse::<Reference>());
        let references: Vec<_> =
            references.collect::<Result<_, _>>().map_err(|refusal| gone(refusal.to_string()))?;
        let platforms = match platforms.is_empty() {
            _ if all_platforms => Platforms::All,
            true => Platforms::Usual,
            false => Platforms::Only(platforms),
        };
        let options = PullOptions { format: job.format.into(), platforms, signatures, plain_http, anonymous };
        let engine = match engine {
            Some(engine) => Some(Box::pin(self.engines.engine(engine)).await?),
            None => None,
        };
        let platforms = job.platforms.clone();
        let what = What { references: &references, output, options: &options, platforms, engine };
        self.start_as(id, what, Arc::new(|_| ())).await
    }

    /// A client of the registry at `endpoint`; `anonymous`: as nobody in particular.
    pub(super) fn client(&self, endpoint: &Endpoint, anonymous: bool) -> Result<Registry, FailureView> {
        let client = if anonymous {
            self.registries.client(endpoint, Arc::new(()))
        } else {
            self.accounts.registry(endpoint)
        };
        client.map_err(|error| FailureView::registry(&error, now()))
    }

    /// Nobody goes on with what `job` left unfinished, which ended with its Slipway.
    pub(crate) async fn give_up(&self, job: JobId) {
        let store = Arc::clone(&self.store);
        // What is not removed now is in two weeks.
        let _ = tokio::task::spawn_blocking(move || work::give_up(&store, job)).await;
    }

    pub(super) async fn start_as(
        &self,
        id: Option<JobId>,
        what: What<'_>,
        listener: Listener,
    ) -> Result<JobId, FailureView> {
        let What { references, output, options, platforms, engine } = what;
        let PullOptions { format, platforms: wanted, signatures, plain_http, anonymous } = options.clone();
        let none = || FailureView::new(Code::Internal, "no image was named");
        let reference = references.first().ok_or_else(none)?;
        let endpoint = self.registries.endpoint(&reference.host, plain_http)?;
        // One client for each host, with its connections and tokens.
        let mut clients: HashMap<&HostName, Registry> = HashMap::new();
        let mut images = Vec::new();
        for reference in references {
            let registry = match clients.get(&reference.host) {
                Some(registry) => registry.clone(),
                None => self.client(&self.registries.endpoint(&reference.host, plain_http)?, anonymous)?,
            };
            clients.insert(&reference.host, registry.clone());
            images.push(PullImage {
                reference: reference.clone(),
                registry,
                platforms: wanted.clone(),
                referrers: signatures,
            });
        }
        let base = JobView {
            reference: reference.to_string(),
            registry: endpoint.shown().to_string(),
            title: title(reference, references.len() - 1),
            file_name: match &engine {
                Some(engine) => engine.kind().to_string(),
                None => output.file_name().unwrap_or(output.as_os_str()).to_string_lossy().into_owned(),
            },
            format: format.into(),
            platforms,
            practice: self.registries.is_practice(&endpoint.name),
            install: Some(InstallView {
                references: references.iter().map(ToString::to_string).collect(),
                all_platforms: wanted == Platforms::All,
                platforms: match wanted {
                    Platforms::Only(platforms) => platforms,
                    Platforms::Usual | Platforms::All => Vec::new(),
                },
                signatures,
                plain_http,
                anonymous,
                engine: engine.as_ref().map(|engine| named(engine.kind())),
                chosen: Vec::new(),
                result: None,
            }),
            ..JobView::waiting(JobKind::Install, now())
        };
        let id = match id {
            Some(id) => id,
            None => self.jobs.new_handle().await,
        };
        let base = JobView { id, ..base };
        // However it was spelt, and whatever folder the next start is in.
        let file = work::written(output);
        if let Some(running) = self.jobs.twin(&base, &file) {
            return Ok(running);
        }
        if self.jobs.writes(&file, id) {
            let said = format!("another job writes {} at the moment", output.display());
            return Err(FailureView::new(Code::OutputFailed, said));
        }
        let request = PullRequest {
            images,
            default_platform: engine.as_ref().map_or_else(this_platform, |engine| engine.platform.clone()),
            format: format.target(),
            output: output.to_owned(),
            unfinished: Vec::new(),
            here: None,
            no_zstd: engine.as_ref().and_then(no_zstd),
        };
        let store = Arc::clone(&self.store);
        let fetch = Fetch { request, store, listener, job: id, engine, whole: None };
        Ok(self.jobs.start(base, file, &Items::default(), fetch))
    }
}

/// What is fetched where to.
pub(super) struct What<'a> {
    pub(super) references: &'a [Reference],
    pub(super) output: &'a Path,
    pub(super) options: &'a PullOptions,
    /// As the job's page says them.
    pub(super) platforms: Vec<String>,
    /// Who takes it.
    pub(super) engine: Option<slipway_engines::Engine>,
}

/// How an engine is called that reads no layers in Zstandard.
pub(super) fn no_zstd(engine: &slipway_engines::Engine) -> Option<String> {
    (!engine.reads_zstd()).then(|| format!("{} {}", engine.kind(), engine.version))
}

/// `linux/` and this computer's architecture in Go's words: containers run on Linux even on other systems.
pub(super) fn this_platform() -> String {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("linux/{architecture}")
}
