//! Another people's client against the registry: what it pushed is there, under the same digest.

use std::net::SocketAddr;

use serde_json::Value;
use slipway_practice::Server;
use slipway_stage::registry::{has_skopeo, skopeo};

use crate::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn skopeo_publishes_the_sample_image_and_finds_the_same_digest() {
    if !has_skopeo("skopeo_publishes_the_sample_image_and_finds_the_same_digest") {
        return;
    }
    let stage = Stage::new().await;
    let (target, digest) = publish(&stage, stage.practice.ghcr(), "octocat/hello");
    let token = stage.token("octocat");
    assert_eq!(stage.practice.package("octocat/hello").unwrap().tags["1.0"], digest);
    let credentials = format!("--creds=octocat:{token}");
    let inspected = skopeo(&["inspect", &credentials, "--tls-verify=false", &target]);
    let inspected: Value = serde_json::from_str(&inspected).unwrap();
    assert_eq!(inspected["Digest"], digest);
    assert_eq!((&inspected["Architecture"], &inspected["Os"]), (&"amd64".into(), &"linux".into()));
    // Pulling follows the redirects to storage, without the credential.
    let back = format!("dir:{}", stage.folder().join("back").display());
    let credentials = format!("--src-creds=octocat:{token}");
    skopeo(&["copy", &credentials, "--src-tls-verify=false", &target, &back]);
    let requests = stage.practice.requests();
    let downloads: Vec<_> = requests.iter().filter(|request| request.server == Server::Storage).collect();
    assert!(
        !downloads.is_empty() && downloads.iter().all(|request| request.status == Some(200)),
        "{requests:#?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn skopeo_publishes_to_the_older_registry() {
    if !has_skopeo("skopeo_publishes_to_the_older_registry") {
        return;
    }
    let stage = Stage::new().await;
    let name = "octocat/octo-app/hello";
    let (_, digest) = publish(&stage, stage.practice.docker().unwrap(), name);
    // It cannot be asked back by skopeo 1.9, which takes `application/json` for the first schema.
    assert_eq!(stage.practice.docker_package(name).unwrap().tags["1.0"], digest);
}

/// Copies the sample image to `name`; its new reference and the digest skopeo computed.
fn publish(stage: &Stage, address: SocketAddr, name: &str) -> (String, String) {
    let (token, digest) = (stage.token("octocat"), stage.folder().join("digest"));
    let source = format!("docker-archive:{}:hello:1.0", stage.sample.display());
    let target = format!("docker://{address}/{name}:1.0");
    let (credentials, digest_file) =
        (format!("--dest-creds=octocat:{token}"), format!("--digestfile={}", digest.display()));
    skopeo(&["copy", &credentials, "--dest-tls-verify=false", &digest_file, &source, &target]);
    (target, std::fs::read_to_string(&digest).unwrap())
}
