//! The history of jobs: what ran, how it ended, and what ended in the middle with Slipway itself.

use std::path::{Path, PathBuf};

use rusqlite::{Row, params};

use super::record::{Record, Unread};
use super::{Database, NOBODY};
use crate::clock::now;
use crate::view::is_final;
use crate::view::{HistoryQuery, JobId, JobKind, JobLayer, JobRow, JobState, JobView, Show};

/// A job that is kept, or to be.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) view: JobView,
    /// The image file; the page never holds it. None where it and the view do not say all that was wanted.
    pub(crate) file: Option<PathBuf>,
    /// A command began it, and alone can go on with it.
    pub(crate) by_command: bool,
}

impl Kept {
    /// The job as one row.
    pub(crate) fn row(&self) -> JobRow {
        let repeatable = self.file.is_some() || self.view.kind == JobKind::Copy;
        JobRow { repeatable, ..JobRow::from(&self.view) }
    }
}

/// So many jobs are kept, those that ended last: whoever publishes every minute keeps a week.
const MOST: u32 = 10_000;

/// What is read of a job.
const SELECT: &str = "SELECT id, file, view, run, ended FROM jobs";

impl Database {
    /// A handle that no job has, of whichever process.
    pub(crate) fn new_handle(&self) -> Option<u32> {
        let given =
            "UPDATE handles SET last = max(last, (SELECT coalesce(max(id), 0) FROM jobs)) + 1 RETURNING last";
        self.row(given, [], |row| row.get(0))
    }

    /// Keeps a job as it stands.
    pub(crate) fn keep_job(&self, job: &Kept) {
        let Kept { view, file, by_command } = job;
        let Some(record) = Record::of(view, *by_command).text() else { return };
        // Nobody is at one that was interrupted.
        let run = if view.interrupted { NOBODY } else { &self.run.name };
        // Until it ends, when it was seen last.
        let ended = view.ended.unwrap_or_else(now);
        let file = file.as_ref().map(|path| path.to_string_lossy());
        self.write(
            "INSERT OR REPLACE INTO jobs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![view.id.0, state(view.progress.state), run, file, findable(view), record, ended],
        );
        if is_final(view.progress.state) {
            let beyond = "DELETE FROM jobs WHERE (ended, id) <=
                          (SELECT ended, id FROM jobs ORDER BY ended DESC, id DESC LIMIT 1 OFFSET ?1)";
            self.write(beyond, params![MOST]);
        }
    }

    /// One job, if it is kept and can be read.
    pub(crate) fn job(&self, id: JobId) -> Option<Kept> {
        self.row(&format!("{SELECT} WHERE id = ?1"), params![id.0], found)
            .and_then(|found| self.understood(found))
    }

    /// The last job that published `file`.
    pub(crate) fn job_of_file(&self, file: &Path) -> Option<Kept> {
        // Pulls that wrote it stand between, each as often as it was fetched.
        const LOOKED_AT: u32 = 50;
        let sql = format!("{SELECT} WHERE file = ?1 ORDER BY id DESC LIMIT ?2");
        let found = self.rows(&sql, params![file.to_string_lossy(), LOOKED_AT], found);
        let mut found = found.into_iter().filter_map(|found| self.understood(found));
        found.find(|job| job.view.kind == JobKind::Publish)
    }

    /// Jobs, those that ended last first; and whether there are more before them.
    pub(crate) fn jobs(&self, query: &HistoryQuery, limit: usize) -> (Vec<Kept>, bool) {
        if query.before.is_none() {
            self.end_commands();
        }
        let states: &[JobState] = match query.show {
            Show::All => &[JobState::Done, JobState::Failed, JobState::Cancelled],
            Show::Done => &[JobState::Done],
            Show::NeedsYou => &[JobState::Failed],
            Show::Active => return (self.interrupted(), false),
        };
        let states: Vec<String> = states.iter().map(|&of| format!("'{}'", state(of))).collect();
        // The plus keeps the index of the states out of it: read in order of the ends, a part needs no sorting.
        let sql = format!(
            "{SELECT}
             WHERE (ended, id) < (?1, ?2) AND +state IN ({}) AND find LIKE ?3 ESCAPE '\\'
             ORDER BY ended DESC, id DESC LIMIT ?4",
            states.join(", ")
        );
        let newest = (i64::MAX, u32::MAX);
        let Some((ended, id)) = query.before.map_or(Some(newest), |id| self.end_of(id)) else {
            return (Vec::new(), false);
        };
        let limit_and_one = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let mut found = self.rows(&sql, params![ended, id, pattern(&query.search), limit_and_one], found);
        let more = found.len() > limit;
        found.truncate(limit);
        (found.into_iter().filter_map(|found| self.understood(found)).collect(), more)
    }

    /// Where a job stands in the order of the ends.
    fn end_of(&self, id: JobId) -> Option<(i64, u32)> {
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        self.row("SELECT ended, id FROM jobs WHERE id = ?1", params![id.0], read)
    }

    /// Jobs of the window that were under way when Slipway ended.
    pub(crate) fn interrupted(&self) -> Vec<Kept> {
        let left = self.others(true).into_iter().filter_map(|found| self.understood(found));
        left.filter(|job| job.view.interrupted).collect()
    }

