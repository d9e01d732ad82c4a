//! Whom is waited for at the moment.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// How long a host may keep silent before its person is told.
pub const SILENCE: Duration = Duration::from_secs(2);

/// The questions that are under way. Clones are the same list, so that every client of a program can write into one and
/// whoever shows what is going on can read it.
#[derive(Debug, Clone, Default)]
pub struct Asking(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// In the order in which they were asked.
    questions: Mutex<Vec<Question>>,
    changed: Notify,
}

#[derive(Debug)]
struct Question {
    number: u64,
    host: String,
    since: Instant,
}

/// One question, until it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Asked {
    asking: Asking,
    number: u64,
}

impl Asking {
    /// Takes note that `host` is asked from now on.
    pub fn begin(&self, host: &str) -> Asked {
        let mut questions = self.questions();
        let number = questions.last().map_or(0, |last| last.number + 1);
        questions.push(Question { number, host: host.to_owned(), since: Instant::now() });
        drop(questions);
        self.0.changed.notify_one();
        Asked { asking: self.clone(), number }
    }

    /// The host that has kept silent longest, where that is longer than [`SILENCE`].
    pub fn silent(&self) -> Option<String> {
        let questions = self.questions();
        let first = questions.first().filter(|first| first.since.elapsed() >= SILENCE)?;
        Some(first.host.clone())
    }

    /// Tells `tell` of each host that begins to keep silent, and with none of the end of that, until `tell` wants no
    /// more. One listener at a time.
    pub async fn watch(&self, mut tell: impl FnMut(Option<&str>) -> bool) {
        let mut told = None;
        loop {
            let silent = self.silent();
            let named = silent.is_some();
            if silent != told {
                told = silent;
                if !tell(told.as_deref()) {
                    return;
                }
            }
            let due = self.questions().first().map(|first| first.since + SILENCE).filter(|_| !named);
            tokio::select! {
                () = self.0.changed.notified() => {}
                () = tokio::time::sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
            }
        }
    }

    fn questions(&self) -> MutexGuard<'_, Vec<Question>> {
        self.0.questions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.asking.questions().retain(|question| question.number != self.number);
        self.asking.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_host_is_named_once_it_keeps_silent_and_no_longer_than_that() {
        let asking = Asking::default();
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let watched = asking.clone();
        let watching = tokio::spawn(async move {
            watched.watch(|host| told.send((host.map(str::to_owned), Instant::now())).is_ok()).await;
        });
        let began = Instant::now();
        let first = asking.begin("ghcr.io");
        tokio::time::sleep(Duration::from_secs(1)).await;
        let second = asking.begin("docker.pkg.github.com");
        let quick = asking.begin("api.github.com");
        drop(quick);
        assert_eq!(asking.silent(), None);
        assert_eq!(heard.recv().await.unwrap(), (Some("ghcr.io".to_owned()), began + SILENCE));
        drop(first);
        assert_eq!(heard.recv().await.unwrap(), (None, began + SILENCE));
        let next = (Some("docker.pkg.github.com".to_owned()), began + Duration::from_secs(3));
        assert_eq!(heard.recv().await.unwrap(), next);
        drop(second);
        assert_eq!(heard.recv().await.unwrap().0, None);
        tokio::time::sleep(Duration::from_mins(1)).await;
        assert!(heard.try_recv().is_err(), "nobody is asked, and nobody is named");
        drop(heard);
        let _third = asking.begin("ghcr.io");
        watching.await.unwrap();
    }
}
