//! The second host: where a registry sends those who want a blob's bytes. Its addresses are signed and expire.

use std::io::SeekFrom;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::header::{ACCEPT_RANGES, AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response as HttpResponse, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use crate::body::rest;
use crate::log::Entry;
use crate::name::{Algorithm, Digest};
use crate::route::Query;
use crate::server::Shared;

/// How much of a blob is read at once, in bytes.
const CHUNK: usize = 128 << 10;

impl Shared {
    /// The address of a blob's bytes, good for as long as the switch says.
    pub(crate) fn storage_url(&self, digest: &Digest) -> String {
        let path = format!("/ghcr1/blobs/{digest}");
        let until = (since_epoch() + self.switches.get().storage_life).as_millis();
        let signature = self.signature(&path, &until.to_string());
        format!("http://{}{path}?se={until}&sig={signature}", self.addresses.storage)
    }

    fn signature(&self, path: &str, until: &str) -> String {
        let key = hex::encode(&self.storage_key);
        Digest::of(Algorithm::Sha256, format!("{key} {path} {until}").as_bytes()).hex
    }
}

/// Answers a request at the storage port.
pub(crate) async fn answer(shared: &Shared, parts: &Parts, entry: Arc<Entry>) -> Response {
    // Signed addresses refuse a second credential (oven-sh/bun#31347).
    if parts.headers.contains_key(AUTHORIZATION) {
        return xml(
            StatusCode::BAD_REQUEST,
            "InvalidAuthenticationInfo",
            "Authentication information is not given \
             in the correct format. Check the value of Authorization header.",
        );
    }
    if shared.switches.get().storage_unavailable {
        return text(
            StatusCode::SERVICE_UNAVAILABLE,
            "text/plain",
            "Egress is over the account limit.".to_owned(),
        );
    }
    let query = Query::of(parts.uri.query());
    let path = parts.uri.path();
    let until = query.get("se").unwrap_or_default();
    let in_time = until.parse().is_ok_and(|until| since_epoch() < Duration::from_millis(until));
    let signed = query.get("sig").is_some_and(|signature| signature == shared.signature(path, until));
    // HEAD is not what the address was signed for (containerd/stargz-snapshotter#167).
    if parts.method != Method::GET || !signed || !in_time {
        return xml(
            StatusCode::FORBIDDEN,
            "AuthenticationFailed",
            "Server failed to authenticate the request.",
        );
    }
    let absent = || xml(StatusCode::NOT_FOUND, "BlobNotFound", "The specified blob does not exist.");
    let Some(digest) = path.strip_prefix("/ghcr1/blobs/").and_then(Digest::parse) else { return absent() };
    let Ok(Some(length)) = shared.store.length(&digest).await else { return absent() };
    let range = parts.headers.get(RANGE).and_then(|value| value.to_str().ok());
    let (status, first, last) = match range.map(|range| byte_range(range, length)) {
        None | Some(None) => (StatusCode::OK, 0, length),
        Some(Some((first, end))) if first < end => (StatusCode::PARTIAL_CONTENT, first, end),
        Some(Some(_)) => {
            let mut response =
                xml(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", "The range is invalid.");
            insert(&mut response, CONTENT_RANGE, &format!("bytes */{length}"));
            return response;
        }
    };
    let Ok(mut file) = tokio::fs::File::open(shared.store.path(&digest)).await else { return absent() };
    if file.seek(SeekFrom::Start(first)).await.is_err() {
        return absent();
    }
    let switches = Arc::clone(&shared.switches);
    let body = ReaderStream::with_capacity(file.take(last - first), CHUNK).then(move |chunk| {
        let (entry, switches) = (Arc::clone(&entry), Arc::clone(&switches));
        async move {
            let length = chunk.as_ref().map_or(0, Bytes::len);
            entry.sent(length as u64);
            rest(|| switches.get().download_pace, length).await;
            chunk
        }
    });
    let mut response = HttpResponse::new(Body::from_stream(body));
    *response.status_mut() = status;
    insert(&mut response, CONTENT_TYPE, "application/octet-stream");
    insert(&mut response, CONTENT_LENGTH, &(last - first).to_string());
    insert(&mut response, ACCEPT_RANGES, "bytes");
    if status == StatusCode::PARTIAL_CONTENT {
        insert(&mut response, CONTENT_RANGE, &format!("bytes {first}-{}/{length}", last - 1));
    }
    response
}

/// First byte and end (exclusive) of `bytes=a-b`, `bytes=a-` or `bytes=-n`; empty when it lies outside. `None` for
/// what is not one byte range, which a server ignores.
fn byte_range(text: &str, length: u64) -> Option<(u64, u64)> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    if first.is_empty() {
        let count: u64 = last.parse().ok()?;
        return Some((length.saturating_sub(count), length));
    }
    let first = first.parse().ok()?;
    let end = if last.is_empty() { length } else { last.parse::<u64>().ok()?.saturating_add(1).min(length) };
    Some((first, end))
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn xml(status: StatusCode, code: &str, message: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    text(status, "application/xml", body)
}

fn text(status: StatusCode, media_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn insert(response: &mut Response, name: axum::http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_resumes_at_the_byte_it_asked_for() {
        assert_eq!(byte_range("bytes=10-", 100), Some((10, 100)));
        assert_eq!(byte_range("bytes=10-19", 100), Some((10, 20)));
        assert_eq!(byte_range("bytes=90-200", 100), Some((90, 100)));
        assert_eq!(byte_range("bytes=-5", 100), Some((95, 100)));
        assert_eq!(byte_range("lines=1-2", 100), None);
        let (first, end) = byte_range("bytes=100-", 100).unwrap();
        assert!(first >= end);
    }
}
