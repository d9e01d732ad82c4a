//! Fetching blobs.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bytes::Bytes;
use futures_util::{Stream, stream};
use http::header::RANGE;
use http::{Method, StatusCode};
use slipway_hosts::At;
use slipway_http::Fault;
use slipway_reference::Digest;

use crate::client::Repository;
use crate::error::Error;

/// The bytes of a blob, as they come.
pub struct BlobStream {
    chunks: Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>,
}

impl Stream for BlobStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.as_mut().poll_next(context)
    }
}

impl Repository {
    /// The bytes of a blob from `offset` on. Registries send people to their storage for it; credentials stay
    /// behind. The caller checks the digest, which takes the whole blob.
    pub async fn blob(&self, digest: &Digest, offset: u64) -> Result<BlobStream, Error> {
        let url = self.address(&format!("blobs/{digest}"));
        let range = [(RANGE, format!("bytes={offset}-"))];
        let headers = if offset == 0 { &[][..] } else { &range[..] };
        let (response, context) = self.follow(self.bodyless(Method::GET, url, At::Blob, headers)).await?;
        let skip = match (response.status(), offset) {
            (StatusCode::OK, 0) | (StatusCode::PARTIAL_CONTENT, 1..) => 0,
            // Ranges are not offered: what was there is passed over.
            (StatusCode::OK, offset) => offset,
            _ => return Err(context.answer(response).await),
        };
        let idle = self.registry.options().idle_timeout;
        let chunks = stream::unfold(Some((response, context, skip)), move |state| async move {
            let (mut response, context, mut skip) = state?;
            loop {
                let chunk = match tokio::time::timeout(idle, response.chunk()).await {
                    Ok(Ok(Some(chunk))) => chunk,
                    Ok(Ok(None)) => return None,
                    Ok(Err(error)) => return Some((Err(context.network(Fault::of(&error))), None)),
                    Err(_) => return Some((Err(context.network(Fault::Timeout)), None)),
                };
                let passed = usize::try_from(skip).unwrap_or(usize::MAX).min(chunk.len());
                skip -= passed as u64;
                if passed < chunk.len() {
                    return Some((Ok(chunk.slice(passed..)), Some((response, context, skip))));
                }
            }
        });
        Ok(BlobStream { chunks: Box::pin(chunks) })
    }
}
