//! The jobs: started, watched, paused, cancelled, kept. A job lives on without anybody watching.

pub(crate) mod job;
pub(crate) mod live;
pub(crate) mod work;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use slipway_transfer::{Events, TransferError};
use tokio::sync::{Notify, Semaphore};

use crate::jobs::job::Job;
use crate::jobs::work::{Items, Outcome, Work};
use crate::store::{Record, Store};
use crate::view::is_final;
use crate::view::{
    ActivityView, Code, Draft, FailureView, HistoryPage, HistoryQuery, JobId, JobKind, JobRow, JobState,
    JobView, ResultView,
};

/// Jobs that move bytes at the same time; the others wait for their turn.
const AT_ONCE: usize = 3;

/// How often a job under way is kept as it stands: so much of its progress is not told after a crash.
const KEPT: Duration = Duration::from_secs(5);

/// Views of all jobs hear of them at most so often.
const GLANCE: Duration = Duration::from_millis(500);

/// All jobs of this run, and those that earlier ones left.
pub(crate) struct Jobs {
    next: OnceLock<AtomicU32>,
    all: Mutex<HashMap<JobId, Arc<Job>>>,
    turns: Arc<Semaphore>,
    /// Where jobs are kept; none where nobody wants a history.
    pub(crate) history: Option<Arc<Store>>,
    /// Jobs that ended in this run.
    ended: Arc<AtomicU32>,
    /// Of them, those that failed and that nobody saw yet.
    unseen: Arc<AtomicU32>,
    /// Woken when a job began or ended.
    changed: Arc<Notify>,
}

impl Jobs {
    /// With the jobs that `history` keeps.
    pub(crate) fn new(history: Option<Arc<Store>>) -> Self {
        Self {
            next: OnceLock::new(),
            all: Mutex::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            history,
            ended: Arc::default(),
            unseen: Arc::default(),
            changed: Arc::default(),
        }
    }

