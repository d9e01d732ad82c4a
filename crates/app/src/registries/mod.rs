//! The registries of this run: addresses, who is signed in, and the connections to them.

pub(crate) mod confirm;
pub(crate) mod destinations;
pub(crate) mod proxies;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use secrecy::SecretString;
use slipway_credentials::{Chain, EntryName, Memory};
use slipway_distribution::{
    Asking, Credential, CredentialSource, Credentials, HttpOptions, Options, Proxy, Registry,
};
use slipway_hosts::{Endpoint, Hosts, NameForm, OverridePart, Profile};
use slipway_reference::HostName;

use crate::failure::credential_source;
use crate::registries::proxies::Ways;
use crate::settings::Settings;
use crate::setup::chain;
use crate::view::{AccountView, Code, FailureView, OverriddenPart, OverrideView, RegistryForm, RegistryView};

/// What is known about registries.
pub(crate) struct Registries {
    hosts: Arc<RwLock<Hosts>>,
    memory: Arc<Memory>,
    credentials: Arc<Careful>,
    practice: RwLock<Option<HostName>>,
    /// One client for each endpoint, so that connections and tokens are used again.
    clients: Mutex<HashMap<(HostName, bool), Registry>>,
    ways: RwLock<Ways>,
    /// Whom all clients of this run wait for, GitHub's among them.
    pub(crate) asking: Asking,
}

/// Credentials, of which a name that a file leads elsewhere gets only those that were given for this run.
struct Careful {
    hosts: Arc<RwLock<Hosts>>,
    all: Chain,
}

impl Credentials for Careful {
    fn credential(&self, host: &HostName) -> Option<Credential> {
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        let takes_kept = hosts.endpoint(host, false).is_ok_and(|endpoint| endpoint.takes_kept());
        self.all.credential(host).filter(|found| takes_kept || is_given(found.source))
    }
}

/// Somebody named it for this run, rather than that it was kept by Slipway or found where another program keeps it.
fn is_given(source: CredentialSource) -> bool {
    match source {
        CredentialSource::ThisRun
        | CredentialSource::Environment
        | CredentialSource::TokenFile
        | CredentialSource::StandardInput
        | CredentialSource::Practice => true,
        CredentialSource::Keychain
        | CredentialSource::DockerConfig
        | CredentialSource::DockerHelper
        | CredentialSource::Podman
        | CredentialSource::Gh => false,
    }
}

impl Registries {
    pub(crate) fn new(hosts: Hosts, others: Chain, settings: &Settings) -> Self {
        let (memory, hosts) = (Arc::new(Memory::default()), Arc::new(RwLock::new(hosts)));
        Self {
            credentials: Arc::new(Careful {
                hosts: Arc::clone(&hosts),
                all: chain(Arc::clone(&memory), others),
            }),
            hosts,
            memory,
            practice: RwLock::default(),
            clients: Mutex::default(),
            ways: RwLock::new(Ways::of(settings)),
            asking: Asking::default(),
        }
    }

