//! When a request is made again, and how long is waited. The one place for it.

use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

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
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 5,
            first_wait: Duration::from_millis(300),
            longest_wait: Duration::from_secs(8),
            longest_wish: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// How long to wait after the failure of try number `tried` (from 1); none where it is the last word.
    pub(crate) fn wait(&self, tried: u32, error: &Error) -> Option<Duration> {
        if tried >= self.tries || !error.is_transient() {
            return None;
        }
        let own = self.first_wait.saturating_mul(1 << (tried - 1).min(16)).min(self.longest_wait);
        let wish = error.retry_after().unwrap_or_default();
        (wish <= self.longest_wish).then(|| own.mul_f64(jitter()).max(wish))
    }
}

/// Between 0.5 and 1: several clients that failed together come back apart.
fn jitter() -> f64 {
    let random = std::hash::RandomState::new().build_hasher().finish();
    0.5 + (random % 1000) as f64 / 2000.0
}
