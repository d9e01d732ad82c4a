//! A pull as the queue runs it.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use slipway_archive::{Folder, OutputPlace, Target};
use slipway_engines::Engine;
use slipway_transfer::{Control, Event, Events, Phase, PullRequest, Pulled, TransferError, pull};

use super::FetchProgress;
use super::here::here;
use super::load::load;
use crate::clock::now;
use crate::failure::credential_source;
use crate::jobs::work::{Done, Outcome, Work};
use crate::store::Store;
use crate::view::{AccountView, FailureView, InstalledImage, InstalledView, JobId, LoadedImage};

/// Whoever listens to a pull.
pub(super) type Listener = Arc<dyn Fn(FetchProgress) + Send + Sync>;

/// A pull as the queue runs it.
pub(super) struct Fetch {
    pub(super) request: PullRequest,
    pub(super) store: Arc<Store>,
    pub(super) listener: Listener,
    /// The job that this is.
    pub(super) job: JobId,
    /// Who takes what was fetched; none: it stays where it is.
    pub(super) engine: Option<Engine>,
    /// What was fetched for the engine before a pause.
    pub(super) whole: Option<Pulled>,
}

impl Work for Fetch {
    type Error = TransferError;

    async fn run(&mut self, events: &Events, control: &Control) -> Result<Done, TransferError> {
        let Some(engine) = self.engine.clone() else {
            let pulled = self.fetch(events, control).await?;
            return Ok(self.done(pulled, Vec::new()));
        };
        let pulled = match self.whole.take() {
            Some(pulled) => pulled,
            None => self.fetch_whole(events, control).await?,
        };
        (self.listener)(FetchProgress::Loading { engine: engine.kind().to_string() });
        let loading = load(&engine, &self.request.output, &pulled.images, events, control);
        let loaded = Box::pin(loading).await;
        match loaded {
            Ok(loaded) => {
                // What the engine has may be another image; then this is the only proof of the right one.
                if loaded.iter().all(|image| image.not_verified.is_none()) {
                    self.with_store(Store::remove_part).await;
                } else {
                    self.with_store(Store::leave_part).await;
                }
                Ok(self.done(pulled, loaded))
            }
            Err(error) => {
                if matches!(error, TransferError::Cancelled) {
                    // A pause goes on from here.
                    self.whole = Some(pulled);
                } else {
                    self.with_store(Store::leave_part).await;
                    (self.listener)(FetchProgress::Kept);
                }
                Err(error)
            }
        }
    }

    fn failure(&self, error: &TransferError) -> FailureView {
        FailureView::transfer(error, now())
    }

    fn listener(&self) -> Option<Events> {
        let listener = Arc::clone(&self.listener);
        let for_docker = self.request.format == Target::DockerArchive && self.engine.is_none();
        let counts = Mutex::default();
        Some(Arc::new(move |event| {
            if let Some(progress) = told(event, for_docker, &counts) {
                listener(progress);
            }
        }))
    }

    /// What a pause left; what an earlier job did is for whoever asks again.
    async fn give_up(&mut self) {
        if self.whole.take().is_some() {
            self.with_store(|store, whole| {
                // One that nobody would find again is of no use.
                if !store.leave_part(whole) {
                    store.remove_part(whole);
                }
            })
            .await;
        }
        let job = self.job;
        self.with_store(move |store, _| give_up(store, job)).await;
    }
}

impl Fetch {
    /// Fetches what an engine is to take: a whole file, which is known to the store as long as it is there.
    async fn fetch_whole(&mut self, events: &Events, control: &Control) -> Result<Pulled, TransferError> {
        let job = self.job;
        let kept = self.with_store(move |store, whole| {
            let made = whole.parent().map_or(Ok(()), crate::home::make);
            store.use_part(whole, job);
            made.err()
        });
        if let Some(source) = kept.await {
            return Err(TransferError::Output { path: self.request.output.clone(), source });
        }
        let events = Arc::clone(events);
        // The file's name is nobody's matter.
        let events: Events = Arc::new(move |event| match event {
            Event::Phase(Phase::Committing) => {}
            event => events(event),
        });
        let pulled = self.fetch(&events, control).await;
        if pulled.is_err() {
            // One that an earlier run left is still there.
            self.with_store(|store, whole| match whole.exists() {
                true => {
                    store.leave_part(whole);
                }
                false => store.forget_part(whole),
            })
            .await;
        }
        pulled
    }

