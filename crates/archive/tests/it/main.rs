//! The archive's tests; each module says what for.

mod alone;
mod files;
mod fixtures;
mod hostile;
mod limits;
mod malice;
mod reports;
mod shapes;
mod sparse;
mod tools;
mod writer;

use std::path::{Path, PathBuf};

use slipway_archive::{Archive, ArchiveError, Image, Manifest, Node, OpenOptions};

/// Bytes as a file in a folder of its own.
struct Saved {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

fn save(bytes: &[u8]) -> Saved {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tar");
    std::fs::write(&path, bytes).unwrap();
    Saved { path, _folder: folder }
}

fn open(path: &Path) -> Result<Archive, ArchiveError> {
    Archive::open(path, &OpenOptions::default())
}

/// Opens `bytes` as a file.
fn opened(bytes: &[u8]) -> Result<Archive, ArchiveError> {
    open(&save(bytes).path)
}

fn only(image: &Image) -> &Manifest {
    match &image.root {
        Node::Manifest(manifest) => manifest,
        Node::Index(_) => panic!("an index"),
    }
}

/// All bytes of layer `number` of the first image.
fn content(archive: &Archive, number: usize) -> Vec<u8> {
    let source = only(&archive.images()[0]).layers[number - 1].source.as_ref().unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut archive.reader(source).unwrap(), &mut bytes).unwrap();
    bytes
}
