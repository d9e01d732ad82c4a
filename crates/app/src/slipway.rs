//! The app: every use case of the window and the command, as one type.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use slipway_archive::Target;
use slipway_hosts::{Endpoint, Hints};
use slipway_reference::Reference;
use slipway_transfer::{Event, Events, Limit, Pool, PullRequest, Samples};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::accounts::{Accounts, Context, Fresh};
use crate::clock::now;
use crate::failure::credential_source;
use crate::images::{Files, Readings, image};
use crate::jobs::Jobs;
use crate::practice::Running;
use crate::publish::prepared::{FetchProgress, Fetched, PullFormat, PullOptions};
use crate::publish::{form, github, links};
use crate::registries::{Destinations, Proxies, Registries};
use crate::settings::{Current, Settings};
use crate::setup::Setup;
use crate::store::Store;
use crate::view::{
    AccountView, CheckView, Draft, FailureView, FormView, JobId, JobUpdate, LinkTopic, StartView,
};
use crate::words::Words;

/// The app. One for each process; every method may be called from any task.
pub struct Slipway {
    pub(crate) home: PathBuf,
    pub(crate) settings: Arc<Current>,
    pub(crate) files: Arc<Files>,
    pub(crate) readings: Readings,
    /// Number of the latest count of a layer's content; others end.
    pub(crate) counting: Arc<AtomicU64>,
    pub(crate) registries: Arc<Registries>,
    pub(crate) destinations: Arc<Destinations>,
    pub(crate) proxies: Arc<Proxies>,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) jobs: Jobs,
    pub(crate) ledger: Arc<Store>,
    pub(crate) pool: OnceLock<Pool>,
    /// How fast all jobs may be together.
    pub(crate) limit: Limit,
    /// What failed in the page.
    pub(crate) page_faults: Mutex<Vec<String>>,
    /// What samples of layers said.
    pub(crate) samples: Arc<Samples>,
    pub(crate) in_background: bool,
    pub(crate) practice: tokio::sync::Mutex<Option<Running>>,
    /// What GitHub said of destinations lately.
    pub(crate) answers: Fresh<github::Question, Vec<CheckView>>,
}

impl Slipway {
    /// Starts with what the shell found in its surroundings.
    pub fn new(setup: Setup) -> Self {
        let store = Arc::new(Store::new(&setup.home));
        let registries = Arc::new(Registries::new(setup.base, setup.hosts, &setup.settings));
        let settings = Arc::new(Current::new(setup.home.clone(), setup.settings, setup.languages));
        let destinations =
            Arc::new(Destinations::new(Arc::clone(&registries), Arc::clone(&settings), setup.confirm));
        let proxies = Arc::new(Proxies::new(setup.keychain.clone(), Arc::clone(&registries)));
        let files = Arc::<Files>::default();
        let accounts = Arc::new(Accounts::new(Context {
            store: Arc::clone(&store),
            settings: Arc::clone(&settings),
            registries: Arc::clone(&registries),
            destinations: Arc::clone(&destinations),
            proxies: Arc::clone(&proxies),
            files: Arc::clone(&files),
            keychain: setup.keychain,
            surroundings: setup.surroundings,
            others: setup.credentials,
        }));
        Self {
            jobs: Jobs::new(setup.keep_history.then(|| Arc::clone(&store))),
            ledger: store,
            home: setup.home,
            settings,
            registries,
            destinations,
            proxies,
            accounts,
            files,
            readings: Readings::new(setup.inputs),
            counting: Arc::default(),
            pool: OnceLock::new(),
            limit: Limit::default(),
            page_faults: Mutex::default(),
            samples: Arc::default(),
            in_background: setup.in_background,
            practice: tokio::sync::Mutex::default(),
            answers: Fresh::new(github::GOOD_FOR),
        }
    }

    /// Who is signed in where.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// What people chose once.
    pub fn settings(&self) -> Settings {
        self.settings.get()
    }

    /// Calls `tell` with each host that has kept silent for two seconds, and with none once nobody does, until it returns
    /// false.
    pub async fn watch_silence(&self, tell: impl FnMut(Option<&str>) -> bool) {
        self.registries.watch_silence(tell).await;
    }

    /// Reads the passwords of proxies from the keychain, which may ask its person.
    pub async fn load_proxy_passwords(&self) {
        self.proxies.load().await;
    }

