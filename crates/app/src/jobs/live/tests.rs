//! What is told of a job, event by event.

use std::path::PathBuf;

use slipway_archive::{Archive, OpenOptions};
use slipway_reference::Digest;
use slipway_stage::{Chance, again, seeds};
use slipway_transfer::{Compression, Parts, Payload, RESUMABLE};

use super::*;

/// The sample image's file, which is gone by now, and its parts.
pub(crate) fn sample() -> (PathBuf, Parts) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hello.tar");
    slipway_practice::sample_image(&path).unwrap();
    let archive = Archive::open(&path, &OpenOptions::default()).unwrap();
    let contents = Payload::of(&archive, &archive.images()[0]);
    let profile =
        slipway_hosts::Hosts::builtin().endpoint(&"ghcr.io".parse().unwrap(), false).unwrap().profile;
    let parts = Parts::of(&contents, None, profile, Compression::default());
    (path, parts)
}

/// A job that sends its first layer, and when it began.
fn sending() -> (Live, Instant, usize) {
    let now = Instant::now();
    let parts = sample().1;
    let layer = parts.layers[0].blob.unwrap();
    let mut live = Live::new(&Items::from(&parts), now, 1000);
    live.apply(&Event::Phase(Phase::Sending), now);
    live.apply(&Event::Started { blob: layer }, now);
    live.apply(&Event::Sent { blob: layer, bytes: 700 }, now);
    (live, now, layer)
}

fn interrupted(blob: usize, wait_ms: u64) -> Event {
    Event::Interrupted { blob, cause: Cause::Network, reason: "reset".to_owned(), wait_ms }
}

#[test]
fn a_wait_says_for_what_and_since_when_until_something_moves() {
    let (mut live, began, layer) = sending();
    let later = began + Duration::from_secs(5);
    assert!(live.apply(&interrupted(layer, 8000), later), "a wait is told at once");
    let again = later + Duration::from_secs(8);
    live.apply(&Event::Waiting { cause: Cause::Network, reason: "reset".to_owned(), wait_ms: 8000 }, again);
    let progress = live.progress(again + Duration::from_secs(2));
    assert_eq!(progress.waiting_for, Some(WaitingFor::Network));
    assert_eq!((progress.waiting_since, progress.retry_seconds), (Some(1005), Some(7)));
    live.apply(&Event::Sent { blob: layer, bytes: 1 }, again + Duration::from_secs(9));
    let progress = live.progress(again + Duration::from_secs(9));
    assert_eq!((progress.waiting_for, progress.retry_seconds), (None, None));
}

#[test]
fn a_layer_starts_over_only_where_the_registry_lost_its_beginning() {
    let (mut live, now, layer) = sending();
    live.apply(&interrupted(layer, 10), now);
    assert_eq!(live.progress(now).starts_over, None, "nobody knows yet");
    live.apply(&Event::Continued { blob: layer, offset: 700 }, now);
    live.apply(&Event::Sent { blob: layer, bytes: 10 }, now);
    assert_eq!(live.progress(now).starts_over, None, "it goes on where it was");

    live.apply(&interrupted(layer, 10), now);
    live.apply(&Event::Sent { blob: layer, bytes: 10 }, now);
    assert_eq!(live.progress(now).starts_over, Some(StartsOver { layer: 1, bytes: 710 }));
    let digest = Digest::sha256(&[7; 32]);
    live.apply(&Event::Committed { blob: layer, digest: digest.clone(), size: 900 }, now);
    assert_eq!(live.progress(now).starts_over, None);
    assert_eq!(live.layer_of(&digest.to_string()), Some(1));
}

