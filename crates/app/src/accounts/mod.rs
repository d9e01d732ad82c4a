//! Accounts: who is signed in where, where the secrets lie, and what each token may do.
//!
//! An account belongs to a host and signs in to all of its registries. Its record is kept in the store, its secret in
//! the system's keychain or in memory only; the secrets of a run stay in memory, so that nothing waits for the keychain
//! once it has answered.

mod add;
mod browser;
mod describe;
mod engines;
mod lists;
mod practice;
mod record;
mod registry;
mod verify;
mod ways;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use slipway_credentials::{Finders, Keychain, Surroundings};
use slipway_distribution::CredentialSource;
use slipway_github::{GitHub, GitHubError};
use slipway_hosts::{Endpoint, Profile, pages};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::clock::now;
use crate::registries::destinations::endpoints_in;
use crate::slipway::Slipway;
use crate::view::{
    Account, AccountPage, AccountState, AccountWay, AccountsView, Code, FailureView, Purpose, RegistryView,
    SignInHost, TokenCheckView,
};
pub(crate) use describe::is_offline;
use describe::{check_view, keychain_view};
pub(crate) use record::Record;
use record::Records;
use ways::Held;

/// A token is never longer; what is longer was pasted by mistake.
pub(crate) const LONGEST_TOKEN: usize = 4096;

/// How long the keychain may take where it has to ask its person for a password.
pub(crate) const ASKING: Duration = Duration::from_secs(120);

/// How long it may take to say whether it is there.
const LOOKING: Duration = Duration::from_secs(2);

/// What is known of accounts in this run.
pub(crate) struct Accounts {
    records: RwLock<Records>,
    practice: RwLock<Option<Record>>,
    secrets: RwLock<HashMap<String, SecretString>>,
    /// Accounts whose token was given in this run, rather than kept by an earlier one or found.
    given: RwLock<HashSet<String>>,
    keychain: Keychain,
    finders: Finders,
    surroundings: Surroundings,
    held: Mutex<Held>,
    /// Where single sign-on of an organization is authorized, by account and organization; short-lived on GitHub's side.
    sign_on: Mutex<HashMap<(String, String), Url>>,
    checks: Mutex<HashMap<String, CancellationToken>>,
    browser: Mutex<Option<CancellationToken>>,
    /// What GitHub said of destinations lately.
    pub(crate) answers: Mutex<crate::publish::github::Answers>,
    lists: Mutex<lists::Known>,
    /// Counts changes, for who shows them.
    changed: watch::Sender<u64>,
}

impl Accounts {
    pub(crate) fn new(keychain: Keychain, surroundings: Surroundings) -> Self {
        Self {
            records: RwLock::default(),
            practice: RwLock::default(),
            secrets: RwLock::default(),
            given: RwLock::default(),
            keychain,
            finders: Finders::new(surroundings.clone()),
            surroundings,
            held: Mutex::default(),
            sign_on: Mutex::default(),
            checks: Mutex::default(),
            browser: Mutex::default(),
            answers: Mutex::default(),
            lists: Mutex::default(),
            changed: watch::Sender::new(0),
        }
    }

    pub(crate) fn keychain(&self) -> &Keychain {
        &self.keychain
    }

    fn read<T>(&self, look: impl FnOnce(&Records) -> T) -> T {
        look(&self.records.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Records) -> T) -> T {
        let changed = change(&mut self.records.write().unwrap_or_else(PoisonError::into_inner));
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.changed.send_modify(|count| *count += 1);
        changed
    }

