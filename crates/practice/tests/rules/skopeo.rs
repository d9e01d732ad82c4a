//! Another people's client against the registry: what it pushed is there, under the same digest.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use slipway_practice::{Server, sample_image};

use crate::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn skopeo_publishes_the_sample_image_and_finds_the_same_digest() {
    let Some((stage, folder)) = stage().await else { return };
    let token = stage.practice.token_for("octocat").unwrap();
    let (target, digest) = publish(folder.path(), stage.practice.ghcr(), "octocat/hello", token);
    assert_eq!(stage.practice.package("octocat/hello").unwrap().tags["1.0"], digest);
    let credentials = format!("--creds=octocat:{token}");
    let inspected = skopeo(folder.path(), &["inspect", &credentials, "--tls-verify=false", &target]);
    let inspected: Value = serde_json::from_str(&inspected).unwrap();
    assert_eq!(inspected["Digest"], digest);
    assert_eq!((&inspected["Architecture"], &inspected["Os"]), (&"amd64".into(), &"linux".into()));
    // Pulling follows the redirects to storage, without the credential.
    let back = format!("dir:{}", folder.path().join("back").display());
    let credentials = format!("--src-creds=octocat:{token}");
    skopeo(folder.path(), &["copy", &credentials, "--src-tls-verify=false", &target, &back]);
    let requests = stage.practice.requests();
    let downloads: Vec<_> = requests.iter().filter(|request| request.server == Server::Storage).collect();
    assert!(
        !downloads.is_empty() && downloads.iter().all(|request| request.status == Some(200)),
        "{requests:#?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn skopeo_publishes_to_the_older_registry() {
    let Some((stage, folder)) = stage().await else { return };
    let token = stage.practice.token_for("octocat").unwrap();
    let name = "octocat/octo-app/hello";
    let (_, digest) = publish(folder.path(), stage.practice.docker().unwrap(), name, token);
    // It cannot be asked back by skopeo 1.9, which takes `application/json` for the first schema.
    assert_eq!(stage.practice.docker_package(name).unwrap().tags["1.0"], digest);
}

#[allow(clippy::print_stderr)] // Where a skipped test says so.
/// A started registry and a folder; `None`, with a word, where there is no skopeo.
async fn stage() -> Option<(Stage, tempfile::TempDir)> {
    if Command::new("skopeo").arg("--version").output().is_err() {
        eprintln!("skipped: skopeo is not installed");
        return None;
    }
    Some((Stage::new().await, tempfile::tempdir().unwrap()))
}

/// Copies the sample image to `name`; its new reference and the digest skopeo computed.
fn publish(folder: &Path, address: SocketAddr, name: &str, token: &str) -> (String, String) {
    let (archive, digest) = (folder.join("hello.tar"), folder.join("digest"));
    sample_image(&archive).unwrap();
    let source = format!("docker-archive:{}:hello:1.0", archive.display());
    let target = format!("docker://{address}/{name}:1.0");
    let (credentials, digest_file) =
        (format!("--dest-creds=octocat:{token}"), format!("--digestfile={}", digest.display()));
    skopeo(folder, &["copy", &credentials, "--dest-tls-verify=false", &digest_file, &source, &target]);
    (target, std::fs::read_to_string(&digest).unwrap())
}

/// Runs skopeo away from its user's files; what it said.
fn skopeo(home: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("skopeo");
    command.args(["--insecure-policy", &format!("--tmpdir={}", home.display())]).args(arguments);
    let output =
        command.env("HOME", home).env_remove("REGISTRY_AUTH_FILE").env("XDG_RUNTIME_DIR", home).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
