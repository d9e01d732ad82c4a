//! Where the token of a new account comes from: typed, held in Rust, or found on this computer.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::PoisonError;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use slipway_credentials::{BelongsTo, Found, Trouble, read_token_file};
use slipway_distribution::{Credential, CredentialSource};
use slipway_reference::{HostName, Reference};

use super::{Accounts, LONGEST_TOKEN};
use crate::images::handle;
use crate::registries::host_of;
use crate::view::{
    AccountSource, AccountWay, Code, FailureView, FileId, FoundCredentials, FoundTrouble, FoundView,
    HeldToken, TokenFrom, TokenVerdict,
};

/// How long a helper program may take.
const HELPER: Duration = Duration::from_secs(20);

/// Tokens that wait to be used, and what was found. Each is for one host, used once, and under a handle that nobody can
/// guess.
#[derive(Default)]
pub(super) struct Held {
    tokens: HashMap<u64, Waiting>,
    found: HashMap<u64, (String, Found)>,
    /// What the form offers: named by files alone.
    offered: HashMap<u64, (String, Found)>,
}

/// A token that was read here, and the host that it was read for.
struct Waiting {
    host: String,
    secret: SecretString,
    source: AccountSource,
}

/// A token that is to be used.
pub(super) struct Taken {
    pub(super) secret: SecretString,
    pub(super) source: AccountSource,
    /// The login, where the place says it.
    pub(super) username: Option<String>,
    /// The page never had it.
    pub(super) held: bool,
}

impl Accounts {
    /// Holds a token for `host` that the shell read from the clipboard; none where it cannot be one.
    pub fn hold_token(&self, host: &str, token: SecretString) -> Option<HeldToken> {
        let check = self.check_token(&token);
        let one = !token.expose_secret().trim().contains(char::is_whitespace);
        let usable = one && !matches!(check.verdict, TokenVerdict::Empty);
        usable.then(|| self.hold(host, token, AccountSource { way: AccountWay::Paste, name: String::new() }))
    }

    /// Holds the token in a file for `host`.
    ///
    /// # Errors
    /// Where the file holds none; it is named.
    pub fn hold_token_file(&self, host: &str, path: &Path) -> Result<HeldToken, FailureView> {
        let token = read_token_file(path).map_err(FailureView::unusable)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(self.hold(host, token, AccountSource { way: AccountWay::File, name }))
    }

    /// Holds the token in a file that was dropped, for `host`. A file that came another way is not read: the page can
    /// name any path.
    ///
    /// # Errors
    /// As for [`hold_token_file`](Self::hold_token_file), and where nobody dropped the file.
    pub fn hold_dropped_token(&self, host: &str, file: FileId) -> Result<HeldToken, FailureView> {
        let file = self.files.get(file)?;
        if !file.was_dropped() {
            let reason = "only a file that was dropped is read for a token";
            return Err(FailureView::unusable(reason));
        }
        self.hold_token_file(host, &file.path)
    }

    fn hold(&self, host: &str, secret: SecretString, source: AccountSource) -> HeldToken {
        let check = self.check_token(&secret);
        let (id, file) = (handle(), source.name.clone());
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.tokens.insert(id, Waiting { host: host.to_owned(), secret, source });
        HeldToken { id, check, file }
    }

