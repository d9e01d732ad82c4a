//! Diff IDs of layers that are stored compressed: checked beside the sending, and waited for before anything is tagged.

use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use slipway_image::Compression;
use slipway_reference::Digest;

use super::{Sender, damaged};
use crate::check::{self, Checked};
use crate::encode::{EncodeError, Encoded, Out};
use crate::error::TransferError;
use crate::plan::{Blob, Encoding, Role};
use crate::unpack::Checking;

impl Sender<'_> {
    /// Starts the check of a stored layer's diff ID, where it is needed: the chunks are to be handed to it.
    pub(super) fn checker(
        &self,
        index: usize,
        blob: &Blob,
    ) -> Result<Option<std::sync::mpsc::SyncSender<Bytes>>, TransferError> {
        let Some(diff_id) = self.unchecked(blob)? else { return Ok(None) };
        let (send, chunks) = std::sync::mpsc::sync_channel(check::CHUNKS_AHEAD);
        let layer = self.checking(blob);
        let check = tokio::task::spawn_blocking(move || check::diff_id(chunks, &layer, &diff_id));
        self.checks.lock().unwrap_or_else(PoisonError::into_inner).push((index, check));
        Ok(Some(send))
    }

    /// What unpacking `blob` needs to know of it.
    pub(super) fn checking(&self, blob: &Blob) -> Checking {
        Checking {
            member: blob.member.clone(),
            stored: blob.stored,
            size: blob.size,
            limit: self.request.contents.unpacked_limit(blob.size),
        }
    }

    /// The diff ID of a stored layer that nobody has checked yet.
    fn unchecked(&self, blob: &Blob) -> Result<Option<Digest>, TransferError> {
        let Some(diff_id) = blob.diff_id.clone().filter(|_| blob.encoding == Encoding::AsStored) else {
            return Ok(None);
        };
        let Some(digest) = &blob.digest else {
            return Ok(
                (!self.request.options.trust_layers && blob.stored != Compression::Other).then_some(diff_id)
            );
        };
        match blob.stored {
            // The two are the same thing, and no unpacking is needed to see that they differ.
            Compression::Plain if digest.algorithm() == diff_id.algorithm() && *digest != diff_id => {
                Err(damaged(blob, EncodeError::Damaged { expected: diff_id, found: digest.clone() }))
            }
            Compression::Plain | Compression::Other => Ok(None),
            _ if self.request.options.trust_layers => Ok(None),
            _ => Ok((!blob.checked).then_some(diff_id)),
        }
    }

    /// A layer that the registry has already is read where its diff ID was never checked, or where everything is to
    /// be verified.
    pub(crate) fn check_unsent(&self, index: usize, blob: &Blob) -> Result<(), TransferError> {
        let check = self.checker(index, blob)?;
        if check.is_none() && !(self.request.options.verify && blob.role == Role::Layer) {
            return Ok(());
        }
        let out = Out { wire: None, skip: 0, check };
        let reading = self.encode(index, blob, out, Arc::default())?;
        let done = tokio::spawn(async move {
            match reading.await {
                Ok(Ok(_)) => Ok(Checked::Fits),
                Ok(Err(error)) => Err(error),
                Err(panic) => Err(EncodeError::Read(std::io::Error::other(panic))),
            }
        });
        self.checks.lock().unwrap_or_else(PoisonError::into_inner).push((index, done));
        Ok(())
    }

    /// Waits for the checks beside the sending. Nothing is tagged before this.
    pub(crate) async fn checked(
        &self,
        blobs: &[Blob],
        sent: &[Option<Encoded>],
    ) -> Result<(), TransferError> {
        let checks = std::mem::take(&mut *self.checks.lock().unwrap_or_else(PoisonError::into_inner));
        for (index, check) in checks {
            let blob = &blobs[index];
            let checked =
                check.await.unwrap_or_else(|panic| Err(EncodeError::Read(std::io::Error::other(panic))));
            match checked {
                Ok(Checked::Fits) => {
                    if let (Some(encoded), Some(diff_id), Encoding::AsStored) =
                        (&sent[index], &blob.diff_id, blob.encoding)
                    {
                        self.resources.ledger.remember_checked(&encoded.digest, diff_id);
                    }
                }
                // The attempt failed, and the one that went through has a check of its own.
                Ok(Checked::Unfinished) => {}
                Err(error) => return Err(damaged(blob, error)),
            }
        }
        Ok(())
    }
}
