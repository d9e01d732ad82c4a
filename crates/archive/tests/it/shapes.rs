//! Archives in every shape that tools and accidents give them.

use slipway_archive::{ArchiveError, Format};
use slipway_image::{Compression, ImageFinding, Node};
use slipway_stage::image::{Oci, blob_path, config, docker, layer, manifest};
use slipway_stage::tar::{Tar, header, pax};
use slipway_stage::{digest, gzip, sha256, zstd};

use crate::{content, only, open, opened, save};

#[test]
fn linked_layers_have_the_bytes_of_what_they_link_to() {
    let plain = layer("one");
    // Hard links name from the root, symbolic ones from their own folder.
    let members = Tar::default()
        .file("a/layer.tar", &plain)
        .link(b'1', "b/layer.tar", "a/layer.tar")
        .link(b'2', "c/layer.tar", "../b/layer.tar")
        .link(b'2', "d.tar", "c/layer.tar");
    let names = ["a/layer.tar", "b/layer.tar", "c/layer.tar", "d.tar"];
    let archive = opened(&docker(members, &[plain.as_slice(); 4], &names)).unwrap();
    assert_eq!(archive.format(), Format::DockerArchive);
    for number in 1..=4 {
        assert_eq!(content(&archive, number), plain, "layer {number}");
    }
}

#[test]
fn links_in_a_circle_end() {
    let members = Tar::default().link(b'2', "a.tar", "b.tar").link(b'1', "b.tar", "a.tar");
    let error = opened(&docker(members, &[&layer("x")], &["a.tar"])).unwrap_err();
    assert!(matches!(error, ArchiveError::Unsafe { .. }), "{error}");
}

#[test]
fn a_very_long_chain_of_links_is_refused() {
    let mut members = Tar::default().file("0", &layer("x"));
    for number in 1..60 {
        members = members.link(b'2', &number.to_string(), &(number - 1).to_string());
    }
    assert!(opened(&docker(members.clone(), &[&layer("x")], &["30"])).is_ok());
    let error = opened(&docker(members, &[&layer("x")], &["59"])).unwrap_err();
    assert!(matches!(error, ArchiveError::Unsafe { .. }), "{error}");
}

#[test]
fn names_that_lead_out_are_refused_where_they_are_used_and_harmless_where_not() {
    let plain = layer("x");
    for name in ["../layer.tar", "a/../../layer.tar", "/etc/layer.tar", "..\\layer.tar", "C:\\layer.tar"] {
        let members = Tar::default().file(name, &plain);
        let error = opened(&docker(members.clone(), &[&plain], &[name])).unwrap_err();
        assert!(matches!(error, ArchiveError::Unsafe { .. }), "{name}: {error}");
        opened(&docker(members.file("good.tar", &plain), &[&plain], &["good.tar"])).unwrap();
    }
    for (kind, target) in
        [(b'2', "../../etc/passwd"), (b'2', "/etc/passwd"), (b'1', "/etc/passwd"), (b'1', "../x")]
    {
        let members = Tar::default().link(kind, "layer.tar", target);
        let error = opened(&docker(members, &[&plain], &["layer.tar"])).unwrap_err();
        assert!(matches!(error, ArchiveError::Unsafe { .. }), "{target}: {error}");
    }
}

#[test]
fn of_two_members_with_one_name_the_later_counts() {
    let plain = layer("new");
    let members = Tar::default().file("layer.tar", &layer("old")).file("layer.tar", &plain);
    assert_eq!(content(&opened(&docker(members, &[&plain], &["layer.tar"])).unwrap(), 1), plain);
}

#[test]
fn prefixed_names_are_found() {
    let plain = layer("x");
    let config = config(&[&plain]);
    let tar = Tar::default()
        .link(b'5', "./", "")
        .file("./layers//one.tar", &plain)
        .file(&format!("./{}.json", sha256(&config)), &config)
        .file("./manifest.json", &manifest(&config, &["layers/one.tar"]));
    assert_eq!(content(&opened(&tar.end()).unwrap(), 1), plain);
}

