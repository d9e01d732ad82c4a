//! A blob that lies in a registry, as whoever reads images sees it.

use std::io::{self, Read};
use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use slipway_distribution::{Repository, Waits};
use slipway_image::{BlobSource, Descriptor, ReadAt};
use slipway_reference::Digest;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::download::download;
use crate::error::TransferError;

/// Pieces of a blob that wait for whoever reads it.
const QUEUED: usize = 4;

/// Where `descriptor`'s blob is read.
pub(crate) fn source(repository: &Repository, waits: &Waits, descriptor: &Descriptor) -> BlobSource {
    let blob = RemoteBlob {
        repository: repository.clone(),
        digest: descriptor.digest.clone(),
        waits: waits.clone(),
        runtime: Handle::current(),
    };
    BlobSource::new(Arc::new(blob), descriptor.size)
}

/// A blob of a registry. Each reader asks for it anew, from the byte where it begins.
struct RemoteBlob {
    repository: Repository,
    digest: Digest,
    waits: Waits,
    runtime: Handle,
}

impl std::fmt::Debug for RemoteBlob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteBlob").field("digest", &self.digest).finish_non_exhaustive()
    }
}

impl ReadAt for RemoteBlob {
    fn reader(&self, from: u64, length: u64) -> io::Result<Box<dyn Read + Send>> {
        let (sender, chunks) = mpsc::channel(QUEUED);
        let (repository, digest, waits) = (self.repository.clone(), self.digest.clone(), self.waits.clone());
        let fetching = self
            .runtime
            .spawn(async move { download(&repository, &digest, from, &waits, &sender, |_| {}).await });
        let (runtime, digest) = (self.runtime.clone(), self.digest.clone());
        Ok(Box::new(Arriving { chunks, current: Bytes::new(), left: length, fetching, runtime, digest }))
    }
}

/// A blob as it comes. Whoever drops it ends its connection.
struct Arriving {
    chunks: mpsc::Receiver<Bytes>,
    current: Bytes,
    left: u64,
    fetching: JoinHandle<Result<(), TransferError>>,
    runtime: Handle,
    digest: Digest,
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && self.left > 0 {
            let Some(chunk) = self.chunks.blocking_recv() else {
                let fetched = self.runtime.block_on(&mut self.fetching).map_err(io::Error::other)?;
                fetched.map_err(|error| io::Error::other(TransferError::Source(Box::new(error))))?;
                let reason = format!("{} ends {} bytes before its size", self.digest, self.left);
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, reason));
            };
            self.current = chunk;
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len()).min(self.current.len());
        self.current.copy_to_slice(&mut buffer[..most]);
        self.left -= most as u64;
        Ok(most)
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.fetching.abort();
    }
}
