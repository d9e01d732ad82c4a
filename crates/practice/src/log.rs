//! What was asked, for tests. Never holds a secret: of `Authorization` only the scheme is kept.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE};
use axum::http::request::Parts;

/// How many requests are remembered.
const KEPT: usize = 20_000;

/// Which of the four servers was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// The one that stands for `ghcr.io`.
    Ghcr,
    /// The one that stands for `docker.pkg.github.com`.
    Docker,
    /// Where blobs are downloaded from.
    Storage,
    /// The one that stands for `api.github.com` and the pages of `github.com`.
    Api,
}

/// A request that reached one of the servers, in the order of arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who was asked.
    pub server: Server,
    /// `GET`, `HEAD`, `POST`, …
    pub method: String,
    /// The path as sent.
    pub path: String,
    /// The query as sent, without signatures.
    pub query: String,
    /// The answer's status; `None` while it is under way, or when there was none because the client left or the
    /// connection was cut.
    pub status: Option<u16>,
    /// Whose credential it carried, if it was a valid one.
    pub user: Option<String>,
    /// Bytes of the body that were read, not counting those of a body that was refused.
    pub body_bytes: u64,
    /// Bytes of a blob that were handed to the connection.
    pub sent_bytes: u64,
    /// `Basic`, `Bearer`, or whatever scheme the `Authorization` header named.
    pub authorization: Option<String>,
    /// The length the request declared; `None` for a body sent in chunks, or none.
    pub content_length: Option<u64>,
    /// The `Content-Range` header.
    pub content_range: Option<String>,
}

/// A request being answered.
#[derive(Debug)]
pub(crate) struct Entry {
    request: Request,
    status: AtomicU16,
    body_bytes: AtomicU64,
    sent_bytes: AtomicU64,
    user: OnceLock<String>,
}

impl Entry {
    pub(crate) fn of_user(&self, login: &str) {
        // A second credential of one request is not a thing; the first stays.
        let _ = self.user.set(login.to_owned());
    }

    pub(crate) fn read(&self, bytes: u64) {
        self.body_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn sent(&self, bytes: u64) {
        self.sent_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn answered(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    fn snapshot(&self) -> Request {
        Request {
            status: Some(self.status.load(Ordering::Relaxed)).filter(|status| *status != 0),
            user: self.user.get().cloned(),
            body_bytes: self.body_bytes.load(Ordering::Relaxed),
            sent_bytes: self.sent_bytes.load(Ordering::Relaxed),
            ..self.request.clone()
        }
    }
}

/// The last requests.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<VecDeque<Arc<Entry>>>);

impl Log {
    pub(crate) fn begin(&self, server: Server, parts: &Parts) -> Arc<Entry> {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let request = Request {
            server,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: without_signature(parts.uri.query().unwrap_or_default()),
            status: None,
            user: None,
            body_bytes: 0,
            sent_bytes: 0,
            authorization: header(AUTHORIZATION)
                .map(|value| value.split_once(' ').map_or(value, |(scheme, _)| scheme))
                .map(|scheme| if scheme.len() > 12 { "?" } else { scheme }.to_owned()),
            content_length: header(CONTENT_LENGTH).and_then(|value| value.parse().ok()),
            content_range: header(CONTENT_RANGE).map(str::to_owned),
        };
        let entry = Arc::new(Entry {
            request,
            status: AtomicU16::new(0),
            body_bytes: AtomicU64::new(0),
            sent_bytes: AtomicU64::new(0),
            user: OnceLock::new(),
        });
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() == KEPT {
            entries.pop_front();
        }
        entries.push_back(Arc::clone(&entry));
        entry
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|entry| entry.snapshot()).collect()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn without_signature(query: &str) -> String {
    let pairs = query.split('&').map(|pair| if pair.starts_with("sig=") { "sig=…" } else { pair });
    pairs.collect::<Vec<_>>().join("&")
}
