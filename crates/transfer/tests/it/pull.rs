//! What a pull keeps, and what it fetches again.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use slipway_archive::Target;
use slipway_stage::noise;
use slipway_transfer::{Control, Event, Events, Options, PullRequest, Pulled, TransferError, pull};

use crate::{Stage, plain, wanted};

/// Layers; each is noise, which is as large in the registry.
const LAYERS: [usize; 5] = [12 << 20, 9 << 20, 6 << 20, 5 << 20, 64 << 10];

/// After a kill so much of each open layer is fetched again at most.
const AGAIN: u64 = 4 << 20;

async fn with_image() -> Stage {
    let stage = Stage::set().await;
    let layers: Vec<_> = (1..).zip(LAYERS).map(|(seed, size)| noise(size, seed)).collect();
    let file = plain(stage.folder(), &layers);
    stage.push(&file, "octocat/a", Options::default()).await.unwrap();
    std::fs::create_dir(stage.folder().join("out")).unwrap();
    stage
}

fn request(stage: &Stage, unfinished: Option<&Path>) -> PullRequest {
    PullRequest {
        images: vec![wanted("ghcr.io/octocat/a:1.0", &stage.registry())],
        default_platform: "linux/amd64".to_owned(),
        format: Target::DockerArchive,
        output: stage.folder().join("out/a.tar"),
        unfinished: unfinished.map(Path::to_owned).into_iter().collect(),
        here: None,
        no_zstd: None,
    }
}

/// What a pull told.
#[derive(Default)]
struct Told {
    open: i32,
    received: u64,
    found: u64,
    unfinished: Option<PathBuf>,
}

/// Pulls; `press` may press its buttons at everything that is told.
async fn pulled(
    stage: &Stage,
    unfinished: Option<&Path>,
    press: impl Fn(&Told, &Control) + Send + Sync + 'static,
) -> (Result<Pulled, TransferError>, Told) {
    let told = Arc::new(Mutex::new(Told::default()));
    let control = Control::new(&(Arc::new(|_| ()) as Events));
    let (heard, hand) = (Arc::clone(&told), control.clone());
    let events: Events = Arc::new(move |event| {
        let mut told = heard.lock().unwrap();
        match event {
            Event::Fetching { .. } => told.open += 1,
            Event::Fetched { .. } => told.open -= 1,
            Event::Received { bytes, .. } => told.received += bytes,
            Event::Found { bytes, .. } => told.found += bytes,
            Event::Unfinished { path } => told.unfinished = Some(path),
            _ => {}
        }
        press(&told, &hand);
    });
    let ended = pull(&request(stage, unfinished), &events, &control).await;
    let told = std::mem::take(&mut *told.lock().unwrap());
    (ended, told)
}

/// Pulls as far as 70 % and pauses there; the unfinished file, and bytes that came.
async fn paused(stage: &Stage) -> (PathBuf, u64) {
    let (ended, told) = pulled(stage, None, |told, control| {
        if told.received >= size() * 7 / 10 {
            control.pause();
        }
    })
    .await;
    assert!(matches!(ended, Err(TransferError::Cancelled)), "{ended:?}");
    let path = told.unfinished.unwrap();
    assert!(path.exists() && !request(stage, None).output.exists());
    (path, told.received)
}

fn size() -> u64 {
    LAYERS.iter().sum::<usize>() as u64
}

