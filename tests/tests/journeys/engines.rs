//! Real Docker and real Podman: what they have, publish and take, as they and skopeo tell it themselves.

#![allow(clippy::print_stdout, reason = "says what was measured")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::Value;
use slipway_tests::command::Slipway;
use slipway_tests::installed::{Installed, Kind};
use slipway_tests::left_out;
use slipway_tests::registry::{PATIENCE, Registry, skopeo, skopeo_digest, skopeo_pull};
use slipway_tests::shapes;
use slipway_tests::watched::{nameless_files, peak_memory};

/// Somebody whose engine this is.
fn person(engine: &Installed) -> Slipway {
    Slipway::default().with(engine.kind().variable(), &engine.host())
}

/// The images of the one engine that was asked for.
fn listed(slipway: &Slipway, kind: Kind) -> Vec<Value> {
    let run = slipway.run(["images", "--engine", kind.program(), "--json"]);
    assert_eq!(run.code, 0, "{}", run.error);
    run.last()["engines"][0]["images"].as_array().unwrap().clone()
}

/// Gives the engine an image with a name of its own, and returns its ID.
fn given(engine: &Installed, folder: &Path, name: &str) -> String {
    let archive = shapes::two_layers(folder).path;
    let said = engine.run(&["load", "--input", &archive.to_string_lossy()]);
    let loaded = said.lines().last().unwrap().rsplit(' ').next().unwrap().to_owned();
    engine.run(&["tag", &loaded, name]);
    engine.image(name).0
}

/// Lists, publishes by name and by ID, and gives the published name.
fn is_listed_and_published(engine: &Installed) {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let (slipway, program) = (person(engine), engine.kind().program());
    let id = given(engine, folder.path(), "monalisa:2.4.1");

    let images = listed(&slipway, engine.kind());
    let image = images.iter().find(|image| image["id"] == id.as_str()).unwrap();
    let names = image["names"].as_array().unwrap();
    assert!(names.iter().any(|name| name.as_str().unwrap().ends_with("monalisa:2.4.1")), "{names:?}");

    let reference = format!("{}/octocat/monalisa:2.4.1", registry.host());
    let arguments = ["push", "--from", program, "monalisa:2.4.1", &reference, "--name-here", "--json"];
    let run = slipway.run(arguments);
    assert_eq!(skopeo_digest(&reference, None), run.digest(), "{}", run.error);
    let there = format!("docker://{reference}");
    let raw = |arguments: &[&str]| -> Value {
        serde_json::from_str(&skopeo(&[&["inspect", "--raw", "--tls-verify=false"], arguments].concat()))
            .unwrap()
    };
    assert_eq!(raw(&[&there])["config"]["digest"], id.as_str());
    let (named, layers) = engine.image(&reference);
    assert_eq!(named, id);
    assert_eq!(raw(&["--config", &there])["rootfs"]["diff_ids"], serde_json::json!(layers));
    skopeo_pull(&reference, &folder.path().join("read"));

    let by_id = format!("{}/octocat/monalisa:by-id", registry.host());
    let again = slipway.run(["push", "--from", program, &id, &by_id, "--json"]);
    assert_eq!(again.digest(), run.digest(), "{}", again.error);
    assert_eq!(again.last()["sent"], 0);
    let missing = slipway.run(["push", "--from", program, "monalisa:9", &by_id, "--json"]);
    assert_ne!(missing.code, 0);
    assert!(
        missing.error.contains("monalisa:9") || missing.output.contains("monalisa:9"),
        "{}",
        missing.output
    );
    assert_eq!(engine.image("monalisa:2.4.1").0, id, "it is still there");
}

#[test]
fn docker_lists_and_publishes() {
    let test = "engines::docker_lists_and_publishes";
    let Some(engine) = Installed::start(Kind::Docker, test) else { return };
    is_listed_and_published(&engine);
}

#[test]
fn podman_lists_and_publishes() {
    let test = "engines::podman_lists_and_publishes";
    let Some(engine) = Installed::start(Kind::Podman, test) else { return };
    is_listed_and_published(&engine);
}

