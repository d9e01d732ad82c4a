//! Files that were opened or dragged in this run, by handle: a page never holds a path.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use slipway_archive::{Archive, ArchiveError, OpenOptions, Sniffed, sniff};

use crate::view::{Code, DragItem, FailureView, FileId};

/// Items that a drag may hold.
const MOST_ITEMS: usize = 50;

/// The table of handles.
#[derive(Default)]
pub(crate) struct Files {
    all: Mutex<HashMap<FileId, Arc<File>>>,
    by_path: Mutex<HashMap<PathBuf, FileId>>,
    /// Those that are kept open, the one that was used last at the end.
    used: Mutex<Vec<Arc<File>>>,
}

/// JSON of which the content is kept for all open files together, bytes.
const MOST_KEPT: u64 = 32 << 20;

/// One file.
pub(crate) struct File {
    pub(crate) id: FileId,
    /// `-` for standard input; of what is no file, only what it is called.
    pub(crate) path: PathBuf,
    source: Source,
    /// Somebody said that it may unpack to whatever there is room for.
    allowed: AtomicBool,
    dropped: AtomicBool,
    archive: Mutex<Option<Archive>>,
}

/// Where the bytes of a file are.
enum Source {
    /// At its path.
    Path,
    /// On standard input.
    Input,
    /// Wherever this gets them.
    Stream(Arc<dyn Stream>),
}

/// Something that is no file and gives the bytes of one.
pub(crate) trait Stream: Send + Sync {
    /// What it is called.
    fn name(&self) -> String;

    /// The words of a command that name it.
    fn words(&self) -> Vec<String>;

    /// Gets all of it. Blocks.
    fn open(&self, options: &OpenOptions) -> Result<Archive, ArchiveError>;
}

/// How commands name standard input.
const INPUT: &str = "-";

impl File {
    fn new(path: PathBuf, source: Source) -> Arc<Self> {
        let (allowed, dropped, archive) = Default::default();
        Arc::new(Self { id: FileId(handle()), path, source, allowed, dropped, archive })
    }

    /// The name without its folder.
    pub(crate) fn name(&self) -> String {
        match &self.source {
            Source::Path => name(&self.path),
            Source::Input => "standard input".to_owned(),
            Source::Stream(stream) => stream.name(),
        }
    }

    /// Its path finds it again, in this run and in another one.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.source, Source::Path)
    }

    /// The words of a command that name it.
    pub(crate) fn words(&self) -> Vec<String> {
        match &self.source {
            Source::Path | Source::Input => vec![self.path.to_string_lossy().into_owned()],
            Source::Stream(stream) => stream.words(),
        }
    }

    /// It may unpack to far more than it is.
    pub(crate) fn allow_unpacking(&self) {
        self.allowed.store(true, Ordering::Relaxed);
    }

    /// Somebody dropped it on the window, so that it may be read for a token.
    pub(crate) fn was_dropped(&self) -> bool {
        self.dropped.load(Ordering::Relaxed)
    }

    /// The archive, read at the first call, after each change of the file, and when it may unpack to more since. Blocks; a
    /// second caller waits for the first.
    pub(crate) fn archive(&self, options: &OpenOptions) -> Result<Archive, ArchiveError> {
        let mut archive = self.archive.lock().unwrap_or_else(PoisonError::into_inner);
        let max_unpacked = options.max_unpacked.or(self.allowed.load(Ordering::Relaxed).then_some(u64::MAX));
        let good = |archive: &&Archive| archive.max_unpacked() == max_unpacked && archive.unchanged().is_ok();
        if let Some(archive) = archive.as_ref().filter(good) {
            return Ok(archive.clone());
        }
        let options = &OpenOptions { max_unpacked, ..options.clone() };
        // Given back first: what was unpacked of it takes room.
        *archive = None;
        let opened = match &self.source {
            Source::Path => Archive::open(&self.path, options),
            Source::Input => Archive::open_input(options),
            Source::Stream(stream) => stream.open(options),
        }?;
        *archive = Some(opened.clone());
        Ok(opened)
    }

    /// What was read of it is no longer kept, unless somebody reads it now.
    pub(crate) fn give_back(&self) {
        if let Ok(mut archive) = self.archive.try_lock() {
            *archive = None;
        }
    }

    /// The archive, if it was read and nobody reads it now.
    pub(crate) fn read(&self) -> Option<Archive> {
        self.archive.try_lock().ok()?.clone()
    }
}

