//! When a request is made again, and how long is waited. The one place for it.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use slipway_hosts::Meaning;
use tokio::sync::Notify;

use crate::error::Error;

/// The budgets of a transfer, each for faults of its own size: chunk, then upload session, then blob, then job.
///
/// | what failed | what is done | budget |
/// |---|---|---|
/// | a request without a stream | made again | `request` where somebody looks on, `job` within a job |
/// | a chunk (way C) | the session is asked how far it is, the rest of the chunk goes again | `chunk` |
/// | a blob's stream or session | the session goes on where the registry says it is, else a new one begins | `blob`; a try that brought bytes forward does not count |
/// | the registry is out of reach | it is asked every [`RetryPolicy::longest_wait`] of `job` until it answers | `away` |
///
/// Which failures count as passing: [`Error::is_transient`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retries {
    /// For requests without a stream that somebody waits for.
    pub request: RetryPolicy,
    /// For requests without a stream of a job, which has more patience: about half a minute.
    pub job: RetryPolicy,
    /// For a chunk that is held in memory.
    pub chunk: RetryPolicy,
    /// For a blob as a whole.
    pub blob: RetryPolicy,
    /// How long a job waits for a registry that answered before and is out of reach now.
    pub away: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        let longest = Duration::from_secs(15);
        let blob = RetryPolicy {
            tries: 6,
            first_wait: Duration::from_millis(500),
            longest_wait: longest,
            ..RetryPolicy::default()
        };
        Self {
            request: RetryPolicy::default(),
            job: RetryPolicy { tries: 9, ..RetryPolicy::default() },
            chunk: RetryPolicy { tries: 4, ..blob.clone() },
            blob,
            away: Duration::from_mins(15),
        }
    }
}

/// How often something is tried, and how long is waited between. A stream is never sent again as it is: a session
/// that took part of one must not get it twice (jib#4526).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries in all.
    pub tries: u32,
    /// Wait before the second try; doubles with each further one.
    pub first_wait: Duration,
    /// No own wait is longer.
    pub longest_wait: Duration,
    /// A registry's wish to wait is followed up to this; a longer one ends the request and is told.
    pub longest_wish: Duration,
    /// GitHub's secondary limit asks for at least a minute where it names no time.
    pub secondary_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 5,
            first_wait: Duration::from_millis(300),
            longest_wait: Duration::from_secs(8),
            longest_wish: Duration::from_mins(15),
            secondary_wait: Duration::from_mins(1),
        }
    }
}

impl RetryPolicy {
    /// How long to wait after the failure of try number `tried` (from 1); none where it is the last word.
    pub fn wait(&self, tried: u32, error: &Error) -> Option<Duration> {
        if tried >= self.tries || !error.is_transient() {
            return None;
        }
        let own = self.first_wait.saturating_mul(1 << (tried - 1).min(16)).min(self.longest_wait);
        let limited = matches!(error.meaning(), Meaning::RateLimited { .. });
        let wish = match error.retry_after() {
            None if limited && error.status == Some(403) => self.secondary_wait,
            wish => wish.unwrap_or_default(),
        };
        (wish <= self.longest_wish).then(|| own.mul_f64(jitter()).max(wish))
    }
}

/// Between 0.5 and 1: several clients that failed together come back apart.
fn jitter() -> f64 {
    let random = std::hash::RandomState::new().build_hasher().finish();
    0.5 + (random % 1000) as f64 / 2000.0
}

type Told = Arc<dyn Fn(&Error, Duration) + Send + Sync>;

/// Who hears of waits before a next try, and may cut them short.
#[derive(Clone, Default)]
pub struct Waits {
    told: Option<Told>,
    now: Arc<Notify>,
    patient: bool,
}

impl Waits {
    /// `told` gets every failure that is followed by a wait, and how long that is.
    pub fn new(told: impl Fn(&Error, Duration) + Send + Sync + 'static) -> Self {
        Self { told: Some(Arc::new(told)), ..Self::default() }
    }

    /// Somebody listens: a job that can wait long.
    pub(crate) fn are_told(&self) -> bool {
        self.told.is_some()
    }

    /// The same, for a job that somebody queued: it waits for a registry that was never reached, too.
    #[must_use]
    pub fn patient(self) -> Self {
        Self { patient: true, ..self }
    }

    pub(crate) fn is_patient(&self) -> bool {
        self.patient
    }

    /// Ends the waits that are under way: try now.
    pub fn try_now(&self) {
        self.now.notify_waiters();
    }

    /// Tells of `failed` and waits.
    pub async fn pause(&self, failed: &Error, wait: Duration) {
        if let Some(told) = &self.told {
            told(failed, wait);
        }
        self.sleep(wait).await;
    }

    /// Waits, and says nothing.
    pub async fn sleep(&self, wait: Duration) {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.now.notified() => {}
        }
    }
}

impl fmt::Debug for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waits").finish_non_exhaustive()
    }
}
