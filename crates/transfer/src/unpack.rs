//! Layers that are stored compressed, as their content.

use std::io::{self, BufRead, Read};

use slipway_archive::ArchiveError;
use slipway_compress::Gunzip;
use slipway_image::Compression;

/// What a layer is, as far as a check needs it.
#[derive(Debug, Clone)]
pub(crate) struct Checking {
    /// Where it lies in the file.
    pub(crate) member: String,
    pub(crate) stored: Compression,
    /// Its size as it is stored, bytes.
    pub(crate) size: u64,
    /// What it may unpack to, bytes.
    pub(crate) limit: u64,
}

/// The content of a layer; all members or frames of it. What is stored otherwise comes as it is.
pub(crate) fn reader<'a>(
    source: impl BufRead + Send + 'a,
    stored: Compression,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    Ok(match stored {
        Compression::Gzip => Box::new(Gunzip::new(source)),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(source)?),
        Compression::Plain | Compression::Other => Box::new(source),
    })
}

/// `unpacked`, the content of `layer`, as far as that may go.
pub(crate) fn bounded<R: Read>(unpacked: R, layer: &Checking) -> impl Read + use<'_, R> {
    Bounded { unpacked, layer, come: 0 }
}

struct Bounded<'a, R> {
    unpacked: R,
    layer: &'a Checking,
    come: u64,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.unpacked.read(buffer)?;
        self.come += length as u64;
        let Checking { member, size, limit, .. } = self.layer;
        if self.come <= *limit {
            return Ok(length);
        }
        Err(io::Error::other(ArchiveError::Unpacks { member: member.clone(), size: *size, limit: *limit }))
    }
}