impl Files {
    /// The handle of `path`; the same file keeps its handle unless it changed since it was read.
    pub(crate) fn add(&self, path: &Path) -> Arc<File> {
        self.put(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()), Source::Path)
    }

    /// The same for what a command names, where `-` is standard input.
    pub(crate) fn add_named(&self, path: &Path) -> Arc<File> {
        if path == Path::new(INPUT) { self.put(path.to_owned(), Source::Input) } else { self.add(path) }
    }

    /// The handle of what is no file. Another one each time: what comes of it may have changed.
    pub(crate) fn add_stream(&self, stream: Arc<dyn Stream>) -> Arc<File> {
        let file = File::new(PathBuf::from(stream.name()), Source::Stream(stream));
        self.all.lock().unwrap_or_else(PoisonError::into_inner).insert(file.id, Arc::clone(&file));
        file
    }

    fn put(&self, path: PathBuf, source: Source) -> Arc<File> {
        let mut files = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut by_path = self.by_path.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = by_path.get(&path).and_then(|id| files.get(id))
            && file.read().is_none_or(|archive| archive.unchanged().is_ok())
        {
            return Arc::clone(file);
        }
        let file = File::new(path.clone(), source);
        files.insert(file.id, Arc::clone(&file));
        by_path.insert(path, file.id);
        file
    }

    /// `file` was read or used. Of those that nobody used for longest so many are given back that the rest keeps no more
    /// than it may; they are read again when they are asked for.
    pub(crate) fn used(&self, file: &Arc<File>) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|other| !Arc::ptr_eq(other, file));
        used.push(Arc::clone(file));
        let mut kept = 0;
        let newest_first = used.iter().enumerate().rev();
        let beyond = newest_first.filter_map(|(at, file)| {
            kept += file.read().map_or(0, |archive| archive.kept());
            (kept > MOST_KEPT).then_some(at)
        });
        let Some(oldest_kept) = beyond.max().map(|at| at + 1) else { return };
        // The one that is used now stays, whatever it keeps: no file may keep as much as all together.
        let beyond = oldest_kept.min(used.len() - 1);
        for other in used.drain(..beyond) {
            other.give_back();
        }
    }

    pub(crate) fn get(&self, id: FileId) -> Result<Arc<File>, FailureView> {
        let files = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        files.get(&id).cloned().ok_or_else(|| FailureView::new(Code::Internal, "no such file was opened"))
    }

    /// Judges dragged items by name and first bytes; and how many there are beyond those that are looked at. What is over
    /// the window is not yet given to it: only what was dropped may be read for a token.
    pub(crate) fn judge(&self, paths: &[PathBuf], dropped: bool) -> (Vec<DragItem>, u32) {
        let item = |path: &PathBuf| {
            let size = size(path).unwrap_or_default();
            let (kind, refused) = match sniff(path) {
                Ok(Sniffed::Tar) => (Some("tar"), None),
                Ok(Sniffed::Compressed(_)) => (Some("compressed"), None),
                Ok(Sniffed::Layout) => (Some("layout"), None),
                Err(_) if is_buildable(path) => (Some("build"), None),
                Err(error) => {
                    let token = slipway_credentials::read_token_file(path).is_ok();
                    (token.then_some("token"), Some(FailureView::archive(&error).code))
                }
            };
            let file = kind.is_some().then(|| self.add(path));
            if let Some(file) = file.as_ref().filter(|_| dropped) {
                file.dropped.store(true, Ordering::Relaxed);
            }
            let file = file.map(|file| file.id);
            DragItem { file, name: name(path), size, kind: kind.map(str::to_owned), refused }
        };
        let more = u32::try_from(paths.len().saturating_sub(MOST_ITEMS)).unwrap_or(u32::MAX);
        (paths.iter().take(MOST_ITEMS).map(item).collect(), more)
    }
}