/// Bytes of blobs that the registry sent since the last call.
fn sent(stage: &Stage) -> u64 {
    let sent = stage.practice.requests().iter().map(|request| request.sent_bytes).sum();
    stage.practice.forget_requests();
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_pull_goes_on_and_fetches_little_again() {
    let stage = with_image().await;
    let whole = pulled(&stage, None, |_, _| ()).await.0.unwrap();
    let bytes = std::fs::read(request(&stage, None).output).unwrap();
    std::fs::remove_file(request(&stage, None).output).unwrap();
    assert_eq!(whole.file_size, bytes.len() as u64);
    let all = sent(&stage);
    assert!(all >= size());

    let (part, received) = paused(&stage).await;
    sent(&stage);
    let (ended, told) = pulled(&stage, Some(&part), |_, _| ()).await;
    assert_eq!(ended.unwrap(), whole);
    assert!(std::fs::read(request(&stage, None).output).unwrap() == bytes, "another file than in one go");
    let again = (sent(&stage) + received).saturating_sub(all);
    assert!(again <= AGAIN * 4, "{again} bytes were fetched again");
    assert_eq!(told.unfinished.as_ref(), Some(&part));
    assert_eq!(told.received + told.found, all);
    assert_eq!(std::fs::read_dir(stage.folder().join("out")).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_layers_come_side_by_side_and_a_cancel_leaves_nothing() {
    let stage = with_image().await;
    let most = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&most);
    let (ended, _) = pulled(&stage, None, move |told, _| {
        let mut most = seen.lock().unwrap();
        *most = told.open.max(*most);
    })
    .await;
    ended.unwrap();
    assert_eq!(*most.lock().unwrap(), 4, "and never more");
    std::fs::remove_file(request(&stage, None).output).unwrap();
    // So slow that nothing ends before the fourth has begun.
    stage.practice.switches().change(|switches| switches.download_pace = Some(20_000));
    let (ended, told) = pulled(&stage, None, |told, control| {
        if told.open == 4 {
            control.cancel();
        }
    })
    .await;
    assert!(matches!(ended, Err(TransferError::Cancelled)), "{ended:?}");
    assert!(told.unfinished.is_some());
    assert_eq!(std::fs::read_dir(stage.folder().join("out")).unwrap().count(), 0);
}

/// After a crash of the system a file may lack what its record tells of.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_unfinished_file_lost_is_fetched_again() {
    let stage = with_image().await;
    let (part, _) = paused(&stage).await;
    let length = part.metadata().unwrap().len();
    let record = std::fs::read(&part).unwrap().split_off(usize::try_from(length).unwrap() - 32 - 8 * 6);
    std::fs::write(&part, "").unwrap();
    let file = std::fs::File::options().write(true).open(&part).unwrap();
    file.set_len(length).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &record, length - record.len() as u64).unwrap();
    let (ended, told) = pulled(&stage, Some(&part), |_, _| ()).await;
    ended.unwrap();
    assert!(told.found > 0 && told.received >= size(), "{} found, {} received", told.found, told.received);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_fails_leaves_what_was_fetched_to_go_on_with() {
    let stage = with_image().await;
    let (part, _) = paused(&stage).await;
    stage.practice.switches().change(|switches| switches.storage_unavailable = true);
    let (ended, told) = pulled(&stage, Some(&part), |_, _| ()).await;
    assert!(matches!(ended, Err(TransferError::Registry { .. })), "{ended:?}");
    assert!(told.found > 0 && part.exists());
    stage.practice.switches().change(|switches| switches.storage_unavailable = false);
    let (ended, told) = pulled(&stage, Some(&part), |_, _| ()).await;
    ended.unwrap();
    assert!(told.received < size() && !part.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_moved_meanwhile_is_fetched_anew() {
    let stage = with_image().await;
    let (part, _) = paused(&stage).await;
    let other = plain(stage.folder(), &[noise(1 << 20, 9)]);
    let published = stage.push(&other, "octocat/a", Options::default()).await.unwrap();
    let (ended, told) = pulled(&stage, Some(&part), |_, _| ()).await;
    assert_eq!(ended.unwrap().images[0].digest, published.digest);
    assert!(told.found == 0 && told.unfinished.as_ref() != Some(&part));
}

/// On a full disk there is no room for a second one.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_byte_for_byte_is_not_written_again() {
    let stage = Stage::set().await;
    stage.push(&plain(stage.folder(), &[noise(1 << 20, 1)]), "octocat/a", Options::default()).await.unwrap();
    std::fs::create_dir(stage.folder().join("out")).unwrap();
    let output = request(&stage, None).output;
    let whole = pulled(&stage, None, |_, _| ()).await.0.unwrap();
    let bytes = std::fs::read(&output).unwrap();
    let facts = || {
        let facts = output.metadata().unwrap();
        (std::os::unix::fs::MetadataExt::ino(&facts), facts.modified().unwrap())
    };
    let (before, folder) = (facts(), output.parent().unwrap().metadata().unwrap().modified().unwrap());
    let (ended, told) = pulled(&stage, None, |_, _| ()).await;
    let ended = ended.unwrap();
    assert!(ended.here > 1 << 20 && Pulled { here: 0, ..ended.clone() } == whole, "{ended:?}");
    assert_eq!((told.received, told.unfinished, facts()), (0, None, before));
    assert_eq!(
        output.parent().unwrap().metadata().unwrap().modified().unwrap(),
        folder,
        "nothing was beside it"
    );

    let last = bytes.len() - 1;
    // The first header, a layer's content, the end.
    for at in [0, 1 << 19, last] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        std::fs::write(&output, damaged).unwrap();
        let (ended, told) = pulled(&stage, None, |_, _| ()).await;
        ended.unwrap();
        assert!(told.unfinished.is_some() && std::fs::read(&output).unwrap() == bytes, "{at}");
    }
    for length in [last, 0] {
        std::fs::write(&output, &bytes[..length]).unwrap();
        pulled(&stage, None, |_, _| ()).await.0.unwrap();
        assert!(std::fs::read(&output).unwrap() == bytes, "{length}");
    }
}
