//! The fault matrix of pulls: for each fault what comes again, what is kept, and that nothing wrong gets a name.
//! `docs/faults.md` holds the table; `SLIPWAY_WRITE_DOCS=1` writes it anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::StatusCode;
use slipway_archive::{OpenOptions, Target};
use slipway_distribution::Registry;
use slipway_hosts::Hosts;
use slipway_stage::image::{OCI_CONFIG, OCI_GZIP, OCI_MANIFEST, config, descriptor};
use slipway_stage::{Server, digest, noise, until};
use slipway_transfer::{Control, Event, Events, PullRequest, Pulled, TransferError, pull};

use crate::{impatient, wanted};

const MIB: usize = 1 << 20;

/// The layer that meets the fault, and another one beside it.
const LAYER: usize = 6 * MIB;
const OTHER: usize = MIB;

/// What may come beside the bytes that a row allows, bytes.
const SLACK: u64 = 64 << 10;

/// After a kill so much of each open layer comes again at most: what is not recorded, and what waits to be written.
const UNRECORDED: u64 = 4 << 20;

/// What comes again at most once a full disk has room, of a file and of a folder, bytes: what was on its way when nothing
/// more could be written.
const FILLED: [(&str, u64); 2] = [("a file", MIB as u64), ("a folder", MIB as u64)];

/// What answers one request for the layer, from the byte on that it asks for.
#[derive(Debug, Clone, Copy)]
enum Answer {
    /// So many bytes, then the connection is cut.
    Cut(usize),
    /// So many bytes as if they were all.
    Short(usize),
    /// All, and more.
    Long,
    /// All, and one byte is another one.
    Wrong,
    /// All from the first byte on, whatever was asked for.
    FromStart,
    /// To a storage whose address has ended.
    Expired,
    /// The token has ended.
    Unauthorized,
    /// Another answer; the second number is its `Retry-After`, seconds.
    Status(u16, u64),
}

