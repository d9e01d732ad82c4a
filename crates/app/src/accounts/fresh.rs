//! Answers that are not asked for again for a while.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Answers of GitHub that stay good for a while, as long as no account changes.
pub(crate) struct Fresh<K, V> {
    good_for: Duration,
    kept: Mutex<Kept<K, V>>,
}

struct Kept<K, V> {
    /// So many changes of accounts there were when they were given.
    changes: u64,
    answers: HashMap<K, (Instant, V)>,
}

impl<K: Eq + Hash, V: Clone> Fresh<K, V> {
    pub(crate) fn new(good_for: Duration) -> Self {
        Self { good_for, kept: Mutex::new(Kept { changes: 0, answers: HashMap::new() }) }
    }

    /// The answer to `question`, where accounts changed `changes` times until now.
    pub(crate) fn get(&self, question: &K, changes: u64) -> Option<V> {
        let kept = self.kept(changes);
        let fresh = kept.answers.get(question).filter(|(when, _)| when.elapsed() < self.good_for);
        fresh.map(|(_, answer)| answer.clone())
    }

    pub(crate) fn keep(&self, question: K, answer: V, changes: u64) {
        let mut kept = self.kept(changes);
        kept.answers.retain(|_, (when, _)| when.elapsed() < self.good_for);
        kept.answers.insert(question, (Instant::now(), answer));
    }

    /// Somebody wants all of them anew.
    pub(crate) fn clear(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).answers.clear();
    }

    fn kept(&self, changes: u64) -> MutexGuard<'_, Kept<K, V>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.changes != changes {
            kept.answers.clear();
            kept.changes = changes;
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_good_until_its_time_is_over_or_an_account_changes() {
        let answers = Fresh::new(Duration::from_secs(3600));
        answers.keep("octocat", 1, 0);
        assert_eq!((answers.get(&"octocat", 0), answers.get(&"monalisa", 0)), (Some(1), None));
        assert_eq!(answers.get(&"octocat", 1), None);
        answers.keep("octocat", 2, 1);
        assert_eq!(answers.get(&"octocat", 1), Some(2));
        answers.clear();
        assert_eq!(answers.get(&"octocat", 1), None);
        let gone = Fresh::new(Duration::ZERO);
        gone.keep("octocat", 1, 0);
        assert_eq!(gone.get(&"octocat", 0), None);
    }
}
