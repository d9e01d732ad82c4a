//! The app: every use case of the window and the command, as one type.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use secrecy::SecretString;
use slipway_archive::Target;
use slipway_distribution::CredentialSource;
use slipway_hosts::{Endpoint, Hints, Profile};
use slipway_reference::{HostName, Reference};
use slipway_transfer::{
    Changes, Compression, Contents, Engine, Event, Events, Options, Parts, Pool, PullRequest, Request,
};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::files::Files;
use crate::form;
use crate::image;
use crate::jobs::{Jobs, Publish};
use crate::links;
use crate::practice::{self, Running};
use crate::preflight::{self, Asked, Reason};
use crate::publish::{self, FetchProgress, Fetched, Prepared, PullFormat, PullOptions, PushOptions};
use crate::reading::Readings;
use crate::registries::Registries;
use crate::settings::{Settings, language};
use crate::setup::Setup;
use crate::store::Store;
use crate::view::{
    Code, Draft, FailureView, FindingView, FormView, JobId, JobProgress, JobState, JobUpdate, JobView,
    LinkTopic, PracticeView, PreflightView, RegistryView, StartView,
};

/// A token is never longer; what is longer was pasted by mistake.
const LONGEST_TOKEN: usize = 4096;

/// The app. One for each process; every method may be called from any task.
pub struct Slipway {
    home: PathBuf,
    settings: Settings,
    languages: Vec<String>,
    pub(crate) files: Files,
    pub(crate) readings: Readings,
    registries: Registries,
    jobs: Jobs,
    ledger: Arc<Store>,
    pool: OnceLock<Pool>,
    practice: tokio::sync::Mutex<Option<Running>>,
}

impl Slipway {
    /// Starts with what the shell found in its surroundings.
    pub fn new(setup: Setup) -> Self {
        Self {
            ledger: Arc::new(Store::new(&setup.home)),
            home: setup.home,
            settings: setup.settings,
            languages: setup.languages,
            files: Files::default(),
            readings: Readings::default(),
            registries: Registries::new(setup.hosts, setup.credentials),
            jobs: Jobs::default(),
            pool: OnceLock::new(),
            practice: tokio::sync::Mutex::default(),
        }
    }

