//! Accounts: who is signed in where, where the secrets lie, and what each token may do.
//!
//! An account belongs to a host and signs in to all of its registries. Its record is kept in the store, its secret in
//! the system's keychain or in memory only; the secrets of a run stay in memory, so that nothing waits for the keychain
//! once it has answered.

mod browser;
mod checks;
mod describe;
mod engines;
mod lists;
mod record;
mod registry;
mod ways;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use slipway_credentials::{EntryName, Finders, Keychain, Surroundings};
use slipway_distribution::{CredentialSource, Proxy};
use slipway_github::{GitHub, GitHubError, Identity, Sso};
use slipway_hosts::{Endpoint, Profile, pages};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::slipway::{LONGEST_TOKEN, Slipway, now};
use crate::view::{
    Account, AccountPage, AccountState, AccountWay, AccountsView, AddedAccount, Code, FailureView,
    NewAccount, Purpose, RegistryView, SignInHost, SignOnView, TokenCheckView, TokenFrom, TokenKind,
    TokenVerdict,
};
use describe::{check_view, is_offline, keychain_view};
pub(crate) use record::Record;
use record::Records;
use ways::{Held, Taken};

/// How long the keychain may take where it has to ask its person for a password.
pub(crate) const ASKING: Duration = Duration::from_secs(120);

/// How long it may take to say whether it is there.
const LOOKING: Duration = Duration::from_secs(2);

/// Organizations that are asked about single sign-on, at most.
const ORGANIZATIONS: usize = 20;

/// What is known of accounts in this run.
pub(crate) struct Accounts {
    records: RwLock<Records>,
    secrets: RwLock<HashMap<String, SecretString>>,
    keychain: Keychain,
    finders: Finders,
    surroundings: Surroundings,
    held: Mutex<Held>,
    /// Where single sign-on of an organization is authorized, by account and organization; short-lived on GitHub's side.
    sign_on: Mutex<HashMap<(String, String), Url>>,
    checks: Mutex<HashMap<String, CancellationToken>>,
    browser: Mutex<Option<CancellationToken>>,
    /// What GitHub said of destinations lately.
    answers: Mutex<checks::Answers>,
    lists: Mutex<lists::Known>,
    /// Counts changes, for who shows them.
    changed: watch::Sender<u64>,
}

impl Accounts {
    pub(crate) fn new(keychain: Keychain, surroundings: Surroundings) -> Self {
        Self {
            records: RwLock::default(),
            secrets: RwLock::default(),
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
            let source = credential_source(record);
            self.registries.sign_in(&endpoint.name, record.username.clone(), secret.clone(), source);
        }
    }

