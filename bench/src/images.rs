//! The images that are pushed: the same bytes every time, made once and kept in `target/bench`.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::{Outcome, demand};

const MB: u64 = 1_000_000;

/// An image: name of its file, and its layers as seed and size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Image {
    pub(crate) name: &'static str,
    layers: &'static [(u64, u64)],
    /// So many more layers of 1 MB each, with the seeds from 1000 on.
    small: u64,
}

/// 1.2 GB in seven layers, as a large application on a distribution has them.
pub(crate) const BIG: Image = Image {
    name: "big",
    layers: &[
        (1, 180 * MB),
        (2, 420 * MB),
        (3, 310 * MB),
        (4, 160 * MB),
        (5, 90 * MB),
        (6, 36 * MB),
        (7, 6 * MB),
    ],
    small: 0,
};

/// The same with another top layer.
pub(crate) const TOP: Image = Image {
    name: "top",
    layers: &[
        (1, 180 * MB),
        (2, 420 * MB),
        (3, 310 * MB),
        (4, 160 * MB),
        (5, 90 * MB),
        (6, 36 * MB),
        (8, 6 * MB),
    ],
    small: 0,
};

/// A distribution alone.
pub(crate) const BASE: Image = Image { name: "base", layers: &[(1, 180 * MB)], small: 0 };

/// A small tool.
pub(crate) const TINY: Image = Image { name: "tiny", layers: &[(9, MB)], small: 0 };

/// Many small layers.
pub(crate) const HUNDRED: Image = Image { name: "hundred", layers: &[], small: 100 };

impl Image {
    /// Its `docker save` archive.
    pub(crate) fn archive(&self, folder: &Path) -> Outcome<PathBuf> {
        let path = folder.join(format!("{}.tar", self.name));
        if !path.is_file() {
            println!("==> Making {}", path.display());
            let part = path.with_extension("part");
            self.write(&part)?;
            std::fs::rename(&part, &path)?;
        }
        Ok(path)
    }

    /// The same as an OCI archive whose layers are gzip, packed by skopeo.
    pub(crate) fn oci(&self, folder: &Path) -> Outcome<PathBuf> {
        let (from, path) = (self.archive(folder)?, folder.join(format!("{}-oci.tar", self.name)));
        if !path.is_file() {
            let part = path.with_extension("part");
            demand(Command::new("skopeo").args([
                "--insecure-policy",
                "copy",
                &format!("docker-archive:{}", from.display()),
                &format!("oci-archive:{}:{}", part.display(), self.reference()),
            ]))?;
            std::fs::rename(&part, &path)?;
        }
        Ok(path)
    }

    /// Its name inside of the archive.
    pub(crate) fn reference(&self) -> String {
        format!("bench/{}:1", self.name)
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let mut tar = tar::Builder::new(BufWriter::with_capacity(1 << 20, File::create(path)?));
        let (mut names, mut diff_ids) = (Vec::new(), Vec::new());
        for (seed, size) in
            self.layers.iter().copied().chain((1000..).take(self.small as usize).map(|n| (n, MB)))
        {
            let name = format!("{seed}/layer.tar");
            // A layer is a tar itself; its content is what counts here.
            let content = layer(seed, size);
            diff_ids.push(format!("sha256:{}", hex(&Sha256::digest(&content))));
            append(&mut tar, &name, &content)?;
            names.push(name);
        }
        let config = serde_json::json!({
            "architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/true"]},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
        });
        let config = config.to_string();
        let config_name = format!("{}.json", hex(&Sha256::digest(config.as_bytes())));
        append(&mut tar, &config_name, config.as_bytes())?;
        let manifest =
            serde_json::json!([{"Config": config_name, "RepoTags": [self.reference()], "Layers": names}]);
        append(&mut tar, "manifest.json", manifest.to_string().as_bytes())?;
        tar.into_inner()?.flush()
    }
}

fn append(tar: &mut tar::Builder<impl io::Write>, name: &str, content: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, name, content)
}

/// A layer: a tar of files that compress about as program files do.
fn layer(seed: u64, size: u64) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::with_capacity(size as usize + (1 << 20)));
    let mut content = Content::new(seed);
    let (mut left, mut number) = (size, 0);
    while left > 0 {
        let length = (20_000 + content.next() % 900_000).min(left);
        let mut file = Vec::with_capacity(length as usize);
        // In memory nothing fails.
        let _ = content.by_ref_take(length).read_to_end(&mut file);
        let _ = append(&mut tar, &format!("usr/lib/part-{number:05}"), &file);
        (left, number) = (left - length, number + 1);
    }
    tar.into_inner().unwrap_or_default()
}

/// Words of a small language, each from a list of 6,000 that are used unevenly, broken by runs of noise: gzip makes
/// about 45 % of it.
struct Content {
    state: u64,
    words: Vec<Vec<u8>>,
    rest: Vec<u8>,
}

impl Content {
    fn new(seed: u64) -> Self {
        let mut content =
            Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, words: Vec::new(), rest: Vec::new() };
        let words = (0..6000).map(|_| {
            let length = 3 + content.next() % 14;
            (0..length).map(|_| content.next().to_le_bytes()[5]).collect()
        });
        let words = words.collect();
        content.words = words;
        content
    }

    /// xorshift64 by George Marsaglia.
    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    fn by_ref_take(&mut self, length: u64) -> io::Take<&mut Self> {
        self.take(length)
    }

    fn refill(&mut self) {
        self.rest.clear();
        while self.rest.len() < 1 << 16 {
            let dice = self.next();
            if dice.is_multiple_of(40) {
                for _ in 0..8 {
                    let noise = self.next().to_le_bytes();
                    self.rest.extend_from_slice(&noise);
                }
            }
            // The product of two throws prefers the first words.
            let (a, b) = ((dice >> 16) % 78, (dice >> 40) % 78);
            let word = &self.words[(a * b) as usize % self.words.len()];
            self.rest.extend_from_slice(word);
        }
    }
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            self.refill();
        }
        let length = self.rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.rest[..length]);
        self.rest.drain(..length);
        Ok(length)
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
