//! Layers that are stored compressed, as their content.

use std::io::{self, BufRead, Read};

use slipway_archive::Compression;

/// The content of a layer; all members or frames of it. What is stored otherwise comes as it is.
pub(crate) fn reader<'a>(
    source: impl BufRead + Send + 'a,
    stored: Compression,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    Ok(match stored {
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(source)?),
        Compression::Plain | Compression::Other => Box::new(source),
    })
}
