//! What all pushes of a process share, and the hand on one of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use slipway_compress::Pool;
use slipway_distribution::{Error, Waits};
use slipway_hosts::Meaning;
use tokio_util::sync::CancellationToken;

use crate::event::{Cause, Event, Events};
use crate::ledger::Ledger;

/// What all pushes of a process share.
#[derive(Clone)]
pub struct Engine {
    /// The threads that compress.
    pub pool: Pool,
    /// What was learnt before.
    pub ledger: Arc<dyn Ledger>,
}

/// The hand on a running push.
#[derive(Debug, Clone)]
pub struct Control {
    pub(crate) cancel: CancellationToken,
    pub(crate) waits: Waits,
    limited: Arc<AtomicU32>,
}

impl Control {
    /// For a push that reports to `events`: they also hear of every wait, and of what the registry warns of.
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
        Self { cancel: CancellationToken::new(), waits, limited }
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
