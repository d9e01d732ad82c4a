//! Copies from one repository to another, byte for byte: a push of each image whose blobs lie in a registry. Within one
//! registry they are linked, elsewhere they go from connection to connection; no file lies between.

mod run;
mod speakers;
mod survey;

use slipway_distribution::{Access, ManifestAt, Registry, Repository};
use slipway_image::Image;
use slipway_reference::{Digest, Reference, RepositoryPath, Tag};

use crate::control::Control;
use crate::error::TransferError;
use crate::options::Options;
use crate::plan::TagState;

pub use run::{Copied, CopiedTag, copy};
pub use survey::{CopyBytes, survey};

/// What is to be copied where.
#[derive(Debug, Clone)]
pub struct CopyRequest {
    /// The repository that is read: host and path of this count.
    pub from: Reference,
    /// The repository that is written.
    pub to: RepositoryPath,
    /// What of it, and under which names.
    pub tags: Vec<CopyTag>,
    /// Only these platforms of an index, such as `linux/amd64`; its digest is another one then. None for all.
    pub platforms: Vec<String>,
    /// What speaks of the images comes along: by `subject`, in lists of referrers, and under the tags that are named
    /// after a digest (`sha256-….sig`).
    pub referrers: bool,
    /// How it is sent.
    pub options: Options,
}

/// A tag that is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyTag {
    /// What it is where it is read.
    pub source: ManifestAt,
    /// The tag to be set.
    pub tag: Tag,
    /// The name that whatever the tag points to now gets first, where it is to move.
    pub keep_old_as: Option<Tag>,
}

/// The two ends of a copy.
#[derive(Clone)]
pub struct Ends {
    /// Where it is read.
    pub source: Registry,
    /// Where it is written.
    pub target: Registry,
}

impl Ends {
    /// Blobs of the one can be linked into the other.
    fn are_one(&self) -> bool {
        let (source, target) = (self.source.endpoint(), self.target.endpoint());
        source.registry == target.registry && !target.profile.is_legacy()
    }

    fn repositories(&self, request: &CopyRequest, control: &Control) -> (Repository, Repository) {
        let source = self.source.telling(control.waits.clone());
        let target = self.target.telling(control.waits.clone());
        (
            source.repository(&request.from.path, Access::Pull),
            target.repository(&request.to, Access::PullPush),
        )
    }
}

/// What was found out about one tag before anything is copied.
#[derive(Debug)]
pub struct CopyLine {
    /// The tag that is set.
    pub tag: Tag,
    /// What it is where it is read.
    pub source: ManifestAt,
    /// The name that whatever the tag points to now gets first.
    pub keep_old_as: Option<Tag>,
    /// What becomes of it, or why that is not known.
    pub state: Result<CopyState, TransferError>,
    /// Platforms of the image; empty where it was not read or says none.
    pub platforms: Vec<String>,
    /// Bytes of its blobs that go over the wire.
    pub to_send: u64,
    /// It is the tag of something that speaks of another image.
    pub is_signature: bool,
    /// It is an index where it is read.
    is_index: bool,
    /// Its blobs, by their places among those of all.
    blobs: Vec<usize>,
    /// The image, where it was read and few are kept.
    image: Option<Box<Image>>,
}

/// What becomes of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyState {
    /// What it points to where it is read.
    pub digest: Digest,
    /// What it will point to: another digest where platforms stay behind.
    pub copied_digest: Digest,
    /// What the target has; [`TagState::Unknown`] never.
    pub there: TagState,
    /// The target has something else under this tag, and it is not to be moved.
    pub left: bool,
    /// Something has to be done.
    pub to_do: bool,
}

/// The reference of a tag where it is read, for messages and for asking.
fn reference(request: &CopyRequest, at: &ManifestAt) -> Reference {
    let (tag, digest) = match at {
        ManifestAt::Tag(tag) => (Some(tag.clone()), None),
        ManifestAt::Digest(digest) => (None, Some(digest.clone())),
    };
    Reference { tag, digest, ..request.from.clone() }
}
