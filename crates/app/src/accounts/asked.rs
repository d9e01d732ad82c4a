//! What Docker and Podman ask Slipway for, as their credential helper: the logins of accounts in the keychain.
//!
//! A question is answered from the records and the keychain alone: nobody is asked over the network, and the person never.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use slipway_credentials::KeychainState;
use slipway_hosts::Endpoint;
use slipway_reference::HostName;

use super::add::named;
use super::{Accounts, LONGEST_TOKEN, Record};
use crate::registries::host_of;
use crate::view::{AccountSource, AccountWay};

/// How long the keychain may take: Docker waits for each answer, and asks often.
const QUICK: Duration = Duration::from_secs(10);

/// How the Docker Hub is called in what Docker asks for.
const HUB: &str = "docker.io";

/// A login that was asked for.
#[derive(Debug)]
pub struct AskedLogin {
    /// The user name.
    pub username: String,
    /// The token.
    pub secret: SecretString,
}

/// Why a question has no answer, in the words that Docker and Podman know (docker/docker-credential-helpers) where they
/// know any.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotGiven {
    /// Nobody is signed in there. Docker and Podman go on as nobody.
    #[error("credentials not found in native keychain")]
    NotFound,
    /// No server was named.
    #[error("no credentials server URL")]
    NoServer,
    /// No user name was named.
    #[error("no credentials username")]
    NoUsername,
    /// The keychain does not answer without its person.
    #[error("Slipway's keychain is locked: unlock it, then try again")]
    Locked,
    /// There is none, or it fails.
    #[error("Slipway's keychain cannot be used: {0}")]
    Keychain(String),
    /// What was to be kept cannot be a login.
    #[error("Slipway does not keep this login: {0}")]
    Refused(String),
    /// Slipway signed in there by itself, and Docker is not to change that.
    #[error(
        "{0} is signed in with Slipway, which answers for it; to change that, use slipway login or slipway logout"
    )]
    Slipways(String),
}

impl Accounts {
    /// The login of the account that is used at `server`.
    ///
    /// # Errors
    /// Where nobody is signed in there, or the keychain does not give it unasked.
    pub async fn asked_login(&self, server: &str) -> Result<AskedLogin, NotGiven> {
        let endpoint = self.asked_about(server)?;
        self.load_records().await;
        let record = self.signed_in.account_at(&endpoint).ok_or(NotGiven::NotFound)?;
        let entry = record.entry.ok_or(NotGiven::NotFound)?;
        self.unlocked().await?;
        let secret = self.keychain.load(&entry, QUICK).await.map_err(failed)?;
        Ok(AskedLogin { username: record.username, secret: secret.ok_or(NotGiven::NotFound)? })
    }

    /// The registries that have a login, each with its user name.
    pub async fn asked_logins(&self) -> BTreeMap<String, String> {
        self.load_records().await;
        let used: Vec<Record> = self.signed_in.read(|records| {
            records.iter().filter(|record| record.is_default && record.entry.is_some()).cloned().collect()
        });
        let of = |record: &Record| {
            let endpoints = self.registries.of_host(&record.host).into_iter().filter(is_itself);
            let names = endpoints.map(|endpoint| endpoint.name.to_string());
            names.map(|name| (name, record.username.clone())).collect::<Vec<_>>()
        };
        used.iter().flat_map(of).collect()
    }