    /// The handle of the next job.
    pub(crate) fn next_id(&self) -> JobId {
        let last = || AtomicU32::new(self.history.as_ref().map_or(0, |history| history.last_job()));
        JobId(self.next.get_or_init(last).fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// A job that is over or was interrupted, as it is kept; one of this run as it stands.
    pub(crate) fn record(&self, id: JobId) -> Option<Record> {
        match self.get(id) {
            Some(job) => Some(job.record()),
            None => self.history.as_ref()?.job(id),
        }
    }

    /// Keeps a job that does not run.
    pub(crate) fn keep(&self, record: &Record) {
        if let Some(history) = &self.history {
            history.keep_job(record);
        }
        self.changed.notify_waiters();
    }

    /// A part of the history. Jobs of this run stand in it when they are over.
    pub(crate) fn history(&self, query: &HistoryQuery, limit: usize) -> HistoryPage {
        let Some(history) = &self.history else { return HistoryPage { rows: Vec::new(), more: false } };
        let (records, more) = history.jobs(query, limit);
        HistoryPage { rows: records.iter().map(|record| JobRow::from(&record.view)).collect(), more }
    }

    /// Forgets one job that is over.
    pub(crate) fn forget(&self, id: JobId) {
        let is_over = |job: &Arc<Job>| is_final(job.lock().live.state());
        self.all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|known, job| *known != id || !is_over(job));
        if let Some(history) = self.history.as_ref().filter(|_| self.get(id).is_none()) {
            history.forget_job(id);
        }
        self.changed.notify_waiters();
    }

    /// Forgets all jobs that are over.
    pub(crate) fn clear(&self) {
        let under_way = |_: &JobId, job: &mut Arc<Job>| !is_final(job.lock().live.state());
        self.all.lock().unwrap_or_else(PoisonError::into_inner).retain(under_way);
        if let Some(history) = &self.history {
            history.clear_history();
        }
        self.changed.notify_waiters();
    }

    /// The jobs that are not over, the newest first.
    pub(crate) fn active(&self) -> Vec<JobRow> {
        self.beside(&self.interrupted())
    }

    /// The same with those that another Slipway on this computer is at.
    pub(crate) fn everywhere(&self) -> Vec<JobRow> {
        let mut rows = self.active();
        let elsewhere = self.history.as_ref().map(|history| history.elsewhere()).unwrap_or_default();
        rows.extend(elsewhere.iter().map(|record| JobRow::from(&record.view)));
        rows.sort_by_key(|row| std::cmp::Reverse(row.id.0));
        rows
    }

    /// Jobs that were paused so that Slipway could end.
    pub(crate) fn left_to_go_on(&self) -> Vec<JobView> {
        let records = self.history.as_ref().map(|history| history.interrupted()).unwrap_or_default();
        let views = records.into_iter().map(|record| record.view);
        views.filter(|view| view.goes_on && self.get(view.id).is_none()).collect()
    }

    /// Those that earlier runs left.
    fn interrupted(&self) -> Vec<JobRow> {
        let records = self.history.as_ref().map(|history| history.interrupted()).unwrap_or_default();
        records.iter().map(|record| (&record.view).into()).collect()
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
            let active = self.beside(left.get_or_insert_with(|| self.interrupted()));
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
    pub(crate) fn change_result(&self, id: JobId, change: impl FnOnce(&mut ResultView)) -> Option<JobView> {
        let mut record = self.record(id)?;
        let result = record.view.result.as_mut()?;
        change(result);
        if let Some(job) = self.get(id) {
            job.lock().outcome = Some(Outcome::Published(Box::new(result.clone())));
        }
        self.keep(&record);
        Some(record.view)
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
        };
        let same = |job: &&Arc<Job>| {
            job.base.kind == base.kind && does_same(job) && !is_final(job.lock().live.state())
        };
        jobs.values().find(same).map(|job| job.base.id)
    }

    /// Whether another job than `id` is at fetching something into this file.
    pub(crate) fn writes(&self, file: &Path, id: Option<JobId>) -> bool {
        let jobs = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.values().any(|job| {
            job.base.kind == JobKind::Install
                && job.file == file
                && Some(job.base.id) != id
                && !is_final(job.lock().live.state())
        })
    }

    /// Starts a work that moves `items`; it runs to its end by itself. `base` is its view with everything that is known
    /// before, `file` the image file that it is about.
    pub(crate) fn start(&self, base: JobView, file: PathBuf, items: &Items, work: impl Work) -> JobId {
        let id = base.id;
        let job = Arc::new(Job::new(base, file, items));
        self.all.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&job));
        let events = match work.listener() {
            Some(listener) => both(job.events(), listener),
            None => job.events(),
        };
        let (history, turns) = (self.history.clone(), Arc::clone(&self.turns));
        let (ended, unseen) = (Arc::clone(&self.ended), Arc::clone(&self.unseen));
        let changed = Arc::clone(&self.changed);
        let rates = self.history.clone();
        // Where jobs are kept, somebody queued them and need not stay: they wait for the network.
        let patient = self.history.is_some();
        let keep = move |job: &Job| {
            if let Some(history) = &history {
                history.keep_job(&job.record());
            }
        };
        changed.notify_waiters();
        let (running, kept) = (Arc::clone(&job), keep.clone());
        let run = tokio::spawn(async move {
            let (job, keep, mut work) = (running, kept, work);
            keep(&job);
            let outcome = loop {
                let Some(turn) = job.turn(&turns).await else {
                    if job.is_resumed().await {
                        continue;
                    }
                    break Err(TransferError::Cancelled);
                };
                let control = job.take_up(&events, patient);
                let outcome = Box::pin(kept_meanwhile(work.run(&events, &control), || keep(&job))).await;
                keep(&job);
                // Whoever is paused holds nobody up.
                drop(turn);
                // A pause ends a run as a cancel does; the next one goes on from what it finds.
                if !matches!(outcome, Err(TransferError::Cancelled)) || !job.is_resumed().await {
                    break outcome;
                }
            };
            match outcome {
                Ok(done) => {
                    if let (Some(rates), Some(rate), Some(registry)) = (&rates, job.rate(), work.measures()) {
                        rates.keep_rate(&registry, rate);
                    }
                    job.end(JobState::Done, &done.line, |state| state.outcome = Some(done.outcome));
                }
                Err(TransferError::Cancelled) => {
                    work.give_up().await;
                    job.end(JobState::Cancelled, "cancelled", |_| {});
                }
                Err(error) => job.fail(job.with_layer(work.failure(&error))),
            }
        });
        tokio::spawn(async move {
            // Whoever waits for a job whose task died would wait for ever.
            if run.await.is_err() {
                job.fail(FailureView::new(Code::Internal, "Slipway itself failed in the middle of this"));
            }
            let failed = job.lock().live.state() == JobState::Failed;
            unseen.fetch_add(u32::from(failed), Ordering::Relaxed);
            keep(&job);
            ended.fetch_add(1, Ordering::Relaxed);
            changed.notify_waiters();
        });
        id
    }
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

/// Waits for `work` and keeps the job now and then.
async fn kept_meanwhile<T>(work: impl Future<Output = T>, keep: impl Fn()) -> T {
    let mut work = Box::pin(work);
    loop {
        match tokio::time::timeout(KEPT, work.as_mut()).await {
            Ok(done) => return done,
            Err(_) => keep(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use slipway_transfer::{Control, Event};
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
        Arc::new(Job::new(base, path, &Items::from(&parts)))
    }

    /// A token answer with the largest life there is made a push panic; the window then waited for ever, and so did
    /// `slipway push`, which Ctrl-C did not end.
    #[tokio::test]
    async fn a_job_whose_task_dies_is_a_failure_and_nobody_waits_for_it() {
        struct Dies;
        impl Work for Dies {
            async fn run(&mut self, _: &Events, _: &Control) -> Result<Done, TransferError> {
                panic!("on purpose")
            }
            fn failure(&self, _: &TransferError) -> FailureView {
                unreachable!("it has none")
            }
        }
        let jobs = Jobs::new(None);
        let id = jobs.start(job().base.clone(), PathBuf::new(), &Items::default(), Dies);
        let watched = jobs.get(id).unwrap();
        watched.watch(|update| !matches!(update, JobUpdate::Snapshot { job } if job.ended.is_some())).await;
        let view = watched.record().view;
        assert_eq!((view.progress.state, view.failure.unwrap().code), (JobState::Failed, Code::Internal));
    }

    /// Time stands still but for the waits here: what is counted depends on no machine.
    #[tokio::test(start_paused = true)]
    async fn a_storm_of_events_is_a_few_messages_and_no_end_is_lost() {
        const STORM: u64 = 200_000;
        let (job, jobs) = (job(), Arc::new(Jobs::new(None)));
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
