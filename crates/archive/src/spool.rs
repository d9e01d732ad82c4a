//! What cannot be read at any place, such as something compressed or a pipe, goes once into a file without a name.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use liblzma::stream::{CONCATENATED, Stream};
use slipway_compress::Gunzip;

use crate::error::Spooled;
use crate::headers::Members;
use crate::kind::Kind;
use crate::limits::{MOST_MEMBERS, MOST_SPOOLED, RATIO_FROM};
use crate::outer::Outer;
use crate::{ArchiveError, sniff};

/// How a file is opened.
#[derive(Clone)]
pub struct OpenOptions {
    /// Where a compressed file is unpacked, and a pipe kept; the system's temporary folder if none is named.
    pub spool_dir: Option<PathBuf>,
    /// A pipe may bring so many bytes.
    pub spool_limit: u64,
    /// What is compressed may unpack to so many bytes, since somebody allowed it; else to [`unpacked_limit`].
    pub max_unpacked: Option<u64>,
    /// Told before the unpacking begins, and then how far it is.
    pub on_spool: Option<Arc<dyn Fn(SpoolProgress) + Send + Sync>>,
    /// Set from elsewhere to end it.
    pub cancelled: Option<Arc<AtomicBool>>,
    /// Pipes and devices are read, too. That may wait for whoever writes into them.
    pub streams: bool,
    /// Links of a layout may lead out of its folder: whoever made it is trusted with every file that can be read.
    pub trust_links: bool,
}

impl OpenOptions {
    fn tell(&self, progress: SpoolProgress) {
        if let Some(on_spool) = &self.on_spool {
            on_spool(progress);
        }
    }

    /// A pipe is about to be opened, or read.
    pub(crate) fn tell_of_stream(&self, need: Option<u64>) {
        self.tell(SpoolProgress { read: 0, total: 0, written: 0, need });
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.spool_dir.clone().unwrap_or_else(std::env::temp_dir)
    }
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            spool_dir: None,
            spool_limit: MOST_SPOOLED,
            max_unpacked: None,
            on_spool: None,
            cancelled: None,
            streams: false,
            trust_links: false,
        }
    }
}

/// How far the unpacking of a compressed file, or the reading of a pipe, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpoolProgress {
    /// Bytes of the file that were read.
    pub read: u64,
    /// Bytes of the file in all; 0 for a pipe, whose end nobody knows.
    pub total: u64,
    /// Bytes that were written, which is the room that is needed so far.
    pub written: u64,
    /// Bytes of room that it needs in all, as far as the file says it: what gzip says may be too little.
    pub need: Option<u64>,
}

/// What is compressed may unpack to so many times its size without being asked about.
const USUAL_RATIO: u64 = 20;

/// What `size` compressed bytes may unpack to without being asked about, bytes. Up to 256 MiB do no harm to anybody.
pub fn unpacked_limit(size: u64) -> u64 {
    size.saturating_mul(USUAL_RATIO).max(RATIO_FROM)
}

/// Bytes after which it is looked again how much room there is.
const LOOK_AGAIN: u64 = 64 << 20;

/// Memory that an xz file may ask for, bytes. The highest level needs a quarter of it.
const XZ_MEMORY: u64 = 256 << 20;

/// What was kept in a file of ours.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) file: File,
    /// Bytes that came.
    pub(crate) read: u64,
    /// Why it was left in the middle: what came until then is no image, whatever comes behind it.
    pub(crate) nonsense: Option<ArchiveError>,
}

/// Unpacks `file`, which messages call `name`, as far as it makes sense.
pub(crate) fn spool(
    file: File,
    name: &str,
    outer: Outer,
    options: &OpenOptions,
) -> Result<Kept, ArchiveError> {
    let folder = options.folder();
    let total = file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
    let failed = |source| ArchiveError::Spool { what: Spooled::Compressed, folder: shown(&folder), source };
    let need = need(&file, outer, total).map_err(failed)?;
    let spool = Spool { what: Spooled::Compressed, name, outer, total, need, folder, options };
    spool.allowed(need.unwrap_or_default(), total)?;
    has_room(spool.what, &spool.folder, need.unwrap_or(total))?;
    spool.fill(file)
}

