//! Getting an image in: files are opened, read in the background, and looked into.

mod files;
pub(crate) mod image;
mod reading;

pub(crate) use files::{File, Files, Stream, handle, is_buildable, name, size};
pub use reading::Inputs;
pub(crate) use reading::Readings;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use slipway_archive::{Archive, ArchiveError};

use crate::clock::now;
use crate::paths::pasted_path;
use crate::store::Store;
use crate::view::{
    Code, DetailsView, Draft, DragItem, FailureView, FileId, LayerContentView, OpenedView, ReadingView,
};

/// The images that people open.
pub struct Images {
    files: Arc<Files>,
    readings: Readings,
    /// Number of the latest count of a layer's content; others end.
    counting: Arc<AtomicU64>,
    /// Where opened files are noted; none where nobody is offered them again.
    history: Option<Arc<Store>>,
    /// Slipway's directory.
    home: PathBuf,
}

impl Images {
    pub(crate) fn new(
        files: Arc<Files>,
        readings: Readings,
        history: Option<Arc<Store>>,
        home: PathBuf,
    ) -> Self {
        Self { files, readings, counting: Arc::default(), history, home }
    }

    /// The table of their handles.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// Opens a path as somebody pasted it.
    pub async fn open_text(&self, text: &str, draft: Draft) -> Result<OpenedView, FailureView> {
        self.open_path(&pasted_path(text), draft).await
    }

    /// Opens a file, and fills the empty fields of `draft` from it.
    pub async fn open_path(&self, path: &Path, draft: Draft) -> Result<OpenedView, FailureView> {
        self.open(self.file(path), draft).await
    }

    /// The handle of a path: standard input where a command names it.
    pub(crate) fn file(&self, path: &Path) -> Arc<File> {
        if self.readings.inputs.streams { self.files.add_named(path) } else { self.files.add(path) }
    }

    /// Opens the first of some dropped files.
    pub async fn open_dropped(&self, files: &[FileId], draft: Draft) -> Result<OpenedView, FailureView> {
        let first =
            files.first().ok_or_else(|| FailureView::new(Code::FileUnreadable, "nothing was dropped"))?;
        self.open(self.files.get(*first)?, draft).await
    }

    /// Opens a file that unpacks to far more than it is (`file.unpacks`), since the person said so.
    pub async fn unpack_anyway(&self, file: FileId, draft: Draft) -> Result<OpenedView, FailureView> {
        let file = self.files.get(file)?;
        file.allow_unpacking();
        self.open(file, draft).await
    }

    /// Judges what is dragged over the window, by names and first bytes; and how many there are beyond
    /// those that are looked at. `dropped`: they were let go there.
    pub fn judge(&self, paths: &[PathBuf], dropped: bool) -> (Vec<DragItem>, u32) {
        self.files.judge(paths, dropped)
    }

    /// Opens what has a handle already.
    pub(crate) async fn open(&self, file: Arc<File>, draft: Draft) -> Result<OpenedView, FailureView> {
        let started = Instant::now();
        let archive = self.archive(&file).await?;
        // What Slipway made itself is found by the way that made it.
        if let Some(history) =
            self.history.as_ref().filter(|_| file.is_file() && !file.path.starts_with(&self.home))
        {
            let (path, now) = (file.path.clone(), now());
            history.ask(move |history| history.keep_file(&path, now)).await;
        }
        let images: Vec<_> = archive.images().iter().map(|found| image::view(&archive, found)).collect();
        let mut filled = Draft { file: Some(file.id), platform: String::new(), ..draft };
        if let Some(first) = images.first() {
            filled.image.clone_from(&first.selector);
            let version = first.names.iter().map(|name| &name.version).find(|version| !version.is_empty());
            if filled.image_name.is_empty() {
                let named = first.names.iter().map(|name| &name.image_name).find(|name| !name.is_empty());
                let by_file = || image::named_by_file(&file.name(), version.map_or("", String::as_str));
                filled.image_name = named.cloned().unwrap_or_else(by_file);
            }
            if filled.versions.is_empty() && filled.version_text.is_empty() {
                filled.versions = version.cloned().into_iter().collect();
            }
        }
        Ok(OpenedView {
            file: file.id,
            name: file.name(),
            file_size: archive.file_size(),
            format: image::format(&archive),
            compressed: image::compressed(&archive),
            read_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            images,
            left_out: image::left_out(&archive),
            draft: filled,
        })
    }

