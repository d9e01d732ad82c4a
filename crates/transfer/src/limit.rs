//! The rate that people allow.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// So many bytes a second, for all blobs together. Time that nobody used is not saved up.
#[derive(Debug)]
pub(crate) struct Limiter {
    bytes_a_second: Option<u64>,
    /// When the bytes that were let through are over.
    free_at: Mutex<Instant>,
}

impl Limiter {
    pub(crate) fn new(bytes_a_second: Option<u64>) -> Self {
        Self { bytes_a_second: bytes_a_second.filter(|rate| *rate > 0), free_at: Mutex::new(Instant::now()) }
    }

    /// Waits until so many bytes may go.
    pub(crate) async fn take(&self, bytes: usize) {
        let Some(rate) = self.bytes_a_second else { return };
        let until = {
            let mut free_at = self.free_at.lock().await;
            let begins = (*free_at).max(Instant::now());
            *free_at = begins + Duration::from_secs_f64(bytes as f64 / rate as f64);
            begins
        };
        tokio::time::sleep_until(until).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn several_blobs_share_the_rate_and_none_saves_up() {
        let limiter = Limiter::new(Some(1000));
        let began = Instant::now();
        tokio::join!(limiter.take(500), limiter.take(500));
        limiter.take(1).await;
        assert_eq!(began.elapsed().as_millis(), 1000);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let began = Instant::now();
        limiter.take(1000).await;
        limiter.take(1).await;
        assert_eq!(began.elapsed().as_millis(), 1000);
    }
}
