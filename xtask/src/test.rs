//! `cargo xtask test`: sets up what the tests need, passes them all, and counts.

use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::counts::{self, CargoTest, Counts};
use crate::display::Display;
use crate::packages::{BROWSER, BUILD, DISPLAY, JOURNEYS, Need};
use crate::place::Place;
use crate::private::Private;
use crate::stop::Stop;
use crate::{node, process, rust, system};

/// One step of the tests.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    what: &'static str,
    kind: Kind,
    /// Steps whose outcome this one stands on.
    after: &'static [&'static str],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The page is built where it is not up to date.
    Page,
    /// A script of the page that passes or fails as a whole.
    Script(&'static str),
    /// A script of the page that ends with vitest's counts.
    Vitest(&'static str),
    /// The same in a browser that the system has.
    Browser(&'static str),
    /// A cargo command that passes or fails as a whole.
    Cargo(&'static [&'static str]),
    /// All Rust tests, those in the real window too. One command for all: other selections of packages would
    /// build the shared dependencies again with other features.
    Rust,
    /// The targets of `tests/` alone, for who works on them; part of `Rust` otherwise.
    Journeys,
}

/// All steps, in order: the page first, since the window's shell embeds it.
pub(crate) const STEPS: [Step; 10] = [
    Step { name: "page-build", what: "the page is built", kind: Kind::Page, after: &[] },
    Step {
        name: "page-check",
        what: "the page's types (svelte-check)",
        kind: Kind::Script("check"),
        after: &["page-build"],
    },
    Step {
        name: "page-lint",
        what: "the page's lints and format",
        kind: Kind::Script("lint"),
        after: &["page-build"],
    },
    Step {
        name: "page-test",
        what: "the page's tests (vitest)",
        kind: Kind::Vitest("test"),
        after: &["page-build"],
    },
    Step {
        name: "page-browser",
        what: "the page in Chromium: forced colours, motion, many rows",
        kind: Kind::Browser("test:browser"),
        after: &["page-build"],
    },
    Step {
        name: "format",
        what: "the format of the Rust code",
        kind: Kind::Cargo(&["fmt", "--all", "--check"]),
        after: &[],
    },
    Step {
        name: "clippy",
        what: "the lints of the Rust code",
        kind: Kind::Cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]),
        after: &["page-build"],
    },
    Step {
        name: "programs",
        what: "the window, the command and all tests compile",
        kind: Kind::Cargo(&["build", "--workspace", "--bins", "--tests"]),
        after: &["page-build"],
    },
    Step {
        name: "rust",
        what: "all Rust tests: units, rooms, and the journeys in the real window",
        kind: Kind::Rust,
        after: &["programs"],
    },
    Step {
        name: "journeys",
        what: "the journeys alone (by name only: rust holds them)",
        kind: Kind::Journeys,
        after: &["programs"],
    },
];

/// What became of a step.
#[derive(Debug)]
struct Outcome {
    step: &'static Step,
    counts: Counts,
    notes: Vec<String>,
    took: Duration,
}

/// Runs the steps named in `only` and those they stand on; without names all of them.
pub(crate) fn run(place: &Place, only: &[String]) -> ExitCode {
    let steps = chosen(only);
    if let Err(stop) = set_up(place, &steps) {
        println!("\n{stop}\n\n0 passed, 1 failed");
        return ExitCode::FAILURE;
    }
    let mut outcomes: Vec<Outcome> = Vec::new();
    for step in steps {
        println!("\n==> {}: {}", step.name, step.what);
        let started = Instant::now();
        let broken = step.after.iter().find(|name| {
            outcomes.iter().any(|outcome| outcome.step.name == **name && outcome.counts.failed > 0)
        });
        let (counts, notes) = match broken {
            // A page that was built before is enough to compile and test the rest.
            Some(&before) if !(before == "page-build" && node::is_built(place)) => {
                (failed_once(), vec![format!("not run: {before} failed")])
            }
            _ => carry_out(place, step).unwrap_or_else(|stop| (failed_once(), vec![stop.to_string()])),
        };
        for note in &notes {
            println!("    {note}");
        }
        outcomes.push(Outcome { step, counts, notes, took: started.elapsed() });
    }
    summary(&outcomes)
}

/// Prints the steps.
pub(crate) fn list() {
    for step in &STEPS {
        println!("{:<12} {}", step.name, step.what);
    }
}

