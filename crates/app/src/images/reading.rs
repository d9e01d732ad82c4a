//! Files that are being unpacked: a compressed one takes its time, which is shown, and can be cancelled.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use slipway_archive::{OpenOptions, SpoolProgress};

use crate::view::ReadingView;

/// What is read besides files and folders, and how far it is trusted. For shells whose person named each input: the
/// window takes files only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inputs {
    /// Pipes and devices, and standard input as `-`.
    pub streams: bool,
    /// What links of a layout lead to outside of its folder.
    pub links: bool,
    /// Bytes that something compressed may unpack to; without it, a file that unpacks to far more than it is needs
    /// somebody to allow it.
    pub max_unpacked: Option<u64>,
}

/// What is being unpacked now.
pub(crate) struct Readings {
    pub(crate) inputs: Inputs,
    temporary: PathBuf,
    all: Mutex<Vec<Arc<Reading>>>,
}

/// One file on its way.
struct Reading {
    name: String,
    progress: Mutex<Option<SpoolProgress>>,
    cancelled: Arc<AtomicBool>,
}

/// A file that is opened. Over when this is dropped: reading that still goes on ends as cancelled.
pub(crate) struct Opening<'a> {
    readings: &'a Readings,
    reading: Arc<Reading>,
}

impl Readings {
    /// Of what is unpacked into the folder `temporary`.
    pub(crate) fn new(inputs: Inputs, temporary: PathBuf) -> Self {
        Self { inputs, temporary, all: Mutex::default() }
    }

    /// Begins to open the file `name`.
    pub(crate) fn begin(&self, name: String) -> Opening<'_> {
        let reading = Arc::new(Reading { name, progress: Mutex::default(), cancelled: Arc::default() });
        self.all().push(Arc::clone(&reading));
        Opening { readings: self, reading }
    }

    /// The latest one that is unpacked; none where files are read in place.
    pub(crate) fn view(&self) -> Option<ReadingView> {
        self.all().iter().rev().find_map(|reading| {
            let progress = (*reading.progress.lock().unwrap_or_else(PoisonError::into_inner))?;
            Some(ReadingView {
                name: reading.name.clone(),
                read: progress.read,
                total: progress.total,
                written: progress.written,
                need: progress.need,
            })
        })
    }

    /// Ends them all.
    pub(crate) fn cancel(&self) {
        self.all().iter().for_each(|reading| reading.cancelled.store(true, Ordering::Relaxed));
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Reading>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Opening<'_> {
    /// Whether nobody waits for it any more, now or later.
    pub(crate) fn is_over(&self) -> impl Fn() -> bool + Send + use<> {
        let cancelled = Arc::clone(&self.reading.cancelled);
        move || cancelled.load(Ordering::Relaxed)
    }

    /// How the archive is to be opened.
    pub(crate) fn options(&self) -> OpenOptions {
        let reading = Arc::clone(&self.reading);
        OpenOptions {
            on_spool: Some(Arc::new(move |progress| {
                *reading.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
            })),
            cancelled: Some(Arc::clone(&self.reading.cancelled)),
            streams: self.readings.inputs.streams,
            trust_links: self.readings.inputs.links,
            max_unpacked: self.readings.inputs.max_unpacked,
            spool_dir: Some(self.readings.temporary.clone()),
            ..OpenOptions::default()
        }
    }
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.reading.cancelled.store(true, Ordering::Relaxed);
        self.readings.all().retain(|reading| !Arc::ptr_eq(reading, &self.reading));
    }
}
