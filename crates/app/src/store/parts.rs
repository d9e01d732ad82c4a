//! Unfinished files: what a run that is killed leaves beside a target is known to the next one, whatever its name. For
//! threads that may wait, as they look at the files themselves, too.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::params;
use slipway_archive::{Folder, Unfinished};

use super::{Database, NOBODY, Store};
use crate::clock::now;
use crate::view::JobId;

/// So many days what was left unfinished waits for somebody who goes on with it.
pub(crate) const KEPT_DAYS: u32 = 14;

const KEPT: Duration = Duration::from_hours(KEPT_DAYS as u64 * 24);

/// An unfinished file, or the place in a layout folder where blobs lie that are half done.
pub(crate) struct Part {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// A run writes it now.
    pub(crate) in_use: bool,
}

impl Part {
    /// The name that it gets when it is whole: `image.tar` of `.image.tar.x7.part`; that of the folder for blobs in one.
    pub(crate) fn becomes(&self) -> Option<String> {
        if let Some(folder) = Folder::of_unfinished(&self.path) {
            return Some(folder.file_name()?.to_str()?.to_owned());
        }
        let name = self.path.file_name()?.to_str()?;
        let (name, _) = name.strip_prefix('.')?.strip_suffix(".part")?.rsplit_once('.')?;
        Some(name.to_owned())
    }
}

impl Store {
    /// `job` writes `path`, which is no longer there once that has ended. A name that is no text cannot be kept.
    pub(crate) fn keep_part(&self, path: &Path, job: JobId) {
        let Some(path) = named(path) else { return };
        // A job that goes on began when it first wrote.
        let keep = "INSERT INTO parts VALUES (?1, ?2, ?3, ?4) ON CONFLICT (path) DO UPDATE SET
            run = excluded.run, job = excluded.job, began = iif(job = excluded.job, began, excluded.began)";
        self.wait(move |database| database.write(keep, params![path, database.run.name, job.0, now()]));
    }

    /// `job` uses `path`. What another one made there stays that one's.
    pub(crate) fn use_part(&self, path: &Path, job: JobId) {
        let Some(path) = named(path) else { return };
        let using =
            "INSERT INTO parts VALUES (?1, ?2, ?3, ?4) ON CONFLICT (path) DO UPDATE SET run = excluded.run";
        self.wait(move |database| database.write(using, params![path, database.run.name, job.0, now()]));
    }

    /// What `job` made and nobody writes any more, and when it began to, seconds since 1970: from here on this run does.
    pub(crate) fn take_parts_of(&self, job: JobId) -> Vec<(PathBuf, i64)> {
        let made: HashMap<PathBuf, i64> = self
            .wait(move |database| {
                let read =
                    |row: &rusqlite::Row<'_>| Ok((PathBuf::from(row.get::<_, String>(0)?), row.get(1)?));
                database.rows("SELECT path, began FROM parts WHERE job = ?1", [job.0], read)
            })
            .into_iter()
            .collect();
        let left = self.wait(Database::left).into_iter();
        let own = left.filter_map(|(path, run)| made.get(&path).map(|began| (path, run, *began)));
        own.filter(|(path, run, _)| self.take(path, run)).map(|(path, _, began)| (path, began)).collect()
    }

    /// It stays, and nobody writes it any more: the next one who wants it takes it. False where that cannot be kept.
    pub(crate) fn leave_part(&self, path: &Path) -> bool {
        let path = named(path);
        let leave = "UPDATE parts SET run = ?2 WHERE path = ?1 RETURNING path";
        self.wait(move |database| {
            database.row(leave, params![path, NOBODY], |row| row.get::<_, String>(0)).is_some()
        })
    }

    /// It was finished or removed.
    pub(crate) fn forget_part(&self, path: &Path) {
        let path = named(path);
        self.wait(move |database| database.write("DELETE FROM parts WHERE path = ?1", params![path]));
    }

    /// What was left unfinished for `target`, an absolute path, and nobody writes any more: from here on this run does.
    pub(crate) fn take_parts(&self, target: &Path) -> Vec<PathBuf> {
        let is_for =
            |path: &Path| Unfinished::is_for(path, target) || Folder::of_unfinished(path) == Some(target);
        let left = self.wait(Database::left).into_iter().filter(|(path, _)| is_for(path));
        left.filter(|(path, run)| self.take(path, run)).map(|(path, _)| path).collect()
    }

