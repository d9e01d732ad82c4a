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
    /// From a folder: it copies files to the connection without a look at them. The unpacking beforehand is not counted.
    CraneFolder,
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
            Self::CraneFolder => "crane (from an unpacked folder)".to_owned(),
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
            Self::Crane => is_there("crane"),
            Self::CraneFolder => is_there("crane") && archive.oci,
            Self::Regctl => is_there("regctl"),
        }
    }

    /// What it needs once for an archive.
    pub(crate) fn prepare(self, archive: &Archive, folder: &Path) -> Outcome<()> {
        match self {
            Self::CraneFolder => return unpacked(archive),
            Self::Crane if archive.oci => return packed(archive),
            _ => {}
        }
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
                // It takes no OCI archive, but the same layers in one of docker's.
                let path = if archive.oci { docker_of(archive) } else { archive.path.clone() };
                command.args(["push", "--insecure"]).arg(path).arg(target);
                command
            }
            Self::CraneFolder => {
                let mut command = Command::new("crane");
                command.args(["push", "--insecure"]).arg(folder_of(archive)).arg(target);
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

impl Pusher {
    /// The pull of `source` into a docker archive at `output`.
    pub(crate) fn pull(self, source: &str, output: &Path, folder: &Path, home: &Path) -> Outcome<Command> {
        Ok(match self {
            Self::Slipway(more) => {
                let mut command = Command::new(ours()?);
                command.arg("pull").arg(source).arg("-o").arg(output).args(more).env("SLIPWAY_HOME", home);
                command.env("SLIPWAY_HOSTS", folder.join("hosts.toml"));
                command
            }
            Self::Skopeo => {
                let mut command = Command::new("skopeo");
                command.args(["--insecure-policy", "copy", "--quiet", "--src-tls-verify=false"]);
                command.arg(format!("docker://{source}"));
                command.arg(format!("docker-archive:{}:bench/image:1", output.display()));
                command
            }
            Self::Crane => {
                let mut command = Command::new("crane");
                command.args(["pull", "--insecure", source]).arg(output);
                command
            }
            Self::Regctl => {
                let mut command = Command::new("regctl");
                let host = source.split('/').next().unwrap_or(source);
                command.args(["image", "export", "--host", &format!("reg={host},tls=disabled"), source]);
                command.arg(output);
                command
            }
            Self::CraneFolder | Self::Podman => return Err("it pulls into no archive".into()),
        })
    }
}

impl Pusher {
    /// The copy of `source` to `target`, both of them in registries.
    pub(crate) fn copy(self, source: &str, target: &str, folder: &Path, home: &Path) -> Outcome<Command> {
        Ok(match self {
            Self::Slipway(more) => {
                let mut command = Command::new(ours()?);
                command.arg("copy").args([source, target]).args(more).env("SLIPWAY_HOME", home);
                command.env("SLIPWAY_HOSTS", folder.join("hosts.toml"));
                command
            }
            Self::Skopeo => {
                let mut command = Command::new("skopeo");
                command.args(["--insecure-policy", "copy", "--quiet", "--all"]);
                command.args(["--src-tls-verify=false", "--dest-tls-verify=false"]);
                command.args([format!("docker://{source}"), format!("docker://{target}")]);
                command
            }
            Self::Crane => {
                let mut command = Command::new("crane");
                command.args(["copy", "--insecure", source, target]);
                command
            }
            Self::Regctl => {
                let mut command = Command::new("regctl");
                command.args(["image", "copy"]);
                for end in [source, target] {
                    let host = end.split('/').next().unwrap_or(end);
                    command.args(["--host", &format!("reg={host},tls=disabled")]);
                }
                command.args([source, target]);
                command
            }
            Self::CraneFolder | Self::Podman => return Err("it copies nothing".into()),
        })
    }
}

/// Where the content of an OCI archive lies unpacked.
fn folder_of(archive: &Archive) -> PathBuf {
    archive.path.with_extension("folder")
}

/// The same gzip layers in an archive of docker's form.
fn docker_of(archive: &Archive) -> PathBuf {
    archive.path.with_extension("docker.tar")
}

fn packed(archive: &Archive) -> Outcome<()> {
    let path = docker_of(archive);
    if path.is_file() {
        return Ok(());
    }
    unpacked(archive)?;
    let blobs = folder_of(archive).join("blobs/sha256");
    let hex = |digest: &serde_json::Value| digest.as_str().unwrap_or_default().replace("sha256:", "");
    let read =
        |path: &Path| -> Outcome<serde_json::Value> { Ok(serde_json::from_slice(&std::fs::read(path)?)?) };
    let index = read(&folder_of(archive).join("index.json"))?;
    let manifest = read(&blobs.join(hex(&index["manifests"][0]["digest"])))?;
    let config = hex(&manifest["config"]["digest"]);
    let layers: Vec<String> =
        manifest["layers"].as_array().into_iter().flatten().map(|layer| hex(&layer["digest"])).collect();
    let part = path.with_extension("part");
    let mut tar = tar::Builder::new(std::fs::File::create(&part)?);
    tar.append_path_with_name(blobs.join(&config), format!("{config}.json"))?;
    for layer in &layers {
        tar.append_path_with_name(blobs.join(layer), format!("{layer}.tar.gz"))?;
    }
    let names: Vec<String> = layers.iter().map(|layer| format!("{layer}.tar.gz")).collect();
    let list = serde_json::json!([
        {"Config": format!("{config}.json"), "RepoTags": [archive.image.reference()], "Layers": names}
    ]);
    let list = list.to_string();
    let mut header = tar::Header::new_ustar();
    header.set_size(list.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, "manifest.json", list.as_bytes())?;
    tar.into_inner()?;
    std::fs::rename(&part, &path)?;
    Ok(())
}

fn unpacked(archive: &Archive) -> Outcome<()> {
    let folder = folder_of(archive);
    if folder.is_dir() {
        return Ok(());
    }
    let part = folder.with_extension("part");
    let _ = std::fs::remove_dir_all(&part);
    tar::Archive::new(std::fs::File::open(&archive.path)?).unpack(&part)?;
    std::fs::rename(&part, &folder)?;
    Ok(())
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

pub(crate) fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
