//! A compressed archive, unpacked once into a file without a name: compression does not allow seeking.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use liblzma::stream::{CONCATENATED, Stream};

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

/// Memory that an xz file may ask for, bytes. The highest level needs a quarter of it.
const XZ_MEMORY: u64 = 256 << 20;

/// Unpacks `file`.
pub(crate) fn spool(file: File, outer: Outer, options: &OpenOptions) -> Result<File, ArchiveError> {
    let total = file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
    let read = Arc::new(AtomicU64::new(0));
    let counted = Counted { file, read: Arc::clone(&read), cancelled: options.cancelled.clone() };
    let source = io::BufReader::with_capacity(1 << 18, counted);
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
            Err(error) => return Err(broken(error, total)),
        };
        written += length as u64;
        let consumed = read.load(Ordering::Relaxed);
        if written > options.spool_limit || (written > RATIO_FROM && written / consumed.max(1) > MOST_RATIO) {
            return Err(ArchiveError::Bomb { member: "the compressed file".to_owned() });
        }
        if is_set(options.cancelled.as_ref()) {
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
        Outer::Gzip => Box::new(Gzip { member: Some(flate2::bufread::GzDecoder::new(source)) }),
        Outer::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(source)?),
        Outer::Xz => {
            let stream = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED)?;
            Box::new(liblzma::bufread::XzDecoder::new_stream(source, stream))
        }
        Outer::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(source)),
    })
}

/// The end of the file in the middle of its content, or content that is no content.
fn broken(error: io::Error, total: u64) -> ArchiveError {
    let error = match error.downcast::<ArchiveError>() {
        Ok(ours) => return ours,
        Err(error) => error,
    };
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return ArchiveError::Truncated { at: total, size: total + 1 };
    }
    ArchiveError::malformed("the compressed file", error.to_string())
}

/// All members of a gzip file. What stands behind the last one is no concern of ours: `gzip` and Docker
/// pass over it too (padding of tapes and of downloads).
struct Gzip<R> {
    /// None at the end.
    member: Option<flate2::bufread::GzDecoder<R>>,
}

impl<R: io::BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(mut member) = self.member.take() {
            match member.read(buffer) {
                Ok(0) => {
                    let mut rest = member.into_inner();
                    if first_byte(&mut rest)? == Some(0x1f) {
                        self.member = Some(flate2::bufread::GzDecoder::new(rest));
                    }
                }
                result => {
                    self.member = Some(member);
                    return result;
                }
            }
        }
        Ok(0)
    }
}

/// The next byte, left where it is.
fn first_byte(source: &mut impl io::BufRead) -> io::Result<Option<u8>> {
    loop {
        match source.fill_buf() {
            Ok(bytes) => return Ok(bytes.first().copied()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn is_set(flag: Option<&Arc<AtomicBool>>) -> bool {
    flag.is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// Also the place where a cancel is seen while nothing comes out of the decoder.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
    cancelled: Option<Arc<AtomicBool>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if is_set(self.cancelled.as_ref()) {
            return Err(io::Error::other(ArchiveError::Cancelled));
        }
        let length = self.file.read(buffer)?;
        self.read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}
