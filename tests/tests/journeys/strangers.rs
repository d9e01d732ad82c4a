//! What people met with other tools, tried on the command; the public reports stand beside each.

use std::fs::File;
use std::io::{BufRead as _, Read as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use slipway_stage::until;
use slipway_tests::archive::docker_save;
use slipway_tests::command::{Run, Slipway};
use slipway_tests::playground::Playground;
use slipway_tests::registry::{Registry, skopeo_digest};

/// An image file with one layer, and where it is pushed to.
fn image(folder: &Path, registry: &Registry) -> (PathBuf, String) {
    let file = folder.join("image.tar");
    docker_save(&file, &[300_000], "app:1").unwrap();
    (file, format!("{}/octocat/app:1", registry.host()))
}

/// Runs the command with this standard output.
fn into(slipway: &Slipway, arguments: &[&str], output: impl Into<Stdio>) -> Run {
    let child = slipway.command(arguments).stdin(Stdio::null()).stdout(output).spawn().unwrap();
    let ended = child.wait_with_output().unwrap();
    Run {
        code: ended.status.code().unwrap_or(-1),
        output: String::new(),
        error: String::from_utf8_lossy(&ended.stderr).into_owned(),
    }
}

/// A pipe that nobody reads any more.
fn closed() -> Stdio {
    std::io::pipe().unwrap().1.into()
}

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

/// rustic-rs/rustic#1915, gitbutlerapp/gitbutler#11088, sharkdp/fd#24: `… | head`, `> /dev/full`.
#[test]
fn a_push_whose_result_cannot_be_written_is_published_and_says_why() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let (file, reference) = image(folder.path(), &registry);
    let file = file.to_string_lossy();
    for (number, output) in [closed(), full()].into_iter().enumerate() {
        let reference = format!("{reference}{number}");
        let run = into(&Slipway::default(), &["push", &file, &reference, "--json"], output);
        assert_eq!(run.code, 1, "{}", run.error);
        assert!(run.error.contains("it was done") && run.error.contains("standard output"), "{}", run.error);
        assert!(!skopeo_digest(&reference, None).is_empty());
    }
}

#[test]
fn a_reader_that_has_seen_enough_ends_inspect_in_peace() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let (file, _) = image(folder.path(), &registry);
    let arguments = ["inspect", &file.to_string_lossy()];
    let run = into(&Slipway::default(), &arguments, closed());
    assert_eq!((run.code, run.error.as_str()), (0, ""));
    let run = into(&Slipway::default(), &arguments, full());
    assert_eq!(run.code, 1);
    assert!(run.error.contains("standard output") && !run.error.contains("panicked"), "{}", run.error);
}

/// skopeo#1485, skopeo#2623: `pull … | docker load`, and people who name the device of standard output.
#[test]
fn a_pull_writes_to_standard_output_pipes_and_devices_and_replaces_none() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let (file, reference) = image(folder.path(), &registry);
    let slipway = Slipway::default();
    assert_eq!(slipway.run(["push", &file.to_string_lossy(), &reference]).code, 0);
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let pull = |output: &str| slipway.run(["pull", &reference, "-o", output]);
    assert_eq!(pull(&at("plain.tar")).code, 0);
    let plain = std::fs::read(at("plain.tar")).unwrap();

    let piped = slipway.command(["pull", &reference, "-o", "-"]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(piped.status.code(), Some(0), "{}", String::from_utf8_lossy(&piped.stderr));
    assert!(piped.stdout == plain, "the file and nothing else");

    std::os::unix::fs::symlink("/dev/null", at("null")).unwrap();
    assert_eq!(pull(&at("null")).code, 0);
    assert!(std::fs::symlink_metadata(at("null")).unwrap().is_symlink());

    let made = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
    assert!(made.success());
    let reader = std::thread::spawn({
        let pipe = at("pipe");
        move || {
            let mut read = Vec::new();
            File::open(pipe).and_then(|mut pipe| pipe.read_to_end(&mut read)).map(|_| read)
        }
    });
    assert_eq!(pull(&at("pipe")).code, 0);
    assert!(reader.join().unwrap().unwrap() == plain, "what went through the pipe");

    let refused = pull(&folder.path().to_string_lossy());
    assert!(refused.code != 0 && refused.error.contains("folder"), "{}", refused.error);
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".part")), "{left:?}");
}

