//! The budgets of a transfer, and who hears of its waits.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use slipway_http::RetryPolicy;
use tokio::sync::Notify;

use crate::error::Error;

/// The budgets of a transfer, each for faults of its own size: chunk, then upload session, then blob, then job.
///
/// | what failed | what is done | budget |
/// |---|---|---|
/// | a request without a stream | made again | `request` where somebody looks on, `job` within a job |
/// | a chunk (way C) | the session is asked how far it is, the rest of the chunk goes again | `chunk` |
/// | a blob's stream or session | the session goes on where the registry says it is, else a new one begins | `blob`, for all requests about the blob together; a try that brought bytes forward does not count |
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
    /// Tries of a registry, or of a host that it leads to, that never answered: its name is more likely wrong than its host
    /// away.
    pub unreached: u32,
    /// How long a registry may take to show a tag that it took.
    pub late: Duration,
    /// How long a job waits for a registry that answered before and is out of reach now.
    pub away: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        let longest = Duration::from_secs(15);
        let blob = RetryPolicy {
            tries: 9,
            first_wait: Duration::from_millis(500),
            longest_wait: longest,
            ..RetryPolicy::default()
        };
        Self {
            request: RetryPolicy::default(),
            job: RetryPolicy { tries: 9, ..RetryPolicy::default() },
            chunk: RetryPolicy { tries: 4, ..blob.clone() },
            blob,
            unreached: 3,
            late: Duration::from_secs(10),
            away: Duration::from_mins(15),
        }
    }
}

type Told = Arc<dyn Fn(&Error, Duration) + Send + Sync>;
type Warned = Arc<dyn Fn(&str) + Send + Sync>;

/// Different warnings that are told in one job.
const MOST_WARNINGS: usize = 20;

/// Who hears of waits before a next try, and may cut them short; and of what the registry warns of.
#[derive(Clone, Default)]
pub struct Waits {
    told: Option<Told>,
    warned: Option<Warned>,
    /// The warnings that were told.
    warnings: Arc<Mutex<HashSet<String>>>,
    now: Arc<Notify>,
    patient: bool,
    gave_up: Arc<AtomicBool>,
}

impl Waits {
    /// `told` gets every failure that is followed by a wait, and how long that is.
    pub fn new(told: impl Fn(&Error, Duration) + Send + Sync + 'static) -> Self {
        Self { told: Some(Arc::new(told)), ..Self::default() }
    }

    /// The same, where `warned` gets what the registry says in `Warning` headers, each text once.
    #[must_use]
    pub fn with_warnings(self, warned: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { warned: Some(Arc::new(warned)), ..self }
    }

    /// Tells of a warning, unless that was done before.
    pub(crate) fn warn(&self, text: &str) {
        let Some(warned) = self.warned.as_ref().filter(|_| !text.is_empty()) else { return };
        let mut known = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST_WARNINGS && known.insert(text.to_owned()) {
            drop(known);
            warned(text);
        }
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

    /// A registry that went away was waited for as long as a job waits.
    pub(crate) fn give_up(&self) {
        self.gave_up.store(true, Ordering::Relaxed);
    }

    pub(crate) fn gave_up(&self) -> bool {
        self.gave_up.load(Ordering::Relaxed)
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
