//! Fetching blobs.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use http::header::RANGE;
use http::{Method, StatusCode};
use reqwest::Response;
use slipway_hosts::At;
use slipway_http::{Asked, Fault};
use slipway_reference::Digest;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use crate::client::Repository;
use crate::error::{Error, ErrorKind};
use crate::manifest;

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

/// What moves is not waited for; from here on it may be.
const QUIET: Duration = Duration::from_secs(1);

/// The next bytes, where `asking` takes note of a host that is quiet.
async fn next(
    response: &mut Response,
    idle: Duration,
    asking: impl FnOnce() -> Asked,
) -> Result<reqwest::Result<Option<Bytes>>, Elapsed> {
    let chunk = response.chunk();
    tokio::pin!(chunk);
    if let Ok(chunk) = timeout(QUIET.min(idle), &mut chunk).await {
        return Ok(chunk);
    }
    let _asked = asking();
    timeout(idle, chunk).await
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
        let http = self.registry.inner.http.clone();
        let chunks = stream::unfold(Some((response, context, skip, http)), move |state| async move {
            let (mut response, context, mut skip, http) = state?;
            loop {
                let chunk = match next(&mut response, idle, || http.asking(context.place())).await {
                    Ok(Ok(Some(chunk))) => chunk,
                    Ok(Ok(None)) => return None,
                    Ok(Err(error)) => return Some((Err(context.network(Fault::of(&error))), None)),
                    Err(_) => return Some((Err(context.network(Fault::Timeout)), None)),
                };
                let passed = usize::try_from(skip).unwrap_or(usize::MAX).min(chunk.len());
                skip -= passed as u64;
                if passed < chunk.len() {
                    return Some((Ok(chunk.slice(passed..)), Some((response, context, skip, http))));
                }
            }
        });
        Ok(BlobStream { chunks: Box::pin(chunks) })
    }

    /// A blob that is no larger than `most` bytes, such as a configuration, as a whole.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] where it is larger, [`ErrorKind::Digest`] where it is another one than was asked for.
    pub async fn small_blob(&self, digest: &Digest, most: usize) -> Result<Vec<u8>, Error> {
        let mut chunks = self.blob(digest, 0).await?;
        let url = self.address(&format!("blobs/{digest}"));
        let context = self.context(At::Blob, &Method::GET, &url);
        let mut whole = Vec::new();
        while let Some(chunk) = chunks.next().await {
            whole.extend_from_slice(&chunk?);
            if whole.len() > most {
                return Err(context.error(ErrorKind::TooLarge));
            }
        }
        let found = manifest::digest(&whole, digest.algorithm());
        if found == *digest {
            Ok(whole)
        } else {
            Err(context.error(ErrorKind::Digest { expected: digest.clone(), found }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slipway_http::{Asking, SILENCE};

    #[tokio::test(start_paused = true)]
    async fn a_storage_that_stops_in_the_middle_is_named_as_waited_for_and_given_up() {
        let body = reqwest::Body::wrap_stream(stream::pending::<std::io::Result<Bytes>>());
        let mut response = Response::from(http::Response::new(body));
        let asking = Asking::default();
        let fetching = next(&mut response, Duration::from_mins(1), || asking.begin("storage.example.com"));
        let looking = async {
            tokio::time::sleep(QUIET).await;
            assert_eq!(asking.silent(), None);
            tokio::time::sleep(SILENCE + Duration::from_millis(2)).await;
            assert_eq!(asking.silent().as_deref(), Some("storage.example.com"));
        };
        let (fetched, ()) = tokio::join!(fetching, looking);
        assert!(fetched.is_err());
        assert_eq!(asking.silent(), None);
    }
}
