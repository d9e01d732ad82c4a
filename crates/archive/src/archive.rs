//! An opened image file.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::container::Container;
use crate::file::FileAt;
use crate::images::{self, Images};
use crate::index::Index;
use crate::model::{Format, Image};
use crate::sniff::{self, Outer, Sniffed, sniff};
use crate::source::{BlobReader, Source};
use crate::spool::{OpenOptions, spool};
use crate::{ArchiveError, names};

/// An opened image file or layout folder. Clones share what was read; nothing is unpacked but an outer
/// compression.
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
}

#[derive(Debug)]
struct Watched {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
}

impl Archive {
    /// Opens `path` and reads what images it holds. Digests of manifests, indexes and configurations are
    /// verified; those of layers are not, as that means reading everything.
    ///
    /// # Errors
    /// Says what is wrong with the file, or [`ArchiveError::Cancelled`].
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self, ArchiveError> {
        let inner = match sniff(path)? {
            Sniffed::Layout => layout(path)?,
            Sniffed::Tar => tar(path, Outer::None, options)?,
            Sniffed::Compressed(outer) => tar(path, outer, options)?,
        };
        tracing::debug!(images = inner.images.images.len(), format = ?inner.images.format, "archive opened");
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The path as it was given.
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

    /// The images, at least one.
    pub fn images(&self) -> &[Image] {
        &self.inner.images.images
    }

    /// The image that `selector` means: `@0`, or one of its names, with or without the parts that Docker adds.
    ///
    /// # Errors
    /// [`ArchiveError::UnknownImage`], with what there is.
    pub fn select(&self, selector: &str) -> Result<&Image, ArchiveError> {
        let images = self.images();
        let exact =
            |image: &&Image| image.selector == selector || image.names.iter().any(|name| name == selector);
        let wanted = names::full(selector);
        let same = |image: &&Image| image.names.iter().any(|name| names::full(name) == wanted);
        images.iter().find(exact).or_else(|| images.iter().find(same)).ok_or_else(|| {
            let present = images.iter().map(|image| image.names.first().unwrap_or(&image.selector).as_str());
            ArchiveError::UnknownImage {
                selector: selector.to_owned(),
                present: present.collect::<Vec<_>>().join(", "),
            }
        })
    }

    /// Reads a blob of this archive. Any number of readers may be open.
    ///
    /// # Errors
    /// [`ArchiveError::Changed`] where the file is not what it was when it was opened.
    pub fn reader(&self, source: &Source) -> Result<BlobReader, ArchiveError> {
        source.open()
    }

    /// The file is still what it was when it was opened, by size and time.
    ///
    /// # Errors
    /// [`ArchiveError::Changed`].
    pub fn unchanged(&self) -> Result<(), ArchiveError> {
        let same = |watched: &Watched| Watched::new(&watched.path).is_ok_and(|now| now == *watched);
        if self.inner.watched.iter().all(same) { Ok(()) } else { Err(ArchiveError::Changed) }
    }
}

impl PartialEq for Watched {
    fn eq(&self, other: &Self) -> bool {
        self.length == other.length && self.modified == other.modified
    }
}

impl Watched {
    fn new(path: &Path) -> std::io::Result<Self> {
        let metadata = path.metadata()?;
        Ok(Self { path: path.to_owned(), length: metadata.len(), modified: metadata.modified().ok() })
    }
}

fn tar(path: &Path, outer: Outer, options: &OpenOptions) -> Result<Inner, ArchiveError> {
    let name = sniff::name(path);
    let unreadable = |source| ArchiveError::Unreadable { file: name.clone(), source };
    let watched = Watched::new(path).map_err(unreadable)?;
    let file_size = watched.length;
    let file = File::open(path).map_err(unreadable)?;
    let file = match outer {
        Outer::None => FileAt::new(file, false),
        outer => FileAt::new(spool(file, outer, options)?, true),
    };
    let file = file.map_err(unreadable)?;
    if outer != Outer::None {
        sniff::inside(&file, &name)?;
    }
    let index = Index::read(&file)?;
    let container = Container::Tar { file: Arc::new(file), index };
    let images = images::read(&container, &name)?;
    Ok(Inner { path: path.to_owned(), outer, file_size, images, watched: vec![watched] })
}

fn layout(path: &Path) -> Result<Inner, ArchiveError> {
    let name = sniff::name(path);
    let unreadable = |source| ArchiveError::Unreadable { file: name.clone(), source };
    let root = path.canonicalize().map_err(unreadable)?;
    let watched = ["oci-layout", "index.json"].iter().filter_map(|file| Watched::new(&root.join(file)).ok());
    let watched: Vec<_> = watched.collect();
    let container = Container::Layout { root };
    let images = images::read(&container, &name)?;
    let file_size = watched.iter().map(|file| file.length).sum::<u64>() + images.size();
    Ok(Inner { path: path.to_owned(), outer: Outer::None, file_size, images, watched })
}
