//! Archives made for a test.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// Writes a `docker save` archive with plain layers of these sizes in bytes, which compress about as well as program
/// files do. The same sizes give the same bytes every time.
pub fn docker_save(path: &Path, layers: &[u64], tag: &str) -> io::Result<()> {
    let mut tar = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let (mut names, mut diff_ids) = (Vec::new(), Vec::new());
    for (number, size) in (1..).zip(layers) {
        let name = format!("{number}/layer.tar");
        header(&mut tar, &name, *size)?;
        let mut hasher = Sha256::new();
        each_chunk(number, *size, |chunk| {
            hasher.update(chunk);
            tar.write_all(chunk)
        })?;
        pad(&mut tar, *size)?;
        names.push(name);
        diff_ids.push(format!("sha256:{}", hex::encode(hasher.finalize())));
    }
    let config = serde_json::json!({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/true"]},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [{"created_by": "/bin/sh -c #(nop) ADD file:large in / "}],
    })
    .to_string();
    let config_name = format!("{}.json", hex::encode(Sha256::digest(config.as_bytes())));
    let manifest = serde_json::json!([{"Config": config_name, "RepoTags": [tag], "Layers": names}]);
    for (name, content) in [(config_name.as_str(), config), ("manifest.json", manifest.to_string())] {
        header(&mut tar, name, content.len() as u64)?;
        tar.write_all(content.as_bytes())?;
        pad(&mut tar, content.len() as u64)?;
    }
    tar.write_all(&[0; 1024])?;
    tar.flush()
}

/// Half noise, half zeros, in turns of 2 KiB: the same bytes every time.
fn each_chunk(seed: u64, size: u64, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut chunk = vec![0; 1 << 20];
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed);
    let mut left = size;
    while left > 0 {
        for turn in chunk.chunks_mut(4096) {
            for word in turn[..2048].chunks_mut(8) {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                word.copy_from_slice(&seed.to_le_bytes());
            }
        }
        let length = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        take(&chunk[..length])?;
        left -= length as u64;
    }
    Ok(())
}

/// A ustar header.
fn header(tar: &mut impl Write, name: &str, size: u64) -> io::Result<()> {
    let mut block = [0_u8; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..108].copy_from_slice(b"0000644\0");
    block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    block[136..148].copy_from_slice(b"00000000000\0");
    block[148..156].copy_from_slice(b"        ");
    block[156] = b'0';
    block[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar.write_all(&block)
}

fn pad(tar: &mut impl Write, size: u64) -> io::Result<()> {
    let rest = usize::try_from(size % 512).unwrap_or_default();
    if rest == 0 { Ok(()) } else { tar.write_all(&[0; 512][rest..]) }
}
