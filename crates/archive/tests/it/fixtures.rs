//! The archives that other projects ship, where they are at hand: the same as in `tools`, with the real ones.

use std::path::Path;

use slipway_stage::others_archives;
use slipway_stage::shapes::{Format, Image, Layouts, Packed, Shape};

use crate::tools::{broken, config, linked, no_image, reads_as, sparse};

const LIBIMAGE: &str = "container-libs/common/libimage/testdata";

fn rows(folder: &Path) -> Vec<Shape> {
    use Format::{DockerArchive as Docker, OciArchive as Oci};
    use Packed::{Gzip, Not, Xz, Zstd};
    let row = |file: &str, format, outer, images: &[(&[&str], &str, usize)], stored| Shape {
        path: folder.join(file),
        format,
        outer,
        stored,
        images: images
            .iter()
            .map(|(names, id, layers)| Image {
                names: names.iter().map(ToString::to_string).collect(),
                id: (*id).to_owned(),
                config: String::new(),
                layers: *layers,
            })
            .collect(),
    };
    let common = |file: &str| format!("{LIBIMAGE}/{file}");
    vec![
        row(
            &common("buildkit-docker.tar"),
            Docker,
            Not,
            &[(&["github.com/buildkit/archive:docker"], "sha256:bc79dee9c249", 0)],
            Not,
        ),
        row(
            &common("buildkit-oci.tar"),
            Docker,
            Not,
            &[(&["github.com/buildkit/archive:oci"], "sha256:7b9a5714cfff", 0)],
            Not,
        ),
        row(
            &common("docker-name-only.tar.xz"),
            Docker,
            Xz,
            &[(&["pretty-empty:latest"], "sha256:ec9293436c2e", 1)],
            Not,
        ),
        row(
            &common("docker-registry-name.tar.xz"),
            Docker,
            Xz,
            &[(&["example.com/empty:latest"], "sha256:ec9293436c2e", 1)],
            Not,
        ),
        row(
            &common("docker-two-images.tar.xz"),
            Docker,
            Xz,
            &[
                (&["example.com/empty:latest"], "sha256:", 1),
                (&["example.com/empty/but:different"], "sha256:", 1),
            ],
            Not,
        ),
        row(
            &common("docker-two-names.tar.xz"),
            Docker,
            Xz,
            &[(&["pretty-empty:latest", "example.com/empty:latest"], "sha256:ec9293436c2e", 1)],
            Not,
        ),
        row(
            &common("docker-unnamed.tar.xz"),
            Docker,
            Xz,
            &[(&[], "sha256:ec9293436c2e66da44edb9efb8d41f6b13baf62283ebe846468bc992d76d7951", 1)],
            Not,
        ),
        row(
            &common("oci-name-only.tar.gz"),
            Oci,
            Gzip,
            &[(&["pretty-empty:latest"], "sha256:ff1abe159f09", 1)],
            Gzip,
        ),
        row(
            &common("oci-non-docker-name.tar.gz"),
            Oci,
            Gzip,
            &[(&["UPPERCASE-IS-INVALID"], "sha256:ff1abe159f09", 1)],
            Gzip,
        ),
        row(
            &common("oci-registry-name.tar.gz"),
            Oci,
            Gzip,
            &[(&["example.com/empty:latest"], "sha256:ff1abe159f09", 1)],
            Gzip,
        ),
        row(&common("oci-unnamed.tar.gz"), Oci, Gzip, &[(&[], "sha256:ff1abe159f09", 1)], Gzip),
        row("dive/.data/test-docker-image.tar", Docker, Not, &[(&["dive-test:latest"], "sha256:", 14)], Not),
        row(
            "dive/.data/test-kaniko-image.tar",
            Docker,
            Not,
            &[(&["dive-test:kaniko-latest"], "sha256:", 14)],
            Gzip,
        ),
        row("dive/.data/test-oci-estargz-image.tar", Oci, Not, &[(&[], "sha256:2e75eb783d1a", 1)], Gzip),
        row("dive/.data/test-oci-gzip-image.tar", Oci, Not, &[(&[], "sha256:7d255e9e3d21", 1)], Gzip),
        row("dive/.data/test-oci-uncompressed-image.tar", Oci, Not, &[(&[], "sha256:5cec6b4ce61c", 1)], Not),
        row("dive/.data/test-oci-zstd-image.tar", Oci, Not, &[(&[], "sha256:f5e3515f39a1", 1)], Zstd),
        row("fanal/test/testdata/alpine-310.tar.gz", Docker, Gzip, &[(&["alpine:3.10"], "sha256:", 1)], Not),
        row("jib/docker-save.tar", Docker, Not, &[(&["extraction.test:latest"], "sha256:", 2)], Not),
        row("jib/jib-image.tar", Docker, Not, &[(&["extraction.test:latest"], "sha256:", 2)], Gzip),
        row(
            "oras-go/content/oci/testdata/hello-world.tar",
            Docker,
            Not,
            &[(&["hello-world:latest"], "sha256:faa03e786c97", 1)],
            Gzip,
        ),
        row(
            "oras-go/content/oci/testdata/hello-world-prefixed-path.tar",
            Docker,
            Not,
            &[(&["hello-world:latest"], "sha256:faa03e786c97", 1)],
            Gzip,
        ),
    ]
}

