//! What people met with other tools, tried on the command; the public reports stand beside each.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use slipway_tests::archive::docker_save;
use slipway_tests::command::{Run, Slipway};
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
