//! Every image of a file stands by itself: what one lacks, or what is no image at all, takes nothing from the others.

use serde_json::{Value, json};
use slipway_archive::{Archive, ArchiveError, Format, LeftOutKind};
use slipway_image::{Compression, ImageFinding, Node};
use slipway_stage::image::{
    OCI_CONFIG, OCI_GZIP, OCI_LAYER, OCI_MANIFEST, Oci, blob_path, config, descriptor, docker, layer,
};
use slipway_stage::tar::Tar;
use slipway_stage::{digest, gzip, sha256};

use crate::{content, only, opened};

fn named(mut descriptor: Value, name: &str) -> Value {
    descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": name});
    descriptor
}

/// The names of the whole images, and of those that are left out with their kinds.
fn lists(archive: &Archive) -> (Vec<String>, Vec<(LeftOutKind, String)>) {
    let whole = archive.images().iter().flat_map(|image| image.names.clone());
    let left = archive.left_out().iter().map(|left| (left.kind, left.names.join(" ")));
    (whole.collect(), left.collect())
}

/// The example of the OCI image layout specification itself, which readers "MUST NOT" refuse.
#[test]
fn an_entry_of_an_unknown_kind_takes_nothing_from_the_image() {
    let xml = b"<?xml version='1.0'?><component/>";
    for is_there in [true, false] {
        let mut oci = Oci::default();
        let image = named(oci.image("x"), "1");
        let other =
            if is_there { oci.blob("application/xml", xml) } else { descriptor("application/xml", xml) };
        for entries in [[image.clone(), other.clone()], [other, image]] {
            let archive = opened(&oci.clone().end(&entries)).unwrap();
            assert_eq!(lists(&archive), (vec!["1".to_owned()], vec![(LeftOutKind::NoImage, String::new())]));
            let left = &archive.left_out()[0];
            assert!(left.selector.is_none() && left.media_type == "application/xml", "{left:?}");
            // It is no image, so nobody can have meant it.
            assert_eq!(archive.only().unwrap().selector, "@0");
            assert_eq!(content(&archive, 1), layer("x"));
        }
    }
}

#[test]
fn an_index_that_lists_nothing_takes_nothing_from_the_image() {
    let mut oci = Oci::default();
    let (image, empty) = (oci.image("x"), oci.index(&[]));
    let archive = opened(&oci.clone().end(&[empty.clone(), image.clone()])).unwrap();
    assert_eq!(lists(&archive).1, [(LeftOutKind::NoImage, String::new())]);
    assert!(archive.only().is_some());
    // The same one level below.
    let index = oci.index(&[image, empty]);
    let archive = opened(&oci.end(&[index])).unwrap();
    let Node::Index(index) = &archive.images()[0].root else { panic!("no index") };
    assert!(index.children[0].node.is_some() && index.children[1].node.is_none());
}

/// The artifact manifests of 2022 have no config; registries no longer take them.
#[test]
fn a_statement_in_a_form_of_2022_is_told_at_its_image() {
    let mut oci = Oci::default();
    let image = oci.image("x");
    let kind = "application/vnd.oci.artifact.manifest.v1+json";
    let artifact = json!({"mediaType": kind, "artifactType": "application/vnd.example.sbom", "blobs": [], "subject": image});
    let artifact = oci.blob(kind, artifact.to_string().as_bytes());
    let archive = opened(&oci.end(&[image, artifact])).unwrap();
    assert_eq!(archive.left_out().len(), 0);
    let told = |finding: &ImageFinding| matches!(finding, ImageFinding::LeftOut { reason, .. } if reason.contains(kind));
    assert!(archive.only().unwrap().findings.iter().any(told), "{:?}", archive.images()[0].findings);
}

/// An artifact whose empty config stands in its descriptor only.
fn artifact(data: &str, claimed: &[u8]) -> Result<Archive, ArchiveError> {
    let mut oci = Oci::default();
    let mut empty = descriptor("application/vnd.oci.empty.v1+json", claimed);
    empty["data"] = data.into();
    let manifest =
        json!({"mediaType": OCI_MANIFEST, "config": empty, "layers": [oci.blob("text/plain", b"x")]});
    let artifact = oci.blob(OCI_MANIFEST, manifest.to_string().as_bytes());
    opened(&oci.end(&[artifact]))
}

