//! Blobs that lie on this computer: hashed while they are copied, and fetched where they do not agree.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use slipway_archive::{ArchiveError, Layout, Output};
use slipway_image::BlobSource;
use slipway_reference::Digest;

use super::receive::Fetch;
use super::sink::Sink;
use super::{PullRequest, blocking, cannot_write};
use crate::control::Control;
use crate::error::TransferError;
use crate::event::{Event, Phase};
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
    /// It cannot be read, or is something else; the digest is that of what was read.
    NotIt(Digest),
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
            Err(_) => return Ok(Taken::NotIt(hash.digest())),
        };
        hash.update(&buffer[..length]);
        if length as u64 > size - at {
            return Ok(Taken::NotIt(hash.digest()));
        }
        keep(&buffer[..length], at)?;
        at += length as u64;
    }
    let found = hash.digest();
    Ok(if at == size && found == *digest { Taken::All } else { Taken::NotIt(found) })
}

/// Whether the file at `path` is byte for byte what `layout` says; none where nobody wants to know any more.
fn is_laid_out(path: &Path, layout: &Layout, stopped: &impl Fn() -> bool) -> io::Result<Option<bool>> {
    let mut file = File::open(path)?;
    let facts = file.metadata()?;
    if !facts.is_file() || facts.len() != layout.size() {
        return Ok(Some(false));
    }
    // Its end names the images, and tells another file without reading all of it.
    let (at, end) = layout.end();
    file.seek(SeekFrom::Start(at))?;
    if !reads(&mut file, end)? {
        return Ok(Some(false));
    }
    file.rewind()?;
    for member in layout.members() {
        if !reads(&mut file, &member.header())? {
            return Ok(Some(false));
        }
        let bytes = Read::by_ref(&mut file).take(member.size);
        match take(bytes, (&member.digest, member.size), stopped, |_, _| Ok(()))? {
            Taken::All => {}
            Taken::NotIt(_) => return Ok(Some(false)),
            Taken::Stopped => return Ok(None),
        }
        if !reads(&mut file, member.padding())? {
            return Ok(Some(false));
        }
    }
    Ok(Some(true))
}

/// Whether these bytes come next.
fn reads(mut file: impl Read, expected: &[u8]) -> io::Result<bool> {
    let mut there = vec![0; expected.len()];
    file.read_exact(&mut there)?;
    Ok(there == expected)
}

impl Fetch<'_> {
    /// Whether the file at `target` is what is to be written, byte for byte. Then nothing is written, and all of it is told as
    /// it would be otherwise.
    pub(super) async fn is_written(&self, target: &Path) -> Result<bool, TransferError> {
        let (layout, stopped, target) = (Arc::clone(&self.layout), self.stopped(), target.to_owned());
        let compared = blocking(self.request, move || {
            // One that cannot be read is replaced.
            Ok(is_laid_out(&target, &layout, &stopped).unwrap_or(Some(false)))
        });
        if !compared.await?.ok_or(TransferError::Cancelled)? {
            return Ok(false);
        }
        for (blob, member) in self.layout.members().iter().enumerate() {
            if self.children.contains_key(&member.digest) {
                (self.events)(Event::Received { blob, bytes: member.size });
                (self.events)(Event::Fetched { blob });
            } else {
                self.is_here(blob);
            }
        }
        (self.events)(Event::Phase(Phase::Committing));
        Ok(true)
    }

    /// The blob was on this computer.
    pub(super) fn is_here(&self, index: usize) {
        self.taken.fetch_add(self.layout.members()[index].size, Ordering::Relaxed);
        (self.events)(Event::There { blob: index });
    }

    /// Takes a blob from this computer into `sink`, where it is there and is what it should be. What an earlier pull left of
    /// it there is worth more than a copy that may turn out to be something else.
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
                    Taken::NotIt(_) => {}
                    taken => return Ok(Some(taken)),
                }
            }
            if sources.is_empty() || sink.begin(index)? > 0 {
                return Ok(None);
            }
            for source in sources {
                let Ok(bytes) = source.reader() else { continue };
                let taken = take(bytes, wanted, &stopped, |bytes, at| sink.write_at(index, bytes, at))?;
                match taken {
                    // What is there from its beginning is another blob's.
                    Taken::NotIt(_) | Taken::Stopped => sink.record(index, 0)?,
                    Taken::All => {
                        sink.record(index, member.size)?;
                        sink.done(index)?;
                    }
                }
                if !matches!(taken, Taken::NotIt(_)) {
                    return Ok(Some(taken));
                }
            }
            Ok(None)
        })
        .await?;
        match taken {
            Some(Taken::All) => {
                self.is_here(index);
                Ok(true)
            }
            Some(Taken::Stopped) => Err(TransferError::Cancelled),
            Some(Taken::NotIt(_)) | None => Ok(false),
        }
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

    /// Writes what [`checked`](Self::checked) found, with what stands before and behind it. It is checked once more as it
    /// goes out, since it may have changed meanwhile.
    pub(super) async fn send_on(
        &self,
        index: usize,
        bytes: Box<dyn Read + Send>,
        mut output: Output,
    ) -> Result<Output, TransferError> {
        let (member, stopped) = (self.layout.members()[index].clone(), self.stopped());
        let sent = blocking(self.request, move || {
            output.write_all(&member.header())?;
            let wanted = (&member.digest, member.size);
            Ok(match take(bytes, wanted, stopped, |bytes, _| output.write_all(bytes))? {
                Taken::All => {
                    output.write_all(member.padding())?;
                    Ok(output)
                }
                Taken::NotIt(found) => {
                    let (name, expected) = (member.name(), member.digest);
                    Err(ArchiveError::Damaged { member: name, expected, found }.into())
                }
                Taken::Stopped => Err(TransferError::Cancelled),
            })
        });
        let output = sent.await??;
        self.is_here(index);
        Ok(output)
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
