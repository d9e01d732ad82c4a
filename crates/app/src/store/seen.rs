//! Files that were opened, and how fast each registry took what was sent.

use std::path::{Path, PathBuf};

use rusqlite::params;

use super::Database;

/// A file that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Handle.
    pub(crate) id: u32,
    pub(crate) path: PathBuf,
    /// When it was opened last, seconds since 1970.
    pub(crate) when: i64,
}

/// A new rate counts so much beside what was known before: one bad evening does not stay for ever.
const WEIGHT: f64 = 0.5;

impl Database {
    /// Notes that `path` was opened at `when`, seconds since 1970.
    pub(crate) fn keep_file(&self, path: &Path, when: i64) {
        self.write(
            "INSERT INTO files (path, seen) VALUES (?1, ?2) ON CONFLICT (path) DO UPDATE SET seen = ?2",
            params![path.to_string_lossy(), when],
        );
    }

    /// A file that moved is found at `path` from now on; what was published of it stays known.
    pub(crate) fn move_file(&self, id: u32, path: &Path) {
        let Some(before) = self.file(id) else { return };
        let (before, path) = (before.path.to_string_lossy().into_owned(), path.to_string_lossy());
        self.write("DELETE FROM files WHERE path = ?1 AND id <> ?2", params![path, id]);
        self.write("UPDATE files SET path = ?1 WHERE id = ?2", params![path, id]);
        self.write("UPDATE jobs SET file = ?1 WHERE file = ?2", params![path, before]);
    }

    /// One file.
    pub(crate) fn file(&self, id: u32) -> Option<Seen> {
        self.row("SELECT id, path, seen FROM files WHERE id = ?1", params![id], seen)
    }

    /// The files that were opened last, the newest first.
    pub(crate) fn files(&self, limit: usize) -> Vec<Seen> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.rows(
            "SELECT id, path, seen FROM files ORDER BY seen DESC, id DESC LIMIT ?1",
            params![limit],
            seen,
        )
    }

    /// The files that were opened, published or written last, the newest first, and when, seconds since 1970.
    pub(crate) fn used_files(&self, limit: usize) -> Vec<(PathBuf, i64)> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let used = "SELECT file, max(used) FROM (
                SELECT path AS file, seen AS used FROM files
                UNION ALL SELECT file, ended FROM jobs WHERE file IS NOT NULL AND state = 'done')
            GROUP BY file ORDER BY 2 DESC LIMIT ?1";
        self.rows(used, params![limit], |row| Ok((PathBuf::from(row.get::<_, String>(0)?), row.get(1)?)))
    }

    /// Remembers that `registry` took so many bytes a second.
    pub(crate) fn keep_rate(&self, registry: &str, rate: f64) {
        self.write(
            "INSERT INTO rates VALUES (?1, ?2)
             ON CONFLICT (registry) DO UPDATE SET rate = rate * (1 - ?3) + ?2 * ?3",
            params![registry, rate, WEIGHT],
        );
    }

    /// Bytes a second that `registry` took lately.
    pub(crate) fn rate(&self, registry: &str) -> Option<f64> {
        self.row("SELECT rate FROM rates WHERE registry = ?1", params![registry], |row| row.get(0))
    }
}

fn seen(row: &rusqlite::Row<'_>) -> rusqlite::Result<Seen> {
    Ok(Seen { id: row.get(0)?, path: PathBuf::from(row.get::<_, String>(1)?), when: row.get(2)? })
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    #[test]
    fn the_last_opened_file_comes_first_and_keeps_its_handle_when_it_moves() {
        let home = tempfile::tempdir().unwrap();
        Store::new(home.path()).wait(|store| {
            for (path, when) in [("/a.tar", 1), ("/b.tar", 2), ("/a.tar", 3)] {
                store.keep_file(Path::new(path), when);
            }
        });
        let store = Store::new(home.path());
        let files = store.wait(|store| store.files(10));
        assert_eq!(
            files.iter().map(|file| file.path.to_str().unwrap()).collect::<Vec<_>>(),
            ["/a.tar", "/b.tar"]
        );
        let id = files[0].id;
        store.note(move |store| store.move_file(id, Path::new("/b.tar")));
        assert_eq!(store.wait(|store| store.files(10)), [Seen { id, path: "/b.tar".into(), when: 3 }]);
    }

    #[test]
    fn a_rate_follows_what_was_measured_last() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::new(home.path());
        let rate = || store.wait(|store| store.rate("ghcr.io"));
        assert_eq!(rate(), None);
        for measured in [1e6, 3e6] {
            store.note(move |store| store.keep_rate("ghcr.io", measured));
        }
        assert_eq!(rate(), Some(2e6));
    }
}
