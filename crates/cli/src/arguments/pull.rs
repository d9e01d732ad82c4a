//! `slipway pull`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::SignIn;

#[derive(Debug, Args)]
pub(crate) struct Pull {
    /// The image, such as ghcr.io/OWNER/NAME:VERSION; without a version, latest.
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
    /// The file to write; `-` is standard output. A file that exists is replaced when the new one is complete; a pipe or
    /// a device is written to.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// The kind of file.
    #[arg(long, value_enum, default_value_t = Format::DockerArchive)]
    pub(crate) format: Format,
    /// The platform, such as linux/arm64. Without it, a Docker archive gets this computer's, an OCI
    /// archive all.
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<String>,
    /// Print one JSON object a line, the last with "event":"done" or "event":"failed".
    #[arg(long)]
    pub(crate) json: bool,
    /// Allow plain http to a host that is not this computer.
    #[arg(long)]
    pub(crate) plain_http: bool,
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// What `docker load` takes (one platform).
    DockerArchive,
    /// An OCI layout in a tar.
    OciArchive,
}
