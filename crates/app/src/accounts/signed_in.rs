//! Who is signed in where. The one place that decides whose secret is used at a registry.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::{ExposeSecret as _, SecretString};
use slipway_credentials::{Chain, Memory};
use slipway_distribution::{Credential, CredentialSource, Credentials};
use slipway_hosts::Endpoint;
use slipway_reference::HostName;
use tokio::sync::watch;

use super::record::{Record, Records};
use crate::registries::{Holders, Registries, host_of};
use crate::view::AccountWay;

/// The accounts and their secrets, and what was given to this run without an account.
pub(super) struct SignedIn {
    registries: Arc<Registries>,
    records: RwLock<Records>,
    /// The practice registry's own account, which is in no list.
    practice: RwLock<Option<Record>>,
    /// By account.
    secrets: RwLock<HashMap<String, SecretString>>,
    /// Accounts whose token was given in this run, rather than kept by an earlier one or found.
    given: RwLock<HashSet<String>>,
    /// What commands were given for one registry. It stands before the account that is used there.
    run: Memory,
    /// Where is looked for those registries that have neither.
    others: Chain,
    /// Counts changes, for who shows accounts or keeps what was asked as one of them.
    changes: watch::Sender<u64>,
}

impl SignedIn {
    pub(super) fn new(registries: Arc<Registries>, others: Chain) -> Self {
        Self {
            registries,
            records: RwLock::default(),
            practice: RwLock::default(),
            secrets: RwLock::default(),
            given: RwLock::default(),
            run: Memory::default(),
            others,
            changes: watch::Sender::new(0),
        }
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&Records) -> T) -> T {
        look(&self.records.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Records) -> T) -> T {
        let changed = change(&mut self.records.write().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_modify(|count| *count += 1);
        changed
    }

    /// So many changes there were.
    pub(super) fn changes(&self) -> u64 {
        *self.changes.borrow()
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The accounts' names, by host.
    pub(super) fn holders(&self) -> Holders {
        let mut ids = Holders::new();
        self.read(|records| {
            for record in records.iter() {
                ids.entry(record.host.clone()).or_default().push(record.id());
            }
        });
        ids
    }

    pub(super) fn secret(&self, id: &str) -> Option<SecretString> {
        self.secrets.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Whether this is the account's secret.
    pub(super) fn has(&self, id: &str, secret: &SecretString) -> bool {
        self.secret(id).is_some_and(|known| known.expose_secret() == secret.expose_secret())
    }

    /// Keeps what the keychain gave for an account, unless that is gone or got another secret meanwhile.
    pub(super) fn keep_found(&self, id: &str, secret: SecretString) {
        let is_there = self.read(|records| records.get(id).is_some());
        if is_there {
            let mut secrets = self.secrets.write().unwrap_or_else(PoisonError::into_inner);
            secrets.entry(id.to_owned()).or_insert(secret);
        }
    }

    /// Keeps the secret of an account for this run; `given`: somebody named it in this run.
    pub(super) fn keep_secret(&self, id: String, secret: SecretString, given: bool) {
        let mut ids = self.given.write().unwrap_or_else(PoisonError::into_inner);
        if given {
            ids.insert(id.clone());
        } else {
            ids.remove(&id);
        }
        drop(ids);
        self.secrets.write().unwrap_or_else(PoisonError::into_inner).insert(id, secret);
    }

    /// Forgets the secret of an account, and what this run was given for its registries.
    pub(super) fn drop_secret(&self, record: &Record) {
        self.secrets.write().unwrap_or_else(PoisonError::into_inner).remove(&record.id());
        self.given.write().unwrap_or_else(PoisonError::into_inner).remove(&record.id());
        self.drop_given(&record.host);
    }

    /// Keeps what this run was given for one registry; it is used there whatever account there is.
    pub(super) fn keep_given(&self, registry: &HostName, credential: Credential) {
        self.run.set(registry.clone(), credential);
    }

    /// Forgets what this run was given for the registries of `host`.
    fn drop_given(&self, host: &str) {
        for endpoint in self.registries.of_host(host) {
            self.run.remove(&endpoint.name);
        }
    }

    /// The same for a registry that is gone.
    pub(super) fn drop_given_for(&self, registry: &HostName) {
        self.run.remove(registry);
    }

    /// From now on the accounts are used at their hosts, whatever this run was given for these.
    pub(super) fn prefer_accounts(&self) {
        for record in self.in_use() {
            self.drop_given(&record.host);
        }
    }

    /// The accounts that are used at their hosts, as far as their secrets are at hand.
    fn in_use(&self) -> Vec<Record> {
        let used: Vec<Record> =
            self.read(|records| records.iter().filter(|record| record.is_default).cloned().collect());
        used.into_iter().filter(|record| self.secret(&record.id()).is_some()).collect()
    }

    /// The account that is used at a registry, whether or not its secret is at hand. The practice registry has one of its
    /// own.
    pub(super) fn account_at(&self, endpoint: &Endpoint) -> Option<Record> {
        if self.registries.is_practice(&endpoint.name) {
            return self.practice();
        }
        let record = self.read(|records| records.default_of(&host_of(endpoint)).cloned())?;
        self.may_have(&record, endpoint).then_some(record)
    }

    pub(super) fn practice(&self) -> Option<Record> {
        self.practice.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_practice(&self, record: Record) {
        *self.practice.write().unwrap_or_else(PoisonError::into_inner) = Some(record);
    }

    /// The account's secret, as far as `endpoint` may get it.
    pub(super) fn secret_at(&self, record: &Record, endpoint: &Endpoint) -> Option<SecretString> {
        self.secret(&record.id()).filter(|_| self.may_have(record, endpoint))
    }

    /// Whether `endpoint` may get the account's token.
    fn may_have(&self, record: &Record, endpoint: &Endpoint) -> bool {
        endpoint.takes_kept() || self.is_given(&record.id())
    }

    fn is_given(&self, id: &str) -> bool {
        self.given.read().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    /// What the account that is used at `registry` signs in with.
    fn of_account(&self, registry: &HostName) -> Option<Credential> {
        let record = if self.registries.is_practice(registry) {
            self.practice()?
        } else {
            let is_of = |record: &Record| {
                self.registries.of_host(&record.host).iter().any(|endpoint| endpoint.name == *registry)
            };
            self.in_use().into_iter().rfind(is_of)?
        };
        let secret = self.secret(&record.id())?;
        let source = match source_of(&record) {
            CredentialSource::Keychain if self.is_given(&record.id()) => CredentialSource::ThisRun,
            source => source,
        };
        Some(Credential { username: record.username, secret, source })
    }
}

/// A name that a file leads elsewhere gets only what was given for this run.
impl Credentials for SignedIn {
    fn credential(&self, registry: &HostName) -> Option<Credential> {
        let takes_kept =
            self.registries.endpoint(registry, false).is_ok_and(|endpoint| endpoint.takes_kept());
        let found = self.run.credential(registry).or_else(|| self.of_account(registry));
        let found = found.or_else(|| self.others.credential(registry));
        found.filter(|found| takes_kept || is_given(found.source))
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

/// Where an account's token comes from, as refusals name it.
pub(super) fn source_of(record: &Record) -> CredentialSource {
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

#[cfg(test)]
mod tests {
    use slipway_hosts::Hosts;

    use super::*;
    use crate::settings::Settings;
    use crate::view::{AccountSource, TokenKind};

    const GHCR: &str = "ghcr.io";
    const DOCKER: &str = "docker.pkg.github.com";

    fn nobody() -> SignedIn {
        let registries = Registries::new(Hosts::builtin(), Hosts::builtin(), &Settings::default());
        SignedIn::new(Arc::new(registries), Chain::default())
    }

    /// Adds an account with a secret that is called as its person.
    fn add(to: &SignedIn, username: &str, host: &str) {
        let source = AccountSource { way: AccountWay::Paste, name: String::new() };
        let record = Record::new(host.to_owned(), username.to_owned(), TokenKind::Classic, source);
        to.keep_secret(record.id(), username.to_owned().into(), true);
        to.change(|records| records.add(record));
    }

    fn used(of: &SignedIn, registry: &str) -> Option<String> {
        let credential = of.credential(&registry.parse().unwrap())?;
        assert!(credential.secret.expose_secret().contains(&credential.username), "each with its own");
        Some(credential.username)
    }

    #[test]
    fn the_account_of_a_host_is_used_at_its_registries_and_nowhere_else() {
        let signed_in = nobody();
        add(&signed_in, "octocat", "github.com");
        add(&signed_in, "hubot", "registry.example.com");
        assert_eq!(
            [GHCR, DOCKER, "registry.example.com", "elsewhere.example.com"]
                .map(|name| used(&signed_in, name)),
            [Some("octocat".to_owned()), Some("octocat".to_owned()), Some("hubot".to_owned()), None]
        );
        add(&signed_in, "monalisa", "github.com");
        assert_eq!(used(&signed_in, DOCKER).unwrap(), "monalisa");
        signed_in.change(|records| records.use_one("github.com", "octocat@github.com"));
        assert_eq!(used(&signed_in, DOCKER).unwrap(), "octocat");
        let gone = signed_in.change(|records| records.remove("octocat@github.com")).unwrap();
        signed_in.drop_secret(&gone);
        assert_eq!(used(&signed_in, GHCR).unwrap(), "monalisa");
    }

    #[test]
    fn what_a_command_was_given_for_a_registry_stands_before_its_account_until_that_is_chosen() {
        let signed_in = nobody();
        add(&signed_in, "octocat", "github.com");
        let ghcr = GHCR.parse().unwrap();
        let given = || Credential {
            username: "monalisa".to_owned(),
            secret: "monalisa's".to_owned().into(),
            source: CredentialSource::StandardInput,
        };
        signed_in.keep_given(&ghcr, given());
        assert_eq!([GHCR, DOCKER].map(|name| used(&signed_in, name).unwrap()), ["monalisa", "octocat"]);
        signed_in.prefer_accounts();
        assert_eq!(used(&signed_in, GHCR).unwrap(), "octocat");
        signed_in.keep_given(&ghcr, given());
        signed_in.drop_given_for(&ghcr);
        assert_eq!(used(&signed_in, GHCR).unwrap(), "octocat");
    }

    /// The keychain may ask its person for two minutes.
    #[test]
    fn what_the_keychain_gives_too_late_is_not_kept() {
        let signed_in = nobody();
        add(&signed_in, "octocat", "github.com");
        signed_in.keep_found("octocat@github.com", "an older one of octocat".into());
        assert!(signed_in.has("octocat@github.com", &"octocat".into()));
        signed_in.keep_found("monalisa@github.com", "monalisa".into());
        assert!(signed_in.secret("monalisa@github.com").is_none(), "she signed out");
        signed_in.secrets.write().unwrap().clear();
        signed_in.keep_found("octocat@github.com", "octocat".into());
        assert_eq!(used(&signed_in, GHCR).unwrap(), "octocat");
    }

    #[test]
    fn an_account_whose_secret_is_locked_away_leaves_its_registries_to_others() {
        let signed_in = nobody();
        add(&signed_in, "octocat", "github.com");
        signed_in.secrets.write().unwrap().clear();
        assert_eq!(used(&signed_in, GHCR), None);
        assert!(signed_in.holders().contains_key("github.com"));
    }
}
