//! From a form or a command line to a running job.

use std::sync::Arc;

use slipway_distribution::Registry;
use slipway_hosts::{Destination, Endpoint};
use slipway_image::Changes;
use slipway_reference::Reference;
use slipway_transfer::{Control, Event, Events, Parts, Payload, Request, Resources, TransferError, push};

use super::held::{Naming, Spool};
use super::prepared::{EngineImages, Prepared, PublishedTo, PushOptions};
use super::wish::{Sending, Wish};
use super::{Publish, form, links, prepared};
use crate::clock::now;
use crate::engines::Wanted;
use crate::images::{File, image};
use crate::jobs::work::{Done, Items, Outcome, Work};
use crate::settings::Current;
use crate::view::{About, Code, Draft, FailureView, FindingView, JobId, JobKind, JobView, LinkTopic, Remedy};

impl Publish {
    /// Publishes what the form says. The same push under way already is not started twice.
    pub async fn start(&self, draft: &Draft) -> Result<JobId, FailureView> {
        self.start_as(None, draft).await
    }

    /// The same, as the job `id` that was begun before.
    pub(crate) async fn start_as(&self, id: Option<JobId>, draft: &Draft) -> Result<JobId, FailureView> {
        let endpoint = self.registries.of_form(&draft.registry)?;
        let file = draft.file.ok_or_else(|| FailureView::new(Code::FileUnreadable, "no file is opened"))?;
        let file = self.images.files().get(file)?;
        let (_, checked) = form::check(&endpoint, draft, &self.form.hints(&endpoint, draft));
        let destination = prepared::valid(checked)?;
        let wish = Wish::of_form(&endpoint, draft)?;
        let taken = [Taken::File(file, wish.image.clone())];
        let prepared = self.settle(&taken, wish, endpoint, (destination, draft.clone())).await?;
        self.start_push(id, prepared).await
    }

    /// Publishes what a command line says; with the job comes what should be said before it.
    pub async fn push(&self, options: &PushOptions) -> Result<(JobId, Vec<FindingView>), FailureView> {
        let prepared = self.prepare(options).await?;
        let notes = prepared.said();
        Ok((self.start_push(None, prepared).await?, notes))
    }

    /// What a whole reference means as a destination, by the rules of its form, as people see it; else what is wrong.
    pub fn check_destination(&self, text: &str) -> Result<String, FailureView> {
        let text = text.trim();
        let refused = |refusal| FailureView::form(format!("{text}: {refusal}"));
        let reference: Reference = text.parse().map_err(refused)?;
        let endpoint = self.registries.endpoint(&reference.host, false)?;
        prepared::destination(&endpoint, &reference, &[]).map(|_| reference.to_string())
    }

    pub(super) async fn prepare(&self, options: &PushOptions) -> Result<Prepared, FailureView> {
        let endpoint = self.registries.endpoint(&options.reference.host, options.plain_http)?;
        let mut spool = None;
        let taken = match &options.from {
            Some(EngineImages { engine, names }) => {
                let (file, wanted) = self.engines.open(*engine, names).await?;
                spool = Some(Spool(Arc::clone(&file)));
                wanted.into_iter().map(|wanted| Taken::Held(Arc::clone(&file), wanted)).collect()
            }
            None => {
                let files = options.files.iter().map(|path| self.images.file(path));
                files.map(|file| Taken::File(file, options.wish.image.clone())).collect::<Vec<_>>()
            }
        };
        let to = prepared::destination(&endpoint, &options.reference, &options.tags)?;
        let prepared = self.settle(&taken, options.wish.clone(), endpoint, to).await?;
        let usual = options.wish.sending == Sending::default();
        let plain = !prepared.changed && !options.plain_http && prepared.file.is_file() && usual;
        Ok(Prepared { repeatable: plain && taken.len() == 1, spool, ..prepared })
    }