/// What is fetched goes into the engine under its name, with the ID and the layers that it has elsewhere.
fn takes_what_is_fetched(engine: &Installed) {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let slipway = person(engine).with("SLIPWAY_HOME", &folder.path().join("home").to_string_lossy());
    let program = engine.kind().program();
    let archive = shapes::two_layers(folder.path()).path.to_string_lossy().into_owned();
    let reference = format!("{}/octocat/taken:1.0", registry.host());
    for compression in ["gzip", "zstd"] {
        let pushed = slipway.run(["push", &archive, &reference, "--compression", compression, "--json"]);
        assert_eq!(pushed.code, 0, "{}", pushed.output);
        let config = skopeo(&["inspect", "--raw", "--tls-verify=false", &format!("docker://{reference}")]);
        let config: Value = serde_json::from_str(&config).unwrap();
        let run = slipway.run(["pull", &reference, "--load", program, "--json"]);
        let last = run.last();
        if compression == "zstd" && engine.kind() == Kind::Docker {
            // Docker 20.10 reads none of it; later ones do.
            assert!(last["event"] == "done" || last["code"] == "engine.zstd", "{last}");
            continue;
        }
        assert_eq!((run.code, &last["verified"]), (0, &true.into()), "{}", run.output);
        let (id, layers) = engine.image(&reference);
        assert_eq!(config["config"]["digest"], id.as_str());
        let loaded = &last["loaded"][0];
        assert_eq!(
            (loaded["id"].as_str(), loaded["name"].as_str()),
            (Some(id.as_str()), Some(reference.as_str()))
        );
        assert_eq!(loaded["layers"], layers.len());
        let again = slipway.run(["pull", &reference, "--load", program, "--json"]);
        assert_eq!(again.last()["loaded"][0]["layersThere"], layers.len(), "{}", again.output);
        assert_eq!(std::fs::read_dir(folder.path().join("home/loads")).unwrap().count(), 0);
    }
}

#[test]
fn docker_takes_what_is_fetched() {
    let test = "engines::docker_takes_what_is_fetched";
    let Some(engine) = Installed::start(Kind::Docker, test) else { return };
    takes_what_is_fetched(&engine);
}

#[test]
fn podman_takes_what_is_fetched() {
    let test = "engines::podman_takes_what_is_fetched";
    let Some(engine) = Installed::start(Kind::Podman, test) else { return };
    takes_what_is_fetched(&engine);
}

/// Gives the engine `large:1` of one layer with a file of `size` bytes, and returns the bytes of that layer.
fn has_large_image(engine: &Installed, folder: &Path, size: u64) -> u64 {
    let (file, layer) = (folder.join("large"), folder.join("large.tar"));
    let block: Vec<u8> = (0..1_u32 << 16).flat_map(u32::to_le_bytes).collect();
    let mut blocks = std::fs::File::create(&file).unwrap();
    for _ in 0..size / block.len() as u64 {
        blocks.write_all(&block).unwrap();
    }
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(folder).arg("-cf").arg(&layer).arg("large");
    assert!(tar.status().unwrap().success());
    engine.run(&["import", &layer.to_string_lossy(), "large:1"]);
    let size = std::fs::metadata(&layer).unwrap().len();
    std::fs::remove_file(&file).unwrap();
    std::fs::remove_file(&layer).unwrap();
    size
}

/// What a push took while it ran.
#[derive(Debug, Default)]
struct Taken {
    /// kB.
    memory: u64,
    /// Bytes of files without a name, at most at once.
    spooled: u64,
    /// Such files at most at once.
    spools: usize,
}

