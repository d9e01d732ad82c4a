//! Where an image's parts lie: in a tar, or in the folder of a layout. And how their bytes are read.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::Digest as _;
use slipway_reference::{Algorithm, Digest};

use crate::ArchiveError;
use crate::file::FileAt;
use crate::index::{Index, normal};
use crate::model::Compression;

/// JSON is never larger, bytes.
const MOST_JSON: u64 = 4 << 20;

/// Where the bytes of a blob are.
#[derive(Debug, Clone)]
pub struct Source {
    place: Place,
    offset: u64,
    length: u64,
    member: String,
}

#[derive(Debug, Clone)]
enum Place {
    Part(Arc<FileAt>),
    /// A file of a layout folder, as it was when the layout was opened.
    File { path: PathBuf, modified: Option<std::time::SystemTime> },
}

/// The bytes of a blob: exactly as many as it has, or an error that holds an [`ArchiveError`].
#[derive(Debug)]
pub struct BlobReader {
    file: Arc<FileAt>,
    offset: u64,
    left: u64,
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let length = self.file.read_at(&mut buffer[..most], self.offset)?;
        self.offset += length as u64;
        self.left -= length as u64;
        // Whoever shortens or rewrites the file while we read is noticed at the latest here.
        if length < most || self.left == 0 {
            self.file.unchanged().map_err(io::Error::other)?;
        }
        if length < most {
            return Err(io::Error::other(ArchiveError::Changed));
        }
        Ok(length)
    }
}

/// Where parts are found by name.
#[derive(Debug)]
pub(crate) enum Store {
    Tar { file: Arc<FileAt>, index: Index },
    Folder(PathBuf),
}

impl Store {
    /// The source of `name`.
    pub(crate) fn find(&self, name: &str) -> Result<Source, ArchiveError> {
        match self {
            Self::Tar { file, index } => {
                let extent = index.resolve(name)?;
                let place = Place::Part(Arc::clone(file));
                Ok(Source { place, offset: extent.offset, length: extent.length, member: name.to_owned() })
            }
            Self::Folder(folder) => {
                // Names come from this crate and from digests only; still nothing leads out.
                let inside = normal(name).ok_or_else(|| ArchiveError::unsafe_name(name, "the name leads out"))?;
                let path = folder.join(inside);
                let missing = |_| ArchiveError::MemberMissing { member: name.to_owned() };
                let metadata = std::fs::metadata(&path).map_err(missing)?;
                if !metadata.is_file() {
                    return Err(ArchiveError::malformed(name, "it is no file"));
                }
                let place = Place::File { path, modified: metadata.modified().ok() };
                Ok(Source { place, offset: 0, length: metadata.len(), member: name.to_owned() })
            }
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::Tar { index, .. } => index.has(name),
            Self::Folder(folder) => folder.join(name).exists(),
        }
    }

    /// A small member as a whole.
    pub(crate) fn json(&self, name: &str) -> Result<(Vec<u8>, Source), ArchiveError> {
        let source = self.find(name)?;
        if source.length > MOST_JSON {
            return Err(ArchiveError::malformed(name, "it is larger than 4 MiB"));
        }
        let mut content = Vec::new();
        let read = source.open()?.read_to_end(&mut content);
        read.map_err(|error| read_error(name, error))?;
        Ok((content, source))
    }

    /// A small blob, checked against its digest.
    pub(crate) fn json_blob(&self, digest: &Digest) -> Result<(Vec<u8>, Source), ArchiveError> {
        let name = blob_name(digest);
        let (content, source) = self.json(&name)?;
        let found = digest_of(&content, digest.algorithm());
        if found != *digest {
            return Err(ArchiveError::Damaged { member: name, expected: digest.clone(), found });
        }
        Ok((content, source))
    }
}

fn read_error(name: &str, error: io::Error) -> ArchiveError {
    match error.downcast::<ArchiveError>() {
        Ok(error) => error,
        Err(source) => ArchiveError::Unreadable { file: name.to_owned(), source },
    }
}

/// Where the layout keeps a blob.
pub(crate) fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().as_str(), digest.hex())
}

pub(crate) fn digest_of(content: &[u8], algorithm: Algorithm) -> Digest {
    match algorithm {
        Algorithm::Sha256 => Digest::sha256(&sha2::Sha256::digest(content).into()),
        Algorithm::Sha512 => Digest::sha512(&sha2::Sha512::digest(content).into()),
    }
}

impl Source {
    /// Bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Name in the file.
    pub fn member(&self) -> &str {
        &self.member
    }

    pub(crate) fn open(&self) -> Result<BlobReader, ArchiveError> {
        let file = match &self.place {
            Place::Part(file) => Arc::clone(file),
            Place::File { path, modified } => {
                let unreadable = |source| ArchiveError::Unreadable { file: self.member.clone(), source };
                let file = File::open(path).and_then(|file| FileAt::new(file, false)).map_err(unreadable)?;
                if file.length != self.length || file.modified() != *modified {
                    return Err(ArchiveError::Changed);
                }
                Arc::new(file)
            }
        };
        Ok(BlobReader { file, offset: self.offset, left: self.length })
    }

    /// How the content is compressed, by its first bytes: names and media types lie too often.
    pub(crate) fn compression(&self) -> Result<Compression, ArchiveError> {
        let mut first = Vec::new();
        let read = self.open()?.take(6).read_to_end(&mut first);
        read.map_err(|error| read_error(&self.member, error))?;
        Ok(match crate::sniff::outer(&first) {
            crate::Outer::None => Compression::Plain,
            crate::Outer::Gzip => Compression::Gzip,
            crate::Outer::Zstd => Compression::Zstd,
            crate::Outer::Xz | crate::Outer::Bzip2 => Compression::Other,
        })
    }
}

/// A layout folder.
pub(crate) fn folder(path: &Path) -> Store {
    Store::Folder(path.to_owned())
}
