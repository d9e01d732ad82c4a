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
