//! The jobs: started, watched, paused, cancelled, kept. A job lives on without anybody watching.

pub(crate) mod job;
pub(crate) mod live;
pub(crate) mod work;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use slipway_transfer::Events;
use tokio::sync::{Notify, Semaphore};

use crate::jobs::job::{Job, Origin};
use crate::jobs::work::{Items, Outcome, Stopped, Work};
use crate::store::{Database, Kept, Store};
use crate::view::is_final;
use crate::view::{
    ActivityView, Code, Draft, FailureView, HistoryPage, HistoryQuery, InstalledView, JobId, JobKind, JobRow,
    JobState, JobView, ResultView, Show,
};

/// Jobs that move bytes at the same time; the others wait for their turn.
const AT_ONCE: usize = 3;

/// How often a job under way is kept as it stands: so much of its progress is not told after a crash.
const KEEPING: Duration = Duration::from_secs(5);

/// Views of all jobs hear of them at most so often.
const GLANCE: Duration = Duration::from_millis(500);

/// Handles from here on are good in this run alone: the store gave none, and keeps no job under these.
const UNKEPT: u32 = 1 << 31;

/// All jobs of this run, and those that earlier ones left.
pub(crate) struct Jobs {
    /// The next handle that this run gives itself.
    unkept: AtomicU32,
    all: Mutex<HashMap<JobId, Arc<Job>>>,
    turns: Arc<Semaphore>,
    /// Where jobs are kept.
    pub(crate) history: Arc<Store>,
    /// A window shows them: they wait for the network, and go on with the next start.
    in_window: bool,
    /// Jobs that ended in this run.
    ended: Arc<AtomicU32>,
    /// Of them, those that failed and that nobody saw yet.
    unseen: Arc<AtomicU32>,
    /// Woken when a job began or ended.
    changed: Arc<Notify>,
}

impl Jobs {
    /// With the jobs that `history` keeps. `in_window`: nobody need stay for them.
    pub(crate) fn new(history: Arc<Store>, in_window: bool) -> Self {
        Self {
            unkept: AtomicU32::new(UNKEPT),
            in_window,
            all: Mutex::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            history,
            ended: Arc::default(),
            unseen: Arc::default(),
            changed: Arc::default(),
        }
    }

    /// A handle that no job has, not even of another process.
    pub(crate) async fn new_handle(&self) -> JobId {
        let given = self.history.ask(Database::new_handle).await.filter(|id| *id < UNKEPT);
        JobId(given.unwrap_or_else(|| self.unkept.fetch_add(1, Ordering::Relaxed)))
    }

    /// A job that is over or was interrupted, as it is kept; one of this run as it stands.
    pub(crate) async fn kept(&self, id: JobId) -> Option<Kept> {
        match self.get(id) {
            Some(job) => Some(job.kept()),
            None => self.history.ask(move |history| history.job(id)).await,
        }
    }

    /// Keeps a job that does not run.
    pub(crate) async fn keep(&self, job: Kept) {
        keep(&self.history, job).await;
        self.changed.notify_waiters();
    }

    /// A part of the history. Jobs of this run stand in it when they are over.
    pub(crate) async fn history(&self, query: &HistoryQuery, limit: usize) -> HistoryPage {
        let query = query.clone();
        let rows = move |history: &Database| {
            let (jobs, more) = history.jobs(&query, limit);
            (rows_of(&jobs), more)
        };
        let (rows, more) = self.history.ask(rows).await;
        HistoryPage { rows, more }
    }

    /// Waits until everything is kept that happened so far: how jobs ended, and what was noted beside.
    pub(crate) async fn settle(&self) {
        let all: Vec<_> = self.all.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        for over in all.iter().filter(|job| is_final(job.lock().live.state())) {
            over.until_kept().await;
        }
        self.history.ask(|_| ()).await;
    }

