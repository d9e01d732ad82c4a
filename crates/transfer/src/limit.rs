//! The rate that people allow.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// So many bytes a second, for all blobs of all pushes that share it. Time that nobody used is not saved up. A clone is
/// the same limit.
#[derive(Debug, Clone, Default)]
pub struct Limit(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// 0 where there is none.
    bytes_a_second: AtomicU64,
    /// When the bytes that were let through are over.
    free_at: Mutex<Option<Instant>>,
}

impl Limit {
    /// Bytes a second from now on; none for as many as there is room for. Counts for pushes under way, too.
    pub fn set(&self, bytes_a_second: Option<u64>) {
        self.0.bytes_a_second.store(bytes_a_second.unwrap_or(0), Ordering::Relaxed);
    }

    /// Waits until so many bytes may go.
    pub(crate) async fn take(&self, bytes: usize) {
        let rate = self.0.bytes_a_second.load(Ordering::Relaxed);
        if rate == 0 {
            return;
        }
        let until = {
            let mut free_at = self.0.free_at.lock().await;
            let now = Instant::now();
            let begins = free_at.map_or(now, |free_at| free_at.max(now));
            *free_at = Some(begins + Duration::from_secs_f64(bytes as f64 / rate as f64));
            begins
        };
        tokio::time::sleep_until(until).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn several_pushes_share_the_rate_and_none_saves_up() {
        let limit = Limit::default();
        limit.set(Some(1000));
        let other = limit.clone();
        let began = Instant::now();
        tokio::join!(limit.take(500), other.take(500));
        limit.take(1).await;
        assert_eq!(began.elapsed().as_millis(), 1000);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let began = Instant::now();
        limit.take(1000).await;
        limit.take(1).await;
        assert_eq!(began.elapsed().as_millis(), 1000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_that_is_lifted_holds_nobody_up() {
        let limit = Limit::default();
        limit.set(Some(1));
        limit.take(1000).await;
        limit.set(None);
        let began = Instant::now();
        limit.take(1000).await;
        assert_eq!(began.elapsed().as_millis(), 0);
    }
}
