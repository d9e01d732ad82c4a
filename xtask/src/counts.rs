//! Counting tests from what the test runners print.

use std::collections::BTreeSet;

/// How many tests ended which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl Counts {
    /// How many were run.
    pub(crate) fn ran(self) -> u64 {
        self.passed + self.failed
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

/// What `cargo test` has printed so far, target by target.
#[derive(Debug, Default)]
pub(crate) struct CargoTest {
    targets: Vec<(String, Option<Counts>)>,
    modules: BTreeSet<String>,
    left_out: Vec<String>,
}

/// How a test says that it, or a part of it, was left out, and why.
const LEFT_OUT: &str = "left out: ";

impl CargoTest {
    /// Reads one line of the output.
    pub(crate) fn read(&mut self, line: &str) {
        let line = plain(line);
        let line = line.trim();
        if let Some((module, _)) = line.strip_prefix("test ").and_then(|name| name.split_once("::")) {
            self.modules.insert(module.to_owned());
        }
        if let Some(target) = target_started(line) {
            self.targets.push((target, None));
        } else if let Some((_, what)) = line.split_once(LEFT_OUT) {
            // Somewhere in the line: the runner's own line may stand before it.
            self.left_out.push(what.to_owned());
        } else if let Some(counts) = libtest(line) {
            match self.targets.last_mut() {
                // Merged doc tests print one result for each way they were compiled.
                Some((_, sum)) => *sum.get_or_insert_default() += counts,
                None => self.targets.push((String::new(), Some(counts))),
            }
        }
    }

    /// All targets together.
    pub(crate) fn total(&self) -> Counts {
        let mut total = Counts::default();
        for (_, counts) in &self.targets {
            total += counts.unwrap_or_default();
        }
        total
    }

    /// Targets that were started and never told a result: they crashed or were killed.
    pub(crate) fn unfinished(&self) -> impl Iterator<Item = &str> {
        self.targets.iter().filter(|(_, counts)| counts.is_none()).map(|(target, _)| target.as_str())
    }

    /// Whether a test of this module was run, in whatever target.
    pub(crate) fn knows(&self, module: &str) -> bool {
        self.modules.contains(module)
    }

    /// What was left out and why, in the tests' own words.
    pub(crate) fn left_out(&self) -> Vec<String> {
        self.left_out.clone()
    }
}

/// The counts in vitest's closing line `Tests  1 failed | 12 passed | 2 skipped (15)`.
pub(crate) fn vitest(line: &str) -> Option<Counts> {
    let line = plain(line);
    let rest = line.trim().strip_prefix("Tests ")?;
    let rest = rest.split(" (").next().unwrap_or(rest);
    let mut counts = Counts::default();
    for part in rest.split('|') {
        match numbered(part)? {
            (number, "passed") => counts.passed += number,
            (number, "failed") => counts.failed += number,
            (number, "skipped" | "todo") => counts.ignored += number,
            _ => return None,
        }
    }
    Some(counts)
}

/// `Running tests/arrows.rs (target/debug/deps/arrows-0123456789abcdef)` starts the target `arrows`.
fn target_started(line: &str) -> Option<String> {
    if let Some(library) = line.strip_prefix("Doc-tests ") {
        return Some(format!("doc tests of {library}"));
    }
    let program = line.strip_prefix("Running ")?.strip_suffix(')')?.rsplit_once(" (")?.1;
    let file = program.rsplit(['/', '\\']).next()?;
    let file = file.strip_suffix(".exe").unwrap_or(file);
    Some(file.rsplit_once('-').map_or(file, |(name, _)| name).to_owned())
}

/// Somewhere in the line: what a test started may have left half a line before it.
/// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s`
fn libtest(line: &str) -> Option<Counts> {
    let (_, rest) = line.split_once("test result: ")?.1.split_once(". ")?;
    let mut counts = Counts::default();
    for part in rest.split(';') {
        match numbered(part) {
            Some((number, "passed")) => counts.passed = number,
            Some((number, "failed")) => counts.failed = number,
            Some((number, "ignored")) => counts.ignored = number,
            _ => {}
        }
    }
    Some(counts)
}

fn numbered(part: &str) -> Option<(u64, &str)> {
    let (number, word) = part.trim().split_once(' ')?;
    Some((number.parse().ok()?, word))
}

/// The line without colours and other terminal control sequences.
fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c != '\u{1b}' {
            plain.push(c);
        } else if rest.next() == Some('[') {
            // The sequence ends with its first letter (ECMA-48 §5.4).
            rest.by_ref().find(|c| ('\u{40}'..='\u{7e}').contains(c));
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, ignored: u64) -> Counts {
        Counts { passed, failed, ignored }
    }

    fn read(text: &str) -> CargoTest {
        let mut read = CargoTest::default();
        text.lines().for_each(|line| read.read(line));
        read
    }

    #[test]
    fn every_target_of_cargo_test_is_counted() {
        let read = read(
            "
   Compiling slipway-reference v0.1.0
    Finished `test` profile [unoptimized + debuginfo] target(s) in 1.02s
     Running unittests src/lib.rs (target/debug/deps/slipway_reference-1f0c2d3e4b5a6978)

running 2 tests
test a ... ok
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/push-pull.rs (target\\debug\\deps\\push-pull-1f0c2d3e4b5a6978.exe)
noise of a window without an endtest result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 7 filtered out; finished in 0.00s
   Doc-tests slipway_reference
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
",
        );
        assert_eq!(read.total(), counts(10, 1, 2));
        assert_eq!(read.unfinished().count(), 0);
    }

    #[test]
    fn what_is_left_out_is_kept_with_its_reason() {
        let read = read(
            "     Running tests/it/main.rs (target/debug/deps/it-1)
test fixtures::theirs ... left out: fixtures::theirs: other projects' archives are not here
test fixtures::theirs ... ok
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        );
        assert_eq!(read.left_out(), ["fixtures::theirs: other projects' archives are not here"]);
        assert_eq!(read.total(), counts(1, 0, 0));
    }

    #[test]
    fn a_target_that_crashed_is_not_forgotten() {
        let read = read(
            "
     Running tests/a.rs (target/debug/deps/a-1)
running 2 tests
     Running tests/b.rs (target/debug/deps/b-1)
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
     Running tests/c.rs (target/debug/deps/c-1)",
        );
        assert_eq!(read.unfinished().collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn colours_do_not_hide_the_counts() {
        let line =
            "test result: \u{1b}[32mok\u{1b}[0m. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(read(line).total(), counts(2, 0, 0));
        let line = "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m9 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (9)\u{1b}[39m";
        assert_eq!(vitest(line), Some(counts(9, 0, 0)));
    }

    #[test]
    fn vitest_is_counted_by_tests_and_not_by_files() {
        assert_eq!(vitest("      Tests  12 passed (12)"), Some(counts(12, 0, 0)));
        assert_eq!(
            vitest("      Tests  1 failed | 12 passed | 2 skipped | 1 todo (16)"),
            Some(counts(12, 1, 3))
        );
        assert_eq!(vitest(" Test Files  3 passed (3)"), None);
        assert_eq!(vitest("      Tests  no tests"), None);
        assert_eq!(vitest("   Start at  10:00:00"), None);
    }
}
