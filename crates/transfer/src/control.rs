//! The hand on a transfer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use slipway_distribution::{Error, Waits};
use slipway_hosts::Meaning;
use tokio_util::sync::CancellationToken;

use crate::error::TransferError;
use crate::event::{Cause, Event, Events};

/// The hand on a running push or pull.
#[derive(Debug, Clone)]
pub struct Control {
    pub(crate) cancel: CancellationToken,
    pause: CancellationToken,
    pub(crate) waits: Waits,
    limited: Arc<AtomicU32>,
}

impl Control {
    /// For a transfer that reports to `events`: they also hear of every wait, and of what the registry warns of.
    pub fn new(events: &Events) -> Self {
        let (events, warned) = (Arc::clone(events), Arc::clone(events));
        let limited = Arc::<AtomicU32>::default();
        let counted = Arc::clone(&limited);
        let waits = Waits::new(move |failed, wait| {
            count_limit(&counted, failed);
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            events(Event::Waiting { cause: Cause::of(failed), reason: failed.to_string(), wait_ms });
        });
        let waits = waits.with_warnings(move |text| warned(Event::Warned { text: text.to_owned() }));
        let (cancel, pause) = (CancellationToken::new(), CancellationToken::new());
        Self { cancel, pause, waits, limited }
    }

    /// The same for a job that may wait: a registry that was never reached is waited for like one that went away.
    #[must_use]
    pub fn patient(self) -> Self {
        Self { waits: self.waits.patient(), ..self }
    }

    /// A failure that is waited for without a word to [`Waits`].
    pub(crate) fn noticed(&self, failed: &Error) {
        count_limit(&self.limited, failed);
    }

    /// How often the registry asked to slow down.
    pub(crate) fn limited(&self) -> u32 {
        self.limited.load(Ordering::Relaxed)
    }

    /// Ends the push within the time of one chunk. What was sent stays for the next try.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Waits until somebody ends it. For works that send nothing to a registry.
    pub async fn ended(&self) {
        self.cancel.cancelled().await;
    }

    /// Ends the push as [`cancel`](Self::cancel) does, but a request in hand may end first where it soon does and the
    /// registry then keeps what it sent. What the registry has of each blob is told as
    /// [`Confirmed`](Event::Confirmed).
    pub fn pause(&self) {
        self.pause.cancel();
    }

    pub(crate) fn is_pausing(&self) -> bool {
        self.pause.is_cancelled()
    }

    /// Pause was pressed.
    pub(crate) async fn pausing(&self) {
        self.pause.cancelled().await;
    }

    /// What `work` gives; cancelled where a pause comes first.
    pub(crate) async fn unless_paused<T>(&self, work: impl Future<Output = T>) -> Result<T, TransferError> {
        tokio::select! {
            biased;
            () = self.pausing() => Err(TransferError::Cancelled),
            done = work => Ok(done),
        }
    }

    /// What `work` gives, unless a cancel comes first.
    ///
    /// # Errors
    /// [`TransferError::Cancelled`].
    pub async fn unless_cancelled<T>(&self, work: impl Future<Output = T>) -> Result<T, TransferError> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(TransferError::Cancelled),
            done = work => Ok(done),
        }
    }

    /// What `work` gives, unless a cancel or a pause comes first.
    ///
    /// # Errors
    /// [`TransferError::Cancelled`].
    pub async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, TransferError> {
        self.unless_cancelled(self.unless_paused(work)).await?
    }

    /// Ends the waits that are under way.
    pub fn try_now(&self) {
        self.waits.try_now();
    }
}

fn count_limit(limited: &AtomicU32, failed: &Error) {
    if matches!(failed.meaning(), Meaning::RateLimited { .. }) {
        limited.fetch_add(1, Ordering::Relaxed);
    }
}
