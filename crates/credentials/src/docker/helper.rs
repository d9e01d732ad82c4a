//! Docker's credential helpers: programs called `docker-credential-NAME` (docker/docker-credential-helpers).

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::Surroundings;
use crate::program::{ProgramError, run};

/// What a helper says, word for word, when it has nothing.
const NOT_FOUND: &str = "credentials not found in native keychain";
/// The user name of an identity token.
pub(crate) const IDENTITY_TOKEN: &str = "<token>";

/// Why a helper did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum HelperError {
    /// A configuration names a helper that no program can be called.
    #[error("{name:?} is no name of a credential helper")]
    Name {
        /// As it stands in the configuration.
        name: String,
    },
    /// Its program did not do it.
    #[error(transparent)]
    Program(#[from] ProgramError),
}

/// What a helper keeps for a server.
#[derive(Clone)]
pub struct HelperLogin {
    /// The user name; `<token>` for an identity token.
    pub username: String,
    /// The secret.
    pub secret: SecretString,
}

/// A credential helper.
#[derive(Clone)]
pub struct Helper {
    surroundings: Surroundings,
    program: String,
}

impl Helper {
    /// The helper called `name`, as in `credsStore`. It need not be installed.
    pub fn new(surroundings: &Surroundings, name: &str) -> Result<Self, HelperError> {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if name.is_empty() || !name.chars().all(plain) {
            return Err(HelperError::Name { name: name.to_owned() });
        }
        Ok(Self { surroundings: surroundings.clone(), program: format!("docker-credential-{name}") })
    }

    /// The program's name.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// Whether the program is installed.
    pub fn is_installed(&self) -> bool {
        self.surroundings.program(&self.program).is_some()
    }

    /// What it keeps for `server`, if anything.
    pub async fn get(&self, server: &str, limit: Duration) -> Result<Option<HelperLogin>, HelperError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Answer {
            #[serde(default)]
            username: String,
            secret: SecretString,
        }
        let Some(said) = self.run("get", server.as_bytes(), None, limit).await? else { return Ok(None) };
        let answer: Answer = self.understand(&said)?;
        Ok((!answer.secret.expose_secret().is_empty())
            .then_some(HelperLogin { username: answer.username, secret: answer.secret }))
    }

    /// The servers that it keeps something for, with user names.
    pub async fn list(&self, limit: Duration) -> Result<BTreeMap<String, String>, HelperError> {
        let Some(said) = self.run("list", b"", None, limit).await? else { return Ok(BTreeMap::new()) };
        // Go writes an empty map that was never made as `null`.
        Ok(self.understand::<Option<_>>(&said)?.unwrap_or_default())
    }

    /// Keeps a login for `server`, in place of an earlier one.
    pub async fn store(
        &self,
        server: &str,
        username: &str,
        secret: &SecretString,
        limit: Duration,
    ) -> Result<(), HelperError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Kept<'a> {
            #[serde(rename = "ServerURL")]
            server: &'a str,
            username: &'a str,
            secret: &'a str,
        }
        let kept = Kept { server, username, secret: secret.expose_secret() };
        // Room at once: a buffer that grows leaves copies of the secret behind.
        let room = 6 * (server.len() + username.len() + kept.secret.len()) + 64;
        let mut input = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *input, &kept).map_err(|_| self.not_understood())?;
        self.run("store", &input, Some(secret), limit).await.map(|_| ())
    }

    /// Forgets what it keeps for `server`; nothing kept is as good.
    pub async fn erase(&self, server: &str, limit: Duration) -> Result<(), HelperError> {
        self.run("erase", server.as_bytes(), None, limit).await.map(|_| ())
    }

    /// What it says to `action`; none where it says that it has nothing.
    async fn run(
        &self,
        action: &str,
        input: &[u8],
        secret: Option<&SecretString>,
        limit: Duration,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, HelperError> {
        let ended = run(&self.surroundings, &self.program, &[action], input, limit).await?;
        match ended.success {
            true => Ok(Some(ended.stdout)),
            false if ended.stdout.trim_ascii() == NOT_FOUND.as_bytes() => Ok(None),
            false => Err(ended.failure(&self.program, secret).into()),
        }
    }

    fn understand<'a, T: Deserialize<'a>>(&self, said: &'a [u8]) -> Result<T, HelperError> {
        serde_json::from_slice(said).map_err(|_| self.not_understood().into())
    }

    fn not_understood(&self) -> ProgramError {
        ProgramError::NotUnderstood { program: self.program.clone() }
    }
}
