//! Credentials, as this crate is handed them.

use std::fmt;

use secrecy::SecretString;
use slipway_reference::HostName;

/// Where a credential came from; said in every refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialSource {
    /// Typed in this run.
    ThisRun,
    /// The environment.
    Environment,
    /// The system's keychain.
    Keychain,
    /// Docker's `config.json`.
    DockerConfig,
    /// A credential helper that Docker's `config.json` names.
    DockerHelper,
    /// Podman's `auth.json`.
    Podman,
    /// GitHub's command line program, `gh`.
    Gh,
    /// A text file.
    TokenFile,
    /// Standard input.
    StandardInput,
    /// The practice registry's own.
    Practice,
}

/// A user name and a token for one host.
#[derive(Clone)]
pub struct Credential {
    /// User name.
    pub username: String,
    /// The token; wiped when dropped.
    pub secret: SecretString,
    /// Where it came from.
    pub source: CredentialSource,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("username", &self.username)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// Who knows credentials. A credential belongs to one host and is asked for by its name.
pub trait Credentials: Send + Sync {
    /// The credential for `host`, if there is one.
    fn credential(&self, host: &HostName) -> Option<Credential>;
}

/// Nobody is signed in.
impl Credentials for () {
    fn credential(&self, _: &HostName) -> Option<Credential> {
        None
    }
}
