//! The registries of this run: which there are, where they are, and how each is reached. Who is signed in there is the
//! accounts' matter.

mod added;
mod confirm;
mod destinations;
mod proxies;
mod recipient;
mod ways;

pub(crate) use added::{refused, with_settings};
pub use confirm::{Commanded, Confirm, Question};
pub(crate) use destinations::{Destinations, Holders};
pub(crate) use proxies::{ASKING, Proxies};
pub(crate) use ways::entry as proxy_entry;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::SecretString;
use slipway_credentials::EntryName;
use slipway_distribution::{Asking, Credentials, HttpOptions, Options, Proxy, Registry};
use slipway_hosts::{Endpoint, Hosts, NameForm, OverridePart, Profile};
use slipway_reference::HostName;

use crate::settings::Settings;
use crate::view::{
    AccountView, FailureView, JobView, OverriddenPart, OverrideView, RegistryForm, RegistryView,
};
use ways::Ways;

/// What is known about registries.
pub(crate) struct Registries {
    /// The registries without those of the settings.
    base: Hosts,
    hosts: RwLock<Hosts>,
    practice: RwLock<Option<HostName>>,
    ways: RwLock<Ways>,
    /// Counts changes of where they are and how they are reached: a client of before leads elsewhere.
    changes: AtomicU64,
    /// Whom all clients of this run wait for, GitHub's among them.
    asking: Asking,
}

impl Registries {
    pub(crate) fn new(base: Hosts, hosts: Hosts, settings: &Settings) -> Self {
        Self {
            base,
            hosts: RwLock::new(hosts),
            practice: RwLock::default(),
            ways: RwLock::new(Ways::of(settings)),
            changes: AtomicU64::default(),
            asking: Asking::default(),
        }
    }

    /// The registries without those of the settings.
    pub(crate) fn base(&self) -> &Hosts {
        &self.base
    }

