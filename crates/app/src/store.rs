//! `slipway.db`: what pushes learnt, and the upload sessions they left open.

use std::collections::HashSet;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};
use slipway_reference::{Digest, RepositoryPath};
use slipway_transfer::{Compression, Ledger, SessionKey};

/// The version of the tables. A file of a later version is left alone and nothing is remembered.
const VERSION: i64 = 1;

const TABLES: &str = "
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

/// Homes of a blob that are told.
const HOMES: u32 = 4;

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
    std::fs::create_dir_all(home)?;
    let path = home.join("slipway.db");
    private(&path)?;
    let mut database = Connection::open(&path)?;
    database.busy_timeout(PATIENCE)?;
    // A crash of the system may lose the last entries, never the file.
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "NORMAL")?;
    let making = database.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    match making.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))? {
        0 => {
            making.execute_batch(TABLES)?;
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

fn digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Digest>> {
    Ok(row.get::<_, String>(column)?.parse().ok())
}

impl Ledger for Store {
    fn compressed(&self, diff_id: &Digest, method: Compression) -> Option<(Digest, u64)> {
        let sql = "SELECT digest, size FROM compressed WHERE diff_id = ?1 AND method = ?2";
        let asked = params![diff_id.to_string(), method.to_string()];
        let (digest, size) = self.row(sql, asked, |row| Ok((digest(row, 0)?, row.get::<_, i64>(1)?)))?;
        Some((digest?, u64::try_from(size).ok()?))
    }

    fn remember_compressed(&self, diff_id: &Digest, method: Compression, digest: &Digest, size: u64) {
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        self.write(
            "INSERT OR REPLACE INTO compressed VALUES (?1, ?2, ?3, ?4)",
            params![diff_id.to_string(), method.to_string(), digest.to_string(), size],
        );
    }

    fn is_checked(&self, blob: &Digest, diff_id: &Digest) -> bool {
        let sql = "SELECT diff_id FROM checked WHERE digest = ?1";
        self.row(sql, params![blob.to_string()], |row| digest(row, 0)).flatten().as_ref() == Some(diff_id)
    }

    fn remember_checked(&self, digest: &Digest, diff_id: &Digest) {
        let entry = params![digest.to_string(), diff_id.to_string()];
        self.write("INSERT OR REPLACE INTO checked VALUES (?1, ?2)", entry);
    }

    fn homes(&self, registry: &str, digest: &Digest) -> Vec<RepositoryPath> {
        let Some(open) = self.open() else { return Vec::new() };
        let database = open.database.lock().unwrap_or_else(PoisonError::into_inner);
        let sql = "SELECT path FROM homes WHERE registry = ?1 AND digest = ?2 ORDER BY seen DESC LIMIT ?3";
        let homes = database.prepare_cached(sql).and_then(|mut asked| {
            let rows = asked.query_map(params![registry, digest.to_string(), HOMES], |row| row.get(0))?;
            rows.collect::<rusqlite::Result<Vec<String>>>()
        });
        homes.unwrap_or_default().iter().filter_map(|path| path.parse().ok()).collect()
    }

    fn remember_home(&self, registry: &str, path: &RepositoryPath, digest: &Digest) {
        let seen = jiff::Timestamp::now().as_millisecond();
        self.write(
            "INSERT OR REPLACE INTO homes VALUES (?1, ?2, ?3, ?4)",
            params![registry, digest.to_string(), path.as_str(), seen],
        );
    }

    fn take_session(&self, key: &SessionKey) -> Option<String> {
        if !self.held(|held| held.insert(key.clone()))? {
            return None;
        }
        let sql = "SELECT location, run FROM sessions WHERE registry = ?1 AND path = ?2 AND blob = ?3";
        let asked = params![key.registry, key.path.as_str(), key.blob];
        let found: Option<(String, String)> = self.row(sql, asked, |row| Ok((row.get(0)?, row.get(1)?)));
        let run = &self.open()?.run;
        let free = found.filter(|(_, owner)| *owner == run.name || run.is_over(owner));
        match free {
            Some((location, _)) => {
                self.keep_session(key, &location);
                Some(location)
            }
            None => {
                self.leave_session(key);
                None
            }
        }
    }

    fn keep_session(&self, key: &SessionKey, location: &str) {
        self.held(|held| held.insert(key.clone()));
        let Some(open) = self.open() else { return };
        self.write(
            "INSERT OR REPLACE INTO sessions VALUES (?1, ?2, ?3, ?4, ?5)",
            params![key.registry, key.path.as_str(), key.blob, location, open.run.name],
        );
    }

    fn drop_session(&self, key: &SessionKey) {
        let sql = "DELETE FROM sessions WHERE registry = ?1 AND path = ?2 AND blob = ?3";
        self.write(sql, params![key.registry, key.path.as_str(), key.blob]);
        self.leave_session(key);
    }

    fn leave_session(&self, key: &SessionKey) {
        self.held(|held| held.remove(key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(letter: char) -> Digest {
        format!("sha256:{}", letter.to_string().repeat(64)).parse().unwrap()
    }

    fn key() -> SessionKey {
        let path = "octocat/a".parse().unwrap();
        SessionKey { registry: "ghcr.io".to_owned(), path, blob: digest('a').to_string() }
    }

    #[test]
    fn what_one_run_learnt_the_next_knows() {
        let home = tempfile::tempdir().unwrap();
        let method = Compression::default();
        {
            let store = Store::new(home.path());
            store.remember_compressed(&digest('a'), method, &digest('b'), 7);
            store.remember_checked(&digest('b'), &digest('a'));
            store.remember_home("ghcr.io", &"octocat/a".parse().unwrap(), &digest('b'));
        }
        let store = Store::new(home.path());
        assert_eq!(store.compressed(&digest('a'), method), Some((digest('b'), 7)));
        assert_eq!(store.compressed(&digest('a'), Compression::FAST), None);
        assert!(
            store.is_checked(&digest('b'), &digest('a')) && !store.is_checked(&digest('b'), &digest('c'))
        );
        assert_eq!(store.homes("ghcr.io", &digest('b'))[0].as_str(), "octocat/a");
        assert!(store.homes("other.example", &digest('b')).is_empty());
    }

    #[test]
    fn a_session_goes_to_one_transfer_at_a_time_and_outlives_the_run() {
        let home = tempfile::tempdir().unwrap();
        let first = Store::new(home.path());
        assert_eq!(first.take_session(&key()), None);
        first.keep_session(&key(), "http://127.0.0.1/up/1");
        assert_eq!(first.take_session(&key()), None, "it is in use here");
        let second = Store::new(home.path());
        first.leave_session(&key());
        assert_eq!(second.take_session(&key()), None, "its owner lives and may go on with it");
        drop(first);
        assert_eq!(second.take_session(&key()).as_deref(), Some("http://127.0.0.1/up/1"));
        second.drop_session(&key());
        assert_eq!(second.take_session(&key()), None);
    }

    #[test]
    fn a_file_that_cannot_be_used_costs_the_memory_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("slipway.db"), vec![7; 5000]).unwrap();
        let store = Store::new(home.path());
        store.remember_checked(&digest('b'), &digest('a'));
        assert!(!store.is_checked(&digest('b'), &digest('a')));
        assert_eq!(std::fs::read(home.path().join("slipway.db")).unwrap(), vec![7; 5000], "left as it was");
    }
}
