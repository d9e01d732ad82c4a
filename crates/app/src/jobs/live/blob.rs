//! One blob of a job on its way: what was read and sent of it, what the registry has for certain, and what a try that
//! ended left behind.

use slipway_reference::Digest;
use slipway_transfer::RESUMABLE;

use crate::jobs::work::Item;
use crate::view::LayerState;

/// What a plain layer is guessed to weigh after compressing where nobody took samples: layers of program files come out
/// between 35 and 45 % of their size.
const GUESSED_RATIO: f64 = 0.4;

/// A blob on its way.
#[derive(Debug, Clone)]
pub(super) struct Blob {
    /// Size in the file, bytes.
    pub(super) stored: u64,
    pub(super) gzip: bool,
    /// What the plan said it will be, bytes.
    pub(super) planned: Option<u64>,
    pub(super) state: LayerState,
    /// Bytes of the file that were encoded, and what they became.
    pub(super) read: u64,
    pub(super) made: u64,
    pub(super) sent: u64,
    /// The registry has so much of it, bytes: a pause or an end loses the rest.
    pub(super) confirmed: u64,
    /// Its size in the registry, once known.
    pub(super) size: Option<u64>,
    /// Its digest there, once known.
    pub(super) digest: Option<Digest>,
    /// What a try that was interrupted had sent, bytes, until it is known whether that goes up again.
    pub(super) held_sent: u64,
    /// What it had encoded for that, and what that became, bytes; the next try reads from the beginning whatever it need
    /// not send.
    pub(super) held_read: (u64, u64),
}

impl Blob {
    /// Nothing of it is on its way yet.
    pub(super) fn new(item: &Item) -> Self {
        Self {
            stored: item.size,
            gzip: item.compressed,
            planned: item.planned,
            state: LayerState::Waiting,
            read: 0,
            made: 0,
            sent: 0,
            confirmed: 0,
            size: None,
            digest: None,
            held_sent: 0,
            held_read: (0, 0),
        }
    }

    /// Bytes of it that went up: of those that are there, all.
    pub(super) fn sent(&self) -> u64 {
        match (self.state, self.size) {
            (LayerState::Committed, Some(size)) => size,
            _ => self.sent.max(self.held_sent),
        }
    }

    /// Bytes of the file that were encoded, as far as any try came, and what they became.
    fn encoded(&self) -> (u64, u64) {
        let (read, made) = (self.read, self.made).max(self.held_read);
        (read.min(self.stored), made)
    }

    /// All of it was encoded; what is left is to send it.
    pub(super) fn is_encoded(&self) -> bool {
        self.encoded().0 >= self.stored
    }

    /// Bytes of it that stay whatever happens now.
    pub(super) fn kept(&self) -> u64 {
        match self.state {
            LayerState::Committed => self.sent(),
            // Small blobs have no session that outlives their try.
            _ if self.stored < RESUMABLE => 0,
            _ => self.confirmed.min(self.sent()),
        }
    }

    /// 0 to 1 of what it takes on the wire.
    pub(super) fn share(&self, weight: u64) -> f64 {
        if self.is_over() { 1.0 } else { self.sent() as f64 / weight.max(1) as f64 }
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, LayerState::There | LayerState::Committed)
    }

    /// Its try is over; the next one tells what the registry has of it.
    pub(super) fn hold(&mut self) {
        // A second fault before anything went up loses no more.
        (self.held_sent, self.held_read) = (self.sent(), self.encoded());
        (self.sent, self.read, self.made) = (0, 0, 0);
    }

    /// The registry has so much of it, and that is all.
    pub(super) fn goes_on_from(&mut self, offset: u64) {
        (self.sent, self.held_sent, self.confirmed) = (offset, 0, offset);
    }

    /// Nothing of it but what is certain is left.
    pub(super) fn keep_what_is_certain(&mut self) {
        let kept = self.kept();
        (self.sent, self.held_sent, self.confirmed) = (kept, 0, kept);
    }

    /// Nothing of it is kept.
    pub(super) fn drop_all(&mut self) {
        self.confirmed = 0;
        self.keep_what_is_certain();
    }

    /// Bytes that it takes on the wire, as far as one can tell. `measured`: what compressing made of this image's other
    /// layers, as a part of their size.
    pub(super) fn weight(&self, measured: Option<f64>) -> u64 {
        if let Some(size) = self.size {
            return size;
        }
        if !self.gzip {
            return self.stored;
        }
        let (read, made) = self.encoded();
        let (stored, read, made) = (self.stored as f64, read as f64, made as f64);
        let planned = || self.planned.map_or(GUESSED_RATIO, |planned| planned as f64 / stored.max(1.0));
        let before = measured.unwrap_or_else(planned);
        // The further it is, the more counts what came of it.
        let share = read / stored.max(1.0);
        let so_far = if read > 0.0 { made / read } else { before };
        let rest = (stored - read) * (before * (1.0 - share) + so_far * share);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let guess = (made + rest) as u64;
        // Never below what went up already.
        guess.max(self.sent())
    }
}
