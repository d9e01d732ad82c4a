//! Where sending a blob can begin: linked from another path, in the session that an earlier try left open, or anew.

use std::sync::Arc;

use slipway_distribution::{Mount, Repository, Upload};

use super::{RESUMABLE, Sender};
use crate::encode::Encoded;
use crate::error::TransferError;
use crate::event::Event;
use crate::ledger::{Ledger, SessionKey};
use crate::plan::{Blob, Encoding};

/// No two homes are asked for a link before a blob is sent.
const LINKS_TRIED: usize = 2;

/// A link saves nothing for blobs below this size, bytes: it costs a request as sending does. What would have to be
/// fetched first is linked all the same.
const LINK_FROM: u64 = 4 << 10;

impl Sender<'_> {
    /// Asks for a link from a path where the blob was seen. Either it is there now, or a session came instead.
    pub(super) async fn link(&self, index: usize, blob: &Blob) -> Option<Result<Encoded, Upload>> {
        let is_worth_it = |size: u64| size >= LINK_FROM || self.origin.home.is_some();
        let (digest, size) = blob.in_registry().filter(|(_, size)| is_worth_it(*size))?;
        if self.profile.is_legacy() {
            return None;
        }
        let (registry, seen) = (self.registry.to_owned(), digest.clone());
        let homes = self.resources.asked(move |ledger| ledger.homes(&registry, &seen)).await;
        for home in self
            .origin
            .home
            .cloned()
            .into_iter()
            .chain(homes)
            .filter(|home| *home != self.request.path)
            .take(LINKS_TRIED)
        {
            match self.repository.mount(&digest, &home).await {
                Ok(Mount::Linked) => {
                    (self.events)(Event::Linked { blob: index, from: home, size });
                    return Some(Ok(Encoded { digest, size }));
                }
                Ok(Mount::Session(upload)) => return Some(Err(upload)),
                // Never more than a lost chance.
                Err(_) => {}
            }
        }
        None
    }

    /// A blob that the registry has, where its digest is known.
    pub(super) async fn looked_for(
        &self,
        blob: &Blob,
        repository: &Repository,
    ) -> Result<Option<Encoded>, TransferError> {
        let Some((digest, size)) = blob.in_registry() else { return Ok(None) };
        let there = repository.blob_exists(&digest).await.map_err(Self::doing(blob))?;
        Ok(there.map(|_| Encoded { digest, size }))
    }

    pub(super) fn key(&self, blob: &Blob) -> Option<SessionKey> {
        let name = match (&blob.digest, &blob.diff_id, blob.encoding) {
            (Some(digest), ..) => digest.to_string(),
            (None, Some(diff_id), Encoding::Compress(method)) => format!("{} {diff_id}", method.key()),
            _ => return None,
        };
        let path = self.request.path.clone();
        (blob.size >= RESUMABLE).then(|| SessionKey { registry: self.registry.to_owned(), path, blob: name })
    }

    /// Whether the session has something, and where to go on. A registry that does not tell (unknown for ghcr.io) has what
    /// it confirmed before, or refuses what follows, and the blob starts over.
    pub(super) async fn how_far(
        &self,
        index: usize,
        mut upload: Upload,
        confirmed: u64,
    ) -> Option<(Upload, u64)> {
        let offset = upload.offset().await.unwrap_or(confirmed);
        if offset == 0 {
            return None;
        }
        (self.events)(Event::Continued { blob: index, offset });
        Some((upload, offset))
    }

    /// The session that an earlier run left open. Whoever drops this future, or what it gives, leaves it to the next try.
    pub(super) async fn left_open(
        &self,
        index: usize,
        key: &SessionKey,
        repository: &Repository,
    ) -> Option<((Upload, u64), Leaving)> {
        let asked = key.clone();
        let taken = self.resources.asked(move |ledger| {
            let taken = ledger.take_session(&asked)?;
            Some((taken, Leaving { ledger: Arc::clone(ledger), key: asked }))
        });
        let ((location, confirmed), leaving) = taken.await?;
        let session = match repository.reopen(&location) {
            Some(upload) => self.how_far(index, upload, confirmed).await,
            None => None,
        };
        if session.is_none() {
            self.resources.ledger.drop_session(key);
        }
        session.map(|session| (session, leaving))
    }
}

/// The session is left to the next try, however this one ends.
pub(super) struct Leaving {
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) key: SessionKey,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.ledger.leave_session(&self.key);
    }
}
