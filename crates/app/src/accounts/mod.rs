//! Accounts: who is signed in where, where the secrets lie, and what each token may do.
//!
//! An account belongs to a host and signs in to all of its registries. Its record is kept in the store, its secret in
//! the system's keychain or in memory only; the secrets of a run stay in memory, so that nothing waits for the keychain
//! once it has answered. Who is used at a registry is answered here alone, when a client of it asks.

mod add;
mod asked;
mod asking;
mod browser;
mod clients;
mod describe;
mod engines;
mod fresh;
mod kept;
mod lists;
mod practice;
mod record;
mod registry;
mod screen;
mod signed_in;
mod verify;
mod ways;

pub use asked::{AskedLogin, NotGiven};
pub(crate) use describe::is_offline;
pub(crate) use fresh::Fresh;
pub(crate) use record::Record;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use slipway_credentials::{Chain, Finders, Keychain, Surroundings};
use slipway_distribution::{Credentials as _, Registry};
use slipway_github::{GitHub, GitHubError, NamedPackage};
use slipway_hosts::{Endpoint, Profile};
use slipway_reference::HostName;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::failure::credential_source;
use crate::images::Files;
use crate::registries::{Destinations, Holders, Proxies, Registries, host_of};
use crate::settings::Current;
use crate::store::Store;
use crate::view::{About, AccountView, AccountWay, FailureView, Purpose, RegistryView};
use clients::Clients;
use lists::Lists;
use signed_in::SignedIn;
use ways::Held;

/// A token is never longer; what is longer was pasted by mistake.
pub(crate) const LONGEST_TOKEN: usize = 4096;

/// The accounts of this run.
pub struct Accounts {
    store: Arc<Store>,
    settings: Arc<Current>,
    registries: Arc<Registries>,
    destinations: Arc<Destinations>,
    proxies: Arc<Proxies>,
    files: Arc<Files>,
    signed_in: Arc<SignedIn>,
    clients: Clients,
    keychain: Keychain,
    finders: Finders,
    surroundings: Surroundings,
    held: Mutex<Held>,
    /// Where single sign-on of an organization is authorized, by account and organization; short-lived on GitHub's side.
    sign_on: Mutex<HashMap<(String, String), Url>>,
    checks: Mutex<HashMap<String, CancellationToken>>,
    browser: Mutex<Option<CancellationToken>>,
    lists: Fresh<String, Lists>,
    /// Image names by account, owner and whether they are of the older registry.
    packages: Fresh<(String, String, bool), Vec<NamedPackage>>,
}

/// What accounts are made with.
pub(crate) struct Context {
    pub(crate) store: Arc<Store>,
    pub(crate) settings: Arc<Current>,
    pub(crate) registries: Arc<Registries>,
    pub(crate) destinations: Arc<Destinations>,
    pub(crate) proxies: Arc<Proxies>,
    pub(crate) files: Arc<Files>,
    pub(crate) keychain: Keychain,
    pub(crate) surroundings: Surroundings,
    /// Where credentials are looked for where nobody is signed in.
    pub(crate) others: Chain,
}

impl Accounts {
    pub(crate) fn new(context: Context) -> Self {
        let Context {
            store,
            settings,
            registries,
            destinations,
            proxies,
            files,
            keychain,
            surroundings,
            others,
        } = context;
        let signed_in = Arc::new(SignedIn::new(Arc::clone(&registries), others));
        Self {
            clients: Clients::new(Arc::clone(&registries), Arc::<SignedIn>::clone(&signed_in)),
            store,
            settings,
            registries,
            destinations,
            proxies,
            files,
            signed_in,
            keychain,
            finders: Finders::new(surroundings.clone()),
            surroundings,
            held: Mutex::default(),
            sign_on: Mutex::default(),
            checks: Mutex::default(),
            browser: Mutex::default(),
            lists: Fresh::new(lists::GOOD_FOR),
            packages: Fresh::new(lists::GOOD_FOR),
        }
    }

    /// From now on the accounts are used, each at its host.
    fn prefer_accounts(&self) {
        self.signed_in.prefer_accounts();
        self.clients.forget();
    }

    /// What was given to this run for registries that are gone is forgotten.
    pub(crate) fn forget_registries(&self, gone: &[HostName]) {
        for registry in gone {
            self.signed_in.drop_given_for(registry);
        }
    }

    /// Who is used at the registry called `name`.
    pub(crate) fn used_at(&self, name: &HostName) -> Option<AccountView> {
        let credential = self.signed_in.credential(name)?;
        Some(AccountView { username: credential.username, source: credential_source(credential.source) })
    }

    /// The account that is used at a registry. The practice registry has one of its own, which is in no list.
    pub(crate) fn account_at(&self, endpoint: &Endpoint) -> Option<Record> {
        self.signed_in.account_at(endpoint)
    }

    /// The client of a registry, as whoever is used there.
    pub(crate) fn registry(&self, endpoint: &Endpoint) -> Result<Registry, Box<slipway_distribution::Error>> {
        self.clients.registry(endpoint)
    }

    /// GitHub's API as the account; `None` where its host has none, or must not get the token.
    pub(crate) fn github_as(&self, record: &Record) -> Result<Option<GitHub>, GitHubError> {
        let Some(endpoint) = self.github_endpoint(&record.host) else { return Ok(None) };
        let Some(secret) = self.signed_in.secret_at(record, &endpoint) else { return Ok(None) };
        self.clients.github(&endpoint, record.id(), secret)
    }

    fn github_endpoint(&self, host: &str) -> Option<Endpoint> {
        let practice = self.registries.practice().filter(|endpoint| host_of(endpoint) == host);
        practice.or_else(|| self.registries.of_host(host).into_iter().find(is_github))
    }

    /// The accounts' names, by host.
    pub(crate) fn holders(&self) -> Holders {
        self.signed_in.holders()
    }

    /// So many times accounts changed.
    pub(crate) fn changes(&self) -> u64 {
        self.signed_in.changes()
    }

    /// The registries with who is signed in there.
    pub fn registries(&self) -> Vec<RegistryView> {
        self.registries.offered(|name| self.used_at(name))
    }

    fn record(&self, id: &str) -> Result<Record, FailureView> {
        self.signed_in.read(|records| records.get(id).cloned()).ok_or_else(|| {
            let about = About { reference: Some(id.to_owned()), ..About::default() };
            FailureView::not_found(format!("there is no account {id}")).about(about)
        })
    }
}

fn scopes(purpose: Purpose) -> &'static [&'static str] {
    match purpose {
        Purpose::Install => &["read:packages"],
        Purpose::Publish => &["write:packages"],
        Purpose::PublishAndDelete => &["write:packages", "delete:packages"],
        Purpose::Legacy => &["write:packages", "repo"],
    }
}

/// Its API says whom tokens belong to.
fn is_github(endpoint: &Endpoint) -> bool {
    endpoint.profile != Profile::Generic && endpoint.api.is_some()
}

impl AccountWay {
    /// A token that came this way was given for this run, rather than found where another program keeps it.
    fn is_given(self) -> bool {
        !matches!(self, Self::Docker | Self::Podman | Self::GitHubCli)
    }
}
