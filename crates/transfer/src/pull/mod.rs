//! A pull: from registries into a file that gets its name, or a folder that gets its index, only when every digest fits.

mod local;
mod receive;
mod request;
mod sink;
mod wanted;

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use slipway_archive::{Folder, OutputPlace, Target, Unfinished};
use slipway_distribution::Access;
use tokio_util::sync::CancellationToken;

use crate::control::Control;
use crate::error::TransferError;
use crate::event::{Event, Events, Phase};
use receive::Fetch;
pub use request::{Here, Platforms, PullImage, PullRequest, Pulled, PulledImage};
use sink::{InFile, InFolder, Sink};
use wanted::Wanted;

/// Blobs that are fetched side by side.
const AT_ONCE: usize = 4;

/// Fetches images. Every blob is checked against its digest while it is written, and taken from this computer where it
/// lies there. Into a regular file, several come side by side, each to its final place in an unfinished file beside it,
/// which is told as [`Event::Unfinished`] and gets the name when all agree; into a folder, each gets its place there when
/// it agrees. A file that is there and is what would be written stays as it is. What is unfinished stays where the pull is paused, a registry fails or the disk is full, to be gone on with,
/// and is removed after every other failure. What is no regular file is written in sequence.
///
/// Waits are told as [`Event::Waiting`].
///
/// # Errors
/// Those of the registries, of the target, and of content that is not what it should be.
pub async fn pull(
    request: &PullRequest,
    events: &Events,
    control: &Control,
) -> Result<Pulled, TransferError> {
    events(Event::Phase(Phase::Checking));
    let place = if request.format == Target::OciLayout {
        Folder::look(&request.output).map_err(|source| cannot_write(request, source))?;
        None
    } else {
        Some(OutputPlace::of(&request.output).map_err(|source| cannot_write(request, source))?)
    };
    let repositories: Vec<_> = request
        .images
        .iter()
        .map(|image| {
            let registry = image.registry.telling(control.waits.clone());
            registry.repository(&image.reference.path, Access::Pull)
        })
        .collect();
    let reading = Wanted::of(request, &repositories, &control.waits, events);
    let wanted = Box::pin(control.unless_stopped(reading)).await??;
    let layout = Arc::new(wanted.layout(request.format)?);
    let mut pulled = wanted.pulled(&layout);
    events(Event::Wanted { blobs: wanted.told(&layout), here: true });
    let here = local::found(request, wanted.blobs(), control).await?;
    events(Event::Phase(Phase::Sending));
    let Wanted { children, origins, write, .. } = wanted;
    let children = children.into_iter().map(|child| (child.digest, child.raw.map(Into::into))).collect();
    let fetch = Fetch {
        request,
        repositories,
        origins,
        control,
        events,
        layout,
        children,
        here,
        taken: AtomicU64::new(0),
        stop: CancellationToken::new(),
        sequential: matches!(place, Some(OutputPlace::Standard | OutputPlace::Stream(_))),
        much: Arc::default(),
    };
    match place {
        Some(OutputPlace::File(target)) => {
            if !fetch.is_written(&target).await? {
                let file = fetch.unfinished(&target).await?;
                fetch.write(file).await?;
            }
        }
        None => {
            let (path, layout, events) =
                (request.output.clone(), Arc::clone(&fetch.layout), Arc::clone(events));
            let folder = blocking(request, move || {
                let folder = InFolder::begin(&path, layout, write)?;
                // Whoever writes there has it: what it leaves is that run's.
                events(Event::Unfinished { path: Folder::unfinished(&std::path::absolute(&path)?) });
                Ok(folder)
            })
            .await?;
            fetch.write(folder).await?;
        }
        // A pipe that nobody reads holds a thread; nothing is left unfinished by that.
        Some(stream) => Box::pin(control.unless_cancelled(fetch.write_stream(stream))).await??,
    }
    pulled.here = fetch.taken.load(Ordering::Relaxed);
    Ok(pulled)
}

