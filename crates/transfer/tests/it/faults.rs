//! The fault matrix: for each fault what goes up again, what people see, and that nothing is lost.
//! `docs/faults.md` holds the table; `SLIPWAY_WRITE_DOCS=1` writes it anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use http::StatusCode;
use slipway_practice::{Mishap, Place, Switches, Trouble, Wish};
use slipway_stage::{noise, sha256, until};
use slipway_transfer::{Control, Event, Events, Options, TransferError, Way, push};

use crate::{Stage, plain, quick};

/// Layers of the image, bytes: they go up one after the other, so that a fault's cost can be counted.
const LAYERS: [usize; 3] = [9 << 20, 3 << 20, 3 << 20];

const MIB: u64 = 1 << 20;

/// What may go up again beside the bytes that a row allows: the config, and a chunk of the connection's buffers.
const SLACK: u64 = 64 << 10;

struct Row {
    /// As the table names it.
    fault: &'static str,
    way: Option<Way>,
    troubles: Vec<Trouble>,
    switch: fn(&mut Switches),
    /// Bytes that go up again at most, where the registry tells how far a session is, and where it does not.
    again: (u64, u64),
    /// What people are told while it lasts.
    seen: Seen,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Nothing: it costs nobody anything.
    Nothing,
    /// "Retrying in …".
    Waiting,
    /// "A layer starts over" or "goes on".
    Layer,
}

impl Row {
    fn new(fault: &'static str, troubles: impl IntoIterator<Item = Trouble>) -> Self {
        let troubles = troubles.into_iter().collect();
        Self { fault, way: None, troubles, switch: |_| {}, again: (0, 0), seen: Seen::Waiting }
    }

    /// A layer's stream fails: so much goes up again.
    fn layer(self, told: u64, untold: u64) -> Self {
        Self { again: (told, untold), seen: Seen::Layer, ..self }
    }

    fn way(self, way: Way) -> Self {
        Self { way: Some(way), ..self }
    }

    fn switch(self, switch: fn(&mut Switches)) -> Self {
        Self { switch, ..self }
    }

    fn silent(self) -> Self {
        Self { seen: Seen::Nothing, ..self }
    }
}

