//! A tar or a folder, seen as names with content.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use slipway_image::json;
use slipway_reference::{Algorithm, Digest};

use crate::ArchiveError;
use crate::file::FileAt;
use crate::index::{Content, Extent, Index};
use crate::source::{Backing, Source};

/// Where images are looked for.
#[derive(Debug)]
pub(crate) enum Container {
    Tar {
        file: Arc<FileAt>,
        index: Index,
    },
    /// The folder, without symbolic links in its path.
    Layout {
        root: PathBuf,
        /// Links in it may lead out of it.
        trusted: bool,
    },
}

impl Container {
    /// The content of `name`.
    pub(crate) fn find(&self, name: &str) -> Result<Source, ArchiveError> {
        match self {
            Self::Tar { file, index } => {
                let content = index.resolve(name).map_err(|error| match error {
                    // A tar without its end marks lost its end, and what is missing with it.
                    ArchiveError::MemberMissing { .. } if !index.complete => {
                        ArchiveError::Truncated { at: file.length, size: file.length + 1024 }
                    }
                    error => error,
                })?;
                let file = Arc::clone(file);
                Ok(match content {
                    Content::Whole(Extent { offset, length }) => {
                        Source { backing: Backing::Tar(file), offset, length }
                    }
                    Content::Sparse { pieces, size } => {
                        Source { backing: Backing::Sparse { file, pieces }, offset: 0, length: size }
                    }
                })
            }
            Self::Layout { root, trusted } => layout_file(root, *trusted, name),
        }
    }

    /// The folder of a tar in which its images are, where they are not at its top.
    pub(crate) fn folder(&self) -> Option<&str> {
        match self {
            Self::Tar { index, .. } => index.folder(),
            Self::Layout { .. } => None,
        }
    }

    /// There is a member of that name, whatever it is.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Self::Tar { index, .. } => index.has(name),
            Self::Layout { root, .. } => root.join(name).symlink_metadata().is_ok(),
        }
    }

    /// The content of a JSON member, small as those are.
    pub(crate) fn json(&self, name: &str) -> Result<(Vec<u8>, Value), ArchiveError> {
        let raw = self.find(name)?.bytes(name, json::LARGEST)?;
        let value = parse(&raw, name)?;
        Ok((raw, value))
    }
}

/// Layout folders may come from anywhere, so links in them must not lead out of them either, unless somebody says that
/// the folder is to be trusted. Names lead out of none.
fn layout_file(root: &std::path::Path, trusted: bool, name: &str) -> Result<Source, ArchiveError> {
    let relative = crate::index::normal(name).filter(|_| !crate::index::is_absolute(name));
    let relative =
        relative.ok_or_else(|| ArchiveError::unsafe_name(name, "the name leads out of the folder"))?;
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => ArchiveError::MemberMissing { member: name.to_owned() },
        _ => ArchiveError::Unreadable { file: name.to_owned(), source },
    };
    let path = root.join(relative).canonicalize().map_err(failed)?;
    if !trusted && !path.starts_with(root) {
        let folder = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Err(ArchiveError::LeadsOut { member: name.to_owned(), folder });
    }
    let metadata = path.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(ArchiveError::malformed(name, "it is a folder"));
    }
    if !metadata.is_file() {
        return Err(ArchiveError::malformed(name, "it is no file"));
    }
    let backing = Backing::File { path, length: metadata.len(), modified: metadata.modified().ok() };
    Ok(Source { backing, offset: 0, length: metadata.len() })
}

/// Where a layout keeps the content of a digest.
pub(crate) fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm().as_str(), digest.hex())
}

/// The digest of `raw` with the algorithm of `like`.
pub(crate) fn digest_of(raw: &[u8], like: Algorithm) -> Digest {
    use sha2::Digest as _;
    match like {
        Algorithm::Sha256 => Digest::sha256(&sha2::Sha256::digest(raw).into()),
        Algorithm::Sha512 => Digest::sha512(&sha2::Sha512::digest(raw).into()),
    }
}

/// Parses `raw`, the content of `member`: a manifest, an index or a configuration.
pub(crate) fn parse(raw: &[u8], member: &str) -> Result<Value, ArchiveError> {
    json::parse(raw).map_err(|reason| ArchiveError::malformed(member, reason))
}

/// `raw`, the content of `member`, is what `digest` says.
pub(crate) fn verify(raw: &[u8], digest: &Digest, member: &str) -> Result<(), ArchiveError> {
    let found = digest_of(raw, digest.algorithm());
    if found == *digest {
        return Ok(());
    }
    Err(ArchiveError::Damaged { member: member.to_owned(), expected: digest.clone(), found })
}