    /// Forgets a token that is held.
    pub fn drop_held_token(&self, id: u64) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).tokens.remove(&id);
    }

    /// What this computer has already, for the hosts that Slipway knows. Only looks, and reads no secret that a place
    /// can keep to itself.
    pub async fn find_credentials(&self) -> FoundCredentials {
        let listing = self.finders.list(HELPER).await;
        let known = self.known(listing.found);
        let found = views(&known);
        self.held.lock().unwrap_or_else(PoisonError::into_inner).found = known.into_iter().collect();
        let troubles = listing.troubles.iter().map(trouble).collect();
        FoundCredentials { found, troubles }
    }

    /// The logins that files of other programs name for hosts without an account, one of each person and program. An
    /// account whose secret is locked away is one, too: it is not to be replaced. Nothing but these files is looked at: no program runs, no keychain and no network is asked before one is used.
    pub fn offered_logins(&self) -> Vec<FoundView> {
        let mut known = self.known(self.finders.in_files());
        let (mut seen, accounts) = (HashSet::new(), self.holders());
        known.retain(|(_, (host, found))| {
            let mut endpoints = self.registries.of_host(host).into_iter();
            let open =
                endpoints.all(|endpoint| endpoint.takes_kept() && self.used_at(&endpoint.name).is_none());
            open && !accounts.contains_key(host)
                && seen.insert((host.clone(), found.username.clone(), found.source))
        });
        let offered = views(&known);
        self.held.lock().unwrap_or_else(PoisonError::into_inner).offered = known.into_iter().collect();
        offered
    }

    /// Those of `found` that are for a host that Slipway knows, each under a new handle.
    fn known(&self, found: Vec<Found>) -> Vec<(u64, (String, Found))> {
        let registries = self.registries.endpoints();
        let usable = found.into_iter().filter(|found| !found.is_identity_token);
        let known = usable.filter_map(|found| {
            let host = match &found.belongs_to {
                BelongsTo::GitHub(host) => host.clone(),
                BelongsTo::Registry(_) => registries
                    .iter()
                    .find(|endpoint| found.belongs_to.is_for(&endpoint.name, endpoint.host().as_deref()))
                    .map(host_of)?,
            };
            Some((handle(), (host, found)))
        });
        known.collect()
    }

    /// Keeps a token that came on standard input for this run.
    pub fn sign_in_from_input(
        &self,
        host: &HostName,
        username: &str,
        token: &str,
    ) -> Result<(), FailureView> {
        let (username, token) = (username.trim(), token.trim());
        let clean =
            |text: &str| !text.is_empty() && text.len() <= LONGEST_TOKEN && !text.contains(char::is_control);
        if !clean(username) || !clean(token) || username.contains(':') {
            return Err(FailureView::new(Code::SignInRequired, "signing in takes a user name and a token"));
        }
        let source = CredentialSource::StandardInput;
        let credential =
            Credential { username: username.to_owned(), secret: SecretString::from(token), source };
        self.keep_given(host, credential);
        Ok(())
    }

    /// Signs in at a registry with what Docker has for it, where nobody is yet: its file, or the helper that the file
    /// names, which may ask its person. For commands, whose people expect it of them.
    ///
    /// # Errors
    /// Where Docker's file or its helper cannot be used.
    pub async fn borrow_from_docker(&self, reference: &Reference) -> Result<(), FailureView> {
        let host = &reference.host;
        let takes_kept = self.registries.endpoint(host, false).is_ok_and(|endpoint| endpoint.takes_kept());
        if !takes_kept || self.used_at(host).is_some() {
            return Ok(());
        }
        let fetched = self
            .finders
            .docker(host, reference.path.as_str(), HELPER)
            .await
            .map_err(FailureView::unusable)?;
        if let Some(fetched) = fetched {
            let username = fetched.username.unwrap_or_default();
            let credential = Credential { username, secret: fetched.secret, source: fetched.source };
            self.keep_given(host, credential);
        }
        Ok(())
    }

    fn keep_given(&self, registry: &HostName, credential: Credential) {
        self.signed_in.keep_given(registry, credential);
        self.clients.forget();
    }

    /// The token itself for `host`, and where it comes from. What was held or found is so no longer, and goes to no other
    /// host than its own.
    pub(super) async fn take(&self, token: TokenFrom, host: &str) -> Result<Taken, FailureView> {
        let unusable = |reason: &str| FailureView::unusable(reason);
        let gone = || {
            let reason = "gone".to_owned();
            FailureView::new(Code::CredentialUnusable { reason }, "the token is no longer there")
        };
        let own = |of: &str| match of == host {
            true => Ok(()),
            false => Err(unusable(&format!("the token is for {of}, and goes nowhere else"))),
        };
        match token {
            TokenFrom::Typed { token } => Ok(Taken {
                secret: SecretString::from(token.expose_secret().trim()),
                source: AccountSource { way: AccountWay::Paste, name: String::new() },
                username: None,
                held: false,
            }),
            TokenFrom::Held { id } => {
                let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
                let Waiting { host, secret, source } = held.tokens.remove(&id).ok_or_else(gone)?;
                own(&host)?;
                Ok(Taken {
                    secret: SecretString::from(secret.expose_secret().trim()),
                    source,
                    username: None,
                    held: true,
                })
            }
            TokenFrom::Found { id } => {
                let (host, found) = {
                    let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
                    let found = held.found.remove(&id);
                    found.or_else(|| held.offered.remove(&id)).ok_or_else(gone)?
                };
                own(&host)?;
                let fetched = self.finders.fetch(&found, HELPER).await.map_err(FailureView::unusable)?;
                Ok(Taken {
                    secret: fetched.secret,
                    source: AccountSource { way: way(fetched.source), name: fetched.place },
                    username: fetched.username,
                    held: false,
                })
            }
        }
    }
}

fn way(source: CredentialSource) -> AccountWay {
    match source {
        CredentialSource::Environment => AccountWay::Environment,
        CredentialSource::DockerConfig | CredentialSource::DockerHelper => AccountWay::Docker,
        CredentialSource::Podman => AccountWay::Podman,
        CredentialSource::Gh => AccountWay::GitHubCli,
        CredentialSource::TokenFile => AccountWay::File,
        CredentialSource::StandardInput => AccountWay::StandardInput,
        CredentialSource::Practice => AccountWay::Practice,
        CredentialSource::ThisRun | CredentialSource::Keychain => AccountWay::Paste,
    }
}

fn views(known: &[(u64, (String, Found))]) -> Vec<FoundView> {
    let view = |(id, (host, found)): &(u64, (String, Found))| FoundView {
        id: *id,
        source: AccountSource { way: way(found.source), name: found.place.clone() },
        host: host.clone(),
        username: found.username.clone().unwrap_or_default(),
    };
    known.iter().map(view).collect()
}

fn trouble(trouble: &Trouble) -> FoundTrouble {
    FoundTrouble { way: way(trouble.source), message: trouble.error.to_string() }
}