    /// Forgets one job that is over.
    pub(crate) async fn forget(&self, id: JobId) {
        // What is still on its way into the history would come back.
        self.settle().await;
        let is_over = |job: &Arc<Job>| is_final(job.lock().live.state());
        self.all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|known, job| *known != id || !is_over(job));
        if self.get(id).is_none() {
            self.history.ask(move |history| history.forget_job(id)).await;
        }
        self.changed.notify_waiters();
    }

    /// Forgets all jobs that are over.
    pub(crate) async fn clear(&self) {
        self.settle().await;
        let under_way = |_: &JobId, job: &mut Arc<Job>| !is_final(job.lock().live.state());
        self.all.lock().unwrap_or_else(PoisonError::into_inner).retain(under_way);
        self.history.ask(Database::clear_history).await;
        self.changed.notify_waiters();
    }

    /// The jobs of this run that are not over, the newest first.
    pub(crate) fn under_way(&self) -> Vec<JobRow> {
        self.beside(&[])
    }

    /// The same with those that earlier runs left.
    pub(crate) async fn active(&self) -> Vec<JobRow> {
        self.beside(&self.interrupted().await)
    }

    /// The same with those that another Slipway on this computer is at, too.
    pub(crate) async fn everywhere(&self) -> Vec<JobRow> {
        let mut rows = self.active().await;
        rows.extend(self.history.ask(|history| rows_of(&history.elsewhere())).await);
        rows.sort_by_key(|row| std::cmp::Reverse(row.id.0));
        rows
    }

    /// Jobs that were paused so that Slipway could end.
    pub(crate) async fn left_to_go_on(&self) -> Vec<JobView> {
        let left = self.history.ask(Database::interrupted).await.into_iter().map(|job| job.view);
        left.filter(|view| view.goes_on && self.get(view.id).is_none()).collect()
    }

    /// Those that earlier runs left.
    async fn interrupted(&self) -> Vec<JobRow> {
        self.history.ask(|history| rows_of(&history.interrupted())).await
    }

    /// The jobs of this run that are not over, and of `left` those that were not taken up again.
    fn beside(&self, left: &[JobRow]) -> Vec<JobRow> {
        let jobs: Vec<_> =
            self.all.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        let mut rows: Vec<JobRow> =
            jobs.iter().filter(|job| !is_final(job.lock().live.state())).map(|job| job.row()).collect();
        let known = |row: &&JobRow| jobs.iter().any(|job| job.base.id == row.id);
        rows.extend(left.iter().filter(|row| !known(row)).cloned());
        rows.sort_by_key(|row| std::cmp::Reverse(row.id.0));
        rows
    }

    /// Tells `view` of the jobs that are not over: at once, and whenever something changed, until it returns false.
    pub(crate) async fn watch_all(&self, mut view: impl FnMut(ActivityView) -> bool) {
        let (mut told, mut left) = (None, None);
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Registered before anything is looked at, so a change between the two is not missed.
            changed.as_mut().enable();
            // What earlier runs left is only read again when something began or ended.
            let rows = match left.take() {
                Some(rows) => rows,
                None => self.interrupted().await,
            };
            let active = self.beside(&rows);
            left = Some(rows);
            let now = ActivityView { active, ended: self.ended.load(Ordering::Relaxed) };
            let moves = now.active.iter().any(|row| !row.interrupted);
            let unseen = self.unseen();
            if told.as_ref() != Some(&(now.clone(), unseen)) {
                told = Some((now.clone(), unseen));
                if !view(now) {
                    return;
                }
            }
            // Progress is looked at twice a second; while nothing runs, nothing is looked at.
            if moves && tokio::time::timeout(GLANCE, changed.as_mut()).await.is_err() {
                continue;
            }
            if !moves {
                changed.await;
            }
            left = None;
        }
    }

    pub(crate) fn get(&self, id: JobId) -> Option<Arc<Job>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Changes the result of a job that is done, and returns the job; none where there is no such job.
    pub(crate) async fn change_result(
        &self,
        id: JobId,
        change: impl FnOnce(&mut ResultView),
    ) -> Option<JobView> {
        let mut kept = self.kept(id).await?;
        let result = kept.view.result.as_mut()?;
        change(result);
        if let Some(job) = self.get(id) {
            job.lock().outcome = Some(Outcome::Published(Box::new(result.clone())));
        }
        let view = kept.view.clone();
        self.keep(kept).await;
        Some(view)
    }

    /// The same for what was fetched.
    pub(crate) async fn change_installed(
        &self,
        id: JobId,
        change: impl FnOnce(&mut InstalledView),
    ) -> Option<JobView> {
        let mut kept = self.kept(id).await?;
        let result = kept.view.install.as_mut()?.result.as_mut()?;
        change(result);
        if let Some(job) = self.get(id) {
            job.lock().outcome = Some(Outcome::Installed(result.clone()));
        }
        let view = kept.view.clone();
        self.keep(kept).await;
        Some(view)
    }

    /// The forms of what was published, the newest first; none where no window fills a form.
    pub(crate) async fn published_forms(&self, limit: usize) -> Vec<Draft> {
        if !self.in_window {
            return Vec::new();
        }
        let query = HistoryQuery { search: String::new(), show: Show::Done, before: None };
        let jobs = self.history.ask(move |history| history.jobs(&query, limit).0).await.into_iter();
        jobs.filter(|job| job.view.kind == JobKind::Publish).map(|job| job.view.draft).collect()
    }

    /// Jobs that failed and that nobody saw yet.
    pub(crate) fn unseen(&self) -> u32 {
        self.unseen.load(Ordering::Relaxed)
    }

    /// Somebody looks at the window.
    pub(crate) fn seen(&self) {
        if self.unseen.swap(0, Ordering::Relaxed) > 0 {
            self.changed.notify_waiters();
        }
    }

    /// The running job that does the same with the same file, if there is one: starting it twice leads to the first.
    pub(crate) fn twin(&self, base: &JobView, file: &Path) -> Option<JobId> {
        let jobs = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let does_same = |job: &Job| match base.kind {
            JobKind::Publish => is_same(&job.base, base),
            JobKind::Install => {
                let how = |view: &JobView| (view.reference.clone(), view.format, view.install.clone());
                how(&job.base) == how(base) && job.file == file
            }
            JobKind::Copy => job.base.copy == base.copy,
            // It may be another one, by its arguments.
            JobKind::Build => false,
        };
        let same = |job: &&Arc<Job>| {
            job.base.kind == base.kind && does_same(job) && !is_final(job.lock().live.state())
        };
        jobs.values().find(same).map(|job| job.base.id)
    }

    /// Whether another job than `id` is at fetching something into this file.
    pub(crate) fn writes(&self, file: &Path, id: JobId) -> bool {
        let jobs = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.values().any(|job| {
            job.base.kind == JobKind::Install
                && job.file == file
                && job.base.id != id
                && !is_final(job.lock().live.state())
        })
    }

    /// Starts a work that moves `items`; it runs to its end by itself. `base` is its view with everything that is known
    /// before, `file` the image file that it is about.
    pub(crate) fn start(&self, base: JobView, file: PathBuf, items: &Items, work: impl Work) -> JobId {
        let id = base.id;
        let origin = Origin { by_command: !self.in_window, repeatable: work.repeatable() };
        let job = Arc::new(Job::new(base, file, items, origin, work.steps()));
        self.all.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&job));
        let events = match work.listener() {
            Some(listener) => both(job.events(), listener),
            None => job.events(),
        };
        let (history, turns) = (Arc::clone(&self.history), Arc::clone(&self.turns));
        let (ended, unseen) = (Arc::clone(&self.ended), Arc::clone(&self.unseen));
        let (changed, patient) = (Arc::clone(&self.changed), self.in_window);
        let begun = job.kept();
        if is_kept(id) {
            // In its turn before everything else of it.
            history.note(move |history| history.keep_job(&begun));
        }
        changed.notify_waiters();
        let (running, store) = (Arc::clone(&job), Arc::clone(&history));
        let run = tokio::spawn(async move {
            let (job, mut work) = (running, work);
            let outcome = loop {
                let Some(turn) = job.turn(&turns).await else {
                    if job.is_resumed().await {
                        continue;
                    }
                    break None;
                };
                let control = job.take_up(&events, patient);
                let outcome = Box::pin(kept_meanwhile(work.run(&events, &control), &job, &store)).await;
                keep(&store, job.kept()).await;
                // Whoever is paused holds nobody up.
                drop(turn);
                // A pause ends a run as a cancel does; the next one goes on from what it finds.
                let ended_by_hand = outcome.as_ref().err().is_some_and(Stopped::is_cancel);
                if !ended_by_hand || !job.is_resumed().await {
                    break Some(outcome).filter(|_| !ended_by_hand);
                }
            };
            match outcome {
                Some(Ok(done)) => {
                    if let (Some(rate), Some(registry)) = (job.rate(), work.measures()) {
                        store.note(move |store| store.keep_rate(&registry, rate));
                    }
                    job.end(JobState::Done, &done.line, |state| state.outcome = Some(done.outcome));
                }
                None => {
                    work.give_up().await;
                    job.end(JobState::Cancelled, "cancelled", |_| {});
                }
                Some(Err(error)) => job.fail(job.with_layer(work.failure(&error))),
            }
        });
        tokio::spawn(async move {
            // Whoever waits for a job whose task died would wait for ever.
            if run.await.is_err() {
                job.fail(FailureView::new(Code::Internal, "Slipway itself failed in the middle of this"));
            }
            let failed = job.lock().live.state() == JobState::Failed;
            unseen.fetch_add(u32::from(failed), Ordering::Relaxed);
            keep(&history, job.kept()).await;
            job.end_is_kept();
            ended.fetch_add(1, Ordering::Relaxed);
            changed.notify_waiters();
        });
        id
    }
}

