//! Where the bytes of a blob are, and reading them there.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

/// Something that is read at any place, by any number of readers at once: a file, part of one, a blob of a registry.
pub trait ReadAt: fmt::Debug + Send + Sync {
    /// A reader of `length` bytes from byte `from` on; it blocks. Whoever asks stays within what is there.
    ///
    /// # Errors
    /// Where it cannot be opened, or is not what it was. An error of its own kind travels inside of it.
    fn reader(&self, from: u64, length: u64) -> io::Result<Box<dyn Read + Send>>;
}

/// Where a blob lies, or part of one. Cheap to clone.
#[derive(Debug, Clone)]
pub struct BlobSource {
    bytes: Arc<dyn ReadAt>,
    from: u64,
    length: u64,
}

impl BlobSource {
    /// The first `length` bytes of `bytes`.
    pub fn new(bytes: Arc<dyn ReadAt>, length: u64) -> Self {
        Self { bytes, from: 0, length }
    }

    /// Bytes in memory, such as a configuration that was changed.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::new(Arc::new(Memory(bytes.into())), bytes.len() as u64)
    }

    /// Size in bytes.
    pub fn size(&self) -> u64 {
        self.length
    }

    /// Part of it: at most `length` bytes from `from` on.
    #[must_use]
    pub fn part(&self, from: u64, length: u64) -> Self {
        let from = from.min(self.length);
        let length = length.min(self.length - from);
        Self { bytes: Arc::clone(&self.bytes), from: self.from + from, length }
    }

    /// Reads it, exactly as many bytes as it has. Any number of readers may be open; each blocks.
    ///
    /// # Errors
    /// Those of [`ReadAt::reader`].
    pub fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        self.bytes.reader(self.from, self.length)
    }
}

#[derive(Debug)]
struct Memory(Arc<[u8]>);

impl ReadAt for Memory {
    fn reader(&self, from: u64, length: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut bytes = io::Cursor::new(Arc::clone(&self.0));
        bytes.set_position(from);
        Ok(Box::new(bytes.take(length)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &BlobSource) -> Vec<u8> {
        let mut bytes = Vec::new();
        source.reader().unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_part_of_a_part_stays_within_both() {
        let whole = BlobSource::of_bytes(b"0123456789");
        let part = whole.part(2, 6);
        assert_eq!((read(&part), part.size()), (b"234567".to_vec(), 6));
        assert_eq!(read(&part.part(4, 100)), b"67");
        assert_eq!((read(&part.part(100, 1)), read(&whole)), (Vec::new(), b"0123456789".to_vec()));
    }
}
