//! What is sent: bytes, or a stream of them.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};

type Chunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;
type Counter = Arc<dyn Fn(u64) + Send + Sync>;

/// The content of an upload.
pub struct Body {
    chunks: Chunks,
    counter: Option<Counter>,
}

impl Body {
    /// Content that is in memory.
    pub fn from_bytes(bytes: Bytes) -> Self {
        Self::from_stream(stream::iter(
            Some(Ok(bytes)).filter(|chunk| !matches!(chunk, Ok(bytes) if bytes.is_empty())),
        ))
    }

    /// Content that is made while it is sent. An error in it ends the request as a failed one.
    pub fn from_stream(chunks: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self { chunks: Box::pin(chunks), counter: None }
    }

    /// Tells `counter` of bytes that the connection accepted: a chunk counts when the next is asked for.
    #[must_use]
    pub fn counted(mut self, counter: Counter) -> Self {
        self.counter = Some(counter);
        self
    }

    /// As the HTTP client takes it, with a watch on how far it is.
    pub(crate) fn into_request(self) -> (reqwest::Body, Arc<Moved>) {
        let moved = Arc::new(Moved { counter: self.counter, ..Moved::default() });
        let watched = stream::unfold((self.chunks, Arc::clone(&moved)), async |(mut chunks, moved)| {
            moved.accepted();
            match chunks.next().await {
                Some(Ok(chunk)) => {
                    moved.pending.store(chunk.len() as u64, Ordering::Relaxed);
                    Some((Ok(chunk), (chunks, moved)))
                }
                Some(Err(error)) => {
                    *moved.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
                    Some((Err(error), (chunks, moved)))
                }
                None => {
                    moved.ended.store(true, Ordering::Relaxed);
                    None
                }
            }
        });
        (reqwest::Body::wrap_stream(watched), moved)
    }
}

/// How far a body is.
#[derive(Default)]
pub(crate) struct Moved {
    counter: Option<Counter>,
    /// Bytes that were handed over and are not known to be accepted.
    pending: AtomicU64,
    /// Grows with each chunk that is asked for.
    pub(crate) steps: AtomicU64,
    /// All was handed over.
    pub(crate) ended: AtomicBool,
    /// Its own content failed, and why.
    pub(crate) failed: Mutex<Option<String>>,
}

impl Moved {
    /// What was handed over last was accepted. Where the length is known nobody asks for more after the last
    /// chunk, so the answer says it instead.
    pub(crate) fn accepted(&self) {
        let bytes = self.pending.swap(0, Ordering::Relaxed);
        if let Some(counter) = self.counter.as_ref().filter(|_| bytes > 0) {
            counter(bytes);
        }
        self.steps.fetch_add(1, Ordering::Relaxed);
    }
}
