//! The app: every use case of the window and the command, as one type.

use std::sync::{Arc, OnceLock};

use slipway_hosts::{Endpoint, Hints};
use slipway_reference::Reference;
use slipway_transfer::{Limit, Pool, Samples};
use url::Url;

use crate::accounts::{Accounts, Context, Fresh};
use crate::diagnostics::Diagnostics;
use crate::hosts::Hosts;
use crate::images::{Files, Images, image};
use crate::install::Install;
use crate::jobs::Jobs;
use crate::practice::PracticeRegistry;
use crate::preferences::Preferences;
use crate::publish::{form, github, links};
use crate::registries::{Destinations, Proxies, Registries};
use crate::settings::Current;
use crate::setup::Setup;
use crate::store::Store;
use crate::view::{CheckView, Draft, FailureView, FormView, JobId, JobUpdate, LinkTopic, StartView};
use crate::words::Words;

/// The app. One for each process; every method may be called from any task.
pub struct Slipway {
    pub(crate) settings: Arc<Current>,
    pub(crate) images: Arc<Images>,
    pub(crate) install: Install,
    pub(crate) registries: Arc<Registries>,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) hosts: Hosts,
    pub(crate) preferences: Preferences,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) ledger: Arc<Store>,
    pub(crate) pool: OnceLock<Pool>,
    /// How fast all jobs may be together.
    pub(crate) limit: Limit,
    /// What samples of layers said.
    pub(crate) samples: Arc<Samples>,
    pub(crate) in_background: bool,
    pub(crate) practice: Arc<PracticeRegistry>,
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
        let history = setup.keep_history.then(|| Arc::clone(&store));
        let images =
            Arc::new(Images::new(Arc::clone(&files), setup.inputs, history.clone(), setup.home.clone()));
        let accounts = Arc::new(Accounts::new(Context {
            store: Arc::clone(&store),
            settings: Arc::clone(&settings),
            registries: Arc::clone(&registries),
            destinations: Arc::clone(&destinations),
            proxies: Arc::clone(&proxies),
            files,
            keychain: setup.keychain,
            surroundings: setup.surroundings,
            others: setup.credentials,
        }));
        let jobs = Arc::new(Jobs::new(history));
        let limit = Limit::default();
        Self {
            hosts: Hosts::new(
                Arc::clone(&settings),
                Arc::clone(&registries),
                Arc::clone(&destinations),
                proxies,
                Arc::clone(&accounts),
            ),
            preferences: Preferences::new(
                Arc::clone(&settings),
                Arc::clone(&registries),
                destinations,
                Arc::clone(&accounts),
                limit.clone(),
            ),
            diagnostics: Diagnostics::new(Arc::clone(&settings), Arc::clone(&accounts), Arc::clone(&jobs)),
            install: Install::new(Arc::clone(&registries), Arc::clone(&accounts), Arc::clone(&store)),
            practice: Arc::new(PracticeRegistry::new(
                setup.home,
                Arc::clone(&registries),
                Arc::clone(&accounts),
                Arc::clone(&images),
            )),
            images,
            jobs,
            ledger: store,
            settings,
            registries,
            accounts,
            pool: OnceLock::new(),
            limit,
            samples: Arc::default(),
            in_background: setup.in_background,
            answers: Fresh::new(github::GOOD_FOR),
        }
    }

    /// Who is signed in where.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The images that people open.
    pub fn images(&self) -> &Images {
        &self.images
    }

    /// Fetches images.
    pub fn install(&self) -> &Install {
        &self.install
    }

    /// The practice registry.
    pub fn practice(&self) -> &PracticeRegistry {
        &self.practice
    }

    /// The hosts that registries belong to.
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// The settings, as people change them.
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// The report that people send along.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
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
        let names = draft.file.and_then(|file| self.images.files().get(file).ok()).and_then(|file| {
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

    /// The address of a page outside; none where there is no such page.
    pub fn link(&self, topic: LinkTopic, draft: &Draft) -> Option<Url> {
        let endpoint = self.registries.of_form(&draft.registry).ok()?;
        let (_, checked) = form::check(&endpoint, draft, &Hints::default());
        links::address(topic, &endpoint, checked.destination.as_ref().map(|destination| &destination.path))
    }
}
