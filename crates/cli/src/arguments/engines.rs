//! `slipway images`, and how engines are named.

use clap::{Args, ValueEnum};
use slipway_app::view::Engine;

#[derive(Debug, Args)]
pub(crate) struct Images {
    /// Of this engine alone.
    #[arg(long, value_enum, value_name = "ENGINE")]
    pub(crate) engine: Option<EngineName>,
    /// Tell also how each image stands at the registry that its names speak of, where somebody has an account.
    #[arg(long)]
    pub(crate) states: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The image is one of an engine.
#[derive(Debug, Args)]
pub(crate) struct Held {
    /// Take the image out of this engine, in place of a file.
    #[arg(long, value_enum, value_name = "ENGINE", conflicts_with = "image")]
    pub(crate) from: Option<EngineName>,
    /// Give the image the published name in its engine, too.
    #[arg(long, requires = "from", conflicts_with = "dry_run")]
    pub(crate) name_here: bool,
}

/// A container engine of this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineName {
    /// Docker: `DOCKER_HOST`, else Docker's context, else where it usually is.
    Docker,
    /// Podman: `CONTAINER_HOST`, else where it usually is.
    Podman,
}

impl From<EngineName> for Engine {
    fn from(name: EngineName) -> Self {
        match name {
            EngineName::Docker => Self::Docker,
            EngineName::Podman => Self::Podman,
        }
    }
}
