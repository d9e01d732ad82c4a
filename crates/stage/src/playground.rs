//! A practice registry with what tests need around it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use slipway_practice::{MountAnswer, Options, Practice};

use crate::archive::{self, Made};
use crate::free_address;

/// A started practice registry, and a folder that goes with it.
pub struct Playground {
    /// The registry.
    pub practice: Practice,
    /// Its sample image, a `docker save` archive.
    pub sample: PathBuf,
    folder: tempfile::TempDir,
}

impl Playground {
    /// Starts one with both kinds of registries.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other options.
    pub async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut options = Options {
            // Its own while it is away.
            ghcr: free_address(),
            docker: Some(free_address()),
            api: Some(free_address()),
            ..Options::new(folder.path().join("registry"))
        };
        change(&mut options);
        let practice = Practice::start(options).await.expect("the practice registry starts");
        let sample = folder.path().join("hello.tar");
        slipway_practice::sample_image(&sample).expect("the sample image is written");
        Self { practice, sample, folder }
    }

    /// Takes the registry off the network for so long.
    pub async fn restart(self, away: Duration) -> Self {
        let practice = self.practice.restart(away).await.expect("the practice registry comes back");
        Self { practice, ..self }
    }

    /// Takes the registry off the network for good; the folder stays.
    pub async fn stop(self) -> tempfile::TempDir {
        self.practice.stop().await;
        self.folder
    }

    /// A folder that goes with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Slipway's directory in the folder.
    pub fn home(&self) -> PathBuf {
        self.folder().join("home")
    }

    /// The file for `SLIPWAY_HOSTS` that leads to this registry under GitHub's names.
    pub fn hosts(&self) -> PathBuf {
        let hosts = self.folder().join("hosts.toml");
        std::fs::write(&hosts, self.practice.hosts_file()).expect("the hosts are written");
        hosts
    }

    /// The variables of a Slipway that has its directory here and finds this registry under GitHub's names.
    pub fn environment(&self) -> impl Fn(&str) -> Option<String> + Clone + use<> {
        self.hosts();
        environment(self.folder())
    }

    /// How many files without a name this process has open in the folder's temporary files: what was unpacked, or came
    /// out of an engine, there. Other tests of the process have folders of their own.
    #[cfg(target_os = "linux")]
    pub fn spooled(&self) -> usize {
        let temporary = temporary(self.folder());
        let open = std::fs::read_dir("/proc/self/fd").expect("this process has open files");
        let targets = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
        targets
            .filter(|it| it.starts_with(&temporary) && it.to_string_lossy().ends_with(" (deleted)"))
            .count()
    }

    /// What the registry keeps under a digest, as it lies in its folder.
    pub fn blob(&self, digest: &str) -> PathBuf {
        self.folder().join("registry/blobs").join(digest.replace(':', "/"))
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

    /// Uploads that are under way go on so slowly that they outlast whatever is done meanwhile, however slow the computer.
    pub fn hold(&self) {
        // Slower still, and the client takes the registry for one that does not answer.
        self.pace(Some(20_000));
    }

    /// Links no layer from where it is already: every push sends all of its own.
    pub fn link_nothing(&self) {
        self.practice.switches().change(|switches| switches.mount = MountAnswer::Session);
    }

    /// An archive of 20 MB, so that the connection's own buffers do not swallow it, called `large:1`.
    pub fn large(&self) -> PathBuf {
        let path = self.folder().join("large.tar");
        if !path.exists() {
            archive::docker_save(&path, &[20 << 20], "large:1").expect("the archive is written");
        }
        path
    }

    /// An archive in the folder.
    pub fn archive(&self, name: &str, write: impl FnOnce(&Path) -> Made) -> PathBuf {
        let path = self.folder().join(name);
        write(&path).expect("the archive is written");
        path
    }
}

/// The variables of a Slipway whose directory and temporary files are in this folder, with the addresses of its
/// `hosts.toml` where that is.
pub fn environment(folder: &Path) -> impl Fn(&str) -> Option<String> + Clone + use<> {
    let (home, temporary, hosts) = (folder.join("home"), temporary(folder), folder.join("hosts.toml"));
    std::fs::create_dir_all(&temporary).expect("the folder of temporary files is made");
    move |name: &str| match name {
        "SLIPWAY_HOME" => Some(home.to_string_lossy().into_owned()),
        "TMPDIR" => Some(temporary.to_string_lossy().into_owned()),
        "SLIPWAY_HOSTS" => hosts.exists().then(|| hosts.to_string_lossy().into_owned()),
        _ => None,
    }
}

fn temporary(folder: &Path) -> PathBuf {
    folder.join("temporary")
}