/// The largest layer goes up first; it is the one that meets the fault.
fn rows() -> Vec<Row> {
    use Mishap::{
        Answer, Cut, CutAnswer, EarlyAnswer, EndTokens, ForgetSession, SecondaryLimit, Stall, TooMany,
    };
    use Place::{Any, Base, BlobHead, Body, Commit, ManifestPut, RangedPatch, Token, UploadStart};
    const FIRST: u64 = LAYERS[0] as u64;
    let status = |code| StatusCode::from_u16(code).unwrap();
    let at = Trouble::at;
    let second = |times| TooMany(Wish::Seconds(times));
    let stored = |fault, trouble: Trouble| Row::new(fault, [trouble]);
    vec![
        // The rivals' table, row by row.
        Row::new("none", []).silent(),
        stored("503 on upload start, Retry-After 1", at(UploadStart, Answer(status(503)))),
        stored("503 three times on upload start", at(UploadStart, Answer(status(503))).times(3)),
        stored("500 on upload start", at(UploadStart, Answer(status(500)))),
        stored("502 on a layer's body", at(Body, Answer(status(502)))).layer(FIRST, FIRST),
        stored("503 on a layer's body, not read", at(Body, EarlyAnswer(status(503)))).layer(0, 0),
        stored("429 on upload start, Retry-After 2", at(UploadStart, second(2))),
        stored("429 three times on a blob's HEAD, Retry-After 1", at(BlobHead, second(1)).times(3)),
        stored("429 eight times on anything, Retry-After 1", at(Any, second(1)).times(8)),
        stored("502 on the manifest", at(ManifestPut, Answer(status(502)))),
        stored("500 on a blob's HEAD", at(BlobHead, Answer(status(500)))),
        stored("connection cut after 1 MB of a layer", at(Body, Cut(MIB))).layer(0, MIB),
        stored("the same three times", at(Body, Cut(MIB)).times(3)).layer(0, 3 * MIB),
        stored("the same eight times", at(Body, Cut(MIB)).times(8)).layer(0, 8 * MIB),
        stored("answer to a layer's body lost", at(Body, CutAnswer)).layer(0, FIRST),
        stored("answer to the commit lost", at(Commit, CutAnswer)).silent(),
        // What stands there is looked for before it is put again, which is not waited for.
        stored("answer to the manifest lost", at(ManifestPut, CutAnswer)).silent(),
        stored("cut at the first request", at(Base, Cut(0))),
        stored("401 in mid-push", at(Commit, EndTokens)).silent(),
        stored("401 three times in mid-push, with a new token each", at(Commit, EndTokens).times(3)),
        stored("404 on a layer's body (session forgotten)", at(Body, ForgetSession)).layer(FIRST, FIRST),
        stored("nothing moves for two seconds in a layer", at(Body, Stall(MIB, Duration::from_secs(2))))
            .silent(),
        // What else was seen in the wild.
        stored("cut at 0 % of a body", at(Body, Cut(0))).layer(0, 0),
        stored("cut at 50 % of a body", at(Body, Cut(FIRST / 2))).layer(0, FIRST / 2),
        stored("cut at 99 % of a body", at(Body, Cut(FIRST / 100 * 99))).layer(0, FIRST),
        stored("the same, and the session ends with it", at(Body, Cut(FIRST / 2)))
            .switch(|s| s.cuts_end_sessions = true)
            .layer(FIRST / 2, FIRST / 2),
        stored("500 on a body", at(Body, Answer(status(500)))).layer(FIRST, FIRST),
        stored("504 on a body", at(Body, Answer(status(504)))).layer(FIRST, FIRST),
        stored("408 on a body", at(Body, Answer(status(408)))).layer(FIRST, FIRST),
        stored("504 on the commit", at(Commit, Answer(status(504)))),
        stored("429 on a body, Retry-After as a date", at(Body, TooMany(Wish::Date(1)))).layer(FIRST, FIRST),
        stored("429 on a body, GitHub's duration in the message", at(Body, TooMany(Wish::InMessage(300))))
            .layer(FIRST, FIRST),
        stored("429 on a body that names no time", at(Body, TooMany(Wish::Silent))).layer(FIRST, FIRST),
        stored("401 on a layer's body", at(Body, EndTokens)).layer(0, 0),
        stored("403, secondary limit, Retry-After 1", at(UploadStart, SecondaryLimit(Some(1)))),
        stored("403, secondary limit, no time named", at(UploadStart, SecondaryLimit(None))),
        stored("403, secondary limit on the first request", at(Base, SecondaryLimit(Some(1)))),
        stored("416 on a chunk", at(RangedPatch, Answer(status(416))))
            .way(Way::Chunks)
            .layer(FIRST, FIRST)
            .quiet(),
        stored("a chunk cut in the middle", at(RangedPatch, Cut(2 * MIB)).after(1))
            .way(Way::Chunks)
            .layer(0, 7 * MIB)
            .quiet(),
        stored("502 on a chunk", at(RangedPatch, Answer(status(502))).after(1))
            .way(Way::Chunks)
            .layer(4 * MIB, 4 * MIB)
            .quiet(),
        stored("answer to a chunk lost", at(RangedPatch, CutAnswer).after(1))
            .way(Way::Chunks)
            .layer(0, FIRST)
            .quiet(),
        stored("a lying Range", at(RangedPatch, Mishap::Range("0-99".to_owned())).after(1))
            .way(Way::Chunks)
            .silent(),
        stored("a chunk answered 201", at(RangedPatch, Mishap::Status(status(201))).times(3))
            .way(Way::Chunks)
            .silent(),
        stored("a body answered 201", at(Body, Mishap::Status(status(201))).times(3)).silent(),
        Row::new("commit answer lost, blob kept", []).switch(|s| s.lose_commit_answers = 1).silent(),
        Row::new("commit answer lost, blob lost", [])
            .switch(|s| {
                s.lose_commit_answers = 1;
                s.lost_commits_keep_blob = false;
            })
            .layer(FIRST, FIRST),
        stored("token endpoint fails once", at(Token, Answer(status(500)))),
        stored("token endpoint cut once", at(Token, Cut(0))),
        Row::new("a slow registry (6 MB a second)", []).switch(|s| s.pace = Some(6_000_000)).silent(),
        Row::new("a smallest chunk is wished for", [])
            .switch(|s| s.chunk_minimum = Some(1 << 20))
            .way(Way::Chunks)
            .silent(),
    ]
}

impl Row {
    /// The chunk is sent again by itself: no layer starts over, people see a wait.
    fn quiet(self) -> Self {
        Self { seen: Seen::Waiting, ..self }
    }
}