    /// The registries of `host`; one that is a host of its own is its only one.
    fn endpoints_of(&self, host: &str) -> Vec<Endpoint> {
        let all = self.registries.endpoints();
        let of: Vec<Endpoint> = all.into_iter().filter(|endpoint| host_of(endpoint) == host).collect();
        if !of.is_empty() {
            return of;
        }
        host.parse().ok().and_then(|name| self.registries.endpoint(&name, false).ok()).into_iter().collect()
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
        let host = Some(host_of(endpoint)).filter(|_| !self.registries.is_practice(&endpoint.name))?;
        self.accounts.read(|records| records.default_of(&host).cloned())
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

    /// The registries with who is signed in there.
    pub fn registries(&self) -> Vec<RegistryView> {
        self.registries.offered()
    }

    /// What can be told of a token without asking anybody.
    pub fn check_token(&self, token: &SecretString) -> TokenCheckView {
        check_view(&slipway_github::check(token.expose_secret()))
    }

    /// Adds an account: its token is checked offline, its host is asked whom it belongs to, and it is kept.
    ///
    /// # Errors
    /// Where the token cannot be right, its host refuses it or does not answer.
    pub async fn add_account(&self, account: NewAccount) -> Result<AddedAccount, FailureView> {
        let NewAccount { host, token, username, keep, anyway } = account;
        let taken = self.take(token).await?;
        self.add(&host, taken, username.trim(), Keeping { keep, anyway, instead_of: None }).await
    }

    /// Another token for an account that is there.
    ///
    /// # Errors
    /// As for [`add_account`](Self::add_account), and where the token is another person's.
    pub async fn replace_token(
        &self,
        id: &str,
        token: TokenFrom,
        keep: bool,
        anyway: bool,
    ) -> Result<AddedAccount, FailureView> {
        let record = self.record(id)?;
        let taken = self.take(token).await?;
        let keeping = Keeping { keep, anyway, instead_of: Some(record.username.clone()) };
        self.add(&record.host, taken, &record.username, keeping).await
    }

    async fn add(
        &self,
        host: &str,
        taken: Taken,
        username: &str,
        keeping: Keeping,
    ) -> Result<AddedAccount, FailureView> {
        let Taken { secret, source, username: found } = taken;
        let check = self.check_token(&secret);
        judge(check, &secret, keeping.anyway)?;
        let username = if username.is_empty() { found.unwrap_or_default() } else { username.to_owned() };
        let mut record = Record {
            host: host.to_owned(),
            username,
            kind: check.kind,
            source,
            entry: None,
            is_default: true,
            state: AccountState::NotChecked,
            checked_at: None,
            offline: false,
            scopes: None,
            expires_at: None,
            told: None,
            sign_on: Vec::new(),
        };
        match self.ask(&record.host, &secret).await {
            Ok(Some(identity)) => {
                if let Some(before) =
                    keeping.instead_of.filter(|login| !login.eq_ignore_ascii_case(&identity.login))
                {
                    let said = format!("the token belongs to {}, not to {before}", identity.login);
                    return Err(FailureView::new(Code::TokenOtherPerson, said)
                        .with("username", identity.login)
                        .with("account", before));
                }
                record.username.clone_from(&identity.login);
                record.answered(&identity, now());
            }
            Ok(None) => self.try_registry(&mut record, &secret, keeping.anyway).await?,
            Err(error) if is_offline(&error) && keeping.anyway && !record.username.is_empty() => {
                record.offline = true;
            }
            Err(error) => return Err(FailureView::github(&error, now()).with("username", &record.username)),
        }
        named(&record.username)?;
        let not_kept = keeping.keep && !self.keep_in_keychain(&mut record, &secret).await;
        let id = record.id();
        // What was kept under another entry, or is no longer to be kept, goes.
        let before = self.accounts.read(|records| records.get(&id).and_then(|record| record.entry.clone()));
        if let Some(before) = before.filter(|entry| record.entry.as_ref() != Some(entry)) {
            self.remove_entry(&before).await;
        }
        self.accounts.keep_secret(id.clone(), secret);
        self.accounts.change(|records| records.add(record));
        self.remember(host);
        self.sign_all_in();
        Ok(AddedAccount { id, accounts: self.accounts().await, not_kept })
    }

    /// Saves the secret; whether that could be done.
    async fn keep_in_keychain(&self, record: &mut Record, secret: &SecretString) -> bool {
        let Ok(host) = record.host.parse() else { return false };
        let entry = EntryName::of(&record.username, &host);
        match self.accounts.keychain.save(&entry, secret, ASKING).await {
            Ok(()) => record.entry = Some(entry),
            Err(error) => tracing::warn!(%error, host = record.host, "saving a token in the keychain"),
        }
        record.entry.is_some()
    }

    async fn remove_entry(&self, entry: &EntryName) {
        if let Err(error) = self.accounts.keychain.remove(entry, ASKING).await {
            tracing::warn!(%error, "removing a token from the keychain");
        }
    }

    /// Keeps the records of a host whose secrets are kept, too.
    fn remember(&self, host: &str) {
        let of: Vec<Record> = self
            .accounts
            .read(|records| records.iter().filter(|record| record.host == host).cloned().collect());
        for record in of {
            match record.entry {
                Some(_) => self.ledger.keep_account(&record),
                None => self.ledger.forget_account(&record.id()),
            }
        }
    }

    /// Asks the host whom a token belongs to; `None` where it is not GitHub.
    async fn ask(&self, host: &str, secret: &SecretString) -> Result<Option<Identity>, GitHubError> {
        let Some(github) = self.github(host, Some(secret.clone()))? else { return Ok(None) };
        github.user().await.map(Some)
    }

    /// GitHub's API of `host`; `None` where it has none.
    pub(crate) fn github(
        &self,
        host: &str,
        secret: Option<SecretString>,
    ) -> Result<Option<GitHub>, GitHubError> {
        let Some(endpoint) = self.endpoints_of(host).into_iter().find(is_github) else { return Ok(None) };
        GitHub::of(&endpoint, secret, &self.github_options(&endpoint))
    }

    fn github_options(&self, endpoint: &Endpoint) -> slipway_github::Options {
        let (proxy, proxy_password) = self.registries.way(endpoint);
        slipway_github::Options {
            proxy: match proxy {
                Proxy::System => slipway_github::Proxy::System,
                Proxy::None => slipway_github::Proxy::None,
                Proxy::At(url) => slipway_github::Proxy::At(url),
            },
            proxy_password,
            ca_file: endpoint.ca_file.clone(),
            plain_http: endpoint.plain_http,
            ..slipway_github::Options::default()
        }
    }

    fn record(&self, id: &str) -> Result<Record, FailureView> {
        self.accounts.read(|records| records.get(id).cloned()).ok_or_else(|| {
            FailureView::new(Code::NotFound, format!("there is no account {id}")).with("reference", id)
        })
    }

    /// Asks the host what the account's token may do now. Where nobody answers, what was known stays.
    ///
    /// # Errors
    /// Where there is no such account.
    pub async fn verify_account(&self, id: &str) -> Result<AccountsView, FailureView> {
        let record = self.record(id)?;
        let Some(secret) = self.accounts.secret(id) else {
            self.read_secrets().await;
            return Ok(self.accounts().await);
        };
        let cancel = CancellationToken::new();
        self.accounts
            .checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.to_owned(), cancel.clone());
        let asked = cancel.run_until_cancelled(self.look(&record, &secret)).await;
        self.accounts.checks.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        if let Some(changed) = asked {
            self.accounts.change(|records| records.change(id, |record| *record = changed));
            self.remember(&record.host);
        }
        Ok(self.accounts().await)
    }

