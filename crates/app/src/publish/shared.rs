//! What all pushes share.

use std::sync::{Arc, OnceLock};

use slipway_hosts::Profile;
use slipway_transfer::{Limit, Options, Parts, Payload, Pool, Resources, Samples};

use crate::store::Store;
use crate::view::{Code, FailureView};

/// The threads that compress, how fast all jobs may be together, and what was learnt of layers.
pub(crate) struct Shared {
    store: Arc<Store>,
    limit: Limit,
    in_background: bool,
    pool: OnceLock<Pool>,
    samples: Arc<Samples>,
}

impl Shared {
    /// `in_background`: compressing leaves the cores to whatever else wants them.
    pub(crate) fn new(store: Arc<Store>, limit: Limit, in_background: bool) -> Self {
        Self { store, limit, in_background, pool: OnceLock::new(), samples: Arc::default() }
    }

    /// What pushes share: the threads that compress, and the memory.
    pub(crate) fn resources(&self) -> Result<Resources, FailureView> {
        let pool = match self.pool.get() {
            Some(pool) => pool.clone(),
            None => {
                let pool = if self.in_background { Pool::in_background(0) } else { Pool::new(0) };
                let pool = pool.map_err(|error| {
                    FailureView::new(Code::Internal, format!("no threads for compressing: {error}"))
                })?;
                self.pool.get_or_init(|| pool).clone()
            }
        };
        Ok(Resources { pool, ledger: Arc::<Store>::clone(&self.store), limit: self.limit.clone() })
    }

    /// How fast all jobs may be together, bytes a second; none for as fast as they can.
    pub(crate) fn limit(&self, rate: Option<u64>) {
        self.limit.set(rate);
    }

    /// What there is to send. What was learnt before of it is asked of the disk.
    pub(super) async fn parts(
        &self,
        contents: &Payload,
        platform: Option<&str>,
        profile: Profile,
        options: &Options,
    ) -> Result<Parts, FailureView> {
        let mut parts = Parts::of(contents, platform, profile, options.compression);
        let (store, samples) = (Arc::clone(&self.store), Arc::clone(&self.samples));
        let recalled = tokio::task::spawn_blocking(move || {
            parts.recall(&*store);
            samples.recall(&mut parts);
            parts
        });
        recalled.await.map_err(|panic| FailureView::new(Code::Internal, panic.to_string()))
    }

    /// The same with what samples say of the layers that are compressed on the way. Reads a little of each at the first
    /// call.
    pub(super) async fn estimated(&self, mut parts: Parts) -> Result<Parts, FailureView> {
        let samples = Arc::clone(&self.samples);
        let estimated = tokio::task::spawn_blocking(move || {
            samples.estimate(&mut parts);
            parts
        });
        estimated.await.map_err(|panic| FailureView::new(Code::Internal, panic.to_string()))
    }
}
