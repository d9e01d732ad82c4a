//! Surroundings of their own for the tests: nothing they do reaches the person's settings, keys or desktop.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::stop::Stop;

/// A private directory with everything that programs would else keep in the person's home. Removed when dropped.
#[derive(Debug)]
pub(crate) struct Private {
    root: PathBuf,
}

/// Variables and the directories below ours that they name.
const DIRECTORIES: [(&str, &str); 7] = [
    ("XDG_RUNTIME_DIR", "runtime"),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_DATA_HOME", "data"),
    ("XDG_CACHE_HOME", "cache"),
    ("XDG_STATE_HOME", "state"),
    ("SLIPWAY_HOME", "slipway"),
    ("DOCKER_CONFIG", "docker"),
];

/// What the tests must find the same everywhere. No session bus: on a common one GTK would take a second window
/// for the first one started again. `NO_AT_BRIDGE`: no waiting for an accessibility bus.
const FIXED: [(&str, &str); 7] = [
    ("DBUS_SESSION_BUS_ADDRESS", "disabled:"),
    ("NO_AT_BRIDGE", "1"),
    ("GSETTINGS_BACKEND", "memory"),
    ("GDK_BACKEND", "x11"),
    ("LANG", "C.UTF-8"),
    ("NO_PROXY", LOOPBACK),
    ("no_proxy", LOOPBACK),
];

/// A person's proxy must not get between the tests and their registries.
const LOOPBACK: &str = "127.0.0.1,localhost,::1";

/// What must not leak in: credentials, endpoints, another desktop, languages, and two variables often set
/// against blank windows that make `WebKitWebDriver`'s pictures hang.
const REMOVED: [&str; 12] = [
    "GITHUB_TOKEN",
    "GITHUB_ACTOR",
    "GH_TOKEN",
    "SLIPWAY_HOSTS",
    "REGISTRY_AUTH_FILE",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "LC_ALL",
    "LC_MESSAGES",
    "LANGUAGE",
    "WEBKIT_DISABLE_DMABUF_RENDERER",
    "WEBKIT_DISABLE_COMPOSITING_MODE",
];

impl Private {
    /// Makes the directories, each readable by this person alone.
    pub(crate) fn create() -> Result<Self, Stop> {
        // Short: sockets are made below it, and their paths end at 108 bytes (unix(7)).
        let root = std::env::temp_dir().join(format!("slipway-xtask-{}", std::process::id()));
        let private = Self { root };
        for name in std::iter::once("").chain(DIRECTORIES.iter().map(|(_, name)| *name)) {
            let directory = private.root.join(name);
            make(&directory).map_err(|error| Stop::io(directory.display(), &error))?;
        }
        Ok(private)
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Gives the command these surroundings.
    pub(crate) fn surround(&self, command: &mut Command) {
        for name in REMOVED {
            command.env_remove(name);
        }
        command.envs(FIXED);
        for (variable, name) in DIRECTORIES {
            command.env(variable, self.root.join(name));
        }
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        // A program that is just ending may still write there; a leftover in the temporary directory hurts nobody.
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

#[cfg(unix)]
fn make(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn make(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir(directory)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_persons_settings_and_tokens_are_out_of_the_tests_reach() {
        let private = Private::create().unwrap();
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "stat -c %a \"$XDG_RUNTIME_DIR\"; echo \"$SLIPWAY_HOME|$GITHUB_TOKEN|$DOCKER_CONFIG\"",
        ]);
        command.env("GITHUB_TOKEN", "secret").env("SLIPWAY_HOME", "/home/person");
        private.surround(&mut command);
        let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let (slipway, docker) = (private.file("slipway"), private.file("docker"));
        assert_eq!(said, format!("700\n{}||{}\n", slipway.display(), docker.display()));
        drop(private);
        assert!(!slipway.exists());
    }
}
