//! Large, long and boundless things: read where they are only unusual, refused where they are meant to hurt.

use slipway_archive::ArchiveError;
use slipway_stage::image::{OCI_MANIFEST, Oci, config, docker, layer, manifest};
use slipway_stage::tar::{Tar, header, pax, seal};
use slipway_stage::{gzip, xz, zstd};

use crate::{annotated, content, only, open, opened};

#[test]
fn a_hundred_thousand_members_are_walked() {
    let plain = layer("x");
    let mut members = Tar::default();
    for number in 0..100_000 {
        members = members.link(b'5', &format!("folder/{number}/"), "");
    }
    let archive = opened(&docker(members.file("1", &plain), &[&plain], &["1"])).unwrap();
    assert_eq!(content(&archive, 1), plain);
}

#[test]
fn a_record_that_makes_every_name_long_is_a_bomb() {
    // A header of half a MiB, once, and 200 members that would each keep a copy.
    let mut tar = Tar::default().extra(b'g', &pax("linkpath", &"n".repeat(500_000)));
    for number in 0..200 {
        tar = tar.link(b'2', &number.to_string(), "short");
    }
    let error = opened(&docker(tar, &[], &[])).unwrap_err();
    assert!(matches!(error, ArchiveError::Bomb { .. }), "{error}");
}

#[test]
fn a_long_name_for_all_members_costs_no_time_where_none_is_kept() {
    // Each name would lead out of the file, so nothing of it would be kept; looking at it is what takes the time.
    let climbs = format!("{}{}..", "a/".repeat(260_000), "../".repeat(170_000));
    let mut tar = Tar::default().extra(b'g', &pax("path", &climbs));
    for number in 0..2000 {
        tar = tar.link(b'5', &number.to_string(), "");
    }
    let error = opened(&tar.end()).unwrap_err();
    assert!(matches!(&error, ArchiveError::Bomb { member } if member == "a tar header"), "{error}");
    // One of its own for each is as long as the file is; and so is what is looked at, up to a bound.
    let mut tar = Tar::default();
    for number in 0..100 {
        tar = tar.extra(b'x', &pax("path", &climbs)).link(b'5', &number.to_string(), "");
    }
    let error = opened(&tar.end()).unwrap_err();
    assert!(matches!(&error, ArchiveError::Bomb { member } if member == "the list of members"), "{error}");
}

#[test]
fn links_of_long_names_are_not_followed_for_ever() {
    // Forty links in a row, each with a name of 4,000 bytes, and thousands that go along them.
    let name = |number: usize| format!("{number:04}{}", "n".repeat(3996));
    let mut tar = Tar::default().file("target", b"");
    for number in 0..38 {
        let target = if number == 37 { "target".to_owned() } else { name(number + 1) };
        tar = tar.extra(b'x', &[pax("path", &name(number)), pax("linkpath", &target)].concat());
        tar = tar.link(b'2', "short", "short");
    }
    let names = (0..2000).map(|number| format!("start{number}"));
    let first = name(0);
    for start in names.clone() {
        tar = tar.extra(b'x', &pax("linkpath", &first)).link(b'2', &start, "short");
    }
    let plain = config(&[]);
    let list =
        serde_json::json!([{"Config": "config.json", "Layers": names.collect::<Vec<_>>()}]).to_string();
    let tar = tar.file("config.json", &plain).file("manifest.json", list.as_bytes());
    let error = opened(&tar.end()).unwrap_err();
    assert!(matches!(&error, ArchiveError::Bomb { member } if member == "the list of links"), "{error}");
}

#[test]
fn a_walk_over_headers_can_be_left() {
    let mut tar = Tar::default();
    for number in 0..5000 {
        tar = tar.link(b'5', &number.to_string(), "");
    }
    let plain = layer("x");
    let saved = crate::save(&docker(tar.file("1", &plain), &[&plain], &["1"]));
    let cancelled = Some(std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true)));
    let options = slipway_archive::OpenOptions { cancelled, ..Default::default() };
    let left = slipway_archive::Archive::open(&saved.path, &options);
    assert!(matches!(left, Err(ArchiveError::Cancelled)), "{left:?}");
}

#[test]
fn a_configuration_of_gigabytes_is_refused_without_reading_it() {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let claim = 5_u64 << 30;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tar");
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(&header("config.json", claim, b'0', "")).unwrap();
    file.seek(SeekFrom::Current(claim.cast_signed())).unwrap();
    let list = br#"[{"Config": "config.json", "Layers": []}]"#;
    file.write_all(&Tar::default().file("manifest.json", list).end()).unwrap();
    drop(file);
    let error = open(&path).unwrap_err();
    assert!(matches!(&error, ArchiveError::Malformed { member, .. } if member == "config.json"), "{error}");
}

