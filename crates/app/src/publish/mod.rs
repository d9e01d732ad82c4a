//! From a form or a command line to a running job: what it would do, and doing it.

mod afterwards;
mod check;
pub(crate) mod command;
pub(crate) mod form;
pub(crate) mod github;
pub(crate) mod links;
pub(crate) mod preflight;
pub(crate) mod prepared;
mod suggestions;
pub(crate) mod workflow;

use std::sync::{Arc, Mutex, PoisonError};

use slipway_archive::{Archive, Image};
use slipway_distribution::Waits;
use slipway_hosts::{Endpoint, Profile};
use slipway_transfer::{Changes, Compression, Contents, Engine, Options, Parts, Pool, Request, Way};

use crate::clock::now;
use crate::images::image;
use crate::jobs::Publish;
use crate::publish::prepared::platform;
use crate::publish::prepared::{DryRun, Place, Prepared, PushOptions};
use crate::slipway::Slipway;
use crate::store::Store;
use crate::view::{
    Code, Draft, FailureView, FindingView, JobId, JobProgress, JobState, JobView, LinkTopic, PreflightView,
    Remedy,
};
use check::Reason;
use preflight::{Asked, Known};

impl Slipway {
    /// The pre-flight card of a form.
    pub async fn preflight(&self, draft: &Draft) -> Result<PreflightView, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        let (form, checked) = form::check(&endpoint, draft, &self.hints(&endpoint, draft));
        let account = self.accounts.used_at(&endpoint.name);
        let mut parts = None;
        let mut command = String::new();
        if let Some(file) = draft.file {
            let file = self.images.files().get(file)?;
            let archive = self.images.archive(&file).await?;
            let image = image::select(&archive, Some(&draft.image))?;
            // What is not valid yet is the form's matter; the plan shows the image without it.
            let (contents, transfer) = if form.valid {
                let transfer = prepared::transfer(self.settings.get().transfer(), draft)?;
                (changed(&archive, &image, &endpoint, draft)?, transfer)
            } else {
                (Contents::of(&archive, &image), self.settings.get().transfer())
            };
            let unasked = self.parts(&contents, platform(draft), endpoint.profile, &transfer);
            parts = Some(self.estimated(unasked).await?);
            let reference = &form.reference;
            command = prepared::command(
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
            (Some(destination), Some(parts)) => match self.accounts.registry(&endpoint) {
                Ok(client) => {
                    preflight::ask(&client, &destination.path, parts.clone(), &destination.tags, now()).await
                }
                Err(error) => return Err(FailureView::registry(&error, now())),
            },
            _ => Asked::Not(Reason::Fields),
        };
        let path = checked.destination.as_ref().map(|destination| &destination.path);
        let github = self.destination_checks(&endpoint, path, draft).await;
        let record = self.accounts.account_at(&endpoint);
        let way =
            prepared::transfer(self.settings.get().transfer(), draft).ok().and_then(|transfer| transfer.way);
        let newer = self.newer(draft, &endpoint);
        let known = Known {
            endpoint: &endpoint,
            checked: &checked,
            account: account.as_ref(),
            parts: parts.as_ref(),
            asked: &asked,
            record: record.as_ref(),
            github,
            rate: self.ledger.rate(endpoint.name.as_str()),
            chunks: way == Some(Way::Chunks),
            newer: newer.as_ref(),
        };
        Ok(preflight::view(draft, &known, command))
    }

    /// The form for the registry that replaced the one of `draft` at its host, if there is one.
    fn newer(&self, draft: &Draft, endpoint: &Endpoint) -> Option<Draft> {
        let offered = self.registries.endpoints();
        let newer = offered.iter().find(|other| {
            endpoint.profile.is_legacy() && !other.profile.is_legacy() && other.host() == endpoint.host()
        })?;
        self.switch_registry(draft, newer.name.as_str()).ok()
    }

    /// Publishes what the form says. The same push under way already is not started twice.
    pub async fn publish(&self, draft: &Draft) -> Result<JobId, FailureView> {
        self.publish_as(None, draft).await
    }

