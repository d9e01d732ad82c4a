//! Joined and changed images: what goes up, and what the registry makes of it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use slipway_archive::{Archive, OpenOptions};
use slipway_image::{Changes, Family};
use slipway_stage::image::{OCI_GZIP, Oci, config};
use slipway_stage::{digest, gzip, noise};
use slipway_transfer::{Compression, Options, Parts, Payload, Published, TransferError};

use crate::{Stage, of_architecture, plain};

fn contents(file: &Path) -> Payload {
    let archive = Archive::open(file, &OpenOptions::default()).unwrap();
    Payload::of(&archive, &archive.images()[0])
}

fn join(files: &[&Path]) -> Result<Payload, TransferError> {
    let parts: Vec<_> = files
        .iter()
        .map(|file| {
            let archive = Archive::open(file, &OpenOptions::default()).unwrap();
            let image = archive.images()[0].clone();
            (archive, image)
        })
        .collect();
    Payload::join(&parts)
}

impl Stage {
    async fn publish(&self, contents: Payload, name: &str) -> Published {
        self.push_contents(contents, name, Options::default()).await.unwrap()
    }

    /// What the registry keeps under a digest.
    pub(crate) fn json(&self, digest: &str) -> Value {
        serde_json::from_slice(&std::fs::read(self.blob(digest)).unwrap()).unwrap()
    }
}

