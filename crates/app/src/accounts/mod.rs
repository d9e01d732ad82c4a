//! Accounts: who is signed in where, where the secrets lie, and what each token may do.
//!
//! An account belongs to a host and signs in to all of its registries. Its record is kept in the store, its secret in
//! the system's keychain or in memory only; the secrets of a run stay in memory, so that nothing waits for the keychain
//! once it has answered. Who is used at a registry is answered here alone, when a client of it asks.

mod add;
mod browser;
mod clients;
mod describe;
mod engines;
mod fresh;
mod lists;
mod practice;
mod record;
mod registry;
mod signed_in;
mod verify;
mod ways;

pub(crate) use describe::is_offline;
pub(crate) use fresh::Fresh;
pub(crate) use record::Record;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use slipway_credentials::{Chain, Finders, Keychain, Surroundings};
use slipway_distribution::{Credentials as _, Registry};
use slipway_github::{GitHub, GitHubError};
use slipway_hosts::{Endpoint, Profile, pages};
use slipway_reference::HostName;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::clock::now;
use crate::failure::credential_source;
use crate::images::Files;
use crate::registries::{ASKING, Destinations, Holders, Proxies, Registries, host_of};
use crate::settings::Current;
use crate::store::Store;
use crate::view::{
    Account, AccountPage, AccountState, AccountView, AccountWay, AccountsView, Code, FailureView, Purpose,
    RegistryView, SignInHost, TokenCheckView,
};
use clients::Clients;
use describe::{check_view, keychain_view};
use lists::Lists;
use record::Records;
use signed_in::SignedIn;
use ways::Held;

/// A token is never longer; what is longer was pasted by mistake.
pub(crate) const LONGEST_TOKEN: usize = 4096;

