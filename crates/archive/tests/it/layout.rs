//! What we write opens again, here as with other tools.

use slipway_archive::{ArchiveError, Format, ImageFinding, Node, Target, WriteImage, Writer};
use slipway_reference::Digest;
use slipway_stage::gzip;
use slipway_stage::image::{OCI_CONFIG, OCI_GZIP, OCI_INDEX, OCI_MANIFEST, config, descriptor, layer};

use crate::{content, only, opened};

struct Sample {
    blobs: Vec<(Digest, Vec<u8>)>,
    image: WriteImage,
}

fn digest(bytes: &[u8]) -> Digest {
    slipway_stage::digest(bytes).parse().unwrap()
}

fn sample(names: &[&str]) -> Sample {
    let (plain, config) = (layer("x"), config(&[&layer("x")]));
    let packed = gzip(&plain);
    let manifest = serde_json::json!({
        "schemaVersion": 2, "mediaType": OCI_MANIFEST,
        "config": descriptor(OCI_CONFIG, &config),
        "layers": [descriptor(OCI_GZIP, &packed)],
    });
    let raw = manifest.to_string().into_bytes();
    Sample {
        blobs: vec![(digest(&config), config), (digest(&packed), packed)],
        image: WriteImage {
            names: names.iter().map(ToString::to_string).collect(),
            media_type: OCI_MANIFEST.to_owned(),
            digest: digest(&raw),
            raw,
        },
    }
}

fn write(sample: &Sample, target: Target) -> Result<Vec<u8>, ArchiveError> {
    let mut writer = Writer::new(Vec::new(), target);
    for (digest, bytes) in sample.blobs.iter().chain(&sample.blobs[..1]) {
        writer.blob(digest, bytes.len() as u64, &mut &bytes[..])?;
    }
    writer.finish(std::slice::from_ref(&sample.image))
}

#[test]
fn what_is_written_opens_again_with_the_same_digests() {
    let sample = sample(&["ghcr.io/octocat/monalisa:1", "ghcr.io/octocat/monalisa:latest"]);
    for (target, format) in
        [(Target::DockerArchive, Format::DockerArchive), (Target::OciArchive, Format::OciArchive)]
    {
        let bytes = write(&sample, target).unwrap();
        assert_eq!(bytes, write(&sample, target).unwrap(), "the same image gives the same bytes");
        let archive = opened(&bytes).unwrap();
        assert_eq!((archive.format(), archive.images().len()), (format, 1));
        let image = &archive.images()[0];
        assert_eq!(image.names, sample.image.names);
        let stored = only(image).stored.as_ref().unwrap();
        assert_eq!((&stored.digest, &stored.raw[..]), (&sample.image.digest, &sample.image.raw[..]));
        assert_eq!(content(&archive, 1), sample.blobs[1].1);
    }
}

#[test]
fn docker_load_finds_its_entry_with_tags_it_takes() {
    let digest = format!("ghcr.io/octocat/monalisa@sha256:{}", "0".repeat(64));
    let bytes = write(&sample(&["ghcr.io/octocat/monalisa", &digest]), Target::DockerArchive).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains(r#""RepoTags":["ghcr.io/octocat/monalisa:latest"]"#));
    assert!(
        !String::from_utf8_lossy(&write(&sample(&[]), Target::OciArchive).unwrap()).contains("manifest.json")
    );
}

#[test]
fn content_that_is_not_what_it_should_be_is_not_written_as_if_it_were() {
    let bytes = b"content";
    let blob = |digest: &Digest, size: u64| {
        Writer::new(Vec::new(), Target::OciArchive).blob(digest, size, &mut &bytes[..])
    };
    blob(&digest(bytes), 7).unwrap();
    assert!(matches!(blob(&digest(b"other"), 7), Err(ArchiveError::Damaged { .. })));
    assert!(matches!(blob(&digest(bytes), 8), Err(ArchiveError::Malformed { .. })));
    assert!(matches!(blob(&digest(bytes), 6), Err(ArchiveError::Malformed { .. })));
    let mut incomplete = sample(&["a:1"]);
    incomplete.blobs.pop();
    assert!(matches!(write(&incomplete, Target::DockerArchive), Err(ArchiveError::MemberMissing { .. })));
}

#[test]
fn the_reading_sides_error_comes_back_as_it_was() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the line is dead"))
        }
    }
    let error = Writer::new(Vec::new(), Target::OciArchive).blob(&digest(b"x"), 1, &mut Broken).unwrap_err();
    assert!(matches!(error, ArchiveError::Write { source } if source.to_string() == "the line is dead"));
}

#[test]
fn an_index_goes_into_an_oci_archive_only() {
    let sample = sample(&[]);
    let child = serde_json::json!({
        "mediaType": OCI_MANIFEST, "digest": sample.image.digest.to_string(), "size": sample.image.raw.len(),
        "platform": {"os": "linux", "architecture": "amd64"},
    });
    let index = serde_json::json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [child]});
    let raw = index.to_string().into_bytes();
    let root = WriteImage { names: vec![], media_type: OCI_INDEX.to_owned(), digest: digest(&raw), raw };
    let write = |target| {
        let mut writer = Writer::new(Vec::new(), target);
        for (digest, bytes) in &sample.blobs {
            writer.blob(digest, bytes.len() as u64, &mut &bytes[..]).unwrap();
        }
        let raw = &sample.image.raw;
        writer.blob(&sample.image.digest, raw.len() as u64, &mut &raw[..]).unwrap();
        writer.finish(std::slice::from_ref(&root))
    };
    let archive = opened(&write(Target::OciArchive).unwrap()).unwrap();
    assert!(matches!(&archive.images()[0].root, Node::Index(index) if index.stored.digest == root.digest));
    assert!(archive.images()[0].findings.contains(&ImageFinding::NoName));
    assert!(matches!(write(Target::DockerArchive), Err(ArchiveError::Malformed { .. })));
}

#[test]
fn long_digests_get_long_names() {
    use sha2::Digest as _;
    let digest = Digest::sha512(&sha2::Sha512::digest(b"x").into());
    let mut writer = Writer::new(Vec::new(), Target::OciArchive);
    writer.blob(&digest, 1, &mut &b"x"[..]).unwrap();
    let text = String::from_utf8_lossy(&writer.finish(&[]).unwrap()).into_owned();
    assert!(text.contains(&format!("path=blobs/sha512/{}\n", digest.hex())));
}