#[test]
fn what_a_pause_keeps_is_what_the_registry_confirmed() {
    let now = Instant::now();
    let parts = sample().1;
    let [large, small] = [0, 1].map(|layer| parts.layers[layer].blob.unwrap());
    let mut live = Live::new(&Items::from(&parts), now, 1000);
    // One that keeps its session, and one that is too small for that.
    for (blob, stored) in [(large, RESUMABLE * 2), (small, 2000)] {
        live.blobs[blob] = Blob { stored, ..live.blobs[blob].clone() };
        live.apply(&Event::Started { blob }, now);
    }
    live.apply(&Event::Phase(Phase::Sending), now);
    for (blob, bytes, sent) in [(large, RESUMABLE, RESUMABLE / 4), (small, 2000, 1000)] {
        live.apply(&Event::Encoded { blob, bytes, made: bytes / 2 }, now);
        live.apply(&Event::Sent { blob, bytes: sent }, now);
        live.apply(&Event::Confirmed { blob, bytes: sent / 2 }, now);
    }
    let states = |live: &Live| live.layers().iter().map(|layer| layer.state).collect::<Vec<_>>();
    assert_eq!(states(&live)[..2], [LayerState::Compressing, LayerState::Uploading]);
    assert_eq!(live.layers()[1].percent, 99, "full only when the registry has it");
    let running = live.progress(now);
    assert_eq!((running.sent, running.kept), (RESUMABLE / 4 + 1000, RESUMABLE / 8));
    live.paused(now);
    assert_eq!(states(&live)[..2], [LayerState::Waiting, LayerState::Waiting]);
    let kept = live.progress(now);
    assert_eq!((kept.sent, kept.kept), (RESUMABLE / 8, RESUMABLE / 8), "the rest may go up again");

    live.resuming(now);
    assert_eq!((live.progress(now).sent, live.progress(now).percent), (kept.sent, kept.percent));
    live.apply(&Event::Phase(Phase::Sending), now);
    live.apply(&Event::Continued { blob: large, offset: RESUMABLE / 4 }, now);
    assert_eq!(live.progress(now).sent, RESUMABLE / 4, "it has more than was certain");

    live.apply(&interrupted(large, 10), now);
    assert_eq!(live.progress(now).sent, RESUMABLE / 4, "nobody knows yet");
    live.apply(&Event::Sent { blob: large, bytes: 10 }, now);
    let over = live.progress(now);
    assert_eq!((over.sent, over.starts_over.map(|over| over.bytes)), (10, Some(RESUMABLE / 4)));
    assert!(over.percent < 1.0, "{}", over.percent);

    live.end(JobState::Cancelled, now, "cancelled");
    assert_eq!((live.progress(now).sent, live.progress(now).percent), (0, 0.0));
    assert_eq!(states(&live)[0], LayerState::Waiting);
}

/// A publish of "about 120 MB" began as one of 48 and grew, while the time left stood still.
#[test]
fn the_total_is_the_plans_until_compressing_says_better() {
    let now = Instant::now();
    let parts = sample().1;
    let [one, other] = [0, 1].map(|layer| parts.layers[layer].blob.unwrap());
    let mut live = Live::new(&Items::from(&parts), now, 1000);
    live.blobs.iter_mut().for_each(|blob| (blob.stored, blob.gzip) = (0, false));
    for blob in [one, other] {
        let planned = Some(6_000_000);
        live.blobs[blob] = Blob { stored: 10_000_000, gzip: true, planned, ..live.blobs[blob].clone() };
    }
    live.apply(&Event::Phase(Phase::Sending), now);
    assert_eq!(live.progress(now).total, 12_000_000);
    // Half of one is compressed, to half of its size; nothing of that was sent yet.
    live.apply(&Event::Encoded { blob: one, bytes: 5_000_000, made: 2_500_000 }, now);
    assert_eq!(live.progress(now).total, 2_500_000 + 2_750_000 + 6_000_000);
    let digest = Digest::sha256(&[7; 32]);
    live.apply(&Event::Committed { blob: one, digest, size: 5_000_000 }, now);
    assert_eq!(live.progress(now).total, 10_000_000, "the other one is taken for alike");
}

/// Whatever happens to a job, each view of it says the same.
#[test]
fn all_figures_agree_whatever_happens() {
    for seed in seeds(200, 20_000) {
        let repeat = again(seed, "slipway-app", "all_figures_agree_whatever_happens");
        let chance = &mut Chance::new(seed);
        let mut now = Instant::now();
        let parts = sample().1;
        let mut live = Live::new(&Items::from(&parts), now, 1000);
        for blob in &mut live.blobs {
            blob.stored = chance.below(40 << 20);
            blob.gzip = chance.below(2) == 0;
            blob.planned = (chance.below(3) > 0).then(|| blob.stored * chance.below(120) / 100);
        }
        live.apply(&Event::Phase(Phase::Sending), now);
        let mut before = live.progress(now);
        for _ in 0..150 {
            now += Duration::from_millis(chance.below(1500));
            let again = happens(&mut live, chance, now);
            let after = live.progress(now);
            agrees(&live, (&before, again), &after, &repeat);
            before = after;
        }
    }
}

