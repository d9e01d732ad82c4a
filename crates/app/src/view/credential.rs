//! Who is signed in at a registry, and where that credential comes from.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a credential came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CredentialSource {
    /// Typed in the window; kept until Slipway quits.
    ThisRun,
    /// `GITHUB_TOKEN` with `GITHUB_ACTOR`.
    Environment,
    /// The system's keychain.
    Keychain,
    /// Docker's `config.json`.
    DockerConfig,
    /// A credential helper that Docker's `config.json` names.
    DockerHelper,
    /// Podman's `auth.json`.
    Podman,
    /// The GitHub command line.
    Gh,
    /// A text file.
    TokenFile,
    /// Given on standard input.
    StandardInput,
    /// The practice registry's own.
    Practice,
}

/// Who is signed in at a registry. Never a secret, not even its last characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// User name.
    pub username: String,
    /// Where the credential came from.
    pub source: CredentialSource,
}
