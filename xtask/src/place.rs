//! Where things are: the work tree and the programs built from it.

use std::path::{Path, PathBuf};

use crate::stop::Stop;

/// The work tree's directories.
#[derive(Debug)]
pub(crate) struct Place {
    root: PathBuf,
    programs: PathBuf,
}

impl Place {
    /// The work tree this program was built from.
    pub(crate) fn find() -> Result<Self, Stop> {
        let room = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = room.parent().ok_or_else(|| Stop::new("xtask stands in no work tree"))?.to_owned();
        let this = std::env::current_exe().map_err(|error| Stop::io("finding this program", &error))?;
        // Beside xtask, wherever CARGO_TARGET_DIR or a configuration puts it.
        let programs = this.parent().map_or_else(|| root.join("target/debug"), Path::to_owned);
        Ok(Self { root, programs })
    }

    /// A work tree that a test made.
    #[cfg(test)]
    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_owned(), programs: root.join("target/debug") }
    }

    /// The repository's root.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The page's room.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// The icons' room.
    pub(crate) fn icons(&self) -> PathBuf {
        self.root.join("icons")
    }

    /// A program of the workspace, built in the development profile.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name).with_extension(std::env::consts::EXE_EXTENSION)
    }
}
