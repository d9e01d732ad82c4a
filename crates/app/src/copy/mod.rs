//! Getting images from one registry to another.

mod draft;
mod options;
mod work;

pub use options::{CopyOptions, TagChoice};

use std::path::PathBuf;
use std::sync::Arc;

use slipway_distribution::Access;
use slipway_reference::{HostName, Reference, RepositoryPath};
use slipway_transfer::{Control, CopyRequest, Ends, Events, Options, survey};

use crate::accounts::Accounts;
use crate::clock::now;
use crate::jobs::Jobs;
use crate::jobs::work::Items;
use crate::publish::{Places, Shared};
use crate::registries::Registries;
use crate::settings::Current;
use crate::view::{
    CopyDraft, CopyEndView, CopyPlanView, CopyView, Draft, FailureView, JobId, JobKind, JobView,
};
use options::{Read, read};
use work::{Copying, planned};

/// Copies images.
pub struct Copies {
    settings: Arc<Current>,
    registries: Arc<Registries>,
    accounts: Arc<Accounts>,
    jobs: Arc<Jobs>,
    places: Places,
    shared: Arc<Shared>,
}

impl Copies {
    pub(crate) fn new(
        settings: Arc<Current>,
        registries: Arc<Registries>,
        accounts: Arc<Accounts>,
        jobs: Arc<Jobs>,
        places: Places,
        shared: Arc<Shared>,
    ) -> Self {
        Self { settings, registries, accounts, jobs, places, shared }
    }

    /// The repository that a typed reference names, and its tags: none where the registry has no such repository. Of one
    /// that is to be written, also what speaks for and against it.
    ///
    /// # Errors
    /// [`Code::NotFound`](crate::view::Code::NotFound) for one that is to be read, where there is none.
    pub async fn look(&self, text: &str, is_read: bool) -> Result<CopyEndView, FailureView> {
        let reference = draft::reference(text)?;
        let endpoint = self.registries.endpoint(&reference.host, false)?;
        let registry = self.registry(&reference.host, false)?;
        let repository = registry.repository(&reference.path, Access::Pull);
        let tags = repository.tags_if_there().await;
        let tags = tags.map_err(|error| FailureView::registry(&error, now()))?;
        if is_read && tags.is_none() {
            return Err(options::no_repository(&reference));
        }
        let tags = tags.unwrap_or_default();
        let checks = match is_read {
            true => Vec::new(),
            false => {
                Box::pin(self.places.checks(&endpoint, &registry, &reference.path, !tags.is_empty())).await
            }
        };
        let all = TagChoice { all: true, ..TagChoice::default() };
        let version = match (&reference.digest, &reference.tag) {
            (Some(digest), _) => Some(digest.to_string()),
            (None, tag) => tag.as_ref().map(ToString::to_string),
        };
        Ok(CopyEndView {
            repository: format!("{}/{}", reference.host, reference.path),
            name: reference.path.to_string(),
            version,
            tags: all.of(&tags).iter().map(ToString::to_string).collect(),
            practice: self.registries.is_practice(&reference.host),
            checks,
        })
    }

    /// The same as [`Copies::settle`] for what somebody typed in the window.
    pub async fn settle_draft(&self, draft: &CopyDraft) -> Result<CopyView, FailureView> {
        self.settle(&CopyOptions::of(draft)?).await
    }

    /// Which tags are copied under which names, as it stands now: what is settled does not change with the registry.
    pub async fn settle(&self, options: &CopyOptions) -> Result<CopyView, FailureView> {
        let source = self.registry(&options.from.host, options.plain_http)?;
        options.settled(&source.repository(&options.from.path, Access::Pull), now()).await
    }

    /// What a settled copy would do. Nothing is written.
    pub async fn plan(&self, copy: &CopyView) -> Result<CopyPlanView, FailureView> {
        let (request, ends) = self.request(copy, None)?;
        let events: Events = Arc::new(|_| {});
        let surveyed = Box::pin(survey(&request, &ends, &Control::new(&events))).await;
        let (lines, bytes) = surveyed.map_err(|error| FailureView::transfer(&error, now()))?;
        Ok(CopyPlanView {
            copy: CopyView { result: None, ..copy.clone() },
            tags: lines.iter().map(|line| planned(line, &request.options)).collect(),
            to_send: bytes.to_send,
            to_link: bytes.to_link,
            there: bytes.there,
        })
    }

