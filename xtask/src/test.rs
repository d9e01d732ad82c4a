//! `cargo xtask test`: sets up what the tests need, passes them all, and counts.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant, SystemTime};

use crate::counts::{self, CargoTest, Counts};
use crate::display::Display;
use crate::packages::{BROWSER, BUILD, DISPLAY, ENGINES, JOURNEYS, Need};
use crate::place::Place;
use crate::private::Private;
use crate::steps::{Kind, Lane, Step, chosen};
use crate::stop::Stop;
use crate::voice::Voice;
use crate::{node, process, rust, system};

/// What is asked of the tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// The steps to run, by name; all without any.
    pub(crate) only: Vec<String>,
    /// Whether tests by chance take their long form.
    pub(crate) long: bool,
}

/// What became of a step.
#[derive(Debug)]
struct Outcome {
    step: &'static Step,
    counts: Counts,
    notes: Vec<String>,
    left_out: Vec<String>,
    took: Duration,
}

/// What a step found.
#[derive(Debug, Default)]
struct Found {
    counts: Counts,
    notes: Vec<String>,
    left_out: Vec<String>,
}

/// Runs the steps that are wished for and those that they stand on.
pub(crate) fn run(place: &Place, wish: &Wish) -> ExitCode {
    let began = Instant::now();
    let steps = chosen(&wish.only);
    if let Err(stop) = set_up(place, &steps) {
        println!("\n{stop}\n\n0 passed, 1 failed");
        return ExitCode::FAILURE;
    }
    let runner = Runner { place, long: wish.long };
    let of = |lane: Lane| -> Vec<&'static Step> {
        steps.iter().copied().filter(|step| step.lane == lane).collect()
    };
    let mut outcomes = runner.lane(&of(Lane::First), &[], Voice::Live);
    let (page, rust) = (of(Lane::Page), of(Lane::Rust));
    // Two lanes that speak at once cannot be read: what the page's steps say is told when each has ended.
    let voice = if rust.is_empty() { Voice::Live } else { Voice::Kept(Vec::new()) };
    let (page, rust) = std::thread::scope(|scope| {
        let page = scope.spawn(|| runner.lane(&page, &outcomes, voice));
        let rust = runner.lane(&rust, &outcomes, Voice::Live);
        (page.join(), rust)
    });
    match page {
        Ok(page) => outcomes.extend(page),
        Err(panic) => std::panic::resume_unwind(panic),
    }
    outcomes.extend(rust);
    summary(&outcomes, began.elapsed())
}

/// Prints the steps.
pub(crate) fn list() {
    for step in &crate::steps::STEPS {
        let by_name = if step.by_name { " (by name only)" } else { "" };
        println!("{:<12} {}{by_name}", step.name, step.what);
    }
}

fn set_up(place: &Place, steps: &[&Step]) -> Result<(), Stop> {
    let any = |wanted: fn(Kind) -> bool| steps.iter().any(|step| wanted(step.kind));
    rust::check();
    if any(|kind| kind == Kind::Page) {
        node::check()?;
    }
    let mut needs: Vec<&[Need]> = Vec::new();
    if any(|kind| matches!(kind, Kind::Clippy | Kind::Programs)) {
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
    if any(|kind| kind == Kind::Journeys)
        && system::is_root()
        && let Err(stop) = system::ensure(&[ENGINES])
    {
        println!("==> Without them, what asks real engines is left out: {stop}");
    }
    if any(|kind| matches!(kind, Kind::Format | Kind::Clippy | Kind::Programs)) {
        rust::ensure_linters()?;
    }
    if any(|kind| kind == Kind::Page) {
        node::install(place)?;
    }
    Ok(())
}

/// Who carries the steps out.
struct Runner<'a> {
    place: &'a Place,
    long: bool,
}

