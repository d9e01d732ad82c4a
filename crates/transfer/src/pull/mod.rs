//! A pull: from a registry into a file that gets its name only when every digest fits.

mod receive;
mod wanted;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use slipway_archive::{OutputPlace, Target, Unfinished};
use slipway_distribution::{Access, Registry};
use slipway_reference::{Digest, Reference};
use tokio_util::sync::CancellationToken;

use crate::control::Control;
use crate::error::TransferError;
use crate::event::{Event, Events, Phase};
use receive::Fetch;
use wanted::Wanted;

/// Blobs that are fetched side by side.
const AT_ONCE: usize = 4;

/// What is to be fetched into which file.
#[derive(Debug, Clone)]
pub struct PullRequest {
    /// The image; a reference without tag and digest means `latest`.
    pub reference: Reference,
    /// Only this platform (`linux/amd64`). Without one, a Docker archive gets `default_platform`, an OCI
    /// archive everything.
    pub platform: Option<String>,
    /// The platform of this computer.
    pub default_platform: String,
    /// The kind of archive.
    pub format: Target,
    /// The file; `-` is standard output. A regular one that exists is replaced, at the very end and at once; anything
    /// else is written to.
    pub output: PathBuf,
    /// Files that earlier pulls left unfinished and that nobody writes any more. One that was begun for the same image
    /// and file is gone on with.
    pub unfinished: Vec<PathBuf>,
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// Digest of the manifest or index in the file.
    pub digest: Digest,
    /// Its media type.
    pub media_type: String,
    /// Size of the file, bytes.
    pub file_size: u64,
}

/// Fetches an image. Every blob is checked against its digest while it is written. Into a regular file, several come side
/// by side, each to its final place in an unfinished file beside it, which is told as [`Event::Unfinished`] and gets the
/// name when all agree. It stays where the pull is paused or the registry fails, to be gone on with, and is removed
/// after every other failure. What is no regular file is written in sequence.
///
/// Waits are told as [`Event::Waiting`].
///
/// # Errors
/// Those of the registry, of the target, and of content that is not what it should be.
pub async fn pull(
    request: &PullRequest,
    registry: &Registry,
    events: &Events,
    control: &Control,
) -> Result<Pulled, TransferError> {
    events(Event::Phase(Phase::Checking));
    let place = OutputPlace::of(&request.output).map_err(|source| cannot_write(request, source))?;
    let repository =
        registry.telling(control.waits.clone()).repository(&request.reference.path, Access::Pull);
    let wanted = Box::pin(control.unless_stopped(Wanted::of(request, &repository))).await??;
    let layout = Arc::new(wanted.layout(request)?);
    let pulled = Pulled {
        digest: wanted.root.digest.clone(),
        media_type: wanted.root.media_type.clone(),
        file_size: layout.size(),
    };
    events(Event::Wanted { blobs: wanted.told(&layout), here: true });
    events(Event::Phase(Phase::Sending));
    let children = wanted.children.into_iter().map(|child| (child.digest, child.raw.map(Into::into)));
    let (children, stop) = (children.collect(), CancellationToken::new());
    let sequential = !matches!(place, OutputPlace::File(_));
    let much = Arc::default();
    let fetch = Fetch { request, repository, control, events, layout, children, stop, sequential, much };
    match place {
        OutputPlace::File(target) => fetch.write_file(target).await?,
        // A pipe that nobody reads holds a thread; nothing is left unfinished by that.
        stream => Box::pin(control.unless_cancelled(fetch.write_stream(stream))).await??,
    }
    Ok(pulled)
}

fn cannot_write(request: &PullRequest, source: io::Error) -> TransferError {
    TransferError::Output { path: request.output.clone(), source }
}

/// Work that blocks, on a thread of its own.
async fn blocking<T: Send + 'static>(
    request: &PullRequest,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, TransferError> {
    let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|panic| Err(io::Error::other(panic)));
    done.map_err(|source| cannot_write(request, source))
}

