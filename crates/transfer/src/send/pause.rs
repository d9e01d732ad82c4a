//! A pause: what is in hand may end where that keeps what it sent, and the registry is asked what it has of the rest.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use slipway_distribution::Upload;

use super::{Failed, Sender};
use crate::error::TransferError;
use crate::event::Event;
use crate::plan::Blob;

/// A request in hand may go on for so long after a pause.
pub(crate) const LET_END: Duration = Duration::from_secs(5);

/// So long the registry is asked what it has of a blob that was let go of.
pub(crate) const ASK: Duration = Duration::from_secs(2);

/// What one attempt moved, bytes.
#[derive(Debug, Default)]
pub(super) struct Moved {
    pub(super) read: AtomicU64,
    pub(super) made: AtomicU64,
    pub(super) sent: AtomicU64,
}

impl Moved {
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// What an attempt at `blob` that began with its first byte has still to send, about.
    pub(super) fn left(self: &Arc<Self>, blob: &Blob) -> impl Fn() -> u64 + use<> {
        let (moved, size, known) = (Arc::clone(self), blob.size, blob.in_registry().map(|(_, size)| size));
        move || match known {
            Some(size) => size.saturating_sub(moved.sent()),
            None => {
                let (read, made) = (moved.read.load(Ordering::Relaxed), moved.made.load(Ordering::Relaxed));
                let rest = size.saturating_sub(read) as f64 * made as f64 / read.max(1) as f64;
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let rest = rest as u64;
                (made + rest).saturating_sub(moved.sent())
            }
        }
    }
}

impl Sender<'_> {
    /// `work`, whose request has `left` bytes to send; none where a pause came and it would not end soon, or did not.
    pub(super) async fn in_hand<T>(
        &self,
        left: impl Fn() -> u64,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let mut work = pin!(work);
        tokio::select! {
            done = work.as_mut() => return Some(done),
            () = self.control.pausing() => {}
        }
        if !self.is_soon(left()) {
            return None;
        }
        tokio::time::timeout(LET_END, work).await.ok()
    }

    /// At the rate so far.
    fn is_soon(&self, bytes: u64) -> bool {
        let sent = self.sent.load(Ordering::Relaxed) as f64;
        let seconds = self.began.elapsed().as_secs_f64();
        bytes as f64 * seconds <= sent * LET_END.as_secs_f64()
    }

    /// The end of an attempt that was let go of for a pause. A registry that does not tell what it has may have a part of a
    /// part, which leads nowhere: nothing is promised then.
    pub(super) async fn let_go(&self, index: usize, upload: &mut Upload) -> Failed {
        let told = tokio::time::timeout(ASK, upload.offset()).await;
        self.confirmed(index, told.ok().flatten().unwrap_or_default());
        TransferError::Cancelled.into()
    }

    pub(super) fn confirmed(&self, blob: usize, bytes: u64) {
        (self.events)(Event::Confirmed { blob, bytes });
    }
}
