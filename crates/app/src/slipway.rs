//! The app: its use cases, each of a folder of its own, put together.

use std::sync::Arc;

use slipway_transfer::Limit;

use crate::accounts::{self, Accounts};
use crate::activity::Activity;
use crate::builds::Builds;
use crate::copy::Copies;
use crate::diagnostics::Diagnostics;
use crate::engines::Engines;
use crate::hosts::Hosts;
use crate::images::{Files, Images, Readings};
use crate::install::Install;
use crate::jobs::Jobs;
use crate::parts::Parts;
use crate::practice::PracticeRegistry;
use crate::preferences::Preferences;
use crate::publish::{self, Afterwards, Publish, PublishForm, Shared};
use crate::registries::{Destinations, Proxies, Registries};
use crate::settings::Current;
use crate::setup::Setup;
use crate::states::States;
use crate::store::Store;
use crate::view::{Draft, StartView};
use crate::words::Words;

/// The app. One for each process; every method may be called from any task.
pub struct Slipway {
    settings: Arc<Current>,
    registries: Arc<Registries>,
    accounts: Arc<Accounts>,
    hosts: Hosts,
    preferences: Preferences,
    images: Arc<Images>,
    engines: Arc<Engines>,
    states: States,
    form: Arc<PublishForm>,
    publish: Arc<Publish>,
    afterwards: Afterwards,
    install: Arc<Install>,
    copies: Arc<Copies>,
    builds: Builds,
    parts: Parts,
    practice: Arc<PracticeRegistry>,
    activity: Activity,
    diagnostics: Diagnostics,
}

impl Slipway {
    /// Starts with what the shell found in its surroundings.
    pub fn new(setup: Setup) -> Self {
        let store = Arc::new(Store::new(&setup.home));
        let opened = setup.in_window.then(|| Arc::clone(&store));
        let registries = Arc::new(Registries::new(setup.base, setup.hosts, &setup.settings));
        let settings = Arc::new(Current::new(setup.home.clone(), setup.settings, setup.languages));
        let destinations =
            Arc::new(Destinations::new(Arc::clone(&registries), Arc::clone(&settings), setup.confirm));
        let proxies = Arc::new(Proxies::new(setup.keychain.clone(), Arc::clone(&registries)));
        let files = Arc::<Files>::default();
        let readings = Readings::new(setup.inputs, setup.temporary);
        let images = Arc::new(Images::new(Arc::clone(&files), readings, opened, setup.home.clone()));
        let engines = Arc::new(Engines::new(Arc::clone(&files), setup.surroundings.clone()));
        let (build_files, surroundings) = (Arc::clone(&files), setup.surroundings.clone());
        let accounts = Arc::new(Accounts::new(accounts::Context {
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
        let jobs = Arc::new(Jobs::new(Arc::clone(&store), setup.in_window));
        let form = Arc::new(PublishForm::new(
            Arc::clone(&registries),
            Arc::clone(&accounts),
            files,
            Arc::clone(&jobs),
        ));
        let github = Arc::new(publish::GitHubChecks::new(Arc::clone(&accounts), Arc::clone(&form)));
        let limit = Limit::default();
        let shared = Arc::new(Shared::new(Arc::clone(&store), limit.clone(), setup.in_background));
        let publish = Arc::new(Publish::new(publish::Context {
            settings: Arc::clone(&settings),
            registries: Arc::clone(&registries),
            accounts: Arc::clone(&accounts),
            images: Arc::clone(&images),
            engines: Arc::clone(&engines),
            jobs: Arc::clone(&jobs),
            store: Arc::clone(&store),
            form: Arc::clone(&form),
            github: Arc::clone(&github),
            shared: Arc::clone(&shared),
        }));
        let parts = Parts::new(Arc::clone(&store));
        let install = Arc::new(Install::new(
            Arc::clone(&registries),
            Arc::clone(&accounts),
            Arc::clone(&jobs),
            store,
            Arc::clone(&engines),
            setup.home.clone(),
        ));
        let copies = Arc::new(Copies::new(
            Arc::clone(&settings),
            Arc::clone(&registries),
            Arc::clone(&accounts),
            Arc::clone(&jobs),
            publish::Places::new(Arc::clone(&accounts), github),
            shared,
        ));
        let practice = Arc::new(PracticeRegistry::new(
            setup.home,
            Arc::clone(&registries),
            Arc::clone(&accounts),
            Arc::clone(&images),
        ));
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
                limit,
            ),
            states: States::new(Arc::clone(&engines), Arc::clone(&registries), Arc::clone(&accounts)),
            afterwards: Afterwards::new(
                Arc::clone(&jobs),
                Arc::clone(&registries),
                Arc::clone(&accounts),
                Arc::clone(&settings),
            ),
            install: Arc::clone(&install),
            copies: Arc::clone(&copies),
            builds: Builds::new(
                build_files,
                Arc::clone(&engines),
                surroundings,
                Arc::clone(&jobs),
                Arc::clone(&publish),
            ),
            diagnostics: Diagnostics::new(Arc::clone(&settings), Arc::clone(&accounts), Arc::clone(&jobs)),
            activity: Activity {
                jobs,
                registries: Arc::clone(&registries),
                accounts: Arc::clone(&accounts),
                images: Arc::clone(&images),
                practice: Arc::clone(&practice),
                publish: Arc::clone(&publish),
                install,
                copies,
            },
            settings,
            registries,
            accounts,
            images,
            engines,
            form,
            publish,
            parts,
            practice,
        }
    }

    /// Who is signed in where.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The hosts that registries belong to.
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// The settings, as people change them.
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// The images that people open.
    pub fn images(&self) -> &Images {
        &self.images
    }

    /// Docker and Podman.
    pub fn engines(&self) -> &Engines {
        &self.engines
    }

    /// Which of their images the registries have.
    pub fn states(&self) -> &States {
        &self.states
    }

    /// The publish form.
    pub fn form(&self) -> &PublishForm {
        &self.form
    }

    /// Publishes images.
    pub fn publish(&self) -> &Publish {
        &self.publish
    }

    /// What comes after a publish.
    pub fn afterwards(&self) -> &Afterwards {
        &self.afterwards
    }

    /// Fetches images.
    pub fn install(&self) -> &Install {
        &self.install
    }

    /// Copies images between registries.
    pub fn copies(&self) -> &Copies {
        &self.copies
    }

    /// Builds from Dockerfiles.
    pub fn builds(&self) -> &Builds {
        &self.builds
    }

    /// Unfinished files.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The practice registry.
    pub fn practice(&self) -> &PracticeRegistry {
        &self.practice
    }

    /// Jobs that run and that ran.
    pub fn activity(&self) -> &Activity {
        &self.activity
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
}