/// One of the things that happen, to a blob that it can happen to; whether it goes up again from its beginning.
fn happens(live: &mut Live, chance: &mut Chance, now: Instant) -> bool {
    let index = chance.place(live.blobs.len());
    let blob = live.blobs[index].clone();
    let under_way = matches!(blob.state, LayerState::Compressing | LayerState::Uploading);
    let resting = live.state() == JobState::Paused;
    let event = match chance.below(12) {
        0 if !resting => {
            live.pausing(now);
            live.paused(now);
            return false;
        }
        _ if resting => {
            live.resuming(now);
            Event::Phase(Phase::Sending)
        }
        1 if blob.state == LayerState::Waiting && blob.sent() == 0 => Event::There { blob: index },
        _ if blob.is_over() => return false,
        _ if !under_way => Event::Started { blob: index },
        2 => interrupted(index, chance.below(5000)),
        3 => Event::Continued { blob: index, offset: chance.below(blob.sent() + 1) },
        4 => Event::Confirmed { blob: index, bytes: chance.below(blob.sent() + 1) },
        5 => Event::Committed {
            blob: index,
            digest: Digest::sha256(&[7; 32]),
            size: if blob.gzip { blob.sent().max(blob.made) } else { blob.stored },
        },
        6..9 => {
            let bytes = chance.below(4 << 20).min(blob.stored - blob.read.min(blob.stored));
            Event::Encoded { blob: index, bytes, made: bytes * chance.below(110) / 100 }
        }
        _ => {
            let most = if blob.gzip { blob.made } else { blob.stored };
            Event::Sent { blob: index, bytes: chance.below(4 << 20).min(most.saturating_sub(blob.sent)) }
        }
    };
    live.apply(&event, now);
    matches!(event, Event::Sent { .. }) && blob.held_sent > 0
}

/// The same for what is fetched (`here`) and what is copied.
#[test]
fn all_figures_of_installs_and_copies_agree_whatever_happens() {
    let both = |seed| [(seed, true), (seed, false)];
    for (seed, here) in seeds(200, 20_000).into_iter().flat_map(both) {
        let repeat = again(seed, "slipway-app", "all_figures_of_installs_and_copies_agree_whatever_happens");
        let chance = &mut Chance::new(seed);
        let mut now = Instant::now();
        let count = 1 + chance.below(8);
        // Small ones first: a config, and where it is fetched manifests.
        let wanted = (0..count).map(|place| match place {
            0 | 1 => WantedBlob { size: chance.below(9000), layer: false },
            _ => WantedBlob { size: 1 + chance.below(40 << 20), layer: true },
        });
        let wanted: Vec<WantedBlob> = wanted.collect();
        let mut live = Live::new(&Items::default(), now, 1000);
        begins(&mut live, &wanted, here, now);
        let mut before = live.progress(now);
        for _ in 0..150 {
            now += Duration::from_millis(chance.below(1500));
            let again = moves(&mut live, &wanted, here, chance, now);
            let after = live.progress(now);
            agrees(&live, (&before, again), &after, &repeat);
            before = after;
        }
    }
}

/// The beginning of a run: what the one before it moved is found.
fn begins(live: &mut Live, wanted: &[WantedBlob], here: bool, now: Instant) {
    let over: Vec<bool> = live.blobs.iter().map(Blob::is_over).collect();
    live.apply(&Event::Phase(Phase::Checking), now);
    live.apply(&Event::Wanted { blobs: wanted.to_vec(), here }, now);
    live.apply(&Event::Phase(Phase::Sending), now);
    for blob in (0..over.len()).filter(|blob| over[*blob]) {
        if here {
            live.apply(&Event::Found { blob, bytes: wanted[blob].size }, now);
            live.apply(&Event::Fetched { blob }, now);
        } else {
            live.apply(&Event::There { blob }, now);
        }
    }
}

