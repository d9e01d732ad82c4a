//! The compression around a tar, by its first bytes.

/// The compression around a tar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outer {
    /// None.
    None,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
}

/// The compression that some first bytes show.
pub(crate) fn outer(first: &[u8]) -> Outer {
    match first {
        [0x1f, 0x8b, ..] => Outer::Gzip,
        // The second is a skippable frame, with which some seekable files begin.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Outer::Zstd,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Outer::Xz,
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Outer::Bzip2,
        _ => Outer::None,
    }
}
