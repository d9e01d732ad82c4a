//! What a job does: a publish, or any other work that moves the bytes of named items and takes long.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use slipway_transfer::{Control, Events, Parts, TransferError, WantedBlob};

use crate::view::{BuiltView, CopiedView, FailureView, InstalledView, ResultView};

/// Why a work ended without being done.
pub(crate) trait Stopped: Send {
    /// The hand on it ended it.
    fn is_cancel(&self) -> bool;
}

impl Stopped for TransferError {
    fn is_cancel(&self) -> bool {
        matches!(self, Self::Cancelled)
    }
}

/// How far a work is that counts steps in place of bytes.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: AtomicU32,
    all: AtomicU32,
}

impl Steps {
    /// So many of so many are done.
    pub(crate) fn set(&self, done: u32, all: u32) {
        self.done.store(done, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
    }

    /// The same to be read: those that are done, and all.
    pub(crate) fn get(&self) -> (u32, u32) {
        (self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }
}

/// A work that the queue runs.
pub(crate) trait Work: Send + 'static {
    /// Why it ends without being done.
    type Error: Stopped;

    /// Runs it to its end, or until `control` ends it. After a pause it is run again, and goes on from what it finds.
    fn run(
        &mut self,
        events: &Events,
        control: &Control,
    ) -> impl Future<Output = Result<Done, Self::Error>> + Send;

    /// What people are told of a failure.
    fn failure(&self, error: &Self::Error) -> FailureView;

    /// Its steps, where it counts those; then it cannot be paused.
    fn steps(&self) -> Option<Arc<Steps>> {
        None
    }

    /// Whoever hears of everything beside the job: also of waits and warnings.
    fn listener(&self) -> Option<Events> {
        None
    }

    /// It was cancelled: nothing of it is wanted any more.
    fn give_up(&mut self) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// What is kept of it says all of it: whoever finds it in the history can do the same again.
    fn repeatable(&self) -> bool {
        true
    }

    /// Name of the registry whose rate this measures, for the time that the next push will take.
    fn measures(&self) -> Option<String> {
        None
    }
}

/// What a work came to.
pub(crate) struct Done {
    /// A line for the log.
    pub(crate) line: String,
    /// What the page shows of it.
    pub(crate) outcome: Outcome,
}

/// What a work of each kind came to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// It was published.
    Published(Box<ResultView>),
    /// It was fetched.
    Installed(InstalledView),
    /// It was copied.
    Copied(CopiedView),
    /// It was built.
    Built(BuiltView),
}

/// What a work moves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Items {
    /// Each once; events name them by their place here.
    pub(crate) blobs: Vec<Item>,
    /// As people see them; several may be one blob.
    pub(crate) layers: Vec<Listed>,
}

/// Something that is moved.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// Size where it comes from, bytes.
    pub(crate) size: u64,
    /// It is compressed on the way.
    pub(crate) compressed: bool,
    /// What it will then be, bytes, where that is known or was estimated.
    pub(crate) planned: Option<u64>,
}

/// A layer as listed.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    /// The build step that made it.
    pub(crate) made_by: Option<String>,
    /// Which blob it is; none where it is not moved.
    pub(crate) blob: Option<usize>,
    /// Bytes.
    pub(crate) size: u64,
}

impl From<&Parts> for Items {
    fn from(parts: &Parts) -> Self {
        let blobs = parts.blobs.iter().map(|blob| Item {
            size: blob.size,
            compressed: blob.is_compressed_on_the_way(),
            planned: blob.remembered.as_ref().map(|(_, size)| *size).or(blob.estimated),
        });
        let layers = parts.layers.iter().map(|layer| Listed {
            made_by: layer.made_by.clone(),
            blob: layer.blob,
            size: layer.size,
        });
        Self { blobs: blobs.collect(), layers: layers.collect() }
    }
}

impl From<&[WantedBlob]> for Items {
    fn from(wanted: &[WantedBlob]) -> Self {
        let blobs = wanted.iter().map(|blob| Item { size: blob.size, compressed: false, planned: None });
        let layers = wanted.iter().enumerate().filter(|(_, blob)| blob.layer);
        let layers = layers.map(|(index, blob)| Listed { made_by: None, blob: Some(index), size: blob.size });
        Self { blobs: blobs.collect(), layers: layers.collect() }
    }
}
