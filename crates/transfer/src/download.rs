//! One blob out of a registry, however often the connection breaks.

use bytes::Bytes;
use futures_util::StreamExt as _;
use slipway_distribution::{Budget, Repository, Waits};
use slipway_reference::Digest;
use tokio::sync::mpsc;

use crate::error::TransferError;

/// So often another address is asked for without a byte having come.
const MOST_ADDRESSES: u32 = 3;

/// Sends on the bytes of a blob from `offset` on; `received` hears of each piece, bytes. A broken connection goes on where
/// it stopped. It ends early, and well, where nobody takes them any more. Nobody has checked the digest then.
///
/// # Errors
/// Those of the registry, once its tries are spent.
pub(crate) async fn download(
    repository: &Repository,
    digest: &Digest,
    mut offset: u64,
    waits: &Waits,
    chunks: &mpsc::Sender<Bytes>,
    received: impl Fn(u64) + Sync,
) -> Result<(), TransferError> {
    // The tries of all requests for this blob.
    let budget = Budget::new(&repository.registry().retries().blob);
    let repository = repository.sharing(&budget);
    let mut ended = 0;
    loop {
        let failed = match repository.blob(digest, offset).await {
            Err(error) => error,
            Ok(mut stream) => loop {
                match stream.next().await {
                    None => return Ok(()),
                    Some(Err(error)) => break error,
                    Some(Ok(chunk)) => {
                        let bytes = chunk.len() as u64;
                        offset += bytes;
                        budget.renew();
                        ended = 0;
                        received(bytes);
                        if chunks.send(chunk).await.is_err() {
                            return Ok(());
                        }
                    }
                }
            },
        };
        // The address may have ended to which the registry led: it leads to another one each time.
        if failed.led_to.is_some() && failed.status == Some(403) && ended < MOST_ADDRESSES {
            ended += 1;
        } else if let Some(wait) = budget.failed(&failed) {
            waits.pause(&failed, wait).await;
        } else if repository.registry().comes_back(&failed).await {
            budget.renew();
        } else {
            let doing = format!("fetching {}", digest.short());
            return Err(TransferError::registry(doing)(failed));
        }
    }
}
