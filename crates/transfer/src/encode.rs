//! One pass over a blob of the file: read, check, compress, hash and hand to the connection.

use std::io::{self, Read};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use slipway_compress::{Parallel, Pool};
use slipway_reference::Digest;
use tokio::sync::mpsc;

use crate::hasher::Hasher;
use crate::plan::Encoding;

/// Bytes of a stored blob that are read, and sent, at once.
const CHUNK: usize = 256 * 1024;

/// Room between the encoder and the connection, in chunks, for one to four megabytes: earlier releases made frames of zstd
/// that are twice as long as others.
pub(crate) const fn chunks_ahead(encoding: Encoding) -> usize {
    match encoding {
        Encoding::Compress(method) if method.block() > 1 << 20 => 2,
        _ => 4,
    }
}

/// What a blob turned out to be on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Encoded {
    pub(crate) digest: Digest,
    /// Bytes.
    pub(crate) size: u64,
}

/// Why encoding ended early.
#[derive(Debug)]
pub(crate) enum EncodeError {
    /// The file could not be read.
    Read(io::Error),
    /// The content has another digest than the image says.
    Damaged { expected: Digest, found: Digest },
    /// Nobody takes the bytes any more: the connection ended or the job was cancelled.
    Stopped,
}

/// What is expected of the content.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected {
    /// Digest of the bytes that go out.
    pub(crate) digest: Option<Digest>,
    /// Digest of the bytes that are read (a plain layer's diff ID).
    pub(crate) diff_id: Option<Digest>,
}

/// Where the encoded bytes go.
pub(crate) struct Out {
    /// The connection; none where they are only checked.
    pub(crate) wire: Option<mpsc::Sender<io::Result<Bytes>>>,
    /// Bytes at the beginning that the registry has already: they are hashed but not handed on.
    pub(crate) skip: u64,
    /// Whoever unpacks a stored layer to check its diff ID. It may leave early; nobody waits for it here.
    pub(crate) check: Option<SyncSender<Bytes>>,
}

/// Reads `source` to its end and sends it through `out`, encoded. Blocks; runs on a thread of its own.
///
/// The last chunk is held back until every digest fits, so a damaged blob never becomes a whole request. `step` hears of
/// each piece of the content, bytes, and of what it became, bytes; the last piece may be told as longer than it is.
pub(crate) fn encode(
    source: impl Read,
    encoding: Encoding,
    expected: &Expected,
    pool: &Pool,
    out: Out,
    step: impl FnMut(u64, u64),
) -> Result<Encoded, EncodeError> {
    let wire = out.wire.clone();
    let result = run(source, encoding, expected, pool, out, step);
    if let (Err(error), Some(wire)) = (&result, wire) {
        // The request must end as a failed one, never as a short but whole one.
        let text = match error {
            EncodeError::Read(error) => error.to_string(),
            EncodeError::Damaged { .. } => "the content does not fit its digest".to_owned(),
            EncodeError::Stopped => return result,
        };
        let _ = wire.blocking_send(Err(io::Error::other(text)));
    }
    result
}

fn run(
    mut source: impl Read,
    encoding: Encoding,
    expected: &Expected,
    pool: &Pool,
    out: Out,
    mut step: impl FnMut(u64, u64),
) -> Result<Encoded, EncodeError> {
    let mut wire = Wire::new(out, expected.digest.as_ref());
    match encoding {
        Encoding::AsStored => {
            let spent = Spent::default();
            while let Some(chunk) = spent.chunk(&mut source)? {
                step(chunk.len() as u64, chunk.len() as u64);
                wire.push(chunk)?;
            }
        }
        Encoding::Compress(method) => {
            let mut content = Hasher::like(expected.diff_id.as_ref());
            let mut blocks = Parallel::new(pool, method, source);
            while let Some(block) = blocks.next(|block| content.update(block)).map_err(EncodeError::Read)? {
                step(method.block() as u64, block.len() as u64);
                wire.push(Bytes::from(block))?;
            }
            if let Some(expected) = &expected.diff_id {
                fits(expected, content.digest())?;
            }
        }
    }
    wire.finish(expected.digest.as_ref())
}

