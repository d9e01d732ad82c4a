//! One blob of a job on its way: what was read and sent of it, and what a try that ended left behind.

use slipway_reference::Digest;

use crate::view::LayerState;

/// What a plain layer is guessed to weigh after compressing, until some of it is: layers of program files
/// come out between 35 and 45 % of their size.
const GUESSED_RATIO: f64 = 0.4;

/// A blob on its way.
#[derive(Debug, Clone)]
pub(super) struct Blob {
    pub(super) stored: u64,
    pub(super) gzip: bool,
    pub(super) state: LayerState,
    pub(super) read: u64,
    pub(super) sent: u64,
    /// Its size in the registry, once known.
    pub(super) size: Option<u64>,
    /// Its digest there, once known.
    pub(super) digest: Option<Digest>,
    /// What a try that was interrupted had sent, bytes, until it is known whether that goes up again.
    pub(super) held_sent: u64,
    /// What it had read for that, bytes; the next try reads from the beginning whatever it need not send.
    pub(super) held_read: u64,
}

impl Blob {
    pub(super) fn sent(&self) -> u64 {
        self.sent.max(self.held_sent)
    }

    pub(super) fn read(&self) -> u64 {
        self.read.max(self.held_read)
    }

    /// 0 to 1.
    pub(super) fn share(&self) -> f64 {
        match self.state {
            LayerState::There | LayerState::Committed => 1.0,
            _ if self.stored == 0 => 0.0,
            _ if self.gzip => self.read() as f64 / self.stored as f64,
            _ => self.sent() as f64 / self.stored as f64,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, LayerState::There | LayerState::Committed)
    }

    /// Its try is over; the next one tells what the registry has of it.
    pub(super) fn hold(&mut self) {
        // A second fault before anything went up loses no more.
        (self.held_sent, self.held_read) = (self.sent(), self.read());
        (self.sent, self.read) = (0, 0);
    }

    /// Nothing of it is kept.
    pub(super) fn drop_all(&mut self) {
        (self.sent, self.read, self.held_sent, self.held_read) = (0, 0, 0, 0);
    }

    /// Bytes that it takes on the wire, as far as one can tell.
    pub(super) fn weight(&self) -> u64 {
        if let Some(size) = self.size {
            return size;
        }
        if !self.gzip {
            return self.stored;
        }
        let (read, sent) = (self.read(), self.sent());
        let ratio = if read > 0 && sent > 0 { sent as f64 / read as f64 } else { GUESSED_RATIO };
        // Never below what went up already.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let guess = (self.stored as f64 * ratio.min(1.1)) as u64;
        guess.max(sent)
    }
}
