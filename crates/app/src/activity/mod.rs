//! The queue and the history: what runs, what ran, and taking it up again.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use crate::accounts::Accounts;
use crate::clock::now;
use crate::images::{self, Images};
use crate::install::Install;
use crate::jobs::Jobs;
use crate::output::save;
use crate::practice::PracticeRegistry;
use crate::publish::{Publish, needs_account};
use crate::registries::Registries;
use crate::store::Kept;
use crate::view::{
    ActivityView, Code, Draft, FailureView, HistoryPage, HistoryQuery, JobId, JobKind, JobRow, JobState,
    JobUpdate, OpenedView, RecentView, Show, TaskBar,
};

/// Rows of the history in one part.
const PAGE: usize = 200;

/// Files on the start page.
const RECENT: usize = 12;

/// Jobs that run and that ran.
pub struct Activity {
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) registries: Arc<Registries>,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) images: Arc<Images>,
    pub(crate) practice: Arc<PracticeRegistry>,
    pub(crate) publish: Arc<Publish>,
    pub(crate) install: Arc<Install>,
}

impl Activity {
    /// Tells `view` of a job: everything first, then changes, at most ten times a second, until the job is
    /// over or `view` returns false. An unknown job ends at once.
    pub async fn watch(&self, job: JobId, view: impl FnMut(JobUpdate) -> bool) {
        let mut view = view;
        match self.jobs.get(job) {
            Some(live) => live.watch(view).await,
            None => {
                if let Some(record) = self.jobs.kept(job) {
                    view(JobUpdate::Snapshot { job: Box::new(record.view) });
                }
            }
        }
    }

    /// Pauses a job; one that is over, cancelled or paused stays as it is.
    pub fn pause(&self, job: JobId) {
        if let Some(job) = self.jobs.get(job) {
            job.pause();
        }
    }

    /// Ends the waits of a job before its next tries.
    pub fn try_now(&self, job: JobId) {
        if let Some(job) = self.jobs.get(job) {
            job.try_now();
        }
    }

    /// Tells `view` of all jobs that are not over, until it returns false.
    pub async fn watch_all(&self, view: impl FnMut(ActivityView) -> bool) {
        self.jobs.watch_all(view).await;
    }

    /// Tells `view` what the task bar shows, whenever that changed, until it returns false.
    pub async fn watch_task_bar(&self, mut view: impl FnMut(TaskBar) -> bool) {
        let mut told = None;
        self.jobs
            .watch_all(|activity| {
                let now = TaskBar::of(&activity, self.jobs.unseen());
                if told == Some(now) {
                    return true;
                }
                told = Some(now);
                view(now)
            })
            .await;
    }

    /// Somebody looks at the window: what failed until now is seen.
    pub fn looked(&self) {
        self.jobs.seen();
    }

    /// How many jobs send, or will by themselves.
    pub fn running(&self) -> usize {
        self.jobs.active().iter().filter(|row| row.moves()).count()
    }

    /// The jobs that are not over, the newest first, also those that another Slipway on this computer is at: as they were
    /// a few seconds ago.
    pub fn queue(&self) -> Vec<JobRow> {
        self.jobs.everywhere()
    }

    /// A part of the history.
    pub fn history(&self, query: &HistoryQuery) -> HistoryPage {
        self.jobs.history(query, PAGE)
    }

    /// Files that were opened or published last, each once, the newest first.
    pub fn recent(&self) -> Vec<RecentView> {
        let Some(history) = &self.jobs.history else { return Vec::new() };
        let recent = history.files(RECENT).into_iter().map(|seen| {
            let job = history.job_of_file(&seen.path).map(|record| record.view);
            let ended = job.as_ref().map(|job| job.ended.unwrap_or(job.started));
            RecentView {
                file: seen.id,
                job: job.as_ref().map(|job| job.id),
                name: images::name(&seen.path),
                folder: seen.path.is_dir(),
                reference: job.as_ref().map(|job| job.reference.clone()).unwrap_or_default(),
                practice: job.as_ref().is_some_and(|job| job.practice),
                state: job.map(|job| job.progress.state),
                when: ended.unwrap_or_default().max(seen.when),
                size: images::size(&seen.path),
            }
        });
        recent.collect()
    }

    /// Opens a recent file, with the form as it was where it was published before.
    pub async fn open_recent(&self, file: u32, draft: Draft) -> Result<OpenedView, FailureView> {
        let gone = || FailureView::new(Code::FileUnreadable, "this file is not kept any more");
        let history = self.jobs.history.as_ref().ok_or_else(gone)?;
        let seen = history.file(file).ok_or_else(gone)?;
        match history.job_of_file(&seen.path) {
            Some(record) => self.reopen(record.view.id).await,
            None => self.images.open_path(&seen.path, draft).await,
        }
    }

    /// The same for a file that is at `path` now.
    pub async fn found_recent(
        &self,
        file: u32,
        path: &Path,
        draft: Draft,
    ) -> Result<OpenedView, FailureView> {
        // What is no image there changes nothing.
        let opened = self.images.open_path(path, draft.clone()).await?;
        let Some(history) = &self.jobs.history else { return Ok(opened) };
        history.move_file(file, path);
        self.open_recent(file, draft).await
    }

