//! Files, registries and terminals that mean harm, tried on the command.

use std::io::{BufRead as _, BufReader};
use std::process::Command;

use slipway_tests::archive::docker_save;
use slipway_tests::command::Slipway;
use slipway_tests::docs::{Malice, malice};

/// A folder of `slipway practice` stayed behind whenever a service manager or a closed terminal ended it, with whatever
/// private image somebody had practised with.
#[test]
fn a_practice_registry_takes_its_temporary_folder_with_it_however_it_is_ended() {
    for signal in ["INT", "TERM", "HUP"] {
        let temporary = tempfile::tempdir().unwrap();
        let slipway = Slipway::default().with("TMPDIR", &temporary.path().to_string_lossy());
        let mut practice = slipway.start(["practice", "--json", "--port", "0", "--docker-port", "0"]);
        let mut said = String::new();
        BufReader::new(practice.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert!(said.contains("\"ghcr\""), "{said}");
        assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 1);
        Command::new("kill").args(["-s", signal, &practice.id().to_string()]).status().unwrap();
        practice.wait().unwrap();
        assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "SIG{signal}");
    }
}

/// A name in a file, and the file's own, may set a terminal's title and clipboard, read backwards, or be a command to the
/// workflow in whose log it stands (actions/runner, "Workflow commands").
#[test]
fn names_that_a_terminal_or_a_workflow_would_obey_are_shown_and_not_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    let name = "a\u{1b}]0;evil\u{7}\u{202e}b\n::add-mask::x##[add-path]y:1";
    let file = folder.path().join("evil\u{1b}[31m\n::set-env name=PATH::x.tar");
    docker_save(&file, &[3000], name).unwrap();
    let slipway = Slipway::default().with("SLIPWAY_LOG", "trace");
    let (shown, as_json) = (
        slipway.run([std::ffi::OsStr::new("inspect"), file.as_os_str()]),
        slipway.run(["inspect".as_ref(), file.as_os_str(), "--json".as_ref()]),
    );
    assert_eq!(as_json.last()["images"][0]["names"][0]["name"], name, "JSON keeps the value");
    let refused = slipway.run([
        "push".as_ref(),
        folder.path().join("no\u{1b}[31m\n::error::x").as_os_str(),
        "127.0.0.1:1/a/b:1".as_ref(),
    ]);
    assert_eq!((shown.code, refused.code), (0, 3), "{} {}", shown.error, refused.error);
    for run in [&shown, &as_json, &refused] {
        for line in run.output.lines().chain(run.error.lines()) {
            let obeyed = |c: char| c.is_control() || c == '\u{202e}';
            assert!(!line.contains(obeyed) && !line.contains("##["), "{line}");
            assert!(!line.trim_start().starts_with("::"), "{line}");
        }
    }
    assert!(shown.output.contains("\\u{1b}]0;evil"), "{}", shown.output);
    documented();
}

/// What is proven here, and in `crates/reference/src/shown.rs`, `crates/practice` and `ui/tests/visible.test.ts`.
fn documented() {
    let row = |input, before, bound, seen| Malice { input, before, bound, seen };
    malice(
        "terminal",
        &[
            row(
                "escape sequences and line ends in names and answers",
                "a terminal that obeys them, a workflow that takes a line for a command",
                "nothing is obeyed on the terminal, in logs and in `--json`",
                "`\\u{1b}`, `\\n`",
            ),
            row(
                "characters that turn the direction of text",
                "names that read backwards",
                "the same, and in the window",
                "`\\u{202e}`",
            ),
            row(
                "a web page that asks the practice registry",
                "its images, and codes without number",
                "this computer's name and no other origin; 100 codes; a folder for its owner only",
                "403",
            ),
            row(
                "SIGTERM or SIGHUP for `slipway practice`",
                "its temporary folder stays",
                "it is removed",
                "nothing",
            ),
        ],
    );
}
