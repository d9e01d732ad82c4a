//! A compressed archive, unpacked once into a file without a name: compression does not allow seeking.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::ArchiveError;
use crate::sniff::Outer;

/// How a file is opened.
#[derive(Clone)]
pub struct OpenOptions {
    /// Where a compressed file is unpacked; the system's temporary folder if none is named.
    pub spool_dir: Option<PathBuf>,
    /// It may unpack to so many bytes.
    pub spool_limit: u64,
    /// Told how far the unpacking is.
    pub on_spool: Option<Arc<dyn Fn(SpoolProgress) + Send + Sync>>,
    /// Set from elsewhere to end it.
    pub cancelled: Option<Arc<AtomicBool>>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { spool_dir: None, spool_limit: 256 << 30, on_spool: None, cancelled: None }
    }
}

/// How far the unpacking of a compressed file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpoolProgress {
    /// Bytes of the file that were read.
    pub read: u64,
    /// Bytes of the file in all.
    pub total: u64,
    /// Bytes that were written, which is the room that is needed so far.
    pub written: u64,
}

/// Nothing that people compress shrinks more than this.
const MOST_RATIO: u64 = 5000;

/// Below this size the ratio does not matter, bytes.
const RATIO_FROM: u64 = 256 << 20;

/// Unpacks `file`.
pub(crate) fn spool(file: File, outer: Outer, options: &OpenOptions) -> Result<File, ArchiveError> {
    let total = file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
    let read = Arc::new(AtomicU64::new(0));
    let source = io::BufReader::with_capacity(1 << 18, Counted { file, read: Arc::clone(&read) });
    let mut decoder = decoder(source, outer).map_err(|source| ArchiveError::Spool { source })?;
    let spooled = match &options.spool_dir {
        Some(folder) => tempfile::tempfile_in(folder),
        None => tempfile::tempfile(),
    };
    let mut spooled = spooled.map_err(|source| ArchiveError::Spool { source })?;
    let mut buffer = vec![0; 1 << 18];
    let mut written = 0;
    loop {
        let length = match decoder.read(&mut buffer) {
            Ok(0) => return Ok(spooled),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(broken(&error, total)),
        };
        written += length as u64;
        let consumed = read.load(Ordering::Relaxed);
        if written > options.spool_limit || (written > RATIO_FROM && written / consumed.max(1) > MOST_RATIO) {
            return Err(ArchiveError::Bomb { member: "the compressed file".to_owned() });
        }
        if options.cancelled.as_ref().is_some_and(|cancelled| cancelled.load(Ordering::Relaxed)) {
            return Err(ArchiveError::Cancelled);
        }
        spooled.write_all(&buffer[..length]).map_err(|source| ArchiveError::Spool { source })?;
        if let Some(on_spool) = &options.on_spool {
            on_spool(SpoolProgress { read: consumed, total, written });
        }
    }
}

/// A decoder over all members of a file; tools append members (pigz, eStargz, parallel xz).
fn decoder(source: impl io::BufRead + 'static, outer: Outer) -> io::Result<Box<dyn Read>> {
    Ok(match outer {
        Outer::None => Box::new(source),
        Outer::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
        Outer::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(source)?),
        Outer::Xz => Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(source)),
        Outer::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(source)),
    })
}

/// The end of the file in the middle of its content, or content that is no content.
fn broken(error: &io::Error, total: u64) -> ArchiveError {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return ArchiveError::Truncated { at: total, size: total + 1 };
    }
    ArchiveError::malformed("the compressed file", error.to_string())
}

struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}