impl Runner<'_> {
    /// Runs steps one after the other; `before` is what earlier ones came to.
    fn lane(&self, steps: &[&'static Step], before: &[Outcome], mut voice: Voice) -> Vec<Outcome> {
        let mut outcomes: Vec<Outcome> = Vec::new();
        for &step in steps {
            voice.line(&format!("\n==> {}: {}", step.name, step.what));
            let began = Instant::now();
            let broken = step.after.iter().find(|name| {
                let failed = |outcome: &Outcome| outcome.step.name == **name && outcome.counts.failed > 0;
                before.iter().chain(&outcomes).any(failed)
            });
            let found = match broken {
                // A page that was built before is enough to compile and test the rest.
                Some(&before) if !(before == "page-build" && node::is_built(self.place)) => {
                    Found::failure(format!("not run: {before} failed"))
                }
                _ => self.carry_out(step, &mut voice).unwrap_or_else(|stop| Found::failure(stop.to_string())),
            };
            for note in &found.notes {
                voice.line(&format!("    {note}"));
            }
            voice.tell();
            let Found { counts, notes, left_out } = found;
            outcomes.push(Outcome { step, counts, notes, left_out, took: began.elapsed() });
        }
        outcomes
    }

    fn carry_out(&self, step: &Step, voice: &mut Voice) -> Result<Found, Stop> {
        let place = self.place;
        match step.kind {
            Kind::Page => node::build(place).map(|()| Found::whole(true)),
            Kind::Script(script) => self.script(script, voice),
            Kind::Vitest(script) | Kind::Browser(script) => {
                let mut counts = Counts::default();
                let mut npm = node::npm(&place.ui());
                let ended = process::listened(npm.args(["run", script]), voice, |line| {
                    counts += counts::vitest(line).unwrap_or_default();
                })?;
                Ok(Found::judged(ended, counts, 0))
            }
            Kind::Format => whole(rust::cargo(place).args(["fmt", "--all", "--check"]), voice),
            Kind::Deny => self.deny(voice),
            Kind::Tool(words, package) => self.tool(words, package, voice),
            Kind::Clippy => {
                let words = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
                whole(rust::cargo(place).args(words), voice)
            }
            Kind::Programs => {
                let words = ["build", "--workspace", "--bins", "--tests"];
                whole(rust::linting_cargo(place).args(words), voice)
            }
            Kind::Rust => self.rust(voice),
            Kind::Journeys => self.journeys(voice),
        }
    }

    /// What `deny.toml` allows. Nothing is fetched: known holes are looked up where their list lies on this computer
    /// (`cargo deny fetch db`).
    fn deny(&self, voice: &mut Voice) -> Result<Found, Stop> {
        let left_out = |what: &str| Found { left_out: vec![what.to_owned()], ..Found::whole(true) };
        if process::on_path("cargo-deny").is_none() {
            return Ok(left_out("deny: cargo-deny is not installed (cargo install --locked cargo-deny)"));
        }
        let mut cargo = rust::cargo(self.place);
        cargo.args(["deny", "--offline", "check", "licenses", "sources", "bans"]);
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
        if home.is_some_and(|home| home.join("advisory-dbs").is_dir()) {
            return whole(cargo.arg("advisories"), voice);
        }
        let found = whole(&mut cargo, voice)?;
        let without = left_out("known holes: their list is not on this computer (cargo deny fetch db)");
        Ok(Found { left_out: without.left_out, ..found })
    }

    /// A program that looks at the files as they lie and fetches nothing; left out where it is not installed.
    fn tool(&self, words: &[&str], package: &str, voice: &mut Voice) -> Result<Found, Stop> {
        let name = words[0];
        if process::on_path(name).is_none() {
            let why = format!("{name}: it is not installed (cargo install --locked {package})");
            return Ok(Found { left_out: vec![why], ..Found::whole(true) });
        }
        let mut command = Command::new(name);
        whole(command.args(&words[1..]).current_dir(self.place.root()), voice)
    }

    /// What judges the page's sources alone is not asked again about the same ones, as the compiler is not.
    fn script(&self, script: &str, voice: &mut Voice) -> Result<Found, Stop> {
        if node::has_passed(self.place, script) {
            voice.line("    nothing changed since it passed");
            return Ok(Found::whole(true));
        }
        let began = SystemTime::now();
        let found = whole(node::npm(&self.place.ui()).args(["run", script]), voice)?;
        if found.counts.failed == 0 {
            // Nothing but time is lost without it.
            let _ = node::note_passed(self.place, script, began);
        }
        Ok(found)
    }

    /// The tests beside the code, those of each room, and the examples in what is written about the code.
    fn rust(&self, voice: &mut Voice) -> Result<Found, Stop> {
        Ok(self.tests(voice, &[&["--lib", "--bins", "--test", "it"], &["--doc"]])?.0)
    }

    fn journeys(&self, voice: &mut Voice) -> Result<Found, Stop> {
        if !cfg!(target_os = "linux") {
            let why = "they drive WebKitGTK's window, which only Linux has";
            return Ok(Found { left_out: vec![format!("the journeys: {why}")], ..Found::whole(true) });
        }
        let threads = journeys_at_once().to_string();
        let (mut found, output) =
            self.tests(voice, &[&["--test", "journeys", "--", "--test-threads", &threads]])?;
        if output.total().ran() > 0 {
            for silent in silent(&journeys(self.place.root()), &output) {
                found.counts.failed += 1;
                found.notes.push(silent);
            }
        }
        Ok(found)
    }

    /// Runs Rust tests on a display that nobody sees, in surroundings of their own. Each selection is of targets and
    /// always of all packages: another selection of those would build what they share again with other features.
    fn tests(&self, voice: &mut Voice, selections: &[&[&str]]) -> Result<(Found, CargoTest), Stop> {
        let (mut output, mut ended_well) = (CargoTest::default(), true);
        let private = Private::create()?;
        let display =
            if cfg!(target_os = "linux") { Some(Display::start(&private.file("xvfb.log"))?) } else { None };
        for selection in selections {
            let mut cargo = rust::linting_cargo(self.place);
            cargo.args(["test", "--workspace", "--no-fail-fast"]).args(*selection);
            self.surround(&mut cargo, &private, display.as_ref());
            ended_well &= process::listened(&mut cargo, voice, |line| output.read(line))?;
        }
        let mut found = Found::judged(ended_well, output.total(), output.unfinished().count());
        found.notes.extend(output.unfinished().map(|target| format!("{target} ended without a result")));
        found.left_out = output.left_out();
        Ok((found, output))
    }

    fn surround(&self, cargo: &mut Command, private: &Private, display: Option<&Display>) {
        private.surround(cargo);
        cargo.env("RUST_BACKTRACE", "1");
        match display {
            Some(display) => cargo.env("DISPLAY", display.name()),
            // The journeys' programs are built with the rest; their tests want a display.
            None => cargo.args(["--exclude", "slipway-tests"]),
        };
        if self.long {
            cargo.env("SLIPWAY_LONG", "1");
        }
    }
}