/// Memory of chunks that went out, for the next ones: new memory must be cleared first, by the system and by us.
#[derive(Clone, Default)]
struct Spent(Arc<Mutex<Vec<Vec<u8>>>>);

/// A chunk on its way. Its memory comes back when the last who holds it is done.
struct Lent {
    memory: Vec<u8>,
    length: usize,
    home: Spent,
}

impl Spent {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<Vec<u8>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The next bytes of a source, as many as go at once; none at its end.
    fn chunk(&self, source: &mut impl Read) -> Result<Option<Bytes>, EncodeError> {
        let mut memory = self.with(Vec::pop).unwrap_or_default();
        memory.resize(CHUNK, 0);
        let mut lent = Lent { memory, length: 0, home: self.clone() };
        while lent.length < CHUNK {
            match source.read(&mut lent.memory[lent.length..]) {
                Ok(0) => break,
                Ok(more) => lent.length += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(EncodeError::Read(error)),
            }
        }
        Ok((lent.length > 0).then(|| Bytes::from_owner(lent)))
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.memory[..self.length]
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let memory = std::mem::take(&mut self.memory);
        self.home.with(|spent| spent.push(memory));
    }
}

pub(crate) fn fits(expected: &Digest, found: Digest) -> Result<(), EncodeError> {
    if *expected == found {
        return Ok(());
    }
    Err(EncodeError::Damaged { expected: expected.clone(), found })
}

/// Hashes encoded chunks and hands them on, always one chunk behind.
struct Wire {
    out: Out,
    hasher: Hasher,
    size: u64,
    held: Option<Bytes>,
}

impl Wire {
    fn new(out: Out, expected: Option<&Digest>) -> Self {
        Self { out, hasher: Hasher::like(expected), size: 0, held: None }
    }

    fn push(&mut self, chunk: Bytes) -> Result<(), EncodeError> {
        self.hasher.update(&chunk);
        if self.out.check.as_ref().is_some_and(|check| check.send(chunk.clone()).is_err()) {
            self.out.check = None;
        }
        let skipped = usize::try_from(self.out.skip.saturating_sub(self.size)).unwrap_or(usize::MAX);
        self.size += chunk.len() as u64;
        if skipped >= chunk.len() {
            // Somebody must still want it.
            return match &self.out.wire {
                Some(wire) if wire.is_closed() => Err(EncodeError::Stopped),
                _ => Ok(()),
            };
        }
        match self.held.replace(chunk.slice(skipped..)) {
            Some(earlier) => self.send(earlier),
            None => Ok(()),
        }
    }

    fn send(&self, chunk: Bytes) -> Result<(), EncodeError> {
        match &self.out.wire {
            Some(wire) => wire.blocking_send(Ok(chunk)).map_err(|_| EncodeError::Stopped),
            None => Ok(()),
        }
    }

    fn finish(mut self, expected: Option<&Digest>) -> Result<Encoded, EncodeError> {
        let digest = std::mem::take(&mut self.hasher).digest();
        if let Some(expected) = expected {
            fits(expected, digest.clone())?;
        }
        if let Some(last) = self.held.take() {
            self.send(last)?;
        }
        Ok(Encoded { digest, size: self.size })
    }
}

#[cfg(test)]
mod tests {
    use slipway_compress::Method;

    use super::*;

    const GZIP: Encoding = Encoding::Compress(Method::FAST);

    /// Runs the encoder with enough room for everything; what came out, and whether the request ended whole.
    fn run(
        content: &[u8],
        encoding: Encoding,
        expected: &Expected,
    ) -> (Result<Encoded, EncodeError>, Vec<u8>, bool) {
        run_from(0, content, encoding, expected)
    }