/// Whether a folder has a Dockerfile where it usually is.
pub(crate) fn is_buildable(folder: &Path) -> bool {
    folder.is_dir() && ["Dockerfile", "Containerfile"].iter().any(|usual| folder.join(usual).is_file())
}

/// A number that nobody can guess, below 2^53 as the page's numbers are.
pub(crate) fn handle() -> u64 {
    // A system that gives no random numbers still seeds its hash tables.
    let number = getrandom::u64().unwrap_or_else(|_| RandomState::new().hash_one(()));
    number >> 11
}

/// Size of a file, or of a layout's blobs, bytes; none where it is gone.
pub(crate) fn size(path: &Path) -> Option<u64> {
    let metadata = std::fs::metadata(path).ok()?;
    if !metadata.is_dir() {
        return Some(metadata.len());
    }
    let entries = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten();
    let blobs = entries(path.join("blobs")).flat_map(|algorithm| entries(algorithm.path()));
    Some(blobs.filter_map(|blob| blob.metadata().ok()).map(|metadata| metadata.len()).sum())
}

/// The name without its folder.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dragged_zip_is_refused_with_its_reason_before_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.zip");
        std::fs::write(&path, b"PK\x03\x04rest").unwrap();
        let (items, more) = Files::default().judge(std::slice::from_ref(&path), true);
        assert_eq!((items[0].refused.clone(), items[0].file, more), (Some(Code::FileZip), None, 0));
        let (items, more) = Files::default().judge(&vec![path; 53], true);
        assert_eq!((items.len(), more), (MOST_ITEMS, 3), "more than that is counted, not read");
    }

    #[test]
    fn a_folder_with_a_dockerfile_is_one_to_build() {
        let folder = tempfile::tempdir().unwrap();
        let kind = || Files::default().judge(&[folder.path().to_owned()], true).0[0].kind.clone();
        assert_eq!(kind(), None);
        std::fs::write(folder.path().join("Containerfile"), "FROM scratch").unwrap();
        assert_eq!(kind().as_deref(), Some("build"));
    }

    #[test]
    fn a_hundred_open_files_keep_no_more_than_a_few() {
        let folder = tempfile::tempdir().unwrap();
        let config = format!("{{\"os\": \"linux\"}}{}", " ".repeat(4_000_000));
        let entry = br#"[{"Config": "config.json", "Layers": []}]"#;
        let tar = slipway_stage::tar::Tar::default().file("config.json", config.as_bytes());
        let tar = tar.file("manifest.json", entry).end();
        let table = Files::default();
        let files = (0..12).map(|number| {
            let path = folder.path().join(format!("{number}.tar"));
            std::fs::write(&path, &tar).unwrap();
            let file = table.add(&path);
            file.archive(&OpenOptions::default()).unwrap();
            table.used(&file);
            file
        });
        let files: Vec<_> = files.collect();
        let open: Vec<bool> = files.iter().map(|file| file.read().is_some()).collect();
        assert_eq!(open, [vec![false; 4], vec![true; 8]].concat());
        // Asked for again, it is read again, and another one goes.
        files[0].archive(&OpenOptions::default()).unwrap();
        table.used(&files[0]);
        assert!(files[0].read().is_some() && files[4].read().is_none() && files[5].read().is_some());
    }

    #[test]
    fn what_may_unpack_to_more_is_read_again_with_that() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image.tar");
        let entry = br#"[{"Config": "config.json", "Layers": []}]"#;
        let tar = slipway_stage::tar::Tar::default().file("config.json", br#"{"os": "linux"}"#);
        std::fs::write(&path, tar.file("manifest.json", entry).end()).unwrap();
        let file = Files::default().add(&path);
        let limit = || file.archive(&OpenOptions::default()).unwrap().unpacked_limit(1000);
        assert_eq!(limit(), 256 << 20);
        file.allow_unpacking();
        assert_eq!(limit(), u64::MAX);
    }

    #[test]
    fn the_same_file_keeps_its_handle() {
        let files = Files::default();
        let (first, other) = (files.add(Path::new("/tmp/a.tar")).id, files.add(Path::new("/tmp/b.tar")).id);
        assert_ne!(first, other);
        assert_eq!(files.add(Path::new("/tmp/a.tar")).id, first);
    }
}
