//! Bytes, and what is made of them.

use std::io::Write as _;

use sha2::{Digest as _, Sha256};

/// The SHA-256 of these bytes, 64 digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The same as registries write it, `sha256:` before it.
pub fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", sha256(bytes))
}

/// So many bytes that no compressor makes smaller: the same for the same seed.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    std::iter::repeat_with(|| dice.next().to_le_bytes()[3]).take(length).collect()
}

/// As one member of gzip.
pub fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(plain).and_then(|()| out.finish()).expect("memory takes it")
}

/// As one frame of zstd.
pub fn zstd(plain: &[u8]) -> Vec<u8> {
    zstd::encode_all(plain, 1).expect("memory takes it")
}

/// As an xz file.
pub fn xz(plain: &[u8]) -> Vec<u8> {
    let mut out = liblzma::write::XzEncoder::new(Vec::new(), 1);
    out.write_all(plain).and_then(|()| out.finish()).expect("memory takes it")
}

/// As a bzip2 file.
pub fn bzip2(plain: &[u8]) -> Vec<u8> {
    let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    out.write_all(plain).and_then(|()| out.finish()).expect("memory takes it")
}

/// xorshift64 by George Marsaglia.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
