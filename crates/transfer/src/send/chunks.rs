//! Way C: ranged chunks, each kept in memory until the registry has it.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use slipway_distribution::{Error, Upload};
use tokio::sync::mpsc;

use super::pause::Moved;
use super::{Failed, Sender, Tries, settle};
use crate::encode::Encoded;
use crate::error::TransferError;
use crate::ledger::SessionKey;
use crate::plan::Blob;

/// Chunks of way C where the registry sets no limit, bytes.
pub(super) const CHUNK: u64 = 16 << 20;

/// Shorter chunks are not tried, bytes.
pub(super) const SHORTEST: u64 = 1 << 20;

/// How far below a registry's limit its chunks stay, bytes.
const CHUNK_MARGIN: u64 = 64 << 10;

/// Memory for chunks of way C, bytes: a chunk is kept until the registry has it.
pub(super) const CHUNK_MEMORY: u64 = 16 << 20;

/// What became of a chunk.
enum Taken {
    Whole,
    /// A pause came.
    LetGo,
}

impl Sender<'_> {
    /// Way C, from `offset` on, in chunks of at most `most` bytes.
    pub(super) async fn chunks(
        &self,
        index: usize,
        blob: &Blob,
        key: Option<&SessionKey>,
        (mut upload, offset): (Upload, u64),
        (most, tries): (Option<u64>, &Tries),
    ) -> Result<Encoded, Failed> {
        let length = self.chunk_length(&upload).min(most.unwrap_or(u64::MAX));
        let units = u32::try_from((length >> 16).clamp(1, CHUNK_MEMORY >> 16)).unwrap_or(1);
        let moved = Arc::<Moved>::default();
        let (mut chunks, encoding) = self.encoder(index, blob, offset, &moved)?;
        let (mut at, mut taken, mut noted) = (offset, false, false);
        let mut left: Option<Bytes> = None;
        let sent = loop {
            // The permit ends with the chunk; the semaphore is never closed.
            let _memory = self.chunk_memory.acquire_many(units).await;
            let chunk = match fill(&mut chunks, &mut left, length).await {
                Ok(chunk) if chunk.is_empty() => break Ok(()),
                Ok(chunk) => chunk,
                // The encoder says why, below.
                Err(_) => break Ok(()),
            };
            if self.control.is_pausing() {
                break Err(TransferError::Cancelled);
            }
            match self.chunk(index, &mut upload, at, &chunk, (tries, &moved)).await {
                Ok(Taken::LetGo) => break Err(self.let_go(index, &mut upload).await.error),
                Ok(Taken::Whole) => {
                    at += chunk.len() as u64;
                    taken = true;
                    self.confirmed(index, at);
                    tries.reached(at);
                    if let Some(key) = key {
                        self.resources.ledger.keep_session(key, upload.location(), at);
                    }
                }
                Err((error, known)) => {
                    noted = known;
                    break Err(Self::doing(blob)(error));
                }
            }
        };
        drop(chunks);
        match settle(encoding, blob, sent).await {
            Ok(((), encoded)) => self.commit(blob, upload, encoded).await,
            Err(error) => {
                Err(Failed { error, session: Some(upload), confirmed: at, chunks_fit: taken, noted })
            }
        }
    }

    /// One chunk, as often as it takes. After a fault the registry is asked how far it is, so that nothing goes up
    /// twice where it tells.
    ///
    /// # Errors
    /// The failure that ended it, and whether the tries know of it.
    async fn chunk(
        &self,
        index: usize,
        upload: &mut Upload,
        begins: u64,
        chunk: &Bytes,
        (tries, moved): (&Tries, &Arc<Moved>),
    ) -> Result<Taken, (Error, bool)> {
        let ends = begins + chunk.len() as u64;
        let (mut at, mut tried) = (begins, 0);
        while at < ends {
            let from = usize::try_from(at - begins).unwrap_or(usize::MAX);
            let rest = chunk.slice(from..);
            let length = rest.len() as u64;
            let pieces: Vec<_> = (0..rest.len())
                .step_by(256 << 10)
                .map(|start| rest.slice(start..rest.len().min(start + (256 << 10))))
                .collect();
            let body = self.body(index, stream::iter(pieces.into_iter().map(Ok)), moved);
            let before = moved.sent();
            let left = || (before + length).saturating_sub(moved.sent());
            let answered = match self.in_hand(left, upload.chunk(at, length, body)).await {
                None => return Ok(Taken::LetGo),
                Some(answered) => answered,
            };
            let Err(failed) = answered else { return Ok(Taken::Whole) };
            tried += 1;
            let out_of_order = failed.status == Some(416);
            // Out of order is what follows from a chunk that failed before; by itself it is a failure like any.
            let noted = !out_of_order || tried > 1;
            let wait = if out_of_order { Some(Duration::ZERO) } else { tries.budget.failed(&failed) };
            let Some(wait) = wait.filter(|_| tried < self.retries.chunk.tries) else {
                return Err((failed, noted));
            };
            let waiting = self.control.waits.pause(&failed, wait);
            if self.control.unless_paused(waiting).await.is_err() {
                return Ok(Taken::LetGo);
            }
            match upload.offset().await {
                Some(offset) if (begins..=ends).contains(&offset) => {
                    if offset > at {
                        tried = 0;
                    }
                    tries.reached(offset);
                    self.confirmed(index, offset);
                    at = offset;
                }
                // It has something else than was sent in order: only a new session is safe.
                Some(_) => return Err((failed, noted)),
                None if out_of_order => return Err((failed, noted)),
                None => {}
            }
        }
        Ok(Taken::Whole)
    }

    fn chunk_length(&self, upload: &Upload) -> u64 {
        let limit = self.profile.limits().ranged_patch_bytes;
        let length = limit.map_or(CHUNK, |limit| limit - CHUNK_MARGIN);
        // A registry's own minimum counts as far as our memory reaches.
        upload.chunk_minimum().map_or(length, |minimum| length.max(minimum.min(4 * CHUNK)))
    }
}

/// The next chunk of way C: as long as it may be, or what is left.
async fn fill(
    chunks: &mut mpsc::Receiver<std::io::Result<Bytes>>,
    left: &mut Option<Bytes>,
    length: u64,
) -> std::io::Result<Bytes> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let mut filled = BytesMut::new();
    while filled.len() < length {
        let next = match left.take() {
            Some(chunk) => Some(Ok(chunk)),
            None => chunks.recv().await,
        };
        let Some(mut chunk) = next.transpose()? else { break };
        let room = length - filled.len();
        if chunk.len() > room {
            *left = Some(chunk.split_off(room));
        }
        filled.extend_from_slice(&chunk);
    }
    Ok(filled.freeze())
}
