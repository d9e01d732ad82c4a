//! The images that are pushed: the same bytes every time, made once and kept in `target/bench`.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, demand};

const MB: u64 = 1_000_000;

/// An image: name of its file, and its layers as seed and size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Image {
    pub(crate) name: &'static str,
    layers: &'static [(u64, u64)],
    /// The layer on top of these.
    top: Option<(u64, u64)>,
    /// So many more layers of 1 MB each, with the seeds from 1000 on.
    small: u64,
}

const NOTHING: Image = Image { name: "", layers: &[], top: None, small: 0 };

/// 1.2 GB in seven layers, as a large application on a distribution has them.
pub(crate) const BIG: Image = Image {
    name: "big",
    layers: &[(1, 180 * MB), (2, 420 * MB), (3, 310 * MB), (4, 160 * MB), (5, 90 * MB), (6, 36 * MB)],
    top: Some((7, 6 * MB)),
    ..NOTHING
};

/// The same with another top layer.
pub(crate) const TOP: Image = Image { name: "top", top: Some((8, 6 * MB)), ..BIG };

/// A distribution alone.
pub(crate) const BASE: Image = Image { name: "base", layers: &[(1, 180 * MB)], ..NOTHING };

/// A small tool.
pub(crate) const TINY: Image = Image { name: "tiny", layers: &[(9, MB)], ..NOTHING };

/// Many small layers.
pub(crate) const HUNDRED: Image = Image { name: "hundred", small: 100, ..NOTHING };

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
        for (seed, size) in self
            .layers
            .iter()
            .copied()
            .chain(self.top)
            .chain((1000..).take(self.small as usize).map(|n| (n, MB)))
        {
            let name = format!("{seed}/layer.tar");
            // A layer is a tar itself; its content is what counts here.
            let content = layer(seed, size);
            diff_ids.push(slipway_stage::digest(&content));
            append(&mut tar, &name, &content)?;
            names.push(name);
        }
        let config = serde_json::json!({
            "architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/true"]},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
        });
        let config = config.to_string();
        let config_name = format!("{}.json", slipway_stage::sha256(config.as_bytes()));
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
    let mut dice = Dice::new(seed);
    let content = content(&mut dice, size as usize);
    let mut tar = tar::Builder::new(Vec::with_capacity(content.len() + (1 << 20)));
    let (mut rest, mut number) = (content.as_slice(), 0);
    while !rest.is_empty() {
        let length = (20_000 + dice.next() % 900_000).min(rest.len() as u64);
        let (file, later) = rest.split_at(length as usize);
        // In memory nothing fails.
        let _ = append(&mut tar, &format!("usr/lib/part-{number:05}"), file);
        (rest, number) = (later, number + 1);
    }
    tar.into_inner().unwrap_or_default()
}

/// What a compressor finds in program files: pieces that stood there before, near ones more often than far ones, most
/// of them short, and between them a few bytes of which some are more frequent. `gzip -6` makes 36 % of it, `gzip -1`
/// 39 % and `zstd -3` 29 %; of Debian's libraries they make 36, 40 and 31 %.
fn content(dice: &mut Dice, size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(size + 300);
    while out.len() < size {
        let throw = dice.next();
        if throw % 1000 < 680 && out.len() > 1000 {
            let reach = 1 << (4 + (throw >> 10) % 17);
            let distance = (1 + (throw >> 20) % reach).min(out.len() as u64) as usize;
            let is_long = (throw >> 4) % 1000 < 60;
            let short = 3 + ((throw >> 44) % 40) * ((throw >> 54) % 40) / 40;
            for _ in 0..if is_long { 20 + dice.next() % 250 } else { short } {
                out.push(out[out.len() - distance]);
            }
        } else {
            for _ in 0..=(throw >> 10) % 12 {
                let throw = dice.next();
                out.push((((throw & 255) * ((throw >> 8) & 255)) >> 8) as u8);
            }
        }
    }
    out.truncate(size);
    out
}

/// xorshift64 by George Marsaglia.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