/// One of the things that happen to an install or a copy; whether bytes come again.
fn moves(live: &mut Live, wanted: &[WantedBlob], here: bool, chance: &mut Chance, now: Instant) -> bool {
    let blob = chance.place(wanted.len());
    let (known, size) = (live.blobs[blob].clone(), wanted[blob].size);
    let under_way = known.state == LayerState::Uploading;
    if live.state() == JobState::Paused {
        live.resuming(now);
        begins(live, wanted, here, now);
        return false;
    }
    let digest = Digest::sha256(&[7; 32]);
    let event = match chance.below(12) {
        0 => {
            live.pausing(now);
            live.paused(now);
            return false;
        }
        _ if known.is_over() => return false,
        1 if !here => Event::There { blob },
        2 if !here => Event::Linked { blob, from: "octocat/hello".parse().unwrap(), size },
        _ if !under_way && here => Event::Fetching { blob, digest, size },
        _ if !under_way => Event::Started { blob },
        // A digest that does not fit, or a file that lost what its record says.
        3 if here => Event::Found { blob, bytes: chance.below(known.sent() + 1) },
        3 => interrupted(blob, chance.below(5000)),
        4 if !here => Event::Continued { blob, offset: chance.below(known.sent() + 1) },
        5 if here && known.sent() == size => Event::Fetched { blob },
        5 if !here && known.sent == size => Event::Committed { blob, digest, size },
        _ => {
            let bytes = chance.below(8 << 20).min(size - known.sent.min(size));
            match here {
                true => Event::Received { blob, bytes },
                false => Event::Sent { blob, bytes },
            }
        }
    };
    live.apply(&event, now);
    matches!(event, Event::Sent { .. } | Event::Received { .. }) && known.held_sent > 0
}

fn agrees(live: &Live, (before, again): (&JobProgress, bool), now: &JobProgress, repeat: &str) {
    let told = format!("{now:?} after {before:?}; {repeat}");
    assert!(now.kept <= now.sent && now.sent <= now.total, "{told}");
    let part = 100.0 * now.sent as f64 / now.total.max(1) as f64;
    assert!((part - now.percent).abs() <= 1.0 || now.state == JobState::Checking, "{part} %: {told}");
    assert!(now.percent >= before.percent || now.sent < before.sent || again, "{told}");
    if now.state == JobState::Paused {
        assert_eq!((now.sent, now.speed, now.seconds_left), (now.kept, None, None), "{told}");
    }
    let layers = live.layers();
    let over = |layer: &&JobLayer| matches!(layer.state, LayerState::There | LayerState::Committed);
    assert_eq!(layers.iter().filter(over).count(), now.layers_done as usize, "{told}");
    // What the rows say is what the whole says, but for what is no row, as the config, and for whole percents.
    let others = live.blobs.iter().enumerate().filter(|(blob, _)| live.layer(*blob).is_none());
    let of_others: u64 =
        others.filter(|(_, blob)| blob.state != LayerState::There).map(|(_, blob)| blob.sent()).sum();
    let rows = layers.iter().filter(|layer| layer.state != LayerState::There);
    let (of_rows, sizes) = rows.fold((0.0, 0.0), |(sent, sizes), row| {
        (sent + row.size as f64 * f64::from(row.percent) / 100.0, sizes + row.size as f64)
    });
    let rest = now.sent as f64 - of_others as f64;
    assert!((-1.0..=sizes / 50.0 + 1.0).contains(&(rest - of_rows)), "{of_rows} of {rest}: {told}");
}

#[test]
fn what_the_registry_warns_of_is_kept_once_and_holds_nothing_up() {
    let (mut live, now, _) = sending();
    for text in ["gone on 1 March", "moved", "gone on 1 March"] {
        assert!(!live.apply(&Event::Warned { text: text.to_owned() }, now));
    }
    assert_eq!(live.warnings, ["gone on 1 March", "moved"]);
    assert_eq!(live.state(), JobState::Sending);
}

#[test]
fn a_rate_is_told_only_when_enough_went_up() {
    let (mut live, now, layer) = sending();
    let later = now + Duration::from_secs(2);
    assert_eq!(live.rate(later), None);
    live.apply(&Event::Sent { blob: layer, bytes: 8_000_000 - 700 }, later);
    assert_eq!(live.rate(later), Some(4e6));
}
