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

/// A file of gzip that has exactly so many bytes: zeros that are stored as they are, so no library's version changes it.
/// The file, and what is in it.
///
/// # Panics
/// Below 24 bytes, which is less than it takes.
pub fn gzip_of(size: usize) -> (Vec<u8>, Vec<u8>) {
    const BLOCK: usize = 65_535;
    let blocks = (size - 18).div_ceil(BLOCK + 5);
    let plain = vec![0; size - 18 - 5 * blocks];
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for (number, block) in plain.chunks(BLOCK).enumerate() {
        let length = u16::try_from(block.len()).expect("a block is short enough");
        out.push(u8::from(number + 1 == blocks));
        out.extend(length.to_le_bytes().into_iter().chain((!length).to_le_bytes()));
        out.extend_from_slice(block);
    }
    let mut crc = flate2::Crc::new();
    crc.update(&plain);
    out.extend(crc.sum().to_le_bytes().into_iter().chain(crc.amount().to_le_bytes()));
    assert_eq!(out.len(), size, "there is no such file");
    (out, plain)
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
