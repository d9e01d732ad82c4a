//! Where bytes are, and reading them there.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use slipway_image::{BlobSource, ReadAt};

use crate::ArchiveError;
use crate::file::FileAt;
use crate::sparse::Piece;

/// After so many bytes it is asked again whether the file changed.
const ASK_AGAIN: u64 = 8 << 20;

/// Where a member lies: part of a tar, a file of a layout, or memory. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) backing: Backing,
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

#[derive(Debug, Clone)]
pub(crate) enum Backing {
    Tar(Arc<FileAt>),
    /// A member of a tar that is stored with holes: positions count with them.
    Sparse {
        file: Arc<FileAt>,
        pieces: Arc<[Piece]>,
    },
    File {
        path: PathBuf,
        length: u64,
        modified: Option<SystemTime>,
    },
    Memory(Arc<[u8]>),
}

impl Source {
    /// Bytes that a descriptor holds itself.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        Self { backing: Backing::Memory(bytes.into()), offset: 0, length: bytes.len() as u64 }
    }

    /// Reads it. Any number of readers may be open.
    ///
    /// # Errors
    /// [`ArchiveError::Changed`] where the file is not what it was when it was opened.
    pub(crate) fn open(&self) -> Result<BlobReader, ArchiveError> {
        let mut pieces = None;
        let file = match &self.backing {
            Backing::Memory(bytes) => {
                let mut bytes = io::Cursor::new(Arc::clone(bytes));
                bytes.set_position(self.offset);
                return Ok(BlobReader { bytes: Bytes::Memory(bytes.take(self.length)) });
            }
            Backing::Tar(file) => Arc::clone(file),
            Backing::Sparse { file, pieces: stored } => {
                pieces = Some(Arc::clone(stored));
                Arc::clone(file)
            }
            Backing::File { path, length, modified } => {
                let opened = File::open(path)
                    .and_then(|file| FileAt::new(file, false))
                    .map_err(|source| ArchiveError::Unreadable { file: crate::sniff::name(path), source })?;
                if opened.length != *length || opened.modified() != *modified {
                    return Err(ArchiveError::Changed);
                }
                Arc::new(opened)
            }
        };
        file.unchanged()?;
        let part = Part { file, pieces, offset: self.offset, left: self.length, unasked: 0 };
        Ok(BlobReader { bytes: Bytes::File(part) })
    }

    /// Where it is in a tar: two of the same are the same bytes. None elsewhere.
    pub(crate) fn at(&self) -> Option<String> {
        let Self { offset, length, backing } = self;
        match backing {
            Backing::Tar(_) => Some(format!("{offset}+{length}")),
            Backing::Sparse { pieces, .. } => Some(format!("{:?} {offset}+{length}", pieces.as_ptr())),
            Backing::File { .. } | Backing::Memory(_) => None,
        }
    }

    /// All of it, where it is at most `limit` bytes.
    pub(crate) fn bytes(&self, member: &str, limit: u64) -> Result<Vec<u8>, ArchiveError> {
        if self.length > limit {
            return Err(ArchiveError::malformed(member, format!("it is larger than {} MiB", limit >> 20)));
        }
        let mut bytes = Vec::new();
        self.open()?.read_to_end(&mut bytes).map_err(|error| lift(error, member))?;
        Ok(bytes)
    }

    /// Its first bytes, fewer where it is shorter.
    pub(crate) fn first(&self, length: usize, member: &str) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = Vec::new();
        self.open()?.take(length as u64).read_to_end(&mut bytes).map_err(|error| lift(error, member))?;
        Ok(bytes)
    }
}

impl ReadAt for Source {
    fn reader(&self, from: u64, length: u64) -> io::Result<Box<dyn Read + Send>> {
        let part = Self { backing: self.backing.clone(), offset: self.offset + from, length };
        Ok(Box::new(part.open().map_err(io::Error::other)?))
    }
}

impl From<Source> for BlobSource {
    fn from(source: Source) -> Self {
        let length = source.length;
        Self::new(Arc::new(source), length)
    }
}

/// What a reader of ours says of the archive, or what the system says of the file.
fn lift(error: io::Error, member: &str) -> ArchiveError {
    error.downcast().unwrap_or_else(|source| ArchiveError::Unreadable { file: member.to_owned(), source })
}

/// Reads a blob, exactly as many bytes as it has. The file may be read by others at the same time.
///
/// A file that changed or became shorter gives an [`io::Error`] around an [`ArchiveError`].
#[derive(Debug)]
pub(crate) struct BlobReader {
    bytes: Bytes,
}

#[derive(Debug)]
enum Bytes {
    File(Part),
    Memory(io::Take<io::Cursor<Arc<[u8]>>>),
}

#[derive(Debug)]
struct Part {
    file: Arc<FileAt>,
    /// What is stored of a member with holes.
    pieces: Option<Arc<[Piece]>>,
    offset: u64,
    left: u64,
    unasked: u64,
}

impl Part {
    /// Where the bytes from `offset` on are in the file, and how many; none for a hole.
    fn stored(&self) -> (Option<u64>, u64) {
        let Some(pieces) = &self.pieces else { return (Some(self.offset), self.left) };
        let next = pieces.partition_point(|piece| piece.offset + piece.length <= self.offset);
        match pieces.get(next) {
            Some(piece) if piece.offset <= self.offset => {
                let into = self.offset - piece.offset;
                (Some(piece.at + into), piece.length - into)
            }
            Some(piece) => (None, piece.offset - self.offset),
            None => (None, self.left),
        }
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.bytes {
            Bytes::File(part) => part.read(buffer),
            Bytes::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (at, here) = self.stored();
        let here = here.min(self.left);
        // What is left may be more than an address can say; then the buffer is the limit.
        let most = usize::try_from(here).map_or(buffer.len(), |here| here.min(buffer.len()));
        if most == 0 {
            return Ok(0);
        }
        let length = match at {
            Some(at) => self.file.read_at(&mut buffer[..most], at)?,
            None => {
                buffer[..most].fill(0);
                most
            }
        };
        if length < most {
            return Err(io::Error::other(ArchiveError::Changed));
        }
        self.offset += length as u64;
        self.left -= length as u64;
        self.unasked += length as u64;
        if self.left == 0 || self.unasked >= ASK_AGAIN {
            self.unasked = 0;
            self.file.unchanged().map_err(io::Error::other)?;
        }
        Ok(length)
    }
}