/// The commonest tag of all workflows (envoyproxy/ratelimit#176, PostHog/posthog#35046).
#[test]
fn a_commit_is_pushed_and_pulled_as_a_version() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let (file, _) = image(folder.path(), &registry);
    let reference = format!("{}/octocat/app:f1758150b6dfed3e5c0ae13fb7bb6b8f6ae00b0e", registry.host());
    let slipway = Slipway::default();
    let run = slipway.run(["push", &file.to_string_lossy(), &reference, "--json"]);
    assert_eq!(run.code, 0, "{}{}", run.output, run.error);
    assert_eq!(skopeo_digest(&reference, None), run.digest());
    let back = folder.path().join("back.tar");
    assert_eq!(slipway.run(["pull", &reference, "-o", &back.to_string_lossy()]).code, 0);
}

/// anchore/grype#1614, docker/compose#12069: programs that read `--json` found words where they wanted an object.
#[test]
fn wrong_usage_is_an_object_where_objects_are_wanted() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let (file, reference) = image(folder.path(), &registry);
    let file = file.to_string_lossy();
    let broken = folder.path().join("hosts.json");
    std::fs::write(&broken, "{").unwrap();
    let usual = Slipway::default();
    let unset = Slipway::default().with("SLIPWAY_HOSTS", &broken.to_string_lossy());
    let wrong: [(&Slipway, &[&str]); 7] = [
        (&usual, &["push", "--json"]),
        (&usual, &["push", &file, "a b", "--json"]),
        (&usual, &["pull", "a b", "-o", "x.tar", "--json"]),
        (&usual, &["inspect", "--json"]),
        (&usual, &["hosts", "list", "--json", "more"]),
        (&usual, &["accounts", "--json", "--such-as-this"]),
        (&unset, &["push", &file, &reference, "--json"]),
    ];
    for (slipway, arguments) in wrong {
        let run = slipway.run(arguments);
        assert_eq!((run.code, run.objects().len()), (2, 1), "{arguments:?}: {}{}", run.output, run.error);
        let last = run.last();
        assert_eq!((&last["event"], &last["code"]), (&"failed".into(), &"usage".into()), "{arguments:?}");
        assert!(!last["message"].as_str().unwrap().is_empty(), "{arguments:?}");
    }
    let nobody = usual.run(["push", &file, &reference, "--account", "nobody", "--json"]);
    assert_eq!((nobody.code, &nobody.last()["event"]), (4, &"failed".into()));
}

/// containers/skopeo#1866: minutes without a word where a host takes connections and answers nothing.
#[test]
fn a_host_that_keeps_silent_is_named_while_it_is_waited_for() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let (file, _) = image(folder.path(), &registry);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = silent.local_addr().unwrap().to_string();
    let reference = format!("{host}/octocat/app:1");
    let slipway = Slipway::default();
    for more in [&["--json"][..], &["--json", "--dry-run"]] {
        let arguments = ["push", &file.to_string_lossy(), &reference];
        let mut child = slipway.start(arguments.iter().chain(more));
        let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
        let objects = lines.map(|line| serde_json::from_str::<serde_json::Value>(&line.unwrap()).unwrap());
        let waiting = objects.into_iter().find(|object| object["event"] == "waiting");
        assert_eq!(waiting.expect("it says whom it waits for")["host"], host.as_str(), "{more:?}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// openai/tart#486, aws/aws-tools-for-powershell#270: what a shell adds to a token, and what is none.
#[test]
fn a_token_on_standard_input_that_is_none_is_refused_with_its_reason() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let (file, reference) = image(folder.path(), &registry);
    let arguments =
        ["push", &file.to_string_lossy(), &reference, "--username", "octocat", "--token-stdin", "--json"];
    let slipway = Slipway::default();
    assert_eq!(slipway.run_with_input(arguments, "\u{feff}s3cret\r\n").code, 0);
    for (input, reason) in [("", "is empty"), ("\n", "is empty"), ("s3cret\nmore\n", "several lines")] {
        let run = slipway.run_with_input(arguments, input);
        let said = run.last()["message"].as_str().unwrap().to_owned();
        assert!(run.code == 2 && said.contains(reason) && !said.contains("s3cret"), "{input:?}: {said}");
    }
}

/// A way to the registry at `host` on which every connection carries so much back and then keeps silent.
fn stalling(host: &str) -> String {
    const MOST: u64 = 100_000;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, host) = (listener.local_addr().unwrap().to_string(), host.to_owned());
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let registry = TcpStream::connect(&host).unwrap();
            let (mut from, mut to) = (client.try_clone().unwrap(), registry.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut registry.take(MOST), &mut &client);
                std::thread::park();
            });
        }
    });
    address
}

