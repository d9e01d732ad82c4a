//! Digests of content as it goes by.

use sha2::{Digest as _, Sha256, Sha512};
use slipway_reference::{Algorithm, Digest};

/// SHA-256, or SHA-512 where the expected digest is one.
pub(crate) enum Hasher {
    Sha256(Sha256),
    Sha512(Box<Sha512>),
}

impl Default for Hasher {
    fn default() -> Self {
        Self::Sha256(Sha256::new())
    }
}

impl Hasher {
    pub(crate) fn like(expected: Option<&Digest>) -> Self {
        match expected {
            Some(digest) if digest.algorithm() == Algorithm::Sha512 => Self::Sha512(Box::new(Sha512::new())),
            _ => Self::default(),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    pub(crate) fn digest(self) -> Digest {
        match self {
            Self::Sha256(hasher) => Digest::sha256(&hasher.finalize().into()),
            Self::Sha512(hasher) => Digest::sha512(&hasher.finalize().into()),
        }
    }
}
