//! What finders find: where a login is and whose it is, without its secret.

use std::path::PathBuf;

use secrecy::SecretString;
use slipway_distribution::{Credential, CredentialSource};
use slipway_reference::HostName;

use crate::docker::HelperError;
use crate::program::ProgramError;

/// What a login is for. It is handed to nobody else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum BelongsTo {
    /// A registry, or a part of one: `ghcr.io`, `ghcr.io/octocat`.
    Registry(String),
    /// All registries of a GitHub host, by the host's name: `github.com`, `ghe.example.com`.
    GitHub(String),
}

impl BelongsTo {
    /// Whether it is for the whole of `registry`, which belongs to the GitHub host `github`, if to any
    /// (`slipway_hosts::Endpoint::host`).
    pub fn is_for(&self, registry: &HostName, github: Option<&str>) -> bool {
        match self {
            Self::Registry(key) => key == registry.as_str(),
            Self::GitHub(host) => github == Some(host.as_str()),
        }
    }
}

/// A login that was found. It holds no secret: [`crate::Finders::fetch`] gets that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is for.
    pub belongs_to: BelongsTo,
    /// The user name, where the place tells it without the secret.
    pub username: Option<String>,
    /// The kind of place.
    pub source: CredentialSource,
    /// The place, to show to people: `Docker's credsStore desktop`.
    pub place: String,
    /// It is an identity token, which only the registry that gave it out takes; GitHub's give out none.
    pub is_identity_token: bool,
    pub(super) at: At,
}

/// Where the secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum At {
    Variable(&'static str),
    AuthVariable { key: String },
    AuthFile { path: PathBuf, key: String },
    LegacyFile { path: PathBuf, key: String },
    Helper { name: String, server: String },
    Gh { host: String, login: String, active: bool },
}

/// A secret that was fetched.
#[derive(Clone)]
pub struct Fetched {
    /// The user name, where the place knows it.
    pub username: Option<String>,
    /// The secret.
    pub secret: SecretString,
    /// The kind of place.
    pub source: CredentialSource,
    /// The place, to show to people.
    pub place: String,
}

impl Fetched {
    /// As a credential; `username` stands in where the place knows none.
    pub fn credential(self, username: &str) -> Credential {
        Credential {
            username: self.username.unwrap_or_else(|| username.to_owned()),
            secret: self.secret,
            source: self.source,
        }
    }
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetched")
            .field("username", &self.username)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

/// Why a place could not be searched, or a secret not be fetched. Never holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// A program did not do what it was asked for.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// A configuration names a helper that no program can be called.
    #[error("{name:?} is no name of a credential helper")]
    HelperName {
        /// As it stands there.
        name: String,
    },
    /// A file is there but cannot be read.
    #[error("{path} cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not of the known form.
    #[error("{path} is not understood (line {line})")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
    },
    /// `DOCKER_AUTH_CONFIG` is not of the known form.
    #[error("DOCKER_AUTH_CONFIG is not understood")]
    AuthVariable,
    /// There is only an identity token.
    #[error("{place} holds an identity token, which is of no use here")]
    IdentityToken {
        /// The place.
        place: String,
    },
    /// It was there when it was found, and is no longer.
    #[error("{place} holds it no longer")]
    Gone {
        /// The place.
        place: String,
    },
}

impl From<HelperError> for FindError {
    fn from(error: HelperError) -> Self {
        match error {
            HelperError::Name { name } => Self::HelperName { name },
            HelperError::Program(error) => Self::Program(error),
        }
    }
}

/// What was found, and which places could not be searched.
#[derive(Debug, Default)]
pub struct Listing {
    /// What was found, in the order of [`crate::Finders::list`].
    pub found: Vec<Found>,
    /// What went wrong on the way; the other places were searched nevertheless.
    pub troubles: Vec<Trouble>,
}

/// A place that could not be searched.
#[derive(Debug)]
pub struct Trouble {
    /// The kind of place.
    pub source: CredentialSource,
    /// Why.
    pub error: FindError,
}

impl Listing {
    pub(super) fn add(&mut self, other: Listing) {
        self.found.extend(other.found);
        self.troubles.extend(other.troubles);
    }

    /// What `result` holds, which comes from a place of the kind `source`; its error becomes a trouble.
    pub(super) fn keep<T, E: Into<FindError>>(
        &mut self,
        source: CredentialSource,
        result: Result<T, E>,
    ) -> Option<T> {
        result.map_err(|error| self.troubles.push(Trouble { source, error: error.into() })).ok()
    }
}
