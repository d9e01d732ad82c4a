//! What all pushes of a process share, and the hand on one of them.

use std::sync::Arc;

use slipway_compress::Pool;
use slipway_distribution::Waits;
use tokio_util::sync::CancellationToken;

use crate::event::{Event, Events};
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
}

impl Control {
    /// For a push that reports to `events`: they also hear of every wait.
    pub fn new(events: &Events) -> Self {
        let events = Arc::clone(events);
        let waits = Waits::new(move |failed, wait| {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            events(Event::Waiting { reason: failed.to_string(), wait_ms });
        });
        Self { cancel: CancellationToken::new(), waits }
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