fn chosen(only: &[String]) -> Vec<&'static Step> {
    let mut wanted: Vec<&str> = if only.is_empty() {
        STEPS.iter().filter(|step| step.kind != Kind::Journeys).map(|step| step.name).collect()
    } else {
        only.iter().map(String::as_str).collect()
    };
    // Steps stand only on earlier ones, so one pass from the end finds them all.
    for step in STEPS.iter().rev() {
        if wanted.contains(&step.name) {
            wanted.extend(step.after);
        }
    }
    STEPS.iter().filter(|step| wanted.contains(&step.name)).collect()
}

fn set_up(place: &Place, steps: &[&Step]) -> Result<(), Stop> {
    let any = |wanted: fn(&Kind) -> bool| steps.iter().any(|step| wanted(&step.kind));
    rust::check();
    if any(|kind| matches!(kind, Kind::Page)) {
        node::check()?;
    }
    let mut needs: Vec<&[Need]> = Vec::new();
    if any(|kind| matches!(kind, Kind::Cargo(words) if words[0] != "fmt")) {
        needs.push(BUILD);
    }
    if any(|kind| matches!(kind, Kind::Browser(_))) {
        needs.push(BROWSER);
    }
    if any(|kind| matches!(kind, Kind::Rust | Kind::Journeys)) {
        needs.extend([DISPLAY, JOURNEYS]);
    }
    if !needs.is_empty() {
        system::ensure(&needs)?;
    }
    if any(|kind| matches!(kind, Kind::Cargo(words) if words[0] != "build")) {
        rust::ensure_linters()?;
    }
    if any(|kind| matches!(kind, Kind::Page)) {
        node::install(place)?;
    }
    Ok(())
}

fn carry_out(place: &Place, step: &Step) -> Result<(Counts, Vec<String>), Stop> {
    match step.kind {
        Kind::Page => node::build(place).map(|()| whole(true)),
        Kind::Script(script) => {
            process::listened(node::npm(&place.ui()).args(["run", script]), |_| ()).map(whole)
        }
        Kind::Vitest(script) | Kind::Browser(script) => {
            let mut counts = Counts::default();
            let ended = process::listened(node::npm(&place.ui()).args(["run", script]), |line| {
                counts += counts::vitest(line).unwrap_or_default();
            })?;
            Ok(judged(ended, counts, 0))
        }
        Kind::Cargo(words) => process::listened(rust::cargo(place).args(words), |_| ()).map(whole),
        Kind::Rust => rust_tests(place, &[]),
        Kind::Journeys => {
            let targets = journeys(place.root());
            let words: Vec<&str> = targets.iter().flat_map(|target| ["--test", target.as_str()]).collect();
            rust_tests(place, if words.is_empty() { &["--package", "slipway-tests"] } else { &words })
        }
    }
}

/// Runs the Rust tests on a display that nobody sees, in surroundings of their own.
fn rust_tests(place: &Place, targets: &[&str]) -> Result<(Counts, Vec<String>), Stop> {
    let mut words = vec!["test", "--workspace", "--no-fail-fast"];
    words.extend(targets);
    let mut output = CargoTest::default();
    if !cfg!(target_os = "linux") {
        println!("    The journeys drive WebKitGTK's window, which only Linux has: they are left out here.");
        words.extend(["--exclude", "slipway-tests"]);
        let ended = process::listened(rust::cargo(place).args(words), |line| output.read(line))?;
        return Ok(judged(ended, output.total(), output.unfinished().count()));
    }
    let private = Private::create()?;
    let display = Display::start(&private.file("xvfb.log"))?;
    let mut tests = rust::cargo(place);
    private.surround(tests.args(words));
    tests.env("DISPLAY", display.name()).env("RUST_BACKTRACE", "1");
    let ended = process::listened(&mut tests, |line| output.read(line))?;
    let (mut counts, mut notes) = judged(ended, output.total(), output.unfinished().count());
    notes.extend(output.unfinished().map(|target| format!("{target} ended without a result")));
    if output.total().ran() > 0 {
        for silent in silent(&journeys(place.root()), &output) {
            counts.failed += 1;
            notes.push(silent);
        }
    }
    Ok((counts, notes))
}

/// The test targets of `tests/`, where cargo finds them: `tests/NAME.rs` and `tests/NAME/main.rs`.
fn journeys(root: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(root.join("tests/tests")) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension() == Some(OsStr::new("rs")) || path.join("main.rs").is_file())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