/// A run that is killed leaves its unfinished file behind, which nobody else knows of. One for another image is of no use.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_pull_left_is_removed_by_the_next_one() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let (file, reference) = image(folder.path(), &registry);
    let slipway = Slipway::default();
    assert_eq!(slipway.run(["push", &file.to_string_lossy(), &reference]).code, 0);
    let target = tempfile::tempdir().unwrap();
    let output = target.path().join("image.tar").to_string_lossy().into_owned();
    let names = || {
        let all = std::fs::read_dir(target.path()).unwrap().flatten();
        all.map(|entry| entry.file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    let stalling = reference.replacen(&registry.host(), &stalling(&registry.host()), 1);
    let mut child = slipway.start(["pull", &stalling, "-o", &output]);
    until("its file", || {
        assert!(child.try_wait().unwrap().is_none(), "it cannot be whole");
        !names().is_empty()
    })
    .await;
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(names()[0].ends_with(".part"), "{:?}", names());
    assert_eq!(slipway.run(["pull", &reference, "-o", &output]).code, 0);
    assert_eq!(names(), ["image.tar"]);
}

/// The distribution specification wants clients to report `Warning` headers, unobtrusively and once.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_registry_warns_of_stands_once_beside_what_was_done() {
    let playground = Playground::start().await;
    let text = "Read-only from 1 March.";
    playground.practice.switches().change(|switches| switches.warning = Some(text.to_owned()));
    let archive = playground.archive("image.tar", |path| docker_save(path, &[300_000], "app:1"));
    let back = playground.folder().join("back.tar");
    let (archive, back) = (archive.to_string_lossy(), back.to_string_lossy());
    let slipway = Slipway::default()
        .with("SLIPWAY_HOSTS", &playground.hosts().to_string_lossy())
        .with("GITHUB_ACTOR", "octocat")
        .with("GITHUB_TOKEN", &playground.token("octocat"));
    let reference = "ghcr.io/octocat/app:1";
    for arguments in [
        vec!["push", &archive, reference, "--dry-run"],
        vec!["push", &archive, reference],
        vec!["pull", reference, "-o", &back],
    ] {
        let run = slipway.run(&arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}{}", run.output, run.error);
        let told = run.error.lines().filter(|line| line.contains(text)).collect::<Vec<_>>();
        assert_eq!(told, [format!("ghcr.io warns: {text}")], "{arguments:?}");
        assert!(!run.output.contains(text), "{arguments:?}");
        let run = slipway.run(arguments.iter().chain(&["--json"]));
        assert_eq!(run.last()["warnings"], serde_json::json!([text]), "{arguments:?}: {}", run.output);
        assert!(!run.error.contains(text), "{arguments:?}");
    }
}