#[test]
fn long_names_of_gnu_and_pax_are_read() {
    let plain = layer("x");
    let long = format!("{}/layer.tar", "folder".repeat(30));
    let gnu = Tar::default().extra(b'L', format!("{long}\0").as_bytes()).file("folderfolder", &plain);
    assert_eq!(content(&opened(&docker(gnu, &[&plain], &[&long])).unwrap(), 1), plain);
    let posix = Tar::default().extra(b'x', &pax("path", &long)).file("short", &plain);
    assert_eq!(content(&opened(&docker(posix, &[&plain], &[&long])).unwrap(), 1), plain);
    let link = Tar::default()
        .file("layer.tar", &plain)
        .extra(b'K', b"./layer.tar\0")
        .link(b'2', "gnu.tar", "cut")
        .extra(b'x', &pax("linkpath", "layer.tar"))
        .link(b'1', "pax.tar", "cut");
    let archive = opened(&docker(link, &[plain.as_slice(); 2], &["gnu.tar", "pax.tar"])).unwrap();
    assert_eq!((content(&archive, 1), content(&archive, 2)), (plain.clone(), plain));
}

#[test]
fn a_size_in_pax_counts_and_one_that_contradicts_the_header_is_refused() {
    let plain = layer("x");
    let size = pax("size", &plain.len().to_string());
    let tar = |stated| Tar::default().extra(b'x', &size).raw(&header("layer.tar", stated, b'0', ""), &plain);
    for stated in [0, plain.len() as u64] {
        assert_eq!(content(&opened(&docker(tar(stated), &[&plain], &["layer.tar"])).unwrap(), 1), plain);
    }
    let error = opened(&docker(tar(512), &[&plain], &["layer.tar"])).unwrap_err();
    assert!(matches!(error, ArchiveError::Unsafe { .. }), "{error}");
}

#[test]
fn a_member_of_more_than_8_gib_is_passed_over_without_reading_it() {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let plain = layer("x");
    let huge = 9_u64 << 30;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tar");
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(&header("huge.tar", huge, b'0', "")).unwrap();
    // A hole: no room on the disk, no time to read.
    file.seek(SeekFrom::Current(huge.cast_signed())).unwrap();
    let rest =
        docker(Tar::default().file("layer.tar", &plain), &[&plain, &plain], &["huge.tar", "layer.tar"]);
    file.write_all(&rest).unwrap();
    drop(file);
    let archive = open(&path).unwrap();
    assert_eq!(only(&archive.images()[0]).layers[0].size, huge);
    assert_eq!(content(&archive, 2), plain);
}

#[test]
fn each_layer_is_known_by_its_own_first_bytes() {
    let (plain, packed) = (layer("one"), gzip(&layer("two")));
    let zstd = zstd(&layer("three"));
    let members = Tar::default().file("1", &plain).file("2", &packed).file("3", &zstd).file("4", b"");
    let bytes = docker(members, &[&plain, &layer("two"), &layer("three"), b""], &["1", "2", "3", "4"]);
    let archive = opened(&bytes).unwrap();
    let layers = &only(&archive.images()[0]).layers;
    let stored: Vec<_> =
        layers.iter().map(|layer| (layer.stored, layer.media_type.rsplit('.').next().unwrap())).collect();
    assert_eq!(
        stored,
        [
            (Compression::Plain, "tar"),
            (Compression::Gzip, "gzip"),
            (Compression::Zstd, "zstd"),
            (Compression::Plain, "tar"),
        ]
    );
    assert_eq!((layers[3].size, content(&archive, 4).len()), (0, 0));
}

#[test]
fn a_file_that_ends_early_says_where() {
    let (one, two) = (layer("one"), layer("two"));
    let config = config(&[&one, &two]);
    let tar = Tar::default()
        .file(&format!("{}.json", sha256(&config)), &config)
        .file("manifest.json", &manifest(&config, &["1", "2"]))
        .file("1", &one)
        .file("2", &two);
    let whole = tar.end();
    let at = whole.len() - 1024 - 700;
    let error = opened(&whole[..at]).unwrap_err();
    assert!(
        matches!(error, ArchiveError::Truncated { at: found, size } if found == at as u64 && size > found),
        "{error}"
    );
    // Cut exactly between two members: the last layer is gone without a trace.
    let error = opened(&whole[..whole.len() - 1024 - 512 - two.len()]).unwrap_err();
    assert!(matches!(error, ArchiveError::Truncated { .. }), "{error}");
    // Only the marks at the end are missing: some tools write none.
    opened(&whole[..whole.len() - 1024]).unwrap();
}

#[test]
fn a_missing_layer_or_configuration_is_named() {
    let plain = layer("x");
    let error = opened(&docker(Tar::default(), &[&plain], &["gone/layer.tar"])).unwrap_err();
    assert!(
        matches!(&error, ArchiveError::MemberMissing { member } if member == "gone/layer.tar"),
        "{error}"
    );
    let error = opened(&Tar::default().file("manifest.json", &manifest(b"{}", &[])).end()).unwrap_err();
    assert!(matches!(&error, ArchiveError::MemberMissing { member } if member.contains(".json")), "{error}");
    let mut oci = Oci::default();
    let image = oci.image("x");
    let lone = Oci::default().end(&[image]);
    let error = opened(&lone).unwrap_err();
    assert!(
        matches!(&error, ArchiveError::MemberMissing { member } if member.starts_with("blobs/sha256/")),
        "{error}"
    );
}