async fn run(row: &Row, file: &Path, told: bool, once: u64, digest: &str) -> Option<String> {
    let stage = Stage::set().await;
    stage.practice.switches().change(|switches| {
        switches.session_status = told;
        (row.switch)(switches);
    });
    for trouble in &row.troubles {
        stage.practice.plan(trouble.clone());
    }
    let heard: Arc<Mutex<Vec<Event>>> = Arc::default();
    let listener = Arc::clone(&heard);
    let events: Events = Arc::new(move |event| listener.lock().unwrap().push(event));
    let options = Options { way: row.way, parallel: Some(1), ..quick() };
    let request = Stage::request(file, "octocat/a", options);
    let published =
        push(&request, &stage.registry(), &stage.resources, &events, &Control::new(&events)).await;
    let again = stage.seen().0.saturating_sub(once);
    let most = if told { row.again.0 } else { row.again.1 } + SLACK;
    let heard = heard.lock().unwrap();
    let waited =
        heard.iter().any(|event| matches!(event, Event::Waiting { reason, .. } if !reason.is_empty()));
    let restarted =
        heard.iter().any(|event| matches!(event, Event::Interrupted { reason, .. } if !reason.is_empty()));
    let told_right = match row.seen {
        Seen::Nothing => !restarted,
        Seen::Waiting => waited && !restarted || row.way == Some(Way::Chunks) && (waited || restarted),
        Seen::Layer => restarted,
    };
    match published {
        Err(error) => Some(format!("failed: {error}")),
        Ok(published) if published.digest.to_string() != digest => Some("another image".to_owned()),
        Ok(published) if published.not_verified.is_some() => Some("not verified".to_owned()),
        Ok(_) if stage.practice.mishaps_left() > 0 => Some("the fault did not happen".to_owned()),
        Ok(_) if again > most => Some(format!("{again} bytes went up again, {most} are allowed")),
        Ok(_) if !told_right => Some(format!("people hear waiting {waited}, restarted {restarted}")),
        Ok(_) => damaged(&stage.folder().join("registry/blobs/sha256")),
    }
}