/// An archive of `docker save` that names one configuration so many times.
fn named_again(config: &[u8], times: usize) -> Vec<u8> {
    let entries = vec![serde_json::json!({"Config": "config.json", "Layers": []}); times];
    let list = serde_json::Value::Array(entries).to_string();
    Tar::default().file("config.json", config).file("manifest.json", list.as_bytes()).end()
}

#[test]
fn one_configuration_named_again_and_again_is_kept_once() {
    let mut large = config(&[]);
    large.resize(3 << 20, b' ');
    let archive = opened(&named_again(&large, 100)).unwrap();
    assert_eq!(archive.images().len(), 100);
    assert!(archive.kept() < 4 << 20, "{} bytes are kept", archive.kept());
    let mut first = None;
    for image in archive.images() {
        let config = std::sync::Arc::as_ptr(&only(image).config_json);
        assert_eq!(*first.get_or_insert(config), config);
    }
}

#[test]
fn what_is_more_than_a_file_may_keep_is_left_out_by_its_name() {
    let large = |note: &str| {
        let mut large = config(&[]);
        large.resize(3 << 20, b' ');
        [&large[..], note.as_bytes()].concat()
    };
    let (mut tar, mut entries) = (Tar::default(), Vec::new());
    for number in 0..4 {
        let name = format!("{number}.json");
        tar = tar.file(&name, &large(&" ".repeat(number)));
        entries.push(serde_json::json!({"Config": name, "Layers": []}));
    }
    let list = serde_json::Value::Array(entries).to_string();
    let archive = opened(&tar.file("manifest.json", list.as_bytes()).end()).unwrap();
    assert_eq!((archive.images().len(), archive.left_out().len()), (2, 2));
    assert!(archive.left_out()[0].reason.to_string().starts_with("2.json is left out"));
    assert!(archive.kept() <= 8 << 20);
}

#[test]
fn a_configuration_of_a_million_steps_is_refused_by_its_name() {
    let steps = format!("{{\"history\": [{}{{}}]}}", "{},".repeat(1_000_000));
    let error = opened(&named_again(steps.as_bytes(), 31)).unwrap_err();
    assert!(matches!(&error, ArchiveError::TooMuch { member } if member == "config.json"), "{error}");
}

#[test]
fn one_manifest_of_many_places_is_kept_once() {
    let archive = opened(&annotated(60_000, 300)).unwrap();
    let slipway_image::Node::Index(index) = &archive.images()[0].root else { panic!("no index") };
    assert_eq!(index.children.len(), 300);
    let layers = index.children.iter().map(|child| match &child.node {
        Some(slipway_image::Node::Manifest(manifest)) => std::sync::Arc::as_ptr(&manifest.layers),
        _ => panic!("no manifest"),
    });
    assert_eq!(layers.collect::<std::collections::HashSet<_>>().len(), 1);
    assert!(archive.kept() < 2 << 20, "{} bytes are kept", archive.kept());
}

#[test]
fn one_layer_named_again_and_again_is_a_bomb() {
    let plain = config(&[]);
    let entry = serde_json::json!([{"Config": "config.json", "Layers": vec!["1"; 200_000]}]).to_string();
    let tar = Tar::default().file("1", b"").file("config.json", &plain);
    let error = opened(&tar.file("manifest.json", entry.as_bytes()).end()).unwrap_err();
    assert!(matches!(error, ArchiveError::Bomb { .. }), "{error}");
}

#[test]
fn annotations_of_megabytes_are_kept_and_more_than_registries_take_is_refused() {
    let image = |length: usize| {
        let mut oci = Oci::default();
        let plain = layer("x");
        let manifest = serde_json::json!({
            "config": oci.blob("application/vnd.oci.image.config.v1+json", &config(&[&plain])),
            "layers": [oci.blob("application/vnd.oci.image.layer.v1.tar", &plain)],
            "annotations": {"long": "a".repeat(length)},
        });
        let image = oci.blob(OCI_MANIFEST, manifest.to_string().as_bytes());
        opened(&oci.end(&[image]))
    };
    image(3_900_000).unwrap();
    let error = image(4_300_000).unwrap_err();
    assert!(matches!(&error, ArchiveError::Malformed { reason, .. } if reason.contains("4 MiB")), "{error}");
}

#[test]
fn a_layer_that_would_unpack_to_too_much_is_not_unpacked_here() {
    let bomb = gzip(&vec![0; 32 << 20]);
    let archive = opened(&docker(Tar::default().file("1", &bomb), &[&layer("x")], &["1"])).unwrap();
    assert_eq!(content(&archive, 1).len(), bomb.len());
}

