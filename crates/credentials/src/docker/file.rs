//! The form of Docker's `config.json`, which Podman's `auth.json` shares.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// What stands in such a file.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct File {
    auths: Option<BTreeMap<String, Auth>>,
    #[serde(rename = "credsStore")]
    store: Option<String>,
    #[serde(rename = "credHelpers")]
    helpers: Option<BTreeMap<String, String>>,
}

/// An entry of `auths`; an empty one says that the secret is in the store.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Auth {
    auth: Option<SecretString>,
    identitytoken: Option<SecretString>,
}

/// What an entry of `auths` holds.
pub(crate) enum Login {
    /// A user name and a secret.
    Basic(String, SecretString),
    /// A token that a registry's own token endpoint gave out. GitHub's never do.
    IdentityToken,
}

impl File {
    /// Reads `path`; a file that does not exist holds nothing.
    pub(crate) fn read(path: &Path) -> Result<Self, Unreadable> {
        Ok(read(path)?.map(|text| Self::parse(&text)).transpose()?.unwrap_or_default())
    }

    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Parses `DOCKER_AUTH_CONFIG`, in which Docker refuses every member but `auths.HOST.auth`.
    pub(crate) fn parse_variable(text: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Variable {
            auths: Option<BTreeMap<String, Only>>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Only {
            auth: Option<SecretString>,
        }
        let entries = serde_json::from_str::<Variable>(text)?.auths.unwrap_or_default().into_iter();
        let auths = entries.map(|(key, only)| (key, Auth { auth: only.auth, identitytoken: None })).collect();
        Ok(Self { auths: Some(auths), ..Self::default() })
    }

    /// Reads `~/.dockercfg`, where the entries of `auths` stand alone.
    pub(crate) fn read_legacy(path: &Path) -> Result<Self, Unreadable> {
        let auths = read(path)?.map(|text| serde_json::from_str(&text)).transpose()?;
        Ok(Self { auths, ..Self::default() })
    }

    /// The keys of `auths` as they stand there.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.auths.iter().flatten().map(|(key, _)| key.as_str())
    }

    /// The logins in `auths`, with the keys they stand under.
    pub(crate) fn logins(&self) -> impl Iterator<Item = (&str, Login)> {
        self.auths.iter().flatten().filter_map(|(key, auth)| Some((key.as_str(), auth.login()?)))
    }

    /// The helper that keeps all hosts without one of their own.
    pub(crate) fn store(&self) -> Option<&str> {
        self.store.as_deref().filter(|name| !name.is_empty())
    }

    /// Keys with a helper of their own.
    pub(crate) fn helpers(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.helpers.iter().flatten().map(|(key, name)| (key.as_str(), name.as_str()));
        all.filter(|(_, name)| !name.is_empty())
    }

    /// The helper that keeps the login of `wanted`.
    pub(crate) fn helper_of(&self, wanted: &str) -> Option<&str> {
        self.helpers().find(|(key, _)| host(key) == wanted).map(|(_, name)| name).or(self.store())
    }

    /// Whether it says nothing about logins: Docker then chooses a store by itself.
    pub(crate) fn is_silent(&self) -> bool {
        self.store().is_none() && self.keys().next().is_none() && self.helpers().next().is_none()
    }
}

impl Auth {
    /// `user:secret` in Base64; a secret may hold colons, and old clients padded it with NULs.
    fn login(&self) -> Option<Login> {
        if self.identitytoken.as_ref().is_some_and(|token| !token.expose_secret().is_empty()) {
            return Some(Login::IdentityToken);
        }
        let bytes = Zeroizing::new(STANDARD.decode(self.auth.as_ref()?.expose_secret().trim()).ok()?);
        let (username, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
        let secret = secret.trim_end_matches('\0');
        (!username.is_empty() && !secret.is_empty())
            .then(|| Login::Basic(username.to_owned(), SecretString::from(secret)))
    }
}

/// Why such a file cannot be used. The parser's message is left out, because it could quote a secret.
pub(crate) enum Unreadable {
    Io(std::io::Error),
    /// Where it stops being understood, from 1.
    Line(usize),
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        Self::Line(error.line())
    }
}

fn read(path: &Path) -> Result<Option<Zeroizing<String>>, Unreadable> {
    match std::fs::read_to_string(path) {
        // An empty file is one that nobody has written to yet.
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Unreadable::Io(error)),
    }
}

/// `https://ghcr.io/v2/`, `https://ghcr.io/` and `ghcr.io` are one host (docker/cli's own rule).
pub(crate) fn host(key: &str) -> &str {
    let bare = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    bare.split('/').next().unwrap_or(bare)
}