impl Fetch<'_> {
    /// Fetches everything to its place beside `target`.
    async fn write_file(&self, target: PathBuf) -> Result<(), TransferError> {
        let (file, there) = self.unfinished(target).await?;
        let file = Arc::new(file);
        let ended = CancellationToken::new();
        let receiving = async {
            let received = self.all(&file, &there).await;
            ended.cancel();
            received
        };
        let (received, synced) = tokio::join!(receiving, self.sync(&file, &ended));
        let received = synced.map_err(|source| cannot_write(self.request, source)).and(received);
        // Every thread that wrote has ended.
        let file = Arc::into_inner(file).ok_or_else(|| {
            cannot_write(self.request, io::Error::other("somebody still writes the unfinished file"))
        })?;
        if let Err(error) = received {
            let stays = match &error {
                TransferError::Cancelled => self.control.is_pausing(),
                TransferError::Registry { .. } => true,
                _ => false,
            };
            if stays {
                file.keep();
            }
            return blocking(self.request, move || {
                drop(file);
                Ok(())
            })
            .await
            .and(Err(error));
        }
        (self.events)(Event::Phase(Phase::Committing));
        let layout = Arc::clone(&self.layout);
        blocking(self.request, move || {
            let (at, end) = layout.end();
            file.write_at(end, at)?;
            file.finish()
        })
        .await
    }

    /// Brings what was written onto the disk whenever there is much of it, so that little is left for the end. The system
    /// tells of a failure once, so none is passed over.
    async fn sync(&self, file: &Unfinished, ended: &CancellationToken) -> io::Result<()> {
        loop {
            tokio::select! {
                biased;
                () = ended.cancelled() => return Ok(()),
                () = self.much.notified() => {}
            }
            let file = file.handle()?;
            let synced = tokio::task::spawn_blocking(move || file.sync_data()).await;
            if let Err(error) = synced.unwrap_or_else(|panic| Err(io::Error::other(panic))) {
                self.stop.cancel();
                return Err(error);
            }
        }
    }

    /// The unfinished file, one that is there or a new one, and how much of each blob is in it.
    async fn unfinished(&self, target: PathBuf) -> Result<(Unfinished, Vec<u64>), TransferError> {
        let (layout, left, events) =
            (Arc::clone(&self.layout), self.request.unfinished.clone(), Arc::clone(self.events));
        blocking(self.request, move || {
            for path in left {
                // One that cannot be read is none.
                if let Ok(Some((file, there))) = Unfinished::go_on(&path, &target, &layout) {
                    events(Event::Unfinished { path });
                    return Ok((file, there));
                }
            }
            let tell = |path: &Path| events(Event::Unfinished { path: path.to_owned() });
            let file = Unfinished::begin(&target, &layout, tell)?;
            let there = vec![0; layout.members().len()];
            Ok((file, there))
        })
        .await
    }

    /// Fetches all blobs, several at once, the largest first: the last ones then end together.
    async fn all(&self, file: &Arc<Unfinished>, there: &[u64]) -> Result<(), TransferError> {
        let members = self.layout.members();
        let mut order: Vec<_> = (0..members.len()).collect();
        order.sort_by_key(|index| std::cmp::Reverse(members[*index].size));
        let mut waiting = order.into_iter();
        let (mut under_way, mut failed) = (FuturesUnordered::new(), None);
        loop {
            while failed.is_none() && under_way.len() < AT_ONCE {
                let Some(index) = waiting.next() else { break };
                under_way.push(self.place(file, index, there[index]));
            }
            match under_way.next().await {
                None => break,
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    // The first says why; the others end because of it.
                    failed.get_or_insert(error);
                    self.stop.cancel();
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Writes everything in sequence.
    async fn write_stream(&self, place: OutputPlace) -> Result<(), TransferError> {
        let mut output = blocking(self.request, move || place.open()).await?;
        for index in 0..self.layout.members().len() {
            let header = self.layout.members()[index].header();
            let padding = self.layout.members()[index].padding();
            output = self
                .receive(index, move |arriving| {
                    output.write_all(&header)?;
                    arriving.take_all(|bytes| output.write_all(bytes))?;
                    output.write_all(padding)?;
                    Ok(output)
                })
                .await?;
        }
        let layout = Arc::clone(&self.layout);
        blocking(self.request, move || {
            output.write_all(layout.end().1)?;
            output.finish()
        })
        .await
    }
}