/// How a pull with the fault ends.
#[derive(Debug, Clone, Copy)]
enum Ends {
    /// Whole.
    Well,
    /// With these words, and what came is kept or not.
    Badly(&'static str, Kept),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    All,
    Nothing,
}

struct Row {
    /// As the table names it.
    fault: &'static str,
    /// What answers the first requests for the layer, in turn.
    answers: Vec<Answer>,
    /// Bytes that come again at most, in this pull and the next one.
    again: usize,
    ends: Ends,
}

fn rows() -> Vec<Row> {
    use Answer::{Cut, Expired, FromStart, Long, Short, Status, Unauthorized, Wrong};
    let well =
        |fault, answers: &[Answer], again| Row { fault, answers: answers.to_vec(), again, ends: Ends::Well };
    let badly = |fault, answer, again, words, kept| Row {
        fault,
        answers: vec![answer; 64],
        again,
        ends: Ends::Badly(words, kept),
    };
    vec![
        well("none", &[], 0),
        well("connection cut before the first byte", &[Cut(0)], 0),
        well("connection cut after 1 MB of a layer", &[Cut(MIB)], 0),
        well("the same five times", &[Cut(MIB); 5], 0),
        well("connection cut at the last byte", &[Cut(LAYER - 1)], 0),
        well("the address at the storage has ended (403)", &[Expired], 0),
        well("the same in mid-layer, after a cut", &[Cut(2 * MIB), Expired], 0),
        well("401 in mid-layer, after a cut", &[Cut(2 * MIB), Unauthorized], 0),
        well("503 on a layer, Retry-After 1", &[Status(503, 1)], 0),
        well("429 in mid-layer, Retry-After 1", &[Cut(2 * MIB), Status(429, 1)], 0),
        well("all of a layer where a part was asked for", &[Cut(2 * MIB), FromStart], 2 * MIB),
        badly("one byte of a layer is another one", Wrong, LAYER, "damaged", Kept::Nothing),
        badly("a layer is longer than its manifest says", Long, LAYER, "longer than its", Kept::Nothing),
        badly("a layer ends early, as if it were whole", Short(MIB), MIB, "before its size", Kept::Nothing),
        badly("the registry fails for good (503)", Status(503, 0), 0, "503", Kept::All),
    ]
}

/// A registry with one image, whose first layer is answered by turns.
struct Odd {
    server: Server,
    /// Whatever it is asked for has ended.
    _storage: Server,
    /// Bytes of all blobs and of the manifest.
    size: u64,
    content: Vec<(String, Vec<u8>)>,
}

fn ranged(request: &Request) -> usize {
    let range = request.headers().get("range").and_then(|range| range.to_str().ok());
    let from = range.and_then(|range| range.strip_prefix("bytes=")?.split('-').next()?.parse().ok());
    from.unwrap_or_default()
}

/// These bytes of something that ends at `size`, after which the connection is cut, or the answer ends.
fn part(content: &Bytes, from: usize, to: usize, cut: bool) -> Response {
    let (size, piece) = (content.len(), content.slice(from..to.max(from)));
    let pieces: Vec<Bytes> = (0..piece.len())
        .step_by(64 << 10)
        .map(|at| piece.slice(at..piece.len().min(at + (64 << 10))))
        .collect();
    let sent = stream::iter(pieces.into_iter().map(Ok));
    let end = stream::once(async move {
        // So that what was sent before has left.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(std::io::Error::other("cut on purpose"))
    });
    let body = if cut { Body::from_stream(sent.chain(end)) } else { Body::from_stream(sent) };
    let mut response = Response::new(body);
    if from > 0 {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let range = format!("bytes {from}-{}/{size}", size - 1);
        response.headers_mut().insert("content-range", range.parse().unwrap());
    }
    if cut {
        response.headers_mut().insert("content-length", (size - from).into());
    }
    response
}

impl Odd {
    async fn start(answers: Vec<Answer>) -> Self {
        let layers = [noise(LAYER, 1), noise(OTHER, 2)];
        let config = config(&[&layers[0], &layers[1]]);
        let manifest = serde_json::json!({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptor(OCI_CONFIG, &config),
            "layers": [descriptor(OCI_GZIP, &layers[0]), descriptor(OCI_GZIP, &layers[1])],
        });
        let manifest = manifest.to_string();
        let [first, second] = layers;
        let content: Vec<_> = [first, second, config].map(|blob| (digest(&blob), blob)).into();
        let size = content.iter().map(|(_, blob)| blob.len() as u64).sum();
        let blobs: Vec<(String, Bytes)> =
            content.iter().map(|(digest, blob)| (digest.clone(), Bytes::from(blob.clone()))).collect();
        let storage = Server::start(|_| StatusCode::FORBIDDEN.into_response()).await;
        let elsewhere = storage.address;
        let turns = Mutex::new((answers.into_iter(), 1));
        let server = Server::start(move |request| {
            let path = request.uri().path();
            if path == "/token" {
                let token = turns.lock().unwrap().1;
                return format!(r#"{{"token": "token-{token}"}}"#).into_response();
            }
            let mut turns = turns.lock().unwrap();
            let host = request.headers()["host"].to_str().unwrap();
            let challenge = format!("Bearer realm=\"http://{host}/token\",service=\"odd\"");
            let refused =
                || (StatusCode::UNAUTHORIZED, [("www-authenticate", challenge.clone())], "").into_response();
            let bearer = format!("Bearer token-{}", turns.1);
            if request.headers().get("authorization").is_none_or(|it| *it != bearer.as_str()) {
                return refused();
            }
            if path.contains("/manifests/") {
                return ([("content-type", OCI_MANIFEST)], manifest.clone()).into_response();
            }
            let Some((number, (_, blob))) =
                blobs.iter().enumerate().find(|(_, (digest, _))| path.ends_with(digest))
            else {
                return "{}".into_response();
            };
            let from = ranged(request);
            match if number == 0 { turns.0.next() } else { None } {
                None => part(blob, from, blob.len(), false),
                Some(Answer::Cut(length)) => part(blob, from, (from + length).min(blob.len()), true),
                Some(Answer::Short(length)) => part(blob, from, length, false),
                Some(Answer::Long) => {
                    let longer = Bytes::from([blob.to_vec(), vec![0; 9]].concat());
                    part(&longer, from, longer.len(), false)
                }
                Some(Answer::Wrong) => {
                    let mut wrong = blob.to_vec();
                    wrong[LAYER / 2] ^= 1;
                    part(&Bytes::from(wrong), from, LAYER, false)
                }
                Some(Answer::FromStart) => part(blob, 0, blob.len(), false),
                Some(Answer::Expired) => {
                    let to = format!("http://{elsewhere}/{number}");
                    (StatusCode::TEMPORARY_REDIRECT, [("location", to)], "").into_response()
                }
                Some(Answer::Unauthorized) => {
                    turns.1 += 1;
                    refused()
                }
                Some(Answer::Status(status, after)) => {
                    let status = StatusCode::from_u16(status).unwrap();
                    (status, [("retry-after", after.to_string())], "").into_response()
                }
            }
        })
        .await;
        Self { server, _storage: storage, size, content }
    }
}

fn request(host: &str, format: Target, output: PathBuf) -> PullRequest {
    let endpoint = Hosts::builtin().endpoint(&host.parse().unwrap(), false).unwrap();
    let options = slipway_distribution::Options { retries: impatient(), ..Default::default() };
    let registry = Registry::new(&endpoint, Arc::new(()), &options).unwrap();
    PullRequest {
        images: vec![wanted(&format!("{host}/octocat/a:1.0"), &registry)],
        default_platform: "linux/amd64".to_owned(),
        format,
        output,
        unfinished: Vec::new(),
        here: None,
        no_zstd: None,
    }
}

/// Pulls; bytes that came, and the unfinished file.
async fn pulled(request: &PullRequest) -> (Result<Pulled, TransferError>, u64, Option<PathBuf>) {
    let told = Arc::<Mutex<(u64, Option<PathBuf>)>>::default();
    let hear = Arc::clone(&told);
    let events: Events = Arc::new(move |event| match event {
        Event::Received { bytes, .. } => hear.lock().unwrap().0 += bytes,
        Event::Unfinished { path } => hear.lock().unwrap().1 = Some(path),
        _ => {}
    });
    let ended = pull(request, &events, &Control::new(&events)).await;
    let (received, unfinished) = std::mem::take(&mut *told.lock().unwrap());
    (ended, received, unfinished)
}

/// All files below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { found.extend(files(&entry.path())) } else { found.push(entry.path()) }
    }
    found
}

