//! A compressed archive, unpacked once into a file without a name: compression does not allow seeking.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
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
    /// Told before the unpacking begins, and then how far it is.
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
    /// Bytes of room that it needs in all, as far as the file says it: what gzip says may be too little.
    pub need: Option<u64>,
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
    let need = need(&file, outer, total).map_err(|source| ArchiveError::Spool { source })?;
    let folder = options.spool_dir.clone().unwrap_or_else(std::env::temp_dir);
    has_room(&folder, need.unwrap_or(total))?;
    let tell = |read, written| {
        if let Some(on_spool) = &options.on_spool {
            on_spool(SpoolProgress { read, total, written, need });
        }
    };
    tell(0, 0);
    let read = Arc::new(AtomicU64::new(0));
    let counted = Counted { file, read: Arc::clone(&read), cancelled: options.cancelled.clone() };
    let source = io::BufReader::with_capacity(1 << 18, counted);
    let mut decoder = decoder(source, outer).map_err(|source| ArchiveError::Spool { source })?;
    let spooled = tempfile::tempfile_in(&folder);
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
        tell(consumed, written);
    }
}

/// Room that a compressed file needs unpacked, bytes, where it says so: a zstd frame at its beginning, gzip at its end
/// (RFC 1952 §2.3.1: modulo 4 GiB, and of its last member only).
fn need(file: &File, outer: Outer, total: u64) -> io::Result<Option<u64>> {
    let mut file = file;
    match outer {
        Outer::Zstd => {
            let mut first = [0; 18];
            let length = file.read(&mut first)?;
            file.rewind()?;
            Ok(zstd::zstd_safe::get_frame_content_size(&first[..length]).ok().flatten())
        }
        Outer::Gzip if total >= 18 => {
            let mut last = [0; 4];
            file.seek(SeekFrom::End(-4))?;
            file.read_exact(&mut last)?;
            file.rewind()?;
            let said = u64::from(u32::from_le_bytes(last));
            if said == 0 {
                // Padding behind the last member.
                return Ok(None);
            }
            // Nothing grows by compressing, but for a few bytes a block.
            let least = total - total / 500;
            let rounds = least.saturating_sub(said).div_ceil(1 << 32);
            Ok(Some(said + (rounds << 32)).filter(|need| need / total.max(1) < MOST_RATIO))
        }
        _ => Ok(None),
    }
}

/// Whether `need` bytes fit into `folder`. Where the system does not say, writing will tell.
fn has_room(folder: &Path, need: u64) -> Result<(), ArchiveError> {
    match fs4::available_space(folder) {
        Ok(free) if free < need => {
            Err(ArchiveError::NoRoom { folder: folder.display().to_string(), need, free })
        }
        _ => Ok(()),
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
