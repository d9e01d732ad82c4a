//! The queue and the history: what runs, what ran, and taking it up again.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::accounts::Accounts;
use crate::clock::now;
use crate::copy::Copies;
use crate::images::{self, Images};
use crate::install::Install;
use crate::jobs::Jobs;
use crate::output::save;
use crate::practice::PracticeRegistry;
use crate::publish::{Publish, needs_account};
use crate::registries::Registries;
use crate::store::{Database, Kept};
use crate::view::is_final;
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
    pub(crate) copies: Arc<Copies>,
}

impl Activity {
    /// Tells `view` of a job: everything first, then changes, at most ten times a second, until the job is
    /// over and its end is kept or cannot be kept in time, or `view` returns false. An unknown job ends at once.
    pub async fn watch(&self, job: JobId, view: impl FnMut(JobUpdate) -> bool) {
        let mut view = view;
        match self.jobs.get(job) {
            Some(live) => {
                if live.watch(view).await && !live.kept_soon().await {
                    tracing::warn!("the end of a job is not kept yet");
                }
            }
            None => {
                if let Some(kept) = self.jobs.kept(job).await {
                    view(JobUpdate::Snapshot { job: Box::new(kept.view) });
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
        self.jobs.under_way().iter().filter(|row| row.moves()).count()
    }

    /// The jobs that are not over, the newest first, also those that another Slipway on this computer is at: as they were
    /// a few seconds ago.
    pub async fn queue(&self) -> Vec<JobRow> {
        self.jobs.everywhere().await
    }

    /// A part of the history.
    pub async fn history(&self, query: &HistoryQuery) -> HistoryPage {
        self.jobs.history(query, PAGE).await
    }

    /// Files that were opened or published last, each once, the newest first.
    pub async fn recent(&self) -> Vec<RecentView> {
        let with_job = |history: &Database| {
            let files = history.files(RECENT).into_iter();
            files.map(|seen| (history.job_of_file(&seen.path), seen)).collect::<Vec<_>>()
        };
        let recent = self.jobs.history.ask(with_job).await.into_iter().map(|(job, seen)| {
            let job = job.map(|kept| kept.view);
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
        let with_job = move |history: &Database| {
            let seen = history.file(file)?;
            Some((history.job_of_file(&seen.path), seen.path))
        };
        match self.jobs.history.ask(with_job).await.ok_or_else(gone)? {
            (Some(kept), _) => self.reopen(kept.view.id).await,
            (None, path) => self.images.open_path(&path, draft).await,
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
        self.images.open_path(path, draft.clone()).await?;
        let path = path.to_owned();
        self.jobs.history.ask(move |history| history.move_file(file, &path)).await;
        self.open_recent(file, draft).await
    }

    /// Opens the file of a job again and fills the form as it was.
    pub async fn reopen(&self, job: JobId) -> Result<OpenedView, FailureView> {
        let (path, was) = self.taken_up(job).await?;
        let draft = Draft { file: None, ..was.clone() };
        let mut opened = match &was.held {
            Some(held) => Box::pin(self.publish.open_held(held.engine, &held.name, draft)).await?,
            None => self.images.open_path(&path, draft).await?,
        };
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
        let kept = self.jobs.kept(job).await;
        if kept.as_ref().is_some_and(|kept| !kept.view.interrupted && !is_final(kept.view.progress.state)) {
            let said = "another Slipway on this computer is at this job";
            return Err(FailureView::new(Code::Internal, said));
        }
        let over = |kept: &Kept| match self.registries.practice_is_over(&kept.view) {
            true => Err(FailureView::new(Code::PracticeOver, "the practice registry is over")),
            false => Ok(()),
        };
        if let Some(kept) = kept.as_ref().filter(|kept| kept.view.kind == JobKind::Install) {
            let gone = || FailureView::new(Code::FileUnreadable, "this job is not kept any more");
            over(kept)?;
            return Box::pin(self.install.take_up(&kept.view, kept.file.as_deref().ok_or_else(gone)?)).await;
        }
        if let Some(kept) = kept.as_ref()
            && let Some(copy) = &kept.view.copy
        {
            over(kept)?;
            return self.copies.start_as(Some(job), copy, None).await.map(|_| ());
        }
        let (path, was) = self.taken_up(job).await?;
        let file = match &was.held {
            Some(held) => Box::pin(self.publish.held_again(held)).await?,
            None => self.images.files().add(&path).id,
        };
        let draft = Draft { file: Some(file), ..was };
        Box::pin(self.publish.start_as(Some(job), &draft)).await?;
        Ok(())
    }

    /// Cancels a job. The transfer ends within the time of one chunk; of one that an earlier Slipway left, only the
    /// memory has to.
    pub async fn cancel(&self, job: JobId) {
        if self.cancel_running(job) {
            return;
        }
        let kept = self.jobs.kept(job).await;
        let Some(mut kept) = kept.filter(|kept| kept.view.interrupted) else { return };
        kept.view.interrupted = false;
        kept.view.progress.state = JobState::Cancelled;
        kept.view.ended = Some(now());
        let is_install = kept.view.kind == JobKind::Install;
        self.jobs.keep(kept).await;
        if is_install {
            self.install.give_up(job).await;
        }
    }

    /// The same for a job of this run, without waiting for anything; false where it is none.
    pub fn cancel_running(&self, job: JobId) -> bool {
        let live = self.jobs.get(job);
        if let Some(live) = &live {
            live.cancel();
        }
        live.is_some()
    }

    /// Pauses every job that sends or waits to.
    pub fn pause_all(&self) {
        for row in self.jobs.under_way() {
            self.pause(row.id);
        }
    }

    /// The same before Slipway ends: [`go_on`](Self::go_on) takes them up. What somebody paused by hand stays paused.
    pub fn pause_to_leave(&self) {
        for row in self.jobs.under_way().into_iter().filter(JobRow::moves) {
            if let Some(job) = self.jobs.get(row.id) {
                job.goes_on();
            }
            self.pause(row.id);
        }
    }

    /// Waits until everything is kept that happened so far. For whoever ends the process.
    pub async fn settle(&self) {
        self.jobs.settle().await;
    }

    /// Goes on with what was paused when Slipway ended, as far as somebody is signed in where it goes and its file is
    /// there; the rest waits for a person. Once for each job.
    pub async fn go_on(&self) {
        for mut view in Box::pin(self.jobs.left_to_go_on()).await {
            let signed_in = view.kind == JobKind::Install
                || self.registries.of_form(&view.draft.registry).is_ok_and(|endpoint| {
                    !needs_account(endpoint.profile) || self.accounts.used_at(&endpoint.name).is_some()
                });
            if !signed_in && !view.practice {
                continue;
            }
            let id = view.id;
            view.goes_on = false;
            if let Err(failure) = Box::pin(self.resume(id)).await {
                tracing::warn!(job = id.0, code = ?failure.code, "a job that was paused could not go on");
                // It is not tried again by itself.
                if let Some(kept) = Box::pin(self.jobs.kept(id)).await {
                    Box::pin(self.jobs.keep(Kept { view, ..kept })).await;
                }
            }
        }
    }

    /// Takes a job that is over out of the history.
    pub async fn forget(&self, job: JobId) {
        self.jobs.forget(job).await;
    }

    /// Empties the history.
    pub async fn clear_history(&self) {
        self.jobs.clear().await;
    }

    /// Writes the history to `path`, one JSON object a line, those that ended last first. The file is there as a whole
    /// or not.
    pub async fn export_history(&self, path: &Path) -> Result<(), FailureView> {
        let (jobs, path, runtime) = (Arc::clone(&self.jobs), path.to_owned(), Handle::current());
        let export = move || {
            save(&path, |file| {
                let mut query = HistoryQuery { search: String::new(), show: Show::All, before: None };
                loop {
                    let page = runtime.block_on(jobs.history(&query, PAGE));
                    for row in &page.rows {
                        writeln!(file, "{}", serde_json::to_string(row)?)?;
                    }
                    query.before = page.rows.last().map(|row| row.id);
                    if !page.more || query.before.is_none() {
                        return Ok(());
                    }
                }
            })
        };
        let exported = tokio::task::spawn_blocking(export).await;
        exported.unwrap_or_else(|panic| Err(FailureView::new(Code::Internal, panic.to_string())))
    }

    async fn taken_up(&self, job: JobId) -> Result<(std::path::PathBuf, Draft), FailureView> {
        let gone = |said| FailureView::new(Code::FileUnreadable, said);
        let kept = self.jobs.kept(job).await.ok_or_else(|| gone("this job is not kept any more"))?;
        let path = kept.file.ok_or_else(|| gone("a command wanted more than a form says: start it again"))?;
        Ok((path, self.practice.taken_up_form(&kept.view).await?))
    }
}