    /// What the window needs to know once.
    pub fn start(&self) -> StartView {
        let registries = self.registries.offered();
        let draft = Draft {
            registry: registries.first().map(|registry| registry.name.clone()).unwrap_or_default(),
            ..Draft::default()
        };
        StartView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language: language(self.settings.language.as_deref(), &self.languages),
            theme: self.settings.theme,
            registries,
            draft,
        }
    }

    /// What the local rules say of a form.
    pub fn check_form(&self, draft: &Draft) -> Result<FormView, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        Ok(form::check(&endpoint, draft, &self.hints(&endpoint, draft)).0)
    }

    /// The form for another registry; what was typed is kept.
    pub fn switch_registry(&self, draft: &Draft, registry: &str) -> Result<Draft, FailureView> {
        let (from, to) = (self.registries.of_form(&draft.registry)?, self.registries.of_form(registry)?);
        let fields = slipway_hosts::switch(&form::fields(draft), &from, &to);
        Ok(Draft { registry: to.name.to_string(), ..form::with_fields(draft, fields) })
    }

    /// What could fill an empty field: who is signed in, and what the file says.
    fn hints(&self, endpoint: &Endpoint, draft: &Draft) -> Hints {
        let names = draft.file.and_then(|file| self.files.get(file).ok()).and_then(|file| {
            let archive = file.read()?;
            let image = archive.select(&draft.image).ok()?;
            Some(image.names.iter().map(|name| image::name_view(name)).collect::<Vec<_>>())
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

    /// The pre-flight card of a form.
    pub async fn preflight(&self, draft: &Draft) -> Result<PreflightView, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        let (form, checked) = form::check(&endpoint, draft, &self.hints(&endpoint, draft));
        let account = self.registries.account(&endpoint.name);
        let mut parts = None;
        let mut command = String::new();
        if let Some(file) = draft.file {
            let file = self.files.get(file)?;
            let archive = self.archive(&file).await?;
            let image = publish::select(&archive, Some(&draft.image))?;
            let contents = Contents::of(&archive, &image);
            parts = Some(self.parts(&contents, platform(draft), endpoint.profile, &self.settings.transfer()));
            let reference = &form.reference;
            command = publish::command(
                &file.path,
                &archive,
                draft,
                &reference.full,
                &reference.more_versions,
                endpoint.plain_http,
            );
        }
        let asked = match (&checked.destination, &parts) {
            (Some(_), Some(_)) if account.is_none() && preflight::needs_account(endpoint.profile) => {
                Asked::Not(Reason::SignedOut)
            }
            (Some(destination), Some(parts)) => match self.registries.client(&endpoint) {
                Ok(client) => {
                    preflight::ask(&client, &destination.path, parts.clone(), &destination.tags, now()).await
                }
                Err(error) => return Err(FailureView::registry(&error, now())),
            },
            _ => Asked::Not(Reason::Fields),
        };
        Ok(preflight::view(draft, &endpoint, &checked, account.as_ref(), parts.as_ref(), &asked, command))
    }

    /// Publishes what the form says. The same push under way already is not started twice.
    pub async fn publish(&self, draft: &Draft) -> Result<JobId, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        let file = draft.file.ok_or_else(|| FailureView::new(Code::FileUnreadable, "no file is opened"))?;
        let file = self.files.get(file)?;
        let archive = self.archive(&file).await?;
        let image = publish::select(&archive, Some(&draft.image))?;
        let (_, checked) = form::check(&endpoint, draft, &self.hints(&endpoint, draft));
        let destination = publish::valid(checked, draft)?;
        let platform = platform(draft).map(str::to_owned);
        let draft = draft.clone();
        self.start_push(Prepared {
            file,
            contents: Contents::of(&archive, &image),
            changed: false,
            platform,
            endpoint,
            destination,
            draft,
            transfer: self.settings.transfer(),
        })
    }

    /// What people chose once.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Publishes what a command line says; with the job comes what should be said before it.
    pub async fn push(&self, options: &PushOptions) -> Result<(JobId, Vec<FindingView>), FailureView> {
        let prepared = self.prepare(options).await?;
        let mut notes = image::notes(prepared.contents.image(), prepared.platform.as_deref());
        notes.extend(prepared.changed.then(image::changed_note));
        Ok((self.start_push(prepared)?, notes))
    }

    /// What [`push`](Self::push) would do, as the pre-flight card; nothing is sent.
    pub async fn dry_run(&self, options: &PushOptions) -> Result<PreflightView, FailureView> {
        let prepared = self.prepare(options).await?;
        let endpoint = &prepared.endpoint;
        let client =
            self.registries.client(endpoint).map_err(|error| FailureView::registry(&error, now()))?;
        let parts = self.prepared_parts(&prepared);
        let destination = &prepared.destination;
        let asked = preflight::ask(&client, &destination.path, parts.clone(), &destination.tags, now()).await;
        let checked = slipway_hosts::Checked {
            findings: Vec::new(),
            destination: Some(destination.clone()),
            parts: Vec::new(),
            field_order: Vec::new(),
        };
        let account = self.registries.account(&endpoint.name);
        let command = prepared.command();
        let (draft, account) = (&prepared.draft, account.as_ref());
        let mut view = preflight::view(draft, endpoint, &checked, account, Some(&parts), &asked, command);
        if !prepared.transfer.compression.is_zstd() {
            let zstd = Compression::ZSTD;
            let saved = tokio::task::spawn_blocking(move || slipway_transfer::saving(&parts, zstd)).await;
            view.checks.extend(saved.ok().flatten().map(preflight::zstd_saves));
        }
        Ok(view)
    }

    async fn prepare(&self, options: &PushOptions) -> Result<Prepared, FailureView> {
        let endpoint = self.registries.endpoint(&options.reference.host, options.plain_http)?;
        let mut changes = options.changes.clone();
        if let Some(repository) = &options.source {
            changes.labels.push(publish::source_label(&endpoint, repository)?);
        }
        let mut images = Vec::new();
        let mut first = None;
        for path in &options.files {
            let file = self.files.add(path);
            let archive = self.archive(&file).await?;
            let image = publish::select(&archive, options.image.as_deref())?;
            first.get_or_insert((file, image.selector.clone()));
            images.push((archive, image));
        }
        let Some((file, selector)) = first else {
            return Err(FailureView::new(Code::FileUnreadable, "no file was named"));
        };
        let contents = match &images[..] {
            [(archive, image)] => Ok(Contents::of(archive, image)),
            several => Contents::join(several),
        };
        let changed = changes != Changes::default();
        let contents = contents
            .and_then(|contents| contents.change(&changes))
            .map_err(|error| FailureView::transfer(&error, now()))?;
        let (destination, draft) = publish::destination(&endpoint, &options.reference, &options.tags)?;
        let platform = options.platform.clone();
        let draft = Draft {
            file: Some(file.id),
            image: selector,
            platform: platform.clone().unwrap_or_default(),
            ..draft
        };
        let transfer = options.transfer.clone();
        Ok(Prepared { file, contents, changed, platform, endpoint, destination, draft, transfer })
    }

    fn start_push(&self, prepared: Prepared) -> Result<JobId, FailureView> {
        let endpoint = prepared.endpoint.clone();
        let profile = endpoint.profile;
        let parts = self.prepared_parts(&prepared);
        if let Some(check) = parts.checks.iter().find(|check| check.blocks()) {
            return Err(FailureView::refused(check));
        }
        let registry =
            self.registries.client(&endpoint).map_err(|error| FailureView::registry(&error, now()))?;
        let engine = self.engine()?;
        let base = self.base(&prepared, &parts);
        if let Some(running) = self.jobs.twin(&base) {
            return Ok(running);
        }
        let path = prepared.destination.path.clone();
        let package_page = links::address(LinkTopic::PackagePage, &endpoint, Some(&path)).is_some();
        let (repository, command) = (prepared.repository(), prepared.command());
        let owner = path.as_str().split('/').next().unwrap_or_default().to_owned();
        let reference = prepared.reference();
        Ok(self.jobs.start(Publish {
            request: Request {
                contents: prepared.contents,
                platform: prepared.platform,
                path: prepared.destination.path,
                tags: prepared.destination.tags,
                options: prepared.transfer,
            },
            engine,
            registry,
            base: JobView { id: self.jobs.next_id(), ..base },
            result: Box::new(move |published| {
                publish::result(published, repository, profile.by_digest(), package_page, command)
            }),
            failure: Box::new(move |error| {
                FailureView::transfer(error, now())
                    .with("registry", &endpoint.name)
                    .with("owner", owner)
                    .with("package", path)
                    .with("reference", reference)
            }),
        }))
    }

    /// What pushes share: the threads that compress, and the memory.
    fn engine(&self) -> Result<Engine, FailureView> {
        let pool = match self.pool.get() {
            Some(pool) => pool.clone(),
            None => {
                let pool = Pool::new(0).map_err(|error| {
                    FailureView::new(Code::Internal, format!("no threads for compressing: {error}"))
                })?;
                self.pool.get_or_init(|| pool).clone()
            }
        };
        Ok(Engine { pool, ledger: Arc::<Store>::clone(&self.ledger) })
    }

    fn parts(
        &self,
        contents: &Contents,
        platform: Option<&str>,
        profile: Profile,
        options: &Options,
    ) -> Parts {
        let mut parts = Parts::of(contents, platform, profile, options.compression);
        parts.recall(&*self.ledger);
        parts
    }

    fn prepared_parts(&self, prepared: &Prepared) -> Parts {
        let Prepared { contents, platform, endpoint, transfer, .. } = prepared;
        self.parts(contents, platform.as_deref(), endpoint.profile, transfer)
    }

    /// The job's view before it starts.
    fn base(&self, prepared: &Prepared, parts: &Parts) -> JobView {
        JobView {
            id: JobId(0),
            reference: prepared.reference(),
            registry: prepared.endpoint.name.to_string(),
            title: prepared.title(),
            file_name: prepared.file.name(),
            format: image::format(prepared.contents.archive()),
            platforms: parts.platforms.clone(),
            practice: self.registries.is_practice(&prepared.endpoint.name),
            draft: prepared.draft.clone(),
            started: now(),
            progress: JobProgress::waiting(),
            layers: Vec::new(),
            log: Vec::new(),
            result: None,
            failure: None,
        }
    }

    /// Tells `view` of a job: everything first, then changes, at most ten times a second, until the job is
    /// over or `view` returns false. An unknown job ends at once.
    pub async fn watch(&self, job: JobId, view: impl FnMut(JobUpdate) -> bool) {
        if let Some(job) = self.jobs.get(job) {
            job.watch(view).await;
        }
    }

    /// Cancels a job; one that is over or unknown stays as it is.
    pub fn cancel(&self, job: JobId) {
        if let Some(job) = self.jobs.get(job) {
            job.cancel();
        }
    }

    /// Pauses a job; one that is over, cancelled or paused stays as it is.
    pub fn pause(&self, job: JobId) {
        if let Some(job) = self.jobs.get(job) {
            job.pause();
        }
    }

    /// Goes on with a paused job.
    pub fn resume(&self, job: JobId) {
        if let Some(job) = self.jobs.get(job) {
            job.resume();
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
        let events: Events = Arc::new(move |event| match event {
            Event::Fetching { digest, size } => {
                progress(FetchProgress::Blob { digest: digest.to_string(), size });
            }
            Event::Received { bytes } => progress(FetchProgress::Received { bytes }),
            _ => {}
        });
        match slipway_transfer::pull(&request, &registry, &events, cancel).await {
            Ok(pulled) => Ok(Fetched {
                digest: pulled.digest.to_string(),
                media_type: pulled.media_type,
                file_size: pulled.file_size,
            }),
            Err(error) => Err(FailureView::transfer(&error, now())),
        }
    }

    /// Starts the practice registry (once), signs in there, and opens its sample image with a filled form.
    pub async fn start_practice(&self, draft: Draft) -> Result<PracticeView, FailureView> {
        let failed = |error: &dyn std::fmt::Display| {
            FailureView::new(Code::Internal, format!("the practice registry did not start: {error}"))
        };
        let mut practice = self.practice.lock().await;
        if practice.is_none() {
            let running = practice::start(&self.home).await.map_err(|error| failed(&error))?;
            let endpoint = practice::endpoint(&running.practice).map_err(|error| failed(&error))?;
            if let Some(token) = running.practice.token_for(practice::USER) {
                let secret = SecretString::from(token);
                let user = practice::USER.to_owned();
                self.registries.sign_in(&endpoint.name, user, secret, CredentialSource::Practice);
            }
            self.registries.add_practice(endpoint);
            *practice = Some(running);
        }
        // It was set just now, or before.
        let Some(running) = practice.as_ref() else { return Err(failed(&"it is gone")) };
        let draft = Draft {
            registry: running.practice.ghcr().to_string(),
            owner: practice::USER.to_owned(),
            image_name: String::new(),
            repository: String::new(),
            versions: Vec::new(),
            version_text: String::new(),
            ..draft
        };
        let opened = self.open_path(&running.sample, draft).await?;
        Ok(PracticeView { registries: self.registries.offered(), opened })
    }

    /// Keeps a token for this run. It goes no further than this process, and no call returns it.
    pub fn sign_in(
        &self,
        registry: &str,
        username: &str,
        token: &str,
    ) -> Result<Vec<RegistryView>, FailureView> {
        let host = self.registries.of_form(registry)?.name;
        self.keep(&host, username, token, CredentialSource::ThisRun)?;
        Ok(self.registries.offered())
    }

    /// Keeps a token that came on standard input for this run.
    pub fn sign_in_from_input(
        &self,
        host: &HostName,
        username: &str,
        token: &str,
    ) -> Result<(), FailureView> {
        self.keep(host, username, token, CredentialSource::StandardInput)
    }

    fn keep(
        &self,
        host: &HostName,
        username: &str,
        token: &str,
        source: CredentialSource,
    ) -> Result<(), FailureView> {
        let (username, token) = (username.trim(), token.trim());
        let clean =
            |text: &str| !text.is_empty() && text.len() <= LONGEST_TOKEN && !text.contains(char::is_control);
        if !clean(username) || !clean(token) || username.contains(':') {
            return Err(FailureView::new(Code::SignInRequired, "signing in takes a user name and a token"));
        }
        self.registries.sign_in(host, username.to_owned(), SecretString::from(token), source);
        Ok(())
    }

    /// Forgets the token of this run.
    pub fn sign_out(&self, registry: &str) -> Result<Vec<RegistryView>, FailureView> {
        let host = self.registries.of_form(registry)?.name;
        self.registries.sign_out(&host);
        Ok(self.registries.offered())
    }

    /// The address of a page outside; none where there is no such page.
    pub fn link(&self, topic: LinkTopic, draft: &Draft) -> Option<Url> {
        let endpoint = self.registries.of_form(&draft.registry).ok()?;
        let (_, checked) = form::check(&endpoint, draft, &Hints::default());
        links::address(topic, &endpoint, checked.destination.as_ref().map(|destination| &destination.path))
    }
}

impl JobProgress {
    /// Before anything happened.
    fn waiting() -> Self {
        Self {
            state: JobState::Checking,
            total: 0,
            sent: 0,
            reused: 0,
            exact: false,
            percent: 0.0,
            speed: None,
            seconds_left: None,
            retry_seconds: None,
            layers_done: 0,
            layers_total: 0,
        }
    }
}

fn platform(draft: &Draft) -> Option<&str> {
    Some(draft.platform.as_str()).filter(|platform| !platform.is_empty())
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

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