    /// Whether it was still as `run` left it; from here on this run writes it.
    fn take(&self, path: &Path, run: &str) -> bool {
        let (path, run) = (named(path), run.to_owned());
        let take = "UPDATE parts SET run = ?3 WHERE path = ?1 AND run = ?2 RETURNING path";
        self.wait(move |database| {
            let read = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
            database.row(take, params![path, run, database.run.name], read).is_some()
        })
    }

    /// Files that are whole and wait for the engine that is to take them.
    pub(crate) fn whole_parts(&self) -> Vec<PathBuf> {
        let whole = |path: &PathBuf| path.extension().is_some_and(|end| end == "tar");
        self.parts().into_iter().map(|part| part.path).filter(whole).collect()
    }

    /// Every unfinished file, of all runs.
    pub(crate) fn parts(&self) -> Vec<Part> {
        let left = self.wait(Database::left);
        let all = self.wait(|database| {
            let read = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
            database.rows("SELECT path FROM parts ORDER BY path", [], read)
        });
        let all = all.into_iter().map(PathBuf::from);
        all.map(|path| Part { in_use: !left.iter().any(|(of, _)| *of == path), path }).collect()
    }

    /// Removes every one that no run writes.
    pub(crate) fn remove_left_parts(&self) {
        for (path, run) in self.wait(Database::left) {
            if self.take(&path, &run) {
                self.remove_part(&path);
            }
        }
    }

