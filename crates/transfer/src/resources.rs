//! What all pushes of a process share.

use std::sync::Arc;

use slipway_compress::Pool;

use crate::ledger::Ledger;
use crate::limit::Limit;

/// What all pushes of a process share.
#[derive(Clone)]
pub struct Resources {
    /// The threads that compress.
    pub pool: Pool,
    /// What was learnt before.
    pub ledger: Arc<dyn Ledger>,
    /// How fast they may be, all together.
    pub limit: Limit,
}

impl Resources {
    /// What `question` says of the ledger, which may have to wait for a disk; nothing where it fails.
    pub(crate) async fn asked<T: Default + Send + 'static>(
        &self,
        question: impl FnOnce(&Arc<dyn Ledger>) -> T + Send + 'static,
    ) -> T {
        let ledger = Arc::clone(&self.ledger);
        tokio::task::spawn_blocking(move || question(&ledger)).await.unwrap_or_default()
    }
}
