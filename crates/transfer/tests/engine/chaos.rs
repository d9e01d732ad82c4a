//! Many pushes under troubles by chance: the same image each time, and another client reads it.

use std::path::Path;
use std::process::Command;

use futures_util::{StreamExt as _, stream};
use slipway_practice::Chaos;
use slipway_reference::Digest;
use slipway_transfer::{Options, Way};

use crate::{Stage, noise, plain};

const PUSHES: u64 = 200;

#[tokio::test(flavor = "multi_thread")]
async fn pushes_under_random_faults_end_with_the_same_image() {
    let stage = Stage::set().await;
    let file = plain(stage.folder.path(), &[noise(3 << 20, 1), noise(200_000, 2), vec![7; 1 << 20]]);
    let expected = stage.push(&file, "octocat/a", Options::default()).await.unwrap().digest;
    let skopeo = Command::new("skopeo").arg("--version").output().is_ok();
    let pushes = stream::iter(1..=PUSHES).map(|seed| one(seed, &file, &expected, skopeo));
    pushes.buffer_unordered(4).collect::<()>().await;
}

async fn one(seed: u64, file: &Path, expected: &Digest, skopeo: bool) {
    let stage = Stage::set().await;
    stage.practice.switches().change(|switches| {
        switches.chaos = Some(Chaos { seed, permille: 200 });
        switches.session_status = !seed.is_multiple_of(3);
        switches.cuts_end_sessions = seed.is_multiple_of(5);
    });
    let way = [None, Some(Way::Put), Some(Way::Stream), Some(Way::Chunks)][(seed % 4) as usize];
    let pushed = stage.push(file, "octocat/a", Options { way, ..Options::default() }).await;
    let pushed = pushed.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    assert_eq!(pushed.digest, *expected, "seed {seed}");
    assert_eq!(stage.practice.package("octocat/a").unwrap().tags["1.0"], expected.to_string());
    if skopeo {
        stage.practice.switches().change(|switches| switches.chaos = None);
        tokio::task::block_in_place(|| pulled(&stage, expected));
    }
}

/// skopeo checks every digest of what it copies.
fn pulled(stage: &Stage, expected: &Digest) {
    let home = stage.folder.path();
    let token = stage.practice.token("octocat", "publish").unwrap();
    let source = format!("docker://{}/octocat/a@{expected}", stage.practice.ghcr());
    let output = Command::new("skopeo")
        .args([
            "--insecure-policy",
            "copy",
            "--src-tls-verify=false",
            "--src-creds",
            &format!("octocat:{token}"),
        ])
        .args([&source, &format!("dir:{}", home.join("back").display())])
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env_remove("REGISTRY_AUTH_FILE")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