    /// Removes what nobody went on with for so long.
    pub(crate) fn clear_parts(&self) {
        for (path, run) in self.wait(Database::left) {
            match written(&path) {
                Ok(at) if at.elapsed().is_ok_and(|age| age > KEPT) && self.take(&path, &run) => {
                    self.remove_part(&path);
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.forget_part(&path),
                // Its disk may be away for now.
                Ok(_) | Err(_) => {}
            }
        }
    }

    /// Removes an unfinished file that nobody wants any more.
    pub(crate) fn remove_part(&self, path: &Path) {
        let removed = match Folder::of_unfinished(path) {
            Some(_) => Folder::remove_halves(path),
            None => std::fs::remove_file(path),
        };
        match removed {
            Ok(()) => self.forget_part(path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.forget_part(path),
            Err(error) => tracing::warn!(%error, path = %path.display(), "removing an unfinished file"),
        }
    }
}

impl Database {
    /// What runs that are over left, and which run it was.
    fn left(&self) -> Vec<(PathBuf, String)> {
        let read = |row: &rusqlite::Row<'_>| Ok((PathBuf::from(row.get::<_, String>(0)?), row.get(1)?));
        let mut all: Vec<(PathBuf, String)> = self.rows("SELECT path, run FROM parts", [], read);
        all.retain(|(_, run)| run == NOBODY || run != &self.run.name && self.run.is_over(run));
        all
    }
}

/// When it was written last; of blobs in a folder the last one counts.
fn written(path: &Path) -> std::io::Result<SystemTime> {
    let last = || Folder::halves(path).iter().filter_map(|half| half.modified().ok()).max();
    match Folder::of_unfinished(path).and_then(|_| last()) {
        Some(at) => Ok(at),
        None => std::fs::symlink_metadata(path)?.modified(),
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

    fn part(home: &Path) -> PathBuf {
        let part = home.join(".image.tar.x7.part");
        std::fs::write(&part, "half").unwrap();
        part
    }

    #[test]
    fn what_a_killed_run_left_unfinished_goes_to_the_next_and_to_one_alone() {
        let home = tempfile::tempdir().unwrap();
        let (part, target) = (part(home.path()), home.path().join("image.tar"));
        let killed = Store::new(home.path());
        killed.keep_part(&part, JobId(1));
        let beside = Store::new(home.path());
        assert!(beside.take_parts(&target).is_empty() && killed.take_parts(&target).is_empty(), "in use");
        drop(killed);
        assert!(beside.take_parts(&home.path().join("other.tar")).is_empty());
        assert_eq!(beside.take_parts(&target), [part.as_path()]);
        assert!(beside.take_parts(&target).is_empty());
        beside.leave_part(&part);
        assert_eq!(beside.take_parts(&target), [part]);
    }

    #[test]
    fn what_a_job_made_is_its_own_until_another_one_writes_it() {
        let home = tempfile::tempdir().unwrap();
        let part = part(home.path());
        let store = Store::new(home.path());
        let [maker, other] = [1, 2].map(JobId);
        let taken = |job| store.take_parts_of(job).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
        store.keep_part(&part, maker);
        assert!(taken(maker).is_empty(), "it is being written");
        store.use_part(&part, other);
        store.leave_part(&part);
        assert!(taken(other).is_empty());
        assert_eq!(taken(maker), [part.as_path()]);
        store.keep_part(&part, other);
        store.leave_part(&part);
        assert!(taken(maker).is_empty());
        assert_eq!(taken(other), [part]);
    }

    #[test]
    fn a_job_that_goes_on_began_when_it_first_wrote() {
        let home = tempfile::tempdir().unwrap();
        let part = part(home.path());
        let store = Store::new(home.path());
        let [maker, other] = [1, 2].map(JobId);
        let began = |job, at: Option<i64>| {
            store.keep_part(&part, job);
            store.leave_part(&part);
            if let Some(at) = at {
                store.wait(move |database| database.write("UPDATE parts SET began = ?1", [at]));
            }
            store.take_parts_of(job)[0].1
        };
        assert_eq!(began(maker, Some(7)), 7);
        assert_eq!(began(maker, None), 7);
        assert!(began(other, None) >= now() - 60, "it is another one's first");
    }

    #[test]
    fn what_nobody_went_on_with_for_two_weeks_is_removed_unless_it_is_in_use() {
        let home = tempfile::tempdir().unwrap();
        let part = part(home.path());
        let old = std::time::SystemTime::now() - KEPT - Duration::from_hours(1);
        let age = || std::fs::File::options().write(true).open(&part).unwrap().set_modified(old).unwrap();
        let store = Store::new(home.path());
        store.keep_part(&part, JobId(1));
        age();
        store.clear_parts();
        assert!(part.exists(), "it is being written");
        store.leave_part(&part);
        std::fs::write(&part, "half").unwrap();
        store.clear_parts();
        assert!(part.exists(), "it is new");
        age();
        store.clear_parts();
        assert!(!part.exists());
        // Once it is known to be gone, a file of the same name is somebody else's.
        std::fs::write(&part, "another").unwrap();
        age();
        store.clear_parts();
        assert!(part.exists());
    }

    #[test]
    fn what_is_left_is_listed_with_what_it_becomes_and_removed_unless_it_is_written() {
        let home = tempfile::tempdir().unwrap();
        let (left, written) = (part(home.path()), home.path().join(".other.tar.y8.part"));
        std::fs::write(&written, "half").unwrap();
        let store = Store::new(home.path());
        store.keep_part(&left, JobId(1));
        store.keep_part(&written, JobId(1));
        store.leave_part(&left);
        let listed = |store: &Store| {
            let parts = store.parts();
            parts.iter().map(|part| (part.becomes().unwrap(), part.in_use)).collect::<Vec<_>>()
        };
        let image = ("image.tar".to_owned(), false);
        assert_eq!(listed(&store), [image, ("other.tar".to_owned(), true)]);
        store.remove_left_parts();
        assert!(!left.exists() && written.exists());
        assert_eq!(listed(&store), [("other.tar".to_owned(), true)]);
    }
    #[test]
    fn blobs_in_a_folder_are_kept_as_long_as_the_last_one_is_new_and_removed_alone() {
        let home = tempfile::tempdir().unwrap();
        let (root, place) = (home.path().join("images"), Folder::unfinished(&home.path().join("images")));
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(root.join("index.json"), "{}").unwrap();
        let halves = ["3f1c", "c41b"].map(|fill| place.join(format!("sha256-{}", fill.repeat(16))));
        let old = SystemTime::now() - KEPT - Duration::from_hours(1);
        let age =
            |path: &Path| std::fs::File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
        for half in &halves {
            std::fs::write(half, "half").unwrap();
        }
        let store = Store::new(home.path());
        store.keep_part(&place, JobId(1));
        store.leave_part(&place);
        assert_eq!(store.parts().remove(0).becomes().unwrap(), "images");
        assert!(store.take_parts(&home.path().join("other")).is_empty());
        assert_eq!(store.take_parts(&root), [place.as_path()]);
        store.leave_part(&place);
        age(&halves[0]);
        store.clear_parts();
        assert!(halves.iter().all(|half| half.exists()), "one is new");
        age(&halves[1]);
        store.clear_parts();
        assert!(!place.exists() && root.join("index.json").exists());
        assert!(store.parts().is_empty());
    }
}