/// containers/image#2279, bootc-dev/ocidir-rs#31.
#[test]
fn a_config_that_stands_in_its_descriptor_is_read_where_it_fits() {
    let archive = artifact("e30=", b"{}").unwrap();
    let mut bytes = Vec::new();
    let source = &only(&archive.images()[0]).config.source;
    std::io::Read::read_to_end(&mut source.reader().unwrap(), &mut bytes).unwrap();
    assert_eq!(bytes, b"{}");
    for (data, claimed) in [("e30=", &b"[]"[..]), ("e30", b"{}"), ("", b"{}"), ("e30gIA==", b"{}")] {
        let error = artifact(data, claimed).unwrap_err();
        assert!(matches!(error, ArchiveError::MemberMissing { .. }), "{data}: {error}");
    }
}

#[test]
fn whatever_stands_in_its_descriptor_is_read() {
    let plain = layer("x");
    let inline = |media_type: &str, content: &[u8]| {
        let mut inline = descriptor(media_type, content);
        inline["data"] = base64(content).into();
        inline
    };
    let manifest = json!({
        "mediaType": OCI_MANIFEST, "config": inline(OCI_CONFIG, &config(&[&plain])), "layers": [inline(OCI_LAYER, &plain)],
    });
    let image = inline(OCI_MANIFEST, manifest.to_string().as_bytes());
    assert_eq!(content(&opened(&Oci::default().end(&[image])).unwrap(), 1), plain);
}

