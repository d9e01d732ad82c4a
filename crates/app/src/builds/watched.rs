//! A build of this run: its state, and who watches it.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use slipway_engines::{BuildEvent, Failed};
use tokio::sync::Notify;

use super::live::Live;
use crate::jobs::job::Job;
use crate::jobs::work::Steps;
use crate::view::{
    AfterBuildView, BuildFailedView, BuildProgressView, BuildRunView, BuildState, BuildUpdate, BuildView,
    BuiltView, Engine, JobId, JobState,
};

/// Views hear of a build at most so often.
const TICK: Duration = Duration::from_millis(100);

/// A build of this run.
pub(super) struct Watched {
    pub(super) about: About,
    /// The job as it runs.
    pub(super) job: OnceLock<Arc<Job>>,
    /// How far it is, for whoever sees the job alone.
    pub(super) steps: Arc<Steps>,
    state: Mutex<State>,
    changed: Notify,
}

/// What changes about a build.
pub(super) struct State {
    pub(super) live: Live,
    /// Where the image goes when it is built; empty where it is not published.
    pub(super) publish: String,
    pub(super) result: Option<BuiltView>,
    pub(super) failed: Option<BuildFailedView>,
    pub(super) after: AfterBuildView,
    /// Counts the times that a publish was wanted or given up: a look that began before is of no matter any more.
    pub(super) wishes: u64,
    /// The look found nothing against it, and the publish begins.
    begins: bool,
}

impl State {
    /// Somebody wants what was built to be published at `reference`: the number of this wish; none where that is under way,
    /// or where something is that nobody can take back.
    pub(super) fn want(&mut self, reference: String) -> Option<u64> {
        let under_way = match self.after {
            AfterBuildView::Publishes { .. } => true,
            AfterBuildView::Looking => self.begins || self.publish == reference,
            AfterBuildView::Nothing | AfterBuildView::Waits { .. } => false,
        };
        if under_way {
            return None;
        }
        (self.publish, self.after) = (reference, AfterBuildView::Looking);
        self.wishes += 1;
        Some(self.wishes)
    }

    /// Nobody wants it any more, where it does not begin yet.
    pub(super) fn give_up(&mut self) {
        self.publish.clear();
        if self.after == AfterBuildView::Looking && !self.begins {
            self.after = AfterBuildView::Nothing;
            self.wishes += 1;
        }
    }

    /// The publish begins, where this is still the wish; from here on nobody takes it back.
    pub(super) fn begin(&mut self, wish: u64) -> bool {
        self.begins = self.wishes == wish;
        self.begins
    }

    /// What came of a wish, where it is still the last one.
    pub(super) fn settle(&mut self, wish: u64, after: AfterBuildView) {
        if self.wishes == wish {
            (self.after, self.begins) = (after, false);
        }
    }
}

/// What does not change about a build.
pub(super) struct About {
    pub(super) id: JobId,
    pub(super) name: String,
    pub(super) engine: Engine,
    pub(super) build: BuildView,
    pub(super) platforms: Vec<String>,
    pub(super) started: i64,
}

impl Watched {
    pub(super) fn new(about: About, live: Live, publish: String) -> Self {
        let after = AfterBuildView::Nothing;
        let state =
            Mutex::new(State { live, publish, result: None, failed: None, after, wishes: 0, begins: false });
        let (job, steps, changed) = Default::default();
        Self { about, job, steps, state, changed }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something, and wakes whoever watches.
    pub(super) fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_waiters();
    }

    /// Waits until another wish, or none, has taken the place of `wish`.
    pub(super) async fn is_given_up(&self, wish: u64) {
        loop {
            // Hears of what changes from here on.
            let changed = self.changed.notified();
            if self.lock().wishes != wish {
                return;
            }
            changed.await;
        }
    }

    /// Takes what the engine tells.
    pub(super) fn apply(&self, event: &BuildEvent) {
        let mut state = self.lock();
        state.live.apply(event, Instant::now());
        let (_, all, over) = state.live.counts();
        self.steps.set(over, all);
    }

    /// The engine built nothing.
    pub(super) fn fail(&self, failed: &Failed, line_of: impl Fn(&str) -> Option<u32>) -> BuildFailedView {
        let mut state = self.lock();
        let view = state.live.failed(failed, line_of);
        state.failed = Some(view.clone());
        view
    }

    fn progress(&self, state: &State) -> BuildProgressView {
        let job = self.job.get().map(|job| job.snapshot().0);
        let (step, steps, _) = state.live.counts();
        let is = match job.as_ref().map(|job| job.progress.state) {
            None | Some(JobState::Queued) => BuildState::Waiting,
            Some(JobState::Cancelling) => BuildState::Cancelling,
            Some(JobState::Done) => BuildState::Done,
            Some(JobState::Failed) => BuildState::Failed,
            Some(JobState::Cancelled) => BuildState::Cancelled,
            Some(_) if state.live.builds => BuildState::Building,
            Some(_) => BuildState::Sending,
        };
        let over = job.as_ref().and_then(|job| job.ended).is_some();
        let took = state.result.as_ref().map(|built| built.duration_ms).filter(|_| over);
        BuildProgressView {
            state: is,
            sent: state.live.sent,
            total: state.live.total,
            elapsed_ms: match is {
                BuildState::Waiting => 0,
                _ => took.unwrap_or_else(|| state.live.elapsed(Instant::now())),
            },
            step,
            steps,
            result: state.result.clone().filter(|_| is == BuildState::Done),
            failure: job.and_then(|job| job.failure),
            failed: state.failed.clone(),
            after: state.after.clone(),
        }
    }

    /// The build as it stands, and the number of its last change.
    fn snapshot(&self) -> (BuildUpdate, BuildProgressView, u64) {
        let state = self.lock();
        let (steps, lines, seen) = state.live.since(0);
        let progress = self.progress(&state);
        let build = BuildRunView {
            job: self.about.id,
            name: self.about.name.clone(),
            build: self.about.build.clone(),
            engine: Some(self.about.engine),
            platforms: self.about.platforms.clone(),
            started: self.about.started,
            publish: state.publish.clone(),
            progress: progress.clone(),
            steps,
        };
        (BuildUpdate::Snapshot { build: Box::new(build), lines }, progress, seen)
    }

    /// Tells `view` of the build until it is over or `view` returns false: everything first, then what changed, at most
    /// ten times a second.
    pub(super) async fn watch(&self, mut view: impl FnMut(BuildUpdate) -> bool) {
        let (first, mut told, mut seen) = self.snapshot();
        if !view(first) {
            return;
        }
        while !is_over(&told) {
            let woken = self.changed.notified();
            let _ = tokio::time::timeout(TICK, woken).await;
            let (update, progress) = {
                let state = self.lock();
                let progress = self.progress(&state);
                let (steps, lines, now) = state.live.since(seen);
                seen = now;
                // The clock alone is no news: the page has one.
                let same = BuildProgressView { elapsed_ms: told.elapsed_ms, ..progress.clone() } == told;
                let update =
                    (!same || !steps.is_empty() || !lines.is_empty()).then(|| BuildUpdate::Progress {
                        progress: Box::new(progress.clone()),
                        publish: state.publish.clone(),
                        steps,
                        lines,
                    });
                (update, progress)
            };
            told = progress;
            if let Some(update) = update
                && !view(update)
            {
                return;
            }
        }
    }
}

/// Nothing of it changes any more.
fn is_over(progress: &BuildProgressView) -> bool {
    let ended = matches!(progress.state, BuildState::Done | BuildState::Failed | BuildState::Cancelled);
    ended && progress.after != AfterBuildView::Looking
}
