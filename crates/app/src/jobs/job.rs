//! One job: what it is doing, what people want of it, and who watches. It lives on without anybody watching.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use slipway_transfer::{Control, Event, Events};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use crate::jobs::live::Live;
use crate::jobs::work::{Items, Outcome, Steps};
use crate::store::Kept;
use crate::view::is_final;
use crate::view::{
    BuildView, Code, CopyView, FailureView, InstallView, JobKind, JobLayer, JobProgress, JobRow, JobState,
    JobUpdate, JobView,
};

/// Views hear of a job at most so often, whatever the engine does; phases and ends come at once.
const TICK: Duration = Duration::from_millis(100);

/// So long a watch waits for the end of a job to be kept: somebody else may hold the store, and what was done is done.
const KEPT_WITHIN: Duration = Duration::from_secs(8);

/// Where a job comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    /// A command began it.
    pub(crate) by_command: bool,
    /// Its view and its file say all that was wanted.
    pub(crate) repeatable: bool,
}

/// One job.
pub(crate) struct Job {
    /// What does not change, with the fields of the moment empty.
    pub(crate) base: JobView,
    /// The image file.
    pub(crate) file: PathBuf,
    origin: Origin,
    /// What it counts in place of bytes.
    steps: Option<Arc<Steps>>,
    state: Mutex<State>,
    /// Woken when views should look at once.
    urgent: Notify,
    hand: Mutex<Hand>,
    /// Woken when a paused job is resumed or cancelled.
    woken: Notify,
    goes_on: AtomicBool,
    /// Its end is kept.
    kept: watch::Sender<bool>,
}

/// What people want of a job, and the hand on its work.
#[derive(Default)]
struct Hand {
    wish: Wish,
    control: Option<Control>,
}

/// What people want of a job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Wish {
    #[default]
    Run,
    Pause,
    Cancel,
}

/// What changes about a job.
pub(crate) struct State {
    pub(crate) live: Live,
    pub(crate) ended: Option<i64>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) failure: Option<FailureView>,
}