fn base64(content: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in content.chunks(3) {
        let bits = chunk.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

/// An image of which something is wrong, beside a whole one.
fn with_broken(broken: impl Fn(&mut Oci) -> Value) -> Archive {
    let mut oci = Oci::default();
    let broken = named(broken(&mut oci), "broken");
    let good = named(oci.image("good"), "good");
    opened(&oci.end(&[broken, good])).unwrap()
}

#[test]
fn an_image_that_lacks_something_says_so_and_the_other_one_goes() {
    type Broken = fn(&mut Oci) -> Value;
    let lacks: [(&str, Broken); 5] = [
        ("is missing", |oci| {
            let away = descriptor(OCI_LAYER, &layer("away"));
            oci.manifest(&config(&[&layer("away")]), vec![away])
        }),
        ("says 7", |oci| oci.image_with(OCI_LAYER, &layer("x"), &json!({"size": 7}))),
        ("is damaged", |oci| {
            let image = oci.image("x");
            oci.member(&blob_path(&image), b"{}");
            image
        }),
        ("is not understood", |oci| oci.blob(OCI_MANIFEST, b"{}")),
        ("has no size", |oci| {
            let mut image = oci.image("x");
            image.as_object_mut().unwrap().remove("size");
            image
        }),
    ];
    for (word, broken) in lacks {
        let archive = with_broken(broken);
        let incomplete = vec![(LeftOutKind::Incomplete, "broken".to_owned())];
        assert_eq!(lists(&archive), (vec!["good".to_owned()], incomplete), "{word}");
        assert!(archive.left_out()[0].reason.to_string().contains(word), "{}", archive.left_out()[0].reason);
        assert_eq!(content(&archive, 1), layer("good"));
        // It may be the one that was meant.
        assert!(archive.only().is_none());
        // A script that asks for @1 gets the same image, whatever became of @0.
        assert_eq!(archive.select("@1").unwrap().names, ["good"]);
        for selector in ["@0", "broken"] {
            let error = archive.select(selector).unwrap_err();
            assert!(
                matches!(&error, ArchiveError::Incomplete { reason, .. } if reason.contains(word)),
                "{error}"
            );
        }
    }
}

#[test]
fn an_image_that_the_file_lists_and_does_not_hold_leaves_no_doubt_which_is_meant() {
    let away = descriptor(OCI_MANIFEST, b"elsewhere");
    let archive = with_broken(|_| away.clone());
    assert_eq!(lists(&archive).1, [(LeftOutKind::Absent, "broken".to_owned())]);
    assert_eq!(archive.only().unwrap().names, ["good"]);
}

/// `docker save` of one platform keeps the manifests of the others, not their layers.
#[test]
fn a_platform_without_its_layers_stays_behind_and_damage_does_not() {
    let mut oci = Oci::default();
    let mut here = oci.image("here");
    here["platform"] = json!({"os": "linux", "architecture": "amd64"});
    let mut away = oci.manifest(&config(&[&layer("away")]), vec![descriptor(OCI_LAYER, &layer("away"))]);
    away["platform"] = json!({"os": "linux", "architecture": "arm64"});
    let index = oci.index(&[here.clone(), away.clone()]);
    let archive = opened(&oci.clone().end(&[index])).unwrap();
    let findings = &archive.only().unwrap().findings;
    let missing = |finding: &ImageFinding| matches!(finding, ImageFinding::SparseIndex { missing, .. } if *missing == ["linux/arm64"]);
    let why = |finding: &ImageFinding| matches!(finding, ImageFinding::LeftOut { what, reason } if what == "linux/arm64" && reason.contains("is missing"));
    assert!(findings.iter().any(missing) && findings.iter().any(why), "{findings:?}");

    let hollow = oci.index(&[away]);
    let error = opened(&oci.clone().end(&[hollow])).unwrap_err();
    let layer = format!("blobs/sha256/{}", sha256(&layer("away")));
    assert!(matches!(&error, ArchiveError::MemberMissing { member } if *member == layer), "{error}");

    let mut damaged = oci.image("damaged");
    oci.member(&blob_path(&damaged), b"{}");
    damaged["platform"] = json!({"os": "linux", "architecture": "arm64"});
    let index = oci.index(&[here, damaged]);
    let error = opened(&oci.end(&[index])).unwrap_err();
    assert!(matches!(error, ArchiveError::Damaged { .. }), "{error}");
}

/// Two images of `docker save`, the first of which names a layer that is not there.
fn two_saved() -> Tar {
    let plain = layer("x");
    let entries = json!([
        {"Config": "a.json", "RepoTags": ["a:1"], "Layers": ["gone"]},
        {"Config": "b.json", "RepoTags": ["b:1"], "Layers": ["1"]},
        {"RepoTags": ["c:1"]},
    ]);
    let config = config(&[&plain]);
    let tar = Tar::default().file("1", &plain).file("a.json", &config).file("b.json", &config);
    tar.file("manifest.json", entries.to_string().as_bytes())
}

#[test]
fn each_image_of_docker_save_stands_by_itself() {
    let archive = opened(&two_saved().end()).unwrap();
    let incomplete = ["a:1", "c:1"].map(|name| (LeftOutKind::Incomplete, name.to_owned()));
    assert_eq!(lists(&archive), (vec!["b:1".to_owned()], incomplete.to_vec()));
    assert_eq!(archive.select("b").unwrap_err().to_string(), "the file holds no image b; it holds b:1");
    assert_eq!(archive.select("b:1").unwrap().selector, "@1");
    assert!(matches!(archive.select("@0"), Err(ArchiveError::Incomplete { .. })));
    // A file that lost its end lost what is missing with it: no image of it is trusted.
    let cut = two_saved().0;
    assert!(matches!(opened(&cut), Err(ArchiveError::Truncated { .. })));
}

#[test]
fn an_image_that_both_lists_lack_is_told_once() {
    let mut oci = Oci::default();
    let away = layer("away");
    let broken = named(oci.manifest(&config(&[&away]), vec![descriptor(OCI_LAYER, &away)]), "a:1");
    let good = named(oci.image("x"), "b:1");
    let entry = |name: &str, plain: &[u8]| {
        json!({
            "Config": format!("blobs/sha256/{}", sha256(&config(&[plain]))), "RepoTags": [name],
            "Layers": [format!("blobs/sha256/{}", sha256(plain))],
        })
    };
    let list = json!([entry("a:1", &away), entry("b:1", &layer("x"))]).to_string();
    oci.member("manifest.json", list.as_bytes());
    let archive = opened(&oci.end(&[broken, good])).unwrap();
    assert_eq!(archive.format(), Format::DockerArchive);
    assert_eq!(lists(&archive), (vec!["b:1".to_owned()], vec![(LeftOutKind::Incomplete, "a:1".to_owned())]));
}

/// One list has nothing of an image, the other has a part: it may well be the one that was meant.
#[test]
fn an_image_that_only_one_list_knows_in_part_is_not_passed_over_for_another() {
    let mut oci = Oci::default();
    let away = layer("away");
    let gone = named(descriptor(OCI_MANIFEST, b"a manifest that is not in the file"), "a:1");
    let good = named(oci.image("x"), "b:1");
    let kept = oci.blob(OCI_CONFIG, &config(&[&away]));
    let entry = json!([{
        "Config": format!("blobs/sha256/{}", kept["digest"].as_str().unwrap().trim_start_matches("sha256:")),
        "RepoTags": ["a:1"], "Layers": [format!("blobs/sha256/{}", sha256(&away))],
    }]);
    oci.member("manifest.json", entry.to_string().as_bytes());
    let archive = opened(&oci.end(&[gone, good])).unwrap();
    assert_eq!(lists(&archive), (vec!["b:1".to_owned()], vec![(LeftOutKind::Incomplete, "a:1".to_owned())]));
    assert!(archive.only().is_none());
}

/// `manifest.json` is whole where the layout beside it is damaged: the image was listed as one that can be published and
/// as one that cannot.
#[test]
fn an_image_that_one_list_has_whole_is_listed_once() {
    let mut oci = Oci::default();
    let plain = layer("restored");
    let damaged = named(oci.image_with(OCI_LAYER, &plain, &json!({})), "a:1");
    let good = named(oci.image("x"), "b:1");
    oci.member(&blob_path(&damaged), b"{}");
    let entry = |name: &str, plain: &[u8]| {
        json!({
            "Config": format!("blobs/sha256/{}", sha256(&config(&[plain]))), "RepoTags": [name],
            "Layers": [format!("blobs/sha256/{}", sha256(plain))],
        })
    };
    let list = json!([entry("a:1", &plain), entry("b:1", &layer("x"))]).to_string();
    oci.member("manifest.json", list.as_bytes());
    let archive = opened(&oci.end(&[damaged, good])).unwrap();
    assert_eq!(lists(&archive), (vec!["a:1".to_owned(), "b:1".to_owned()], Vec::new()));
    assert_eq!(content(&archive, 1), plain);
    let told = |finding: &ImageFinding| matches!(finding, ImageFinding::LeftOut { what, reason } if what == "index.json" && reason.contains("is damaged"));
    assert!(archive.select("@0").unwrap().findings.iter().any(told));
}

/// What Docker and Podman load: neither looks at the name of a config.
#[test]
fn a_config_that_was_changed_under_its_old_name_is_read_with_a_finding() {
    let plain = layer("x");
    let changed = String::from_utf8(config(&[&plain])).unwrap().replace("amd64", "arm64");
    let name = format!("{}.json", sha256(&config(&[&plain])));
    let entry = |name: &str| json!([{"Config": name, "Layers": ["1"]}]).to_string();
    let tar = |name: &str| {
        let tar = Tar::default().file("1", &plain).file(name, changed.as_bytes());
        opened(&tar.file("manifest.json", entry(name).as_bytes()).end())
    };
    let archive = tar(&name).unwrap();
    let image = &archive.images()[0];
    assert_eq!(only(image).config.digest.as_ref().unwrap().to_string(), digest(changed.as_bytes()));
    assert!(image.findings.contains(&ImageFinding::ConfigName { member: name }), "{:?}", image.findings);
    // In a layout's store the name is what finds the content.
    let error = tar(&format!("blobs/sha256/{}", sha256(&config(&[&plain])))).unwrap_err();
    assert!(matches!(error, ArchiveError::Damaged { .. }), "{error}");
}

#[test]
fn a_layer_is_what_its_bytes_are_and_a_type_that_says_otherwise_is_told() {
    let (plain, packed) = (layer("x"), gzip(&layer("x")));
    for (media_type, bytes, stored, told) in [
        (OCI_LAYER, &packed, Compression::Gzip, true),
        (OCI_GZIP, &plain, Compression::Plain, true),
        (OCI_LAYER, &plain, Compression::Plain, false),
        (OCI_GZIP, &packed, Compression::Gzip, false),
    ] {
        let mut oci = Oci::default();
        let image = oci.image_with(media_type, bytes, &json!({}));
        let archive = opened(&oci.end(&[image])).unwrap();
        let image = &archive.images()[0];
        assert_eq!(only(image).layers[0].stored, stored);
        let finding = ImageFinding::LayerType { number: 1, media_type: media_type.to_owned(), stored };
        assert_eq!(image.findings.contains(&finding), told, "{media_type}");
    }
}

/// Two images lack the same layer, and each is told by its own name.
#[test]
fn two_images_that_lack_the_same_are_told_apart() {
    let entry =
        |name: &str| json!({"Config": format!("{name}.json"), "RepoTags": [name], "Layers": ["gone"]});
    let entries =
        json!([entry("a"), entry("b"), {"Config": "good.json", "RepoTags": ["good"], "Layers": []}]);
    let mut oci = Oci::default();
    let image = oci.image("x");
    for name in ["a.json", "b.json"] {
        oci.member(name, &config(&[name.as_bytes()]));
    }
    oci.member("good.json", &config(&[]));
    oci.member("manifest.json", entries.to_string().as_bytes());
    let incomplete = ["a", "b"].map(|name| (LeftOutKind::Incomplete, name.to_owned()));
    assert_eq!(lists(&opened(&oci.end(&[image])).unwrap()), (vec!["good".to_owned()], incomplete.to_vec()));
}

#[test]
fn tens_of_thousands_of_entries_are_looked_through_in_no_time() {
    let mut oci = Oci::default();
    let image = oci.image("x");
    let entries = (0..20_000).map(|number: u32| descriptor(OCI_MANIFEST, &number.to_le_bytes()));
    let listed: Vec<_> =
        (0..20_000).map(|number| json!({"Config": number.to_string(), "Layers": []})).collect();
    oci.member("manifest.json", Value::from(listed).to_string().as_bytes());
    let archive = opened(&oci.end(&entries.chain([image]).collect::<Vec<_>>())).unwrap();
    assert_eq!((archive.left_out().len(), archive.images()[0].selector.as_str()), (40_000, "@20000"));
}

/// Somebody packed the folder of an image rather than what is in it.
#[test]
fn an_image_in_a_folder_of_the_file_is_read() {
    let plain = layer("x");
    let config = config(&[&plain]);
    let list = json!([{"Config": "c.json", "Layers": ["a/layer.tar", "b/layer.tar"]}]).to_string();
    for folder in ["image", "./deep/down/image"] {
        let at = |name: &str| format!("{folder}/{name}");
        let tar = Tar::default()
            .link(b'5', &at(""), "")
            .file("._image", b"beside the folder by macOS")
            .file(&at("a/layer.tar"), &plain)
            .link(b'2', &at("b/layer.tar"), "../a/layer.tar")
            .file(&at("c.json"), &slipway_stage::image::config(&[&plain, &plain]))
            .file(&at("manifest.json"), list.as_bytes());
        let archive = opened(&tar.end()).unwrap();
        assert_eq!((content(&archive, 1), content(&archive, 2)), (plain.clone(), plain.clone()));
        let folder = folder.trim_start_matches("./").to_owned();
        assert!(archive.images()[0].findings.contains(&ImageFinding::TopFolder { folder }));
    }
    // A second thing beside the folder: then nobody knows which is meant.
    let tar = Tar::default().file("readme", b"").file("image/c.json", &config);
    let error = opened(&tar.file("image/manifest.json", list.as_bytes()).end()).unwrap_err();
    assert!(matches!(error, ArchiveError::NotImage { .. }), "{error}");
    // Names do not lead out of the folder either.
    let list = json!([{"Config": "../c.json", "Layers": []}]).to_string();
    let tar = Tar::default().file("image/c.json", &config).file("image/manifest.json", list.as_bytes());
    assert!(matches!(opened(&tar.end()), Err(ArchiveError::Unsafe { .. })));
    assert!(
        content(&opened(&docker(Tar::default().file("1", &plain), &[&plain], &["1"])).unwrap(), 1) == plain
    );
}
