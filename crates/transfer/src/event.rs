//! What a running transfer reports.

use std::path::PathBuf;

use slipway_distribution::Error;
use slipway_hosts::Meaning;
use slipway_reference::{Digest, Reference, RepositoryPath, Tag};

/// Where the events of a transfer go. Called from any thread; must not block.
pub type Events = std::sync::Arc<dyn Fn(Event) + Send + Sync>;

/// The parts of a push, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Asking the registry what it has.
    Checking,
    /// Blobs go up.
    Sending,
    /// Manifests and tags go up.
    Committing,
    /// While pulling: an engine takes what was fetched.
    Loading,
    /// The registry is asked back; after a load, the engine.
    Verifying,
}

/// Why something is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The registry is out of reach.
    Network,
    /// The registry asked to slow down.
    SlowDown,
    /// Any other fault that may pass.
    Fault,
}

impl Cause {
    pub(crate) fn of(failed: &Error) -> Self {
        match failed {
            _ if failed.is_out_of_reach() => Self::Network,
            _ if matches!(failed.meaning(), Meaning::RateLimited { .. }) => Self::SlowDown,
            _ => Self::Fault,
        }
    }
}

/// One thing that happened. `blob` counts in [`Parts::blobs`](crate::Parts::blobs), while pulling in
/// [`Wanted`](Event::Wanted).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// What is fetched lies in this file until it is whole. It stays where the program is killed, the pull paused, or the
    /// registry fails.
    Unfinished {
        /// Where.
        path: PathBuf,
    },
    /// The next phase began.
    Phase(Phase),
    /// The registry has this blob already; while pulling, this computer.
    There {
        /// Which blob.
        blob: usize,
    },
    /// The blob is being sent.
    Started {
        /// Which blob.
        blob: usize,
    },
    /// So many more bytes of the file were encoded; the last piece may be told as longer than it is.
    Encoded {
        /// Which blob.
        blob: usize,
        /// Bytes of the file since the last such event.
        bytes: u64,
        /// Bytes that they became.
        made: u64,
    },
    /// So many more bytes were accepted by the connection.
    Sent {
        /// Which blob.
        blob: usize,
        /// Bytes since the last such event.
        bytes: u64,
    },
    /// Sending this blob was interrupted and is tried again: from its beginning, unless `Continued` follows.
    Interrupted {
        /// Which blob.
        blob: usize,
        /// What kind of fault it was.
        cause: Cause,
        /// What went wrong, in English.
        reason: String,
        /// How long is waited first, milliseconds.
        wait_ms: u64,
    },
    /// Sending this blob goes on after a fault or an earlier run: the registry has its beginning.
    Continued {
        /// Which blob.
        blob: usize,
        /// Bytes that the registry has.
        offset: u64,
    },
    /// The registry has so much of the blob, whatever happens to the rest: a part of it was taken, or it was asked.
    Confirmed {
        /// Which blob.
        blob: usize,
        /// Bytes from its beginning.
        bytes: u64,
    },
    /// The registry linked the blob from another path of its own; nothing has to be sent.
    Linked {
        /// Which blob.
        blob: usize,
        /// The other path.
        from: RepositoryPath,
        /// Its size in the registry, bytes.
        size: u64,
    },
    /// A request failed and is made again after a while.
    Waiting {
        /// What kind of fault it was.
        cause: Cause,
        /// What went wrong, in English.
        reason: String,
        /// How long, milliseconds.
        wait_ms: u64,
    },
    /// The registry warns of something that people should know (`Warning: 299`). It holds nothing up; each text comes once.
    Warned {
        /// Its words.
        text: String,
    },
    /// The registry confirmed the blob.
    Committed {
        /// Which blob.
        blob: usize,
        /// Its digest in the registry.
        digest: Digest,
        /// Its size there, bytes.
        size: u64,
    },
    /// A manifest or index is in the registry.
    Manifest {
        /// Its digest.
        digest: Digest,
        /// The tag it was put under; none for a child of an index.
        tag: Option<Tag>,
    },
    /// The registry returned the digest that was put.
    Verified {
        /// Under this tag.
        tag: Tag,
    },
    /// While pulling: what is fetched of an image, before anything else is.
    Chosen {
        /// The image, as it was asked for.
        reference: Reference,
        /// What the file will hold: another digest than `stored_digest` where platforms stay behind.
        digest: Digest,
        /// What the reference leads to.
        stored_digest: Digest,
        /// No registry has `digest`: it is the index of those platforms that were wanted.
        made: bool,
        /// A layer of it is compressed with Zstandard, which not every engine reads.
        zstd: bool,
    },
    /// While pulling and copying: what is moved. Here `blob` counts in this list.
    Wanted {
        /// While pulling the blobs, and the manifests below the root, in the order of the file.
        blobs: Vec<WantedBlob>,
        /// They come here; otherwise they go to another registry.
        here: bool,
    },
    /// While pulling: this blob is `size` bytes and starts now.
    Fetching {
        /// Which blob.
        blob: usize,
        /// Its digest.
        digest: Digest,
        /// Its size, bytes.
        size: u64,
    },
    /// While pulling: the beginning of the blob is there from an earlier pull. Told once more, it says that what was there
    /// or came is not what it should be, and comes again.
    Found {
        /// Which blob.
        blob: usize,
        /// Bytes; none where all of it comes again.
        bytes: u64,
    },
    /// While pulling: so many more bytes arrived.
    Received {
        /// Which blob.
        blob: usize,
        /// Bytes since the last such event.
        bytes: u64,
    },
    /// While pulling: the blob is there and its digest fits.
    Fetched {
        /// Which blob.
        blob: usize,
    },
}

impl Event {
    /// The blob that it speaks of.
    pub(crate) fn blob_mut(&mut self) -> Option<&mut usize> {
        match self {
            Self::There { blob }
            | Self::Started { blob }
            | Self::Encoded { blob, .. }
            | Self::Sent { blob, .. }
            | Self::Interrupted { blob, .. }
            | Self::Continued { blob, .. }
            | Self::Confirmed { blob, .. }
            | Self::Linked { blob, .. }
            | Self::Committed { blob, .. }
            | Self::Fetching { blob, .. }
            | Self::Found { blob, .. }
            | Self::Received { blob, .. }
            | Self::Fetched { blob } => Some(blob),
            Self::Unfinished { .. }
            | Self::Phase(_)
            | Self::Waiting { .. }
            | Self::Warned { .. }
            | Self::Manifest { .. }
            | Self::Verified { .. }
            | Self::Chosen { .. }
            | Self::Wanted { .. } => None,
        }
    }
}

/// Something that a pull or a copy moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedBlob {
    /// Bytes.
    pub size: u64,
    /// It is a layer.
    pub layer: bool,
}