    fn secret(&self, id: &str) -> Option<SecretString> {
        self.secrets.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn is_given(&self, id: &str) -> bool {
        self.given.read().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    fn set_given(&self, id: &str, given: bool) {
        let mut ids = self.given.write().unwrap_or_else(PoisonError::into_inner);
        if given {
            ids.insert(id.to_owned());
        } else {
            ids.remove(id);
        }
    }

    fn keep_secret(&self, id: String, secret: SecretString) {
        self.secrets.write().unwrap_or_else(PoisonError::into_inner).insert(id, secret);
    }

    fn drop_secret(&self, id: &str) {
        self.secrets.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

impl Slipway {
    /// Reads the accounts that earlier runs kept, and their secrets and those of proxies from the keychain, which may ask
    /// its person.
    pub async fn load_accounts(&self) {
        let known = self.ledger.accounts();
        self.accounts.change(|records| *records = Records::of(known));
        self.read_secrets().await;
    }

    /// Reads the secrets that are not in memory yet.
    async fn read_secrets(&self) {
        let waiting: Vec<Record> = self.accounts.read(|records| {
            records.iter().filter(|record| self.accounts.secret(&record.id()).is_none()).cloned().collect()
        });
        for record in waiting {
            let Some(entry) = &record.entry else { continue };
            let state = match self.accounts.keychain.load(entry, ASKING).await {
                Ok(Some(secret)) => {
                    self.accounts.keep_secret(record.id(), secret);
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
            self.accounts.change(|records| records.change(&record.id(), |record| record.state = state));
        }
        self.sign_all_in();
        self.load_proxy_passwords().await;
    }

    /// The registries of each host use its account.
    pub(crate) fn sign_all_in(&self) {
        let used: Vec<Record> = self
            .accounts
            .read(|records| records.iter().filter(|record| record.is_default).cloned().collect());
        for record in used {
            self.sign_in_to_host(&record);
        }
    }

    fn sign_in_to_host(&self, record: &Record) {
        let Some(secret) = self.accounts.secret(&record.id()) else { return };
        for endpoint in self.endpoints_of(&record.host) {
            let source = match credential_source(record) {
                CredentialSource::Keychain if self.accounts.is_given(&record.id()) => {
                    CredentialSource::ThisRun
                }
                source => source,
            };
            self.registries.sign_in(&endpoint.name, record.username.clone(), secret.clone(), source);
        }
    }

    /// The account's secret, as far as `endpoint` may get it.
    fn secret_at(&self, record: &Record, endpoint: &Endpoint) -> Option<SecretString> {
        self.accounts.secret(&record.id()).filter(|_| self.may_have(record, endpoint))
    }

    /// Whether `endpoint` may get the account's token.
    fn may_have(&self, record: &Record, endpoint: &Endpoint) -> bool {
        endpoint.takes_kept() || self.accounts.is_given(&record.id())
    }

    /// The registries of `host`; one that is a host of its own is its only one.
    fn endpoints_of(&self, host: &str) -> Vec<Endpoint> {
        self.registries.with_hosts(|hosts, _| endpoints_in(hosts, host))
    }

    /// The accounts' names, by host.
    pub(crate) fn account_ids(&self) -> BTreeMap<String, Vec<String>> {
        let mut ids = BTreeMap::<String, Vec<String>>::new();
        self.accounts.read(|records| {
            for record in records.iter() {
                ids.entry(record.host.clone()).or_default().push(record.id());
            }
        });
        ids
    }

    /// Everything the accounts screen shows.
    pub async fn accounts(&self) -> AccountsView {
        let keychain = keychain_view(self.accounts.keychain.state(LOOKING).await);
        let hosts = self.sign_in_hosts();
        let place = |host: &str| hosts.iter().position(|known| known.name == host).unwrap_or(usize::MAX);
        let mut accounts: Vec<Account> = self.accounts.read(|records| {
            records
                .iter()
                .map(|record| {
                    let endpoints = self.endpoints_of(&record.host);
                    let github = endpoints.iter().any(is_github);
                    record.view(endpoints.iter().map(|endpoint| endpoint.name.to_string()).collect(), github)
                })
                .collect()
        });
        accounts.sort_by_key(|account| place(&account.host));
        AccountsView { accounts, keychain, hosts }
    }

    /// The account that is used at a registry. The practice registry has one of its own, which is in no list.
    pub(crate) fn account_at(&self, endpoint: &Endpoint) -> Option<Record> {
        if self.registries.is_practice(&endpoint.name) {
            return self.practice_account();
        }
        let record = self.accounts.read(|records| records.default_of(&host_of(endpoint)).cloned())?;
        self.may_have(&record, endpoint).then_some(record)
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
    pub async fn watch_accounts(&self, changed: impl Fn(AccountsView) -> bool) {
        let mut changes = self.accounts.changed.subscribe();
        while changes.changed().await.is_ok() {
            if !changed(self.accounts().await) {
                return;
            }
        }
    }

    /// Calls `tell` with each host that has kept silent for two seconds, and with none once nobody does, until it returns
    /// false.
    pub async fn watch_silence(&self, tell: impl FnMut(Option<&str>) -> bool) {
        self.registries.asking.watch(tell).await;
    }

    /// The registries with who is signed in there.
    pub fn registries(&self) -> Vec<RegistryView> {
        self.registries.offered()
    }

    /// What can be told of a token without asking anybody.
    pub fn check_token(&self, token: &SecretString) -> TokenCheckView {
        check_view(&slipway_github::check(token.expose_secret()))
    }

    /// Keeps the records of a host whose secrets are kept, too.
    fn remember(&self, host: &str) {
        let of: Vec<Record> = self
            .accounts
            .read(|records| records.iter().filter(|record| record.host == host).cloned().collect());
        for record in of {
            match record.entry {
                Some(_) => self.ledger.keep_account(&record.id(), &record),
                None => self.ledger.forget_account(&record.id()),
            }
        }
    }

    /// GitHub's API as the account; `None` where its host has none, or must not get the token.
    pub(crate) fn github_as(&self, record: &Record) -> Result<Option<GitHub>, GitHubError> {
        let Some(endpoint) = self.github_endpoint(&record.host) else { return Ok(None) };
        let Some(secret) = self.secret_at(record, &endpoint) else { return Ok(None) };
        GitHub::of(&endpoint, Some(secret), &self.github_options(&endpoint))
    }

    fn github_endpoint(&self, host: &str) -> Option<Endpoint> {
        let practice = self.registries.practice().filter(|endpoint| host_of(endpoint) == host);
        practice.or_else(|| self.endpoints_of(host).into_iter().find(is_github))
    }

    /// GitHub's API of `host`; `None` where it has none.
    pub(crate) fn github(
        &self,
        host: &str,
        secret: Option<SecretString>,
    ) -> Result<Option<GitHub>, GitHubError> {
        let Some(endpoint) = self.github_endpoint(host) else { return Ok(None) };
        GitHub::of(&endpoint, secret, &self.github_options(&endpoint))
    }

    fn github_options(&self, endpoint: &Endpoint) -> slipway_github::Options {
        let (proxy, proxy_password) = self.registries.way(endpoint);
        let http = slipway_github::HttpOptions {
            proxy,
            proxy_password,
            ca_file: endpoint.ca_file.clone(),
            plain_http: endpoint.plain_http,
            asking: self.registries.asking.clone(),
            ..slipway_github::HttpOptions::default()
        };
        slipway_github::Options { http, ..slipway_github::Options::default() }
    }

    fn record(&self, id: &str) -> Result<Record, FailureView> {
        self.accounts.read(|records| records.get(id).cloned()).ok_or_else(|| {
            FailureView::new(Code::NotFound, format!("there is no account {id}")).with("reference", id)
        })
    }

    /// Forgets an account, with its secret wherever Slipway keeps it.
    pub async fn sign_out_account(&self, id: &str) -> AccountsView {
        self.cancel_account_check(id);
        // The secret goes first: an account that is seen to be gone has left nothing behind.
        if let Some(entry) =
            self.accounts.read(|records| records.get(id).and_then(|record| record.entry.clone()))
        {
            self.remove_entry(&entry).await;
        }
        if let Some(removed) = self.accounts.change(|records| records.remove(id)) {
            self.ledger.forget_account(id);
            self.accounts.drop_secret(id);
            for endpoint in self.endpoints_of(&removed.host) {
                self.registries.sign_out(&endpoint.name);
            }
            self.remember(&removed.host);
            self.sign_all_in();
        }
        self.accounts().await
    }

    /// The warning of a token's end that was due has been told.
    pub fn expiry_told(&self, id: &str) {
        let Ok(record) = self.record(id) else { return };
        let due = record.expiry_due(now());
        self.accounts.change(|records| records.change(id, |record| record.told = due.or(record.told)));
        self.remember(&record.host);
    }

    /// The host that `name` means: a registry's name stands for the host that it belongs to.
    pub fn sign_in_host(&self, name: &str) -> String {
        let known = self.registries.endpoints().into_iter().find(|endpoint| endpoint.name.as_str() == name);
        known.map_or_else(|| name.to_owned(), |endpoint| host_of(&endpoint))
    }

    /// This account is used at its host until the process ends.
    pub fn use_for_this_run(&self, id: &str) {
        if let Ok(record) = self.record(id) {
            self.accounts.change(|records| records.use_one(&record.host, id));
            self.sign_all_in();
        }
    }

    /// From now on this account is used at its host.
    pub async fn use_account(&self, id: &str) -> AccountsView {
        self.use_for_this_run(id);
        if let Ok(record) = self.record(id) {
            self.remember(&record.host);
        }
        self.accounts().await
    }

    /// Looks for the keychain once more, and reads what waits there.
    pub async fn check_keychain(&self) -> AccountsView {
        self.read_secrets().await;
        self.accounts().await
    }

    /// The address of a page about accounts; none where there is no such page.
    pub fn account_page(&self, page: &AccountPage) -> Option<Url> {
        let endpoint =
            |host: &str| self.endpoints_of(host).into_iter().find(|endpoint| endpoint.web.is_some());
        let host = |id: &str| self.record(id).ok().map(|record| record.host);
        match page {
            AccountPage::NewToken { host, purpose } => {
                pages::new_token_for(&endpoint(host)?, scopes(*purpose))
            }
            AccountPage::Tokens { account } => pages::tokens(&endpoint(&host(account)?)?),
            AccountPage::SignOn { account, organization } => {
                let known = self.accounts.sign_on.lock().unwrap_or_else(PoisonError::into_inner);
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

/// The host that an endpoint belongs to; one of its own where there is no other.
pub(crate) fn host_of(endpoint: &Endpoint) -> String {
    endpoint.host().unwrap_or_else(|| endpoint.name.to_string())
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

/// As refusals name it.
fn credential_source(record: &Record) -> CredentialSource {
    match record.source.way {
        _ if record.entry.is_some() => CredentialSource::Keychain,
        AccountWay::Environment => CredentialSource::Environment,
        AccountWay::Docker => CredentialSource::DockerConfig,
        AccountWay::Podman => CredentialSource::Podman,
        AccountWay::GitHubCli => CredentialSource::Gh,
        AccountWay::File => CredentialSource::TokenFile,
        AccountWay::StandardInput => CredentialSource::StandardInput,
        AccountWay::Practice => CredentialSource::Practice,
        AccountWay::Browser | AccountWay::Paste => CredentialSource::ThisRun,
    }
}
