//! Where the blobs of a pull are kept at any of their places: in the file that they make up, or in a folder with one file
//! each.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use slipway_archive::{Folder, Layout, Part, Unfinished, WriteImage};

/// Keeps blobs, which are named by their places in the layout. All of it blocks.
pub(super) trait Sink: Send + Sync + 'static {
    /// Gets a blob its place, and says how many bytes of it an earlier pull left there.
    fn begin(&self, blob: usize) -> io::Result<u64>;
    /// Reads what is there.
    fn read_at(&self, blob: usize, bytes: &mut [u8], at: u64) -> io::Result<()>;
    /// Writes bytes at their place in the blob.
    fn write_at(&self, blob: usize, bytes: &[u8], at: u64) -> io::Result<()>;
    /// So much of the blob is there from its beginning.
    fn record(&self, blob: usize, length: u64) -> io::Result<()>;
    /// All of it is there and is what it should be.
    fn done(&self, blob: usize) -> io::Result<()>;
    /// What is where the blob belongs already, whoever put it there; it is to be checked, and then nothing is to be
    /// written.
    fn whole(&self, blob: usize) -> Option<Box<dyn io::Read + Send>>;
    /// Brings what was written of all blobs onto the disk.
    fn sync(&self) -> io::Result<()>;
    /// All blobs are done: what is written gets its name.
    fn finish(self) -> io::Result<()>;
    /// It is not finished now; what is there stays for the next pull, or not.
    fn leave(self, stays: bool);
}

/// The file that they make up.
pub(super) struct InFile {
    pub(super) file: Unfinished,
    pub(super) layout: Arc<Layout>,
    /// Bytes of each blob that an earlier pull left.
    pub(super) there: Vec<u64>,
}

impl InFile {
    fn at(&self, blob: usize, at: u64) -> u64 {
        self.layout.members()[blob].offset + at
    }
}

impl Sink for InFile {
    fn begin(&self, blob: usize) -> io::Result<u64> {
        let member = &self.layout.members()[blob];
        let header = member.header();
        self.file.write_at(&header, member.offset - header.len() as u64)?;
        self.file.write_at(member.padding(), member.offset + member.size)?;
        Ok(self.there[blob])
    }

    fn read_at(&self, blob: usize, bytes: &mut [u8], at: u64) -> io::Result<()> {
        self.file.read_at(bytes, self.at(blob, at))
    }

    fn write_at(&self, blob: usize, bytes: &[u8], at: u64) -> io::Result<()> {
        self.file.write_at(bytes, self.at(blob, at))
    }

    fn record(&self, blob: usize, length: u64) -> io::Result<()> {
        self.file.record(blob, length)
    }

    fn done(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn whole(&self, _: usize) -> Option<Box<dyn io::Read + Send>> {
        None
    }

    fn sync(&self) -> io::Result<()> {
        self.file.handle()?.sync_data()
    }

    fn finish(self) -> io::Result<()> {
        let (at, end) = self.layout.end();
        self.file.write_at(end, at)?;
        self.file.finish()
    }

    fn leave(self, stays: bool) {
        if stays {
            self.file.keep();
        }
    }
}

/// A folder with one file each.
pub(super) struct InFolder {
    folder: Folder,
    layout: Arc<Layout>,
    images: Vec<WriteImage>,
    parts: Mutex<HashMap<usize, Arc<Part>>>,
}

impl InFolder {
    pub(super) fn begin(path: &Path, layout: Arc<Layout>, images: Vec<WriteImage>) -> io::Result<Self> {
        Ok(Self { folder: Folder::begin(path)?, layout, images, parts: Mutex::default() })
    }

    fn parts(&self) -> MutexGuard<'_, HashMap<usize, Arc<Part>>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn part(&self, blob: usize) -> io::Result<Arc<Part>> {
        let part = self.parts().get(&blob).cloned();
        part.ok_or_else(|| io::Error::other("a blob was written that nobody began"))
    }
}

impl Sink for InFolder {
    fn begin(&self, blob: usize) -> io::Result<u64> {
        let member = &self.layout.members()[blob];
        let (part, there) = self.folder.part(&member.digest, member.size)?;
        self.parts().insert(blob, Arc::new(part));
        Ok(there)
    }

    fn read_at(&self, blob: usize, bytes: &mut [u8], at: u64) -> io::Result<()> {
        self.part(blob)?.read_at(bytes, at)
    }

    fn write_at(&self, blob: usize, bytes: &[u8], at: u64) -> io::Result<()> {
        self.part(blob)?.write_at(bytes, at)
    }

    /// The length of its file says it.
    fn record(&self, blob: usize, length: u64) -> io::Result<()> {
        if length == 0 { self.part(blob)?.clear() } else { Ok(()) }
    }

    fn done(&self, blob: usize) -> io::Result<()> {
        let part = self.parts().remove(&blob).and_then(Arc::into_inner);
        part.ok_or_else(|| io::Error::other("somebody still writes the blob"))?.finish()
    }

    fn whole(&self, blob: usize) -> Option<Box<dyn io::Read + Send>> {
        let member = &self.layout.members()[blob];
        let file: File = self.folder.whole(&member.digest, member.size)?;
        Some(Box::new(file.take(member.size)))
    }

    /// Each blob is brought there before it gets its place.
    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn finish(self) -> io::Result<()> {
        self.folder.finish(&self.images)
    }

    fn leave(self, stays: bool) {
        drop(self.parts);
        if stays {
            self.folder.leave();
        } else {
            self.folder.discard(self.layout.members().iter().map(|member| &member.digest));
        }
    }
}