/// How long the keychain may take to say whether it is there.
const LOOKING: Duration = Duration::from_secs(2);

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
        }
    }

    /// Reads the accounts that earlier runs kept, and their secrets and those of proxies from the keychain, which may ask
    /// its person.
    pub async fn load(&self) {
        let known = self.store.accounts();
        self.signed_in.change(|records| *records = Records::of(known));
        self.read_secrets().await;
    }

    /// Reads the secrets that are not in memory yet.
    async fn read_secrets(&self) {
        let waiting: Vec<Record> = self.signed_in.read(|records| {
            records.iter().filter(|record| self.signed_in.secret(&record.id()).is_none()).cloned().collect()
        });
        for record in waiting {
            let Some(entry) = &record.entry else { continue };
            let state = match self.keychain.load(entry, ASKING).await {
                Ok(Some(secret)) => {
                    self.signed_in.keep_secret(record.id(), secret, false);
                    match record.state {
                        AccountState::Locked | AccountState::SecretMissing => AccountState::NotChecked,
                        state => state,
                    }
                }
                Ok(None) => AccountState::SecretMissing,
                Err(error) => {
                    tracing::warn!(%error, host = record.host, "reading a token from the keychain");
                    AccountState::Locked
                }
            };
            self.signed_in.change(|records| records.change(&record.id(), |record| record.state = state));
        }
        self.prefer_accounts();
        self.proxies.load().await;
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

    /// Everything the accounts screen shows.
    pub async fn view(&self) -> AccountsView {
        let keychain = keychain_view(self.keychain.state(LOOKING).await);
        let hosts = self.sign_in_hosts();
        let place = |host: &str| hosts.iter().position(|known| known.name == host).unwrap_or(usize::MAX);
        let mut accounts: Vec<Account> = self.signed_in.read(|records| {
            records
                .iter()
                .map(|record| {
                    let endpoints = self.registries.of_host(&record.host);
                    let github = endpoints.iter().any(is_github);
                    record.view(endpoints.iter().map(|endpoint| endpoint.name.to_string()).collect(), github)
                })
                .collect()
        });
        accounts.sort_by_key(|account| place(&account.host));
        AccountsView { accounts, keychain, hosts }
    }

    fn sign_in_hosts(&self) -> Vec<SignInHost> {
        let mut hosts: Vec<SignInHost> = Vec::new();
        for endpoint in self.registries.endpoints() {
            let (name, registry) = (host_of(&endpoint), endpoint.name.to_string());
            match hosts.iter_mut().find(|host| host.name == name) {
                Some(host) => host.registries.push(registry),
                None => hosts.push(SignInHost {
                    browser: self.client_id(&name).is_some(),
                    github: is_github(&endpoint),
                    registries: vec![registry],
                    name,
                }),
            }
        }
        hosts
    }

    /// Calls `changed` whenever accounts changed, until it returns false.
    pub async fn watch(&self, changed: impl Fn(AccountsView) -> bool) {
        let mut changes = self.signed_in.watch();
        while changes.changed().await.is_ok() {
            if !changed(self.view().await) {
                return;
            }
        }
    }

    /// The registries with who is signed in there.
    pub fn registries(&self) -> Vec<RegistryView> {
        self.registries.offered(|name| self.used_at(name))
    }

    /// What can be told of a token without asking anybody.
    #[allow(clippy::unused_self, reason = "a use case of accounts, as its callers see it")]
    pub fn check_token(&self, token: &SecretString) -> TokenCheckView {
        check_view(&slipway_github::check(token.expose_secret()))
    }

    /// Keeps the records of a host whose secrets are kept, too.
    fn remember(&self, host: &str) {
        let of: Vec<Record> = self
            .signed_in
            .read(|records| records.iter().filter(|record| record.host == host).cloned().collect());
        for record in of {
            match record.entry {
                Some(_) => self.store.keep_account(&record.id(), &record),
                None => self.store.forget_account(&record.id()),
            }
        }
    }

    fn record(&self, id: &str) -> Result<Record, FailureView> {
        self.signed_in.read(|records| records.get(id).cloned()).ok_or_else(|| {
            FailureView::new(Code::NotFound, format!("there is no account {id}")).with("reference", id)
        })
    }

    /// Forgets an account, with its secret wherever Slipway keeps it.
    pub async fn sign_out(&self, id: &str) -> AccountsView {
        self.cancel_check(id);
        // The secret goes first: an account that is seen to be gone has left nothing behind.
        if let Some(entry) =
            self.signed_in.read(|records| records.get(id).and_then(|record| record.entry.clone()))
        {
            self.remove_entry(&entry).await;
        }
        if let Some(removed) = self.signed_in.change(|records| records.remove(id)) {
            self.store.forget_account(id);
            self.signed_in.drop_secret(&removed);
            self.remember(&removed.host);
            self.prefer_accounts();
        }
        self.view().await
    }

    /// The warning of a token's end that was due has been told.
    pub fn expiry_told(&self, id: &str) {
        let Ok(record) = self.record(id) else { return };
        let due = record.expiry_due(now());
        self.signed_in.change(|records| records.change(id, |record| record.told = due.or(record.told)));
        self.remember(&record.host);
    }

    /// The host that `name` means: a registry's name stands for the host that it belongs to.
    pub fn host_meant(&self, name: &str) -> String {
        let known = self.registries.endpoints().into_iter().find(|endpoint| endpoint.name.as_str() == name);
        known.map_or_else(|| name.to_owned(), |endpoint| host_of(&endpoint))
    }

    /// This account is used at its host until the process ends.
    pub fn use_for_this_run(&self, id: &str) {
        if let Ok(record) = self.record(id) {
            self.signed_in.change(|records| records.use_one(&record.host, id));
            self.prefer_accounts();
        }
    }

    /// From now on this account is used at its host.
    pub async fn use_account(&self, id: &str) -> AccountsView {
        self.use_for_this_run(id);
        if let Ok(record) = self.record(id) {
            self.remember(&record.host);
        }
        self.view().await
    }

    /// Looks for the keychain once more, and reads what waits there.
    pub async fn check_keychain(&self) -> AccountsView {
        self.read_secrets().await;
        self.view().await
    }

    /// The address of a page about accounts; none where there is no such page.
    pub fn page(&self, page: &AccountPage) -> Option<Url> {
        let endpoint =
            |host: &str| self.registries.of_host(host).into_iter().find(|endpoint| endpoint.web.is_some());
        let host = |id: &str| self.record(id).ok().map(|record| record.host);
        match page {
            AccountPage::NewToken { host, purpose } => {
                pages::new_token_for(&endpoint(host)?, scopes(*purpose))
            }
            AccountPage::Tokens { account } => pages::tokens(&endpoint(&host(account)?)?),
            AccountPage::SignOn { account, organization } => {
                let known = self.sign_on.lock().unwrap_or_else(PoisonError::into_inner);
                let key = (account.clone(), organization.clone());
                let known = known.get(&key).cloned();
                known.or_else(|| pages::tokens(&endpoint(&host(account)?)?))
            }
            AccountPage::Code { host } => pages::device(&endpoint(host)?),
        }
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