    fn run_from(
        skip: u64,
        content: &[u8],
        encoding: Encoding,
        expected: &Expected,
    ) -> (Result<Encoded, EncodeError>, Vec<u8>, bool) {
        let (wire, mut chunks) = mpsc::channel(64);
        let out = Out { wire: Some(wire), skip, check: None };
        let result = encode(content, encoding, expected, &Pool::new(2).unwrap(), out, |_, _| {});
        let (mut bytes, mut whole) = (Vec::new(), true);
        while let Some(chunk) = chunks.blocking_recv() {
            match chunk {
                Ok(chunk) => bytes.extend_from_slice(&chunk),
                Err(_) => whole = false,
            }
        }
        (result, bytes, whole)
    }

    fn digest(bytes: &[u8]) -> Digest {
        slipway_stage::digest(bytes).parse().unwrap()
    }

    fn noise(length: usize) -> Vec<u8> {
        slipway_stage::noise(length, 1)
    }

    #[test]
    fn a_stored_blob_goes_out_byte_for_byte_with_its_digest() {
        for length in [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17] {
            let content = noise(length);
            let expected = Expected { digest: Some(digest(&content)), diff_id: None };
            let (result, bytes, whole) = run(&content, Encoding::AsStored, &expected);
            assert_eq!(result.unwrap(), Encoded { digest: digest(&content), size: length as u64 });
            assert!(bytes == content && whole, "{length} bytes");
        }
    }

    #[test]
    fn a_plain_layer_goes_out_as_gzip_that_unpacks_to_it_and_always_the_same() {
        let content = noise(3 * CHUNK + 17);
        let expected = Expected { digest: None, diff_id: Some(digest(&content)) };
        let (result, bytes, _) = run(&content, GZIP, &expected);
        assert_eq!(result.unwrap(), Encoded { digest: digest(&bytes), size: bytes.len() as u64 });
        let mut unpacked = Vec::new();
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).unwrap();
        assert!(unpacked == content);
        assert_eq!(bytes, run(&content, GZIP, &expected).1);
    }

    #[test]
    fn what_the_registry_has_already_is_hashed_but_not_handed_on() {
        let content = noise(3 * CHUNK + 17);
        for encoding in [Encoding::AsStored, GZIP] {
            let (whole, bytes, _) = run(&content, encoding, &Expected::default());
            let whole = whole.unwrap();
            for skip in [1, CHUNK, CHUNK + 1, bytes.len() - 1, bytes.len()] {
                if skip > bytes.len() {
                    continue;
                }
                let (result, rest, _) = run_from(skip as u64, &content, encoding, &Expected::default());
                assert_eq!(result.unwrap(), whole);
                assert!(rest == bytes[skip..], "{skip} of {}", bytes.len());
            }
        }
    }

    #[test]
    fn a_damaged_blob_never_becomes_a_whole_request() {
        let content = noise(8 * CHUNK);
        let wrong = digest(b"something else");
        for (encoding, expected) in [
            (Encoding::AsStored, Expected { digest: Some(wrong.clone()), diff_id: None }),
            (GZIP, Expected { digest: None, diff_id: Some(wrong.clone()) }),
        ] {
            let (result, bytes, whole) = run(&content, encoding, &expected);
            assert!(matches!(result, Err(EncodeError::Damaged { expected, .. }) if expected == wrong));
            assert!(!whole && bytes.len() < content.len());
        }
    }

    #[test]
    fn nobody_reading_stops_the_encoder() {
        let (wire, chunks) = mpsc::channel(1);
        drop(chunks);
        let out = Out { wire: Some(wire), skip: 0, check: None };
        let pool = Pool::new(1).unwrap();
        let (content, expected) = (noise(1 << 20), Expected::default());
        let result = encode(&content[..], Encoding::AsStored, &expected, &pool, out, |_, _| {});
        assert!(matches!(result, Err(EncodeError::Stopped)));
    }
}