/// What is wrong with the pull of this row into `format`.
async fn run(row: &Row, format: Target) -> Option<String> {
    let (odd, folder) = (Odd::start(row.answers.clone()).await, tempfile::tempdir().unwrap());
    let host = odd.server.address.to_string();
    let first = request(&host, format, folder.path().join("out"));
    let (mut ended, mut received, unfinished) = pulled(&first).await;
    let named = |folder: &Path| match format {
        Target::OciLayout => folder.join("out/index.json").exists(),
        _ => folder.join("out").exists(),
    };
    if let Ends::Badly(words, kept) = row.ends {
        let said = match &ended {
            Ok(_) => return Some("it was taken for whole".to_owned()),
            Err(error) => format!("{error} {error:?}"),
        };
        if !said.contains(words) {
            return Some(format!("people hear: {said}"));
        }
        if named(folder.path()) {
            return Some("something got a name".to_owned());
        }
        let left: Vec<_> =
            files(folder.path()).into_iter().filter(|it| !it.ends_with("oci-layout")).collect();
        // Of a folder, blobs that are whole stay.
        let whole = |path: &PathBuf| path.to_string_lossy().contains("/blobs/");
        if kept == Kept::Nothing && !left.iter().all(whole) {
            return Some(format!("{left:?} is left"));
        }
        // The next one meets no fault, and goes on with what is kept.
        let well = Odd::start(Vec::new()).await;
        let host = well.server.address.to_string();
        let mut next = request(&host, format, folder.path().join("out"));
        // It is another registry of the same image: a file that was begun for the other is no use to it.
        if format != Target::OciLayout {
            next.images[0].reference = first.images[0].reference.clone();
            next.unfinished = unfinished.into_iter().collect();
        }
        let (then, more, _) = pulled(&next).await;
        (ended, received) = (then, received + more);
    }
    match ended {
        Err(error) => Some(format!("failed: {error}")),
        Ok(_) if !named(folder.path()) => Some("nothing is there".to_owned()),
        Ok(_) => {
            // Of a file nothing is kept of the other blobs either where one is damaged.
            let other =
                if matches!(row.ends, Ends::Badly(_, Kept::Nothing)) { odd.size - LAYER as u64 } else { 0 };
            let most = odd.size + row.again as u64 + other + SLACK;
            let archive = slipway_archive::Archive::open(&first.output, &OpenOptions::default()).unwrap();
            let slipway_image::Node::Manifest(manifest) = &archive.images()[0].root else { unreachable!() };
            let mut bytes = Vec::new();
            let mut layer = manifest.layers[0].source.as_ref().unwrap().reader().unwrap();
            std::io::Read::read_to_end(&mut layer, &mut bytes).unwrap();
            let right = bytes == odd.content[0].1;
            (received > most || !right)
                .then(|| format!("{received} bytes came, {most} are allowed; right: {right}"))
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_of_a_pull_names_anything_wrong_or_costs_more_than_it_must() {
    let rows = rows();
    let cases: Vec<_> = rows
        .iter()
        .flat_map(|row| [Target::OciArchive, Target::OciLayout].map(|format| (row, format)))
        .collect();
    let outcomes = stream::iter(cases.clone()).map(|(row, format)| run(row, format)).buffered(4);
    let outcomes: Vec<_> = outcomes.collect().await;
    let mut problems = String::new();
    for ((row, format), outcome) in cases.iter().zip(&outcomes) {
        if let Some(problem) = outcome {
            writeln!(problems, "{} ({format:?}): {problem}", row.fault).unwrap();
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
    documented(&rows);
}

/// `docs/faults.md` shows the rows as they stand here.
fn documented(rows: &[Row]) {
    let mut table =
        "| fault | comes again, at most | how it ends | what is kept |\n|---|---|---|---|\n".to_owned();
    for row in rows {
        let cost = match row.again {
            0 => "nothing".to_owned(),
            LAYER => "the layer".to_owned(),
            bytes => format!("{:.1} MB", bytes as f64 / 1e6),
        };
        let (ends, kept) = match row.ends {
            Ends::Well => ("whole", "all"),
            Ends::Badly(_, Kept::All) => ("with the registry's words", "all: the next pull goes on"),
            Ends::Badly(_, Kept::Nothing) => {
                ("with what is wrong with it", "nothing in a file; in a folder other blobs that are whole")
            }
        };
        writeln!(table, "| {} | {cost} | {ends} | {kept} |", row.fault).unwrap();
    }
    let kill = UNRECORDED as f64 / 1e6;
    writeln!(table, "| the program is killed (`kill -9`) | {kill:.1} MB of each open layer | — | the rest |")
        .unwrap();
    writeln!(table, "| the registry is away for three seconds | nothing | whole | all |").unwrap();
    writeln!(
        table,
        "| a device without room (`/dev/full`) | — | with the system's words | there is nothing to keep |"
    )
    .unwrap();
    for (what, again) in FILLED {
        let again = again as f64 / 1e6;
        writeln!(
            table,
            "| the disk of {what} is full | {again:.1} MB | with the system's words | all: the next pull goes on \
             once there is room |"
        )
        .unwrap();
    }
    slipway_stage::docs::part("faults.md", "pulls", &table);
}

/// What a child of the test below does until it is killed.
#[tokio::test(flavor = "multi_thread")]
async fn a_pull_that_is_to_be_killed() {
    let Some(host) = std::env::var_os("SLIPWAY_TEST_PULLS") else { return };
    let (host, output) = (host.into_string().unwrap(), std::env::var_os("SLIPWAY_TEST_INTO").unwrap());
    let format =
        if output.to_string_lossy().ends_with(".tar") { Target::OciArchive } else { Target::OciLayout };
    // The layer never ends.
    let _ = pulled(&request(&host, format, output.into())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_pull_left_is_gone_on_with_in_files_and_folders() {
    for name in ["out.tar", "out"] {
        // Each time that the layer is asked for, one byte comes and then nothing, but for the first time.
        let odd = Odd::start(vec![Answer::Cut(LAYER - MIB), Answer::Status(429, 600)]).await;
        let (host, folder) = (odd.server.address.to_string(), tempfile::tempdir().unwrap());
        let output = folder.path().join(name);
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "pull_faults::a_pull_that_is_to_be_killed"])
            .env("SLIPWAY_TEST_PULLS", &host)
            .env("SLIPWAY_TEST_INTO", &output)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let asked = || odd.server.seen().iter().filter(|it| it.path.ends_with(&odd.content[0].0)).count();
        until("the second request", || {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
            asked() >= 2
        })
        .await;
        child.kill().unwrap();
        child.wait().unwrap();
        let left = files(folder.path());
        let format = if name == "out" { Target::OciLayout } else { Target::OciArchive };
        let mut next = request(&host, format, output.clone());
        next.unfinished =
            left.into_iter().filter(|it| it.extension().is_some_and(|it| it == "part")).collect();
        let (ended, received, _) = pulled(&next).await;
        ended.unwrap();
        assert!(received <= MIB as u64 + UNRECORDED + OTHER as u64 + 4096, "{name}: {received} bytes came");
        assert!(!folder.path().join("out/.unfinished").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_is_away_while_a_pull_runs_is_waited_for() {
    let mut stage = crate::Stage::set().await;
    let file = crate::plain(stage.folder(), &[noise(LAYER, 1)]);
    stage.push(&file, "octocat/a", crate::quick()).await.unwrap();
    stage.practice.switches().change(|switches| switches.download_pace = Some(2_000_000));
    let image = wanted("ghcr.io/octocat/a:1.0", &stage.registry());
    let output = stage.folder().join("away.tar");
    let request = PullRequest {
        images: vec![image],
        default_platform: "linux/amd64".to_owned(),
        format: Target::OciArchive,
        output,
        unfinished: Vec::new(),
        here: None,
        no_zstd: None,
    };
    let received = Arc::<Mutex<u64>>::default();
    let sum = Arc::clone(&received);
    let events: Events = Arc::new(move |event| {
        if let Event::Received { bytes, .. } = event {
            *sum.lock().unwrap() += bytes;
        }
    });
    let pulling = tokio::spawn(async move { pull(&request, &events, &Control::new(&events)).await });
    until("the first bytes", || *received.lock().unwrap() >= MIB as u64).await;
    stage.playground = stage.playground.restart(Duration::from_secs(3)).await;
    stage.practice.switches().change(|switches| switches.download_pace = None);
    let pulled = pulling.await.unwrap().unwrap();
    let came = *received.lock().unwrap();
    assert!(came <= pulled.file_size, "{came} bytes of a file of {}", pulled.file_size);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_in_the_systems_words() {
    let odd = Odd::start(Vec::new()).await;
    let full = request(&odd.server.address.to_string(), Target::OciArchive, PathBuf::from("/dev/full"));
    let error = pulled(&full).await.0.unwrap_err();
    let TransferError::Output { path, source } = &error else { panic!("{error}") };
    assert_eq!((path.as_path(), source.kind()), (Path::new("/dev/full"), std::io::ErrorKind::StorageFull));
}

/// What a child of the test below does on a disk that is too small, and again where the room is enough.
#[tokio::test(flavor = "multi_thread")]
async fn a_pull_that_fills_a_disk() {
    let Ok(host) = std::env::var("SLIPWAY_TEST_FILLS") else { return };
    let disk = PathBuf::from(std::env::var_os("SLIPWAY_TEST_INTO").unwrap());
    let cases = [("out.tar", Target::OciArchive), ("out", Target::OciLayout)];
    for ((name, format), (_, again)) in cases.into_iter().zip(FILLED) {
        // All but its last two MiB have room.
        let ballast = disk.join("ballast");
        std::fs::write(&ballast, vec![1; 3 * LAYER]).unwrap();
        let mut request = request(&host, format, disk.join(name));
        let (ended, first, _) = pulled(&request).await;
        let Err(TransferError::Output { source, .. }) = &ended else { panic!("{ended:?}") };
        assert_eq!(source.kind(), std::io::ErrorKind::StorageFull, "{name}");
        assert!(!disk.join("out.tar").exists() && !disk.join("out/index.json").exists(), "{name}");
        std::fs::remove_file(&ballast).unwrap();
        let parts = files(&disk).into_iter().filter(|it| it.extension().is_some_and(|it| it == "part"));
        request.unfinished = parts.collect();
        let (ended, received, _) = pulled(&request).await;
        ended.unwrap();
        let all = (LAYER + OTHER) as u64 + SLACK;
        assert!(first + received <= all + again, "{name}: {first} and {received} bytes came");
        std::fs::remove_file(disk.join("out.tar")).ok();
    }
}

/// The disk is one in memory, which only this test has.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_leaves_no_name_and_the_next_try_goes_on() {
    let test = "pull_faults::a_full_disk_leaves_no_name_and_the_next_try_goes_on";
    let odd = Odd::start(Vec::new()).await;
    let disk = tempfile::tempdir().unwrap();
    let mount = format!(
        "mount -t tmpfs -o size={} tmpfs \"$SLIPWAY_TEST_INTO\" || exit 77; exec \"$0\" --exact \
         pull_faults::a_pull_that_fills_a_disk --nocapture",
        4 * LAYER - 2 * MIB
    );
    let child = std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &mount])
        .arg(std::env::current_exe().unwrap())
        .env("SLIPWAY_TEST_FILLS", odd.server.address.to_string())
        .env("SLIPWAY_TEST_INTO", disk.path())
        .output();
    let child = match child {
        Ok(child) if child.status.code() != Some(77) && child.status.code() != Some(1) => child,
        refused => {
            return slipway_stage::left_out(test, &format!("no disk of its own can be had: {refused:?}"));
        }
    };
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&child.stderr)
    );
}
