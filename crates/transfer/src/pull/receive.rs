//! One blob on its way: its bytes come from the registry and are checked and kept on a thread of their own.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bytes::Bytes;
use slipway_archive::{ArchiveError, Layout, Member};
use slipway_distribution::{ManifestAt, Repository};
use slipway_image::BlobSource;
use slipway_reference::Digest;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::sink::Sink;
use super::{PullRequest, blocking, cannot_write};
use crate::control::Control;
use crate::download::download;
use crate::error::TransferError;
use crate::event::{Event, Events};
use crate::hasher::Hasher;
use crate::remote::manifest;

/// Pieces that wait for the thread that keeps them: a few, as what is not kept is fetched again after a kill.
const QUEUED: usize = 4;

/// What is there of a blob is recorded so often, bytes.
const RECORDED: u64 = 1 << 20;

/// What was written of a blob is brought onto the disk so often, bytes.
const MUCH: u64 = 32 << 20;

/// A pull at work.
pub(super) struct Fetch<'a> {
    pub(super) request: &'a PullRequest,
    /// Of each image of the request.
    pub(super) repositories: Vec<Repository>,
    /// Which image of the request a blob or a manifest is fetched for.
    pub(super) origins: HashMap<Digest, usize>,
    pub(super) control: &'a Control,
    pub(super) events: &'a Events,
    pub(super) layout: Arc<Layout>,
    /// The manifests among the members, and their bytes as far as they are kept.
    pub(super) children: HashMap<Digest, Option<Bytes>>,
    /// Where blobs may lie on this computer.
    pub(super) here: HashMap<Digest, Vec<BlobSource>>,
    /// Bytes that were taken from there.
    pub(super) taken: AtomicU64,
    /// One blob failed: the others end.
    pub(super) stop: CancellationToken,
    /// It goes to a stream.
    pub(super) sequential: bool,
    /// Woken when there is much to bring onto the disk.
    pub(super) much: Arc<Notify>,
}

/// Why what came is not kept.
pub(super) enum Lost {
    /// It cannot be written.
    Write(io::Error),
    /// It is not what it should be.
    Content(ArchiveError),
}

impl From<io::Error> for Lost {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// What comes of a blob, where it is kept.
pub(super) struct Arriving {
    member: Member,
    begin: oneshot::Sender<u64>,
    chunks: mpsc::Receiver<Bytes>,
}

impl Arriving {
    /// Takes the blob from the byte `at` on, after those that `hash` saw, to its end. `keep` gets each piece and its place
    /// in the blob. Blocks.
    pub(super) fn take(
        self,
        mut hash: Hasher,
        mut at: u64,
        mut keep: impl FnMut(&[u8], u64) -> io::Result<()>,
    ) -> Result<(), Lost> {
        let Self { member, begin, mut chunks } = self;
        let malformed =
            |reason: String| Lost::Content(ArchiveError::Malformed { member: member.name(), reason });
        // Nobody hears of it where the pull ended meanwhile; then no bytes come either.
        let _ = begin.send(at);
        while let Some(chunk) = chunks.blocking_recv() {
            if chunk.len() as u64 > member.size - at {
                return Err(malformed(format!("it is longer than its {} bytes", member.size)));
            }
            hash.update(&chunk);
            keep(&chunk, at)?;
            at += chunk.len() as u64;
        }
        if at < member.size {
            return Err(malformed(format!("it ends {} bytes before its size", member.size - at)));
        }
        let found = hash.digest();
        if found != member.digest {
            let expected = member.digest.clone();
            return Err(Lost::Content(ArchiveError::Damaged { member: member.name(), expected, found }));
        }
        Ok(())
    }

    /// The same from the first byte on.
    pub(super) fn take_all(self, mut keep: impl FnMut(&[u8]) -> io::Result<()>) -> Result<(), Lost> {
        let hash = Hasher::like(Some(&self.member.digest));
        self.take(hash, 0, |bytes, _| keep(bytes))
    }
}

impl Fetch<'_> {
    /// Gets a blob to its place in `sink`: from this computer, or from the registry. What an earlier pull left there is
    /// read again, as it may have got lost, and then all of it is fetched.
    pub(super) async fn place<S: Sink>(&self, sink: &Arc<S>, index: usize) -> Result<(), TransferError> {
        if self.take_here(sink, index).await? {
            return Ok(());
        }
        let member = self.layout.members()[index].clone();
        let begun = Arc::clone(sink);
        let there = blocking(self.request, move || begun.begin(index)).await?;
        for there in [there, 0] {
            let (sink, member, much) = (Arc::clone(sink), member.clone(), Arc::clone(&self.much));
            let received = self
                .receive(index, move |arriving| {
                    let mut hash = Hasher::like(Some(&member.digest));
                    if !read_again(sink.as_ref(), index, there, &mut hash, &arriving)? {
                        return Ok(());
                    }
                    let (mut length, mut recorded) = (there, there);
                    let kept = arriving.take(hash, there, |bytes, at| {
                        sink.write_at(index, bytes, at)?;
                        length = at + bytes.len() as u64;
                        if length - recorded >= RECORDED {
                            sink.record(index, length)?;
                            if length / MUCH > recorded / MUCH {
                                much.notify_one();
                            }
                            recorded = length;
                        }
                        Ok(())
                    });
                    let damaged = matches!(kept, Err(Lost::Content(ArchiveError::Damaged { .. })));
                    sink.record(index, if damaged { 0 } else { length })?;
                    kept?;
                    Ok(sink.done(index)?)
                })
                .await;
            match received {
                Err(TransferError::Archive(ArchiveError::Damaged { .. })) if there > 0 => {
                    (self.events)(Event::Found { blob: index, bytes: 0 });
                }
                received => return received,
            }
        }
        Ok(())
    }