fn cannot_write(request: &PullRequest, source: io::Error) -> TransferError {
    TransferError::Output { path: request.output.clone(), source }
}

/// The disk has no room, or the person no more of it.
fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
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
    /// Fetches everything into `sink`.
    async fn write<S: Sink>(&self, sink: S) -> Result<(), TransferError> {
        let sink = Arc::new(sink);
        let ended = CancellationToken::new();
        let receiving = async {
            let received = self.all(&sink).await;
            ended.cancel();
            received
        };
        let (received, synced) = tokio::join!(receiving, self.sync(&sink, &ended));
        let received = synced.map_err(|source| cannot_write(self.request, source)).and(received);
        // Every thread that wrote has ended.
        let sink = Arc::into_inner(sink).ok_or_else(|| {
            cannot_write(self.request, io::Error::other("somebody still writes what is unfinished"))
        })?;
        if let Err(error) = received {
            let stays = match &error {
                TransferError::Cancelled => self.control.is_pausing(),
                TransferError::Registry { .. } => true,
                // Once there is room, it goes on.
                TransferError::Output { source, .. } => is_full(source),
                _ => false,
            };
            return blocking(self.request, move || {
                sink.leave(stays);
                Ok(())
            })
            .await
            .and(Err(error));
        }
        (self.events)(Event::Phase(Phase::Committing));
        blocking(self.request, move || sink.finish()).await
    }

    /// Brings what was written onto the disk whenever there is much of it, so that little is left for the end. The system
    /// tells of a failure once, so none is passed over.
    async fn sync<S: Sink>(&self, sink: &Arc<S>, ended: &CancellationToken) -> io::Result<()> {
        loop {
            tokio::select! {
                biased;
                () = ended.cancelled() => return Ok(()),
                () = self.much.notified() => {}
            }
            let sink = Arc::clone(sink);
            let synced = tokio::task::spawn_blocking(move || sink.sync()).await;
            if let Err(error) = synced.unwrap_or_else(|panic| Err(io::Error::other(panic))) {
                self.stop.cancel();
                return Err(error);
            }
        }
    }

    /// The unfinished file for `target`, one that is there or a new one, and how much of each blob is in it.
    async fn unfinished(&self, target: &Path) -> Result<InFile, TransferError> {
        let (layout, left, events) =
            (Arc::clone(&self.layout), self.request.unfinished.clone(), Arc::clone(self.events));
        let target = target.to_owned();
        blocking(self.request, move || {
            for path in left {
                // One that cannot be read is none.
                if let Ok(Some((file, there))) = Unfinished::go_on(&path, &target, &layout) {
                    events(Event::Unfinished { path });
                    return Ok(InFile { file, layout, there });
                }
            }
            let tell = |path: &Path| events(Event::Unfinished { path: path.to_owned() });
            let file = Unfinished::begin(&target, &layout, tell)?;
            let there = vec![0; layout.members().len()];
            Ok(InFile { file, layout, there })
        })
        .await
    }

    /// Fetches all blobs, several at once, the largest first: the last ones then end together.
    async fn all<S: Sink>(&self, sink: &Arc<S>) -> Result<(), TransferError> {
        let members = self.layout.members();
        let mut order: Vec<_> = (0..members.len()).collect();
        order.sort_by_key(|index| std::cmp::Reverse(members[*index].size));
        let mut waiting = order.into_iter();
        let (mut under_way, mut failed) = (FuturesUnordered::new(), None);
        loop {
            while failed.is_none() && under_way.len() < AT_ONCE {
                let Some(index) = waiting.next() else { break };
                under_way.push(self.place(sink, index));
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
            // What was written cannot be taken back: it is checked before.
            if let Some(bytes) = self.checked(index).await? {
                output = self.send_on(index, bytes, output).await?;
                continue;
            }
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
