//! A pull as the queue runs it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use slipway_archive::OutputPlace;
use slipway_distribution::Registry;
use slipway_transfer::{Control, Event, Events, PullRequest, TransferError, pull};

use super::FetchProgress;
use crate::clock::now;
use crate::failure::credential_source;
use crate::jobs::work::{Done, Outcome, Work};
use crate::store::Store;
use crate::view::{AccountView, FailureView, InstalledView};

/// Whoever listens to a pull.
pub(super) type Listener = Arc<dyn Fn(FetchProgress) + Send + Sync>;

/// A pull as the queue runs it.
pub(super) struct Fetch {
    pub(super) request: PullRequest,
    pub(super) registry: Registry,
    pub(super) store: Arc<Store>,
    pub(super) listener: Listener,
    /// The unfinished file that a run of this job left.
    pub(super) left: Option<PathBuf>,
}

impl Work for Fetch {
    async fn run(&mut self, events: &Events, control: &Control) -> Result<Done, TransferError> {
        let left = self.with_store(|store, output| {
            store.clear_parts();
            store.take_parts(output)
        });
        let request = PullRequest { unfinished: left.await, ..self.request.clone() };
        let begun = Arc::<Mutex<Option<PathBuf>>>::default();
        let noting = self.noting(events, &begun);
        let pulled = pull(&request, &self.registry, &noting, control).await;
        let begun = begun.lock().unwrap_or_else(PoisonError::into_inner).take();
        let began = begun.is_some();
        let stays = self.with_store(move |store, _| settle(store, &request.unfinished, begun)).await;
        if stays.is_some() && !matches!(pulled, Err(TransferError::Cancelled)) {
            (self.listener)(FetchProgress::Kept);
        }
        // A run that began nothing left what the one before it did.
        if began {
            self.left = stays;
        }
        let pulled = pulled?;
        let refused = self.registry.refused_credential();
        Ok(Done {
            line: format!("fetched {}", pulled.digest),
            outcome: Outcome::Installed(InstalledView {
                digest: pulled.digest.to_string(),
                media_type: pulled.media_type,
                file_size: pulled.file_size,
                refused: refused
                    .map(|(username, source)| AccountView { username, source: credential_source(source) }),
            }),
        })
    }

    fn failure(&self, error: &TransferError) -> FailureView {
        FailureView::transfer(error, now())
    }

    fn listener(&self) -> Option<Events> {
        let listener = Arc::clone(&self.listener);
        Some(Arc::new(move |event| {
            if let Some(progress) = told(event) {
                listener(progress);
            }
        }))
    }

    /// What a pause left; what an earlier job did is for whoever asks again.
    async fn give_up(&mut self) {
        if let Some(left) = self.left.take() {
            self.with_store(move |store, _| store.remove_part(&left)).await;
        }
    }
}

impl Fetch {
    /// Works with the store and the target on a thread where that may take long.
    async fn with_store<T: Send + Default + 'static>(
        &self,
        work: impl FnOnce(&Store, &Path) -> T + Send + 'static,
    ) -> T {
        let (store, output) = (Arc::clone(&self.store), self.request.output.clone());
        // What it could not remember costs time only.
        tokio::task::spawn_blocking(move || work(&store, &written(&output))).await.unwrap_or_default()
    }

    /// The same events; the unfinished file is noted in the store and in `begun`.
    fn noting(&self, events: &Events, begun: &Arc<Mutex<Option<PathBuf>>>) -> Events {
        let (events, store, begun) = (Arc::clone(events), Arc::clone(&self.store), Arc::clone(begun));
        Arc::new(move |event| {
            // Told on a thread that may wait.
            if let Event::Unfinished { path } = &event {
                store.keep_part(path);
                *begun.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.clone());
            }
            events(event);
        })
    }
}

/// What a listener hears of an event.
fn told(event: Event) -> Option<FetchProgress> {
    Some(match event {
        Event::Wanted { blobs, .. } => {
            FetchProgress::Total { bytes: blobs.iter().map(|blob| blob.size).sum() }
        }
        Event::Fetching { digest, size, .. } => FetchProgress::Blob { digest: digest.to_string(), size },
        Event::Found { bytes, .. } if bytes > 0 => FetchProgress::Found { bytes },
        Event::Received { bytes, .. } => FetchProgress::Received { bytes },
        Event::Warned { text } => FetchProgress::Warning { text },
        Event::Waiting { reason, wait_ms, .. } => {
            FetchProgress::Waiting { reason, seconds: wait_ms.div_ceil(1000) }
        }
        _ => return None,
    })
}

/// Where an output is written: beside the end of its links lies what is unfinished. What is no regular file stays as it
/// is named.
pub(super) fn written(output: &Path) -> PathBuf {
    match OutputPlace::of(output) {
        Ok(OutputPlace::File(at)) => std::path::absolute(&at).unwrap_or(at),
        _ => output.to_owned(),
    }
}

/// Removes what was left unfinished for `output`.
pub(super) fn give_up(store: &Store, output: &Path) {
    store.take_parts(&written(output)).iter().for_each(|path| store.remove_part(path));
}

/// After a pull that took the files `left` and wrote `begun`: that one, where it stays for whoever goes on with it.
fn settle(store: &Store, left: &[PathBuf], begun: Option<PathBuf>) -> Option<PathBuf> {
    for path in left.iter().filter(|path| begun.as_ref() != Some(path)) {
        // Where nothing was begun, it may still be gone on with.
        if begun.is_some() {
            store.remove_part(path);
        } else {
            store.leave_part(path);
        }
    }
    let path = begun?;
    if path.exists() && store.leave_part(&path) {
        return Some(path);
    }
    // One that nobody would find again is of no use.
    store.remove_part(&path);
    None
}