    /// The same for a copy that the page has: without plain http, which it has no word in.
    pub async fn plan_from_page(&self, copy: &CopyView) -> Result<CopyPlanView, FailureView> {
        self.plan(&CopyView { plain_http: false, ..copy.clone() }).await
    }

    /// The same for a copy that the page has, without plain http.
    pub async fn start_from_page(&self, copy: &CopyView) -> Result<JobId, FailureView> {
        self.start(&CopyView { plain_http: false, ..copy.clone() }, None).await
    }

    /// Copies, as a job. The same copy under way already is not started twice.
    pub async fn start(&self, copy: &CopyView, rate: Option<u64>) -> Result<JobId, FailureView> {
        self.start_as(None, copy, rate).await
    }

    /// The same for a job of an earlier run, which goes on under its handle.
    pub(crate) async fn start_as(
        &self,
        id: Option<JobId>,
        copy: &CopyView,
        rate: Option<u64>,
    ) -> Result<JobId, FailureView> {
        let copy = CopyView { result: None, ..copy.clone() };
        let rate = rate.or(self.settings.get().transfer().rate);
        let (request, ends) = self.request(&copy, rate)?;
        let (from, to) = (&ends.source.endpoint(), &ends.target.endpoint());
        let base = JobView {
            reference: format!(
                "{}/{}:{}",
                to.shown(),
                request.to,
                request.tags.first().map_or("", |tag| tag.tag.as_str())
            ),
            registry: to.shown().to_string(),
            title: title(&request),
            file_name: format!("{}/{}", from.shown(), request.from.path),
            platforms: copy.platforms.clone(),
            practice: self.registries.is_practice(&to.name),
            copy: Some(copy),
            draft: Draft { registry: to.name.to_string(), ..Draft::default() },
            ..JobView::waiting(JobKind::Copy, now())
        };
        if let Some(running) = self.jobs.twin(&base, &PathBuf::new()) {
            return Ok(running);
        }
        let id = match id {
            Some(id) => id,
            None => self.jobs.new_handle().await,
        };
        let base = JobView { id, ..base };
        self.shared.limit(rate);
        let copying = Copying {
            settings: Arc::clone(&self.settings),
            to: to.name.clone(),
            request,
            ends,
            resources: self.shared.resources()?,
        };
        Ok(self.jobs.start(base, PathBuf::new(), &Items::default(), copying))
    }

    fn request(&self, copy: &CopyView, rate: Option<u64>) -> Result<(CopyRequest, Ends), FailureView> {
        let Read { from: (from_host, from), to: (to_host, to), tags } = read(copy)?;
        let ends = Ends {
            source: self.registry(&from_host, copy.plain_http)?,
            target: self.registry(&to_host, copy.plain_http)?,
        };
        let usual = self.settings.get().transfer_to(&to_host, &to);
        let options = Options { rate: rate.or(usual.rate), no_clobber: copy.no_clobber, ..usual };
        let from = reference(from_host, from);
        let (platforms, referrers) = (copy.platforms.clone(), copy.signatures);
        Ok((CopyRequest { from, to, tags, platforms, referrers, options }, ends))
    }

    fn registry(
        &self,
        host: &HostName,
        plain_http: bool,
    ) -> Result<slipway_distribution::Registry, FailureView> {
        let endpoint = self.registries.endpoint(host, plain_http)?;
        self.accounts.registry(&endpoint).map_err(|error| FailureView::registry(&error, now()))
    }
}

fn reference(host: HostName, path: RepositoryPath) -> Reference {
    Reference { host, path, tag: None, digest: None }
}

/// The image's name, and its version or how many: `monalisa 2.4.0`, `monalisa, 9 tags`.
fn title(request: &CopyRequest) -> String {
    let name = request.to.as_str().rsplit('/').next().unwrap_or_default();
    match &request.tags[..] {
        [only] => format!("{name} {}", only.tag),
        several => format!("{name}, {} tags", several.len()),
    }
}
