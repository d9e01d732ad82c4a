//! How a registry is spoken to: challenge, tokens, blobs, upload sessions, manifests, tags. One wire client.
//!
//! [`Registry`] is a registry with its addresses, rules and credentials; [`Repository`] one path in it, with
//! the access it needs. Bodies are streams; nothing here keeps a blob in memory. Dropping a future ends its
//! request. Credentials are handed to the registry's own host and its token endpoint, never elsewhere.

mod authorization;
mod blob;
mod body;
mod challenge;
mod client;
mod credential;
mod download;
mod error;
mod manifest;
mod patience;
mod reached;
mod referrers;
mod retry;
mod scheme;
mod secrets;
mod stream;
mod tags;
mod token;
mod upload;
mod warning;

pub use body::Body;
pub use client::{Access, Options, Registry, Repository, SignIn};
pub use credential::{Credential, CredentialSource, Credentials};
pub use download::BlobStream;
pub use error::{Error, ErrorKind, RegistryError, RequestLine};
pub use manifest::{Found, ManifestAt, ManifestBytes, Put};
pub use retry::{Retries, Waits};
pub use slipway_http::{
    Asking, Budget, Distrust, Fault, Options as HttpOptions, Proxy, ProxyError, RetryPolicy,
};
pub use upload::{Mount, Upload};
