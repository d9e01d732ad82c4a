//! `slipway.db`: what pushes learnt, the upload sessions they left open, the history of jobs, the accounts without their
//! secrets, the files and rates that the window offers and reckons with, and what lies unfinished.

mod accounts;
mod database;
mod history;
mod ledger;
mod parts;
mod queue;
mod record;
mod seen;
mod tables;

pub(crate) use database::Database;
pub(crate) use history::Kept;
pub(crate) use parts::{KEPT_DAYS, Part};

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use slipway_transfer::SessionKey;

use queue::Queue;

/// Stands for the run of what nobody is at.
const NOBODY: &str = "nobody";

/// The memory on disk. Opened at its first use, on a thread of its own that does one thing after the other; a file that
/// cannot be used means that nothing is remembered, every answer is empty, and that is said once in the log.
pub(crate) struct Store {
    home: PathBuf,
    queue: OnceLock<Option<Queue>>,
    /// Sessions that transfers of this process are using.
    held: Mutex<HashSet<SessionKey>>,
}

impl Store {
    /// In Slipway's directory `home`. Touches nothing yet.
    pub(crate) fn new(home: &Path) -> Self {
        Self { home: home.to_owned(), queue: OnceLock::new(), held: Mutex::default() }
    }

    /// One that remembers nothing.
    #[cfg(test)]
    pub(crate) fn nowhere() -> Self {
        Self { home: PathBuf::new(), queue: OnceLock::from(None), held: Mutex::default() }
    }

    fn queue(&self) -> Option<&Queue> {
        self.queue.get_or_init(|| Queue::begin(self.home.clone())).as_ref()
    }

    /// What `work` says of the database, when everything that was noted and asked before is done.
    pub(crate) async fn ask<T: Default + Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> T + Send + 'static,
    ) -> T {
        match self.queue() {
            Some(queue) => queue.ask(work).await,
            None => T::default(),
        }
    }

    /// The same on a thread that may wait; it panics on one of the runtime.
    pub(crate) fn wait<T: Default + Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> T + Send + 'static,
    ) -> T {
        self.queue().map(|queue| queue.wait(work)).unwrap_or_default()
    }

    /// Lets `work` be done in its turn, and waits for nothing: for what may be forgotten where the disk does not keep up.
    pub(crate) fn note(&self, work: impl FnOnce(&Database) + Send + 'static) {
        if let Some(queue) = self.queue() {
            queue.note(work);
        }
    }

    fn held(&self) -> MutexGuard<'_, HashSet<SessionKey>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
