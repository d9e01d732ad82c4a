//! When a request is made again, and how long is waited. The one place for it.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use slipway_hosts::Meaning;
use tokio::sync::Notify;

use crate::error::Error;

/// How requests without a stream behind them are retried. Streams never are: a session that took part of one
/// must not get it again (jib#4526); whoever owns the content opens a new session.
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
}

impl Waits {
    /// `told` gets every failure that is followed by a wait, and how long that is.
    pub fn new(told: impl Fn(&Error, Duration) + Send + Sync + 'static) -> Self {
        Self { told: Some(Arc::new(told)), now: Arc::default() }
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