/// podman-container-tools/skopeo#590, containers/image#1317, google/go-containerregistry#933 and #1273,
/// docker/scout-cli#129: `docker save x | slipway push -`, named pipes, and files on standard input.
#[test]
fn an_image_from_a_pipe_is_published_as_one_from_a_file() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let (file, reference) = image(folder.path(), &registry);
    let slipway = Slipway::default();
    let expected = slipway.run(["push", &file.to_string_lossy(), &reference, "--json"]).digest();
    let digest = |name: &str, input: Stdio| {
        let arguments = ["push", name, &reference, "--json"];
        let ended = slipway.command(arguments).stdin(input).output().unwrap();
        let last = String::from_utf8(ended.stdout).unwrap().lines().last().unwrap_or_default().to_owned();
        let last: serde_json::Value = serde_json::from_str(&last).unwrap();
        assert_eq!(last["event"], "done", "{last} {}", String::from_utf8_lossy(&ended.stderr));
        last["digest"].as_str().unwrap().to_owned()
    };
    let piped = || {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let mut image = File::open(&file).unwrap();
        let writes = std::thread::spawn(move || std::io::copy(&mut image, &mut writer).unwrap());
        (Stdio::from(reader), writes)
    };
    for name in ["-", "/dev/stdin"] {
        let (reader, writes) = piped();
        assert_eq!(digest(name, reader), expected, "{name}, a pipe");
        writes.join().unwrap();
        assert_eq!(digest(name, File::open(&file).unwrap().into()), expected, "{name}, a file");
    }
    // Standard input holds one thing only.
    let run = slipway.run(["push", "-", &reference, "--token-stdin", "--username", "octocat"]);
    assert_eq!(run.code, 2);
    assert!(run.error.contains("standard input cannot hold"), "{}", run.error);
    let empty = slipway.run(["inspect", "-"]);
    assert_eq!(empty.code, 3);
    assert!(empty.error.contains("standard input is empty"), "{}", empty.error);
}

/// What an image lists beside itself (the image layout specification's own example is XML), and images that lack
/// something: told by both commands, and nobody's guess which of them is meant.
#[test]
fn what_a_file_lists_beside_its_image_is_told_and_takes_nothing_away() {
    use slipway_tests::image::{OCI_LAYER, Oci, config, descriptor, layer};
    let (folder, registry) = (tempfile::tempdir().unwrap(), Registry::start());
    let reference = format!("{}/octocat/app:1", registry.host());
    let slipway = Slipway::default();
    let mut oci = Oci::default();
    let (whole, xml) = (oci.image("x"), oci.blob("application/xml", b"<?xml version='1.0'?>"));
    let file = oci.clone().write(folder.path().join("xml.tar"), &[xml, whole.clone()]);
    let shown = slipway.run(["inspect", &file.to_string_lossy(), "--json"]).last();
    assert_eq!(
        (&shown["leftOut"][0]["what"], &shown["leftOut"][0]["mediaType"]),
        (&"noImage".into(), &"application/xml".into())
    );
    let run = slipway.run(["push", &file.to_string_lossy(), &reference, "--json"]);
    assert_eq!(run.objects()[0]["id"], "file.leftOut", "{}", run.output);
    let expected = run.digest();

    let away = layer("away");
    let broken = oci.manifest(&config(&[&away]), vec![descriptor(OCI_LAYER, &away)]);
    let file = oci.write(folder.path().join("broken.tar"), &[broken, whole]);
    let file = file.to_string_lossy();
    let run = slipway.run(["push", &file, &reference]);
    assert_eq!(run.code, 3);
    assert!(run.error.contains("choose one: @1; @0 is incomplete: blobs/sha256/"), "{}", run.error);
    let run = slipway.run(["push", &file, &reference, "--image", "@0", "--json"]);
    assert_eq!((run.code, &run.last()["code"]), (3, &"image.incomplete".into()));
    let run = slipway.run(["push", &file, &reference, "--image", "@1", "--json"]);
    assert_eq!(run.digest(), expected);
    let shown = slipway.run(["inspect", &file]);
    assert!(shown.output.contains("incomplete, cannot be published: blobs/"), "{}", shown.output);
}
