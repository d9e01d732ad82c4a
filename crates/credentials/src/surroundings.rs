//! What finders may know of the process they run in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use tokio::process::Command;

/// The environment's variables and the person's home, as the shells hand them in. Nothing below the shells looks itself.
#[derive(Clone)]
pub struct Surroundings {
    get: Arc<Get>,
    home: PathBuf,
    besides: Vec<PathBuf>,
}

type Get = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where other programs and their settings are found; a started program must look in the same places.
const PLACES: [&str; 10] = [
    "DOCKER_CONFIG",
    "REGISTRY_AUTH_FILE",
    "GH_CONFIG_DIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "AppData",
    "LocalAppData",
    "ProgramFiles",
    "DBUS_SESSION_BUS_ADDRESS",
];

/// Secrets that no started program needs. Without them `gh` answers with what it keeps itself.
const SECRETS: [&str; 6] = [
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GH_ENTERPRISE_TOKEN",
    "GITHUB_ENTERPRISE_TOKEN",
    "CR_PAT",
    "DOCKER_AUTH_CONFIG",
];

/// Where programs are that a desktop's menu does not have in its `PATH`.
const USUAL: [&str; 9] = [
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    "/snap/bin",
    "/opt/homebrew/bin",
    "/home/linuxbrew/.linuxbrew/bin",
    "/run/current-system/sw/bin",
    "/Applications/Docker.app/Contents/Resources/bin",
    r"C:\Program Files\Docker\Docker\resources\bin",
];

/// The same, below the person's home.
const USUAL_AT_HOME: [&str; 4] = [".local/bin", "bin", ".docker/bin", ".rd/bin"];

impl Surroundings {
    /// The surroundings of a process whose environment `get` knows and whose person lives at `home`.
    pub fn new(get: impl Fn(&str) -> Option<String> + Send + Sync + 'static, home: PathBuf) -> Self {
        let usual = USUAL.iter().map(PathBuf::from);
        let besides = usual.chain(USUAL_AT_HOME.iter().map(|name| home.join(name))).collect();
        Self { get: Arc::new(get), home, besides }
    }

    /// Searches for programs in `directories` after `PATH`, in place of the usual ones.
    #[must_use]
    pub fn searching(self, directories: Vec<PathBuf>) -> Self {
        Self { besides: directories, ..self }
    }

    /// A variable that is not empty.
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.get)(name).filter(|value| !value.trim().is_empty())
    }

    /// A variable that holds a secret, without blanks around it.
    pub(crate) fn secret(&self, name: &str) -> Option<SecretString> {
        self.variable(name).map(|value| SecretString::from(value.trim()))
    }

    /// A variable that names a directory or file.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.variable(name).map(PathBuf::from)
    }

    /// The person's home.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Where the person's settings are: `$XDG_CONFIG_HOME`, else `~/.config`.
    pub(crate) fn config(&self) -> PathBuf {
        self.path("XDG_CONFIG_HOME").unwrap_or_else(|| self.home.join(".config"))
    }

    /// Docker's `config.json`.
    pub fn docker_config(&self) -> PathBuf {
        let folder = self.path("DOCKER_CONFIG").unwrap_or_else(|| self.home.join(".docker"));
        folder.join("config.json")
    }

    /// The program called `name`: in `PATH`, then in the usual directories. Relative directories are passed over, for
    /// they would let a folder that happens to be the current one decide who gets a secret.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        self.directories().map(|directory| directory.join(&file)).find(|path| is_program(path))
    }

    /// Gives `command` these surroundings.
    pub(crate) fn surround(&self, command: &mut Command) {
        for name in SECRETS {
            command.env_remove(name);
        }
        for name in PLACES {
            match self.variable(name) {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env(if cfg!(windows) { "USERPROFILE" } else { "HOME" }, &self.home);
        // A helper may itself start programs that a desktop's menu does not know.
        if let Ok(path) = std::env::join_paths(self.directories()) {
            command.env("PATH", path);
        }
    }

    fn directories(&self) -> impl Iterator<Item = PathBuf> {
        let path = self.variable("PATH").unwrap_or_default();
        let listed: Vec<PathBuf> = std::env::split_paths(&path).collect();
        listed.into_iter().chain(self.besides.clone()).filter(|directory| directory.is_absolute())
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_program_is_found_in_path_first_and_never_in_a_relative_directory() {
        let folder = tempfile::tempdir().unwrap();
        let install = |name: &str, mode: u32| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        install("plain/gh", 0o644);
        let (first, usual) = (install("first/gh", 0o755), install("usual/gh", 0o755));
        let at = |path: String| {
            let get = move |name: &str| (name == "PATH").then(|| path.clone());
            Surroundings::new(get, PathBuf::new()).searching(vec![folder.path().join("usual")])
        };
        let root = folder.path().display();
        assert_eq!(at(format!("{root}/none:{root}/plain:{root}/first")).program("gh"), Some(first));
        assert_eq!(at(String::new()).program("gh"), Some(usual));
        assert_eq!(at(String::new()).program("docker"), None);
        // `cargo test` runs in the package's folder.
        assert!(Path::new("../stage/src/stand-in.sh").exists());
        assert_eq!(at(":.:../stage/src".to_owned()).program("stand-in.sh"), None);
    }
}
