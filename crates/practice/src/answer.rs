//! Answers: GitHub's texts, and how errors are written.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

/// A refusal: a status with one or more `{code, message, detail}`.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    errors: Vec<Entry>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Debug)]
struct Entry {
    code: &'static str,
    message: String,
    detail: Option<String>,
}

impl Fault {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            errors: vec![Entry { code, message: message.into(), detail: None }],
            headers: Vec::new(),
        }
    }

    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "DENIED", message)
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", message)
    }

    /// What every delete gets, of whatever (skopeo#1880).
    pub(crate) fn unsupported() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "UNSUPPORTED", "The operation is unsupported.")
    }

    pub(crate) fn manifest_unknown(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "MANIFEST_UNKNOWN", message)
    }

    pub(crate) fn blob_unknown() -> Self {
        Self::new(StatusCode::NOT_FOUND, "BLOB_UNKNOWN", "blob unknown to registry")
    }

    pub(crate) fn name_unknown(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NAME_UNKNOWN", message)
    }

    pub(crate) fn name_invalid() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "NAME_INVALID", "invalid repository name")
    }

    pub(crate) fn digest_invalid(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "DIGEST_INVALID", message)
    }

    /// One `MANIFEST_BLOB_UNKNOWN` for each blob that was not committed to the repository (rust-oci-client#35).
    pub(crate) fn manifest_blobs_unknown(digests: Vec<String>) -> Self {
        let entry = |digest| Entry {
            code: "MANIFEST_BLOB_UNKNOWN",
            message: "blob unknown to registry".to_owned(),
            detail: Some(digest),
        };
        Self {
            status: StatusCode::BAD_REQUEST,
            errors: digests.into_iter().map(entry).collect(),
            headers: Vec::new(),
        }
    }

    /// The store failed; said in general words, because file names are nobody's business on the wire.
    pub(crate) fn store(error: &std::io::Error) -> Self {
        let message = format!("the practice registry cannot use its directory: {}", error.kind());
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "UNKNOWN", message)
    }

    pub(crate) fn challenge(self, challenge: &str) -> Self {
        self.header(WWW_AUTHENTICATE, challenge)
    }

    /// Adds a header; a value that cannot be one is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    fn body(&self) -> String {
        let entry = |entry: &Entry| {
            let mut members = Map::new();
            members.insert("code".to_owned(), entry.code.into());
            members.insert("message".to_owned(), entry.message.as_str().into());
            if let Some(detail) = &entry.detail {
                members.insert("detail".to_owned(), detail.as_str().into());
            }
            Value::Object(members)
        };
        let errors = Value::Array(self.errors.iter().map(entry).collect());
        format!("{{\"errors\":{errors}}}\n")
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = json(self.status, self.body());
        response.headers_mut().extend(self.headers);
        response
    }
}

/// An answer whose body is JSON text.
pub(crate) fn json(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An answer without a body, with these headers; a value that cannot be one is left out.
pub(crate) fn empty(status: StatusCode, headers: &[(HeaderName, &str)]) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status != StatusCode::NO_CONTENT {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// `Docker-Content-Digest`.
pub(crate) const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");
/// `Docker-Upload-UUID`.
pub(crate) const UPLOAD_UUID: HeaderName = HeaderName::from_static("docker-upload-uuid");
/// `OCI-Chunk-Min-Length`.
pub(crate) const CHUNK_MINIMUM: HeaderName = HeaderName::from_static("oci-chunk-min-length");