    /// The record as its host describes it now.
    async fn look(&self, record: &Record, secret: &SecretString) -> Record {
        let mut record = record.clone();
        let github = match self.github(&record.host, Some(secret.clone())) {
            Ok(Some(github)) => github,
            Ok(None) => {
                record.tried(&self.sign_in_at(&record, secret).await, now());
                return record;
            }
            Err(error) => {
                record.failed(&error, now());
                return record;
            }
        };
        match github.user().await {
            Ok(identity) => {
                record.answered(&identity, now());
                record.sign_on = self.single_sign_on(&record, &github).await;
            }
            Err(error) => record.failed(&error, now()),
        }
        record
    }

    /// Which organizations want single sign-on: those of the token's person, as far as it may list them, and those that
    /// are known to want it. GitHub leaves out of its lists whoever did not authorize the token.
    async fn single_sign_on(&self, record: &Record, github: &GitHub) -> Vec<SignOnView> {
        let listed = match github.organizations().await {
            Ok(Some(listed)) => listed.items,
            _ => Vec::new(),
        };
        let known = record.sign_on.iter().map(|known| known.organization.clone());
        let mut views: Vec<SignOnView> = Vec::new();
        for organization in known.chain(listed).take(ORGANIZATIONS) {
            if views.iter().any(|view| view.organization == organization) {
                continue;
            }
            if let Some(authorized) = self.sign_on_of(&record.id(), &organization, github).await {
                views.push(SignOnView { organization, authorized });
            }
        }
        views
    }

    /// Whether the token is authorized for an organization; none where that was not to be learned.
    async fn sign_on_of(&self, id: &str, organization: &str, github: &GitHub) -> Option<bool> {
        match github.sso(organization).await {
            Ok(Sso::Required { url }) => {
                if let Some(url) = url {
                    let mut pages = self.accounts.sign_on.lock().unwrap_or_else(PoisonError::into_inner);
                    pages.insert((id.to_owned(), organization.to_owned()), url);
                }
                Some(false)
            }
            Ok(_) => Some(true),
            Err(_) => None,
        }
    }

    /// The same, and the account remembers it.
    pub(crate) async fn ask_sign_on(&self, id: &str, organization: &str, github: &GitHub) -> Option<bool> {
        let authorized = self.sign_on_of(id, organization, github).await?;
        let record = self.record(id).ok()?;
        let known = record.sign_on.iter().find(|known| known.organization == organization);
        // Whoever never wanted it is not worth a row.
        if known.map_or(authorized, |known| known.authorized == authorized) {
            return Some(authorized);
        }
        self.accounts.change(|records| {
            records.change(id, |record| {
                record.sign_on.retain(|known| known.organization != organization);
                record.sign_on.push(SignOnView { organization: organization.to_owned(), authorized });
            });
        });
        self.remember(&record.host);
        Some(authorized)
    }

    /// What GitHub said of destinations is asked for anew, though it is fresh: somebody changed it on purpose.
    pub fn forget_answers(&self) {
        self.accounts.answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Ends a check that takes too long.
    pub fn cancel_account_check(&self, id: &str) {
        if let Some(cancel) = self.accounts.checks.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            cancel.cancel();
        }
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

/// How a new token is to be kept.
struct Keeping {
    keep: bool,
    /// Though GitHub Packages refuses its kind, or nobody can be asked.
    anyway: bool,
    /// Whose token it takes the place of.
    instead_of: Option<String>,
}

/// Whether a user name can be one.
fn named(username: &str) -> Result<(), FailureView> {
    let clean =
        !username.is_empty() && username.len() <= LONGEST_TOKEN && !username.contains(char::is_control);
    if clean && !username.contains(':') {
        return Ok(());
    }
    Err(FailureView::new(Code::SignInRequired, "signing in takes a user name and a token"))
}

/// Whether a token can be right at all.
fn judge(check: TokenCheckView, secret: &SecretString, anyway: bool) -> Result<(), FailureView> {
    let text = secret.expose_secret().trim();
    if text.is_empty() || text.len() > LONGEST_TOKEN || text.contains(char::is_control) {
        return Err(FailureView::new(Code::SignInRequired, "signing in takes a user name and a token"));
    }
    match check.verdict {
        _ if anyway => Ok(()),
        TokenVerdict::Checksum | TokenVerdict::TooShort | TokenVerdict::TooLong
            if matches!(check.kind, TokenKind::Classic | TokenKind::Browser) =>
        {
            Err(FailureView::new(Code::TokenChecksum, "the token has a copying error"))
        }
        TokenVerdict::FineGrained => {
            Err(FailureView::new(Code::TokenFineGrained, "GitHub Packages refuses fine-grained tokens"))
        }
        _ => Ok(()),
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
fn host_of(endpoint: &Endpoint) -> String {
    endpoint.host().unwrap_or_else(|| endpoint.name.to_string())
}

/// Its API says whom tokens belong to.
fn is_github(endpoint: &Endpoint) -> bool {
    endpoint.profile != Profile::Generic && endpoint.api.is_some()
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