/// Complaints about journeys that ran nothing: a suite that finds no test must not look green.
fn silent(journeys: &[String], output: &CargoTest) -> Vec<String> {
    if journeys.is_empty() {
        return vec!["tests/tests holds no journey".to_owned()];
    }
    let crashed: Vec<&str> = output.unfinished().collect();
    let quiet = journeys.iter().filter(|name| output.ran(name) == 0 && !crashed.contains(&name.as_str()));
    quiet.map(|name| format!("the journeys in {name} ran no test")).collect()
}

fn whole(ended_well: bool) -> (Counts, Vec<String>) {
    (if ended_well { Counts { passed: 1, ..Counts::default() } } else { failed_once() }, Vec::new())
}

fn failed_once() -> Counts {
    Counts { failed: 1, ..Counts::default() }
}

/// The counts of a step with tests, with a failure for everything the counts alone would hide.
fn judged(ended_well: bool, mut counts: Counts, crashed: usize) -> (Counts, Vec<String>) {
    let mut notes = Vec::new();
    if ended_well && counts.ran() == 0 {
        notes.push("no test was found".to_owned());
        counts.failed += 1;
    } else if !ended_well {
        counts.failed += crashed as u64;
        if counts.failed == 0 {
            notes.push("it failed outside its tests".to_owned());
            counts.failed = 1;
        }
    }
    (counts, notes)
}

fn summary(outcomes: &[Outcome]) -> ExitCode {
    println!("\n==> Summary");
    let mut total = Counts::default();
    for Outcome { step, counts, notes, took } in outcomes {
        let verdict = if counts.failed == 0 { "ok" } else { "FAILED" };
        let ignored =
            if counts.ignored == 0 { String::new() } else { format!(", {} ignored", counts.ignored) };
        let told = format!("{} passed, {} failed{ignored}", counts.passed, counts.failed);
        println!("    {verdict:<7} {:<11} {:>5} s  {told}", step.name, took.as_secs());
        for note in notes {
            println!("            {note}");
        }
        total += *counts;
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str]) -> Vec<&'static str> {
        let only: Vec<String> = only.iter().map(|&name| name.to_owned()).collect();
        chosen(&only).iter().map(|step| step.name).collect()
    }

    #[test]
    fn everything_runs_once_when_nothing_is_chosen() {
        let all: Vec<&str> = STEPS.iter().map(|step| step.name).filter(|name| *name != "journeys").collect();
        assert_eq!(names(&[]), all);
    }

    #[test]
    fn a_chosen_step_brings_what_it_stands_on() {
        assert_eq!(names(&["format"]), ["format"]);
        assert_eq!(names(&["journeys"]), ["page-build", "programs", "journeys"]);
        assert_eq!(names(&["rust", "page-lint"]), ["page-build", "page-lint", "programs", "rust"]);
    }

    #[test]
    fn steps_stand_only_on_earlier_ones() {
        for (index, step) in STEPS.iter().enumerate() {
            for before in step.after {
                assert!(
                    STEPS[..index].iter().any(|earlier| earlier.name == *before),
                    "{} after {before}",
                    step.name
                );
            }
        }
    }

    #[test]
    fn a_suite_without_tests_or_that_fails_outside_them_is_never_green() {
        let passed = Counts { passed: 5, ..Counts::default() };
        assert_eq!(judged(true, passed, 0).0, passed);
        assert_eq!(judged(true, Counts::default(), 0).0.failed, 1, "no test found");
        assert_eq!(judged(false, Counts::default(), 0).0.failed, 1, "did not compile");
        assert_eq!(judged(false, passed, 0).0.failed, 1, "failed after its tests");
        assert_eq!(
            judged(false, Counts { failed: 2, ..passed }, 1).0.failed,
            3,
            "two tests and a crashed target"
        );
        let ignored = Counts { ignored: 3, ..Counts::default() };
        assert_eq!(judged(true, ignored, 0).0.failed, 1, "all ignored");
    }

    #[test]
    fn a_journey_that_ran_nothing_is_named() {
        let mut output = CargoTest::default();
        output.read("Running tests/publish.rs (target/debug/deps/publish-1)");
        output.read(
            "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s",
        );
        output.read("Running tests/cancel.rs (target/debug/deps/cancel-1)");
        output.read(
            "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s",
        );
        output.read("Running tests/crash.rs (target/debug/deps/crash-1)");
        let journeys = ["cancel", "crash", "publish"].map(str::to_owned);
        assert_eq!(silent(&journeys, &output), ["the journeys in cancel ran no test"]);
        assert_eq!(silent(&[], &output).len(), 1);
    }
}
