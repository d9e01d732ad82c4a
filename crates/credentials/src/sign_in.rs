//! "Sign Docker or Podman in too": the one place that writes, and only when people ask for it. Nothing is written to a
//! file here: other programs are handed the secret on standard input and keep it their own way.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use slipway_reference::HostName;

use crate::Surroundings;
use crate::docker::{Helper, HelperError};
use crate::find::{FindError, files, podman};
use crate::program::{ProgramError, run};

/// Whom to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Docker.
    Docker,
    /// Podman, and with it Buildah and Skopeo.
    Podman,
}

/// How it would be signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// By its credential helper, without its taking part.
    Helper {
        /// The name in its configuration: `desktop`.
        name: String,
    },
    /// Not at all: it asks Slipway itself (`docker-credential-slipway`).
    AsksUs,
    /// By `docker login` or `podman login`, which asks the registry whether the login is good.
    Login,
}

/// What signing in would do. Nothing is done before [`Intent::run`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Whom.
    pub tool: Tool,
    /// Where.
    pub host: HostName,
    /// How.
    pub how: How,
    /// The file that the token would stand in unencrypted. People confirm that first.
    pub plain_file: Option<PathBuf>,
}

/// Why nobody was signed in. Never holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Configuration(#[from] FindError),
    /// A program did not do it, or is not installed.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The token would stand in a file, and nobody confirmed that.
    #[error("the token would stand unencrypted in {path}")]
    NotConfirmed {
        /// The file.
        path: PathBuf,
    },
    /// The configuration is another one than when it was planned; plan again.
    #[error("the configuration has changed meanwhile")]
    Changed,
}

impl Tool {
    fn program(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
        }
    }
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.how {
            How::Helper { name } => write!(f, "docker-credential-{name} store"),
            How::AsksUs => write!(f, "{} asks Slipway", self.tool.program()),
            How::Login => write!(f, "{} login {}", self.tool.program(), self.host),
        }
    }
}

/// How `tool` would be signed in at `host`. Reads its configuration; starts nothing.
pub fn plan_sign_in(surroundings: &Surroundings, tool: Tool, host: &HostName) -> Result<Intent, SignInError> {
    let (how, plain_file) = match tool {
        Tool::Docker => docker(surroundings, host)?,
        Tool::Podman => podman(surroundings, host)?,
    };
    Ok(Intent { tool, host: host.clone(), how, plain_file })
}

impl Intent {
    /// Whether the token would stand in a file unencrypted.
    pub fn would_be_plain(&self) -> bool {
        self.plain_file.is_some()
    }

    /// Whether the program that it takes is installed.
    pub fn is_possible(&self, surroundings: &Surroundings) -> bool {
        match &self.how {
            How::Helper { name } => Helper::new(surroundings, name).is_ok_and(|helper| helper.is_installed()),
            How::AsksUs => true,
            How::Login => surroundings.program(self.tool.program()).is_some(),
        }
    }

    /// Does it. `plain_is_confirmed`: people said that the token may stand in the file.
    pub async fn run(
        &self,
        surroundings: &Surroundings,
        username: &str,
        secret: &SecretString,
        plain_is_confirmed: bool,
        limit: Duration,
    ) -> Result<(), SignInError> {
        if plan_sign_in(surroundings, self.tool, &self.host)? != *self {
            return Err(SignInError::Changed);
        }
        if let Some(path) = self.plain_file.clone().filter(|_| !plain_is_confirmed) {
            return Err(SignInError::NotConfirmed { path });
        }
        match &self.how {
            How::Helper { name } => {
                let helper = Helper::new(surroundings, name)?;
                Ok(helper.store(self.host.as_str(), username, secret, limit).await?)
            }
            How::AsksUs => Ok(()),
            How::Login => {
                let program = self.tool.program();
                let arguments = ["login", self.host.as_str(), "-u", username, "--password-stdin"];
                let input = secret.expose_secret().as_bytes();
                let ended = run(surroundings, program, &arguments, input, limit).await?;
                if ended.success { Ok(()) } else { Err(ended.failure(program, Some(secret)).into()) }
            }
        }
    }
}

/// Whether `tool` asks Slipway for the login of `host`.
///
/// # Errors
/// Where its configuration cannot be read.
pub fn asks_us(surroundings: &Surroundings, tool: Tool, host: &HostName) -> Result<bool, SignInError> {
    Ok(match tool {
        Tool::Docker => files::read(&surroundings.docker_config())?.asks_us(host.as_str()),
        Tool::Podman => podman::asks_us(surroundings, host.as_str())?,
    })
}

fn docker(surroundings: &Surroundings, host: &HostName) -> Result<(How, Option<PathBuf>), SignInError> {
    let path = surroundings.docker_config();
    let file = files::read(&path)?;
    if asks_us(surroundings, Tool::Docker, host)? {
        return Ok((How::AsksUs, None));
    }
    if let Some(name) = file.helper_of(host.as_str()) {
        installed(surroundings, Helper::new(surroundings, name)?.program())?;
        return Ok((How::Helper { name: name.to_owned() }, None));
    }
    installed(surroundings, Tool::Docker.program())?;
    let encrypted = file.is_silent() && has_default_store(surroundings);
    Ok((How::Login, (!encrypted).then_some(path)))
}

fn podman(surroundings: &Surroundings, host: &HostName) -> Result<(How, Option<PathBuf>), SignInError> {
    if asks_us(surroundings, Tool::Podman, host)? {
        return Ok((How::AsksUs, None));
    }
    installed(surroundings, Tool::Podman.program())?;
    let path = podman::written(surroundings);
    // It knows helpers for single hosts, but no store for all others.
    let helped = files::read(&path)?.helpers().any(|(key, _)| key == host.as_str());
    Ok((How::Login, (!helped).then_some(path)))
}

/// Whether Docker, whose configuration says nothing about logins, finds a store by itself (docker/cli,
/// `DetectDefaultStore`). Where its versions differ, on a computer that has `pass` without its helper, it is taken to find
/// none: then people are asked, which is the safe mistake.
fn has_default_store(surroundings: &Surroundings) -> bool {
    let has = |name: &str| surroundings.program(name).is_some();
    let store = match () {
        () if cfg!(target_os = "macos") => "osxkeychain",
        () if cfg!(windows) => "wincred",
        () if has("pass") => "pass",
        () => "secretservice",
    };
    has(&format!("docker-credential-{store}"))
}

fn installed(surroundings: &Surroundings, program: &str) -> Result<(), ProgramError> {
    match surroundings.program(program) {
        Some(_) => Ok(()),
        None => Err(ProgramError::Missing { program: program.to_owned() }),
    }
}

impl From<HelperError> for SignInError {
    fn from(error: HelperError) -> Self {
        match error {
            HelperError::Program(error) => Self::Program(error),
            name @ HelperError::Name { .. } => Self::Configuration(name.into()),
        }
    }
}