#[test]
fn content_that_does_not_fit_its_digest_is_damaged() {
    let mut oci = Oci::default();
    let mut image = oci.image("x");
    let good = blob_path(&image);
    oci.tar = oci.tar.file(&good, b"{\"schemaVersion\":2}");
    image["size"] = 19.into();
    let error = opened(&oci.end(&[image])).unwrap_err();
    assert!(matches!(&error, ArchiveError::Damaged { member, .. } if *member == good), "{error}");
}

#[test]
fn the_two_lists_of_layers_must_agree() {
    let plain = layer("x");
    let error = opened(&docker(Tar::default().file("1", &plain), &[&plain, &plain], &["1"])).unwrap_err();
    assert!(matches!(error, ArchiveError::Malformed { .. }), "{error}");
}

#[test]
fn nested_and_sparse_indexes_are_read_and_hollow_ones_refused() {
    let mut oci = Oci::default();
    let (one, mut gone) = (oci.image("one"), Oci::default().image("gone"));
    gone["platform"] = serde_json::json!({"os": "linux", "architecture": "arm64", "variant": "v8"});
    let inner = oci.index(&[one, gone.clone()]);
    let outer = oci.index(&[inner]);
    let archive = opened(&oci.clone().end(&[outer])).unwrap();
    assert_eq!(archive.format(), Format::OciArchive);
    let Node::Index(index) = &archive.images()[0].root else { panic!("no index") };
    let Some(Node::Index(inner)) = &index.children[0].node else { panic!("no index inside") };
    assert!(inner.children[0].node.is_some() && inner.children[1].node.is_none());
    let sparse = ImageFinding::SparseIndex {
        present: vec!["linux/amd64".to_owned()],
        missing: vec!["linux/arm64/v8".to_owned()],
    };
    assert!(archive.images()[0].findings.contains(&sparse));

    let hollow = oci.index(&[gone]);
    let error = opened(&oci.end(&[hollow])).unwrap_err();
    assert!(matches!(error, ArchiveError::MemberMissing { .. }), "{error}");
}

#[test]
fn indexes_nested_without_end_are_refused() {
    let mut oci = Oci::default();
    let mut node = oci.image("x");
    for _ in 0..12 {
        node = oci.index(&[node]);
    }
    let error = opened(&oci.end(&[node])).unwrap_err();
    assert!(matches!(error, ArchiveError::Unsafe { .. }), "{error}");
}

#[test]
fn indexes_that_multiply_are_a_bomb() {
    let mut oci = Oci::default();
    let mut node = oci.image("x");
    for _ in 0..7 {
        node = oci.index(&vec![node; 20]);
    }
    let error = opened(&oci.end(&[node])).unwrap_err();
    assert!(matches!(error, ArchiveError::Bomb { .. }), "{error}");
}

