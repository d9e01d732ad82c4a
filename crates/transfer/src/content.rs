//! What a layer holds, for people who look into an image: it is unpacked to count, and nothing is kept.

use std::io::{self, BufReader, Read};

use slipway_archive::ArchiveError;

use crate::plan::Blob;
use crate::unpack;

/// What a layer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerContent {
    /// Size of the plain tar, bytes.
    pub unpacked: u64,
    /// Members that put something into the image: neither folders nor marks of deletion (`.wh.` in the image
    /// specification, "Whiteouts").
    pub files: u64,
}

/// Unpacks a layer as far as `go_on` says so. Takes as long as reading all of it; blocks.
///
/// # Errors
/// [`ArchiveError::Malformed`] where it is damaged or no tar, [`ArchiveError::Cancelled`] where `go_on` said no.
pub fn layer_content(layer: &Blob, go_on: impl Fn() -> bool) -> Result<LayerContent, ArchiveError> {
    let source = BufReader::with_capacity(1 << 18, layer.source.reader()?);
    count(source, layer, go_on).map_err(|error| {
        error.downcast().unwrap_or_else(|error| ArchiveError::Malformed {
            member: layer.member.clone(),
            reason: error.to_string(),
        })
    })
}

fn count(
    source: impl io::BufRead + Send,
    layer: &Blob,
    go_on: impl Fn() -> bool,
) -> io::Result<LayerContent> {
    let mut unpacked = Counted { source: unpack::reader(source, layer.stored)?, bytes: 0, go_on };
    let mut files = 0;
    for entry in tar::Archive::new(&mut unpacked).entries()? {
        let entry = entry?;
        let path = entry.path_bytes();
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(&path);
        if !entry.header().entry_type().is_dir() && !name.starts_with(b".wh.") {
            files += 1;
        }
    }
    // What stands behind the end mark belongs to the diff ID, too.
    io::copy(&mut unpacked, &mut io::sink())?;
    Ok(LayerContent { unpacked: unpacked.bytes, files })
}

struct Counted<R, F> {
    source: R,
    bytes: u64,
    go_on: F,
}

impl<R: Read, F: Fn() -> bool> Read for Counted<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !(self.go_on)() {
            return Err(io::Error::other(ArchiveError::Cancelled));
        }
        let length = self.source.read(buffer)?;
        self.bytes += length as u64;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use slipway_archive::{Compression, Source};

    use super::*;
    use crate::plan::{Encoding, Role};

    fn plain() -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        let mut member = |name: &str, kind, content: &[u8]| {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_entry_type(kind);
            tar.append_data(&mut header, name, content).unwrap();
        };
        member("srv", tar::EntryType::Directory, b"");
        member("srv/app", tar::EntryType::Regular, &[7; 2000]);
        member("srv/.wh.old", tar::EntryType::Regular, b"");
        member(&format!("srv/{}", "long/".repeat(40)), tar::EntryType::Symlink, b"");
        tar.into_inner().unwrap()
    }

    fn layer(stored: Compression, bytes: &[u8]) -> Blob {
        Blob {
            role: Role::Layer,
            number: 1,
            member: "blobs/sha256/x".to_owned(),
            media_type: String::new(),
            digest: None,
            diff_id: None,
            stored,
            remembered: None,
            size: bytes.len() as u64,
            encoding: Encoding::AsStored,
            source: Source::of_bytes(bytes),
        }
    }

    #[test]
    fn files_are_counted_whatever_the_layer_is_packed_with() {
        let plain = plain();
        let expected = LayerContent { unpacked: plain.len() as u64, files: 2 };
        for (stored, bytes) in [
            (Compression::Plain, plain.clone()),
            (Compression::Gzip, slipway_stage::gzip(&plain)),
            (Compression::Zstd, zstd::bulk::compress(&plain, 3).unwrap()),
        ] {
            assert_eq!(layer_content(&layer(stored, &bytes), || true).unwrap(), expected, "{stored:?}");
        }
    }

    #[test]
    fn a_damaged_layer_is_named_and_a_count_can_be_left() {
        let damaged = layer_content(&layer(Compression::Gzip, &[0x1f, 0x8b, 8, 0, 0]), || true);
        assert!(
            matches!(&damaged, Err(ArchiveError::Malformed { member, .. }) if member == "blobs/sha256/x"),
            "{damaged:?}"
        );
        let reads = Cell::new(0);
        let left = layer_content(&layer(Compression::Plain, &plain()), || {
            reads.set(reads.get() + 1);
            reads.get() < 3
        });
        assert!(matches!(left, Err(ArchiveError::Cancelled)), "{left:?}");
    }
}