    /// From now on requests go through the proxies of `settings`; those under way end as they began.
    pub(crate) fn use_proxies(&self, settings: &Settings) {
        self.ways.write().unwrap_or_else(PoisonError::into_inner).set(settings);
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The way to an endpoint, and the password for its proxy.
    pub(crate) fn way(&self, endpoint: &Endpoint) -> (Proxy, Option<SecretString>) {
        let host = endpoint.host().unwrap_or_else(|| endpoint.name.to_string());
        self.ways.read().unwrap_or_else(PoisonError::into_inner).to(&host)
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
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The endpoint called `name`. Any host may be named; an unknown one is a plain OCI registry.
    pub(crate) fn endpoint(&self, name: &HostName, plain_http: bool) -> Result<Endpoint, FailureView> {
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        hosts
            .endpoint(name, plain_http)
            .map_err(|error| FailureView::new(Code::FormProblem, error.to_string()))
    }

    /// The endpoint that the form names.
    pub(crate) fn of_form(&self, name: &str) -> Result<Endpoint, FailureView> {
        let name = if name.is_empty() { "ghcr.io" } else { name };
        let host: HostName = name.parse().map_err(|refusal: slipway_reference::Refusal| {
            FailureView::new(Code::FormProblem, refusal.to_string())
        })?;
        self.endpoint(&host, false)
    }

    /// The client for `endpoint`.
    pub(crate) fn client(&self, endpoint: &Endpoint) -> Result<Registry, Box<slipway_distribution::Error>> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (endpoint.name.clone(), endpoint.plain_http);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = self.client_as(endpoint, Arc::<Careful>::clone(&self.credentials))?;
        clients.insert(key, client.clone());
        Ok(client)
    }

    /// A client of its own for `endpoint`, as somebody else.
    pub(crate) fn client_as(
        &self,
        endpoint: &Endpoint,
        credentials: Arc<dyn Credentials>,
    ) -> Result<Registry, Box<slipway_distribution::Error>> {
        let (proxy, proxy_password) = self.way(endpoint);
        let asking = self.asking.clone();
        let http = HttpOptions { proxy, proxy_password, asking, ..HttpOptions::default() };
        let options = Options { http, ..Options::default() };
        Registry::new(endpoint, credentials, &options)
    }

    /// Who is signed in at `host`.
    pub(crate) fn account(&self, host: &HostName) -> Option<AccountView> {
        let credential = self.credentials.credential(host)?;
        Some(AccountView { username: credential.username, source: credential_source(credential.source) })
    }

    /// Keeps a credential for this run. Tokens that were bought with an earlier one are forgotten.
    pub(crate) fn sign_in(
        &self,
        host: &HostName,
        username: String,
        secret: SecretString,
        source: CredentialSource,
    ) {
        self.memory.set(host.clone(), Credential { username, secret, source });
        self.forget(host);
    }

    /// Forgets this run's credential.
    pub(crate) fn sign_out(&self, host: &HostName) {
        self.memory.remove(host);
        self.forget(host);
    }

    fn forget(&self, host: &HostName) {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).retain(|(name, _), _| name != host);
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

    /// All endpoints but the practice registry's, in the order of the form.
    pub(crate) fn endpoints(&self) -> Vec<Endpoint> {
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        hosts.offered().filter(|endpoint| !self.is_practice(&endpoint.name)).cloned().collect()
    }

    /// Looks at the hosts, without the practice registry, and at the ways to them.
    pub(crate) fn with_hosts<T>(&self, look: impl FnOnce(&Hosts, &Ways) -> T) -> T {
        let mut hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner).clone();
        hosts.retain(|endpoint| !self.is_practice(&endpoint.name));
        look(&hosts, &self.ways.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on these are the hosts; requests under way end as they began. Whoever was signed in at a registry that
    /// is gone is signed out there.
    pub(crate) fn use_hosts(&self, mut changed: Hosts) {
        let mut hosts = self.hosts.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(practice) = hosts.offered().find(|endpoint| self.is_practice(&endpoint.name)).cloned() {
            changed.insert(practice);
        }
        let gone = |name: &HostName| !changed.offered().any(|endpoint| endpoint.name == *name);
        for endpoint in hosts.offered().filter(|endpoint| gone(&endpoint.name)) {
            self.memory.remove(&endpoint.name);
        }
        *hosts = changed;
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The registries that the form offers.
    pub(crate) fn offered(&self) -> Vec<RegistryView> {
        // Whose credential it is asks for the hosts once more.
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner).clone();
        hosts.offered().map(|endpoint| self.view(endpoint)).collect()
    }

    /// Those that are GitHub's, by the names that people see.
    pub(crate) fn github(&self) -> Vec<String> {
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        let github = hosts.offered().filter(|endpoint| endpoint.profile != Profile::Generic);
        github.map(|endpoint| endpoint.shown().to_string()).collect()
    }

    fn view(&self, endpoint: &Endpoint) -> RegistryView {
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
            account: self.account(&endpoint.name),
        }
    }
}