impl Job {
    /// A job that waits for its turn; `steps` is what it counts, where that is no bytes.
    pub(crate) fn new(
        base: JobView,
        file: PathBuf,
        items: &Items,
        origin: Origin,
        steps: Option<Arc<Steps>>,
    ) -> Self {
        let state = State {
            live: Live::new(items, Instant::now(), base.started),
            ended: None,
            outcome: None,
            failure: None,
        };
        Self {
            base,
            file,
            origin,
            steps,
            state: Mutex::new(state),
            urgent: Notify::new(),
            hand: Mutex::default(),
            woken: Notify::new(),
            goes_on: AtomicBool::default(),
            kept: watch::Sender::default(),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where its work reports to.
    pub(crate) fn events(self: &Arc<Self>) -> Events {
        let job = Arc::clone(self);
        Arc::new(move |event: Event| {
            let urgent = job.lock().live.apply(&event, Instant::now());
            if urgent {
                job.urgent.notify_waiters();
            }
        })
    }

    /// Bytes a second that it went up with.
    pub(crate) fn rate(&self) -> Option<f64> {
        self.lock().live.rate(Instant::now())
    }

    /// A failure that speaks of a digest says which layer that is, too.
    pub(crate) fn with_layer(&self, mut failure: FailureView) -> FailureView {
        if let Code::BlobMissing { digest: Some(digest), layer } = &mut failure.code {
            *layer = self.lock().live.layer_of(digest);
        }
        failure
    }

    /// It is over.
    pub(crate) fn end(&self, state: JobState, line: &str, set: impl FnOnce(&mut State)) {
        {
            let mut locked = self.lock();
            locked.live.end(state, Instant::now(), line);
            locked.ended = Some(jiff::Timestamp::now().as_second());
            set(&mut locked);
        }
        self.urgent.notify_waiters();
    }

    /// It is over, and this is why.
    pub(crate) fn fail(&self, failure: FailureView) {
        let line = format!("failed: {}", failure.message);
        self.end(JobState::Failed, &line, |state| state.failure = Some(failure));
    }

    /// Its turn to send; none where it was paused or cancelled before that came.
    pub(crate) async fn turn(&self, turns: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
        loop {
            if self.hand().wish != Wish::Run {
                return None;
            }
            tokio::select! {
                turn = Arc::clone(turns).acquire_owned() => return turn.ok(),
                () = self.woken.notified() => {}
            }
        }
    }

    /// Where it stands.
    fn progress(&self, live: &mut Live) -> JobProgress {
        let progress = live.progress(Instant::now());
        let Some((done, all)) = self.steps.as_ref().map(|steps| steps.get()) else { return progress };
        let percent = match progress.state {
            JobState::Done => 100.0,
            _ if all > 0 => (100.0 * f64::from(done) / f64::from(all)).min(99.0),
            _ => 0.0,
        };
        JobProgress { percent, layers_done: done, layers_total: all, ..progress }
    }

    /// The hand on a work that begins; a patient one waits for a registry that was never reached, too.
    pub(crate) fn take_up(&self, events: &Events, patient: bool) -> Control {
        if self.steps.is_some() {
            self.lock().live.building(Instant::now());
            self.urgent.notify_waiters();
        }
        let control = Control::new(events);
        let control = if patient { control.patient() } else { control };
        let mut hand = self.hand();
        // It was pressed between two runs.
        if hand.wish != Wish::Run {
            control.cancel();
        }
        hand.control = Some(control.clone());
        control
    }

    /// After a run was ended: whether it is to go on, once a pause is over.
    pub(crate) async fn is_resumed(&self) -> bool {
        loop {
            match self.hand().wish {
                Wish::Cancel => return false,
                Wish::Run => break,
                Wish::Pause => {}
            }
            self.lock().live.paused(Instant::now());
            self.urgent.notify_waiters();
            self.woken.notified().await;
        }
        self.lock().live.resuming(Instant::now());
        self.urgent.notify_waiters();
        true
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the job to end. Shown at once; true as soon as the chunk in hand is dropped.
    pub(crate) fn cancel(&self) {
        self.lock().live.cancelling(Instant::now());
        self.wish(Wish::Cancel);
    }

    /// Stops sending until [`resume`](Self::resume). Nothing that the registry has is lost.
    pub(crate) fn pause(&self) {
        if self.steps.is_some() {
            return;
        }
        {
            let live = &mut self.lock().live;
            if is_final(live.state())
                || matches!(live.state(), JobState::Cancelling | JobState::Pausing | JobState::Paused)
            {
                return;
            }
            live.pausing(Instant::now());
        }
        self.wish(Wish::Pause);
    }

    /// It is paused so that Slipway can end, and goes on with the next start.
    pub(crate) fn goes_on(&self) {
        self.goes_on.store(true, Ordering::Relaxed);
    }

    /// Goes on after a pause.
    pub(crate) fn resume(&self) {
        self.goes_on.store(false, Ordering::Relaxed);
        if matches!(self.lock().live.state(), JobState::Pausing | JobState::Paused) {
            self.wish(Wish::Run);
        }
    }

    /// Ends the waits before a next try.
    pub(crate) fn try_now(&self) {
        if let Some(control) = &self.hand().control {
            control.try_now();
        }
    }

    fn wish(&self, wish: Wish) {
        let control = {
            let mut hand = self.hand();
            hand.wish = wish;
            hand.control.clone()
        };
        self.urgent.notify_waiters();
        self.woken.notify_one();
        match (wish, control) {
            (Wish::Pause, Some(control)) => control.pause(),
            (Wish::Cancel, Some(control)) => control.cancel(),
            _ => {}
        }
    }

    /// The job as it is kept.
    pub(crate) fn kept(&self) -> Kept {
        let Origin { by_command, repeatable } = self.origin;
        let file = repeatable.then(|| self.file.clone());
        Kept { view: self.snapshot().0, file, by_command }
    }

    /// Its end stands in the history, and whatever it learnt before.
    pub(crate) fn end_is_kept(&self) {
        self.kept.send_replace(true);
    }

    /// Waits for that.
    pub(crate) async fn until_kept(&self) {
        // The sender is ours: it cannot be gone.
        let _ = self.kept.subscribe().wait_for(|kept| *kept).await;
    }

    /// Waits for that, but no longer than somebody who looks on should; false where it is not kept yet.
    pub(crate) async fn kept_soon(&self) -> bool {
        tokio::time::timeout(KEPT_WITHIN, self.until_kept()).await.is_ok()
    }

    /// The job as one row.
    pub(crate) fn row(&self) -> JobRow {
        let mut state = self.lock();
        let (progress, ended) = (self.progress(&mut state.live), state.ended);
        let repeatable = self.origin.repeatable || self.base.kind == JobKind::Copy;
        JobRow { progress, repeatable, ended, ..JobRow::from(&self.base) }
    }

    /// The job as it stands, and how many log lines that includes.
    pub(crate) fn snapshot(&self) -> (JobView, usize) {
        let mut state = self.lock();
        let (log, seen) = state.live.log_since(0);
        let (mut result, mut install, mut copy) = (None, self.base.install.clone(), self.base.copy.clone());
        let mut build = self.base.build.clone();
        match state.outcome.clone() {
            Some(Outcome::Published(published)) => result = Some(*published),
            Some(Outcome::Installed(installed)) => {
                install = install.map(|install| InstallView { result: Some(installed), ..install });
            }
            Some(Outcome::Copied(copied)) => {
                copy = copy.map(|copy| CopyView { result: Some(copied), ..copy });
            }
            Some(Outcome::Built(built)) => {
                build = build.map(|build| Box::new(BuildView { result: Some(built), ..*build }));
            }
            None => {}
        }
        let chosen = state.live.chosen.clone();
        install = install.map(|install| InstallView { chosen, ..install });
        let view = JobView {
            ended: state.ended,
            progress: self.progress(&mut state.live),
            layers: state.live.layers(),
            log,
            warnings: state.live.warnings.clone(),
            result,
            install,
            copy,
            build,
            failure: state.failure.clone(),
            goes_on: self.goes_on.load(Ordering::Relaxed),
            ..self.base.clone()
        };
        (view, seen)
    }

    /// Tells `view` of the job until it is over or `view` returns false: everything first, then what
    /// changed, at most ten times a second, and everything again at the end. True where it is over.
    pub(crate) async fn watch(&self, mut view: impl FnMut(JobUpdate) -> bool) -> bool {
        let (job, mut seen) = self.snapshot();
        let (mut layers, mut progress) = (job.layers.clone(), job.progress.clone());
        let mut warned = job.warnings.len();
        let mut over = is_final(progress.state);
        if !view(JobUpdate::Snapshot { job: Box::new(job) }) {
            return false;
        }
        while !over {
            let listed_anew;
            let woken = self.urgent.notified();
            tokio::pin!(woken);
            // Registered before the state is looked at, so an end between the two is not missed.
            woken.as_mut().enable();
            if !is_final(self.lock().live.state()) {
                let _ = tokio::time::timeout(TICK, woken).await;
            }
            let update = {
                let mut state = self.lock();
                let now = self.progress(&mut state.live);
                over = is_final(now.state);
                let current = state.live.layers();
                // What a pull fetches is known only when the registry was asked.
                listed_anew = current.len() != layers.len();
                let pairs = current.iter().zip(&layers).filter(|(now, was)| now != was);
                let changed: Vec<JobLayer> = pairs.map(|(now, _)| now.clone()).collect();
                let (log, total) = state.live.log_since(seen);
                let warnings = state.live.warnings[warned..].to_vec();
                if !over && now == progress && changed.is_empty() && log.is_empty() && warnings.is_empty() {
                    continue;
                }
                layers = current;
                seen = total;
                warned += warnings.len();
                progress = now.clone();
                JobUpdate::Progress { progress: now, layers: changed, log, warnings }
            };
            let update = if over || listed_anew {
                let (job, total) = self.snapshot();
                (seen, warned, layers) = (total, job.warnings.len(), job.layers.clone());
                JobUpdate::Snapshot { job: Box::new(job) }
            } else {
                update
            };
            if !view(update) {
                return false;
            }
        }
        true
    }
}
