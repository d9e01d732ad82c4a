//! Tags of a repository as people choose among them.

use slipway_image::referrers::is_about_a_digest;
use slipway_reference::{Tag, by_version};

/// Those of images, the highest versions first, each once.
pub(crate) fn of_images(mut tags: Vec<Tag>) -> Vec<Tag> {
    tags.retain(|tag| !is_about_a_digest(tag.as_str()));
    tags.sort_by(|one, other| by_version(one.as_str(), other.as_str()));
    tags.dedup();
    tags
}