    /// Jobs that another Slipway on this computer is at, as they were kept last.
    pub(crate) fn elsewhere(&self) -> Vec<Kept> {
        self.others(false).into_iter().filter_map(|found| self.understood(found)).collect()
    }

    /// Jobs of other runs that are not over; of those runs that are, or of those that are not.
    fn others(&self, over: bool) -> Vec<Found> {
        let sql = format!("{SELECT} WHERE state = 'active' ORDER BY id DESC");
        let mut found = self.rows(&sql, [], found);
        found.retain(|found| found.run != self.run.name && self.run.is_over(&found.run) == over);
        found
    }

    /// Forgets one job.
    pub(crate) fn forget_job(&self, id: JobId) {
        self.write("DELETE FROM jobs WHERE id = ?1", params![id.0]);
    }

    /// Forgets all jobs that are over, and which files were opened.
    pub(crate) fn clear_history(&self) {
        self.end_commands();
        self.write("DELETE FROM files", []);
        self.write("DELETE FROM jobs WHERE state IN ('done', 'failed', 'cancelled')", []);
    }

    /// Commands that were ended in the middle cancelled their jobs: nobody goes on with them but the same command.
    fn end_commands(&self) {
        for left in self.others(true) {
            if let Some(job) = self.understood(left).filter(|job| is_final(job.view.progress.state)) {
                self.keep_job(&job);
            }
        }
    }

    /// A job as it stands: where whoever was at it is not any more, it was interrupted, or cancelled with its command.
    fn understood(&self, found: Found) -> Option<Kept> {
        let left = found.run != self.run.name && self.run.is_over(&found.run);
        let seen = found.ended;
        let mut job = self.read(found)?;
        let view = &mut job.view;
        if left && !is_final(view.progress.state) {
            view.layers.iter_mut().for_each(JobLayer::cut_off);
            view.progress = view.progress.clone().cut_off();
            // Nobody can go on with a build either: the engine stopped with whoever asked it.
            if job.by_command || view.kind == JobKind::Build {
                (view.progress.state, view.ended) = (JobState::Cancelled, Some(seen));
            } else {
                view.interrupted = true;
            }
        }
        Some(job)
    }

    /// A job as it was kept.
    fn read(&self, found: Found) -> Option<Kept> {
        let Found { id, file, record, .. } = found;
        match Record::read(&record) {
            Ok(record) => {
                let (file, by_command) = (file.map(PathBuf::from), record.by_command);
                Some(Kept { view: record.view(JobId(id)), file, by_command })
            }
            Err(error @ Unread::Newer(_)) => {
                tracing::warn!(job = id, %error, "a job of the history is left to the Slipway that knows it");
                None
            }
            Err(error) => {
                tracing::warn!(job = id, %error, "a job of the history cannot be read and is set aside");
                self.write(
                    "INSERT OR REPLACE INTO jobs_set_aside VALUES (?1, ?2, ?3)",
                    params![id, error.to_string(), record],
                );
                self.forget_job(JobId(id));
                None
            }
        }
    }
}

/// A row of the table.
struct Found {
    id: u32,
    file: Option<String>,
    record: String,
    run: String,
    /// When it ended or was seen last, seconds since 1970.
    ended: i64,
}

fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    // Whatever stands there, even bytes that are no text.
    let record = match row.get_ref(2)? {
        rusqlite::types::ValueRef::Text(bytes) | rusqlite::types::ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        _ => String::new(),
    };
    Ok(Found { id: row.get(0)?, file: row.get(1)?, record, run: row.get(3)?, ended: row.get(4)? })
}

/// As it stands in the table.
fn state(state: JobState) -> &'static str {
    match state {
        JobState::Done => "done",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
        _ => "active",
    }
}

/// What a search looks into: names, digest, and what went wrong.
fn findable(view: &JobView) -> String {
    let published = view.result.as_ref().map(|result| result.digest.as_str());
    let installed = view.install.as_ref().and_then(|install| install.result.as_ref());
    let digest = published.or(installed.map(|installed| installed.digest.as_str()));
    let failure = view.failure.as_ref().map(|failure| failure.message.as_str());
    let parts = [Some(view.reference.as_str()), Some(&view.title), Some(&view.file_name), digest, failure];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n").to_lowercase()
}

/// A `LIKE` pattern that finds `text` anywhere.
fn pattern(text: &str) -> String {
    let text = text.trim().to_lowercase();
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Database, Store};

    /// Two processes that began at the same time gave their jobs the same handle, and one took the other's place.
    #[test]
    fn no_two_processes_give_the_same_handle() {
        let home = tempfile::tempdir().unwrap();
        let given = std::thread::scope(|scope| {
            let process = || {
                let store = Store::new(home.path());
                (0..200).map(|_| store.wait(Database::new_handle).unwrap()).collect::<Vec<_>>()
            };
            let processes = [scope.spawn(process), scope.spawn(process)];
            processes.into_iter().flat_map(|process| process.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(given.iter().collect::<BTreeSet<_>>().len(), 400);
    }

    #[test]
    fn a_handle_is_given_once_also_when_its_job_is_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let give = |store: &Store| store.wait(Database::new_handle);
        let store = Store::new(home.path());
        let first = give(&store);
        store.note(Database::clear_history);
        assert!(give(&store) > first);
        drop(store);
        assert!(give(&Store::new(home.path())) > first.map(|first| first + 1));
    }
}
