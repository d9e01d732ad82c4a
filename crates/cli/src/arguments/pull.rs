//! `slipway pull`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::SignIn;
use super::engines::EngineName;

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("target").required(true))]
pub(crate) struct Pull {
    /// The images, such as ghcr.io/OWNER/NAME:VERSION; without a version, latest. What several have in common is fetched
    /// once.
    #[arg(value_name = "REF", required = true)]
    pub(crate) references: Vec<String>,
    /// The file to write; `-` is standard output. A file that exists is replaced when the new one is complete; a pipe or
    /// a device is written to.
    #[arg(short, long, value_name = "FILE", group = "target")]
    pub(crate) output: Option<PathBuf>,
    /// Write an OCI layout into this folder. Images and blobs that are in it stay; what it lacks is fetched.
    #[arg(long, value_name = "FOLDER", group = "target", conflicts_with = "format")]
    pub(crate) layout: Option<PathBuf>,
    /// Load the images into Docker or Podman on this computer, each of one platform. They are read back from there. What
    /// the engine does not take is kept for two weeks, so that the next try, or a file, fetches nothing again.
    #[arg(
        long,
        value_name = "ENGINE",
        value_enum,
        group = "target",
        conflicts_with_all = ["format", "with_signatures"]
    )]
    pub(crate) load: Option<EngineName>,
    /// What the file is.
    #[arg(long, value_enum, default_value_t = Format::DockerArchive)]
    pub(crate) format: Format,
    /// The platform, such as linux/arm64; may be said several times. One goes by itself; several are an index of them
    /// with a digest of its own, which is said first; `all` keeps the index byte for byte. Without it, a Docker archive
    /// gets this computer's, an engine its own, everything else all.
    #[arg(long = "platform", value_name = "PLATFORM")]
    pub(crate) platforms: Vec<String>,
    /// Fetch signatures, SBOMs and attestations of the images, too. A push of the file puts them again.
    #[arg(long)]
    pub(crate) with_signatures: bool,
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
    /// Both: manifest.json, by which `docker load` takes this computer's platform of each image, and the index.json of an
    /// OCI archive, which names all that is in it.
    DockerArchive,
    /// An OCI layout in a tar: index.json alone.
    OciArchive,
}
