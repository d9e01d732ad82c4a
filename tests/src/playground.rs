//! A practice registry with what journeys need around it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use slipway_practice::{MountAnswer, Options, Practice};

use crate::archive::{self, Made};
use crate::window::Setup;

/// A practice registry for a journey.
pub struct Playground {
    /// The registry.
    pub practice: Practice,
    /// A sample image.
    pub sample: PathBuf,
    folder: tempfile::TempDir,
}

impl Playground {
    /// Starts one with both kinds of registries.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let practice = Practice::start(Options::new(folder.path().join("registry")))
            .await
            .expect("the practice registry starts");
        let sample = folder.path().join("hello.tar");
        slipway_practice::sample_image(&sample).expect("the sample image is written");
        Self { practice, sample, folder }
    }

    /// Takes the registry off the network for so long.
    pub async fn restart(self, away: Duration) -> Self {
        let practice = self.practice.restart(away).await.expect("the practice registry comes back");
        Self { practice, ..self }
    }

    /// A folder that goes with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A window that finds this registry under GitHub's names, and pages that belong to it where nobody lives.
    pub fn setup(&self) -> Setup {
        let hosts =
            self.practice.hosts_file().replace("registry =", "web = \"https://example.com\"\nregistry =");
        Setup { hosts: Some(hosts), ..Setup::default() }
    }

    /// A window for which signing in with the browser is set up; pages are the registry's own.
    pub fn setup_with_browser(&self) -> Setup {
        let web = self.practice.api().expect("the API listens");
        let hosts = self.practice.hosts_file();
        let hosts = hosts.replace("registry =", &format!("web = \"http://{web}\"\nregistry ="));
        let settings = "[sign-in]\n\"github.com\" = \"practice-client\"\n".to_owned();
        Setup { hosts: Some(hosts), settings, ..Setup::default() }
    }

    /// The same, started with a file.
    pub fn setup_with(&self, file: &Path) -> Setup {
        Setup { argument: Some(file.to_owned()), ..self.setup() }
    }

    /// A user's usual token.
    pub fn token(&self, user: &str) -> String {
        self.practice.token_for(user).unwrap_or_else(|| panic!("{user} has no token")).to_owned()
    }

    /// A token of octocat by its label.
    pub fn token_called(&self, label: &str) -> String {
        self.practice.token("octocat", label).unwrap_or_else(|| panic!("no token {label}")).to_owned()
    }

    /// How many bytes a second uploads are read; at once where none are named.
    pub fn pace(&self, bytes: Option<u64>) {
        self.practice.switches().change(|switches| switches.pace = bytes);
    }

    /// Links no layer from where it is already: every push sends all of its own.
    pub fn link_nothing(&self) {
        self.practice.switches().change(|switches| switches.mount = MountAnswer::Session);
    }

    /// An archive of 20 MB, so that the connection's own buffers do not swallow it, called `large:1`.
    pub fn large(&self) -> PathBuf {
        let path = self.folder.path().join("large.tar");
        if !path.exists() {
            archive::docker_save(&path, &[20 << 20], "large:1").expect("the archive is written");
        }
        path
    }

    /// An archive in the folder.
    pub fn archive(&self, name: &str, write: impl FnOnce(&Path) -> Made) -> PathBuf {
        let path = self.folder.path().join(name);
        write(&path).expect("the archive is written");
        path
    }
}