    /// Fetches one blob; `keep` gets what comes, on a thread where it may block, and ends before this does.
    pub(super) async fn receive<T: Send + 'static>(
        &self,
        index: usize,
        keep: impl FnOnce(Arriving) -> Result<T, Lost> + Send + 'static,
    ) -> Result<T, TransferError> {
        let member = self.layout.members()[index].clone();
        let (begin, begun) = oneshot::channel();
        let (sender, chunks) = mpsc::channel(QUEUED);
        let arriving = Arriving { member: member.clone(), begin, chunks };
        let keeping = tokio::task::spawn_blocking(move || keep(arriving));
        let fetched = match self.unless_stopped(begun).await {
            Ok(Ok(from)) => Box::pin(self.content(index, from, sender)).await,
            // It failed before anything was asked for, and says why.
            Ok(Err(_)) => Ok(()),
            Err(stopped) => {
                // Who still reads what is there ends at that.
                drop(sender);
                Err(stopped)
            }
        };
        let kept = keeping.await.unwrap_or_else(|panic| Err(Lost::Write(io::Error::other(panic))));
        fetched?;
        let kept = kept.map_err(|lost| match lost {
            Lost::Write(source) => cannot_write(self.request, source),
            Lost::Content(error) => TransferError::Archive(error),
        })?;
        (self.events)(Event::Fetched { blob: index });
        Ok(kept)
    }

    /// Sends on what the member with this number holds from the byte `from` on. It ends early, and well, where nobody takes
    /// it any more.
    async fn content(
        &self,
        index: usize,
        from: u64,
        chunks: mpsc::Sender<Bytes>,
    ) -> Result<(), TransferError> {
        let member = &self.layout.members()[index];
        if from > 0 {
            (self.events)(Event::Found { blob: index, bytes: from });
        }
        if from == member.size && from > 0 {
            return Ok(());
        }
        if let Some(kept) = self.children.get(&member.digest) {
            let raw = match kept {
                Some(raw) => {
                    (self.events)(Event::Received { blob: index, bytes: member.size - from });
                    raw.clone()
                }
                None => {
                    let at = ManifestAt::Digest(member.digest.clone());
                    let image = &self.request.images[self.origin(&member.digest)];
                    let child = manifest(&at, &image.reference, self.repository(&member.digest));
                    let raw = Bytes::from(Box::pin(self.unless_stopped(child)).await??.raw);
                    let bytes = (raw.len() as u64).saturating_sub(from);
                    (self.events)(Event::Received { blob: index, bytes });
                    raw
                }
            };
            let from = usize::try_from(from).unwrap_or(usize::MAX).min(raw.len());
            let _ = chunks.send(raw.slice(from..)).await;
            return Ok(());
        }
        (self.events)(Event::Fetching { blob: index, digest: member.digest.clone(), size: member.size });
        Box::pin(self.unless_stopped(self.download(index, from, chunks))).await?
    }

    /// The image of the request that a blob or a manifest is fetched for.
    fn origin(&self, digest: &Digest) -> usize {
        self.origins.get(digest).copied().unwrap_or_default()
    }

    fn repository(&self, digest: &Digest) -> &Repository {
        &self.repositories[self.origin(digest)]
    }

    /// The bytes of a blob.
    async fn download(
        &self,
        index: usize,
        offset: u64,
        chunks: mpsc::Sender<Bytes>,
    ) -> Result<(), TransferError> {
        let digest = &self.layout.members()[index].digest;
        let received = |bytes| (self.events)(Event::Received { blob: index, bytes });
        download(self.repository(digest), digest, offset, &self.control.waits, &chunks, received).await
    }

    /// What `work` gives, unless the pull ends before.
    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, TransferError> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(TransferError::Cancelled),
            done = async {
                // What is written in sequence cannot be gone on with: a pause waits for its end.
                if self.sequential { self.control.unless_cancelled(work).await } else { self.control.unless_stopped(work).await }
            } => done,
        }
    }
}

/// Shows `hash` what an earlier pull wrote; false where nobody waits for it any more.
fn read_again(
    sink: &impl Sink,
    index: usize,
    length: u64,
    hash: &mut Hasher,
    arriving: &Arriving,
) -> io::Result<bool> {
    let mut buffer = vec![0; usize::try_from(length.min(1 << 20)).unwrap_or(1 << 20)];
    let mut read = 0;
    while read < length {
        if arriving.begin.is_closed() {
            return Ok(false);
        }
        let part = usize::try_from(length - read).unwrap_or(usize::MAX).min(buffer.len());
        sink.read_at(index, &mut buffer[..part], read)?;
        hash.update(&buffer[..part]);
        read += part as u64;
    }
    Ok(true)
}
