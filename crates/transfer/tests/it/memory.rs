//! What the resources remembers, continues and refuses.

use std::sync::{Arc, Mutex};

use slipway_practice::MountAnswer;
use slipway_stage::{digest, gzip, noise};
use slipway_transfer::{
    Compression, Control, Event, Events, Options, Pool, Remembered, Resources, TransferError, Way,
    compress_block, push,
};

use crate::{Stage, archive, plain};

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_archive_is_neither_read_nor_sent_again() {
    let stage = Stage::set().await;
    let file = plain(stage.folder(), &[noise(3 << 20, 1), noise(50_000, 2)]);
    let first = stage.push(&file, "octocat/a", Options::default()).await.unwrap();
    stage.seen();
    let reads = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&reads);
    let events: Events = Arc::new(move |event| {
        if let Event::Encoded { bytes, .. } = event {
            *counted.lock().unwrap() += bytes;
        }
    });
    let request = Stage::request(&file, "octocat/a", Options::default());
    let again =
        push(&request, &stage.registry(), &stage.resources, &events, &Control::new(&events)).await.unwrap();
    assert_eq!((again.digest, again.sent), (first.digest.clone(), 0));
    assert_eq!(*reads.lock().unwrap(), 0, "no layer was read");
    let (sent, methods) = stage.seen();
    assert_eq!(sent, 0);
    // The challenge, its token, the version; and one HEAD for each blob.
    assert!(methods.iter().all(|method| method == "GET" || method == "HEAD"), "{methods:?}");
    assert!(methods.len() <= 3 + 3, "{methods:?}");

    let verified = Options { verify: true, ..Options::default() };
    assert_eq!(stage.push(&file, "octocat/a", verified).await.unwrap().digest, first.digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_release_made_of_a_layer_stays_what_it_is() {
    let stage = Stage::set().await;
    let layer = vec![7; 3 << 20];
    let file = plain(stage.folder(), std::slice::from_ref(&layer));
    let earlier = Compression::default().earlier().last().unwrap();
    assert_eq!(earlier.key(), "gzip:5");
    let made: Vec<u8> =
        layer.chunks(earlier.block()).flat_map(|block| compress_block(earlier, block)).collect();
    let (diff_id, made_digest) = (digest(&layer).parse().unwrap(), digest(&made));
    let size = made.len() as u64;
    stage.resources.ledger.remember_compressed(&diff_id, earlier, &made_digest.parse().unwrap(), size);
    // A registry that lacks it gets the same again, and one that has it is sent nothing.
    let first = stage.push(&file, "octocat/a", Options::default()).await.unwrap();
    let puts = stage.practice.requests();
    let put = puts.iter().find(|request| request.body_bytes == size).unwrap();
    assert!(put.query.contains(&made_digest.replace(':', "%3A")) || put.query.contains(&made_digest));
    stage.seen();
    let again = stage.push(&file, "octocat/a", Options::default()).await.unwrap();
    assert_eq!((again.digest, again.sent, stage.seen().0), (first.digest, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_layer_goes_up_in_one_request_after_the_one_that_opens() {
    let stage = Stage::set().await;
    let layers: Vec<Vec<u8>> = (0..9).map(|seed| noise(40_000, seed)).collect();
    let file = plain(stage.folder(), &layers);
    stage.push(&file, "octocat/a", Options::default()).await.unwrap();
    let requests = stage.practice.requests();
    let count =
        |method: &str| requests.iter().filter(|r| r.method == method && r.path.contains("/blobs/")).count();
    // Nine layers and a config. Nobody asks for what nobody could know.
    assert_eq!((count("POST"), count("PUT"), count("PATCH"), count("HEAD")), (10, 10, 0, 1));
    // A long one is not kept in memory: it streams.
    let long = plain(stage.folder(), &[vec![0; 3 << 20]]);
    stage.practice.forget_requests();
    stage.push(&long, "octocat/b", Options::default()).await.unwrap();
    assert!(stage.practice.requests().iter().any(|request| request.method == "PATCH"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_of_another_path_is_linked_and_no_refusal_of_that_is_fatal() {
    let stage = Stage::set().await;
    let file = plain(stage.folder(), &[noise(1 << 20, 1)]);
    let first = stage.push(&file, "octocat/a", Options::default()).await.unwrap();
    stage.seen();
    let linked = stage.push(&file, "octocat/b", Options::default()).await.unwrap();
    assert_eq!(linked.digest, first.digest);
    assert!(stage.seen().0 < 1000, "only the config went up");
    for (name, answer) in [
        ("octocat/c", MountAnswer::Session),
        ("octocat/d", MountAnswer::Unauthorized),
        ("octocat/e", MountAnswer::Forbidden),
        ("octocat/f", MountAnswer::NotFound),
        ("octocat/g", MountAnswer::Fault),
    ] {
        stage.practice.switches().change(|switches| switches.mount = answer);
        let sent = stage.push(&file, name, Options::default()).await.unwrap();
        assert_eq!(sent.digest, first.digest, "{answer:?}");
        assert!(stage.seen().0 >= 1 << 20, "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_and_every_compression_gives_the_same_image_each_time() {
    let stage = Stage::set().await;
    let file = plain(stage.folder(), &[noise(9 << 20, 1), vec![7; 3 << 20]]);
    let zstd: Compression = "zstd".parse().unwrap();
    for compression in [Compression::default(), Compression::FAST, zstd] {
        let mut digests = Vec::new();
        for (number, way) in
            [Some(Way::Put), Some(Way::Stream), Some(Way::Chunks), None].into_iter().enumerate()
        {
            // Nothing is remembered or linked: each sends everything.
            let resources = Resources {
                pool: Pool::new(number + 1).unwrap(),
                ledger: Arc::new(Remembered::default()),
                limit: slipway_transfer::Limit::default(),
            };
            let stage = Stage { resources, ..Stage::set().await };
            let options = Options { compression, way, ..Options::default() };
            digests.push(stage.push(&file, "octocat/a", options).await.unwrap().digest);
            let ranged = stage.practice.requests().iter().filter(|r| r.content_range.is_some()).count();
            assert_eq!(ranged >= 3, way == Some(Way::Chunks), "{way:?}: {ranged} ranges");
        }
        assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "{compression}: {digests:?}");
    }
    let _ = stage.practice.requests();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_was_ended_goes_on_where_the_registry_says_it_is() {
    const LAYER: u64 = 24 << 20;
    let stage = Stage::set().await;
    stage.practice.switches().change(|switches| switches.session_status = true);
    let file = plain(stage.folder(), &[noise(usize::try_from(LAYER).unwrap(), 1)]);
    let request =
        Stage::request(&file, "octocat/a", Options { way: Some(Way::Chunks), ..Options::default() });
    // Ended when about two thirds are there.
    let control = Arc::new(Mutex::new(None::<Control>));
    let (sent, ending) = (Mutex::new(0), Arc::clone(&control));
    let events: Events = Arc::new(move |event| {
        if let Event::Sent { bytes, .. } = event {
            let mut sent = sent.lock().unwrap();
            *sent += bytes;
            if *sent > LAYER * 2 / 3
                && let Some(control) = &*ending.lock().unwrap()
            {
                control.cancel();
            }
        }
    });
    *control.lock().unwrap() = Some(Control::new(&events));
    let handle = control.lock().unwrap().clone().unwrap();
    let ended = push(&request, &stage.registry(), &stage.resources, &events, &handle).await;
    assert!(matches!(ended, Err(TransferError::Cancelled)), "{ended:?}");
    stage.seen();
    let done = stage.push(&file, "octocat/a", Options::default()).await.unwrap();
    assert!(done.not_verified.is_none());
    let (sent, _) = stage.seen();
    assert!(sent < LAYER / 2, "{sent} of {LAYER} bytes went up again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_whose_layer_is_not_what_its_config_says_is_refused_before_the_tag() {
    let stage = Stage::set().await;
    let layer = noise(2 << 20, 1);
    let packed = gzip(&layer);
    let folder = stage.folder();
    let right = archive(folder, "right.tar", std::slice::from_ref(&packed), &[digest(&layer)]);
    let wrong = archive(folder, "wrong.tar", &[packed], &[digest(b"another layer")]);
    let plain = archive(folder, "plain.tar", &[layer], &[digest(b"another layer")]);
    for file in [&wrong, &plain] {
        let error = stage.push(file, "octocat/a", Options::default()).await.unwrap_err();
        assert!(matches!(error, TransferError::DamagedLayer { layer: 1, .. }), "{error}");
        assert!(stage.practice.package("octocat/a").is_none_or(|package| package.tags.is_empty()));
    }
    stage.push(&right, "octocat/a", Options::default()).await.unwrap();
    // Its blob is there now; the wrong config is found out all the same.
    let error = stage.push(&wrong, "octocat/a", Options::default()).await.unwrap_err();
    assert!(matches!(error, TransferError::DamagedLayer { layer: 1, .. }), "{error}");
    let trusting = Options { trust_layers: true, ..Options::default() };
    stage.push(&wrong, "octocat/trusted", trusting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_keeps_its_connections_and_uses_few() {
    let stage = Stage::set().await;
    let layers: Vec<_> = (0..10).map(|seed| noise(if seed < 5 { 3 << 20 } else { 50_000 }, seed)).collect();
    let file = plain(stage.folder(), &layers);
    stage.push(&file, "octocat/a", Options::default()).await.unwrap();
    assert!(stage.practice.requests().len() > 30);
    assert!(stage.practice.connections() <= 8, "{} connections", stage.practice.connections());
}
