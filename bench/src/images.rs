//! The images that are pushed: made once of the parts of `content` and kept in `target/bench`.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::content::{Content, Part};
use crate::{Outcome, demand};

const MB: u64 = 1_000_000;

/// An image: name of its file, and its layers from the lowest on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Image {
    pub(crate) name: &'static str,
    layers: &'static [Layer],
    /// The layer on top of these.
    top: Option<Layer>,
    /// So many more layers of 1 MB each, from all over what programs are made of.
    small: u64,
}

#[derive(Debug, Clone, Copy)]
enum Layer {
    Whole(Part),
    /// A file that is a piece of a part: from where, and bytes.
    Piece(Part, u64, u64),
}

/// What an application on a distribution has below its top layer.
const BELOW: &[Layer] = &[
    Layer::Whole(Part::Root),
    Layer::Whole(Part::Compilers),
    Layer::Whole(Part::Python),
    Layer::Whole(Part::Node),
    Layer::Whole(Part::Log),
    Layer::Whole(Part::Noise),
    Layer::Whole(Part::Debs),
    Layer::Piece(Part::Node, 20 * MB, MB),
    Layer::Piece(Part::Root, 30 * MB, 40_000),
];

const NOTHING: Image = Image { name: "", layers: &[], top: None, small: 0 };

/// 1.2 GB in ten layers.
pub(crate) const BIG: Image =
    Image { name: "big", layers: BELOW, top: Some(Layer::Piece(Part::Python, 40 * MB, 6 * MB)), ..NOTHING };

/// The same with another top layer.
pub(crate) const TOP: Image =
    Image { name: "top", top: Some(Layer::Piece(Part::Python, 50 * MB, 6 * MB)), ..BIG };

/// A distribution alone.
pub(crate) const BASE: Image = Image { name: "base", layers: &[Layer::Whole(Part::Root)], ..NOTHING };

/// A small tool.
pub(crate) const TINY: Image = Image { name: "tiny", layers: &[Layer::Piece(Part::Root, 0, MB)], ..NOTHING };

/// Many small layers.
pub(crate) const HUNDRED: Image = Image { name: "hundred", small: 100, ..NOTHING };

impl Image {
    /// Its `docker save` archive.
    pub(crate) fn archive(&self, content: &Content, folder: &Path) -> Outcome<PathBuf> {
        let path = folder.join(format!("{}-{}.tar", self.name, content.series));
        if !path.is_file() {
            println!("==> Making {}", path.display());
            let part = path.with_extension("part");
            self.write(content, &part)?;
            std::fs::rename(&part, &path)?;
        }
        Ok(path)
    }

    /// The same as an OCI archive whose layers are gzip, packed by skopeo.
    pub(crate) fn oci(&self, content: &Content, folder: &Path) -> Outcome<PathBuf> {
        let from = self.archive(content, folder)?;
        let path = folder.join(format!("{}-{}-oci.tar", self.name, content.series));
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

    fn layers(&self) -> impl Iterator<Item = Layer> {
        self.layers.iter().copied().chain(self.top).chain(pieces(self.small))
    }

    fn write(&self, content: &Content, path: &Path) -> Outcome<()> {
        let mut tar = tar::Builder::new(BufWriter::with_capacity(1 << 20, File::create(path)?));
        let (mut names, mut diff_ids) = (Vec::new(), Vec::new());
        for (number, layer) in self.layers().enumerate() {
            let name = format!("{number}/layer.tar");
            match layer {
                Layer::Whole(part) => {
                    let path = content.part(part);
                    diff_ids.push(slipway_stage::digest(&std::fs::read(&path)?));
                    tar.append_path_with_name(&path, &name)?;
                }
                Layer::Piece(part, at, size) => {
                    let layer = piece(&content.part(part), at, size)?;
                    diff_ids.push(slipway_stage::digest(&layer));
                    append(&mut tar, &name, &layer)?;
                }
            }
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
        tar.into_inner()?.flush()?;
        Ok(())
    }
}

/// So many layers of 1 MB, evenly from the four parts that programs are made of.
fn pieces(count: u64) -> impl Iterator<Item = Layer> {
    const PARTS: [Part; 4] = [Part::Root, Part::Compilers, Part::Python, Part::Node];
    (0..count).map(move |number| {
        let part = PARTS[(number % 4) as usize];
        Layer::Piece(part, number / 4 * (part.size() - 2 * MB) / count.div_ceil(4), MB)
    })
}

/// A layer with one file: so many bytes of a part.
fn piece(part: &Path, at: u64, size: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(part)?;
    file.seek(SeekFrom::Start(at))?;
    let mut content = Vec::new();
    file.take(size).read_to_end(&mut content)?;
    let mut tar = tar::Builder::new(Vec::new());
    append(&mut tar, "usr/lib/piece", &content)?;
    tar.into_inner()
}

fn append(tar: &mut tar::Builder<impl io::Write>, name: &str, content: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, name, content)
}
