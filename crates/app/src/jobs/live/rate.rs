//! How fast a job is: what people see of it, and what the time left is reckoned with.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The speed that is shown is that of so long.
const WINDOW: Duration = Duration::from_secs(5);

/// Nothing is said of a shorter time.
const LEAST: Duration = Duration::from_secs(1);

/// Samples of the window are at least so far apart.
const SAMPLE: Duration = Duration::from_millis(100);

/// What was so long ago counts a third of what is now, seconds.
const FADES: f64 = 10.0;

/// Bytes sent over time.
#[derive(Debug)]
pub(super) struct Rate {
    began: Instant,
    sent: u64,
    samples: VecDeque<(Instant, u64)>,
    /// Bytes and seconds until `at`, the older the less.
    faded: (f64, f64),
    at: Instant,
    counted: u64,
}

impl Rate {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            began: now,
            sent: 0,
            samples: VecDeque::from([(now, 0)]),
            faded: (0.0, 0.0),
            at: now,
            counted: 0,
        }
    }

    pub(super) fn sent(&mut self, bytes: u64, now: Instant) {
        self.sent += bytes;
        if self.samples.back().is_some_and(|(at, _)| now.duration_since(*at) < SAMPLE) {
            return;
        }
        self.samples.push_back((now, self.sent));
        while self.samples.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW) {
            self.samples.pop_front();
        }
        self.faded = self.faded(now);
        (self.at, self.counted) = (now, self.sent);
    }

    fn faded(&self, now: Instant) -> (f64, f64) {
        let seconds = now.duration_since(self.at).as_secs_f64();
        let keep = (-seconds / FADES).exp();
        let bytes = (self.sent - self.counted) as f64;
        (self.faded.0 * keep + bytes, self.faded.1 * keep + seconds)
    }

    /// Bytes a second of the last seconds; none where that is too short or nothing came.
    pub(super) fn speed(&self, now: Instant) -> Option<f64> {
        let (at, sent) = self.samples.front()?;
        let time = now.duration_since(*at);
        (time >= LEAST && self.sent > *sent).then(|| (self.sent - sent) as f64 / time.as_secs_f64())
    }

    /// Seconds that `bytes` take as things go; none before there is enough to go by.
    pub(super) fn seconds(&self, bytes: u64, now: Instant) -> Option<u64> {
        let (sent, seconds) = self.faded(now);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let left = (bytes as f64 * seconds / sent.max(1.0)).ceil() as u64;
        (sent > 0.0 && now.duration_since(self.began) >= super::SETTLED).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_speed_is_told_of_less_than_a_second() {
        let now = Instant::now();
        let mut rate = Rate::new(now);
        rate.sent(1_000_000, now + Duration::from_millis(300));
        assert_eq!(rate.speed(now + Duration::from_millis(900)), None);
        assert_eq!(rate.speed(now + Duration::from_secs(1)), Some(1e6));
    }

    #[test]
    fn the_time_left_falls_while_bytes_come_evenly_and_grows_while_none_do() {
        let now = Instant::now();
        let at = |tenths: u64| now + Duration::from_millis(100 * tenths);
        let mut rate = Rate::new(now);
        for tenth in 1..=100 {
            // 1 MB a second, in gusts of half a second.
            let gust = if tenth % 5 == 0 { 500_000 } else { 0 };
            rate.sent(gust, at(tenth));
        }
        let left = |rate: &Rate, bytes, tenths| rate.seconds(bytes, at(tenths)).unwrap();
        assert!((9..=11).contains(&left(&rate, 10_000_000, 100)), "{}", left(&rate, 10_000_000, 100));
        assert!((4..=6).contains(&left(&rate, 5_000_000, 102)), "{}", left(&rate, 5_000_000, 102));
        assert!(left(&rate, 5_000_000, 200) > 10, "nothing came for ten seconds");
    }

    #[test]
    fn nothing_is_told_of_the_first_moments() {
        let now = Instant::now();
        let mut rate = Rate::new(now);
        rate.sent(1000, now + Duration::from_secs(1));
        assert_eq!(rate.seconds(1000, now + Duration::from_secs(2)), None);
        let left = rate.seconds(1000, now + Duration::from_secs(4)).unwrap();
        assert!((4..=6).contains(&left), "{left}");
    }
}