    /// The same, as the job `id` that was begun before.
    pub(crate) async fn publish_as(&self, id: Option<JobId>, draft: &Draft) -> Result<JobId, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        let file = draft.file.ok_or_else(|| FailureView::new(Code::FileUnreadable, "no file is opened"))?;
        let file = self.images.files().get(file)?;
        let archive = self.images.archive(&file).await?;
        let image = image::select(&archive, Some(&draft.image))?;
        let (_, checked) = form::check(&endpoint, draft, &self.hints(&endpoint, draft));
        let destination = prepared::valid(checked)?;
        let platform = platform(draft).map(str::to_owned);
        let draft = draft.clone();
        self.start_push(
            id,
            Prepared {
                file,
                contents: changed(&archive, &image, &endpoint, &draft)?,
                changed: false,
                notes: Vec::new(),
                platform,
                endpoint,
                destination,
                transfer: prepared::transfer(self.settings.get().transfer(), &draft)?,
                draft,
            },
        )
    }

    /// Publishes what a command line says; with the job comes what should be said before it.
    pub async fn push(&self, options: &PushOptions) -> Result<(JobId, Vec<FindingView>), FailureView> {
        let prepared = self.prepare(options).await?;
        let notes = prepared.said();
        Ok((self.start_push(None, prepared)?, notes))
    }

    /// What [`push`](Self::push) would do; nothing is sent.
    pub async fn dry_run(&self, options: &PushOptions) -> Result<DryRun, FailureView> {
        let prepared = self.prepare(options).await?;
        let notes = prepared.said();
        let endpoint = &prepared.endpoint;
        let client =
            self.accounts.registry(endpoint).map_err(|error| FailureView::registry(&error, now()))?;
        let warnings = Arc::<Mutex<Vec<String>>>::default();
        let warned = Arc::clone(&warnings);
        let client = client.telling(Waits::default().with_warnings(move |text| {
            warned.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
        }));
        let parts = self.estimated(self.prepared_parts(&prepared)).await?;
        let destination = &prepared.destination;
        let asked = preflight::ask(&client, &destination.path, parts.clone(), &destination.tags, now()).await;
        let checked = slipway_hosts::Checked {
            findings: Vec::new(),
            destination: Some(destination.clone()),
            parts: Vec::new(),
            field_order: Vec::new(),
        };
        let account = self.accounts.used_at(&endpoint.name);
        let record = self.accounts.account_at(endpoint);
        let command = prepared.command();
        let known = Known {
            endpoint,
            checked: &checked,
            account: account.as_ref(),
            parts: Some(&parts),
            asked: &asked,
            record: record.as_ref(),
            github: self.destination_checks(endpoint, Some(&destination.path), &prepared.draft).await,
            rate: None,
            chunks: prepared.transfer.way == Some(Way::Chunks),
            newer: None,
        };
        let mut view = preflight::view(&prepared.draft, &known, command);
        if !prepared.transfer.compression.is_zstd() {
            let zstd = Compression::ZSTD;
            let saved = tokio::task::spawn_blocking(move || slipway_transfer::saving(&parts, zstd)).await;
            view.checks.extend(saved.ok().flatten().map(preflight::zstd_saves));
        }
        let warnings = warnings.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(DryRun { plan: view, notes, warnings })
    }

    async fn prepare(&self, options: &PushOptions) -> Result<Prepared, FailureView> {
        let endpoint = self.registries.endpoint(&options.reference.host, options.plain_http)?;
        let mut changes = options.changes.clone();
        if let Some(repository) = &options.source {
            changes.labels.push(prepared::source_label(&endpoint, repository)?);
        }
        let (mut images, mut notes) = (Vec::new(), Vec::new());
        let mut first = None;
        for path in &options.files {
            let file = self.images.file(path);
            let archive = self.images.archive(&file).await?;
            let image = image::select(&archive, options.image.as_deref())?;
            if options.image.is_none() {
                notes.extend(image::left_out_notes(&archive));
            }
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
        let (destination, draft) = prepared::destination(&endpoint, &options.reference, &options.tags)?;
        let platform = options.platform.clone();
        let draft = Draft {
            file: Some(file.id),
            image: selector,
            platform: platform.clone().unwrap_or_default(),
            ..draft
        };
        let transfer = options.transfer.clone();
        Ok(Prepared { file, contents, changed, notes, platform, endpoint, destination, draft, transfer })
    }

    fn start_push(&self, id: Option<JobId>, prepared: Prepared) -> Result<JobId, FailureView> {
        let endpoint = prepared.endpoint.clone();
        let profile = endpoint.profile;
        let parts = self.prepared_parts(&prepared);
        if let Some(check) = parts.checks.iter().find(|check| check.blocks()) {
            return Err(FailureView::refused(check));
        }
        let registry =
            self.accounts.registry(&endpoint).map_err(|error| FailureView::registry(&error, now()))?;
        self.limit.set(prepared.transfer.rate);
        let engine = self.engine()?;
        let base = self.base(&prepared, &parts);
        if let Some(running) = self.jobs.twin(&base) {
            return Ok(running);
        }
        let path = prepared.destination.path.clone();
        let package_page = links::address(LinkTopic::PackagePage, &endpoint, Some(&path)).is_some();
        let linked = prepared.destination.source.as_ref();
        let place = Place {
            repository: prepared.repository(),
            source: linked.map(|(owner, repository)| format!("{owner}/{repository}")),
            by_digest: profile.by_digest(),
            package_page,
            command: prepared.command(),
        };
        let owner = path.as_str().split('/').next().unwrap_or_default().to_owned();
        let known = self.owners();
        let reference = prepared.shown();
        Ok(self.jobs.start(Publish {
            request: Request {
                contents: prepared.contents,
                platform: prepared.platform,
                path: prepared.destination.path,
                tags: prepared.destination.tags,
                options: prepared.transfer,
            },
            parts,
            engine,
            registry,
            file: prepared.file.path.clone(),
            base: JobView { id: id.unwrap_or_else(|| self.jobs.next_id()), ..base },
            result: Box::new(move |published| prepared::result(published, place)),
            failure: Box::new(move |error| {
                let mut failure = FailureView::transfer(error, now())
                    .with("registry", endpoint.shown())
                    .with("owner", &owner)
                    .with("package", path)
                    .with("reference", reference);
                if failure.code == Code::OwnerNotFound
                    && let Some(owner) = crate::failure::nearest(&owner, &known)
                {
                    failure.help.insert(0, Remedy::UseOwner { owner: owner.clone() });
                }
                failure
            }),
        }))
    }

    /// What pushes share: the threads that compress, and the memory.
    fn engine(&self) -> Result<Engine, FailureView> {
        let pool = match self.pool.get() {
            Some(pool) => pool.clone(),
            None => {
                let pool = if self.in_background { Pool::in_background(0) } else { Pool::new(0) };
                let pool = pool.map_err(|error| {
                    FailureView::new(Code::Internal, format!("no threads for compressing: {error}"))
                })?;
                self.pool.get_or_init(|| pool).clone()
            }
        };
        Ok(Engine { pool, ledger: Arc::<Store>::clone(&self.ledger), limit: self.limit.clone() })
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
        self.samples.recall(&mut parts);
        parts
    }

    /// The same with what samples say of the layers that are compressed on the way. Reads a little of each at the first
    /// call.
    async fn estimated(&self, mut parts: Parts) -> Result<Parts, FailureView> {
        let samples = Arc::clone(&self.samples);
        let estimated = tokio::task::spawn_blocking(move || {
            samples.estimate(&mut parts);
            parts
        });
        estimated.await.map_err(|panic| FailureView::new(Code::Internal, panic.to_string()))
    }

    fn prepared_parts(&self, prepared: &Prepared) -> Parts {
        let Prepared { contents, platform, endpoint, transfer, .. } = prepared;
        self.parts(contents, platform.as_deref(), endpoint.profile, transfer)
    }

    /// The job's view before it starts.
    fn base(&self, prepared: &Prepared, parts: &Parts) -> JobView {
        JobView {
            id: JobId(0),
            reference: prepared.shown(),
            registry: prepared.endpoint.shown().to_string(),
            title: prepared.title(),
            file_name: prepared.file.name(),
            format: image::format(prepared.contents.archive()),
            platforms: parts.platforms.clone(),
            practice: self.registries.is_practice(&prepared.endpoint.name),
            draft: prepared.draft.clone(),
            started: now(),
            ended: None,
            interrupted: false,
            goes_on: false,
            progress: JobProgress::waiting(),
            layers: Vec::new(),
            log: Vec::new(),
            warnings: Vec::new(),
            result: None,
            failure: None,
        }
    }
}

/// An image with what the form wants changed about it.
fn changed(
    archive: &Archive,
    image: &Image,
    endpoint: &Endpoint,
    draft: &Draft,
) -> Result<Contents, FailureView> {
    let changes = prepared::changes(endpoint, draft)?;
    Contents::of(archive, image).change(&changes).map_err(|error| FailureView::transfer(&error, now()))
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
}
