//! Tags of a repository as people choose among them.

use slipway_reference::{Tag, by_version};

/// Those of images, the highest versions first, each once.
pub(crate) fn of_images(mut tags: Vec<Tag>) -> Vec<Tag> {
    tags.retain(|tag| !is_signature(tag.as_str()));
    tags.sort_by(|one, other| by_version(one.as_str(), other.as_str()));
    tags.dedup();
    tags
}

/// It holds what speaks of an image: signatures, attestations, SBOMs of cosign and of the specification's tags for
/// referrers.
pub(crate) fn is_signature(tag: &str) -> bool {
    let hex = tag.strip_prefix("sha256-").unwrap_or_default();
    let is_digest = hex.get(..64).is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_digest || [".sig", ".att", ".sbom"].iter().any(|end| tag.ends_with(end))
}
