//! The app: every use case of the window and the command, as one type.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use secrecy::SecretString;
use slipway_archive::Target;
use slipway_distribution::CredentialSource;
use slipway_hosts::{Endpoint, Hints, Hosts};
use slipway_reference::{HostName, Reference};
use slipway_transfer::{Event, Events, Limit, Pool, PullRequest, Samples};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::accounts::Accounts;
use crate::accounts::LONGEST_TOKEN;
use crate::clock::now;
use crate::failure::credential_source;
use crate::images::files::Files;
use crate::images::image;
use crate::images::reading::Readings;
use crate::jobs::Jobs;
use crate::practice::Running;
use crate::publish::form;
use crate::publish::links;
use crate::publish::prepared::{FetchProgress, Fetched, PullFormat, PullOptions};
use crate::registries::Registries;
use crate::registries::confirm::Confirm;
use crate::registries::destinations::Confirmed;
use crate::settings::{Settings, language};
use crate::setup::Setup;
use crate::store::Store;
use crate::view::{AccountView, Code, Draft, FailureView, FormView, JobId, JobUpdate, LinkTopic, StartView};
use crate::words::Words;

/// The app. One for each process; every method may be called from any task.
pub struct Slipway {
    pub(crate) home: PathBuf,
    pub(crate) settings: RwLock<Settings>,
    pub(crate) languages: Vec<String>,
    pub(crate) files: Files,
    pub(crate) readings: Readings,
    /// Number of the latest count of a layer's content; others end.
    pub(crate) counting: Arc<AtomicU64>,
    /// The registries without those of the settings.
    pub(crate) base: Hosts,
    pub(crate) registries: Registries,
    pub(crate) accounts: Accounts,
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
    pub(crate) confirm: Arc<dyn Confirm>,
    pub(crate) confirmed: Mutex<Confirmed>,
    /// Held while somebody decides where credentials go, so that nothing changes between the question and what follows.
    pub(crate) destinations: tokio::sync::Mutex<()>,
}

impl Slipway {
    /// Starts with what the shell found in its surroundings.
    pub fn new(setup: Setup) -> Self {
        let store = Arc::new(Store::new(&setup.home));
        Self {
            jobs: Jobs::new(setup.keep_history.then(|| Arc::clone(&store))),
            ledger: store,
            home: setup.home,
            base: setup.base,
            registries: Registries::new(setup.hosts, setup.credentials, &setup.settings),
            accounts: Accounts::new(setup.keychain, setup.surroundings),
            settings: RwLock::new(setup.settings),
            languages: setup.languages,
            files: Files::default(),
            readings: Readings::new(setup.inputs),
            counting: Arc::default(),
            pool: OnceLock::new(),
            limit: Limit::default(),
            page_faults: Mutex::default(),
            samples: Arc::default(),
            in_background: setup.in_background,
            practice: tokio::sync::Mutex::default(),
            confirm: setup.confirm,
            confirmed: Mutex::default(),
            destinations: tokio::sync::Mutex::default(),
        }
    }

    /// What the window needs to know once.
    pub fn start(&self) -> StartView {
        let (registries, settings) = (self.registries.offered(), self.settings());
        let draft = Draft {
            registry: registries.first().map(|registry| registry.name.clone()).unwrap_or_default(),
            ..Draft::default()
        };
        StartView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language: language(settings.language.as_deref(), &self.languages),
            settings: settings.view(),
            registries,
            draft,
        }
    }

    /// The words of failures, in the language of the settings, else of the system, else in English.
    pub fn words(&self) -> Words {
        let language = self.settings().language;
        Words::of(language.as_deref(), &self.languages, self.registries.github())
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
        if !self.registries.offered().iter().any(|registry| registry.name == name) {
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
            let account = self.registries.account(&to.name);
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
            owner: self
                .registries
                .account(&endpoint.name)
                .map(|account| account.username.to_ascii_lowercase()),
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
            self.registries.client(&endpoint).map_err(|error| FailureView::registry(&error, now()))?;
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

    /// Keeps a token that came on standard input for this run.
    pub fn sign_in_from_input(
        &self,
        host: &HostName,
        username: &str,
        token: &str,
    ) -> Result<(), FailureView> {
        let (username, token) = (username.trim(), token.trim());
        let clean =
            |text: &str| !text.is_empty() && text.len() <= LONGEST_TOKEN && !text.contains(char::is_control);
        if !clean(username) || !clean(token) || username.contains(':') {
            return Err(FailureView::new(Code::SignInRequired, "signing in takes a user name and a token"));
        }
        let source = CredentialSource::StandardInput;
        self.registries.sign_in(host, username.to_owned(), SecretString::from(token), source);
        Ok(())
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
