//! When a question is asked again, and how long is waited before. The one place for it.

use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A failure, as far as asking again depends on it.
pub trait Failure {
    /// Asking again may help, without anything being changed.
    fn passes(&self) -> bool;

    /// What whoever answered says of the time until then.
    fn wish(&self) -> Wish;
}

/// What an answer says of the time until it may be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Nothing.
    None,
    /// So long.
    Named(Duration),
    /// That it was too much, and no time: GitHub's secondary limit.
    Unnamed,
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
    /// A wish to wait is followed up to this; a longer one ends the question and is told.
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
    pub fn wait(&self, tried: u32, failed: &impl Failure) -> Option<Duration> {
        if tried >= self.tries || !failed.passes() {
            return None;
        }
        let doubled = 1 << tried.saturating_sub(1).min(16);
        let own = self.first_wait.saturating_mul(doubled).min(self.longest_wait);
        let wish = match failed.wish() {
            Wish::None => Duration::ZERO,
            Wish::Named(wait) => wait,
            Wish::Unnamed => self.secondary_wait,
        };
        (wish <= self.longest_wish).then(|| own.mul_f64(jitter()).max(wish))
    }
}

/// Between 0.5 and 1: several clients that failed together come back apart.
fn jitter() -> f64 {
    let random = std::hash::RandomState::new().build_hasher().finish();
    0.5 + (random % 1000) as f64 / 2000.0
}

/// What is left of the tries for one question, however many layers ask it: who holds the same budget spends the same
/// tries. Without it three layers of five tries each would ask a hundred and twenty-five times.
#[derive(Debug, Clone)]
pub struct Budget {
    policy: RetryPolicy,
    tried: Arc<AtomicU32>,
}

impl Budget {
    /// All tries of `policy`.
    pub fn new(policy: &RetryPolicy) -> Self {
        Self { policy: policy.clone(), tried: Arc::default() }
    }

    /// Takes note of a failed try. How long to wait before the next; none where it was the last.
    pub fn failed(&self, failed: &impl Failure) -> Option<Duration> {
        let tried = self.tried.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        self.policy.wait(tried, failed)
    }

    /// The same for a failure that another layer took note of.
    pub fn noted(&self, failed: &impl Failure) -> Option<Duration> {
        self.policy.wait(self.tried(), failed)
    }

    /// Tries that failed since the last one that helped.
    pub fn tried(&self) -> u32 {
        self.tried.load(Ordering::Relaxed)
    }

    /// Something moved: what failed before is over.
    pub fn renew(&self) {
        self.tried.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failed(bool, Wish);

    impl Failure for Failed {
        fn passes(&self) -> bool {
            self.0
        }

        fn wish(&self) -> Wish {
            self.1
        }
    }

    const PASSING: Failed = Failed(true, Wish::None);

    #[test]
    fn layers_that_hold_one_budget_spend_the_same_tries() {
        let policy = RetryPolicy::default();
        let outer = Budget::new(&policy);
        let mut tries = 0;
        // A layer in a layer in a layer, each of which would go on as long as it may.
        for _ in 0..policy.tries {
            for _ in 0..policy.tries {
                let inner = outer.clone();
                loop {
                    tries += 1;
                    if inner.failed(&PASSING).is_none() {
                        break;
                    }
                }
                if outer.failed(&PASSING).is_none() {
                    break;
                }
            }
            if outer.failed(&PASSING).is_none() {
                break;
            }
        }
        assert_eq!(tries, policy.tries);
    }

    #[test]
    fn what_helped_begins_anew() {
        let budget = Budget::new(&RetryPolicy { tries: 2, ..RetryPolicy::default() });
        assert!(budget.failed(&PASSING).is_some());
        budget.renew();
        assert!(budget.failed(&PASSING).is_some());
        assert!(budget.failed(&PASSING).is_none());
    }

    #[test]
    fn waits_double_up_to_the_longest_and_wishes_stand_above_them() {
        let policy = RetryPolicy::default();
        for (tried, longest) in [(1, 300), (2, 600), (3, 1200), (4, 2400)] {
            let wait = policy.wait(tried, &PASSING).unwrap();
            assert!((longest / 2..=longest).contains(&wait.as_millis()), "{tried}: {wait:?}");
        }
        let wish = |wish| policy.wait(1, &Failed(true, wish));
        assert_eq!(wish(Wish::Named(Duration::from_secs(120))), Some(Duration::from_secs(120)));
        assert_eq!(wish(Wish::Unnamed), Some(policy.secondary_wait));
        assert_eq!(wish(Wish::Named(policy.longest_wish + Duration::from_secs(1))), None);
        assert_eq!(policy.wait(1, &Failed(false, Wish::None)), None);
        assert_eq!(policy.wait(policy.tries, &PASSING), None);
    }
}