    /// What the window needs to know once.
    pub fn start(&self) -> StartView {
        let (registries, settings) = (self.accounts.registries(), self.settings.get().view());
        let draft = Draft {
            registry: registries.first().map(|registry| registry.name.clone()).unwrap_or_default(),
            ..Draft::default()
        };
        StartView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language: self.settings.language(&settings),
            settings,
            registries,
            draft,
        }
    }

    /// The words of failures, in the language of the settings, else of the system, else in English.
    pub fn words(&self) -> Words {
        let language = self.settings.get().language;
        Words::of(language.as_deref(), self.settings.languages(), self.registries.github())
    }

    /// What the local rules say of a form.
    pub fn check_form(&self, draft: &Draft) -> Result<FormView, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        Ok(form::check(&endpoint, draft, &self.hints(&endpoint, draft)).0)
    }

    /// The form filled from a whole reference or pull command that somebody pasted; none where `text` is neither, or
    /// names a registry that is not offered.
    pub fn fill_reference(&self, draft: &Draft, text: &str) -> Option<Draft> {
        let reference = Reference::parse_pasted(text)?;
        let name = reference.host.to_string();
        if !self.accounts.registries().iter().any(|registry| registry.name == name) {
            return None;
        }
        let endpoint = self.registries.endpoint(&reference.host, false).ok()?;
        let fields = slipway_hosts::fill(&endpoint, &reference).ok()?;
        Some(Draft { registry: name, ..form::with_fields(draft, fields) })
    }

    /// The form for another registry; what was typed is kept.
    pub fn switch_registry(&self, draft: &Draft, registry: &str) -> Result<Draft, FailureView> {
        let (from, to) = (self.registries.of_form(&draft.registry)?, self.registries.of_form(registry)?);
        let fields = slipway_hosts::switch(&form::fields(draft), &from, &to);
        let mut switched = Draft { registry: to.name.to_string(), ..form::with_fields(draft, fields) };
        // Whose name stands in the practice form is nobody's elsewhere.
        if from.plays != to.plays {
            let account = self.accounts.used_at(&to.name);
            switched.owner = account.map(|account| account.username.to_ascii_lowercase()).unwrap_or_default();
        }
        Ok(switched)
    }

    /// What could fill an empty field: who is signed in, and what the file says.
    pub(crate) fn hints(&self, endpoint: &Endpoint, draft: &Draft) -> Hints {
        let names = draft.file.and_then(|file| self.files.get(file).ok()).and_then(|file| {
            let archive = file.read()?;
            let image = archive.select(&draft.image).ok()?;
            let oci = image::is_oci(&archive);
            Some(image.names.iter().map(|name| image::name_view(name, oci)).collect::<Vec<_>>())
        });
        let find = |part: fn(&crate::view::NameView) -> &String| {
            names.as_ref()?.iter().map(part).find(|text| !text.is_empty()).cloned()
        };
        Hints {
            owner: self.accounts.used_at(&endpoint.name).map(|account| account.username.to_ascii_lowercase()),
            image_name: find(|name| &name.image_name),
            version: find(|name| &name.version),
        }
    }

    /// Tells `view` of a job: everything first, then changes, at most ten times a second, until the job is
    /// over or `view` returns false. An unknown job ends at once.
    pub async fn watch(&self, job: JobId, view: impl FnMut(JobUpdate) -> bool) {
        let mut view = view;
        match self.jobs.get(job) {
            Some(live) => live.watch(view).await,
            None => {
                if let Some(record) = self.jobs.record(job) {
                    view(JobUpdate::Snapshot { job: Box::new(record.view) });
                }
            }
        }
    }

    /// Pauses a job; one that is over, cancelled or paused stays as it is.
    pub fn pause(&self, job: JobId) {
        if let Some(job) = self.jobs.get(job) {
            job.pause();
        }
    }

    /// Ends the waits of a job before its next tries.
    pub fn try_now(&self, job: JobId) {
        if let Some(job) = self.jobs.get(job) {
            job.try_now();
        }
    }

    /// Fetches an image into a file. `platform` picks one of several.
    pub async fn pull(
        &self,
        reference: &Reference,
        output: &Path,
        options: PullOptions,
        progress: impl Fn(FetchProgress) + Send + Sync + 'static,
        cancel: &CancellationToken,
    ) -> Result<Fetched, FailureView> {
        let PullOptions { format, platform, plain_http } = options;
        let endpoint = self.registries.endpoint(&reference.host, plain_http)?;
        let registry =
            self.accounts.registry(&endpoint).map_err(|error| FailureView::registry(&error, now()))?;
        let request = PullRequest {
            reference: reference.clone(),
            platform,
            default_platform: this_platform(),
            format: match format {
                PullFormat::DockerArchive => Target::DockerArchive,
                PullFormat::OciArchive => Target::OciArchive,
            },
            output: output.to_owned(),
        };
        self.ledger.clear_parts();
        let parts = Arc::<Mutex<Vec<PathBuf>>>::default();
        let (ledger, unfinished) = (Arc::clone(&self.ledger), Arc::clone(&parts));
        let events: Events = Arc::new(move |event| match event {
            Event::Unfinished { path } => {
                ledger.keep_part(&path);
                unfinished.lock().unwrap_or_else(PoisonError::into_inner).push(path);
            }
            Event::Fetching { digest, size } => {
                progress(FetchProgress::Blob { digest: digest.to_string(), size });
            }
            Event::Received { bytes } => progress(FetchProgress::Received { bytes }),
            Event::Warned { text } => progress(FetchProgress::Warning { text }),
            Event::Waiting { reason, wait_ms, .. } => {
                progress(FetchProgress::Waiting { reason, seconds: wait_ms.div_ceil(1000) });
            }
            _ => {}
        });
        let pulled = slipway_transfer::pull(&request, &registry, &events, cancel).await;
        for path in parts.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            self.ledger.forget_part(path);
        }
        match pulled {
            Ok(pulled) => Ok(Fetched {
                digest: pulled.digest.to_string(),
                media_type: pulled.media_type,
                file_size: pulled.file_size,
                refused: registry
                    .refused_credential()
                    .map(|(username, source)| AccountView { username, source: credential_source(source) }),
            }),
            Err(error) => Err(FailureView::transfer(&error, now())),
        }
    }

    /// The address of a page outside; none where there is no such page.
    pub fn link(&self, topic: LinkTopic, draft: &Draft) -> Option<Url> {
        let endpoint = self.registries.of_form(&draft.registry).ok()?;
        let (_, checked) = form::check(&endpoint, draft, &Hints::default());
        links::address(topic, &endpoint, checked.destination.as_ref().map(|destination| &destination.path))
    }
}

/// `linux/` and this computer's architecture in Go's words: containers run on Linux even on other systems.
fn this_platform() -> String {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("linux/{architecture}")
}
