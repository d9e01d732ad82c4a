//! What a layer holds, for people who look into an image: it is unpacked to count, and nothing is kept.

use std::io::{self, BufReader, Read as _};

use slipway_archive::{ArchiveError, Entry, Members};

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

/// Bytes that are unpacked at once.
const AT_ONCE: usize = 128 << 10;

/// Unpacks a layer as far as `go_on` says so. Takes as long as reading all of it, and little memory whatever its headers
/// say; blocks.
///
/// # Errors
/// [`ArchiveError::Malformed`] where it is damaged or no tar, [`ArchiveError::Bomb`] where a header is longer than any
/// that is meant, [`ArchiveError::Cancelled`] where `go_on` said no.
pub fn layer_content(layer: &Blob, go_on: impl Fn() -> bool) -> Result<LayerContent, ArchiveError> {
    let named = |reason: String| ArchiveError::Malformed { member: layer.member.clone(), reason };
    let broken = |error: io::Error| error.downcast().unwrap_or_else(|error| named(error.to_string()));
    let source = BufReader::with_capacity(1 << 18, layer.source.reader().map_err(broken)?);
    let mut content = unpack::reader(source, layer.stored).map_err(broken)?;
    let (mut members, mut buffer) = (Members::default(), vec![0; AT_ONCE]);
    let (mut unpacked, mut files) = (0, 0);
    // What stands behind the end mark belongs to the diff ID, too.
    loop {
        if !go_on() {
            return Err(ArchiveError::Cancelled);
        }
        let length = match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(broken(error)),
        };
        unpacked += length as u64;
        let count = |entry: Entry<'_>| {
            let name = entry.name.rsplit('/').next().unwrap_or(entry.name);
            files += u64::from(!entry.is_folder && !name.starts_with(".wh."));
        };
        members.take(&buffer[..length], count).map_err(|error| within(layer, error))?;
    }
    members.end().map_err(|error| named(error.to_string()))?;
    Ok(LayerContent { unpacked, files })
}

/// What is wrong with the tar that a layer is, said of the layer.
fn within(layer: &Blob, error: ArchiveError) -> ArchiveError {
    let inside = |member: String| format!("{member} in {}", layer.member);
    match error {
        ArchiveError::Bomb { member } => ArchiveError::Bomb { member: inside(member) },
        ArchiveError::Malformed { member, reason } => {
            ArchiveError::Malformed { member: layer.member.clone(), reason: format!("{member}: {reason}") }
        }
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use slipway_image::{BlobSource, Compression};

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
            checked: false,
            estimated: None,
            size: bytes.len() as u64,
            encoding: Encoding::AsStored,
            source: BlobSource::of_bytes(bytes),
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
    fn a_layer_whose_headers_are_gigabytes_costs_no_memory() {
        // What is kept of a header is a few MiB at most (`Members`); this one is refused before its content comes.
        for kind in [tar::EntryType::GNULongName, tar::EntryType::XHeader] {
            let mut header = tar::Header::new_gnu();
            header.set_size(4 << 30);
            header.set_entry_type(kind);
            header.set_cksum();
            let bomb = slipway_stage::gzip(header.as_bytes());
            let refused = layer_content(&layer(Compression::Gzip, &bomb), || true);
            assert!(
                matches!(&refused, Err(ArchiveError::Bomb { member }) if member.contains("blobs/sha256/x")),
                "{refused:?}"
            );
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
            reads.get() < 2
        });
        assert!(matches!(left, Err(ArchiveError::Cancelled)), "{left:?}");
    }
}
