//! Media types and what they say.

/// Manifests of Docker's first form.
pub(crate) const DOCKER_FIRST: &str = "application/vnd.docker.distribution.manifest.v1";

/// A media type that no image has. What it stands for may be one all the same.
pub(crate) fn is_other(media_type: &str) -> bool {
    !media_type.is_empty() && list_type(media_type).is_none() && !media_type.starts_with(DOCKER_FIRST)
}

/// A media type that is known for an index, or for a manifest.
pub(crate) fn list_type(media_type: &str) -> Option<bool> {
    match media_type {
        "application/vnd.oci.image.index.v1+json"
        | "application/vnd.docker.distribution.manifest.list.v2+json" => Some(true),
        "application/vnd.oci.image.manifest.v1+json"
        | "application/vnd.docker.distribution.manifest.v2+json" => Some(false),
        _ => None,
    }
}
