//! Which image of an export is the one that was asked for.

use slipway_archive::Archive;
use slipway_engines::Details;
use slipway_image::{Image, Node};

use crate::images::image;
use crate::view::FailureView;

/// An image that was asked of an engine.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    asked: String,
    details: Details,
}

impl Wanted {
    pub(crate) fn new(asked: String, details: Details) -> Self {
        Self { asked, details }
    }

    /// `sha256:…`, what the engine calls it itself.
    pub(crate) fn id(&self) -> &str {
        &self.details.id
    }

    /// All its names with a tag, as the engine spells them.
    pub(crate) fn names(&self) -> &[String] {
        &self.details.names
    }

    /// The image in what was exported for it, and maybe for others. Engines spell names otherwise than people ask, and
    /// leave them out where an ID was asked for.
    pub(crate) fn pick(&self, archive: &Archive) -> Result<Image, FailureView> {
        let mut by_name = self.details.names.iter().chain([&self.asked]);
        if let Some(found) = by_name.find_map(|name| archive.select(name).ok()) {
            return Ok(found.clone());
        }
        let is = |image: &&Image| digests(image).any(|digest| digest == self.details.id);
        if let Some(found) = archive.images().iter().find(is) {
            return Ok(found.clone());
        }
        match archive.only() {
            Some(only) => Ok(only.clone()),
            // It says what is there, or what the image lacks.
            None => image::select(archive, Some(&self.asked)),
        }
    }
}

/// What engines call an image: the digest of its manifest, of its index, or of its configuration.
fn digests(image: &Image) -> impl Iterator<Item = String> {
    let (stored, config) = match &image.root {
        Node::Manifest(manifest) => {
            let stored = manifest.stored.as_ref().map(|stored| stored.digest.to_string());
            (stored, manifest.config.digest.as_ref().map(ToString::to_string))
        }
        Node::Index(index) => (Some(index.stored.digest.to_string()), None),
    };
    stored.into_iter().chain(config)
}
