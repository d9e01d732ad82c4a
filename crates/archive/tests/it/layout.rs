//! What is laid out opens again, here as with other tools.

use slipway_archive::{ArchiveError, Beside, Format, Layout, Target, WriteImage};
use slipway_image::{ImageFinding, Node, Stored};
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
            loaded: None,
            beside: Vec::new(),
        },
    }
}

/// The file, written in sequence.
fn write(target: Target, blobs: &[(Digest, Vec<u8>)], image: &WriteImage) -> Result<Vec<u8>, ArchiveError> {
    let named = blobs.iter().chain(blobs.first()).map(|(digest, bytes)| (digest.clone(), bytes.len() as u64));
    let layout = Layout::new(target, named, std::slice::from_ref(image))?;
    let mut file = Vec::new();
    for (member, (_, bytes)) in layout.members().iter().zip(blobs) {
        file.extend(member.header());
        assert_eq!(file.len() as u64, member.offset);
        file.extend(bytes);
        file.extend(member.padding());
    }
    let (at, end) = layout.end();
    assert_eq!(at, file.len() as u64);
    file.extend(end);
    assert_eq!(layout.size(), file.len() as u64);
    Ok(file)
}

#[test]
fn what_is_written_opens_again_with_the_same_digests() {
    let sample = sample(&["ghcr.io/octocat/monalisa:1", "ghcr.io/octocat/monalisa:latest"]);
    for (target, format) in
        [(Target::DockerArchive, Format::DockerArchive), (Target::OciArchive, Format::OciArchive)]
    {
        let bytes = write(target, &sample.blobs, &sample.image).unwrap();
        assert_eq!(
            bytes,
            write(target, &sample.blobs, &sample.image).unwrap(),
            "the same image gives the same bytes"
        );
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
    let Sample { blobs, image } = sample(&["ghcr.io/octocat/monalisa", &digest]);
    let text = |target| String::from_utf8_lossy(&write(target, &blobs, &image).unwrap()).into_owned();
    assert!(text(Target::DockerArchive).contains(r#""RepoTags":["ghcr.io/octocat/monalisa:latest"]"#));
    assert!(!text(Target::OciArchive).contains("manifest.json"));
}

#[test]
fn an_image_that_lacks_a_blob_or_is_another_one_is_not_laid_out() {
    let Sample { mut blobs, mut image } = sample(&["a:1"]);
    blobs.pop();
    let lacking = write(Target::DockerArchive, &blobs, &image);
    assert!(matches!(lacking, Err(ArchiveError::MemberMissing { .. })));
    image.raw.push(b' ');
    assert!(matches!(write(Target::OciArchive, &blobs, &image), Err(ArchiveError::Damaged { .. })));
}

/// Sizes are what a registry says.
#[test]
fn sizes_that_no_file_can_have_are_refused() {
    for size in [u64::MAX, u64::MAX - 511, u64::MAX / 2] {
        let blobs = [(digest(b"a"), size), (digest(b"b"), size)];
        let refused = Layout::new(Target::OciArchive, blobs, &[]).unwrap_err();
        assert!(matches!(refused, ArchiveError::Malformed { .. }), "{size}: {refused}");
    }
}

#[test]
fn an_index_goes_into_a_docker_archive_with_the_platform_that_is_loaded() {
    let sample = sample(&[]);
    let child = serde_json::json!({
        "mediaType": OCI_MANIFEST, "digest": sample.image.digest.to_string(), "size": sample.image.raw.len(),
        "platform": {"os": "linux", "architecture": "amd64"},
    });
    let index = serde_json::json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [child]});
    let raw = index.to_string().into_bytes();
    let mut root = WriteImage {
        names: vec![],
        media_type: OCI_INDEX.to_owned(),
        digest: digest(&raw),
        raw,
        loaded: None,
        beside: Vec::new(),
    };
    let mut blobs = sample.blobs;
    blobs.push((sample.image.digest, sample.image.raw.clone()));
    let archive = opened(&write(Target::OciArchive, &blobs, &root).unwrap()).unwrap();
    assert!(matches!(&archive.images()[0].root, Node::Index(index) if index.stored.digest == root.digest));
    assert!(archive.images()[0].findings.contains(&ImageFinding::NoName));
    let refused = write(Target::DockerArchive, &blobs, &root);
    assert!(matches!(refused, Err(ArchiveError::Malformed { .. })), "nobody said what is loaded");
    (root.names, root.loaded) = (vec!["ghcr.io/octocat/a:1".to_owned()], Some(sample.image.raw));
    let written = write(Target::DockerArchive, &blobs, &root).unwrap();
    let archive = opened(&written).unwrap();
    assert_eq!((archive.format(), archive.images().len()), (Format::DockerArchive, 1));
    assert!(matches!(&archive.images()[0].root, Node::Index(index) if index.stored.digest == root.digest));
    let text = String::from_utf8_lossy(&written).into_owned();
    let loaded =
        format!(r#"[{{"Config":"blobs/sha256/{}","RepoTags":["ghcr.io/octocat/a:1"]"#, blobs[0].0.hex());
    assert!(text.contains(&loaded), "{text}");
}

/// Tools choose an image of a file by its name, which is its tag where nothing else has it.
#[test]
fn two_images_of_one_tag_are_called_by_their_whole_names() {
    let one = sample(&["ghcr.io/octocat/a:1", "ghcr.io/octocat/b:1"]);
    let text =
        String::from_utf8_lossy(&write(Target::OciArchive, &one.blobs, &one.image).unwrap()).into_owned();
    for name in ["1", "ghcr.io/octocat/b:1"] {
        assert!(text.contains(&format!(r#""org.opencontainers.image.ref.name":"{name}""#)), "{text}");
    }
}

#[test]
fn what_speaks_of_an_image_is_found_beside_it_again() {
    let Sample { mut blobs, mut image } = sample(&["ghcr.io/octocat/a:1"]);
    let statement = |subject: Option<&Digest>| {
        let mut manifest = serde_json::json!({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST, "artifactType": "application/x-sbom",
            "config": descriptor(OCI_CONFIG, &blobs[0].1), "layers": [],
        });
        if let Some(subject) = subject {
            manifest["subject"] = serde_json::json!(
                {"mediaType": OCI_MANIFEST, "digest": subject.to_string(), "size": image.raw.len()});
        }
        let raw = manifest.to_string().into_bytes();
        Stored { media_type: OCI_MANIFEST.to_owned(), digest: digest(&raw), raw: raw.into() }
    };
    let (sbom, signature) = (statement(Some(&image.digest)), statement(None));
    let tag = format!("sha256-{}.sig", image.digest.hex());
    let name = Some(format!("ghcr.io/octocat/a:{tag}"));
    let besides = [(&sbom, None), (&signature, name)];
    image.beside = besides.map(|(stored, name)| Beside { stored: stored.clone(), name }).into();
    let lacking = write(Target::OciArchive, &blobs, &image);
    assert!(matches!(lacking, Err(ArchiveError::MemberMissing { .. })));
    blobs.extend([&sbom, &signature].map(|stored| (stored.digest.clone(), stored.raw.to_vec())));
    for target in [Target::DockerArchive, Target::OciArchive] {
        let archive = opened(&write(target, &blobs, &image).unwrap()).unwrap();
        let [found] = archive.images() else { panic!("{:?}", archive.images()) };
        assert_eq!(found.referrers[0].stored.as_ref(), Some(&sbom));
        let [tagged] = &found.tagged[..] else { panic!("{:?}", found.tagged) };
        assert_eq!((&tagged.tag, &tagged.subject), (&tag, &image.digest));
        assert_eq!(tagged.manifest.stored.as_ref(), Some(&signature));
    }
}

#[test]
fn long_digests_get_long_names() {
    use sha2::Digest as _;
    let digest = Digest::sha512(&sha2::Sha512::digest(b"x").into());
    let layout = Layout::new(Target::OciArchive, [(digest.clone(), 1)], &[]).unwrap();
    let text = String::from_utf8_lossy(&layout.members()[0].header()).into_owned();
    assert!(text.contains(&format!("path=blobs/sha512/{}\n", digest.hex())));
}
