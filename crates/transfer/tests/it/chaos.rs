//! Many pushes under troubles by chance: the same image each time, and another client reads it.

use std::path::Path;

use futures_util::{StreamExt as _, stream};
use slipway_practice::Chaos;
use slipway_reference::Digest;
use slipway_stage::registry::{has_skopeo, skopeo};
use slipway_stage::{again, noise, seeds};
use slipway_transfer::{Options, Way};

use crate::{Stage, plain, quick};

const TEST: &str = "pushes_under_random_faults_end_with_the_same_image";

#[tokio::test(flavor = "multi_thread")]
async fn pushes_under_random_faults_end_with_the_same_image() {
    let stage = Stage::set().await;
    let file = plain(stage.folder(), &[noise(3 << 20, 1), noise(200_000, 2), vec![7; 1 << 20]]);
    let expected = stage.push(&file, "octocat/a", quick()).await.unwrap().digest;
    let pulls = has_skopeo(&format!("the pulls of {TEST}"));
    let pushes = stream::iter(seeds(60, 200)).map(|seed| one(seed, &file, &expected, pulls));
    pushes.buffer_unordered(4).collect::<()>().await;
}

async fn one(seed: u64, file: &Path, expected: &Digest, pulls: bool) {
    let stage = Stage::set().await;
    stage.practice.switches().change(|switches| {
        switches.chaos = Some(Chaos { seed, permille: 200 });
        switches.session_status = !seed.is_multiple_of(3);
        switches.cuts_end_sessions = seed.is_multiple_of(5);
    });
    let way = [None, Some(Way::Put), Some(Way::Stream), Some(Way::Chunks)][(seed % 4) as usize];
    let again = again(seed, "slipway-transfer", TEST);
    let pushed = stage.push(file, "octocat/a", Options { way, ..quick() }).await;
    let pushed = pushed.unwrap_or_else(|error| panic!("{error}; {again}"));
    assert_eq!(pushed.digest, *expected, "{again}");
    assert_eq!(stage.practice.package("octocat/a").unwrap().tags["1.0"], expected.to_string(), "{again}");
    if pulls {
        stage.practice.switches().change(|switches| switches.chaos = None);
        tokio::task::block_in_place(|| pulled(&stage, expected));
    }
}

/// skopeo checks every digest of what it copies.
fn pulled(stage: &Stage, expected: &Digest) {
    let credential = format!("octocat:{}", stage.token("octocat"));
    let source = format!("docker://{}/octocat/a@{expected}", stage.practice.ghcr());
    let target = format!("dir:{}", stage.folder().join("back").display());
    skopeo(&["copy", "--src-tls-verify=false", "--src-creds", &credential, &source, &target]);
}