    /// What `wish` comes to with these files; several become one image of several platforms.
    async fn settle(
        &self,
        taken: &[Taken],
        wish: Wish,
        endpoint: Endpoint,
        (destination, draft): (Destination, Draft),
    ) -> Result<Prepared, FailureView> {
        let problem = FailureView::form;
        let usual = self.settings.get().transfer_to(&destination.host, &destination.path);
        let transfer = wish.sending(usual).map_err(problem)?;
        let changes = wish.changes(&endpoint)?;
        let (mut images, mut notes) = (Vec::new(), Vec::new());
        for taken in taken {
            let archive = self.images.archive(taken.file()).await?;
            let image = match taken {
                Taken::File(_, selector) => image::select(&archive, selector.as_deref())?,
                Taken::Held(_, wanted) => wanted.pick(&archive)?,
            };
            if matches!(taken, Taken::File(_, None)) {
                notes.extend(image::left_out_notes(&archive));
            }
            images.push((archive, image));
        }
        let (Some(file), Some((archive, first))) = (taken.first().map(Taken::file), images.first()) else {
            return Err(FailureView::new(Code::FileUnreadable, "no file was named"));
        };
        let draft = Draft {
            file: Some(file.id),
            image: first.selector.clone(),
            platform: wish.platform.clone().unwrap_or_default(),
            ..draft
        };
        let contents = match &images[..] {
            [(archive, image)] => Ok(Payload::of(archive, image)),
            several => Payload::join(several),
        };
        let changed = changes != Changes::default();
        let contents = contents.and_then(|contents| contents.change(&changes));
        Ok(Prepared {
            file: Arc::clone(file),
            archive: archive.clone(),
            contents: contents.map_err(|error| FailureView::transfer(&error, now()))?,
            changed,
            repeatable: true,
            notes,
            platform: wish.platform,
            endpoint,
            destination,
            draft,
            transfer,
            spool: None,
        })
    }

    pub(super) async fn start_push(
        &self,
        id: Option<JobId>,
        prepared: Prepared,
    ) -> Result<JobId, FailureView> {
        let endpoint = prepared.endpoint.clone();
        let profile = endpoint.profile;
        let parts = self.prepared_parts(&prepared).await?;
        if let Some(check) = parts.checks.iter().find(|check| check.blocks()) {
            return Err(FailureView::refused(check));
        }
        let registry =
            self.accounts.registry(&endpoint).map_err(|error| FailureView::registry(&error, now()))?;
        self.shared.limit(prepared.transfer.rate);
        let resources = self.shared.resources()?;
        let known = self.form.owners().await;
        let id = match id {
            Some(id) => id,
            None => self.jobs.new_handle().await,
        };
        let base = JobView { id, ..self.base(&prepared, &parts) };
        self.form.there.forget();
        // From here on nothing is waited for: whoever presses twice finds the first.
        if let Some(running) = self.jobs.twin(&base, &prepared.file.path) {
            return Ok(running);
        }
        let path = prepared.destination.path.clone();
        let package_page = links::address(LinkTopic::PackagePage, &endpoint, Some(&path)).is_some();
        let linked = prepared.destination.source.as_ref();
        let published_to = PublishedTo {
            repository: prepared.repository(),
            source: linked.map(|(owner, repository)| format!("{owner}/{repository}")),
            by_digest: profile.by_digest(),
            package_page,
            command: prepared.command(),
        };
        let owner = path.as_str().split('/').next().unwrap_or_default().to_owned();
        let reference = prepared.shown();
        let (file, items) = (prepared.file.path.clone(), Items::from(&parts));
        let naming = prepared.draft.held.clone().filter(|held| held.name_it).map(|held| Naming {
            engines: Arc::clone(&self.engines),
            held,
            destination: prepared.destination.clone(),
        });
        let of_form = || (!prepared.file.is_file()).then(|| Spool(Arc::clone(&prepared.file)));
        let spool = prepared.spool.or_else(of_form);
        let request = Request {
            contents: prepared.contents,
            parts,
            path: prepared.destination.path,
            tags: prepared.destination.tags,
            options: prepared.transfer,
        };
        let repeatable = prepared.repeatable;
        let push = Push {
            naming,
            _spool: spool,
            settings: Arc::clone(&self.settings),
            request,
            registry,
            resources,
            published_to,
            endpoint,
            owner,
            known,
            reference,
            repeatable,
        };
        Ok(self.jobs.start(base, file, &items, push))
    }

