//! One pass over a blob of the file: read, check, compress, hash and hand to the connection.

use std::io::{self, Read, Write};

use bytes::Bytes;
use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256, Sha512};
use slipway_reference::Digest;
use tokio::sync::mpsc;

use crate::plan::Encoding;

/// Bytes that are read, and sent, at once. Four of them wait for the connection at most, so a blob in
/// flight costs about a megabyte and a half.
const CHUNK: usize = 256 * 1024;

/// Room between the encoder and the connection, in chunks.
pub(crate) const CHUNKS_AHEAD: usize = 4;

/// gzip's own default: the size that people expect from `docker push`.
const LEVEL: u32 = 6;

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
pub(crate) type Chunks = mpsc::Sender<io::Result<Bytes>>;

/// Reads `source` to its end and sends it through `out`, encoded; `read` is told how many bytes were
/// read each time. Blocks; runs on a thread of its own.
///
/// The last chunk is held back until every digest fits, so a damaged blob never becomes a whole request.
pub(crate) fn encode(
    source: impl Read,
    encoding: Encoding,
    expected: &Expected,
    out: &Chunks,
    read: impl FnMut(u64),
) -> Result<Encoded, EncodeError> {
    let result = run(source, encoding, expected, out, read);
    if let Err(error) = &result {
        // The request must end as a failed one, never as a short but whole one.
        let text = match error {
            EncodeError::Read(error) => error.to_string(),
            EncodeError::Damaged { .. } => "the content does not fit its digest".to_owned(),
            EncodeError::Stopped => return result,
        };
        let _ = out.blocking_send(Err(io::Error::other(text)));
    }
    result
}

fn run(
    mut source: impl Read,
    encoding: Encoding,
    expected: &Expected,
    out: &Chunks,
    mut read: impl FnMut(u64),
) -> Result<Encoded, EncodeError> {
    let mut content = Hasher::like(expected.diff_id.as_ref().filter(|_| encoding == Encoding::Gzip));
    let mut wire = Wire::new(out, expected.digest.as_ref());
    match encoding {
        Encoding::AsStored => copy(&mut source, &mut wire, |chunk| read(chunk.len() as u64))?,
        Encoding::Gzip => {
            // No name, no time, no system: the same layer gives the same bytes everywhere.
            let mut gzip =
                GzBuilder::new().mtime(0).operating_system(255).write(wire, Compression::new(LEVEL));
            copy(&mut source, &mut gzip, |chunk| {
                content.update(chunk);
                read(chunk.len() as u64);
            })?;
            wire = gzip.finish().map_err(stopped)?;
            if let Some(expected) = &expected.diff_id {
                fits(expected, content.digest())?;
            }
        }
    }
    wire.finish(expected.digest.as_ref())
}

/// Writing fails only when nobody takes the bytes any more.
fn stopped(_: io::Error) -> EncodeError {
    EncodeError::Stopped
}

fn copy(from: &mut impl Read, to: &mut impl Write, mut seen: impl FnMut(&[u8])) -> Result<(), EncodeError> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let length = match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(EncodeError::Read(error)),
        };
        seen(&buffer[..length]);
        to.write_all(&buffer[..length]).map_err(stopped)?;
    }
}

fn fits(expected: &Digest, found: Digest) -> Result<(), EncodeError> {
    if *expected == found {
        return Ok(());
    }
    Err(EncodeError::Damaged { expected: expected.clone(), found })
}

/// Collects encoded bytes into chunks, hashes them and hands them on, always one chunk behind.
struct Wire<'a> {
    out: &'a Chunks,
    hasher: Hasher,
    size: u64,
    filling: Vec<u8>,
    held: Option<Bytes>,
}

impl<'a> Wire<'a> {
    fn new(out: &'a Chunks, expected: Option<&Digest>) -> Self {
        Self { out, hasher: Hasher::like(expected), size: 0, filling: Vec::with_capacity(CHUNK), held: None }
    }

    fn push(&mut self) -> io::Result<()> {
        let chunk = Bytes::from(std::mem::replace(&mut self.filling, Vec::with_capacity(CHUNK)));
        match self.held.replace(chunk) {
            Some(earlier) => self.send(earlier),
            None => Ok(()),
        }
    }

