//! Blobs: whether they are there, and where their bytes can be had.

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, LOCATION};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;

use crate::answer::{CONTENT_DIGEST, Fault, empty};
use crate::name::Digest;
use crate::packages::Kind;
use crate::server::Shared;

/// `HEAD` says the length, `GET` sends to storage.
pub(crate) async fn get(
    shared: &Shared,
    registry: Kind,
    name: &str,
    digest: &str,
    method: &Method,
) -> Result<Response, Fault> {
    let digest = Digest::parse(digest).ok_or_else(|| Fault::digest_invalid("invalid digest"))?;
    let record = shared.packages.get(registry, name);
    let linked = record.is_some_and(|record| record.blobs.contains(&digest.to_string()));
    if !linked {
        return Err(Fault::blob_unknown());
    }
    let length = shared.store.length(&digest).await.map_err(|error| Fault::store(&error))?;
    let length = length.ok_or_else(Fault::blob_unknown)?;
    let text = digest.to_string();
    if method == Method::GET {
        let url = shared.storage_url(&digest);
        return Ok(empty(StatusCode::TEMPORARY_REDIRECT, &[(LOCATION, &url), (CONTENT_DIGEST, &text)]));
    }
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.insert(CONTENT_DIGEST, value);
    }
    Ok(response)
}
