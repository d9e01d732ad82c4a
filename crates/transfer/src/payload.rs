//! What goes up: an image of one file, or one that is joined from several.

use slipway_archive::{Archive, ArchiveError, Format};
use slipway_image::{Changes, Family, Image};
use slipway_reference::Digest;

use crate::error::TransferError;

/// What goes up.
#[derive(Clone)]
pub struct Payload {
    files: Vec<Archive>,
    image: Image,
    /// Digest of the image as one file stores it, before anything was changed about it.
    stored_digest: Option<Digest>,
    /// Manifests that are made here are OCI's.
    pub(crate) oci: bool,
    /// Layers that are stored compressed are compressed anew.
    pub(crate) recompress: bool,
}

/// Which layers are compressed on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Compressed {
    /// Plain ones that no manifest of the file names: what it names is its author's word, and stays.
    #[default]
    Unnamed,
    /// Plain ones: `docker save` keeps them so and lets the push compress them.
    Plain,
    /// All that can be.
    All,
}

impl Payload {
    /// An image of a file as it is.
    pub fn of(archive: &Archive, image: &Image) -> Self {
        let stored_digest = image.root.stored().map(|stored| stored.digest.clone());
        Self {
            files: vec![archive.clone()],
            image: image.clone(),
            stored_digest,
            oci: false,
            recompress: false,
        }
    }

    /// An image of a registry as it is.
    pub(crate) fn of_registry(image: Image) -> Self {
        let stored_digest = image.root.stored().map(|stored| stored.digest.clone());
        Self { files: Vec::new(), image, stored_digest, oci: false, recompress: false }
    }

    /// One image of several platforms from images of one each: an OCI index whose manifests are all OCI's.
    ///
    /// # Errors
    /// Where an image names no platform, or two name the same; the text names the files.
    pub fn join(parts: &[(Archive, Image)]) -> Result<Self, TransferError> {
        let name =
            |archive: &Archive| archive.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let named: Vec<_> = parts.iter().map(|(archive, image)| (name(archive), image)).collect();
        let image = slipway_image::join(&named)?;
        let files = parts.iter().map(|(archive, _)| archive.clone()).collect();
        Ok(Self { files, image, stored_digest: None, oci: true, recompress: false })
    }

    /// The same with `changes`.
    ///
    /// # Errors
    /// [`TransferError::Change`] where one cannot be made, and those of reading the file.
    pub fn change(mut self, changes: &Changes) -> Result<Self, TransferError> {
        self.recompress |= changes.recompress;
        let changed = changes.make(&mut self.image)?;
        self.oci |= changed && changes.form == Some(Family::Oci);
        Ok(self)
    }

    /// The image.
    pub fn image(&self) -> &Image {
        &self.image
    }

    pub(crate) fn stored_digest(&self) -> Option<&Digest> {
        self.stored_digest.as_ref()
    }

    /// Which layers are compressed on the way.
    pub(crate) fn compressed(&self) -> Compressed {
        if self.recompress {
            Compressed::All
        } else if !self.files.is_empty()
            && self.files.iter().all(|archive| archive.format() == Format::DockerArchive)
        {
            Compressed::Plain
        } else {
            Compressed::Unnamed
        }
    }

    /// What a layer of `size` compressed bytes may unpack to, bytes.
    pub(crate) fn unpacked_limit(&self, size: u64) -> u64 {
        self.files.iter().map(|archive| archive.unpacked_limit(size)).max().unwrap_or_default()
    }

    /// Its files are still what they were.
    pub(crate) fn unchanged(&self) -> Result<(), ArchiveError> {
        self.files.iter().try_for_each(Archive::unchanged)
    }
}