    pub(super) async fn prepared_parts(&self, prepared: &Prepared) -> Result<Parts, FailureView> {
        let Prepared { contents, platform, endpoint, transfer, .. } = prepared;
        self.shared.parts(contents, platform.as_deref(), endpoint.profile, transfer).await
    }

    /// The job's view before it starts.
    fn base(&self, prepared: &Prepared, parts: &Parts) -> JobView {
        JobView {
            reference: prepared.shown(),
            registry: prepared.endpoint.shown().to_string(),
            title: prepared.title(),
            file_name: prepared.file.name(),
            format: image::format(&prepared.archive),
            platforms: parts.platforms.clone(),
            practice: self.registries.is_practice(&prepared.endpoint.name),
            draft: prepared.draft.clone(),
            ..JobView::waiting(JobKind::Publish, now())
        }
    }
}

/// An image that is published, and where it is.
enum Taken {
    /// In a file; the image that was chosen.
    File(Arc<File>, Option<String>),
    /// In what an engine exports.
    Held(Arc<File>, Wanted),
}

impl Taken {
    fn file(&self) -> &Arc<File> {
        match self {
            Self::File(file, _) | Self::Held(file, _) => file,
        }
    }
}

/// A publish as the queue runs it.
struct Push {
    settings: Arc<Current>,
    request: Request,
    registry: Registry,
    resources: Resources,
    published_to: PublishedTo,
    endpoint: Endpoint,
    owner: String,
    /// Owners that the person may have meant.
    known: Vec<String>,
    /// As people see it.
    reference: String,
    repeatable: bool,
    /// What is to be done in an engine afterwards.
    naming: Option<Naming>,
    /// Given back with the job, after all that reads it.
    _spool: Option<Spool>,
}

impl Work for Push {
    type Error = TransferError;

    async fn run(&mut self, events: &Events, control: &Control) -> Result<Done, TransferError> {
        // It may have waited since, or been paused: the rule that counts is that of now.
        self.request.options.guard =
            self.settings.get().transfer_to(&self.endpoint.name, &self.request.path).guard;
        let published = push(&self.request, &self.registry, &self.resources, events, control).await?;
        let named = match &self.naming {
            None => String::new(),
            Some(naming) => match naming.done().await {
                Ok(()) => ", and named so in the engine".to_owned(),
                // It is published all the same.
                Err(failure) => {
                    let text = format!("the engine did not take the published name: {}", failure.message);
                    events(Event::Warned { text: text.clone() });
                    format!("; {text}")
                }
            },
        };
        let line = format!("published {}{named}", published.digest);
        let result = prepared::result(published, &self.published_to);
        Ok(Done { line, outcome: Outcome::Published(Box::new(result)) })
    }

    fn failure(&self, error: &TransferError) -> FailureView {
        let mut failure = FailureView::transfer(error, now()).about(About {
            registry: Some(self.endpoint.shown().to_string()),
            owner: Some(self.owner.clone()),
            package: Some(self.request.path.to_string()),
            reference: Some(self.reference.clone()),
            ..About::default()
        });
        if failure.code == Code::OwnerNotFound
            && let Some(owner) = crate::failure::nearest(&self.owner, &self.known)
        {
            failure.help.insert(0, Remedy::UseOwner { owner: owner.clone() });
        }
        failure
    }

    fn repeatable(&self) -> bool {
        self.repeatable
    }

    fn measures(&self) -> Option<String> {
        Some(self.endpoint.name.to_string())
    }
}
