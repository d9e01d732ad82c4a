//! Archives that other tools wrote, read as the fixtures' own index says.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use slipway_archive::{
    Archive, ArchiveError, Compression, Format, Image, Manifest, Node, OpenOptions, Outer,
};

const LIBIMAGE: &str = "container-libs/common/libimage/testdata";

/// The fixtures, where they are.
#[expect(clippy::print_stderr, reason = "a skipped test has to say so, and only its output is there")]
fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures");
    let named = std::env::var_os("SLIPWAY_FIXTURES").map(PathBuf::from);
    let found = named.into_iter().chain([beside]).find(|folder| folder.join("INDEX.md").is_file());
    if found.is_none() {
        eprintln!("skipped: the folder of fixtures is not there");
    }
    found
}

fn open(path: &Path) -> Result<Archive, ArchiveError> {
    Archive::open(path, &OpenOptions::default())
}

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

struct Row {
    file: String,
    format: Format,
    outer: Outer,
    /// Names, start of the ID, layers of each image.
    images: Vec<(Vec<&'static str>, &'static str, usize)>,
    stored: Compression,
}

fn rows() -> Vec<Row> {
    use Compression::{Gzip, Plain, Zstd};
    use Format::{DockerArchive as Docker, OciArchive as Oci};
    let row = |file: &str, format, outer, images: &[(&[&'static str], &'static str, usize)], stored| Row {
        file: file.to_owned(),
        format,
        outer,
        images: images.iter().map(|(names, id, layers)| (names.to_vec(), *id, *layers)).collect(),
        stored,
    };
    let common = |file: &str| format!("{LIBIMAGE}/{file}");
    vec![
        row(
            &common("buildkit-docker.tar"),
            Docker,
            Outer::None,
            &[(&["github.com/buildkit/archive:docker"], "sha256:bc79dee9c249", 0)],
            Plain,
        ),
        row(
            &common("buildkit-oci.tar"),
            Docker,
            Outer::None,
            &[(&["github.com/buildkit/archive:oci"], "sha256:7b9a5714cfff", 0)],
            Plain,
        ),
        row(
            &common("docker-name-only.tar.xz"),
            Docker,
            Outer::Xz,
            &[(&["pretty-empty:latest"], "sha256:ec9293436c2e", 1)],
            Plain,
        ),
        row(
            &common("docker-registry-name.tar.xz"),
            Docker,
            Outer::Xz,
            &[(&["example.com/empty:latest"], "sha256:ec9293436c2e", 1)],
            Plain,
        ),
        row(
            &common("docker-two-images.tar.xz"),
            Docker,
            Outer::Xz,
            &[
                (&["example.com/empty:latest"], "sha256:", 1),
                (&["example.com/empty/but:different"], "sha256:", 1),
            ],
            Plain,
        ),
        row(
            &common("docker-two-names.tar.xz"),
            Docker,
            Outer::Xz,
            &[(&["pretty-empty:latest", "example.com/empty:latest"], "sha256:ec9293436c2e", 1)],
            Plain,
        ),
        row(
            &common("docker-unnamed.tar.xz"),
            Docker,
            Outer::Xz,
            &[(&[], "sha256:ec9293436c2e66da44edb9efb8d41f6b13baf62283ebe846468bc992d76d7951", 1)],
            Plain,
        ),
        row(
            &common("oci-name-only.tar.gz"),
            Oci,
            Outer::Gzip,
            &[(&["pretty-empty:latest"], "sha256:ff1abe159f09", 1)],
            Gzip,
        ),
        row(
            &common("oci-non-docker-name.tar.gz"),
            Oci,
            Outer::Gzip,
            &[(&["UPPERCASE-IS-INVALID"], "sha256:ff1abe159f09", 1)],
            Gzip,
        ),
        row(
            &common("oci-registry-name.tar.gz"),
            Oci,
            Outer::Gzip,
            &[(&["example.com/empty:latest"], "sha256:ff1abe159f09", 1)],
            Gzip,
        ),
        row(&common("oci-unnamed.tar.gz"), Oci, Outer::Gzip, &[(&[], "sha256:ff1abe159f09", 1)], Gzip),
        row(
            "dive/.data/test-docker-image.tar",
            Docker,
            Outer::None,
            &[(&["dive-test:latest"], "sha256:", 14)],
            Plain,
        ),
        row(
            "dive/.data/test-kaniko-image.tar",
            Docker,
            Outer::None,
            &[(&["dive-test:kaniko-latest"], "sha256:", 14)],
            Gzip,
        ),
        row(
            "dive/.data/test-oci-estargz-image.tar",
            Oci,
            Outer::None,
            &[(&[], "sha256:2e75eb783d1a", 1)],
            Gzip,
        ),
        row("dive/.data/test-oci-gzip-image.tar", Oci, Outer::None, &[(&[], "sha256:7d255e9e3d21", 1)], Gzip),
        row(
            "dive/.data/test-oci-uncompressed-image.tar",
            Oci,
            Outer::None,
            &[(&[], "sha256:5cec6b4ce61c", 1)],
            Plain,
        ),
        row("dive/.data/test-oci-zstd-image.tar", Oci, Outer::None, &[(&[], "sha256:f5e3515f39a1", 1)], Zstd),
        row(
            "fanal/test/testdata/alpine-310.tar.gz",
            Docker,
            Outer::Gzip,
            &[(&["alpine:3.10"], "sha256:", 1)],
            Plain,
        ),
        row(
            "jib/docker-save.tar",
            Docker,
            Outer::None,
            &[(&["extraction.test:latest"], "sha256:", 2)],
            Plain,
        ),
        row("jib/jib-image.tar", Docker, Outer::None, &[(&["extraction.test:latest"], "sha256:", 2)], Gzip),
        row(
            "oras-go/content/oci/testdata/hello-world.tar",
            Docker,
            Outer::None,
            &[(&["hello-world:latest"], "sha256:faa03e786c97", 1)],
            Gzip,
        ),
        row(
            "oras-go/content/oci/testdata/hello-world-prefixed-path.tar",
            Docker,
            Outer::None,
            &[(&["hello-world:latest"], "sha256:faa03e786c97", 1)],
            Gzip,
        ),
    ]
}

#[test]
fn what_other_tools_write_reads_as_its_index_says() {
    let Some(folder) = folder() else { return };
    for row in rows() {
        let archive = open(&folder.join(&row.file)).unwrap_or_else(|error| panic!("{}: {error}", row.file));
        assert_eq!((archive.format(), archive.outer()), (row.format, row.outer), "{}", row.file);
        assert_eq!(archive.images().len(), row.images.len(), "{}", row.file);
        for (image, (names, digest, layers)) in archive.images().iter().zip(&row.images) {
            assert_eq!(&image.names, names, "{}", row.file);
            assert!(id(image).starts_with(digest), "{}: {}", row.file, id(image));
            let manifest = first(&image.root);
            assert_eq!(manifest.layers.len(), *layers, "{}", row.file);
            for layer in &manifest.layers {
                assert_eq!(layer.stored, row.stored, "{} layer {}", row.file, layer.number);
                assert!(layer.diff_id.is_some(), "{} layer {}", row.file, layer.number);
                let mut reader = archive.reader(layer.source.as_ref().unwrap()).unwrap();
                assert_eq!(
                    std::io::copy(&mut reader, &mut std::io::sink()).unwrap(),
                    layer.size,
                    "{}",
                    row.file
                );
            }
        }
    }
}

#[test]
fn an_image_of_an_oci_archive_keeps_the_id_other_tools_know() {
    let Some(folder) = folder() else { return };
    let archive = open(&folder.join(LIBIMAGE).join("oci-unnamed.tar.gz")).unwrap();
    let config = first(&archive.images()[0].root).config.digest.as_ref().unwrap();
    assert_eq!(config.hex(), "5c8aca8137ac47e84c69ae93ce650ce967917cc001ba7aad5494073fac75b8b6");
}

#[test]
fn a_layer_that_is_a_link_to_another_images_layer_has_its_bytes() {
    let Some(folder) = folder() else { return };
    let archive = open(&folder.join(LIBIMAGE).join("docker-two-images.tar.xz")).unwrap();
    let bytes = |selector: &str| {
        let image = archive.select(selector).unwrap();
        let mut bytes = Vec::new();
        let source = first(&image.root).layers[0].source.as_ref().unwrap();
        archive.reader(source).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    assert!(!bytes("@0").is_empty());
    assert_eq!(bytes("example.com/empty:latest"), bytes("example.com/empty/but:different"));
}

#[test]
fn a_sparse_index_says_what_is_there_and_what_is_not() {
    let Some(folder) = folder() else { return };
    let archive = open(&folder.join("oras-go/content/oci/testdata/hello-world.tar")).unwrap();
    let findings = &archive.images()[0].findings;
    let sparse = findings.iter().find_map(|finding| match finding {
        slipway_archive::ImageFinding::SparseIndex { present, missing } => Some((present, missing)),
        _ => None,
    });
    let (present, missing) = sparse.unwrap();
    assert_eq!(present.len(), 1);
    assert!(missing.len() > 5 && !missing.contains(&present[0]), "{missing:?}");
}

#[test]
fn what_is_no_image_is_refused_for_its_own_reason() {
    let Some(folder) = folder() else { return };
    let refused = |file: &str| open(&folder.join(file)).map(|archive| archive.images().len()).unwrap_err();
    let exported = refused(&format!("{LIBIMAGE}/exported-container.tar"));
    assert!(matches!(exported, ArchiveError::RootFilesystem { .. }), "{exported}");
    let folder_of_skopeo = refused(&format!("{LIBIMAGE}/scratch-dir-5pec!@L"));
    assert!(matches!(folder_of_skopeo, ArchiveError::NotLayout { .. }), "{folder_of_skopeo}");
    let plain = refused("jib/not-compressed.tar");
    assert!(matches!(plain, ArchiveError::NotImage { .. }), "{plain}");
    for kind in ["gzip", "zstd", "uncompressed", "estargz"] {
        let readme = refused(&format!("dive/.data/test-{kind}-image.tar"));
        assert!(matches!(readme, ArchiveError::NotImage { .. }), "{readme}");
    }
}

#[test]
fn layouts_that_are_broken_are_refused_and_say_where() {
    let Some(folder) = folder() else { return };
    let data = folder.join("fanal/test/testdata");
    let good = open(&data.join("test.oci")).unwrap();
    assert_eq!(good.format(), Format::OciLayout);
    assert_eq!(open(&data.join("test_image_tag.oci")).unwrap().images()[0].names, ["0.0.1"]);
    for (broken, member) in
        [("test_bad_index_json.oci", "index.json"), ("test_index_json_dir.oci", "index.json")]
    {
        let error = open(&data.join(broken)).unwrap_err();
        assert!(
            matches!(&error, ArchiveError::Malformed { member: named, .. } if named == member),
            "{error}"
        );
    }
    let empty = open(&data.join("test_no_valid_manifests.oci")).unwrap_err();
    assert!(matches!(&empty, ArchiveError::Malformed { member, .. } if member == "index.json"), "{empty}");
    let gone = open(&data.join("test_invalid_oci_image.oci")).unwrap_err();
    let blob = "blobs/sha256/bad744871f99e0ff8e6f253244836ed34c5d805fdb096d3a205ffaf5e9073cab";
    assert!(matches!(&gone, ArchiveError::MemberMissing { member } if member == blob), "{gone}");
}