    /// Fetches everything.
    async fn fetch(&mut self, events: &Events, control: &Control) -> Result<Pulled, TransferError> {
        let left = self.with_store(|store, output| {
            store.clear_parts();
            store.take_parts(output)
        });
        let here = here(Arc::clone(&self.store), Some(written(&self.request.output)));
        let request = PullRequest { unfinished: left.await, here: Some(here), ..self.request.clone() };
        let begun = Arc::<Mutex<Option<PathBuf>>>::default();
        let noting = self.noting(events, &begun);
        let pulled = pull(&request, &noting, control).await;
        let begun = begun.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (is_done, loads, job) = (pulled.is_ok(), self.engine.is_some(), self.job);
        let stays = self.with_store(move |store, whole| {
            if is_done && loads && begun.is_some() {
                store.keep_part(whole, job);
            }
            settle(store, &request.unfinished, begun, is_done)
        });
        if stays.await && !matches!(pulled, Err(TransferError::Cancelled)) {
            (self.listener)(FetchProgress::Kept);
        }
        pulled
    }

    /// What came of it.
    fn done(&self, pulled: Pulled, loaded: Vec<LoadedImage>) -> Done {
        let refused = self.request.images.iter().find_map(|image| image.registry.refused_credential());
        let first = pulled.images.first();
        let digest = first.map(|image| image.digest.to_string()).unwrap_or_default();
        let images = pulled.images.iter().map(|image| InstalledImage {
            reference: image.reference.to_string(),
            digest: image.digest.to_string(),
            beside: u32::try_from(image.beside).unwrap_or(u32::MAX),
        });
        let images: Vec<_> = images.collect();
        let line = images.iter().map(|image| image.digest.as_str()).collect::<Vec<_>>().join(", ");
        Done {
            line: format!("fetched {line}"),
            outcome: Outcome::Installed(InstalledView {
                digest,
                media_type: first.map(|image| image.media_type.clone()).unwrap_or_default(),
                file_size: pulled.file_size,
                here: pulled.here,
                images,
                loaded,
                refused: refused
                    .map(|(username, source)| AccountView { username, source: credential_source(source) }),
            }),
        }
    }

    /// Works with the store and the target on a thread where that may take long.
    async fn with_store<T: Send + Default + 'static>(
        &self,
        work: impl FnOnce(&Store, &Path) -> T + Send + 'static,
    ) -> T {
        let (store, output) = (Arc::clone(&self.store), self.request.output.clone());
        // What it could not remember costs time only.
        tokio::task::spawn_blocking(move || work(&store, &written(&output))).await.unwrap_or_default()
    }

    /// The same events; what is written is noted in the store and in `begun`.
    fn noting(&self, events: &Events, begun: &Arc<Mutex<Option<PathBuf>>>) -> Events {
        let (events, store, begun) = (Arc::clone(events), Arc::clone(&self.store), Arc::clone(begun));
        let job = self.job;
        Arc::new(move |event| {
            // Told on a thread that may wait.
            if let Event::Unfinished { path } = &event {
                store.keep_part(path, job);
                *begun.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.clone());
            }
            events(event);
        })
    }
}

/// Bytes of a blob: all of them, and those that were told of.
#[derive(Clone, Copy, Default)]
struct Count {
    size: u64,
    told: u64,
}

