//! Blobs that lie on this computer: hashed while they are copied, and fetched where they do not agree.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use slipway_image::BlobSource;
use slipway_reference::Digest;

use super::receive::Fetch;
use super::sink::Sink;
use super::{PullRequest, blocking, cannot_write};
use crate::control::Control;
use crate::error::TransferError;
use crate::event::Event;
use crate::hasher::Hasher;

/// So much is read at once, bytes.
const PIECE: usize = 1 << 20;

/// Where blobs of the request may lie on this computer.
pub(super) async fn found(
    request: &PullRequest,
    blobs: &[(Digest, u64)],
    control: &Control,
) -> Result<HashMap<Digest, Vec<BlobSource>>, TransferError> {
    let Some(here) = &request.here else { return Ok(HashMap::new()) };
    let (here, blobs) = (Arc::clone(here), blobs.to_vec());
    let looking = tokio::task::spawn_blocking(move || here(&blobs));
    // Where looking failed, all is fetched.
    Ok(control.unless_stopped(looking).await?.unwrap_or_default())
}

/// Why copying a blob ended.
enum Taken {
    /// It is there.
    All,
    /// It cannot be read, or is something else.
    NotIt,
    /// Nobody wants it any more.
    Stopped,
}

/// Reads a blob that should have this digest and size; `keep` gets each piece and its place.
fn take(
    mut bytes: impl Read,
    (digest, size): (&Digest, u64),
    stopped: impl Fn() -> bool,
    mut keep: impl FnMut(&[u8], u64) -> io::Result<()>,
) -> io::Result<Taken> {
    let mut buffer = vec![0; usize::try_from(size).unwrap_or(PIECE).clamp(1, PIECE)];
    let (mut at, mut hash) = (0, Hasher::like(Some(digest)));
    loop {
        if stopped() {
            return Ok(Taken::Stopped);
        }
        let length = match bytes.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Ok(Taken::NotIt),
        };
        if length as u64 > size - at {
            return Ok(Taken::NotIt);
        }
        hash.update(&buffer[..length]);
        keep(&buffer[..length], at)?;
        at += length as u64;
    }
    Ok(if at == size && hash.digest() == *digest { Taken::All } else { Taken::NotIt })
}

impl Fetch<'_> {
    /// The blob was on this computer.
    pub(super) fn is_here(&self, index: usize) {
        self.taken.fetch_add(self.layout.members()[index].size, Ordering::Relaxed);
        (self.events)(Event::There { blob: index });
    }

    /// Takes a blob from this computer into `sink`, where it is there and is what it should be.
    pub(super) async fn take_here<S: Sink>(
        &self,
        sink: &Arc<S>,
        index: usize,
    ) -> Result<bool, TransferError> {
        let member = self.layout.members()[index].clone();
        let sources = self.sources(index);
        let (sink, stopped) = (Arc::clone(sink), self.stopped());
        let taken = blocking(self.request, move || {
            let wanted = (&member.digest, member.size);
            if let Some(there) = sink.whole(index) {
                match take(there, wanted, &stopped, |_, _| Ok(()))? {
                    Taken::NotIt => {}
                    taken => return Ok(taken),
                }
            }
            for source in sources {
                let Ok(bytes) = source.reader() else { continue };
                sink.begin(index)?;
                let taken = take(bytes, wanted, &stopped, |bytes, at| sink.write_at(index, bytes, at))?;
                match taken {
                    // What is there from its beginning is another blob's.
                    Taken::NotIt | Taken::Stopped => sink.record(index, 0)?,
                    Taken::All => {
                        sink.record(index, member.size)?;
                        sink.done(index)?;
                    }
                }
                if !matches!(taken, Taken::NotIt) {
                    return Ok(taken);
                }
            }
            Ok(Taken::NotIt)
        })
        .await?;
        match taken {
            Taken::All => self.is_here(index),
            Taken::NotIt => {}
            Taken::Stopped => return Err(TransferError::Cancelled),
        }
        Ok(matches!(taken, Taken::All))
    }

    /// A reader of a blob that lies on this computer and is what it should be.
    pub(super) async fn checked(&self, index: usize) -> Result<Option<Box<dyn Read + Send>>, TransferError> {
        let member = self.layout.members()[index].clone();
        let (sources, stopped) = (self.sources(index), self.stopped());
        let checking = tokio::task::spawn_blocking(move || {
            for source in sources {
                let Ok(bytes) = source.reader() else { continue };
                let taken = take(bytes, (&member.digest, member.size), &stopped, |_, _| Ok(()))?;
                if matches!(taken, Taken::All) {
                    return source.reader().map(Some);
                }
            }
            Ok(None)
        });
        let checked = checking.await.unwrap_or_else(|panic| Err(io::Error::other(panic)));
        checked.map_err(|source| cannot_write(self.request, source))
    }

    fn sources(&self, index: usize) -> Vec<BlobSource> {
        let member = &self.layout.members()[index];
        let known = self.here.get(&member.digest).into_iter().flatten();
        known.filter(|source| source.size() == member.size).cloned().collect()
    }

    /// Says whether the pull is to end.
    fn stopped(&self) -> impl Fn() -> bool + Send + 'static {
        let (stop, control, sequential) = (self.stop.clone(), self.control.clone(), self.sequential);
        move || stop.is_cancelled() || control.cancel.is_cancelled() || (!sequential && control.is_pausing())
    }
}