    /// Keeps what `docker login` handed over, in the keychain alone. The registry took it a moment ago. An account that
    /// Slipway signed in by itself is neither replaced nor put aside.
    ///
    /// # Errors
    /// Where it can be no login, Slipway signed somebody in at that host, or the keychain does not keep it.
    pub async fn keep_asked(
        &self,
        server: &str,
        username: &str,
        secret: SecretString,
    ) -> Result<(), NotGiven> {
        let endpoint = self.asked_about(server)?;
        if username.is_empty() {
            return Err(NotGiven::NoUsername);
        }
        named(username).map_err(|failure| NotGiven::Refused(failure.message))?;
        let text = secret.expose_secret();
        if text.trim().is_empty() || text.len() > LONGEST_TOKEN || text.contains(char::is_control) {
            return Err(NotGiven::Refused("its secret can be no token".to_owned()));
        }
        self.load_records().await;
        self.unlocked().await?;
        let host = host_of(&endpoint);
        let own = self.signed_in.read(|records| {
            let mut own = records.iter().filter(|record| record.host == host && record.source.name != LOGIN);
            own.find(|record| record.is_default).cloned()
        });
        if let Some(own) = own {
            let id = own.id();
            let entry =
                own.entry.filter(|_| own.username == username).ok_or(NotGiven::Slipways(id.clone()))?;
            let there = self.keychain.load(&entry, QUICK).await.map_err(failed)?;
            let same = there.is_some_and(|there| there.expose_secret() == secret.expose_secret());
            return if same { Ok(()) } else { Err(NotGiven::Slipways(id)) };
        }
        let source = AccountSource { way: AccountWay::Docker, name: LOGIN.to_owned() };
        let kind = self.check_token(&secret).kind;
        let mut record = Record::new(host.clone(), username.to_owned(), kind, source);
        if !self.keep_in_keychain(&mut record, &secret).await {
            return Err(NotGiven::Keychain("it did not keep the token".to_owned()));
        }
        self.signed_in.change(|records| records.add(record));
        self.remember(&host).await;
        Ok(())
    }

    /// Forgets what `docker login` handed over for `server`, and no account that Slipway signed in by itself: Docker asks
    /// for this twice, and the second one must not meet another account.
    ///
    /// # Errors
    /// Where an account of Slipway's own goes on answering.
    pub async fn forget_asked(&self, server: &str) -> Result<(), NotGiven> {
        let endpoint = self.asked_about(server)?;
        self.load_records().await;
        let host = host_of(&endpoint);
        let of_docker: Vec<Record> = self.signed_in.read(|records| {
            let of_host = records.iter().filter(|record| record.host == host);
            of_host.filter(|record| record.source.name == LOGIN).cloned().collect()
        });
        for record in of_docker {
            // Whoever is told that it is gone must find it gone.
            if let Some(entry) = &record.entry {
                self.unlocked().await?;
                self.keychain.remove(entry, QUICK).await.map_err(failed)?;
            }
            self.sign_out(&record.id()).await;
        }
        match self.signed_in.account_at(&endpoint) {
            Some(record) if record.entry.is_some() => Err(NotGiven::Slipways(record.id())),
            _ => Ok(()),
        }
    }

    /// The registry that Docker calls `server`. One whose name a file leads elsewhere is none: Docker goes to its real
    /// address.
    fn asked_about(&self, server: &str) -> Result<Endpoint, NotGiven> {
        let server = server.trim();
        if server.is_empty() {
            return Err(NotGiven::NoServer);
        }
        let bare = server.split_once("://").map_or(server, |(_, rest)| rest);
        let (name, path) = bare.split_once('/').unwrap_or((bare, ""));
        // What Docker keeps below the Hub's address (access-token, refresh-token) is no login of a registry.
        if !matches!(path, "" | "v1" | "v1/" | "v2" | "v2/") {
            return Err(NotGiven::NotFound);
        }
        let name = name.to_ascii_lowercase();
        let name: HostName = name.parse().map_err(|_| NotGiven::NotFound)?;
        let name = if name.is_docker_hub() { HUB.parse().unwrap_or(name) } else { name };
        let endpoint = self.registries.endpoint(&name, false).map_err(|_| NotGiven::NotFound)?;
        if is_itself(&endpoint) { Ok(endpoint) } else { Err(NotGiven::NotFound) }
    }

    /// Whether the keychain answers without its person.
    async fn unlocked(&self) -> Result<(), NotGiven> {
        match self.keychain.state(QUICK).await {
            KeychainState::Ready => Ok(()),
            KeychainState::Locked => Err(NotGiven::Locked),
            KeychainState::Missing { reason } => Err(NotGiven::Keychain(reason.to_string())),
        }
    }
}

/// What names the way of an account that `docker login` made.
const LOGIN: &str = "docker login";

/// Its name leads where it says.
fn is_itself(endpoint: &Endpoint) -> bool {
    endpoint.overridden.is_none()
}

fn failed(error: slipway_credentials::KeychainError) -> NotGiven {
    match error {
        slipway_credentials::KeychainError::Locked => NotGiven::Locked,
        error => NotGiven::Keychain(error.to_string()),
    }
}
