//! Tars by hand: proper ones, and such whose headers lie.

use std::io::{self, Write};

/// A tar in the making.
#[derive(Debug, Clone, Default)]
pub struct Tar(pub Vec<u8>);

impl Tar {
    /// Adds a file.
    #[must_use]
    pub fn file(self, name: &str, content: &[u8]) -> Self {
        self.raw(&header(name, content.len() as u64, b'0', ""), content)
    }

    /// Adds a folder (`5`), a hard link (`1`) or a symbolic one (`2`).
    #[must_use]
    pub fn link(self, kind: u8, name: &str, target: &str) -> Self {
        self.raw(&header(name, 0, kind, target), &[])
    }

    /// Adds a header of type `kind` that belongs to the next member (`x`, `g`, `L`, `K`).
    #[must_use]
    pub fn extra(self, kind: u8, content: &[u8]) -> Self {
        self.raw(&header("extra", content.len() as u64, kind, ""), content)
    }

    /// Adds any header and any content.
    #[must_use]
    pub fn raw(mut self, header: &[u8], content: &[u8]) -> Self {
        self.0.extend(header);
        self.0.extend(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// With the marks at the end.
    pub fn end(mut self) -> Vec<u8> {
        self.0.extend(END);
        self.0
    }
}

/// The marks at the end of a tar.
pub const END: [u8; 1024] = [0; 1024];

/// A ustar header; sizes from 8 GiB on in GNU's base 256.
pub fn header(name: &str, size: u64, kind: u8, link: &str) -> [u8; 512] {
    let mut block = [0; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    if size > 0o777_7777_7777 {
        put(124, &[0x80, 0, 0, 0]);
        put(128, &size.to_be_bytes());
    } else {
        put(124, format!("{size:011o}\0").as_bytes());
    }
    put(136, b"00000000000\0");
    put(156, &[kind]);
    put(157, link.as_bytes());
    put(257, b"ustar\x0000");
    seal(&mut block);
    block
}

/// Puts the checksum into a header.
pub fn seal(block: &mut [u8; 512]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().copied().map(u32::from).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// A record of an extended header (`x`, `g`).
pub fn pax(key: &str, value: &str) -> Vec<u8> {
    let rest = format!(" {key}={value}\n");
    let length = (rest.len()..rest.len() + 20)
        .find(|length| *length == rest.len() + length.to_string().len())
        .expect("some length counts itself");
    format!("{length}{rest}").into_bytes()
}

/// Writes a file of a tar that is too large for memory.
pub fn member(tar: &mut impl Write, name: &str, content: &[u8]) -> io::Result<()> {
    tar.write_all(&header(name, content.len() as u64, b'0', ""))?;
    tar.write_all(content)?;
    pad(tar, content.len() as u64)
}

/// Fills up the last block of a member of `size` bytes.
pub fn pad(tar: &mut impl Write, size: u64) -> io::Result<()> {
    let behind = size.next_multiple_of(512) - size;
    io::copy(&mut io::Read::take(io::repeat(0), behind), tar).map(|_| ())
}
