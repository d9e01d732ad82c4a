//! What is stored under its digest.

use std::sync::Arc;

use slipway_reference::Digest;

/// JSON whose very bytes are its identity.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stored {
    /// Media type.
    pub media_type: String,
    /// Digest of `raw`.
    pub digest: Digest,
    /// The bytes.
    pub raw: Arc<[u8]>,
}

/// The SHA-256 digest of `raw`.
pub fn sha256(raw: &[u8]) -> Digest {
    use sha2::Digest as _;
    Digest::sha256(&sha2::Sha256::digest(raw).into())
}
