//! What a file is, by its first bytes.

use std::fs::File;
use std::path::Path;

use crate::ArchiveError;
use crate::file::FileAt;
use crate::tar::{Block, parse};

/// The compression around a tar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outer {
    /// None.
    None,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
}

/// What a path looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sniffed {
    /// A tar.
    Tar,
    /// Something compressed, perhaps a tar.
    Compressed(Outer),
    /// A folder with an OCI layout.
    Layout,
}

/// Looks at the name and the first bytes only.
///
/// # Errors
/// What can be refused so early: unreadable, empty, a zip, no tar, a folder that is no layout.
pub fn sniff(path: &Path) -> Result<Sniffed, ArchiveError> {
    let file = name(path);
    let unreadable = |source| ArchiveError::Unreadable { file: file.clone(), source };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        let is_layout = path.join("oci-layout").is_file();
        return if is_layout { Ok(Sniffed::Layout) } else { Err(ArchiveError::NotLayout { file }) };
    }
    if !metadata.is_file() {
        return Err(ArchiveError::Unknown { file });
    }
    let opened = File::open(path).and_then(|opened| FileAt::new(opened, false)).map_err(unreadable)?;
    let mut first = [0; 512];
    let length = opened.read_at(&mut first, 0).map_err(unreadable)?;
    match outer(&first[..length]) {
        _ if length == 0 => Err(ArchiveError::Empty { file }),
        // The first member, the end of an empty one, the mark of a split one.
        Outer::None
            if matches!(first, [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..]) =>
        {
            Err(ArchiveError::Zip { file })
        }
        Outer::None => match parse(&first) {
            _ if length < first.len() => Err(ArchiveError::Unknown { file }),
            Block::Header(_) => Ok(Sniffed::Tar),
            // Nothing but end marks: a tar without members.
            Block::End => Err(ArchiveError::NotImage { file }),
            Block::Invalid(_) => Err(ArchiveError::Unknown { file }),
        },
        outer => Ok(Sniffed::Compressed(outer)),
    }
}

/// What was compressed is a tar.
pub(crate) fn inside(file: &FileAt, name: &str) -> Result<(), ArchiveError> {
    let mut first = [0; 512];
    let length = file
        .read_at(&mut first, 0)
        .map_err(|source| ArchiveError::Unreadable { file: name.to_owned(), source })?;
    match parse(&first) {
        Block::Header(_) if length == first.len() => Ok(()),
        Block::End if length == first.len() => Err(ArchiveError::NotImage { file: name.to_owned() }),
        _ if length == 0 => Err(ArchiveError::Empty { file: name.to_owned() }),
        _ => Err(ArchiveError::Unknown { file: name.to_owned() }),
    }
}

/// The compression that some first bytes show.
pub(crate) fn outer(first: &[u8]) -> Outer {
    match first {
        [0x1f, 0x8b, ..] => Outer::Gzip,
        // The second is a skippable frame, with which some seekable files begin.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Outer::Zstd,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Outer::Xz,
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Outer::Bzip2,
        _ => Outer::None,
    }
}

pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
