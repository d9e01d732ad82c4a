//! What people reported of other tools, named after the reports: it must not happen here.

use slipway_archive::ArchiveError;
use slipway_image::Compression;
use slipway_stage::image::{OCI_MANIFEST, Oci, config, docker, layer, manifest};
use slipway_stage::tar::{Tar, header, pax};
use slipway_stage::{digest, gzip, sha256};

use crate::{content, only, open, opened};

#[test]
fn moby_24003_layers_that_docker_links_or_lists_twice_have_their_bytes() {
    let plain = layer("x");
    let members = Tar::default().file("a/layer.tar", &plain).link(b'2', "b/layer.tar", "../a/layer.tar");
    let names = ["a/layer.tar", "b/layer.tar", "a/layer.tar"];
    let archive = opened(&docker(members, &[plain.as_slice(); 3], &names)).unwrap();
    for number in 1..=3 {
        assert_eq!(content(&archive, number), plain, "layer {number}");
    }
}

#[test]
fn jib_4522_and_ggcr_2227_no_file_beside_the_archive_is_read() {
    let plain = layer("x");
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, &plain).unwrap();
    for name in ["../secret", secret.to_str().unwrap()] {
        for (config, layers) in [(name, vec![]), ("config.json", vec![name])] {
            let entry = serde_json::json!([{"Config": config, "Layers": layers}]).to_string();
            let tar = Tar::default()
                .file("config.json", &slipway_stage::image::config(&[&plain]))
                .file("manifest.json", entry.as_bytes());
            let path = folder.path().join("archive").join("image.tar");
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, tar.end()).unwrap();
            let error = open(&path).unwrap_err();
            assert!(matches!(error, ArchiveError::Unsafe { .. }), "{name}: {error}");
        }
    }
}

#[test]
fn rustsec_2025_0111_no_member_is_smuggled_in_by_a_second_size() {
    let plain = layer("x");
    // The body is a whole archive of its own. A reader that goes by the header's size finds it.
    let evil = docker(Tar::default().file("1", &layer("evil")), &[&layer("evil")], &["1"]);
    let body = &evil[..evil.len() - 1024];
    let smuggler = Tar::default()
        .extra(b'x', &pax("size", &body.len().to_string()))
        .raw(&header("readme", 0, b'0', ""), body);
    let archive = opened(&docker(smuggler.file("1", &plain), &[&plain], &["1"])).unwrap();
    assert_eq!(archive.images().len(), 1);
    assert_eq!(content(&archive, 1), plain);
    for lie in ["+1", "-1", " 1", "1e3", "99999999999999999999"] {
        let tar = Tar::default().extra(b'x', &pax("size", lie)).file("1", &plain);
        let error = opened(&docker(tar, &[&plain], &["1"])).unwrap_err();
        assert!(matches!(error, ArchiveError::Malformed { .. }), "{lie}: {error}");
    }
}

#[test]
fn ggcr_1870_what_docker_says_of_a_layer_does_not_outweigh_its_bytes() {
    let (plain, packed) = (layer("x"), gzip(&layer("x")));
    let config = config(&[&plain]);
    let id = digest(&plain);
    let entry = serde_json::json!([{
        "Config": "config.json", "Layers": ["1"],
        "LayerSources": {
            id.clone(): {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": id, "size": plain.len()},
        },
    }]);
    let tar = Tar::default().file("1", &packed).file("config.json", &config);
    let archive = opened(&tar.file("manifest.json", entry.to_string().as_bytes()).end()).unwrap();
    let layer = &only(&archive.images()[0]).layers[0];
    assert_eq!((layer.stored, layer.size, &layer.digest), (Compression::Gzip, packed.len() as u64, &None));
}

#[test]
fn moby_51665_a_descriptor_that_its_blob_does_not_fit_is_found_at_once() {
    for part in ["config", "layers"] {
        let mut oci = Oci::default();
        let plain = layer("x");
        let mut manifest = serde_json::json!({
            "config": oci.blob("application/vnd.oci.image.config.v1+json", &config(&[&plain])),
            "layers": [oci.blob("application/vnd.oci.image.layer.v1.tar", &plain)],
        });
        let descriptor = if part == "layers" { &mut manifest["layers"][0] } else { &mut manifest["config"] };
        descriptor["size"] = 7.into();
        let image = oci.blob(OCI_MANIFEST, manifest.to_string().as_bytes());
        let error = opened(&oci.end(&[image])).unwrap_err();
        assert!(
            matches!(&error, ArchiveError::Malformed { member, reason }
                if member.starts_with("blobs/sha256/") && reason.contains("says 7")),
            "{part}: {error}"
        );
    }
}

#[test]
fn regclient_1028_the_list_may_stand_before_or_behind_what_it_names() {
    let plain = layer("x");
    let config = config(&[&plain]);
    let name = format!("{}.json", sha256(&config));
    let list = manifest(&config, &["1"]);
    let members = [("manifest.json", &list), (&name, &config), ("1", &plain)];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]] {
        let tar = order.iter().fold(Tar::default(), |tar, at| tar.file(members[*at].0, members[*at].1));
        assert_eq!(content(&opened(&tar.end()).unwrap(), 1), plain, "{order:?}");
    }
}
