//! Registries behind proxies with limits of their own, and registries whose copies are behind.

use http::StatusCode;
use slipway_distribution::Retries;
use slipway_practice::{Mishap, Place, Trouble};
use slipway_stage::noise;
use slipway_transfer::{Options, Way};

use crate::{Stage, archive, plain, quick};

const MIB: u64 = 1 << 20;

/// goharbor/harbor#20219, distribution/distribution#4195: nginx in front of a registry lets 1 MiB through by itself, and
/// Cloudflare 100 MB; docker and skopeo end there.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_lets_short_bodies_through_gets_chunks_that_fit() {
    let stage = Stage::set().await;
    for (seed, path, most) in [(1, "octocat/a", 3 * MIB), (2, "octocat/b", MIB + 1000)] {
        stage.seen();
        stage.practice.switches().change(|switches| switches.body_bytes = Some(most));
        let file = plain(stage.folder(), &[noise(9 << 20, seed)]);
        let fitting = stage.push(&file, path, quick()).await.unwrap();
        assert_eq!(fitting.not_verified, None, "{most}");
        let refused = stage.practice.requests().iter().filter(|request| request.status == Some(413)).count();
        // The whole body, then 16, 8, 4, 2 and 1 MiB at most, the first of which the registry itself cuts to 4.
        assert!((1..=6).contains(&refused), "{most}: {refused}");
    }
    // Where not even the shortest chunk goes through, the registry's words are the end, and not six lost sessions.
    stage.seen();
    stage.practice.switches().change(|switches| switches.body_bytes = Some(MIB / 2));
    let file = plain(stage.folder(), &[noise(9 << 20, 3)]);
    let refused = stage.push(&file, "octocat/d", quick()).await.unwrap_err().to_string();
    assert!(refused.contains("request entity too large"), "{refused}");
    let opened = stage.seen().1.iter().filter(|method| *method == "POST").count();
    assert!(opened <= 8, "{opened} sessions were opened");
}

/// A proxy that wants to know how long a body is, and gets a stream (containers/image#1218).
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_wants_lengths_gets_them() {
    let stage = Stage::set().await;
    let file = plain(stage.folder(), &[noise(9 << 20, 1), noise(100_000, 2)]);
    stage.practice.switches().change(|switches| switches.length_required = true);
    stage.push(&file, "octocat/a", quick()).await.unwrap();
}

/// The help says: one PUT for each layer.
#[tokio::test(flavor = "multi_thread")]
async fn way_put_sends_each_blob_in_one_request_whatever_the_layer() {
    let stage = Stage::set().await;
    let packed = slipway_stage::gzip(&noise(2 << 20, 1));
    let ids = [slipway_stage::digest(&noise(2 << 20, 1)), slipway_stage::digest(&noise(3 << 20, 2))];
    let file = archive(stage.folder(), "image.tar", &[packed, noise(3 << 20, 2)], &ids);
    stage.push(&file, "octocat/a", Options { way: Some(Way::Put), ..quick() }).await.unwrap();
    let (_, methods) = stage.seen();
    assert!(!methods.contains(&"PATCH".to_owned()), "{methods:?}");
}

/// aws/containers-roadmap#2418, docker/build-push-action#1260: the tag was set, and not seen for some seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_shows_late_is_a_push_that_succeeded() {
    let stage = Stage::set().await;
    let first = plain(stage.folder(), &[noise(100_000, 1)]);
    stage.practice.switches().change(|switches| switches.late_tags = 3);
    let published = stage.push(&first, "octocat/a", quick()).await.unwrap();
    assert_eq!(published.not_verified, None);
    // A tag that moves shows what it pointed to before.
    let second = plain(stage.folder(), &[noise(100_000, 2)]);
    let moved = stage.push(&second, "octocat/a", quick()).await.unwrap();
    assert_eq!((&moved.not_verified, moved.digest != published.digest), (&None, true));
    stage.practice.switches().change(|switches| switches.late_tags = 1000);
    let third = plain(stage.folder(), &[noise(100_000, 3)]);
    let late = stage.push(&third, "octocat/a", quick()).await.unwrap();
    assert!(late.not_verified.as_deref().is_some_and(|said| said.contains("does not show it yet")));
}

/// A gateway that gives up on every body after some of it: what goes up and is lost is no progress.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_always_fails_does_not_go_up_for_ever() {
    let stage = Stage::set().await;
    let tries = Retries::default().blob.tries;
    for (way, path) in [(Way::Put, "octocat/a"), (Way::Stream, "octocat/b"), (Way::Chunks, "octocat/c")] {
        stage.seen();
        let answer = Mishap::Answer(StatusCode::SERVICE_UNAVAILABLE);
        stage.practice.plan(Trouble::at(Place::Body, answer).times(1000));
        let file = plain(stage.folder(), &[noise(3 << 20, 1)]);
        let options = Options { way: Some(way), ..quick() };
        let error = stage.push(&file, path, options).await.unwrap_err();
        assert!(error.to_string().contains("503"), "{way:?}: {error}");
        // The layer's, and the config's where that is a stream.
        let bodies = stage.practice.requests().iter().filter(|request| request.status == Some(503)).count();
        assert!(bodies <= 2 * usize::try_from(tries).unwrap(), "{way:?}: {bodies} bodies");
    }
}
