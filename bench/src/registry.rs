//! A fresh `docker-registry` for each push.

use std::fs::File;
use std::io::Read as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;

use crate::link::Link;

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running registry. It ends, and its content goes, when it is dropped.
pub(crate) struct Registry {
    server: Child,
    address: String,
    folder: PathBuf,
}

impl Registry {
    /// Starts one with its content in `folder`; behind the link, where there is one.
    pub(crate) fn start(folder: &Path, link: Option<&Link>) -> Outcome<Self> {
        let folder = folder.join("registry");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        let host = if link.is_some() { crate::link::FAR } else { "127.0.0.1" };
        let port = if link.is_some() { 5000 } else { slipway_stage::free_port() };
        let address = format!("{host}:{port}");
        let config = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {address}\n",
            folder.join("content").display()
        );
        let path = folder.join("config.yml");
        std::fs::write(&path, config)?;
        let log = File::create(folder.join("access.log"))?;
        let mut command =
            link.map_or_else(|| Command::new("docker-registry"), |link| link.far("docker-registry"));
        command.arg("serve").arg(&path).stdin(Stdio::null()).stdout(log).stderr(Stdio::null());
        let server = command.spawn()?;
        let registry = Self { server, address, folder };
        let began = Instant::now();
        while !registry.answers(link) {
            if began.elapsed() > PATIENCE {
                return Err("docker-registry does not answer".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(registry)
    }

    fn answers(&self, link: Option<&Link>) -> bool {
        match link {
            None => TcpStream::connect(&self.address).is_ok(),
            Some(link) => {
                let asked = link
                    .near("curl")
                    .args(["-s", "-o", "/dev/null", &format!("http://{}/v2/", self.address)])
                    .status();
                asked.is_ok_and(|status| status.success())
            }
        }
    }

    /// `HOST:PORT`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Bytes of all blobs and manifests.
    pub(crate) fn stored(&self) -> u64 {
        size(&self.folder.join("content"))
    }

    /// Requests it answered so far.
    pub(crate) fn requests(&self) -> usize {
        let mut text = String::new();
        let read =
            File::open(self.folder.join("access.log")).and_then(|mut log| log.read_to_string(&mut text));
        read.map_or(0, |_| text.lines().filter(|line| line.contains(" HTTP/1.1\" ")).count())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // Ended by its own handle; it may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn size(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}
