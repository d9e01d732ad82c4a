//! Docker and Podman as they are installed, each started for one test with a store of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::registry::PATIENCE;

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `dockerd`, the engine.
    Docker,
    /// `podman system service`.
    Podman,
}

/// A running engine. When it goes, so does its store.
pub struct Installed {
    kind: Kind,
    server: Child,
    folder: tempfile::TempDir,
    /// Further words for `podman`.
    store: Vec<String>,
}

impl Kind {
    /// Its name in sentences.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "Docker",
            Self::Podman => "Podman",
        }
    }

    /// Its command.
    pub fn program(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
        }
    }

    fn server(self) -> &'static str {
        match self {
            Self::Docker => "dockerd",
            Self::Podman => "podman",
        }
    }

    /// The environment variable that names its socket.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Docker => "DOCKER_HOST",
            Self::Podman => "CONTAINER_HOST",
        }
    }
}

impl Installed {
    /// Starts it and waits until it answers; where it cannot, the test that asks is left out, with the engine's own words.
    pub fn start(kind: Kind, test: &str) -> Option<Self> {
        match Self::try_start(kind) {
            Ok(engine) => Some(engine),
            Err(why) => {
                crate::left_out(test, &format!("{} does not start here: {why}", kind.name()));
                None
            }
        }
    }

    fn try_start(kind: Kind) -> Result<Self, String> {
        if Command::new(kind.server()).arg("--version").output().is_err() {
            return Err("it is not installed".to_owned());
        }
        if kind == Kind::Docker {
            return Self::serve(kind, Vec::new());
        }
        // On a file system that overlays already, Podman's usual store is refused.
        Self::serve(kind, Vec::new())
            .or_else(|_| Self::serve(kind, vec!["--storage-driver".to_owned(), "vfs".to_owned()]))
    }

    fn serve(kind: Kind, driver: Vec<String>) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let socket = format!("unix://{}", at("engine.sock"));
        let mut store = Vec::new();
        let mut command = Command::new(kind.server());
        match kind {
            Kind::Docker => {
                command.args([
                    "--data-root",
                    &at("data"),
                    "--exec-root",
                    &at("exec"),
                    "--pidfile",
                    &at("pid"),
                ]);
                // It changes nothing of this computer's network.
                command.args(["--iptables=false", "--ip6tables=false", "--bridge=none", "-H", &socket]);
            }
            Kind::Podman => {
                store = vec!["--root".to_owned(), at("data"), "--runroot".to_owned(), at("run")];
                store.extend(driver);
                command.args(&store).args(["system", "service", "--time=0", &socket]);
            }
        }
        let log = std::fs::File::create(at("log")).map_err(|error| error.to_string())?;
        let also = log.try_clone().map_err(|error| error.to_string())?;
        let server = command
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(also)
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut engine = Self { kind, server, folder, store };
        engine.answers()?;
        Ok(engine)
    }

    /// Waits until it does.
    fn answers(&mut self) -> Result<(), String> {
        let began = Instant::now();
        loop {
            if self.server.try_wait().is_ok_and(|ended| ended.is_some()) {
                return Err(self.last_words());
            }
            if std::os::unix::net::UnixStream::connect(self.socket()).is_ok()
                && self.command().arg("version").output().is_ok_and(|asked| asked.status.success())
            {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                return Err(format!("it does not answer; {}", self.last_words()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing").to_owned()
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("engine.sock")
    }

    /// Which one it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where it listens, `unix://…`, as its variable wants it.
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Where its images lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its own command, on this store, away from its user's files.
    pub fn command(&self) -> Command {
        let mut command = Command::new(self.kind.program());
        match self.kind {
            Kind::Docker => command.arg("--host").arg(self.host()),
            Kind::Podman => command.args(&self.store),
        };
        command.env("HOME", self.folder.path()).env_remove("REGISTRY_AUTH_FILE").env_remove("DOCKER_CONFIG");
        command
    }

    /// Runs its own command and returns what it printed; panics with its words where it fails.
    pub fn run(&self, arguments: &[&str]) -> String {
        let ended = self.command().args(arguments).output().expect("the command starts");
        let error = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{} {arguments:?}: {error}", self.kind.program());
        String::from_utf8_lossy(&ended.stdout).trim().to_owned()
    }

    /// ID of an image, and the digests of its unpacked layers, as it tells them.
    pub fn image(&self, name: &str) -> (String, Vec<String>) {
        let told = self.run(&["image", "inspect", "--format", "{{.Id}} {{json .RootFS.Layers}}", name]);
        let (id, layers) = told.split_once(' ').expect("an ID and layers");
        let id = id.trim_start_matches("sha256:");
        (format!("sha256:{id}"), serde_json::from_str(layers).expect("a list of layers"))
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        // It ends what it started and takes its mounts with it, where it is asked; it may have ended already.
        let asked = Command::new("kill").arg(self.server.id().to_string()).status();
        let began = Instant::now();
        while asked.is_ok() && began.elapsed() < PATIENCE / 4 {
            if self.server.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
