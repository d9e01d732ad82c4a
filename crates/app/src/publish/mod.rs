//! From a form or a command line to a running job: what it would do, and doing it.

mod afterwards;
mod card;
mod check;
mod command;
mod differs;
mod filling;
mod form;
mod github;
mod held;
mod links;
mod place;
mod preflight;
mod prepared;
mod shared;
mod start;
mod suggestions;
mod there;
mod wish;
mod workflow;

pub use afterwards::Afterwards;
pub(crate) use card::Cleared;
pub use filling::PublishForm;
pub(crate) use github::GitHubChecks;
pub(crate) use place::{Places, needs_account};
pub use prepared::{DryRun, EngineImages, PushOptions};
pub(crate) use shared::Shared;
pub use wish::{Sending, Wish};

use std::sync::Arc;

use crate::accounts::Accounts;
use crate::engines::Engines;
use crate::images::Images;
use crate::jobs::Jobs;
use crate::registries::Registries;
use crate::settings::Current;
use crate::store::Store;

/// Publishes images.
pub struct Publish {
    settings: Arc<Current>,
    registries: Arc<Registries>,
    accounts: Arc<Accounts>,
    images: Arc<Images>,
    engines: Arc<Engines>,
    jobs: Arc<Jobs>,
    store: Arc<Store>,
    form: Arc<PublishForm>,
    github: Arc<GitHubChecks>,
    shared: Arc<Shared>,
}

/// What publishing is made with.
pub(crate) struct Context {
    pub(crate) settings: Arc<Current>,
    pub(crate) registries: Arc<Registries>,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) images: Arc<Images>,
    pub(crate) engines: Arc<Engines>,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) store: Arc<Store>,
    pub(crate) form: Arc<PublishForm>,
    pub(crate) github: Arc<GitHubChecks>,
    pub(crate) shared: Arc<Shared>,
}

impl Publish {
    pub(crate) fn new(context: Context) -> Self {
        let Context { settings, registries, accounts, images, engines, jobs, store, form, github, shared } =
            context;
        Self { settings, registries, accounts, images, engines, jobs, store, form, github, shared }
    }

    /// What GitHub said of destinations is asked for anew, though it is fresh: somebody changed it on purpose.
    pub fn forget_answers(&self) {
        self.github.forget();
    }
}