#[test]
fn what_other_tools_write_reads_as_its_index_says() {
    let Some(folder) = others_archives("fixtures::what_other_tools_write_reads_as_its_index_says") else {
        return;
    };
    rows(&folder).iter().for_each(reads_as);
}

#[test]
fn an_image_of_an_oci_archive_keeps_the_id_other_tools_know() {
    let name = "fixtures::an_image_of_an_oci_archive_keeps_the_id_other_tools_know";
    let Some(folder) = others_archives(name) else { return };
    let id = config(&folder.join(LIBIMAGE).join("oci-unnamed.tar.gz"));
    assert_eq!(id, "sha256:5c8aca8137ac47e84c69ae93ce650ce967917cc001ba7aad5494073fac75b8b6");
}

#[test]
fn a_layer_that_is_a_link_to_another_images_layer_has_its_bytes() {
    let name = "fixtures::a_layer_that_is_a_link_to_another_images_layer_has_its_bytes";
    let Some(folder) = others_archives(name) else { return };
    linked(&folder.join(LIBIMAGE).join("docker-two-images.tar.xz"));
}

#[test]
fn a_sparse_index_says_what_is_there_and_what_is_not() {
    let Some(folder) = others_archives("fixtures::a_sparse_index_says_what_is_there_and_what_is_not") else {
        return;
    };
    sparse(&folder.join("oras-go/content/oci/testdata/hello-world.tar"));
}

#[test]
fn what_is_no_image_is_refused_for_its_own_reason() {
    let Some(folder) = others_archives("fixtures::what_is_no_image_is_refused_for_its_own_reason") else {
        return;
    };
    let mut tars = vec![folder.join("jib/not-compressed.tar")];
    tars.extend(
        ["gzip", "zstd", "uncompressed", "estargz"]
            .map(|kind| folder.join(format!("dive/.data/test-{kind}-image.tar"))),
    );
    let libimage = folder.join(LIBIMAGE);
    no_image(&libimage.join("exported-container.tar"), &libimage.join("scratch-dir-5pec!@L"), &tars);
}

#[test]
fn layouts_that_are_broken_are_refused_and_say_where() {
    let Some(folder) = others_archives("fixtures::layouts_that_are_broken_are_refused_and_say_where") else {
        return;
    };
    let data = folder.join("fanal/test/testdata");
    broken(&Layouts {
        good: data.join("test_image_tag.oci"),
        bad_json: data.join("test_bad_index_json.oci"),
        index_folder: data.join("test_index_json_dir.oci"),
        empty: data.join("test_no_valid_manifests.oci"),
        hollow: data.join("test_invalid_oci_image.oci"),
        missing: "blobs/sha256/bad744871f99e0ff8e6f253244836ed34c5d805fdb096d3a205ffaf5e9073cab".to_owned(),
    });
    // One without a name is as good.
    assert_eq!(crate::open(&data.join("test.oci")).unwrap().images().len(), 1);
}
