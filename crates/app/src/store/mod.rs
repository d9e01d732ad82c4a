//! `slipway.db`: what pushes learnt, the upload sessions they left open, the history of jobs, the accounts without their
//! secrets, the files and rates that the window offers and reckons with, and what lies unfinished.

mod accounts;
mod history;
mod ledger;
mod parts;
mod record;
mod seen;

pub(crate) use history::Kept;

use std::collections::HashSet;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Params, Row};
use slipway_transfer::SessionKey;

/// The version of the tables. A file of a later version is left alone and nothing is remembered.
const VERSION: i64 = 7;

/// The tables of version 1.
const LEDGER: &str = "
    CREATE TABLE compressed (
        diff_id TEXT NOT NULL, method TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL,
        PRIMARY KEY (diff_id, method)) WITHOUT ROWID;
    CREATE TABLE checked (digest TEXT PRIMARY KEY, diff_id TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE homes (
        registry TEXT NOT NULL, digest TEXT NOT NULL, path TEXT NOT NULL, seen INTEGER NOT NULL,
        PRIMARY KEY (registry, digest, path)) WITHOUT ROWID;
    CREATE TABLE sessions (
        registry TEXT NOT NULL, path TEXT NOT NULL, blob TEXT NOT NULL, location TEXT NOT NULL,
        run TEXT NOT NULL, PRIMARY KEY (registry, path, blob)) WITHOUT ROWID;
";

/// What version 2 added.
const HISTORY: &str = "
    CREATE TABLE jobs (
        id INTEGER PRIMARY KEY, state TEXT NOT NULL, run TEXT NOT NULL, file TEXT, find TEXT NOT NULL,
        view TEXT NOT NULL);
    CREATE INDEX jobs_by_state ON jobs (state, id);
    CREATE TABLE jobs_set_aside (id INTEGER PRIMARY KEY, reason TEXT NOT NULL, view BLOB NOT NULL);
";

/// What version 3 added.
const SEEN: &str = "
    CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, seen INTEGER NOT NULL);
    CREATE TABLE rates (registry TEXT PRIMARY KEY, rate REAL NOT NULL) WITHOUT ROWID;
    INSERT OR IGNORE INTO files (path, seen) SELECT file, 0 FROM jobs WHERE file IS NOT NULL ORDER BY id;
";

/// What version 4 added.
const ACCOUNTS: &str = "
    CREATE TABLE accounts (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, record TEXT NOT NULL);
";

/// What version 5 added: the history goes by when a job ended, as one that is taken up after days ends later than what
/// began after it.
const ENDED: &str = "
    ALTER TABLE jobs ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
    UPDATE jobs SET ended = coalesce(view ->> '$.ended', view ->> '$.started', 0)
        WHERE typeof(view) = 'text' AND json_valid(view);
    CREATE INDEX jobs_by_end ON jobs (ended, id);
";

/// What version 6 added.
const PARTS: &str = "
    CREATE TABLE parts (path TEXT PRIMARY KEY, run TEXT NOT NULL) WITHOUT ROWID;
";

/// What version 7 added: what the registry confirmed of an upload.
const CONFIRMED: &str = "ALTER TABLE sessions ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0;";

/// How long another process may hold the file.
const PATIENCE: Duration = Duration::from_secs(2);

/// The ledger on disk. Opened at its first use; a file that cannot be used means that nothing is remembered, and
/// is said once in the log.
pub(crate) struct Store {
    home: PathBuf,
    open: OnceLock<Option<Open>>,
}

struct Open {
    database: Mutex<Connection>,
    run: Run,
    /// Sessions that transfers of this process are using.
    held: Mutex<HashSet<SessionKey>>,
}

/// This process, as the sessions' owner. Its file stays locked as long as the process lives, whatever ends it.
struct Run {
    name: String,
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
    fn is_over(&self, name: &str) -> bool {
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

impl Store {
    /// In Slipway's directory `home`. Touches nothing yet.
    pub(crate) fn new(home: &Path) -> Self {
        Self { home: home.to_owned(), open: OnceLock::new() }
    }

    fn open(&self) -> Option<&Open> {
        let open = || {
            open(&self.home)
                .inspect_err(
                    |error| tracing::warn!(%error, "slipway.db cannot be used: nothing is remembered"),
                )
                .ok()
        };
        self.open.get_or_init(open).as_ref()
    }

    fn row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Option<T> {
        let database = self.open()?.database.lock().unwrap_or_else(PoisonError::into_inner);
        let found =
            database.prepare_cached(sql).and_then(|mut asked| asked.query_row(params, read).optional());
        found.inspect_err(|error| tracing::warn!(%error, "reading slipway.db")).ok().flatten()
    }

    fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Vec<T> {
        let Some(open) = self.open() else { return Vec::new() };
        let database = open.database.lock().unwrap_or_else(PoisonError::into_inner);
        let found = database
            .prepare_cached(sql)
            .and_then(|mut asked| asked.query_map(params, read)?.collect::<rusqlite::Result<Vec<_>>>());
        found.inspect_err(|error| tracing::warn!(%error, "reading slipway.db")).unwrap_or_default()
    }

    fn write(&self, sql: &str, params: impl Params) {
        let Some(open) = self.open() else { return };
        let database = open.database.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = database.prepare_cached(sql).and_then(|mut change| change.execute(params)) {
            tracing::warn!(%error, "writing slipway.db");
        }
    }

    fn held<T>(&self, work: impl FnOnce(&mut HashSet<SessionKey>) -> T) -> Option<T> {
        Some(work(&mut self.open()?.held.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn open(home: &Path) -> Result<Open, Box<dyn std::error::Error>> {
    crate::home::make(home)?;
    let path = home.join("slipway.db");
    private(&path)?;
    let mut database = Connection::open(&path)?;
    database.busy_timeout(PATIENCE)?;
    // A crash of the system may lose the last entries, never the file.
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "NORMAL")?;
    let making = database.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    match making.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))? {
        known @ 0..VERSION => {
            let steps =
                [(1, LEDGER), (2, HISTORY), (3, SEEN), (4, ACCOUNTS), (5, ENDED), (6, PARTS), (7, CONFIRMED)];
            for (version, tables) in steps {
                if known < version {
                    making.execute_batch(tables)?;
                }
            }
            making.pragma_update(None, "user_version", VERSION)?;
        }
        VERSION => {}
        later => return Err(format!("it is of version {later}, this Slipway knows {VERSION}").into()),
    }
    making.commit()?;
    Ok(Open { database: Mutex::new(database), run: Run::begin(home)?, held: Mutex::default() })
}

/// Upload addresses are in it: nobody else may read it.
fn private(path: &Path) -> std::io::Result<()> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}