    fn send(&self, chunk: Bytes) -> io::Result<()> {
        self.out.blocking_send(Ok(chunk)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn finish(mut self, expected: Option<&Digest>) -> Result<Encoded, EncodeError> {
        let digest = std::mem::take(&mut self.hasher).digest();
        if let Some(expected) = expected {
            fits(expected, digest.clone())?;
        }
        if let Some(earlier) = self.held.take() {
            self.send(earlier).map_err(stopped)?;
        }
        if !self.filling.is_empty() {
            let rest = Bytes::from(std::mem::take(&mut self.filling));
            self.send(rest).map_err(stopped)?;
        }
        Ok(Encoded { digest, size: self.size })
    }
}

impl Write for Wire<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = bytes.len().min(CHUNK - self.filling.len());
        let taken = &bytes[..length];
        self.hasher.update(taken);
        self.size += length as u64;
        self.filling.extend_from_slice(taken);
        if self.filling.len() == CHUNK {
            self.push()?;
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// SHA-256, or SHA-512 where the expected digest is one.
enum Hasher {
    Sha256(Sha256),
    Sha512(Box<Sha512>),
}

impl Default for Hasher {
    fn default() -> Self {
        Self::Sha256(Sha256::new())
    }
}

impl Hasher {
    fn like(expected: Option<&Digest>) -> Self {
        match expected {
            Some(digest) if digest.algorithm() == slipway_reference::Algorithm::Sha512 => {
                Self::Sha512(Box::new(Sha512::new()))
            }
            _ => Self::default(),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    fn digest(self) -> Digest {
        match self {
            Self::Sha256(hasher) => Digest::sha256(&hasher.finalize().into()),
            Self::Sha512(hasher) => Digest::sha512(&hasher.finalize().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the encoder with enough room for everything; what came out, and whether the request ended whole.
    fn run(
        content: &[u8],
        encoding: Encoding,
        expected: &Expected,
    ) -> (Result<Encoded, EncodeError>, Vec<u8>, bool) {
        let (out, mut chunks) = mpsc::channel(64);
        let result = encode(content, encoding, expected, &out, |_| {});
        drop(out);
        let (mut bytes, mut whole) = (Vec::new(), true);
        while let Some(chunk) = chunks.blocking_recv() {
            match chunk {
                Ok(chunk) => bytes.extend_from_slice(&chunk),
                Err(_) => whole = false,
            }
        }
        (result, bytes, whole)
    }

    fn sha256(bytes: &[u8]) -> Digest {
        Digest::sha256(&Sha256::digest(bytes).into())
    }

    fn noise(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect()
    }

    #[test]
    fn a_stored_blob_goes_out_byte_for_byte_with_its_digest() {
        for length in [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17] {
            let content = noise(length);
            let expected = Expected { digest: Some(sha256(&content)), diff_id: None };
            let (result, bytes, whole) = run(&content, Encoding::AsStored, &expected);
            assert_eq!(result.unwrap(), Encoded { digest: sha256(&content), size: length as u64 });
            assert!(bytes == content && whole, "{length} bytes");
        }
    }

    #[test]
    fn a_plain_layer_goes_out_as_gzip_that_unpacks_to_it_and_always_the_same() {
        let content = noise(3 * CHUNK + 17);
        let expected = Expected { digest: None, diff_id: Some(sha256(&content)) };
        let (result, bytes, _) = run(&content, Encoding::Gzip, &expected);
        assert_eq!(result.unwrap(), Encoded { digest: sha256(&bytes), size: bytes.len() as u64 });
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).unwrap();
        assert!(unpacked == content);
        assert_eq!(bytes, run(&content, Encoding::Gzip, &expected).1);
    }

    #[test]
    fn a_damaged_blob_never_becomes_a_whole_request() {
        let content = noise(2 * CHUNK);
        let wrong = sha256(b"something else");
        for (encoding, expected) in [
            (Encoding::AsStored, Expected { digest: Some(wrong.clone()), diff_id: None }),
            (Encoding::Gzip, Expected { digest: None, diff_id: Some(wrong.clone()) }),
        ] {
            let (result, bytes, whole) = run(&content, encoding, &expected);
            assert!(matches!(result, Err(EncodeError::Damaged { expected, .. }) if expected == wrong));
            assert!(!whole && bytes.len() < content.len());
        }
    }

    #[test]
    fn nobody_reading_stops_the_encoder() {
        let (out, chunks) = mpsc::channel(1);
        drop(chunks);
        let result = encode(&noise(1 << 20)[..], Encoding::AsStored, &Expected::default(), &out, |_| {});
        assert!(matches!(result, Err(EncodeError::Stopped)));
    }
}
