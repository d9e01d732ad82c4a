//! What of the computer is looked at to find engines.

use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Settings of other programs are read so far, bytes.
const MOST: u64 = 1 << 20;

/// Kinds of systems: engines are elsewhere on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux and its like.
    Linux,
    /// macOS, where engines run in a virtual machine.
    MacOs,
    /// Windows, the same.
    Windows,
}

/// What of the computer is looked at to find engines.
pub trait View {
    /// The kind of system.
    fn system(&self) -> System;
    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;
    /// The person's home.
    fn home(&self) -> &Path;
    /// The person's number, where the system has such.
    fn user(&self) -> Option<u32>;
    /// The content of a file, unless it is too large to be settings.
    fn read(&self, path: &Path) -> Option<Vec<u8>>;
    /// What is in a folder, in any order.
    fn entries(&self, folder: &Path) -> Vec<PathBuf>;
    /// Whether something is there, be it a socket.
    fn is_there(&self, path: &Path) -> bool;
    /// The end of its links.
    fn real(&self, path: &Path) -> PathBuf;

    /// A variable that is not empty.
    fn given(&self, name: &str) -> Option<String> {
        self.variable(name).filter(|value| !value.trim().is_empty())
    }

    /// Whether `PATH` has this program.
    fn has_program(&self, name: &str) -> bool {
        let file = match self.system() {
            System::Windows => format!("{name}.exe"),
            _ => name.to_owned(),
        };
        let path = self.variable("PATH").unwrap_or_default();
        let usual = ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"].map(PathBuf::from);
        let folders = std::env::split_paths(&path).chain(usual).filter(|folder| folder.is_absolute());
        folders.map(|folder| folder.join(&file)).any(|path| self.is_there(&path))
    }
}

/// This computer.
pub struct Computer<Get> {
    get: Get,
    home: PathBuf,
}

impl<Get: Fn(&str) -> Option<String>> Computer<Get> {
    /// This computer, with the environment that `get` knows and the person who lives at `home`.
    pub fn new(get: Get, home: PathBuf) -> Self {
        Self { get, home }
    }
}

impl<Get: Fn(&str) -> Option<String>> View for Computer<Get> {
    fn system(&self) -> System {
        if cfg!(windows) {
            System::Windows
        } else if cfg!(target_os = "macos") {
            System::MacOs
        } else {
            System::Linux
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        (self.get)(name)
    }

    fn home(&self) -> &Path {
        &self.home
    }

    fn user(&self) -> Option<u32> {
        #[cfg(unix)]
        return std::fs::metadata("/proc/self")
            .or_else(|_| std::fs::metadata(&self.home))
            .map(|about| std::os::unix::fs::MetadataExt::uid(&about))
            .ok();
        #[cfg(not(unix))]
        None
    }

    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        let file = std::fs::File::open(path).ok()?;
        let mut content = Vec::new();
        file.take(MOST + 1).read_to_end(&mut content).ok()?;
        (content.len() as u64 <= MOST).then_some(content)
    }

    fn entries(&self, folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }

    fn is_there(&self, path: &Path) -> bool {
        // One that may not be looked at is there.
        path.try_exists().unwrap_or(true)
    }

    fn real(&self, path: &Path) -> PathBuf {
        path.canonicalize().unwrap_or_else(|_| path.to_owned())
    }
}
