//! The diff ID of a layer that is stored compressed: it is unpacked beside the sending, and only the tag waits for it.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::Receiver;

use bytes::{Buf as _, Bytes};
use slipway_reference::Digest;

use crate::encode::{EncodeError, fits};
use crate::hasher::Hasher;
use crate::unpack::{self, Checking};

/// Chunks that may wait to be unpacked. Sending waits when they are full: it could not end before anyway.
pub(crate) const CHUNKS_AHEAD: usize = 8;

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checked {
    /// The content fits.
    Fits,
    /// Not all of it came by: sending ended early. Who sends it again checks it again.
    Unfinished,
}

/// Unpacks the chunks of a whole layer and compares its digest. Blocks.
pub(crate) fn diff_id(
    chunks: Receiver<Bytes>,
    layer: &Checking,
    expected: &Digest,
) -> Result<Checked, EncodeError> {
    let mut chunks = Chunks { come: chunks, current: Bytes::new(), left: layer.size };
    let found = hash(&mut chunks, layer, expected);
    if chunks.left > 0 {
        // Whatever the unpacker thought of a beginning without its end says nothing; the rest must come by, or
        // whoever sends would wait for us.
        let rest = io::copy(&mut chunks, &mut io::sink());
        if rest.is_err() || chunks.left > 0 {
            return Ok(Checked::Unfinished);
        }
    }
    fits(expected, found.map_err(EncodeError::Read)?)?;
    Ok(Checked::Fits)
}

fn hash(chunks: &mut Chunks, layer: &Checking, expected: &Digest) -> io::Result<Digest> {
    let mut unpacked = unpack::bounded(unpack::reader(chunks, layer.stored)?, layer);
    let mut hasher = Hasher::like(Some(expected));
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match unpacked.read(&mut buffer)? {
            0 => return Ok(hasher.digest()),
            length => hasher.update(&buffer[..length]),
        }
    }
}

/// The chunks as one stream.
struct Chunks {
    come: Receiver<Bytes>,
    current: Bytes,
    left: u64,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Chunks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.current.is_empty()
            && let Ok(chunk) = self.come.recv()
        {
            self.current = chunk;
        }
        Ok(&self.current)
    }

    fn consume(&mut self, length: usize) {
        self.current.advance(length);
        self.left = self.left.saturating_sub(length as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use slipway_image::Compression;
    use slipway_stage::gzip;

    use super::*;

    fn digest(bytes: &[u8]) -> Digest {
        slipway_stage::digest(bytes).parse().unwrap()
    }

    fn check(
        packed: &[u8],
        come: usize,
        stored: Compression,
        expected: &Digest,
    ) -> Result<Checked, EncodeError> {
        let (send, chunks) = mpsc::sync_channel(1000);
        for chunk in packed[..come].chunks(1000) {
            send.send(Bytes::copy_from_slice(chunk)).unwrap();
        }
        drop(send);
        let size = packed.len() as u64;
        let layer = Checking { member: "layer.tar".to_owned(), stored, size, limit: 1 << 20 };
        diff_id(chunks, &layer, expected)
    }

    #[test]
    fn a_layer_that_unpacks_without_end_is_left_at_its_limit() {
        let bomb = gzip(&vec![0; 64 << 20]);
        let found = check(&bomb, bomb.len(), Compression::Gzip, &digest(b"x"));
        let Err(EncodeError::Read(error)) = found else { panic!("{found:?}") };
        let error = error.downcast::<slipway_archive::ArchiveError>().unwrap();
        assert!(error.to_string().starts_with("layer.tar has"), "{error}");
    }

    #[test]
    fn a_layer_that_is_not_what_its_config_says_is_found_whatever_it_is_packed_with() {
        let content = vec![5; 300_000];
        let members = [gzip(&content[..100_000]), gzip(&content[100_000..])].concat();
        let zstd = zstd::bulk::compress(&content, 3).unwrap();
        for (stored, packed) in [
            (Compression::Gzip, gzip(&content)),
            (Compression::Gzip, members),
            (Compression::Zstd, zstd),
            (Compression::Plain, content.clone()),
        ] {
            let whole = packed.len();
            assert_eq!(check(&packed, whole, stored, &digest(&content)).unwrap(), Checked::Fits);
            let wrong = digest(b"other");
            let damaged = check(&packed, whole, stored, &wrong);
            assert!(matches!(damaged, Err(EncodeError::Damaged { expected, .. }) if expected == wrong));
            // A connection that broke is no damage of the file.
            assert_eq!(check(&packed, whole / 2, stored, &wrong).unwrap(), Checked::Unfinished);
            assert_eq!(check(&packed, 0, stored, &wrong).unwrap(), Checked::Unfinished);
        }
    }

    #[test]
    fn a_stream_that_cannot_be_unpacked_is_the_files_fault() {
        let garbage = vec![7; 50_000];
        let found = check(&garbage, garbage.len(), Compression::Gzip, &digest(b"x"));
        assert!(matches!(found, Err(EncodeError::Read(_))), "{found:?}");
    }
}
