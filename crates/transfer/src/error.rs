//! How a transfer fails.

use std::path::PathBuf;

use slipway_archive::ArchiveError;
use slipway_image::ChangeError;
use slipway_reference::{Digest, Guard, Tag};

use crate::plan::Check;

/// Why a push or a pull did not come to its end. Each says what was being done.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The file cannot be used, or changed while it was read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A part of the file cannot be read.
    #[error("{member} cannot be read: {source}")]
    Read {
        /// Which part.
        member: String,
        /// Why.
        source: std::io::Error,
    },
    /// A rule of the registry speaks against it; nothing was sent.
    #[error("{0}")]
    Refused(Check),
    /// The registry or the way to it failed.
    #[error("{doing}: {source}")]
    Registry {
        /// What was being done.
        doing: String,
        /// What came back.
        source: Box<slipway_distribution::Error>,
    },
    /// A layer's content does not fit the digest that the image gives for it.
    #[error(
        "layer {layer} ({member}) is damaged: its content has the digest {found}, the image says {expected}"
    )]
    DamagedLayer {
        /// Number of the layer, from 1.
        layer: u32,
        /// Where it lies in the file.
        member: String,
        /// The digest that the image gives.
        expected: Digest,
        /// The digest of what is there.
        found: Digest,
    },
    /// After publishing, the registry returned something else under a tag.
    #[error("the registry returned {found} for {tag}, not {expected} as published")]
    Disagrees {
        /// The tag.
        tag: Tag,
        /// What was put.
        expected: Digest,
        /// What came back; `nothing` where the tag is not there.
        found: String,
    },
    /// What is copied cannot be read where it lies.
    #[error("{0}")]
    Source(Box<Self>),
    /// A version points to another image, and is not to be moved. It was not.
    #[error(
        "{tag} names {found} already, and {}",
        guard.as_ref().map_or_else(|| "is not to be moved".to_owned(), |guard| {
            format!("never moves here, by the rule {guard} of the settings")
        })
    )]
    Exists {
        /// The version.
        tag: Tag,
        /// What it points to.
        found: Digest,
        /// The rule of the destination; none where only this push was to move nothing.
        guard: Option<Box<Guard>>,
    },
    /// A change that was wanted cannot be made.
    #[error("cannot {what}: {reason}")]
    Change {
        /// What was wanted.
        what: String,
        /// Why not.
        reason: String,
    },
    /// There is no such image in the registry.
    #[error("{reference} was not found, or you have no access to it")]
    NotFound {
        /// What was asked for.
        reference: String,
        /// The registry's words.
        source: Box<slipway_distribution::Error>,
    },
    /// The registry holds no image for this platform.
    #[error("{reference} has no image for {platform}; it has {present}")]
    NoPlatform {
        /// What was asked for.
        reference: String,
        /// The platform that was wanted.
        platform: String,
        /// Those that are there, in a list.
        present: String,
    },
    /// Layers are compressed in a way that whoever is to get them does not read; nothing was fetched.
    #[error("{reference} has layers that are compressed with Zstandard, which {reader} does not read")]
    Zstd {
        /// What was asked for.
        reference: String,
        /// Who it is for.
        reader: String,
    },
    /// What the registry sent as manifest or index cannot be understood.
    #[error("the manifest of {reference} is not understood: {reason}")]
    BadManifest {
        /// What was asked for.
        reference: String,
        /// Why.
        reason: String,
    },
    /// The target file cannot be written.
    #[error("{path} cannot be written: {source}")]
    Output {
        /// The target.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl From<ChangeError> for TransferError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Refused { what, reason } => Self::Change { what, reason },
            ChangeError::Read(source) => Self::read("config", source),
        }
    }
}

impl TransferError {
    /// A reader's error; what the archive says of itself travels inside of it.
    pub(crate) fn read(member: &str, error: std::io::Error) -> Self {
        let error = match error.downcast::<ArchiveError>() {
            Ok(error) => return Self::Archive(error),
            Err(error) => error,
        };
        error.downcast::<Self>().unwrap_or_else(|source| Self::Read { member: member.to_owned(), source })
    }

    /// For `map_err`: what was being done when the registry failed.
    pub(crate) fn registry(doing: impl Into<String>) -> impl FnOnce(slipway_distribution::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Registry { doing, source: Box::new(source) }
    }
}
