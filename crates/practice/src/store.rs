//! Content by digest, in files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::PracticeError;
use crate::name::Digest;

/// The directory of blobs and manifests, shared by all repositories.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    root: PathBuf,
    /// Tells files that are being written apart.
    written: Arc<AtomicU64>,
}

/// Makes a folder, and those above it that are not there, for nobody else: private images lie below.
fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

impl Store {
    /// Opens the store, making its folders and throwing away uploads that an earlier run left.
    pub(crate) fn open(root: &Path) -> Result<Self, PracticeError> {
        let store = Self { root: root.to_owned(), written: Arc::default() };
        let uploads = store.uploads();
        let fresh = match fs::remove_dir_all(&uploads) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
        fresh.map_err(|source| PracticeError::Directory { path: uploads.clone(), source })?;
        for folder in [uploads, store.packages(), root.join("blobs/sha256"), root.join("blobs/sha512")] {
            private_folder(&folder).map_err(|source| PracticeError::Directory { path: folder, source })?;
        }
        Ok(store)
    }

    /// The whole directory.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where uploads are while they run.
    pub(crate) fn uploads(&self) -> PathBuf {
        self.root.join("uploads")
    }

    /// Where the packages' records are.
    pub(crate) fn packages(&self) -> PathBuf {
        self.root.join("packages")
    }

    /// The file of a blob, which may not exist.
    pub(crate) fn path(&self, digest: &Digest) -> PathBuf {
        self.root.join("blobs").join(digest.algorithm_name()).join(&digest.hex)
    }

    /// The length of a blob in bytes, if it is here.
    pub(crate) async fn length(&self, digest: &Digest) -> io::Result<Option<u64>> {
        match tokio::fs::metadata(self.path(digest)).await {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a finished file of the uploads folder the blob with this digest.
    pub(crate) async fn adopt(&self, file: &Path, digest: &Digest) -> io::Result<()> {
        tokio::fs::rename(file, self.path(digest)).await
    }

    /// Stores a small blob, such as a manifest.
    pub(crate) async fn put(&self, digest: &Digest, bytes: &[u8]) -> io::Result<()> {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let file = self.uploads().join(format!("put-{number}"));
        tokio::fs::write(&file, bytes).await?;
        self.adopt(&file, digest).await
    }

    /// A whole small blob.
    pub(crate) async fn read(&self, digest: &Digest) -> io::Result<Vec<u8>> {
        tokio::fs::read(self.path(digest)).await
    }
}