/// The store gave the handle, and keeps the job.
fn is_kept(id: JobId) -> bool {
    id.0 < UNKEPT
}

/// Keeps a job as it stands; it is kept when this is over.
async fn keep(history: &Store, job: Kept) {
    if is_kept(job.view.id) {
        history.ask(move |history| history.keep_job(&job)).await;
    }
}

fn rows_of(jobs: &[Kept]) -> Vec<JobRow> {
    jobs.iter().map(Kept::row).collect()
}

/// One hears everything after the other.
fn both(first: Events, second: Events) -> Events {
    Arc::new(move |event| {
        first(event.clone());
        second(event);
    })
}

/// Both publish the same image of the same file in the same way to the same versions.
fn is_same(one: &JobView, other: &JobView) -> bool {
    let how = |job: &JobView| {
        let Draft { file, image, platform, versions, version_text, options, .. } = job.draft.clone();
        let text = Some(version_text).filter(|text| !text.is_empty());
        let versions: BTreeSet<_> = versions.into_iter().chain(text).collect();
        let path = job.reference.rsplit_once(':').map(|(path, _)| path.to_owned());
        // The practice registry goes by another one's name.
        (file, image, platform, options, versions, job.practice, path)
    };
    how(one) == how(other)
}

/// Waits for `work` and keeps the job now and then, one record at a time. The work waits for none of them.
async fn kept_meanwhile<T>(work: impl Future<Output = T>, job: &Job, history: &Store) -> T {
    let keeping = async {
        loop {
            tokio::time::sleep(KEEPING).await;
            keep(history, job.kept()).await;
        }
    };
    tokio::select! {
        biased;
        done = work => done,
        () = keeping => unreachable!("it has no end"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use slipway_transfer::{Control, Event, TransferError};
    use tokio::time::Instant;

    use super::*;
    use crate::jobs::work::Done;
    use crate::view::JobUpdate;

    fn job() -> Arc<Job> {
        let (path, parts) = crate::jobs::live::tests::sample();
        let base = JobView {
            id: JobId(1),
            reference: "ghcr.io/octocat/hello:1.0".to_owned(),
            registry: "ghcr.io".to_owned(),
            title: "hello 1.0".to_owned(),
            file_name: "hello.tar".to_owned(),
            ..JobView::waiting(JobKind::Publish, 0)
        };
        let origin = Origin { by_command: false, repeatable: true };
        Arc::new(Job::new(base, path, &Items::from(&parts), origin, None))
    }

    /// Else a push that is over waits for whoever holds the store, and its command does not end.
    #[tokio::test(start_paused = true)]
    async fn nobody_waits_long_for_an_end_that_cannot_be_kept() {
        let job = job();
        let waited = tokio::time::timeout(Duration::from_mins(1), job.kept_soon());
        assert_eq!(waited.await.ok(), Some(false));
        job.end_is_kept();
        assert!(job.kept_soon().await);
    }

    /// A token answer with the largest life there is made a push panic; the window then waited for ever, and so did
    /// `slipway push`, which Ctrl-C did not end.
    #[tokio::test]
    async fn a_job_whose_task_dies_is_a_failure_and_nobody_waits_for_it() {
        struct Dies;
        impl Work for Dies {
            type Error = TransferError;

            async fn run(&mut self, _: &Events, _: &Control) -> Result<Done, TransferError> {
                panic!("on purpose")
            }
            fn failure(&self, _: &TransferError) -> FailureView {
                unreachable!("it has none")
            }
        }
        let jobs = Jobs::new(Arc::new(Store::nowhere()), true);
        let id = jobs.start(job().base.clone(), PathBuf::new(), &Items::default(), Dies);
        let watched = jobs.get(id).unwrap();
        watched.watch(|update| !matches!(update, JobUpdate::Snapshot { job } if job.ended.is_some())).await;
        let view = watched.kept().view;
        assert_eq!((view.progress.state, view.failure.unwrap().code), (JobState::Failed, Code::Internal));
    }

    /// Time stands still but for the waits here: what is counted depends on no machine.
    #[tokio::test(start_paused = true)]
    async fn a_storm_of_events_is_a_few_messages_and_no_end_is_lost() {
        const STORM: u64 = 200_000;
        let (job, jobs) = (job(), Arc::new(Jobs::new(Arc::new(Store::nowhere()), true)));
        jobs.all.lock().unwrap().insert(JobId(1), Arc::clone(&job));
        let messages = Arc::new(AtomicU32::new(0));
        let (of_one, of_all) = (Arc::clone(&messages), Arc::clone(&messages));
        let (watched, over) = (Arc::clone(&job), Arc::new(AtomicBool::new(false)));
        let seen = Arc::clone(&over);
        let page = tokio::spawn(async move {
            let mut last = None;
            watched
                .watch(|update| {
                    of_one.fetch_add(1, Ordering::Relaxed);
                    last = Some(update);
                    true
                })
                .await;
            last
        });
        let rail = tokio::spawn(async move {
            jobs.watch_all(|view| {
                of_all.fetch_add(1, Ordering::Relaxed);
                !(view.active.is_empty() && seen.load(Ordering::Relaxed))
            })
            .await;
        });
        let (began, events) = (Instant::now(), job.events());
        events(Event::Phase(slipway_transfer::Phase::Sending));
        for number in 0..STORM {
            events(Event::Sent { blob: 0, bytes: 1 });
            if number % 1000 == 0 {
                // 100,000 a second.
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        let seconds = began.elapsed().as_secs_f64();
        let during = messages.load(Ordering::Relaxed);
        over.store(true, Ordering::Relaxed);
        job.end(JobState::Done, "published", |_| {});
        let last = page.await.unwrap();
        rail.await.unwrap();
        // What begins, a phase and what ends are told at once.
        assert!(f64::from(during) <= 12.0 * seconds + 4.0, "{during} messages in {seconds} s");
        let Some(JobUpdate::Snapshot { job }) = last else { panic!("{last:?}") };
        assert_eq!(job.progress.state, JobState::Done);
    }
}
