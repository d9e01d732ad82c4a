//! The command is killed in the middle of a push or a pull; the same command goes on.

#![allow(clippy::print_stdout, reason = "says what was measured")]

use std::path::Path;
use std::time::Duration;

use slipway_stage::until;
use slipway_tests::archive::docker_save;
use slipway_tests::command::{Run, Slipway};
use slipway_tests::playground::Playground;

const MB: u64 = 1_000_000;

struct Stage {
    playground: Playground,
    archive: String,
}

impl Stage {
    async fn set(layers: &[u64]) -> Self {
        let playground = Playground::start().await;
        let archive = playground.archive("image.tar", |path| docker_save(path, layers, "image:1"));
        // Whether ghcr.io tells how far an upload is is not known; this one does.
        playground.practice.switches().change(|switches| switches.session_status = true);
        Self { archive: archive.to_string_lossy().into_owned(), playground }
    }

    /// Somebody's computer: what it remembers lasts from one run to the next.
    fn computer(&self) -> Slipway {
        Slipway::default()
            .with("SLIPWAY_HOSTS", &self.playground.hosts().to_string_lossy())
            .with("GITHUB_ACTOR", "octocat")
            .with("GITHUB_TOKEN", &self.playground.token("octocat"))
    }

    fn push(&self, computer: &Slipway, name: &str, more: &[&str]) -> Run {
        let reference = format!("ghcr.io/octocat/{name}:1");
        let run = computer.run(["push", &self.archive, &reference, "--json"].iter().chain(more));
        assert_eq!(run.code, 0, "{}{}", run.output, run.error);
        run
    }

    /// Bytes of layers that went up since the last call.
    fn sent(&self) -> u64 {
        let sent = self.so_far();
        self.playground.practice.forget_requests();
        sent
    }

    fn so_far(&self) -> u64 {
        let requests = self.playground.practice.requests();
        requests
            .iter()
            .filter(|request| request.path.contains("/blobs/"))
            .map(|request| request.body_bytes)
            .sum()
    }

