//! The command line.

mod accounts;
mod build;
mod copy;
mod engines;
mod hosts;
mod pull;
mod push;
mod tags;
mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use slipway_app::Inputs;

use crate::output;
use values::bytes;

pub(crate) use accounts::{
    Accounts, DockerCredentials, DockerCredentialsCommand, Existing, Login, Logout, SignIn,
};
pub(crate) use build::Build;
pub(crate) use copy::Copy;
pub(crate) use engines::Images;
pub(crate) use hosts::{Hosts, HostsCommand, SetHost};
pub(crate) use pull::{Format, Pull};
pub(crate) use push::{Family, Push};
pub(crate) use tags::Tags;

/// Publish container images to GitHub Packages, without Docker.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused before anything was sent, 4 authentication,
/// 130 cancelled.
#[derive(Debug, Parser)]
#[command(name = "slipway", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what an image file holds; nothing is sent.
    Inspect(Inspect),
    /// Show the images of Docker and Podman on this computer.
    Images(Images),
    /// Publish an image file, or an image of Docker or Podman.
    Push(Push),
    /// Build an image from a Dockerfile with Docker or Podman, and publish it.
    Build(Build),
    /// Fetch an image into a file.
    Pull(Pull),
    /// Copy images from one registry to another, byte for byte.
    Copy(Copy),
    /// Show the versions of an image at its registry, the newest first.
    Tags(Tags),
    /// Sign in at a host and keep the token in the system's keychain.
    Login(Login),
    /// Sign out at a host; the token leaves the keychain.
    Logout(Logout),
    /// Show who is signed in where, and what each token may do.
    Accounts(Accounts),
    /// Let Docker and Podman ask Slipway's keychain instead of keeping tokens themselves.
    DockerCredentials(DockerCredentials),
    /// The hosts whose registries Slipway knows.
    Hosts(Hosts),
    /// Show what the window and this command do now, and what they did before.
    Jobs(Jobs),
    /// Show or clear unfinished files, which pulls go on with.
    Parts(Parts),
    /// Run a practice registry on this computer that behaves like GitHub Packages.
    Practice(Practice),
}

impl Command {
    /// How it speaks.
    pub(crate) fn mode(&self) -> output::Mode {
        let (json, form) = match self {
            Self::Push(push) => (push.json, output::Mode::Events),
            Self::Build(build) => (build.json, output::Mode::Events),
            Self::Pull(pull) => (pull.json, output::Mode::Events),
            Self::Copy(copy) => (copy.json, output::Mode::Events),
            Self::Inspect(inspect) => (inspect.json, output::Mode::Json),
            Self::Images(images) => (images.json, output::Mode::Json),
            Self::Accounts(accounts) => (accounts.json, output::Mode::Json),
            Self::DockerCredentials(asked) => (asked.json, output::Mode::Json),
            Self::Tags(tags) => (tags.json, output::Mode::Json),
            Self::Jobs(jobs) => (jobs.json, output::Mode::Json),
            Self::Parts(parts) => (parts.json, output::Mode::Json),
            Self::Practice(practice) => (practice.json, output::Mode::Json),
            Self::Hosts(Hosts { command: HostsCommand::List { json } }) => (*json, output::Mode::Json),
            Self::Hosts(_) | Self::Login(_) | Self::Logout(_) => (false, output::Mode::Words),
        };
        if json { form } else { output::Mode::Words }
    }

    /// It changes nothing, here or elsewhere: what it writes is all of it.
    pub(crate) fn only_tells(&self) -> bool {
        match self {
            Self::Inspect(_) | Self::Images(_) | Self::Accounts(_) | Self::Jobs(_) | Self::Tags(_) => true,
            Self::Parts(parts) => !parts.clear,
            Self::Push(push) => push.dry_run,
            Self::Copy(copy) => copy.dry_run,
            Self::DockerCredentials(asked) => matches!(asked.command, DockerCredentialsCommand::Show),
            Self::Hosts(hosts) => matches!(hosts.command, HostsCommand::List { .. }),
            Self::Build(_) | Self::Pull(_) | Self::Login(_) | Self::Logout(_) | Self::Practice(_) => false,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Jobs {
    /// Only those of the history with this in their names, digest or error.
    #[arg(value_name = "TEXT", default_value = "")]
    pub(crate) search: String,
    /// So many jobs of the history, those that ended last first.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub(crate) limit: usize,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Parts {
    /// Remove all that no run writes.
    #[arg(long)]
    pub(crate) clear: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// A docker-save archive, an OCI archive or an OCI layout folder; `-` is standard input.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Follow links of an OCI layout that lead out of its folder: trust whoever made it with every file that you can
    /// read.
    #[arg(long)]
    pub(crate) trust_links: bool,
    /// Let what is compressed unpack to so many bytes; k, M and G may follow the number. Without it, the file and each
    /// layer may unpack to 20 times its size, and to 256 MiB in any case.
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) max_unpacked: Option<u64>,
}

impl Reading {
    pub(crate) fn inputs(&self) -> Inputs {
        Inputs { streams: true, links: self.trust_links, max_unpacked: self.max_unpacked }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Practice {
    /// Where its content is kept; a folder that goes with the command's end if none is named.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) directory: Option<PathBuf>,
    /// Port of the registry that behaves like ghcr.io; 0 for any free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Port of the one that behaves like docker.pkg.github.com; 0 for any free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) docker_port: u16,
    /// Write the endpoints file for `SLIPWAY_HOSTS` here.
    #[arg(long, value_name = "FILE")]
    pub(crate) hosts_file: Option<PathBuf>,
    /// Write a small sample image here.
    #[arg(long, value_name = "FILE")]
    pub(crate) sample: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}
