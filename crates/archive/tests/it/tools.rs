//! Archives in the shapes that other tools give them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use slipway_archive::{ArchiveError, Format, Outer};
use slipway_image::{Compression, Image, ImageFinding, Manifest, Node};
use slipway_stage::shapes::{self, Layouts, Packed, Shape};

use crate::open;

fn first(node: &Node) -> &Manifest {
    fn find(node: &Node) -> Option<&Manifest> {
        match node {
            Node::Manifest(manifest) => Some(manifest),
            Node::Index(index) => {
                index.children.iter().filter_map(|child| child.node.as_ref()).find_map(find)
            }
        }
    }
    find(node).unwrap()
}

/// The digest of an image as it is stored; of its configuration where only that is.
fn id(image: &Image) -> String {
    match &image.root {
        Node::Index(index) => index.stored.digest.to_string(),
        Node::Manifest(manifest) => match &manifest.stored {
            Some(stored) => stored.digest.to_string(),
            None => manifest.config.digest.as_ref().unwrap().to_string(),
        },
    }
}

/// Opens it, reads every layer, and holds all against what it must read as.
pub(crate) fn reads_as(shape: &Shape) {
    let (archive, file) = (open(&shape.path), shape.path.display());
    let archive = archive.unwrap_or_else(|error| panic!("{file}: {error}"));
    let format = match shape.format {
        shapes::Format::DockerArchive => Format::DockerArchive,
        shapes::Format::OciArchive => Format::OciArchive,
    };
    assert_eq!((archive.format(), archive.outer()), (format, outer_of(shape.outer)), "{file}");
    assert_eq!(archive.images().len(), shape.images.len(), "{file}");
    for (image, expected) in archive.images().iter().zip(&shape.images) {
        assert_eq!(image.names, expected.names, "{file}");
        assert!(id(image).starts_with(&expected.id), "{file}: {}", id(image));
        let manifest = first(&image.root);
        assert_eq!(manifest.layers.len(), expected.layers, "{file}");
        for layer in manifest.layers.iter() {
            assert_eq!(layer.stored, stored_of(shape.stored), "{file} layer {}", layer.number);
            assert!(layer.diff_id.is_some(), "{file} layer {}", layer.number);
            let mut reader = layer.source.as_ref().unwrap().reader().unwrap();
            assert_eq!(std::io::copy(&mut reader, &mut std::io::sink()).unwrap(), layer.size, "{file}");
        }
    }
}

/// The digest of the first image's configuration.
pub(crate) fn config(path: &Path) -> String {
    first(&open(path).unwrap().images()[0].root).config.digest.as_ref().unwrap().to_string()
}

/// The layers of both images are the same bytes.
pub(crate) fn linked(path: &Path) {
    let archive = open(path).unwrap();
    let bytes = |selector: &str| {
        let image = archive.select(selector).unwrap();
        let mut bytes = Vec::new();
        let source = first(&image.root).layers[0].source.as_ref().unwrap();
        source.reader().unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    assert!(!bytes("@0").is_empty());
    assert_eq!(bytes("example.com/empty:latest"), bytes("example.com/empty/but:different"));
}

/// One platform is there and many are not.
pub(crate) fn sparse(path: &Path) {
    let archive = open(path).unwrap();
    let findings = &archive.images()[0].findings;
    let sparse = findings.iter().find_map(|finding| match finding {
        ImageFinding::SparseIndex { present, missing } => Some((present, missing)),
        _ => None,
    });
    let (present, missing) = sparse.unwrap();
    assert_eq!(present.len(), 1);
    assert!(missing.len() > 5 && !missing.contains(&present[0]), "{missing:?}");
}

/// The file system of a container, a folder of skopeo's, and tars without an image.
pub(crate) fn no_image(exported: &Path, folder_of_skopeo: &Path, tars: &[PathBuf]) {
    let refused = |path: &Path| open(path).map(|archive| archive.images().len()).unwrap_err();
    let exported = refused(exported);
    assert!(matches!(exported, ArchiveError::RootFilesystem { .. }), "{exported}");
    let folder_of_skopeo = refused(folder_of_skopeo);
    assert!(matches!(folder_of_skopeo, ArchiveError::NotLayout { .. }), "{folder_of_skopeo}");
    for tar in tars {
        let plain = refused(tar);
        assert!(matches!(plain, ArchiveError::NotImage { .. }), "{plain}");
    }
}

/// Each is refused for what is wrong with it.
pub(crate) fn broken(layouts: &Layouts) {
    let good = open(&layouts.good).unwrap();
    assert_eq!((good.format(), &good.images()[0].names[..]), (Format::OciLayout, &["0.0.1".to_owned()][..]));
    for broken in [&layouts.bad_json, &layouts.index_folder, &layouts.empty] {
        let error = open(broken).unwrap_err();
        assert!(
            matches!(&error, ArchiveError::Malformed { member, .. } if member == "index.json"),
            "{error}"
        );
    }
    let gone = open(&layouts.hollow).unwrap_err();
    assert!(matches!(&gone, ArchiveError::MemberMissing { member } if *member == layouts.missing), "{gone}");
}

fn outer_of(packed: Packed) -> Outer {
    match packed {
        Packed::Not => Outer::None,
        Packed::Gzip => Outer::Gzip,
        Packed::Zstd => Outer::Zstd,
        Packed::Xz => Outer::Xz,
    }
}

fn stored_of(packed: Packed) -> Compression {
    match packed {
        Packed::Not => Compression::Plain,
        Packed::Gzip => Compression::Gzip,
        Packed::Zstd => Compression::Zstd,
        Packed::Xz => panic!("no layer is packed so"),
    }
}

#[test]
fn what_other_tools_write_reads_as_its_index_says() {
    let folder = tempfile::tempdir().unwrap();
    shapes::all(folder.path()).iter().for_each(reads_as);
}

#[test]
fn an_image_of_an_oci_archive_keeps_the_id_other_tools_know() {
    let folder = tempfile::tempdir().unwrap();
    for shape in shapes::all(folder.path()).iter().filter(|shape| shape.format == shapes::Format::OciArchive)
    {
        assert_eq!(config(&shape.path), shape.images[0].config, "{}", shape.path.display());
    }
}

#[test]
fn a_layer_that_is_a_link_to_another_images_layer_has_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    linked(&shapes::two_images(folder.path()).path);
}

#[test]
fn a_sparse_index_says_what_is_there_and_what_is_not() {
    let folder = tempfile::tempdir().unwrap();
    sparse(&shapes::sparse(folder.path()).path);
}

#[test]
fn what_is_no_image_is_refused_for_its_own_reason() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let tars = [shapes::one_file(folder, "empty", b""), shapes::one_file(folder, "README.md", b"Read me.")];
    no_image(&shapes::exported_container(folder), &shapes::skopeo_folder(folder), &tars);
}

#[test]
fn layouts_that_are_broken_are_refused_and_say_where() {
    let folder = tempfile::tempdir().unwrap();
    broken(&shapes::layouts(folder.path()));
}