/// An OCI archive with one image and a statement about it.
fn attested(folder: &Path) -> PathBuf {
    let mut layout = Oci::default();
    let mut image = layout.image("x");
    let statement = b"{\"_type\":\"https://in-toto.io/Statement/v0.1\"}";
    let config = json!({"architecture": "unknown", "os": "unknown", "config": {}, "rootfs": {"type": "layers", "diff_ids": [digest(statement)]}});
    let layer = layout.blob("application/vnd.in-toto+json", statement);
    let mut about = layout.manifest(config.to_string().as_bytes(), vec![layer]);
    about["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    about["annotations"] = json!({"vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": image["digest"]});
    image["platform"] = json!({"os": "linux", "architecture": "amd64"});
    let index = layout.index(&[image, about]);
    layout.write(folder.join("attested.tar"), &[index])
}

#[tokio::test(flavor = "multi_thread")]
async fn images_of_one_platform_each_become_one_image_of_several() {
    let stage = Stage::set().await;
    let folder = stage.folder();
    let amd64 = of_architecture(folder, "amd64.tar", "amd64", &noise(50_000, 1));
    let arm64 = of_architecture(folder, "arm64.tar", "arm64", &noise(50_000, 2));
    let published = stage.publish(join(&[&amd64, &arm64]).unwrap(), "octocat/a").await;
    assert_eq!(published.platforms, ["linux/amd64", "linux/arm64"]);
    let index = stage.json(&published.digest.to_string());
    assert_eq!(index["mediaType"], "application/vnd.oci.image.index.v1+json");
    for (entry, architecture) in index["manifests"].as_array().unwrap().iter().zip(["amd64", "arm64"]) {
        assert_eq!(entry["platform"]["architecture"], architecture);
        let manifest = stage.json(entry["digest"].as_str().unwrap());
        assert_eq!(manifest["mediaType"], entry["mediaType"]);
        assert_eq!(manifest["layers"][0]["mediaType"], "application/vnd.oci.image.layer.v1.tar+gzip");
        let config = stage.json(manifest["config"]["digest"].as_str().unwrap());
        assert_eq!(config["architecture"], architecture);
    }
    let twice = join(&[&amd64, &amd64]).err().unwrap().to_string();
    assert!(twice.contains("amd64.tar") && twice.contains("linux/amd64"), "{twice}");
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_connect_a_package_and_keep_everything_else() {
    let stage = Stage::set().await;
    let file = plain(stage.folder(), &[noise(50_000, 1)]);
    let before = stage.publish(contents(&file), "octocat/before").await;
    let source = "org.opencontainers.image.source".to_owned();
    let url = "https://github.com/octocat/octo-app".to_owned();
    let changes = Changes { labels: vec![(source.clone(), url.clone())], ..Changes::default() };
    let after = stage.publish(contents(&file).change(&changes).unwrap(), "octocat/after").await;
    assert_ne!(before.digest, after.digest);
    let package = stage.practice.package("octocat/after").unwrap();
    assert_eq!(package.repository.as_deref(), Some("octocat/octo-app"));
    let (old, new) = (stage.json(&before.digest.to_string()), stage.json(&after.digest.to_string()));
    assert_eq!(old["layers"], new["layers"]);
    let mut config = stage.json(new["config"]["digest"].as_str().unwrap());
    assert_eq!(config["config"]["Labels"][&source], url);
    config["config"].as_object_mut().unwrap().remove("Labels");
    assert_eq!(config, stage.json(old["config"]["digest"].as_str().unwrap()));

    // Of several platforms GitHub reads the index, so the label stands at both levels.
    let attested = contents(&attested(stage.folder())).change(&changes).unwrap();
    let published = stage.publish(attested, "octocat/several").await;
    let index = stage.json(&published.digest.to_string());
    assert_eq!(index["annotations"][&source], url);
    let manifest = stage.json(index["manifests"][0]["digest"].as_str().unwrap());
    let config = stage.json(manifest["config"]["digest"].as_str().unwrap());
    assert_eq!(config["config"]["Labels"][&source], url);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_go_up_or_stay_behind_by_choice() {
    let stage = Stage::set().await;
    let file = attested(stage.folder());
    let with = stage.publish(contents(&file), "octocat/with").await;
    assert_eq!(
        Some(with.digest.clone()),
        Archive::open(&file, &OpenOptions::default()).ok().map(|archive| {
            let slipway_image::Node::Index(index) = archive.images()[0].root.clone() else {
                panic!("no index")
            };
            index.stored.digest
        })
    );
    assert_eq!(stage.json(&with.digest.to_string())["manifests"].as_array().unwrap().len(), 2);
    let changes = Changes { drop_attestations: true, ..Changes::default() };
    let without = stage.publish(contents(&file).change(&changes).unwrap(), "octocat/without").await;
    let index = stage.json(&without.digest.to_string());
    assert_eq!(index["manifests"].as_array().unwrap().len(), 1);
    assert_eq!(without.platforms, ["linux/amd64"]);
    assert_eq!(without.stored_digest, Some(with.digest), "the new digest is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_goes_up_in_the_form_that_is_asked_for() {
    let stage = Stage::set().await;
    let file = plain(stage.folder(), &[noise(50_000, 1)]);
    let to = |form| Changes { form: Some(form), ..Changes::default() };
    let oci = stage.publish(contents(&file).change(&to(Family::Oci)).unwrap(), "octocat/oci").await;
    let manifest = stage.json(&oci.digest.to_string());
    assert_eq!(manifest["mediaType"], "application/vnd.oci.image.manifest.v1+json");
    assert_eq!(manifest["config"]["mediaType"], "application/vnd.oci.image.config.v1+json");

    let docker = contents(&attested(stage.folder())).change(&to(Family::Docker)).unwrap();
    let docker = stage.publish(docker, "octocat/docker").await;
    let list = stage.json(&docker.digest.to_string());
    assert_eq!(list["mediaType"], "application/vnd.docker.distribution.manifest.list.v2+json");
    assert_eq!(list["manifests"].as_array().unwrap().len(), 1, "statements have no place in Docker's form");
    let manifest = stage.json(list["manifests"][0]["digest"].as_str().unwrap());
    assert_eq!(manifest["mediaType"], "application/vnd.docker.distribution.manifest.v2+json");
    assert_eq!(manifest["layers"][0]["mediaType"], "application/vnd.docker.image.rootfs.diff.tar");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_layer_stays_where_it_is_unless_it_is_to_be_sent() {
    const FOREIGN: &str = "application/vnd.oci.image.layer.nondistributable.v1.tar";
    let stage = Stage::set().await;
    let mut layout = Oci::default();
    let urls = json!({"urls": ["https://layers.example/base"]});
    let image = layout.image_with(FOREIGN, &noise(1000, 9), &urls);
    let file = layout.write(stage.folder().join("foreign.tar"), &[image]);
    let layer = |published: &Published| stage.json(&published.digest.to_string())["layers"][0].clone();

    let kept = stage.publish(contents(&file), "octocat/kept").await;
    assert_eq!((&layer(&kept)["mediaType"], &layer(&kept)["urls"]), (&json!(FOREIGN), &urls["urls"]));
    let blob = stage.blob(layer(&kept)["digest"].as_str().unwrap());
    assert!(!blob.exists(), "its bytes were not sent");

    let changes = Changes { push_foreign: true, ..Changes::default() };
    let sent = stage.publish(contents(&file).change(&changes).unwrap(), "octocat/sent").await;
    assert_eq!(layer(&sent)["mediaType"], "application/vnd.oci.image.layer.v1.tar");
    assert_eq!((layer(&sent).get("urls"), &layer(&sent)["digest"]), (None, &layer(&kept)["digest"]));
    assert!(blob.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_layers_are_compressed_anew_on_request_and_keep_their_content() {
    let stage = Stage::set().await;
    let mut layout = Oci::default();
    let content: Vec<u8> = noise(50_000, 4).iter().map(|byte| byte % 16).collect();
    let layer = layout.blob(OCI_GZIP, &gzip(&content));
    let mut in_parts = layer.clone();
    in_parts["annotations"] = json!({"containerd.io/snapshot/stargz/toc.digest": "sha256:0"});
    let image = layout.manifest(&config(&[&content, &content]), vec![layer, in_parts.clone()]);
    let file = layout.write(stage.folder().join("gzip.tar"), &[image]);

    let zstd = Options { compression: "zstd".parse().unwrap(), ..Options::default() };
    let changes = Changes { recompress: true, ..Changes::default() };
    let changed = contents(&file).change(&changes).unwrap();
    let published = stage.push_contents(changed, "octocat/a", zstd).await.unwrap();
    let manifest = stage.json(&published.digest.to_string());
    let layer = &manifest["layers"][0];
    assert_eq!(layer["mediaType"], "application/vnd.oci.image.layer.v1.tar+zstd");
    let blob = std::fs::read(stage.blob(layer["digest"].as_str().unwrap())).unwrap();
    assert!(zstd::decode_all(&blob[..]).unwrap() == content);
    assert_eq!(manifest["layers"][1]["digest"], in_parts["digest"], "what is read in parts stays as it is");
    assert!(published.stored_digest.is_some(), "the other digest is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_zstd_would_save_is_known_before_sending() {
    let stage = Stage::set().await;
    let text: Vec<u8> =
        (0..200_000_u32).flat_map(|n| format!("/usr/share/doc/{} ", n % 977).into_bytes()).collect();
    let file = plain(stage.folder(), &[text]);
    let parts =
        Parts::of(&contents(&file), None, stage.registry().endpoint().profile, Compression::default());
    let saved = slipway_transfer::saving(&parts, Compression::ZSTD).unwrap();
    let sent = stage.push_contents(contents(&file), "octocat/gzip", Options::default()).await.unwrap().sent;
    let zstd = Options { compression: Compression::ZSTD, ..Options::default() };
    let less = sent - stage.push_contents(contents(&file), "octocat/zstd", zstd).await.unwrap().sent;
    assert!(saved > less / 2 && saved < less * 2, "{saved} were foretold, {less} it was");
    let plain = Parts::of(
        &contents(&attested(stage.folder())),
        None,
        stage.registry().endpoint().profile,
        Compression::default(),
    );
    assert_eq!(slipway_transfer::saving(&plain, Compression::ZSTD), None, "nothing is compressed on the way");
}