/// What a listener hears of an event. `counts` are those of the blobs, once they are known.
fn told(event: Event, for_docker: bool, counts: &Mutex<Vec<Count>>) -> Option<FetchProgress> {
    let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
    Some(match event {
        Event::Chosen { reference, digest, made, zstd, .. } => FetchProgress::Chosen {
            reference: reference.to_string(),
            digest: digest.to_string(),
            made,
            zstd: zstd && for_docker,
        },
        Event::Wanted { blobs, .. } => {
            *counts = blobs.iter().map(|blob| Count { size: blob.size, told: 0 }).collect();
            FetchProgress::Total { bytes: counts.iter().map(|count| count.size).sum() }
        }
        Event::There { blob } => {
            FetchProgress::Here { bytes: counts.get(blob).map_or(0, |count| count.size) }
        }
        Event::Fetching { digest, size, .. } => FetchProgress::Blob { digest: digest.to_string(), size },
        Event::Found { blob, bytes } => {
            let before = counts.get_mut(blob).map_or(0, |count| std::mem::replace(&mut count.told, bytes));
            match bytes.checked_sub(before) {
                Some(bytes) => FetchProgress::Found { bytes },
                None => FetchProgress::TakenBack { bytes: before - bytes },
            }
        }
        Event::Received { blob, bytes } => {
            if let Some(count) = counts.get_mut(blob) {
                count.told = count.told.saturating_add(bytes);
            }
            FetchProgress::Received { bytes }
        }
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
        // A folder.
        Err(_) => std::path::absolute(output).unwrap_or_else(|_| output.to_owned()),
        Ok(_) => output.to_owned(),
    }
}

/// Removes what `job` made and nobody goes on with: files, and in a folder the blobs that were written since it began
/// there, as one job writes a folder at a time, and those that nothing is there of. What other jobs left stays.
pub(super) fn give_up(store: &Store, job: JobId) {
    for (path, began) in store.take_parts_of(job) {
        let Some(folder) = Folder::of_unfinished(&path) else {
            store.remove_part(&path);
            continue;
        };
        Folder::discard_at(folder, |facts| facts.len() == 0 || is_since(facts, began));
        if path.exists() {
            store.leave_part(&path);
        } else {
            store.forget_part(&path);
        }
    }
}

/// Whether a blob was written since `began`, seconds since 1970.
fn is_since(facts: &Metadata, began: i64) -> bool {
    let written = facts.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    written.is_some_and(|at| i64::try_from(at.as_secs()).is_ok_and(|at| at >= began))
}

/// After a pull that took the files `left` and wrote `begun`: whether that one stays for whoever goes on with it.
fn settle(store: &Store, left: &[PathBuf], begun: Option<PathBuf>, is_done: bool) -> bool {
    for path in left.iter().filter(|path| begun.as_ref() != Some(path)) {
        // Where nothing was begun and the file is not whole, it may still be gone on with.
        if begun.is_some() || is_done {
            store.remove_part(path);
        } else {
            store.leave_part(path);
        }
    }
    let Some(path) = begun else { return false };
    if path.exists() && store.leave_part(&path) {
        return true;
    }
    // One that nobody would find again is of no use.
    store.remove_part(&path);
    false
}

#[cfg(test)]
mod tests {
    use slipway_transfer::WantedBlob;

    use super::*;

    #[test]
    fn what_comes_again_is_counted_once() {
        let counts = Mutex::default();
        let mut sum = 0_i64;
        let mut tell = |event| {
            let signed = |bytes: u64| i64::try_from(bytes).unwrap();
            sum += match told(event, false, &counts).unwrap() {
                FetchProgress::Found { bytes } | FetchProgress::Received { bytes } => signed(bytes),
                FetchProgress::TakenBack { bytes } => -signed(bytes),
                _ => 0,
            };
            sum
        };
        let blob = WantedBlob { size: 10, layer: true };
        tell(Event::Wanted { blobs: vec![blob, blob], here: true });
        tell(Event::Received { blob: 1, bytes: 3 });
        tell(Event::Found { blob: 0, bytes: 4 });
        assert_eq!(tell(Event::Received { blob: 0, bytes: 6 }), 13);
        assert_eq!(tell(Event::Found { blob: 0, bytes: 0 }), 3, "the other blob is as it was");
        assert_eq!(tell(Event::Received { blob: 0, bytes: 10 }), 13);
    }
}