/// A blob of the registry that is not what its name says.
fn damaged(blobs: &Path) -> Option<String> {
    let wrong =
        std::fs::read_dir(blobs).unwrap().map(|entry| entry.unwrap().path()).find(|path: &PathBuf| {
            path.file_name().unwrap().to_str().unwrap() != sha256(&std::fs::read(path).unwrap())
        });
    wrong.map(|path| format!("{} is damaged", path.display()))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_loses_anything_or_costs_more_than_it_must() {
    let stage = Stage::set().await;
    let layers: Vec<_> = LAYERS.iter().zip(1..).map(|(size, seed)| noise(*size, seed)).collect();
    let file = plain(stage.folder(), &layers);
    let whole = stage.push(&file, "octocat/a", quick()).await.unwrap();
    let once = stage.seen().0;
    let digest = whole.digest.to_string();
    let rows = rows();
    let cases = rows.iter().flat_map(|row| [(row, true), (row, false)]);
    let (file, digest) = (file.as_path(), digest.as_str());
    let outcomes: Vec<_> =
        stream::iter(cases).map(|(row, told)| run(row, file, told, once, digest)).buffered(4).collect().await;
    let mut problems = String::new();
    for ((row, told), outcome) in rows.iter().flat_map(|row| [(row, true), (row, false)]).zip(&outcomes) {
        if let Some(problem) = outcome {
            writeln!(problems, "{} (told {told}): {problem}", row.fault).unwrap();
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
    documented(&rows);
}

/// `docs/faults.md` shows the rows as they stand here.
fn documented(rows: &[Row]) {
    let mut table = "| fault | goes up again, where the registry tells how far it is | and where it does not | people see |\n|---|---|---|---|\n".to_owned();
    for row in rows {
        let cost = |bytes: u64| match bytes {
            0 => "nothing".to_owned(),
            _ if bytes == LAYERS[0] as u64 => "the layer".to_owned(),
            _ => format!("{:.1} MB at most", bytes as f64 / 1e6),
        };
        let seen = match row.seen {
            Seen::Nothing => "nothing",
            Seen::Waiting => "a countdown to the next try",
            Seen::Layer => "the layer going on or starting over, with the reason",
        };
        let way = row.way.map(|way| format!(" (way `{way}`)")).unwrap_or_default();
        let (told, untold) = (cost(row.again.0), cost(row.again.1));
        writeln!(table, "| {}{way} | {told} | {untold} | {seen} |", row.fault).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("<!-- table -->\n").unwrap();
    let after = rest.split_once("<!-- end -->").unwrap().1;
    let fresh = format!("{before}<!-- table -->\n{table}<!-- end -->{after}");
    if std::env::var_os("SLIPWAY_WRITE_DOCS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    assert!(
        text == fresh || std::env::var_os("SLIPWAY_WRITE_DOCS").is_some(),
        "docs/faults.md is not up to date"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_in_mid_body_is_told_in_the_registrys_words() {
    let stage = Stage::set().await;
    let file = plain(stage.folder(), &[noise(9 << 20, 1)]);
    stage.practice.plan(Trouble::at(Place::Body, Mishap::EarlyAnswer(StatusCode::FORBIDDEN)).times(9));
    let error = stage.push(&file, "octocat/a", Options::default()).await.unwrap_err();
    let TransferError::Registry { source, .. } = &error else { panic!("{error}") };
    assert_eq!((source.status, source.errors[0].message.as_str()), (Some(403), "trouble on purpose"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_is_away_for_a_while_is_waited_for() {
    let mut stage = Stage::set().await;
    stage.practice.switches().change(|switches| switches.pace = Some(20_000_000));
    let file = plain(stage.folder(), &[noise(24 << 20, 1), noise(6 << 20, 2)]);
    let registry = stage.registry();
    let request = Stage::request(&file, "octocat/a", Options::default());
    let (sent, waited) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(false)));
    let (counted, noticed) = (Arc::clone(&sent), Arc::clone(&waited));
    let events: Events = Arc::new(move |event| match event {
        Event::Sent { bytes, .. } => *counted.lock().unwrap() += bytes,
        Event::Waiting { .. } | Event::Interrupted { .. } => *noticed.lock().unwrap() = true,
        _ => {}
    });
    let resources = stage.resources.clone();
    let control = Control::new(&events);
    let pushing = tokio::spawn(async move { push(&request, &registry, &resources, &events, &control).await });
    until("the first bytes", || *sent.lock().unwrap() >= 8 << 20).await;
    // Longer than all tries together take.
    stage.playground = stage.playground.restart(Duration::from_secs(3)).await;
    let published = pushing.await.unwrap().unwrap();
    assert!(published.not_verified.is_none() && *waited.lock().unwrap());
    let package = stage.practice.package("octocat/a").unwrap();
    assert_eq!(package.tags["1.0"], published.digest.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_shrinks_while_it_is_read_is_never_published() {
    let stage = Stage::set().await;
    stage.practice.switches().change(|switches| switches.pace = Some(10_000_000));
    let file = plain(stage.folder(), &[noise(24 << 20, 1)]);
    let request = Stage::request(&file, "octocat/a", Options::default());
    let shrinking = file.clone();
    let events: Events = Arc::new(move |event| {
        if matches!(event, Event::Sent { .. }) {
            std::fs::File::options().write(true).open(&shrinking).unwrap().set_len(9 << 20).unwrap();
        }
    });
    let failed = push(&request, &stage.registry(), &stage.resources, &events, &Control::new(&events)).await;
    assert!(matches!(failed, Err(TransferError::Archive(_))), "{failed:?}");
    assert!(stage.practice.package("octocat/a").is_none_or(|package| package.tags.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_was_never_reached_is_not_waited_for() {
    let stage = Stage::set().await;
    let file = plain(stage.folder(), &[noise(1000, 1)]);
    let registry = stage.registry();
    let Stage { playground, resources } = stage;
    let _folder = playground.stop().await;
    let events: Events = Arc::new(|_| {});
    let request = Stage::request(&file, "octocat/a", Options::default());
    let failed = push(&request, &registry, &resources, &events, &Control::new(&events)).await;
    assert!(matches!(failed, Err(TransferError::Registry { .. })), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_layers_go_up_at_once_after_the_registry_asked_to_slow_down() {
    let stage = Stage::set().await;
    let layers: Vec<_> = (1..=8).map(|seed| noise(3 << 20, seed)).collect();
    let file = plain(stage.folder(), &layers);
    stage.practice.plan(Trouble::at(Place::UploadStart, Mishap::TooMany(Wish::Seconds(1))));
    // (layers under way, was asked to slow down) at each start of a layer.
    let starts: Arc<Mutex<Vec<(usize, bool)>>> = Arc::default();
    let (noted, state) = (Arc::clone(&starts), Mutex::new((0, false)));
    let events: Events = Arc::new(move |event| {
        let (under_way, slower) = &mut *state.lock().unwrap();
        match event {
            Event::Started { .. } => {
                *under_way += 1;
                noted.lock().unwrap().push((*under_way, *slower));
            }
            Event::Committed { .. } => *under_way -= 1,
            Event::Waiting { .. } => *slower = true,
            _ => {}
        }
    });
    let request = Stage::request(&file, "octocat/a", Options::default());
    push(&request, &stage.registry(), &stage.resources, &events, &Control::new(&events)).await.unwrap();
    let starts = starts.lock().unwrap();
    let most = |slower| starts.iter().filter(|(_, asked)| *asked == slower).map(|(layers, _)| *layers).max();
    // One small blob may go beside the large ones.
    assert!(most(false).unwrap() >= 4, "{starts:?}");
    let after = starts.iter().find(|(_, slower)| *slower).unwrap();
    assert!(after.0 <= 3, "{starts:?}");
}