#[test]
fn an_xz_file_cannot_ask_for_gigabytes_of_memory() {
    let plain = layer("x");
    let mut bytes = xz(&docker(Tar::default().file("1", &plain), &[&plain], &["1"]));
    opened(&bytes).unwrap();
    // The block's header: its length, flags, LZMA2 with one property, the size of the dictionary.
    let length = (usize::from(bytes[12]) + 1) * 4;
    assert_eq!(bytes[14..16], [0x21, 1]);
    bytes[16] = 40;
    let mut sum = flate2::Crc::new();
    sum.update(&bytes[12..12 + length - 4]);
    bytes[12 + length - 4..12 + length].copy_from_slice(&sum.sum().to_le_bytes());
    let error = opened(&bytes).unwrap_err();
    assert!(matches!(error, ArchiveError::Malformed { .. }), "{error}");
}

#[test]
fn names_that_are_no_text_and_names_of_windows_do_no_harm() {
    let plain = layer("x");
    let mut odd = header("odd", 0, b'0', "");
    odd[..4].copy_from_slice(&[0xff, 0xfe, b'/', 0xc3]);
    seal(&mut odd);
    let members = Tar::default().raw(&odd, b"").file("folder\\layer.tar", &plain);
    for name in ["folder\\layer.tar", "folder/layer.tar", ".\\folder\\layer.tar"] {
        let archive = opened(&docker(members.clone(), &[&plain], &[name])).unwrap();
        assert_eq!(content(&archive, 1), plain, "{name}");
    }
}

#[test]
fn what_comes_behind_the_end_is_left_alone() {
    let plain = layer("x");
    let whole = docker(Tar::default().file("1", &plain), &[&plain], &["1"]);
    let behind = [&whole[..], &[0; 9000][..], b"garbage of any length"].concat();
    assert_eq!(content(&opened(&behind).unwrap(), 1), plain);
    // `gzip` and Docker pass over what follows the last member.
    for garbage in [&[0; 700][..], b"garbage"] {
        let packed = [&gzip(&whole)[..], garbage].concat();
        assert_eq!(content(&opened(&packed).unwrap(), 1), plain);
    }
    // A checksum that does not fit is damage all the same.
    let mut packed = gzip(&whole);
    let sum = packed.len() - 8;
    packed[sum] ^= 1;
    assert!(matches!(opened(&packed), Err(ArchiveError::Malformed { .. })));
}

#[test]
fn a_seekable_zstd_file_is_read() {
    let plain = layer("x");
    let whole = docker(Tar::default().file("1", &plain), &[&plain], &["1"]);
    let (front, back) = whole.split_at(1000);
    let skip = |content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        [&[0x5e, 0x2a, 0x4d, 0x18], &length[..], content].concat()
    };
    let file = [skip(b"a head"), zstd(front), zstd(back), skip(b"a table for seeking")].concat();
    assert_eq!(content(&opened(&file).unwrap(), 1), plain);
}

#[test]
fn records_for_all_members_and_records_taken_back_are_read() {
    let plain = layer("x");
    let members = Tar::default()
        .extra(b'g', &pax("comment", "0123456789abcdef"))
        .extra(b'x', &[pax("path", "wrong"), pax("path", "")].concat())
        .file("1", &plain);
    assert_eq!(content(&opened(&docker(members, &[&plain], &["1"])).unwrap(), 1), plain);
    let list = manifest(&config(&[&plain]), &["1"]);
    let sized = Tar::default().extra(b'g', &pax("size", "0")).file("manifest.json", &list).end();
    assert!(matches!(opened(&sized), Err(ArchiveError::Unsafe { .. })));
}

#[test]
fn targets_that_are_no_images_are_refused_by_name() {
    for (media_type, content) in [
        ("text/plain", &b"hello"[..]),
        ("application/vnd.oci.image.config.v1+json", &config(&[])),
        ("", b"[]"),
    ] {
        let mut oci = Oci::default();
        let target = oci.blob(media_type, content);
        let error = opened(&oci.end(&[target])).unwrap_err();
        assert!(
            matches!(&error, ArchiveError::Malformed { member, .. } if member.starts_with("blobs/sha256/")),
            "{media_type}: {error}"
        );
    }
    let mut oci = Oci::default();
    let empty = oci.index(&[]);
    assert!(matches!(opened(&oci.end(&[empty])), Err(ArchiveError::Malformed { .. })));
}

#[test]
fn an_empty_file_is_empty_however_it_is_packed() {
    assert!(matches!(opened(&gzip(b"")), Err(ArchiveError::Empty { .. })));
    assert!(matches!(opened(b"PK\x07\x08PK\x03\x04"), Err(ArchiveError::Zip { .. })));
}