/// Keeps what comes out of `rest`, unpacked, behind `first`, which came out of it before. `name` is what it is called, and
/// `need` the room that it will take, where that is known.
pub(crate) fn spool_stream(
    name: &str,
    first: Vec<u8>,
    rest: impl Read + 'static,
    outer: Outer,
    need: Option<u64>,
    options: &OpenOptions,
) -> Result<Kept, ArchiveError> {
    let spool =
        Spool { what: Spooled::Stream, name, outer, total: 0, need, folder: options.folder(), options };
    spool.fill(io::Cursor::new(first).chain(rest))
}

/// One file on its way into one of ours.
struct Spool<'a> {
    what: Spooled,
    name: &'a str,
    outer: Outer,
    total: u64,
    need: Option<u64>,
    folder: PathBuf,
    options: &'a OpenOptions,
}

impl Spool<'_> {
    /// Takes all of `source`. Nothing is written before it is known to be a tar, and its headers are walked as they come.
    fn fill(&self, source: impl Read + 'static) -> Result<Kept, ArchiveError> {
        let Self { total, need, options, .. } = *self;
        options.tell(SpoolProgress { read: 0, total, written: 0, need });
        let read = Arc::new(AtomicU64::new(0));
        let counted = Counted { source, read: Arc::clone(&read), cancelled: options.cancelled.clone() };
        let source = io::BufReader::with_capacity(1 << 18, counted);
        let mut decoder = decoder(source, self.outer).map_err(|source| self.failed(source))?;
        let consumed = || read.load(Ordering::Relaxed);
        let mut buffer = vec![0; 1 << 18];
        let mut length = 0;
        while length < sniff::FIRST {
            match self.more(&mut decoder, &mut buffer[length..], consumed)? {
                0 => break,
                more => length += more,
            }
        }
        let first = sniff::look(&buffer[..length], self.name)?;
        if first != Outer::None {
            return Err(ArchiveError::Other { file: self.name.to_owned(), kind: Kind::Twice });
        }
        let mut spooled = tempfile::tempfile_in(&self.folder).map_err(|source| self.failed(source))?;
        let (mut members, mut count) = (Members::default(), 0);
        let (mut written, mut look_again) = (0, 0);
        while length > 0 {
            written += length as u64;
            self.allowed(written, consumed())?;
            if written > look_again {
                look_again = written + LOOK_AGAIN;
                self.has_room_for(written)?;
            }
            spooled.write_all(&buffer[..length]).map_err(|source| self.unwritten(source, written))?;
            options.tell(SpoolProgress { read: consumed(), total, written, need });
            let walked = members.take(&buffer[..length], |_| count += 1);
            let nonsense =
                walked.err().or_else(|| (count > MOST_MEMBERS).then(ArchiveError::too_many_members));
            if nonsense.is_some() {
                return Ok(Kept { file: spooled, read: consumed(), nonsense });
            }
            length = self.more(&mut decoder, &mut buffer, consumed)?;
        }
        Ok(Kept { file: spooled, read: consumed(), nonsense: None })
    }

    /// The next bytes; none at the end.
    fn more(
        &self,
        decoder: &mut impl Read,
        buffer: &mut [u8],
        consumed: impl Fn() -> u64,
    ) -> Result<usize, ArchiveError> {
        loop {
            if is_set(self.options.cancelled.as_ref()) {
                return Err(ArchiveError::Cancelled);
            }
            match decoder.read(buffer) {
                Ok(length) => return Ok(length),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.broken(error, consumed())),
            }
        }
    }

    /// `unpacked` bytes may come out of `read` ones.
    fn allowed(&self, unpacked: u64, read: u64) -> Result<(), ArchiveError> {
        if self.outer == Outer::None && self.options.max_unpacked.is_none() {
            if unpacked <= self.options.spool_limit {
                return Ok(());
            }
            return Err(ArchiveError::Bomb { member: "what comes through the pipe".to_owned() });
        }
        let size = self.total.max(read);
        let limit = self.options.max_unpacked.unwrap_or_else(|| unpacked_limit(size));
        if unpacked <= limit {
            return Ok(());
        }
        Err(ArchiveError::Unpacks { member: self.name.to_owned(), size, limit })
    }

    /// There is room for what is about to be written, the last of `written` bytes.
    fn has_room_for(&self, written: u64) -> Result<(), ArchiveError> {
        match room(&self.folder) {
            Ok(0) => Err(ArchiveError::NoRoom {
                what: self.what,
                folder: shown(&self.folder),
                need: self.need.unwrap_or_default().max(written),
                free: 0,
            }),
            // Where the system does not say, writing will tell.
            _ => Ok(()),
        }
    }

    fn failed(&self, source: io::Error) -> ArchiveError {
        ArchiveError::Spool { what: self.what, folder: shown(&self.folder), source }
    }

    /// Writing failed where the file would have had `need` bytes.
    fn unwritten(&self, source: io::Error, need: u64) -> ArchiveError {
        if !matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            return self.failed(source);
        }
        let free = room(&self.folder).unwrap_or_default();
        let need = self.need.unwrap_or_default().max(need);
        ArchiveError::NoRoom { what: self.what, folder: shown(&self.folder), need, free }
    }

    /// The end of the file in the middle of its content, or content that is no content.
    fn broken(&self, error: io::Error, read: u64) -> ArchiveError {
        let error = match error.downcast::<ArchiveError>() {
            Ok(ours) => return ours,
            Err(error) => error,
        };
        if self.outer == Outer::None {
            return ArchiveError::Unreadable { file: self.name.to_owned(), source: error };
        }
        if error.kind() == io::ErrorKind::UnexpectedEof {
            let at = self.total.max(read);
            return ArchiveError::Truncated { at, size: at + 1 };
        }
        ArchiveError::malformed("the compressed file", error.to_string())
    }
}