    /// Opens the file of a job again and fills the form as it was.
    pub async fn reopen(&self, job: JobId) -> Result<OpenedView, FailureView> {
        let (path, was) = self.taken_up(job).await?;
        let mut opened = self.images.open_path(&path, Draft { file: None, ..was.clone() }).await?;
        if let Some(image) = opened.images.iter().find(|image| image.selector == was.image) {
            opened.draft.image = was.image;
            if image.platforms.contains(&was.platform) {
                opened.draft.platform = was.platform;
            }
        }
        Ok(opened)
    }

    /// Goes on with a paused job, or with one that was under way when Slipway ended.
    pub async fn resume(&self, job: JobId) -> Result<(), FailureView> {
        if let Some(live) = self.jobs.get(job) {
            live.resume();
            return Ok(());
        }
        if let Some(record) = self.jobs.kept(job).filter(|record| record.view.kind == JobKind::Install) {
            let gone = || FailureView::new(Code::FileUnreadable, "this job is not kept any more");
            if self.registries.practice_is_over(&record.view) {
                return Err(FailureView::new(
                    Code::PracticeOver,
                    "the practice registry that it came from is over",
                ));
            }
            return self.install.take_up(&record.view, &record.file.ok_or_else(gone)?);
        }
        let (path, was) = self.taken_up(job).await?;
        let draft = Draft { file: Some(self.images.files().add(&path).id), ..was };
        self.publish.start_as(Some(job), &draft).await?;
        Ok(())
    }

    /// Cancels a job. The transfer ends within the time of one chunk; of one that an earlier Slipway left, only the
    /// memory has to.
    pub fn cancel(&self, job: JobId) {
        if let Some(live) = self.jobs.get(job) {
            live.cancel();
        } else if let Some(mut record) = self.jobs.kept(job).filter(|record| record.view.interrupted) {
            record.view.interrupted = false;
            record.view.progress.state = JobState::Cancelled;
            record.view.ended = Some(now());
            self.jobs.keep(&record);
            if let (JobKind::Install, Some(output)) = (record.view.kind, record.file) {
                self.install.give_up(&output);
            }
        }
    }

    /// Pauses every job that sends or waits to.
    pub fn pause_all(&self) {
        for row in self.jobs.active() {
            self.pause(row.id);
        }
    }

    /// The same before Slipway ends: [`go_on`](Self::go_on) takes them up. What somebody paused by hand stays paused.
    pub fn pause_to_leave(&self) {
        for row in self.jobs.active().into_iter().filter(JobRow::moves) {
            if let Some(job) = self.jobs.get(row.id) {
                job.goes_on();
            }
            self.pause(row.id);
        }
    }

    /// Goes on with what was paused when Slipway ended, as far as somebody is signed in where it goes and its file is
    /// there; the rest waits for a person. Once for each job.
    pub async fn go_on(&self) {
        for mut view in self.jobs.left_to_go_on() {
            let signed_in = view.kind == JobKind::Install
                || self.registries.of_form(&view.draft.registry).is_ok_and(|endpoint| {
                    !needs_account(endpoint.profile) || self.accounts.used_at(&endpoint.name).is_some()
                });
            if !signed_in && !view.practice {
                continue;
            }
            let id = view.id;
            view.goes_on = false;
            if let Err(failure) = self.resume(id).await {
                tracing::warn!(job = id.0, code = ?failure.code, "a job that was paused could not go on");
                // It is not tried again by itself.
                if let Some(kept) = self.jobs.kept(id) {
                    self.jobs.keep(&Kept { view, ..kept });
                }
            }
        }
    }

    /// Takes a job that is over out of the history.
    pub fn forget(&self, job: JobId) {
        self.jobs.forget(job);
    }

    /// Empties the history.
    pub fn clear_history(&self) {
        self.jobs.clear();
    }

    /// Writes the history to `path`, one JSON object a line, those that ended last first. The file is there as a whole
    /// or not.
    pub fn export_history(&self, path: &Path) -> Result<(), FailureView> {
        save(path, |file| {
            let mut query = HistoryQuery { search: String::new(), show: Show::All, before: None };
            loop {
                let page = self.history(&query);
                for row in &page.rows {
                    writeln!(file, "{}", serde_json::to_string(row)?)?;
                }
                query.before = page.rows.last().map(|row| row.id);
                if !page.more || query.before.is_none() {
                    return Ok(());
                }
            }
        })
    }

    async fn taken_up(&self, job: JobId) -> Result<(std::path::PathBuf, Draft), FailureView> {
        let record = self.jobs.kept(job);
        let known = record.and_then(|record| Some((record.file?, record.view)));
        let (path, view) =
            known.ok_or_else(|| FailureView::new(Code::FileUnreadable, "this job is not kept any more"))?;
        Ok((path, self.practice.taken_up_form(&view).await?))
    }
}
