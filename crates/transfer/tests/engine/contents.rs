//! Joined and changed images: what goes up, and what the registry makes of it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use slipway_archive::{Archive, OpenOptions};
use slipway_transfer::{Changes, Contents, Form, Options, Published, TransferError};

use crate::{Stage, member, noise, of_architecture, plain, sha256};

fn contents(file: &Path) -> Contents {
    let archive = Archive::open(file, &OpenOptions::default()).unwrap();
    Contents::of(&archive, &archive.images()[0])
}

fn join(files: &[&Path]) -> Result<Contents, TransferError> {
    let parts: Vec<_> = files
        .iter()
        .map(|file| {
            let archive = Archive::open(file, &OpenOptions::default()).unwrap();
            let image = archive.images()[0].clone();
            (archive, image)
        })
        .collect();
    Contents::join(&parts)
}

impl Stage {
    async fn publish(&self, contents: Contents, name: &str) -> Published {
        self.push_contents(contents, name, Options::default()).await.unwrap()
    }

    /// What the registry keeps under a digest.
    pub(crate) fn json(&self, digest: &str) -> Value {
        let path = self.folder.path().join("registry/blobs").join(digest.replace(':', "/"));
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }
}

/// An OCI archive with one image and a statement about it.
fn attested(folder: &Path) -> PathBuf {
    let layer = noise(1000, 9);
    let config = json!({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", sha256(&layer))]}}).to_string();
    let statement = b"{\"_type\":\"https://in-toto.io/Statement/v0.1\"}";
    let blob = |kind: &str, bytes: &[u8]| json!({"mediaType": kind, "digest": format!("sha256:{}", sha256(bytes)), "size": bytes.len()});
    let manifest = |config: &str, kind: &str, layer: &[u8]| {
        json!({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": blob("application/vnd.oci.image.config.v1+json", config.as_bytes()),
            "layers": [blob(kind, layer)],
        })
        .to_string()
    };
    let image = manifest(&config, "application/vnd.oci.image.layer.v1.tar", &layer);
    let about = json!({"architecture": "unknown", "os": "unknown", "config": {}, "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", sha256(statement))]}}).to_string();
    let attestation = manifest(&about, "application/vnd.in-toto+json", statement);
    let entry = |text: &str, os: &str, architecture: &str| {
        let mut entry = blob("application/vnd.oci.image.manifest.v1+json", text.as_bytes());
        entry["platform"] = json!({"os": os, "architecture": architecture});
        entry
    };
    let mut second = entry(&attestation, "unknown", "unknown");
    second["annotations"] = json!({"vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": format!("sha256:{}", sha256(image.as_bytes()))});
    let index = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [entry(&image, "linux", "amd64"), second]})
    .to_string();
    let top = json!({"schemaVersion": 2, "manifests": [blob("application/vnd.oci.image.index.v1+json", index.as_bytes())]}).to_string();
    let mut tar = Vec::new();
    member(&mut tar, "oci-layout", b"{\"imageLayoutVersion\":\"1.0.0\"}");
    member(&mut tar, "index.json", top.as_bytes());
    for bytes in [
        index.as_bytes(),
        image.as_bytes(),
        attestation.as_bytes(),
        config.as_bytes(),
        about.as_bytes(),
        &layer,
        statement,
    ] {
        member(&mut tar, &format!("blobs/sha256/{}", sha256(bytes)), bytes);
    }
    tar.resize(tar.len() + 1024, 0);
    let path = folder.join("attested.tar");
    std::fs::write(&path, tar).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn images_of_one_platform_each_become_one_image_of_several() {
    let stage = Stage::set().await;
    let folder = stage.folder.path();
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
    let file = plain(stage.folder.path(), &[noise(50_000, 1)]);
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
    let attested = contents(&attested(stage.folder.path())).change(&changes).unwrap();
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
    let file = attested(stage.folder.path());
    let with = stage.publish(contents(&file), "octocat/with").await;
    assert_eq!(
        Some(with.digest.clone()),
        Archive::open(&file, &OpenOptions::default()).ok().map(|archive| {
            let slipway_archive::Node::Index(index) = archive.images()[0].root.clone() else {
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
    let file = plain(stage.folder.path(), &[noise(50_000, 1)]);
    let to = |form| Changes { form: Some(form), ..Changes::default() };
    let oci = stage.publish(contents(&file).change(&to(Form::Oci)).unwrap(), "octocat/oci").await;
    let manifest = stage.json(&oci.digest.to_string());
    assert_eq!(manifest["mediaType"], "application/vnd.oci.image.manifest.v1+json");
    assert_eq!(manifest["config"]["mediaType"], "application/vnd.oci.image.config.v1+json");

    let docker = contents(&attested(stage.folder.path())).change(&to(Form::Docker)).unwrap();
    let docker = stage.publish(docker, "octocat/docker").await;
    let list = stage.json(&docker.digest.to_string());
    assert_eq!(list["mediaType"], "application/vnd.docker.distribution.manifest.list.v2+json");
    assert_eq!(list["manifests"].as_array().unwrap().len(), 1, "statements have no place in Docker's form");
    let manifest = stage.json(list["manifests"][0]["digest"].as_str().unwrap());
    assert_eq!(manifest["mediaType"], "application/vnd.docker.distribution.manifest.v2+json");
    assert_eq!(manifest["layers"][0]["mediaType"], "application/vnd.docker.image.rootfs.diff.tar");
}
