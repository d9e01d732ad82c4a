//! What pushes learnt, and the upload sessions they left open.

use rusqlite::{Row, params};
use slipway_reference::{Digest, RepositoryPath};
use slipway_transfer::{Compression, Ledger, SessionKey};

use super::{Database, Store};

/// Homes of a blob that are told.
const HOMES: u32 = 4;

fn digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Digest>> {
    Ok(row.get::<_, String>(column)?.parse().ok())
}

/// What is remembered waits for no disk; what is asked does, on a thread that may.
impl Ledger for Store {
    fn compressed(&self, diff_id: &Digest, method: Compression) -> Option<(Digest, u64)> {
        let diff_id = diff_id.to_string();
        self.wait(move |database| {
            let sql = "SELECT digest, size FROM compressed WHERE diff_id = ?1 AND method = ?2";
            let read = |row: &Row<'_>| Ok((digest(row, 0)?, row.get::<_, i64>(1)?));
            let (digest, size) = database.row(sql, params![diff_id, method.key()], read)?;
            Some((digest?, u64::try_from(size).ok()?))
        })
    }

    fn remember_compressed(&self, diff_id: &Digest, method: Compression, digest: &Digest, size: u64) {
        let (diff_id, digest) = (diff_id.to_string(), digest.to_string());
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        self.note(move |database| {
            database.write(
                "INSERT OR REPLACE INTO compressed VALUES (?1, ?2, ?3, ?4)",
                params![diff_id, method.key(), digest, size],
            );
        });
    }

    fn is_checked(&self, blob: &Digest, diff_id: &Digest) -> bool {
        let (blob, diff_id) = (blob.to_string(), diff_id.clone());
        self.wait(move |database| {
            let sql = "SELECT diff_id FROM checked WHERE digest = ?1";
            database.row(sql, params![blob], |row| digest(row, 0)).flatten() == Some(diff_id)
        })
    }

    fn remember_checked(&self, digest: &Digest, diff_id: &Digest) {
        let (digest, diff_id) = (digest.to_string(), diff_id.to_string());
        self.note(move |database| {
            database.write("INSERT OR REPLACE INTO checked VALUES (?1, ?2)", params![digest, diff_id]);
        });
    }

    fn homes(&self, registry: &str, digest: &Digest) -> Vec<RepositoryPath> {
        let (registry, digest) = (registry.to_owned(), digest.to_string());
        self.wait(move |database| {
            let sql =
                "SELECT path FROM homes WHERE registry = ?1 AND digest = ?2 ORDER BY seen DESC LIMIT ?3";
            let homes: Vec<String> = database.rows(sql, params![registry, digest, HOMES], |row| row.get(0));
            homes.iter().filter_map(|path| path.parse().ok()).collect()
        })
    }

    fn remember_home(&self, registry: &str, path: &RepositoryPath, digest: &Digest) {
        let (registry, path, digest) = (registry.to_owned(), path.to_string(), digest.to_string());
        let seen = jiff::Timestamp::now().as_millisecond();
        self.note(move |database| {
            database.write(
                "INSERT OR REPLACE INTO homes VALUES (?1, ?2, ?3, ?4)",
                params![registry, digest, path, seen],
            );
        });
    }

    fn take_session(&self, key: &SessionKey) -> Option<(String, u64)> {
        if !self.held().insert(key.clone()) {
            return None;
        }
        let asked = key.clone();
        let taken = self.wait(move |database| database.take_session(&asked));
        if taken.is_none() {
            self.leave_session(key);
        }
        taken
    }

    fn keep_session(&self, key: &SessionKey, location: &str, confirmed: u64) {
        self.held().insert(key.clone());
        let (key, location) = (key.clone(), location.to_owned());
        let confirmed = i64::try_from(confirmed).unwrap_or_default();
        self.note(move |database| {
            database.write(
                "INSERT OR REPLACE INTO sessions VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![key.registry, key.path.as_str(), key.blob, location, database.run.name, confirmed],
            );
        });
    }

    fn drop_session(&self, key: &SessionKey) {
        let dropped = key.clone();
        self.note(move |database| {
            let sql = "DELETE FROM sessions WHERE registry = ?1 AND path = ?2 AND blob = ?3";
            database.write(sql, params![dropped.registry, dropped.path.as_str(), dropped.blob]);
        });
        self.leave_session(key);
    }

    fn leave_session(&self, key: &SessionKey) {
        self.held().remove(key);
    }
}

impl Database {
    /// A session that is left by a run that is over, or by this one: from here on this run uses it, and no other.
    fn take_session(&self, key: &SessionKey) -> Option<(String, u64)> {
        let sql = "SELECT run FROM sessions WHERE registry = ?1 AND path = ?2 AND blob = ?3";
        let asked = params![key.registry, key.path.as_str(), key.blob];
        let owner: String = self.row(sql, asked, |row| row.get(0))?;
        if owner != self.run.name && !self.run.is_over(&owner) {
            return None;
        }
        let take = "UPDATE sessions SET run = ?5 WHERE registry = ?1 AND path = ?2 AND blob = ?3 AND run = ?4
                    RETURNING location, confirmed";
        let asked = params![key.registry, key.path.as_str(), key.blob, owner, self.run.name];
        let (location, confirmed) = self.row(take, asked, |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
        Some((location, u64::try_from(confirmed).unwrap_or_default()))
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
        first.keep_session(&key(), "http://127.0.0.1/up/1", 7);
        assert_eq!(first.take_session(&key()), None, "it is in use here");
        let second = Store::new(home.path());
        first.leave_session(&key());
        assert_eq!(second.take_session(&key()), None, "its owner lives and may go on with it");
        drop(first);
        assert_eq!(second.take_session(&key()), Some(("http://127.0.0.1/up/1".to_owned(), 7)));
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
