//! The archive's tests; each module says what for.

mod alone;
mod files;
mod fixtures;
mod hostile;
mod layout;
mod limits;
mod malice;
mod reports;
mod shapes;
mod sparse;
mod tools;

use std::path::{Path, PathBuf};

use slipway_archive::{Archive, ArchiveError, OpenOptions};
use slipway_image::{Image, Manifest, Node};
use slipway_stage::image::{OCI_MANIFEST, Oci, config, layer};

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
    std::io::Read::read_to_end(&mut source.reader().unwrap(), &mut bytes).unwrap();
    bytes
}

/// An index that names a manifest with so many annotations so many times.
fn annotated(annotations: usize, times: usize) -> Vec<u8> {
    let annotations: serde_json::Map<_, _> =
        (0..annotations).map(|number| (format!("{number:05}"), serde_json::json!(""))).collect();
    let mut oci = Oci::default();
    let plain = layer("x");
    let mut stored = oci.blob("application/vnd.oci.image.layer.v1.tar", &plain);
    stored["annotations"] = annotations.into();
    let manifest = serde_json::json!({
        "config": oci.blob("application/vnd.oci.image.config.v1+json", &config(&[&plain])),
        "layers": [stored],
    });
    let image = oci.blob(OCI_MANIFEST, manifest.to_string().as_bytes());
    let index = oci.index(&vec![image; times]);
    oci.end(&[index])
}
