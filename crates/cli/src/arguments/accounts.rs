//! Signing in and out, and who is signed in.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("way").required(true))]
pub(crate) struct Login {
    /// github.com, an Enterprise host, or a registry.
    #[arg(value_name = "HOST")]
    pub(crate) host: String,
    /// User name, where the host does not say whom a token belongs to.
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// Read the token from standard input.
    #[arg(long, group = "way")]
    pub(crate) token_stdin: bool,
    /// Read the token from a file.
    #[arg(long, value_name = "FILE", group = "way")]
    pub(crate) token_file: Option<PathBuf>,
    /// Take over what this computer has already.
    #[arg(long, value_enum, value_name = "PLACE", group = "way")]
    pub(crate) from: Option<Existing>,
    /// Show a code to enter in the browser.
    #[arg(long, group = "way")]
    pub(crate) device: bool,
}

/// Where a credential may already be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Existing {
    /// Docker's settings or its credential helper.
    Docker,
    /// Podman's auth.json.
    Podman,
    /// GitHub's command line.
    Gh,
    /// `GH_TOKEN`, `GITHUB_TOKEN`, `CR_PAT` and their like.
    Env,
}

#[derive(Debug, Args)]
pub(crate) struct Logout {
    /// github.com, an Enterprise host, or a registry.
    #[arg(value_name = "HOST")]
    pub(crate) host: String,
    /// Whose, where several are signed in.
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Accounts {
    #[command(subcommand)]
    pub(crate) command: Option<AccountsCommand>,
    /// Print one JSON object.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum AccountsCommand {
    /// Ask each host what its token may do now.
    Verify,
}

#[derive(Debug, Args)]
pub(crate) struct SignIn {
    /// The account to use, where several are signed in at the host.
    #[arg(long, value_name = "NAME", conflicts_with = "token_stdin")]
    pub(crate) account: Option<String>,
    /// User name for the token of --token-stdin.
    #[arg(long, value_name = "NAME", requires = "token_stdin")]
    pub(crate) username: Option<String>,
    /// Read the token from standard input. Without it, the account of the host is used (see `slipway login`), else
    /// GITHUB_TOKEN with GITHUB_ACTOR, else Docker's config.json.
    #[arg(long, requires = "username")]
    pub(crate) token_stdin: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DockerCredentials {
    #[command(subcommand)]
    pub(crate) command: DockerCredentialsCommand,
    /// Print one JSON object.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DockerCredentialsCommand {
    /// From now on they ask Slipway. Only these registries in credHelpers of Docker's config.json are changed; what stood
    /// there before is kept beside the file.
    Install {
        /// Registries such as ghcr.io. Without one, all that an account in the keychain signs in to.
        #[arg(value_name = "REGISTRY")]
        registries: Vec<String>,
    },
    /// They no longer ask Slipway; each registry gets the helper that it had before.
    Remove,
    /// Show what they ask Slipway for.
    Show,
}
