//! The open file, as its thread has it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Params, Row};

use super::tables;

/// How long another process may hold the file.
const PATIENCE: Duration = Duration::from_secs(2);

/// The open file. Nobody has it but the thread that [`Queue`](super::queue::Queue) started.
pub(crate) struct Database {
    connection: Connection,
    pub(super) run: Run,
}

impl Database {
    /// Opens it in Slipway's directory `home`, and makes it where it is not there.
    pub(super) fn open(home: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        crate::home::make(home)?;
        let path = home.join("slipway.db");
        private(&path)?;
        let mut connection = Connection::open(&path)?;
        connection.busy_timeout(PATIENCE)?;
        // A crash of the system may lose the last entries, never the file.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        tables::make(&mut connection)?;
        Ok(Self { connection, run: Run::begin(home)? })
    }

    pub(super) fn row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Option<T> {
        let found = self
            .connection()
            .prepare_cached(sql)
            .and_then(|mut asked| asked.query_row(params, read).optional());
        found.inspect_err(|error| tracing::warn!(%error, "reading slipway.db")).ok().flatten()
    }

    pub(super) fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Vec<T> {
        let found = self
            .connection()
            .prepare_cached(sql)
            .and_then(|mut asked| asked.query_map(params, read)?.collect::<rusqlite::Result<Vec<_>>>());
        found.inspect_err(|error| tracing::warn!(%error, "reading slipway.db")).unwrap_or_default()
    }

    pub(super) fn write(&self, sql: &str, params: impl Params) {
        let written = self.connection().prepare_cached(sql).and_then(|mut change| change.execute(params));
        if let Err(error) = written {
            tracing::warn!(%error, "writing slipway.db");
        }
    }

    /// A slow disk would hold up whatever else a thread of the runtime does.
    fn connection(&self) -> &Connection {
        debug_assert!(
            tokio::runtime::Handle::try_current().is_err(),
            "slipway.db on a thread of the runtime"
        );
        &self.connection
    }
}

/// This process, as the sessions' owner. Its file stays locked as long as the process lives, whatever ends it.
pub(super) struct Run {
    pub(super) name: String,
    folder: PathBuf,
    _lock: File,
}

impl Drop for Run {
    fn drop(&mut self) {
        // One that stays behind is unlocked, which says the same.
        let _ = std::fs::remove_file(self.folder.join(&self.name));
    }
}

impl Run {
    fn begin(home: &Path) -> std::io::Result<Self> {
        let folder = home.join("runs");
        std::fs::create_dir_all(&folder)?;
        let now = jiff::Timestamp::now().as_nanosecond();
        let name = format!("{}-{now}", std::process::id());
        let lock = File::create(folder.join(&name))?;
        lock.lock()?;
        Ok(Self { name, folder, _lock: lock })
    }

    /// The run called `name` is over.
    pub(super) fn is_over(&self, name: &str) -> bool {
        let path = self.folder.join(name);
        match File::open(&path) {
            Ok(file) => match file.try_lock() {
                Ok(()) => {
                    let _ = std::fs::remove_file(path);
                    true
                }
                Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
            },
            Err(_) => true,
        }
    }
}

/// Upload addresses are in it: nobody else may read it.
fn private(path: &Path) -> std::io::Result<()> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}
