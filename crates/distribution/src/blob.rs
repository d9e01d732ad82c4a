//! Looking for blobs.

use http::{Method, StatusCode};
use slipway_hosts::At;
use slipway_reference::Digest;

use crate::client::{Access, Repository};
use crate::error::Error;

impl Repository {
    /// The size of a blob, bytes; none where the registry has it not.
    pub async fn blob_exists(&self, digest: &Digest) -> Result<Option<u64>, Error> {
        let url = self.address(&format!("blobs/{digest}"));
        let request = self.bodyless(Method::HEAD, url, At::Blob, &[]);
        let (response, context) = self.follow(request).await?;
        match response.status() {
            StatusCode::OK => {
                let length = response.headers().get(http::header::CONTENT_LENGTH);
                let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
                Ok(Some(length.unwrap_or_default()))
            }
            StatusCode::NOT_FOUND => Ok(None),
            // An answer to HEAD has no words (build-push-action#981): the write that would follow has.
            StatusCode::FORBIDDEN if self.access == Access::PullPush => {
                let refused = context.answer(response).await;
                match self.probe_write().await {
                    Err(reason) => Err(reason),
                    // Looking is refused and writing is not: then it is written.
                    Ok(()) => {
                        tracing::debug!(%refused, "looking for a blob");
                        Ok(None)
                    }
                }
            }
            // Some registries and proxies have no HEAD for blobs (crossplane/crossplane#3223): what may be there goes up.
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED | StatusCode::BAD_REQUEST
                if self.access == Access::PullPush =>
            {
                Ok(None)
            }
            _ => Err(context.answer(response).await),
        }
    }

    /// Sends a request once, without waiting for better times.
    pub(crate) async fn once_only(
        &self,
        method: Method,
        url: url::Url,
        at: At,
    ) -> Result<reqwest::Response, Error> {
        let context = self.context(at, &method, &url);
        let request = self.bodyless(method, url, at, &[]);
        self.once(&request, &context, &self.budget()).await
    }
}