    /// A number that is another one whenever a client that was made before leads elsewhere.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Release);
    }

    /// From now on requests go through the proxies of `settings`; those under way end as they began.
    pub(crate) fn use_proxies(&self, settings: &Settings) {
        self.ways.write().unwrap_or_else(PoisonError::into_inner).set(settings);
        self.changed();
    }

    /// The proxies' passwords that are in use, as the keychain calls them.
    pub(crate) fn proxy_entries(&self) -> Vec<EntryName> {
        self.ways.read().unwrap_or_else(PoisonError::into_inner).entries()
    }

    pub(crate) fn has_proxy_password(&self, entry: &EntryName) -> bool {
        self.ways.read().unwrap_or_else(PoisonError::into_inner).has_password(entry)
    }

    /// Keeps a proxy's password for this run, or forgets it.
    pub(crate) fn set_proxy_password(&self, entry: EntryName, password: Option<SecretString>) {
        self.ways.write().unwrap_or_else(PoisonError::into_inner).set_password(entry, password);
        self.changed();
    }

    /// The endpoint called `name`. Any host may be named; an unknown one is a plain OCI registry.
    pub(crate) fn endpoint(&self, name: &HostName, plain_http: bool) -> Result<Endpoint, FailureView> {
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        hosts.endpoint(name, plain_http).map_err(|error| FailureView::form(error.to_string()))
    }

    /// The endpoint that the form names.
    pub(crate) fn of_form(&self, name: &str) -> Result<Endpoint, FailureView> {
        let name = if name.is_empty() { "ghcr.io" } else { name };
        let host: HostName = name
            .parse()
            .map_err(|refusal: slipway_reference::Refusal| FailureView::form(refusal.to_string()))?;
        self.endpoint(&host, false)
    }

    /// A client for `endpoint`, with the credentials of whoever asks.
    pub(crate) fn client(
        &self,
        endpoint: &Endpoint,
        credentials: Arc<dyn Credentials>,
    ) -> Result<Registry, Box<slipway_distribution::Error>> {
        let options = Options { http: self.http(endpoint), ..Options::default() };
        Registry::new(endpoint, credentials, &options)
    }

    /// The way to an endpoint.
    pub(crate) fn http(&self, endpoint: &Endpoint) -> HttpOptions {
        let (proxy, proxy_password) = self.way(endpoint);
        HttpOptions { proxy, proxy_password, asking: self.asking.clone(), ..HttpOptions::default() }
    }

    fn way(&self, endpoint: &Endpoint) -> (Proxy, Option<SecretString>) {
        self.ways.read().unwrap_or_else(PoisonError::into_inner).to(&host_of(endpoint))
    }

    /// Calls `tell` with each host that has kept silent for two seconds, and with none once nobody does, until it returns
    /// false.
    pub(crate) async fn watch_silence(&self, tell: impl FnMut(Option<&str>) -> bool) {
        self.asking.watch(tell).await;
    }

    /// Offers the practice registry at `endpoint`.
    pub(crate) fn add_practice(&self, endpoint: Endpoint) {
        *self.practice.write().unwrap_or_else(PoisonError::into_inner) = Some(endpoint.name.clone());
        self.hosts.write().unwrap_or_else(PoisonError::into_inner).insert(endpoint);
    }

    /// The practice registry, while it runs.
    pub(crate) fn practice(&self) -> Option<Endpoint> {
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        hosts.offered().find(|endpoint| self.is_practice(&endpoint.name)).cloned()
    }

    pub(crate) fn is_practice(&self, host: &HostName) -> bool {
        self.practice.read().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(host)
    }

    /// The practice registry that a job published to ended with the Slipway that had started it.
    pub(crate) fn practice_is_over(&self, job: &JobView) -> bool {
        let there = job.draft.registry.parse();
        job.practice && !there.is_ok_and(|host| self.is_practice(&host))
    }

    /// All endpoints but the practice registry's, in the order of the form.
    pub(crate) fn endpoints(&self) -> Vec<Endpoint> {
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        hosts.offered().filter(|endpoint| !self.is_practice(&endpoint.name)).cloned().collect()
    }

    /// The registries of `host`; one that is a host of its own is its only one.
    pub(crate) fn of_host(&self, host: &str) -> Vec<Endpoint> {
        self.with_hosts(|hosts, _| endpoints_in(hosts, host))
    }

    /// The hosts, without the practice registry.
    pub(crate) fn hosts(&self) -> Hosts {
        self.with_hosts(|hosts, _| hosts.clone())
    }

    /// Looks at the hosts, without the practice registry, and at the ways to them.
    fn with_hosts<T>(&self, look: impl FnOnce(&Hosts, &Ways) -> T) -> T {
        let mut hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner).clone();
        hosts.retain(|endpoint| !self.is_practice(&endpoint.name));
        look(&hosts, &self.ways.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on these are the hosts; requests under way end as they began. Returns the registries that are gone.
    pub(crate) fn use_hosts(&self, mut changed: Hosts) -> Vec<HostName> {
        let mut hosts = self.hosts.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(practice) = hosts.offered().find(|endpoint| self.is_practice(&endpoint.name)).cloned() {
            changed.insert(practice);
        }
        let gone = |name: &HostName| !changed.offered().any(|endpoint| endpoint.name == *name);
        let gone = hosts.offered().map(|endpoint| endpoint.name.clone()).filter(gone).collect();
        *hosts = changed;
        self.changed();
        gone
    }

    /// The registries that the form offers, each with the account that `account` says.
    pub(crate) fn offered(&self, account: impl Fn(&HostName) -> Option<AccountView>) -> Vec<RegistryView> {
        // Whose account it is asks for the hosts once more.
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner).clone();
        hosts.offered().map(|endpoint| self.view(endpoint, account(&endpoint.name))).collect()
    }

    /// Those that are GitHub's, by the names that people see.
    pub(crate) fn github(&self) -> Vec<String> {
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        let github = hosts.offered().filter(|endpoint| endpoint.profile != Profile::Generic);
        github.map(|endpoint| endpoint.shown().to_string()).collect()
    }

    fn view(&self, endpoint: &Endpoint, account: Option<AccountView>) -> RegistryView {
        let practice = self.is_practice(&endpoint.name);
        RegistryView {
            name: endpoint.name.to_string(),
            shown: endpoint.shown().to_string(),
            form: match endpoint.profile.form() {
                NameForm::OwnerRepositoryName => RegistryForm::OwnerRepositoryName,
                NameForm::OwnerName | NameForm::Path => RegistryForm::OwnerName,
            },
            legacy: endpoint.profile.is_legacy(),
            practice,
            // The practice registry is on loopback by nature; the chip is for names that mean another place.
            overridden: endpoint.overridden.as_ref().filter(|_| !practice).map(|led| OverrideView {
                part: match led.part {
                    OverridePart::Registry => OverriddenPart::Registry,
                    OverridePart::Api => OverriddenPart::Api,
                    OverridePart::Web => OverriddenPart::Web,
                    OverridePart::Connection => OverriddenPart::Connection,
                },
                address: led.address.clone(),
                credentials: endpoint.credentials,
            }),
            account,
        }
    }
}

/// The host that an endpoint belongs to; one of its own where there is no other.
pub(crate) fn host_of(endpoint: &Endpoint) -> String {
    endpoint.host().unwrap_or_else(|| endpoint.name.to_string())
}

/// The registries of `host` among these; one that is a host of its own is its only one.
fn endpoints_in(hosts: &Hosts, host: &str) -> Vec<Endpoint> {
    let of: Vec<Endpoint> = hosts.offered().filter(|endpoint| host_of(endpoint) == host).cloned().collect();
    if !of.is_empty() {
        return of;
    }
    host.parse().ok().and_then(|name| hosts.endpoint(&name, false).ok()).into_iter().collect()
}
