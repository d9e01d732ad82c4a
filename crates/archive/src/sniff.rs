//! What a file is, by its first bytes.

use std::fs::File;
use std::path::Path;

use crate::ArchiveError;
use crate::file::FileAt;
use crate::kind::Kind;
use crate::outer::{Outer, outer};
use crate::tar::{Block, parse};

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

/// So much of a file is looked at, bytes.
pub(crate) const FIRST: usize = 64 << 10;

/// Looks at the name and the first bytes only. What is neither a file nor a folder is not opened, since that may wait
/// for whoever is at the other end.
///
/// # Errors
/// What can be refused so early: unreadable, empty, a zip, no tar, a folder that is no layout.
pub fn sniff(path: &Path) -> Result<Sniffed, ArchiveError> {
    let file = name(path);
    let unreadable = |source| ArchiveError::Unreadable { file: file.clone(), source };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return folder(path, file);
    }
    if !metadata.is_file() {
        return Err(ArchiveError::Other { file, kind: Kind::of_type(metadata.file_type()) });
    }
    let opened = File::open(path).and_then(|opened| FileAt::new(opened, false)).map_err(unreadable)?;
    match look(&first(&opened).map_err(unreadable)?, &file)? {
        Outer::None => Ok(Sniffed::Tar),
        outer => Ok(Sniffed::Compressed(outer)),
    }
}

fn folder(path: &Path, file: String) -> Result<Sniffed, ArchiveError> {
    if path.join("oci-layout").is_file() {
        return Ok(Sniffed::Layout);
    }
    // `skopeo copy … dir:` has one of these names, too, and says its own version.
    let saved = begins_a_list(&path.join("manifest.json")) && !path.join("version").exists();
    if saved {
        return Err(ArchiveError::Other { file, kind: Kind::UnpackedSave });
    }
    Err(ArchiveError::NotLayout { file })
}

/// `docker save` writes a list; other programs keep objects under the same name.
fn begins_a_list(path: &Path) -> bool {
    let first = path
        .is_file()
        .then(|| File::open(path).and_then(|file| FileAt::new(file, false)))
        .and_then(Result::ok);
    let first = first.and_then(|file| self::first(&file).ok()).unwrap_or_default();
    first.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[')
}

/// The first bytes of `file`, as many as are looked at.
pub(crate) fn first(file: &FileAt) -> std::io::Result<Vec<u8>> {
    let mut first = vec![0; FIRST];
    let length = file.read_at(&mut first, 0)?;
    first.truncate(length);
    Ok(first)
}

/// A tar begins with `first`, or something compressed.
pub(crate) fn look(first: &[u8], file: &str) -> Result<Outer, ArchiveError> {
    let file = || file.to_owned();
    if first.is_empty() {
        return Err(ArchiveError::Empty { file: file() });
    }
    let outer = outer(first);
    if outer != Outer::None {
        return Ok(outer);
    }
    // The first member, the end of an empty one, the mark of a split one.
    if matches!(first, [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..]) {
        return Err(ArchiveError::Zip { file: file() });
    }
    let block = first.get(..512).and_then(|block| block.try_into().ok()).map(parse);
    match block {
        Some(Block::Header(_)) => Ok(Outer::None),
        // Nothing but end marks: a tar without members.
        Some(Block::End) => Err(ArchiveError::NotImage { file: file() }),
        Some(Block::Invalid(_)) | None => Err(match Kind::of(first) {
            Some(kind) => ArchiveError::Other { file: file(), kind },
            None => ArchiveError::Unknown { file: file() },
        }),
    }
}

pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