/// Watches until `enough`, or until it ends.
fn watch(child: &mut Child, temporary: &Path, enough: impl Fn(&Taken) -> bool) -> Taken {
    let (mut taken, began) = (Taken::default(), Instant::now());
    while child.try_wait().unwrap().is_none() && !enough(&taken) {
        let files = nameless_files(child.id());
        taken.memory = taken.memory.max(peak_memory(child.id()).unwrap_or(0));
        taken.spooled = taken.spooled.max(files.iter().map(|(_, size)| size).sum());
        taken.spools = taken.spools.max(files.len());
        // What has no name goes with the program, however it ends.
        assert_eq!(std::fs::read_dir(temporary).unwrap().count(), 0);
        assert!(began.elapsed() < PATIENCE * 10, "the push does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
    taken
}

/// 1.2 GB out of an engine take little memory and the disk for them once; killed, stopped or refused, nothing is left.
#[test]
fn a_large_image_of_an_engine_takes_little_memory_and_one_spool() {
    const SIZE: u64 = 1_200_000_000;
    /// kB.
    const MOST: u64 = 64 << 10;
    let test = "engines::a_large_image_of_an_engine_takes_little_memory_and_one_spool";
    if std::env::var_os("SLIPWAY_LONG").is_none() {
        left_out(test, "it takes minutes beside others: cargo xtask test --long");
        return;
    }
    let Some(engine) = Installed::start(Kind::Docker, test) else { return };
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let size = has_large_image(&engine, folder.path(), SIZE);
    let temporary = folder.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let slipway = person(&engine).with("TMPDIR", &temporary.to_string_lossy());
    let reference = format!("{}/octocat/large:1", registry.host());
    let arguments = |to: &str| ["push", "--from", "docker", "large:1", to, "--json"].map(ToOwned::to_owned);

    for signal in ["KILL", "INT"] {
        let mut child = slipway.start(arguments(&reference));
        let taken = watch(&mut child, &temporary, |taken| taken.spooled > SIZE / 4);
        assert!(taken.spooled > SIZE / 4, "it ended before it could be ended");
        Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert!(!child.wait().unwrap().success());
        assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "after {signal}");
    }

    let mut child = slipway.start(arguments(&reference));
    drop(child.stdin.take());
    let taken = watch(&mut child, &temporary, |_| false);
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    let last: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"], "done", "{last}");
    assert_eq!(skopeo_digest(&reference, None), last["digest"].as_str().unwrap());
    println!("{taken:?} for {size} bytes");
    assert!((1..MOST).contains(&taken.memory), "{taken:?}");
    assert_eq!(taken.spools, 1);
    assert!((size - (1 << 20)..size + (1 << 20)).contains(&taken.spooled), "{taken:?} for {size} bytes");
}

/// A folder that is built into an image of two files; what `.dockerignore` names does not come along.
fn buildable() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    // Nothing runs in it, and nothing is fetched for it.
    let dockerfile = "FROM scratch AS base\nARG REVISION=none\nLABEL revision=$REVISION\nCOPY . /\n";
    std::fs::write(at("Dockerfile"), dockerfile).unwrap();
    std::fs::write(at(".dockerignore"), "Dockerfile\n.dockerignore\nleft-out\n").unwrap();
    for name in ["hello", "world", "left-out"] {
        std::fs::write(at(name), name).unwrap();
    }
    folder
}

/// Builds, publishes and names a folder, and tells where a Dockerfile is wrong.
fn is_built_and_published(engine: &Installed) {
    let (folder, registry) = (buildable(), Registry::start());
    let (slipway, program) = (person(engine), engine.kind().program());
    let path = folder.path().to_string_lossy().into_owned();
    let reference = format!("{}/octocat/built:1", registry.host());
    let more = ["--engine", program, "--build-arg", "REVISION=9f2c41e", "--json"];
    let run = slipway.run(["build", &path, &reference].iter().chain(&more));
    assert_eq!(run.code, 0, "{}{}", run.output, run.error);
    assert_eq!(skopeo_digest(&reference, None), run.digest());

    let there = format!("docker://{reference}");
    let raw = |arguments: &[&str]| -> Value {
        serde_json::from_str(&skopeo(&[&["inspect", "--raw", "--tls-verify=false"], arguments].concat()))
            .unwrap()
    };
    let (id, layers) = engine.image(&reference);
    assert_eq!(raw(&[&there])["config"]["digest"], id.as_str());
    let config = raw(&["--config", &there]);
    assert_eq!(config["rootfs"]["diff_ids"], serde_json::json!(layers));
    assert_eq!(config["config"]["Labels"]["revision"], "9f2c41e");
    let read = tempfile::tempdir().unwrap();
    let manifest = skopeo_pull(&reference, read.path());
    let layer = manifest["layers"][0]["digest"].as_str().unwrap().trim_start_matches("sha256:");
    let listed = Command::new("tar").arg("-tzf").arg(read.path().join(layer)).output().unwrap();
    let files = String::from_utf8_lossy(&listed.stdout);
    assert!(files.contains("hello") && files.contains("world"), "{files}");
    assert!(!files.contains("left-out"), "{files}");

    std::fs::write(folder.path().join("Dockerfile"), "FROM scratch\nCOPIES . /\n").unwrap();
    let wrong = slipway.run(["build", &path, "--engine", program]);
    assert_ne!(wrong.code, 0);
    assert!(wrong.error.contains("COPIES"), "{}", wrong.error);
    if engine.kind() == Kind::Docker {
        assert!(wrong.error.contains("line 2"), "{}", wrong.error);
    }
}

#[test]
fn docker_builds() {
    let Some(engine) = Installed::start(Kind::Docker, "engines::docker_builds") else { return };
    is_built_and_published(&engine);
}

#[test]
fn podman_builds() {
    let Some(engine) = Installed::start(Kind::Podman, "engines::podman_builds") else { return };
    is_built_and_published(&engine);
}