fn shown(folder: &Path) -> String {
    folder.display().to_string()
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
            Ok(Some(said + (rounds << 32)).filter(|need| *need <= unpacked_limit(total)))
        }
        _ => Ok(None),
    }
}

/// Whether `need` bytes fit into `folder`. Where the system does not say, writing will tell.
pub(crate) fn has_room(what: Spooled, folder: &Path, need: u64) -> Result<(), ArchiveError> {
    match room(folder) {
        Ok(free) if free < need => Err(ArchiveError::NoRoom { what, folder: shown(folder), need, free }),
        _ => Ok(()),
    }
}

/// Bytes that may be written to `folder`.
fn room(folder: &Path) -> io::Result<u64> {
    Ok(spare(fs4::available_space(folder)?, fs4::total_space(folder)?))
}

/// What may be taken of `free` bytes, so that a tenth of the disk's `total` stays free.
fn spare(free: u64, total: u64) -> u64 {
    free.saturating_sub(total / 10)
}

/// A decoder over all members of a file; tools append members (pigz, eStargz, parallel xz).
fn decoder(source: impl io::BufRead + 'static, outer: Outer) -> io::Result<Box<dyn Read>> {
    Ok(match outer {
        Outer::None => Box::new(source),
        Outer::Gzip => Box::new(Gunzip::new(source).padded()),
        Outer::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(source)?),
        Outer::Xz => {
            let stream = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED)?;
            Box::new(liblzma::bufread::XzDecoder::new_stream(source, stream))
        }
        Outer::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(source)),
    })
}

fn is_set(flag: Option<&Arc<AtomicBool>>) -> bool {
    flag.is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// Also the place where a cancel is seen while nothing comes out of the decoder.
struct Counted<R> {
    source: R,
    read: Arc<AtomicU64>,
    cancelled: Option<Arc<AtomicBool>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if is_set(self.cancelled.as_ref()) {
            return Err(io::Error::other(ArchiveError::Cancelled));
        }
        let length = self.source.read(buffer)?;
        self.read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_disk_stays_free() {
        assert_eq!(spare(300, 1000), 200);
        assert_eq!(spare(100, 1000), 0);
        assert_eq!(spare(0, 1000), 0);
    }

    #[test]
    fn a_disk_that_became_full_is_told_by_what_is_needed_and_what_is_free() {
        let options = OpenOptions::default();
        let folder = std::env::temp_dir();
        let spool = |what, need| Spool {
            what,
            name: "image.tar",
            outer: Outer::None,
            total: 0,
            need,
            folder: folder.clone(),
            options: &options,
        };
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let told = spool(Spooled::Stream, None).unwritten(full(), 5000);
        assert!(matches!(told, ArchiveError::NoRoom { what: Spooled::Stream, need: 5000, .. }), "{told}");
        let told = spool(Spooled::Compressed, Some(9000)).unwritten(full(), 5000);
        assert!(matches!(told, ArchiveError::NoRoom { need: 9000, .. }), "{told}");
        let other = io::Error::from(io::ErrorKind::PermissionDenied);
        assert!(matches!(spool(Spooled::Stream, None).unwritten(other, 1), ArchiveError::Spool { .. }));
    }
}
