//! An opened image file.

use std::fs::File;
use std::io::{Read, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::container::Container;
use crate::error::Spooled;
use crate::file::FileAt;
use crate::images::{self, Images};
use crate::index::Index;
use crate::model::{Format, LeftOut, LeftOutKind};
use crate::outer::Outer;
use crate::sniff::{self, Sniffed, sniff};
use crate::spool::{Kept, OpenOptions, has_room, spool, spool_stream, unpacked_limit};
use crate::{ArchiveError, names};
use slipway_image::Image;

/// An opened image file or layout folder. Clones share what was read; nothing is unpacked but an outer
/// compression.
///
/// What comes through a pipe cannot be read again, nor at any place: it is kept in a file without a name.
#[derive(Debug, Clone)]
pub struct Archive {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    outer: Outer,
    file_size: u64,
    images: Images,
    /// What must stay as it is: the file, or the small files of a layout.
    watched: Vec<Watched>,
    max_unpacked: Option<u64>,
}

#[derive(Debug)]
enum Watched {
    Path {
        path: PathBuf,
        length: u64,
        modified: Option<SystemTime>,
    },
    /// Without a name, such as standard input.
    Open(Arc<FileAt>),
}

/// What standard input is called in messages.
const INPUT: &str = "standard input";

impl Archive {
    /// Opens `path` and reads what images it holds. Digests of manifests, indexes and configurations are
    /// verified; those of layers are not, as that means reading everything.
    ///
    /// # Errors
    /// Says what is wrong with the file, or [`ArchiveError::Cancelled`].
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self, ArchiveError> {
        if options.streams && is_stream(path) {
            let name = sniff::name(path);
            options.tell_of_stream(None);
            let opened = File::open(path);
            let opened = opened.map_err(|source| ArchiveError::Unreadable { file: name.clone(), source })?;
            return stream(opened, path, &name, None, options).map(Self::of);
        }
        Ok(Self::of(match sniff(path)? {
            Sniffed::Layout => layout(path, options)?,
            Sniffed::Tar => tar(path, Outer::None, options)?,
            Sniffed::Compressed(outer) => tar(path, outer, options)?,
        }))
    }

    /// Reads standard input, in place where it is a file.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_input(options: &OpenOptions) -> Result<Self, ArchiveError> {
        let unreadable = |source| ArchiveError::Unreadable { file: INPUT.to_owned(), source };
        let input = standard_input().map_err(unreadable)?;
        let path = Path::new("-");
        let is_file = input.metadata().is_ok_and(|metadata| metadata.is_file());
        if is_file && (&input).stream_position().is_ok_and(|at| at == 0) {
            let file = Arc::new(FileAt::new(input, false).map_err(unreadable)?);
            let outer = sniff::look(&sniff::first(&file).map_err(unreadable)?, INPUT)?;
            let watched = vec![Watched::Open(Arc::clone(&file))];
            return of_file(file, path, INPUT, outer, watched, options).map(Self::of);
        }
        options.tell_of_stream(None);
        stream(input, path, INPUT, None, options).map(Self::of)
    }

    /// Reads what comes out of `input`, to its end, and keeps it as what comes through a pipe. Messages call it `name`;
    /// `need` is the room that it will take, bytes, where that is known before.
    ///
    /// # Errors
    /// As [`open`](Self::open), and those of `input` as [`ArchiveError::Unreadable`].
    pub fn open_reader(
        input: impl Read + 'static,
        name: &str,
        need: Option<u64>,
        options: &OpenOptions,
    ) -> Result<Self, ArchiveError> {
        options.tell_of_stream(need);
        stream(input, Path::new(name), name, need, options).map(Self::of)
    }

    fn of(inner: Inner) -> Self {
        tracing::debug!(images = inner.images.whole.len(), format = ?inner.images.format, "archive opened");
        Self { inner: Arc::new(inner) }
    }

    /// The path as it was given; `-` for standard input.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// The kind of file.
    pub fn format(&self) -> Format {
        self.inner.images.format
    }

    /// The compression around it.
    pub fn outer(&self) -> Outer {
        self.inner.outer
    }

    /// Size of the file in bytes, compressed as it is; of a layout folder the sum of its blobs and JSON.
    pub fn file_size(&self) -> u64 {
        self.inner.file_size
    }

    /// What [`OpenOptions::max_unpacked`] was when it was opened.
    pub fn max_unpacked(&self) -> Option<u64> {
        self.inner.max_unpacked
    }

    /// What a layer of `size` compressed bytes may unpack to, bytes: as the file itself.
    pub fn unpacked_limit(&self, size: u64) -> u64 {
        self.inner.max_unpacked.unwrap_or_else(|| unpacked_limit(size))
    }

    /// JSON of which the content is kept while this is open, bytes: what is made of it takes up to twenty times as much.
    pub fn kept(&self) -> u64 {
        self.inner.images.kept
    }

    /// The images, at least one.
    pub fn images(&self) -> &[Image] {
        &self.inner.images.whole
    }

    /// What the file lists beside its images: images that are incomplete, and what is none.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.inner.images.left_out
    }

    /// The only image that can be meant where nobody says which. One that is incomplete may well have been meant, so it
    /// counts; one of which the file has nothing does not.
    pub fn only(&self) -> Option<&Image> {
        let incomplete = self.left_out().iter().any(|left| left.kind == LeftOutKind::Incomplete);
        match self.images() {
            [only] if !incomplete => Some(only),
            _ => None,
        }
    }

    /// The image that `selector` means: `@0`, or one of its names, with or without the parts that Docker adds.
    ///
    /// # Errors
    /// [`ArchiveError::UnknownImage`], with what there is; [`ArchiveError::Incomplete`].
    pub fn select(&self, selector: &str) -> Result<&Image, ArchiveError> {
        let wanted = names::full(selector);
        let images = self.images();
        let exact = images.iter().find(|image| is(&image.selector, &image.names, selector));
        let same = || images.iter().find(|image| image.names.iter().any(|name| names::full(name) == wanted));
        if let Some(image) = exact.or_else(same) {
            return Ok(image);
        }
        let left = self.left_out().iter().find(|left| {
            let number = left.selector.as_deref().unwrap_or_default();
            is(number, &left.names, selector) || left.names.iter().any(|name| names::full(name) == wanted)
        });
        Err(match left {
            Some(left) => {
                ArchiveError::Incomplete { selector: selector.to_owned(), reason: left.reason.to_string() }
            }
            None => {
                let present = images.iter().map(|image| image.names.first().unwrap_or(&image.selector));
                let present: Vec<&str> = present.map(String::as_str).collect();
                ArchiveError::UnknownImage { selector: selector.to_owned(), present: present.join(", ") }
            }
        })
    }

    /// The file is still what it was when it was opened, by size and time.
    ///
    /// # Errors
    /// [`ArchiveError::Changed`].
    pub fn unchanged(&self) -> Result<(), ArchiveError> {
        self.inner.watched.iter().try_for_each(Watched::unchanged)
    }
}