/// Runs a command that passes or fails as a whole.
fn whole(command: &mut Command, voice: &mut Voice) -> Result<Found, Stop> {
    process::listened(command, voice, |_| ()).map(Found::whole)
}

/// How many journeys run side by side: most of the time they wait for a window or a registry.
fn journeys_at_once() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from) * 2
}

/// The files of the journeys, by name.
fn journeys(root: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(root.join("tests/tests/journeys")) else { return Vec::new() };
    let stems = entries.flatten().filter_map(|entry| Some(entry.path().file_stem()?.to_str()?.to_owned()));
    let mut names: Vec<String> = stems.filter(|name| name != "main").collect();
    names.sort();
    names
}

/// Complaints about journeys that ran nothing: a suite that finds no test must not look green.
fn silent(journeys: &[String], output: &CargoTest) -> Vec<String> {
    if journeys.is_empty() {
        return vec!["tests/tests holds no journey".to_owned()];
    }
    let quiet = journeys.iter().filter(|name| !output.knows(name));
    quiet.map(|name| format!("the journeys in {name} ran no test")).collect()
}

impl Found {
    fn whole(ended_well: bool) -> Self {
        let counts = Counts { passed: u64::from(ended_well), failed: u64::from(!ended_well), ignored: 0 };
        Self { counts, ..Self::default() }
    }

    fn failure(note: String) -> Self {
        Self { notes: vec![note], ..Self::whole(false) }
    }

    /// The counts of a step with tests, with a failure for everything the counts alone would hide.
    fn judged(ended_well: bool, mut counts: Counts, crashed: usize) -> Self {
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
        Self { counts, notes, left_out: Vec::new() }
    }
}

fn summary(outcomes: &[Outcome], took: Duration) -> ExitCode {
    println!("\n==> Summary");
    let mut total = Counts::default();
    for Outcome { step, counts, notes, left_out, took } in outcomes {
        let verdict = if counts.failed == 0 { "ok" } else { "FAILED" };
        let ignored =
            if counts.ignored == 0 { String::new() } else { format!(", {} ignored", counts.ignored) };
        let without =
            if left_out.is_empty() { String::new() } else { format!(", {} left out", left_out.len()) };
        let told = format!("{} passed, {} failed{ignored}{without}", counts.passed, counts.failed);
        println!("    {verdict:<7} {:<12} {:>5} s  {told}", step.name, took.as_secs());
        for note in notes {
            println!("            {note}");
        }
        for what in left_out {
            println!("            left out: {what}");
        }
        total += *counts;
    }
    println!(
        "            {:<12} {:>5} s  (the page's steps and those of Rust go side by side)",
        "all",
        took.as_secs()
    );
    println!("\n{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(ended_well: bool, counts: Counts, crashed: usize) -> Counts {
        Found::judged(ended_well, counts, crashed).counts
    }

    #[test]
    fn a_suite_without_tests_or_that_fails_outside_them_is_never_green() {
        let passed = Counts { passed: 5, ..Counts::default() };
        assert_eq!(judged(true, passed, 0), passed);
        assert_eq!(judged(true, Counts::default(), 0).failed, 1, "no test found");
        assert_eq!(judged(false, Counts::default(), 0).failed, 1, "did not compile");
        assert_eq!(judged(false, passed, 0).failed, 1, "failed after its tests");
        let failed = Counts { failed: 2, ..passed };
        assert_eq!(judged(false, failed, 1).failed, 3, "two tests and a crashed target");
        let ignored = Counts { ignored: 3, ..Counts::default() };
        assert_eq!(judged(true, ignored, 0).failed, 1, "all ignored");
    }

    #[test]
    fn a_journey_that_ran_nothing_is_named() {
        let mut output = CargoTest::default();
        output.read("Running tests/journeys/main.rs (target/debug/deps/journeys-1)");
        output.read("test publish::a_file ... ok");
        let names = ["cancel", "publish"].map(str::to_owned);
        assert_eq!(silent(&names, &output), ["the journeys in cancel ran no test"]);
        assert_eq!(silent(&[], &output).len(), 1);
    }
}
