//! What people set about a push.

use std::fmt;
use std::str::FromStr;

use slipway_compress::Method;
use slipway_reference::{Guard, Tag};

/// What people set about a push. The default is what is best for most.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// How plain layers are compressed.
    pub compression: Method,
    /// Compressed layers are not unpacked to check their diff IDs. Their own digests are checked all the same.
    pub trust_layers: bool,
    /// Layers that the registry has already are read and checked all the same.
    pub verify: bool,
    /// Large blobs that go up side by side, at most; none for what is best.
    pub parallel: Option<usize>,
    /// Bytes a second that go up at most, for [`Limit`](crate::Limit): all pushes together keep to it.
    pub rate: Option<u64>,
    /// A version that points to another image stays as it is, and the push is refused.
    pub no_clobber: bool,
    /// The rule of the destination: which of its versions never move.
    pub guard: Option<Guard>,
    /// The way that every blob takes; none for what is best for each.
    pub way: Option<Way>,
}

impl Options {
    /// A version that points to another image stays as it is.
    pub fn keeps(&self, tag: &Tag) -> bool {
        self.no_clobber || self.guard_of(tag).is_some()
    }

    /// The rule that keeps a version, where it is not just this push that moves none.
    pub fn guard_of(&self, tag: &Tag) -> Option<Guard> {
        self.guard.clone().filter(|guard| !self.no_clobber && guard.holds(tag))
    }
}

/// A way to send a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Way A: one PUT with digest and size. What is compressed on the way is compressed once before, to know them.
    Put,
    /// Way B: one PATCH without a range, then the commit.
    Stream,
    /// Way C: `PATCH` requests with ranges, then the commit. A fault costs a chunk, each chunk costs a round trip.
    Chunks,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Put => "put",
            Self::Stream => "stream",
            Self::Chunks => "chunks",
        })
    }
}

impl FromStr for Way {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "put" => Ok(Self::Put),
            "stream" => Ok(Self::Stream),
            "chunks" => Ok(Self::Chunks),
            _ => Err(format!("{text}: known are put, stream and chunks")),
        }
    }
}
