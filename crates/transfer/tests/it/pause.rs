//! A pause: what is in hand ends where that keeps what it sent, and what is told to be kept is not sent again.

use std::sync::{Arc, Mutex};

use slipway_stage::noise;
use slipway_transfer::{Control, Event, Events, Options, TransferError, Way, push};

use crate::{Stage, plain};

const SIZE: usize = 24 << 20;

/// What a push told of the one layer that matters.
#[derive(Default)]
struct Told {
    sent: u64,
    confirmed: u64,
}

/// Pushes a layer of noise, pauses when `now` says so, and returns what was told of it until the push ended.
async fn paused(stage: &Stage, file: &std::path::Path, way: Way, now: fn(&Told) -> bool) -> Told {
    let request = Stage::request(file, "octocat/a", Options { way: Some(way), ..Options::default() });
    let layer = request.parts.layers[0].blob.unwrap();
    let told = Arc::new(Mutex::new(Told::default()));
    let hand = Arc::new(Mutex::new(None::<Control>));
    let (heard, pressed) = (Arc::clone(&told), Arc::clone(&hand));
    let events: Events = Arc::new(move |event| {
        let mut told = heard.lock().unwrap();
        match event {
            Event::Sent { blob, bytes } if blob == layer => told.sent += bytes,
            Event::Confirmed { blob, bytes } if blob == layer => told.confirmed = bytes,
            _ => {}
        }
        if now(&told)
            && let Some(control) = pressed.lock().unwrap().as_ref()
        {
            control.pause();
        }
    });
    let control = Control::new(&events);
    *hand.lock().unwrap() = Some(control.clone());
    let ended = push(&request, &stage.registry(), &stage.resources, &events, &control).await;
    assert!(matches!(ended, Err(TransferError::Cancelled)), "{ended:?}");
    assert!(stage.practice.package("octocat/a").is_none_or(|package| package.tags.is_empty()));
    std::mem::take(&mut told.lock().unwrap())
}

/// The same push to its end: bytes that went up.
async fn rest(stage: &Stage, file: &std::path::Path, way: Way) -> u64 {
    stage.practice.switches().change(|switches| switches.pace = None);
    stage.seen();
    stage.push(file, "octocat/a", Options { way: Some(way), ..Options::default() }).await.unwrap();
    stage.seen().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_in_hand_ends_and_nothing_that_was_sent_goes_up_again() {
    let stage = Stage::set().await;
    let file = plain(stage.folder(), &[noise(SIZE, 1)]);
    let told = paused(&stage, &file, Way::Chunks, |told| told.confirmed > 0).await;
    assert!(told.sent < SIZE as u64, "it went on to its end");
    assert_eq!(told.sent, told.confirmed, "all that was sent was confirmed");
    let again = rest(&stage, &file, Way::Chunks).await;
    assert!(again + told.confirmed <= SIZE as u64 + 200_000, "{again} after {}", told.confirmed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_would_outlast_the_pause_is_let_go_of_and_the_registry_asked_what_it_has() {
    let stage = Stage::set().await;
    let file = plain(stage.folder(), &[noise(SIZE, 1)]);
    stage.pace(Some(1 << 20));
    let told = paused(&stage, &file, Way::Stream, |told| told.sent > 2 << 20).await;
    assert!(told.sent < (SIZE / 2) as u64, "{} bytes were sent", told.sent);
    assert!(told.confirmed <= told.sent, "{} of {}", told.confirmed, told.sent);
    let again = rest(&stage, &file, Way::Stream).await;
    assert!(again + told.confirmed <= SIZE as u64 + 200_000, "{again} after {}", told.confirmed);
}
