//! Unfinished files: what a run that is killed leaves beside a target is known to the next one, whatever its name.

use std::path::{Path, PathBuf};

use rusqlite::params;

use super::Store;

impl Store {
    /// `path` is being written, and is no longer there once that has ended. A name that is no text cannot be kept.
    pub(crate) fn keep_part(&self, path: &Path) {
        let (Some(open), Some(path)) = (self.open(), named(path)) else { return };
        self.write("INSERT OR REPLACE INTO parts VALUES (?1, ?2)", params![path, open.run.name]);
    }

    /// It was finished or removed.
    pub(crate) fn forget_part(&self, path: &Path) {
        self.write("DELETE FROM parts WHERE path = ?1", params![named(path)]);
    }

    /// Removes what runs that are over left unfinished.
    pub(crate) fn clear_parts(&self) {
        let read = |row: &rusqlite::Row<'_>| Ok((PathBuf::from(row.get::<_, String>(0)?), row.get(1)?));
        let all: Vec<(PathBuf, String)> = self.rows("SELECT path, run FROM parts", [], read);
        let Some(open) = self.open() else { return };
        for (path, run) in all {
            if run == open.run.name || !open.run.is_over(&run) {
                continue;
            }
            match std::fs::remove_file(&path) {
                Ok(()) => self.forget_part(&path),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.forget_part(&path),
                // Its disk may be away for now.
                Err(error) => tracing::warn!(%error, path = %path.display(), "removing an unfinished file"),
            }
        }
    }
}

/// A path as it is found again from every folder.
fn named(path: &Path) -> Option<String> {
    std::path::absolute(path).ok()?.into_os_string().into_string().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_from_the_folder_it_was_given_in() {
        assert_eq!(named(Path::new("x.part")), named(&std::env::current_dir().unwrap().join("x.part")));
    }

    #[test]
    fn what_a_killed_run_left_unfinished_is_removed_by_the_next_and_by_no_other() {
        let home = tempfile::tempdir().unwrap();
        let part = home.path().join(".image.tar.x7.part");
        std::fs::write(&part, "half").unwrap();
        let killed = Store::new(home.path());
        killed.keep_part(&part);
        let beside = Store::new(home.path());
        beside.clear_parts();
        killed.clear_parts();
        assert!(part.exists(), "it is being written");
        drop(killed);
        beside.clear_parts();
        assert!(!part.exists());
        // Once it is known to be gone, a file of the same name is somebody else's.
        std::fs::write(&part, "another").unwrap();
        beside.clear_parts();
        assert!(part.exists());
    }
}