#[test]
fn an_empty_layout_gives_way_to_manifest_json() {
    let plain = layer("x");
    let members = |index: &[u8]| Tar::default().file("index.json", index).file("1", &plain);
    for index in [&br#"{"schemaVersion":2,"manifests":null}"#[..], br#"{"manifests":[]}"#, b"{broken"] {
        let archive = opened(&docker(members(index), &[&plain], &["1"])).unwrap();
        assert_eq!(archive.images()[0].names, ["octocat/monalisa:1"]);
    }
    let error = opened(&members(br#"{"manifests":[]}"#).end()).unwrap_err();
    assert!(matches!(&error, ArchiveError::Malformed { member, .. } if member == "index.json"), "{error}");
}

#[test]
fn names_of_both_lists_come_together_without_doubles() {
    let plain = layer("x");
    let mut oci = Oci::default();
    let mut image = oci.image("x");
    let mut again = image.clone();
    image["annotations"] = serde_json::json!({"io.containerd.image.name": "docker.io/octocat/monalisa:1"});
    again["annotations"] = serde_json::json!({"io.containerd.image.name": "ghcr.io/octocat/monalisa:2"});
    let config = sha256(&config(&[&plain]));
    let entry = serde_json::json!([{
        "Config": format!("blobs/sha256/{config}"), "RepoTags": ["octocat/monalisa:1"],
        "Layers": [format!("blobs/sha256/{}", sha256(&plain))],
    }]);
    oci.tar = oci.tar.file("manifest.json", entry.to_string().as_bytes());
    let archive = opened(&oci.end(&[image, again])).unwrap();
    assert_eq!((archive.format(), archive.images().len()), (Format::DockerArchive, 1));
    assert_eq!(archive.images()[0].names, ["octocat/monalisa:1", "ghcr.io/octocat/monalisa:2"]);
    assert!(only(&archive.images()[0]).stored.is_some());
    for selector in ["@0", "octocat/monalisa:1", "docker.io/octocat/monalisa:1", "ghcr.io/octocat/monalisa:2"]
    {
        assert_eq!(archive.select(selector).unwrap().selector, "@0");
    }
    let error = archive.select("@1").unwrap_err();
    assert!(matches!(error, ArchiveError::UnknownImage { .. }), "{error}");
}

#[test]
fn foreign_layers_stay_where_they_are() {
    let mut oci = Oci::default();
    let base = layer("base");
    let config = config(&[&base]);
    let away = Oci::default().blob("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", &gzip(&base));
    let mut foreign = away;
    foreign["urls"] = serde_json::json!(["https://example.com/layer"]);
    let manifest = serde_json::json!({
        "schemaVersion": 2,
        "config": oci.blob("application/vnd.docker.container.image.v1+json", &config),
        "layers": [foreign],
    });
    let image =
        oci.blob("application/vnd.docker.distribution.manifest.v2+json", manifest.to_string().as_bytes());
    let archive = opened(&oci.end(&[image])).unwrap();
    let layer = &only(&archive.images()[0]).layers[0];
    assert!(layer.source.is_none() && layer.declared_size > 0 && layer.urls.len() == 1);
    assert!(archive.images()[0].findings.contains(&ImageFinding::ForeignLayer { number: 1 }));
}

#[test]
fn saved_bytes_stay_the_same_file_until_somebody_changes_it() {
    let plain = layer("x");
    let saved = save(&docker(Tar::default().file("1", &plain), &[&plain], &["1"]));
    let archive = open(&saved.path).unwrap();
    archive.unchanged().unwrap();
    let source = only(&archive.images()[0]).layers[0].source.clone().unwrap();
    let mut reader = source.reader().unwrap();
    std::fs::OpenOptions::new().write(true).open(&saved.path).unwrap().set_len(600).unwrap();
    assert!(matches!(archive.unchanged(), Err(ArchiveError::Changed)));
    let changed =
        |error: std::io::Error| matches!(error.downcast::<ArchiveError>(), Ok(ArchiveError::Changed));
    assert!(source.reader().err().is_some_and(changed));
    assert!(std::io::copy(&mut reader, &mut std::io::sink()).is_err_and(changed));
}

#[test]
fn damage_in_the_layout_is_told_even_where_manifest_json_is_whole() {
    let plain = layer("x");
    let mut oci = Oci::default();
    let image = oci.image("x");
    let blob = blob_path(&image);
    let index = serde_json::json!({"manifests": [image]}).to_string();
    let members = oci.tar.file(&blob, b"{}").file("index.json", index.as_bytes()).file("1", &plain);
    let error = opened(&docker(members, &[&plain], &["1"])).unwrap_err();
    assert!(matches!(error, ArchiveError::Damaged { .. }), "{error}");
}

#[test]
fn what_docker_says_of_a_layer_counts_where_it_fits() {
    let (base, plain, other) = (layer("base"), layer("x"), layer("other"));
    let config = config(&[&base, &plain, &other]);
    let entry = serde_json::json!([{
        "Config": "config.json", "RepoTags": null, "Layers": ["1", "2", "3"],
        "LayerSources": {
            digest(&base): {
                "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                "digest": digest(b"elsewhere"), "size": 77, "urls": ["https://example.com/layer"],
            },
            digest(&plain): {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest(&plain), "size": plain.len()},
            digest(&other): {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest(&other), "size": 1},
        },
    }]);
    let tar =
        Tar::default().file("1", &base).file("2", &plain).file("3", &other).file("config.json", &config);
    let archive = opened(&tar.file("manifest.json", entry.to_string().as_bytes()).end()).unwrap();
    let layers = &only(&archive.images()[0]).layers;
    assert!(layers[0].source.is_none() && layers[0].declared_size == 77 && layers[0].urls.len() == 1);
    assert_eq!(layers[1].digest.as_ref().unwrap().hex(), sha256(&plain));
    assert_eq!(layers[2].digest, None);
    assert!(archive.images()[0].findings.contains(&ImageFinding::NoName));
}