    /// Starts a push, kills it when so many bytes are there, and returns how many were.
    async fn kill(&self, computer: &Slipway, name: &str, at: u64, more: &[&str]) -> u64 {
        let reference = format!("ghcr.io/octocat/{name}:1");
        let mut child = computer.start(["push", &self.archive, &reference].iter().chain(more));
        runs_until(&mut child, || self.so_far() >= at).await;
        child.kill().unwrap();
        child.wait().unwrap();
        // What was on its way still arrives, and a session that grows cannot be gone on with. A busy computer takes longer
        // rests on the way than a quiet one.
        let mut there = 0;
        while there != self.so_far() {
            there = self.so_far();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        self.sent()
    }
}

/// Waits for so much, all of which comes while the program runs.
async fn runs_until(child: &mut std::process::Child, is_there: impl Fn() -> bool) {
    until("so much", || {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
        is_there()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_layers_go_on_after_a_kill() {
    let stage = Stage::set(&[50 * MB; 10]).await;
    let whole = stage.push(&stage.computer(), "whole", &[]).digest();
    let total = stage.sent();
    let computer = stage.computer();
    let before = stage.kill(&computer, "killed", total * 60 / 100, &[]).await;
    let again = stage.push(&computer, "killed", &[]);
    let sent = stage.sent();
    println!("{before} of {total} bytes before the kill, {sent} after it");
    assert_eq!(again.digest(), whole);
    assert!(sent < total * 45 / 100, "{sent} of {total} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_layer_in_chunks_goes_on_at_the_chunk() {
    let stage = Stage::set(&[500 * MB]).await;
    let computer = stage.computer();
    let before = stage.kill(&computer, "killed", 150 * MB, &["--way", "chunks"]).await;
    let digest = stage.push(&computer, "killed", &["--way", "chunks"]).digest();
    let requests = stage.playground.practice.requests();
    let first = requests.iter().find_map(|request| request.content_range.clone()).unwrap();
    let offset: u64 = first.split_once('-').unwrap().0.parse().unwrap();
    println!("{before} bytes before the kill, the next chunk begins at {offset}");
    assert!(
        offset > 0 && before.abs_diff(offset) < 4 << 20,
        "{before} bytes were there, it went on at {offset}"
    );
    assert_eq!(stage.playground.practice.package("octocat/killed").unwrap().tags["1"], digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changed_since_is_pushed_as_it_is_now() {
    let stage = Stage::set(&[40 * MB, 10 * MB]).await;
    let computer = stage.computer();
    stage.kill(&computer, "killed", 10 * MB, &[]).await;
    docker_save(Path::new(&stage.archive), &[41 * MB, 10 * MB], "image:1").unwrap();
    let digest = stage.push(&computer, "killed", &[]).digest();
    assert_eq!(stage.push(&stage.computer(), "other", &[]).digest(), digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_goes_on_after_a_kill_with_what_is_in_the_unfinished_file() {
    let stage = Stage::set(&[60 * MB, 50 * MB, 40 * MB, 30 * MB]).await;
    let computer = stage.computer();
    let digest = stage.push(&computer, "killed", &[]).digest();
    let total = stage.sent();
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("killed.tar").to_string_lossy().into_owned();
    let arguments = ["pull", "ghcr.io/octocat/killed:1", "-o", &output];
    let practice = &stage.playground.practice;
    let came = || practice.requests().iter().map(|request| request.sent_bytes).sum::<u64>();
    practice.switches().change(|switches| switches.download_pace = Some(total / 8));
    let mut child = computer.start(arguments);
    runs_until(&mut child, || came() >= total * 7 / 10).await;
    child.kill().unwrap();
    child.wait().unwrap();
    practice.switches().change(|switches| switches.download_pace = None);
    let before = came();
    practice.forget_requests();
    let run = computer.run(arguments.iter().chain(&["--json"]));
    assert_eq!(run.code, 0, "{}{}", run.output, run.error);
    let again = came();
    println!("{before} of {total} bytes before the kill, {again} after it");
    // Of each of four layers: what is not recorded, and what the system held of its connection.
    let most = 4 * ((4 << 20) + 6 * MB);
    assert!(before + again < total + most, "{before} and {again} bytes");
    assert_eq!(run.last()["digest"], digest.as_str());
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(computer.run(["push", &output, "ghcr.io/octocat/again:1", "--json"]).digest(), digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_command_did_stands_in_its_history_with_how_it_ended() {
    let stage = Stage::set(&[3 * MB]).await;
    let computer = stage.computer();
    let digest = stage.push(&computer, "kept", &[]).digest();
    let output = computer.home().join("kept.tar").to_string_lossy().into_owned();
    let pulled = computer.run(["pull", "ghcr.io/octocat/kept:1", "-o", &output, "--json"]);
    assert_eq!(pulled.digest(), digest);
    let missing = computer.run(["pull", "ghcr.io/octocat/missing:1", "-o", &output, "--json"]);
    assert_eq!(missing.last()["code"], "notFound", "{}", missing.output);
    let practice = &stage.playground.practice;
    practice.switches().change(|switches| switches.download_pace = Some(100_000));
    practice.forget_requests();
    // Else its layers are taken from there.
    std::fs::remove_file(&output).unwrap();
    let killed = computer.home().join("killed.tar").to_string_lossy().into_owned();
    let mut child = computer.start(["pull", "ghcr.io/octocat/kept:1", "-o", &killed]);
    let came = || practice.requests().iter().map(|request| request.sent_bytes).sum::<u64>();
    runs_until(&mut child, || came() >= 200_000).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let told = computer.run(["jobs", "--json"]).last();
    let history: Vec<_> = told["history"].as_array().unwrap().iter().collect();
    let how: Vec<_> = history.iter().map(|row| (&row["kind"], &row["progress"]["state"])).collect();
    let expected = [("install", "failed"), ("install", "done"), ("publish", "done")];
    assert_eq!(how[0], (&"install".into(), &"cancelled".into()), "{told}");
    for (row, (kind, state)) in how[1..].iter().zip(expected) {
        assert_eq!(*row, (&kind.into(), &state.into()), "{told}");
    }
    assert_eq!((how.len(), &told["queue"]), (4, &serde_json::json!([])));
    assert_eq!(history[1]["failure"]["code"], "notFound");
    assert!(history[2..].iter().all(|row| row["digest"] == digest.as_str()), "{told}");
    assert!(computer.run(["jobs", "killed"]).output.contains("cancelled"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_cannot_be_kept_stops_no_push() {
    let stage = Stage::set(&[MB]).await;
    let computer = stage.computer();
    std::fs::create_dir_all(computer.home().join("slipway/slipway.db")).unwrap();
    stage.push(&computer, "unkept", &[]);
    assert_eq!(computer.run(["jobs", "--json"]).last()["history"], serde_json::json!([]));
}