    /// Nobody looks at it any more: what an engine exported for it takes no more room. Files lie where they are.
    pub fn leave(&self, file: FileId) {
        if let Some(file) = self.files.get(file).ok().filter(|file| !file.is_file()) {
            file.give_back();
        }
    }

    /// Reading blocks, and a compressed file may take its time; dropped, this ends it.
    pub(crate) async fn archive(&self, file: &Arc<File>) -> Result<Archive, FailureView> {
        let opening = self.readings.begin(file.name());
        let (reading, options, is_over) = (Arc::clone(file), opening.options(), opening.is_over());
        let read = tokio::task::spawn_blocking(move || {
            let read = reading.archive(&options);
            if is_over() {
                reading.give_back();
            }
            read
        });
        match read.await {
            Ok(Ok(archive)) => {
                self.files.used(file);
                Ok(archive)
            }
            // Whoever is asked answers for this file.
            Ok(Err(error @ ArchiveError::Unpacks { .. })) => {
                let mut failure = FailureView::archive(&error);
                if let Code::FileUnpacks { file: asked, .. } = &mut failure.code {
                    *asked = Some(file.id.0);
                }
                Err(failure)
            }
            Ok(Err(error)) => Err(FailureView::archive(&error)),
            Err(panic) => Err(FailureView::new(Code::Internal, panic.to_string())),
        }
    }

    /// The compressed file that is being unpacked now, if any.
    pub fn reading(&self) -> Option<ReadingView> {
        self.readings.view()
    }

    /// Ends the reading of files; what was unpacked of them is gone.
    pub fn cancel_reading(&self) {
        self.readings.cancel();
    }

    /// The details of one image.
    pub async fn details(&self, file: FileId, selector: &str) -> Result<DetailsView, FailureView> {
        let file = self.files.get(file)?;
        let archive = self.archive(&file).await?;
        let image = image::select(&archive, Some(selector))?;
        Ok(image::details(&archive, &image, &file.name()))
    }

    /// What is in a layer, by its place in the list of the image, from 0: it is unpacked to count. None for one that is
    /// not in the file. An earlier count that still runs ends as cancelled, since nobody looks at it any more.
    pub async fn layer_content(
        &self,
        file: FileId,
        selector: &str,
        layer: usize,
    ) -> Result<Option<LayerContentView>, FailureView> {
        let mine = self.leave_layer();
        let archive = self.archive(&self.files.get(file)?).await?;
        let image = image::select(&archive, Some(selector))?;
        let mut parts = image::parts(&archive, &image);
        let Some(blob) = parts.layers.get(layer).and_then(|layer| layer.blob) else { return Ok(None) };
        let (blob, latest) = (parts.blobs.swap_remove(blob), Arc::clone(&self.counting));
        let counted = tokio::task::spawn_blocking(move || {
            slipway_transfer::layer_content(&blob, || latest.load(Ordering::Relaxed) == mine)
        });
        let content = counted
            .await
            .map_err(|panic| FailureView::new(Code::Internal, panic.to_string()))?
            .map_err(|error| FailureView::archive(&error))?;
        Ok(Some(LayerContentView { unpacked: content.unpacked, files: content.files }))
    }

    /// Nobody looks into a layer any more: a count that runs ends. Gives the number of the next one.
    pub fn leave_layer(&self) -> u64 {
        self.counting.fetch_add(1, Ordering::Relaxed) + 1
    }
}
