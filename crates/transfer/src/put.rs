//! One manifest on its way into the registry.

use bytes::Bytes;
use slipway_distribution::{ManifestAt, Put, Repository};
use slipway_reference::Digest;

use crate::error::TransferError;

/// Puts a manifest and returns what the registry says of it; where its answer was lost, the registry is asked.
pub(crate) async fn put_one(
    repository: &Repository,
    at: &ManifestAt,
    media_type: &str,
    raw: Bytes,
    digest: &Digest,
) -> Result<Put, TransferError> {
    let doing = match at {
        ManifestAt::Tag(tag) => format!("setting the version {tag}"),
        ManifestAt::Digest(digest) => format!("putting the manifest {}", digest.short()),
    };
    let answered = match repository.put_manifest(at, media_type, raw).await {
        Ok(answered) => answered,
        // An answer that got lost leaves nobody in doubt: the registry is asked what stands there now.
        Err(error) if error.is_transient() => match repository.manifest_digest(at).await {
            Ok(Some(found)) if found.digest == *digest => return Ok(Put::default()),
            Ok(_) => return Err(TransferError::registry(format!("{doing} (it was not set)"))(error)),
            Err(_) => {
                let doing = format!("{doing} (whether it was set could not be found out)");
                return Err(TransferError::registry(doing)(error));
            }
        },
        Err(error) => return Err(TransferError::registry(doing)(error)),
    };
    match (&answered.digest, at) {
        (Some(found), ManifestAt::Tag(tag)) if found != digest => Err(TransferError::Disagrees {
            tag: tag.clone(),
            expected: digest.clone(),
            found: found.to_string(),
        }),
        _ => Ok(answered),
    }
}
