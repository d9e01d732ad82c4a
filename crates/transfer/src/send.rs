//! Sending one blob: the way is chosen, a fault is answered with a new session.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use slipway_archive::Archive;
use slipway_distribution::{Body, Repository};
use tokio::sync::mpsc;

use crate::encode::{CHUNKS_AHEAD, EncodeError, Encoded, Expected, encode};
use crate::error::TransferError;
use crate::event::{Event, Events};
use crate::plan::{Blob, Role};

/// Waits before a blob is sent anew, each with a new upload session: a session that took part of a stream
/// must never get the stream again (jib#4526).
const WAITS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(6)];

/// Sends blob number `index` and returns what it is in the registry.
pub(crate) async fn send(
    archive: &Archive,
    repository: &Repository,
    index: usize,
    blob: &Blob,
    events: &Events,
) -> Result<Encoded, TransferError> {
    events(Event::Started { blob: index });
    let mut waits = WAITS.iter();
    let encoded = loop {
        match attempt(archive, repository, index, blob, events).await {
            Ok(encoded) => break encoded,
            Err(TransferError::Registry { source, .. }) if source.is_transient() && waits.len() > 0 => {
                let wait =
                    waits.next().copied().unwrap_or_default().max(source.retry_after().unwrap_or_default());
                events(Event::Restarted {
                    blob: index,
                    reason: source.to_string(),
                    wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                });
                tokio::time::sleep(wait).await;
            }
            Err(error) => return Err(error),
        }
    };
    events(Event::Committed { blob: index, digest: encoded.digest.clone(), size: encoded.size });
    Ok(encoded)
}

async fn attempt(
    archive: &Archive,
    repository: &Repository,
    index: usize,
    blob: &Blob,
    events: &Events,
) -> Result<Encoded, TransferError> {
    let doing = || match blob.role {
        Role::Config => "sending the config".to_owned(),
        Role::Layer => format!("sending layer {}", blob.number),
    };
    match &blob.digest {
        // Way A: one PUT, its length and digest known beforehand.
        Some(digest) => {
            let (body, encoding) = start(archive, index, blob, events)?;
            let sent = repository.upload_known(digest, blob.size, body).await;
            settle(encoding, blob, sent.map_err(TransferError::registry(doing())))
                .await
                .map(|((), encoded)| encoded)
        }
        // Way B: the digest is learnt on the way, so one PATCH without a range, then the commit.
        None => {
            let upload = repository.open_upload().await.map_err(TransferError::registry(doing()))?;
            let (body, encoding) = start(archive, index, blob, events)?;
            let sent = upload.stream(body).await;
            let (upload, encoded) =
                settle(encoding, blob, sent.map_err(TransferError::registry(doing()))).await?;
            upload.commit(&encoded.digest).await.map_err(TransferError::registry(doing()))?;
            Ok(encoded)
        }
    }
}

type Task = tokio::task::JoinHandle<Result<Encoded, EncodeError>>;

/// Starts reading and encoding on a thread of its own; the body takes what comes out. Dropping the body
/// stops the thread at its next chunk.
fn start(
    archive: &Archive,
    index: usize,
    blob: &Blob,
    events: &Events,
) -> Result<(Body, Task), TransferError> {
    let reader = archive.reader(&blob.source)?;
    let (out, chunks) = mpsc::channel::<std::io::Result<Bytes>>(CHUNKS_AHEAD);
    let expected = Expected { digest: blob.digest.clone(), diff_id: blob.diff_id.clone() };
    let encoding = blob.encoding;
    let read = Arc::clone(events);
    let task = tokio::task::spawn_blocking(move || {
        encode(reader, encoding, &expected, &out, |bytes| read(Event::Read { blob: index, bytes }))
    });
    let sent = Arc::clone(events);
    let body = Body::from_stream(stream::unfold(chunks, async |mut chunks| {
        let chunk = chunks.recv().await?;
        Some((chunk, chunks))
    }))
    .counted(Arc::new(move |bytes| sent(Event::Sent { blob: index, bytes })));
    Ok((body, task))
}

/// Brings both ends of a blob together. The file's fault is told before the connection's, which it causes.
async fn settle<T>(
    encoding: Task,
    blob: &Blob,
    sent: Result<T, TransferError>,
) -> Result<(T, Encoded), TransferError> {
    // A panic there is a fault of ours; it takes the same way as any other unexpected end.
    let encoded = encoding.await.unwrap_or_else(|panic| Err(EncodeError::Read(std::io::Error::other(panic))));
    match encoded {
        Err(EncodeError::Damaged { expected, found }) => Err(TransferError::DamagedLayer {
            layer: blob.number,
            member: blob.member.clone(),
            expected,
            found,
        }),
        Err(EncodeError::Read(error)) => Err(TransferError::read(&blob.member, error)),
        Err(EncodeError::Stopped) => Err(sent.err().unwrap_or(TransferError::Cancelled)),
        Ok(encoded) => Ok((sent?, encoded)),
    }
}