/// An image of this number and these names is what `selector` means to the letter.
fn is(number: &str, names: &[String], selector: &str) -> bool {
    number == selector || names.iter().any(|name| name == selector)
}

impl Watched {
    fn new(path: &Path) -> std::io::Result<Self> {
        let metadata = path.metadata()?;
        Ok(Self::Path { path: path.to_owned(), length: metadata.len(), modified: metadata.modified().ok() })
    }

    fn length(&self) -> u64 {
        match self {
            Self::Path { length, .. } => *length,
            Self::Open(file) => file.length,
        }
    }

    fn unchanged(&self) -> Result<(), ArchiveError> {
        match self {
            Self::Path { path, length, modified } => {
                let same = |now: std::fs::Metadata| now.len() == *length && now.modified().ok() == *modified;
                if path.metadata().is_ok_and(same) { Ok(()) } else { Err(ArchiveError::Changed) }
            }
            Self::Open(file) => file.unchanged(),
        }
    }
}

/// Neither a file nor a folder.
fn is_stream(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// A handle of its own, so that nobody else's buffer takes bytes away.
fn standard_input() -> std::io::Result<File> {
    #[cfg(unix)]
    let handle = std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let handle = std::os::windows::io::AsHandle::as_handle(&std::io::stdin()).try_clone_to_owned();
    handle.map(File::from)
}

fn tar(path: &Path, outer: Outer, options: &OpenOptions) -> Result<Inner, ArchiveError> {
    let name = sniff::name(path);
    let unreadable = |source| ArchiveError::Unreadable { file: name.clone(), source };
    let watched = Watched::new(path).map_err(unreadable)?;
    let file = File::open(path).and_then(|file| FileAt::new(file, false)).map_err(unreadable)?;
    of_file(Arc::new(file), path, &name, outer, vec![watched], options)
}

/// What is in `file`, which can be read at any place; unpacked first where it is compressed.
fn of_file(
    file: Arc<FileAt>,
    path: &Path,
    name: &str,
    outer: Outer,
    watched: Vec<Watched>,
    options: &OpenOptions,
) -> Result<Inner, ArchiveError> {
    let unreadable = |source| ArchiveError::Unreadable { file: name.to_owned(), source };
    let file_size = watched.iter().map(Watched::length).sum();
    let file = match outer {
        Outer::None => file,
        outer => {
            let kept = spool(file.again().map_err(unreadable)?, name, outer, options)?;
            let images = unpacked(kept, name, options)?;
            let max_unpacked = options.max_unpacked;
            return Ok(Inner { path: path.to_owned(), outer, file_size, images, watched, max_unpacked });
        }
    };
    let images = inside(file, name, options)?;
    let max_unpacked = options.max_unpacked;
    Ok(Inner { path: path.to_owned(), outer, file_size, images, watched, max_unpacked })
}

/// What comes out of `input`, which can be read once only.
fn stream(
    mut input: impl Read + 'static,
    path: &Path,
    name: &str,
    need: Option<u64>,
    options: &OpenOptions,
) -> Result<Inner, ArchiveError> {
    // Whoever gives the bytes may have been told to end it.
    let unreadable = |source: std::io::Error| match source.downcast::<ArchiveError>() {
        Ok(ours) => ours,
        Err(source) => ArchiveError::Unreadable { file: name.to_owned(), source },
    };
    has_room(Spooled::Stream, &options.folder(), need.unwrap_or_default())?;
    let mut first = Vec::new();
    input.by_ref().take(sniff::FIRST as u64).read_to_end(&mut first).map_err(unreadable)?;
    let outer = sniff::look(&first, name)?;
    let kept = spool_stream(name, first, input, outer, need, options)?;
    let file_size = kept.read;
    let images = unpacked(kept, name, options)?;
    let (watched, max_unpacked) = (Vec::new(), options.max_unpacked);
    Ok(Inner { path: path.to_owned(), outer, file_size, images, watched, max_unpacked })
}

/// The images in what was unpacked, or kept of a pipe. What is no sense is best said by whoever can read it at any place.
fn unpacked(kept: Kept, name: &str, options: &OpenOptions) -> Result<Images, ArchiveError> {
    let unreadable = |source| ArchiveError::Unreadable { file: name.to_owned(), source };
    let file = FileAt::new(kept.file, true).map_err(unreadable)?;
    let images = inside(Arc::new(file), name, options)?;
    kept.nonsense.map_or(Ok(images), Err)
}

/// The images in a tar.
fn inside(file: Arc<FileAt>, name: &str, options: &OpenOptions) -> Result<Images, ArchiveError> {
    let index = Index::read(&file, name, options.cancelled.as_deref())?;
    images::read(&Container::Tar { file, index }, name)
}

fn layout(path: &Path, options: &OpenOptions) -> Result<Inner, ArchiveError> {
    let name = sniff::name(path);
    let unreadable = |source| ArchiveError::Unreadable { file: name.clone(), source };
    let root = path.canonicalize().map_err(unreadable)?;
    let watched = ["oci-layout", "index.json"].iter().filter_map(|file| Watched::new(&root.join(file)).ok());
    let watched: Vec<_> = watched.collect();
    let container = Container::Layout { root, trusted: options.trust_links };
    let images = images::read(&container, &name)?;
    let file_size = watched.iter().map(Watched::length).sum::<u64>() + images.size();
    let max_unpacked = options.max_unpacked;
    Ok(Inner { path: path.to_owned(), outer: Outer::None, file_size, images, watched, max_unpacked })
}
