//! What several parts of reading hold a file to.

/// Members that an image may have; far above what any tool writes. A table for more of them would be twice as large.
pub(crate) const MOST_MEMBERS: usize = 225_000;

/// Pieces of all members with holes together.
pub(crate) const MOST_PIECES: usize = 500_000;

/// Nothing that people compress shrinks more than this.
pub(crate) const MOST_RATIO: u64 = 5000;

/// Below this size the ratio does not matter, bytes.
pub(crate) const RATIO_FROM: u64 = 256 << 20;

/// A file may become so large, bytes.
pub(crate) const MOST_SPOOLED: u64 = 256 << 30;
