//! How a layer is stored.

use crate::ArchiveError;
use crate::outer::{Outer, outer};
use crate::source::Source;
use crate::tar;
use slipway_image::Compression;

/// How a layer is stored, by its first bytes; none where they say nothing.
pub(crate) fn compression(source: &Source, member: &str) -> Result<Option<Compression>, ArchiveError> {
    let first = source.first(512, member)?;
    Ok(match outer(&first) {
        Outer::Gzip => Some(Compression::Gzip),
        Outer::Zstd => Some(Compression::Zstd),
        Outer::Xz | Outer::Bzip2 => Some(Compression::Other),
        Outer::None => {
            let block = first.as_slice().try_into().ok().map(tar::parse);
            // Nothing at all is how some tools store an empty layer.
            let plain = first.is_empty() || matches!(block, Some(tar::Block::Header(_) | tar::Block::End));
            plain.then_some(Compression::Plain)
        }
    })
}
