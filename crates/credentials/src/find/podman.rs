//! What Podman, Buildah and Skopeo keep (containers-auth.json(5)).

use std::path::PathBuf;

use slipway_distribution::CredentialSource;

use super::found::At;
use super::{FindError, Found, Listing, files, in_plain};
use crate::Surroundings;
use crate::docker::{File, Login, host};

/// A file that they read.
struct AuthFile {
    path: PathBuf,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Their own `auth.json`, whose keys may be parts of a registry.
    Own,
    /// Docker's `config.json`.
    Docker,
    /// `~/.dockercfg`, of Docker before 1.7.
    Legacy,
}

/// The file of `REGISTRY_AUTH_FILE` alone where that is set; otherwise all, the first one first.
fn auth_files(surroundings: &Surroundings) -> Vec<AuthFile> {
    let own = |path| AuthFile { path, kind: Kind::Own };
    if let Some(path) = surroundings.path("REGISTRY_AUTH_FILE") {
        return vec![own(path)];
    }
    let below = |folder: PathBuf| own(folder.join("containers").join("auth.json"));
    let first = match surroundings.path("XDG_RUNTIME_DIR") {
        // Gone when the person signs out of the desktop.
        Some(folder) if cfg!(target_os = "linux") => folder,
        _ => surroundings.home().join(".config"),
    };
    let second = surroundings.config();
    let mut files = vec![below(first.clone())];
    files.extend((second != first).then(|| below(second)));
    files.push(AuthFile { path: surroundings.docker_config(), kind: Kind::Docker });
    files.push(AuthFile { path: surroundings.home().join(".dockercfg"), kind: Kind::Legacy });
    files
}

/// The file that `podman login` writes.
pub(crate) fn written(surroundings: &Surroundings) -> PathBuf {
    auth_files(surroundings).swap_remove(0).path
}

/// Whether they ask Slipway for `wanted`: the first file with an answer counts, in each its helpers first.
pub(crate) fn asks_us(surroundings: &Surroundings, wanted: &str) -> Result<bool, FindError> {
    for file in auth_files(surroundings) {
        let contents = file.read()?;
        if contents.asks_us(wanted) {
            return Ok(true);
        }
        let other = contents.helpers().any(|(key, _)| key == wanted);
        if other || contents.logins().any(|(key, _)| file.key(key) == wanted) {
            return Ok(false);
        }
    }
    Ok(false)
}

/// All that is in their own files; what they read of Docker's is found there.
pub(super) fn list(surroundings: &Surroundings) -> Listing {
    let mut listing = Listing::default();
    for file in auth_files(surroundings).iter().filter(|file| file.kind != Kind::Docker) {
        if let Some(contents) = listing.keep(CredentialSource::Podman, file.read()) {
            listing.found.extend(contents.logins().map(|(key, login)| file.found(key, &login)));
        }
    }
    listing
}

/// Where the login of `wanted` is looked for, in order.
pub(super) fn candidates(surroundings: &Surroundings, wanted: &str) -> Result<Vec<Found>, FindError> {
    let mut candidates = Vec::new();
    for file in auth_files(surroundings) {
        let contents = file.read()?;
        let longest = contents
            .logins()
            .filter(|(key, _)| covers(file.key(key), wanted))
            .max_by_key(|(key, _)| file.key(key).len());
        candidates.extend(longest.map(|(key, login)| file.found(key, &login)));
    }
    Ok(candidates)
}

/// Whether the entry `key` is for `wanted`: for the same, or for something that it is in.
fn covers(key: &str, wanted: &str) -> bool {
    wanted.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl AuthFile {
    fn read(&self) -> Result<File, FindError> {
        match self.kind {
            Kind::Own | Kind::Docker => files::read(&self.path),
            Kind::Legacy => files::read_legacy(&self.path),
        }
    }

    /// What an entry is for. An address in full is a registry; without a scheme the path counts, except in Docker's
    /// old file, which has hosts only.
    fn key<'a>(&self, key: &'a str) -> &'a str {
        if self.kind == Kind::Legacy || key.contains("://") { host(key) } else { key.trim_end_matches('/') }
    }

    fn found(&self, key: &str, login: &Login) -> Found {
        let (path, kept) = (self.path.clone(), key.to_owned());
        let (place, source) = match self.kind {
            Kind::Own => (format!("Podman's {}", path.display()), CredentialSource::Podman),
            Kind::Docker | Kind::Legacy => {
                (format!("Docker's {}", path.display()), CredentialSource::DockerConfig)
            }
        };
        let at = match self.kind {
            Kind::Legacy => At::LegacyFile { path, key: kept },
            Kind::Own | Kind::Docker => At::AuthFile { path, key: kept },
        };
        in_plain(login, self.key(key), source, place, at)
    }
}
