//! Who pushes, and by which command.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::demand;
use crate::images::Image;

/// A program that pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pusher {
    /// Ours, with these arguments beside the usual ones.
    Slipway(&'static [&'static str]),
    Skopeo,
    Crane,
    Regctl,
    /// From its own store: the loading beforehand is not counted.
    Podman,
}

/// What is pushed.
#[derive(Debug, Clone)]
pub(crate) struct Archive {
    pub(crate) image: Image,
    pub(crate) path: PathBuf,
    /// An OCI archive; else one of `docker save`.
    pub(crate) oci: bool,
}

impl Pusher {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Slipway([]) => "**slipway**".to_owned(),
            Self::Slipway(more) => format!("**slipway** `{}`", more.join(" ")),
            Self::Skopeo => "skopeo".to_owned(),
            Self::Crane => "crane".to_owned(),
            Self::Regctl => "regctl".to_owned(),
            Self::Podman => "podman (from its store)".to_owned(),
        }
    }

    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::Slipway(_))
    }

    /// It pushes archives, as we do: its times can be compared.
    pub(crate) fn is_rival(self) -> bool {
        matches!(self, Self::Skopeo | Self::Crane | Self::Regctl)
    }

    /// Whether it is installed and can push this.
    pub(crate) fn can(self, archive: &Archive) -> bool {
        match self {
            Self::Slipway(_) => true,
            Self::Skopeo => is_there("skopeo"),
            Self::Podman => is_there("podman") && !archive.oci,
            // crane takes OCI only as a folder.
            Self::Crane => is_there("crane") && !archive.oci,
            Self::Regctl => is_there("regctl"),
        }
    }

    /// What it needs once for an archive.
    pub(crate) fn prepare(self, archive: &Archive, folder: &Path) -> Outcome<()> {
        if self != Self::Podman {
            return Ok(());
        }
        let marker = folder.join(format!("podman-{}", archive.image.name));
        if !marker.is_file() {
            demand(podman(folder).args(["load", "-q", "-i"]).arg(&archive.path))?;
            std::fs::write(marker, "loaded\n")?;
        }
        Ok(())
    }

    /// The push of `archive` to `target`; what ours remembers is in `home`.
    pub(crate) fn command(
        self,
        archive: &Archive,
        target: &str,
        folder: &Path,
        home: &Path,
    ) -> Outcome<Command> {
        let source = |docker: &str, oci: &str| {
            format!("{}:{}", if archive.oci { oci } else { docker }, archive.path.display())
        };
        Ok(match self {
            Self::Slipway(more) => {
                let mut command = Command::new(ours()?);
                command.arg("push").arg(&archive.path).arg(target).args(more).env("SLIPWAY_HOME", home);
                command.env("SLIPWAY_HOSTS", folder.join("hosts.toml"));
                command
            }
            Self::Skopeo => {
                let mut command = Command::new("skopeo");
                let source = source("docker-archive", "oci-archive");
                command.args(["--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false", &source]);
                command.arg(format!("docker://{target}"));
                command
            }
            Self::Crane => {
                let mut command = Command::new("crane");
                command.args(["push", "--insecure"]).arg(&archive.path).arg(target);
                command
            }
            Self::Regctl => {
                let mut command = Command::new("regctl");
                let host = target.split('/').next().unwrap_or(target);
                command.args(["image", "import", "--host", &format!("reg={host},tls=disabled"), target]);
                command.arg(&archive.path);
                command
            }
            Self::Podman => {
                let mut command = podman(folder);
                command.args(["push", "-q", "--tls-verify=false"]);
                command
                    .arg(format!("localhost/{}", archive.image.reference()))
                    .arg(format!("docker://{target}"));
                command
            }
        })
    }
}

/// With a store of its own, away from the person's.
fn podman(folder: &Path) -> Command {
    let mut command = Command::new("podman");
    command.arg("--root").arg(folder.join("podman/root")).arg("--runroot").arg(folder.join("podman/run"));
    command
}

/// The command beside this program: both are built with the same profile.
fn ours() -> Outcome<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("slipway").with_extension(std::env::consts::EXE_EXTENSION))
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
