//! What `cargo xtask test` does, step by step, and which steps go side by side.

/// One step of the tests.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) kind: Kind,
    pub(crate) lane: Lane,
    /// Steps whose outcome this one stands on.
    pub(crate) after: &'static [&'static str],
    /// Whether it runs only when it is asked for: another step holds what it does.
    pub(crate) by_name: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The page is built where it is not up to date.
    Page,
    /// A script of the page that passes or fails as a whole.
    Script(&'static str),
    /// A script of the page that ends with vitest's counts.
    Vitest(&'static str),
    /// The same in a browser that the system has.
    Browser(&'static str),
    /// The format of the Rust code.
    Format,
    /// Licences, sources and known holes of what is built in (`deny.toml`).
    Deny,
    /// A program that judges all files, and the crate it is installed from.
    Tool(&'static [&'static str], &'static str),
    /// The lints of the Rust code alone.
    Clippy,
    /// All of it compiles, tests included, without a lint.
    Programs,
    /// The Rust tests but the journeys.
    Rust,
    /// The journeys: the real window, the real command, on a display that nobody sees.
    Journeys,
}

/// Steps of one lane run one after the other; the page's run beside those of Rust, once the first have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    First,
    Page,
    Rust,
}

/// All steps, in order: the page is built first, since the window's shell embeds it.
pub(crate) const STEPS: [Step; 13] = [
    Step {
        name: "page-build",
        what: "the page is built",
        kind: Kind::Page,
        lane: Lane::First,
        after: &[],
        by_name: false,
    },
    Step {
        name: "format",
        what: "the format of the Rust code",
        kind: Kind::Format,
        lane: Lane::First,
        after: &[],
        by_name: false,
    },
    Step {
        name: "deny",
        what: "licences, sources and known holes of other people's code (cargo-deny)",
        kind: Kind::Deny,
        lane: Lane::First,
        after: &[],
        by_name: false,
    },
    Step {
        name: "spelling",
        what: "words that are mistyped (typos)",
        kind: Kind::Tool(&["typos"], "typos-cli"),
        lane: Lane::First,
        after: &[],
        by_name: false,
    },
    Step {
        name: "unused",
        what: "packages that nothing uses (cargo-machete)",
        kind: Kind::Tool(&["cargo-machete"], "cargo-machete"),
        lane: Lane::First,
        after: &[],
        by_name: false,
    },
    Step {
        name: "page-check",
        what: "the page's types (svelte-check)",
        kind: Kind::Script("check"),
        lane: Lane::Page,
        after: &["page-build"],
        by_name: false,
    },
    Step {
        name: "page-lint",
        what: "the page's lints and format",
        kind: Kind::Script("lint"),
        lane: Lane::Page,
        after: &["page-build"],
        by_name: false,
    },
    Step {
        name: "page-test",
        what: "the page's tests (vitest)",
        kind: Kind::Vitest("test"),
        lane: Lane::Page,
        after: &["page-build"],
        by_name: false,
    },
    Step {
        name: "page-browser",
        what: "the page in Chromium: forced colours, motion, many rows",
        kind: Kind::Browser("test:browser"),
        lane: Lane::Page,
        after: &["page-build"],
        by_name: false,
    },
    Step {
        name: "clippy",
        what: "the lints of the Rust code alone (programs holds them)",
        kind: Kind::Clippy,
        lane: Lane::Rust,
        after: &["page-build"],
        by_name: true,
    },
    Step {
        name: "programs",
        what: "the window, the command and all tests compile, without a lint",
        kind: Kind::Programs,
        lane: Lane::Rust,
        after: &["page-build"],
        by_name: false,
    },
    Step {
        name: "rust",
        what: "the Rust tests of all rooms",
        kind: Kind::Rust,
        lane: Lane::Rust,
        after: &["programs"],
        by_name: false,
    },
    Step {
        name: "journeys",
        what: "the journeys: the real window, the real command, other people's clients",
        kind: Kind::Journeys,
        lane: Lane::Rust,
        after: &["programs"],
        by_name: false,
    },
];

/// The steps of these names and those that they stand on; without names, all that nobody has to ask for.
pub(crate) fn chosen(only: &[String]) -> Vec<&'static Step> {
    let mut wanted: Vec<&str> = if only.is_empty() {
        STEPS.iter().filter(|step| !step.by_name).map(|step| step.name).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str]) -> Vec<&'static str> {
        let only: Vec<String> = only.iter().map(|&name| name.to_owned()).collect();
        chosen(&only).iter().map(|step| step.name).collect()
    }

    #[test]
    fn everything_runs_once_when_nothing_is_chosen() {
        let all: Vec<&str> = STEPS.iter().map(|step| step.name).filter(|name| *name != "clippy").collect();
        assert_eq!(names(&[]), all);
    }

    #[test]
    fn a_chosen_step_brings_what_it_stands_on() {
        assert_eq!(names(&["format"]), ["format"]);
        assert_eq!(names(&["journeys"]), ["page-build", "programs", "journeys"]);
        assert_eq!(names(&["rust", "page-lint"]), ["page-build", "page-lint", "programs", "rust"]);
        assert_eq!(names(&["clippy"]), ["page-build", "clippy"]);
    }

    #[test]
    fn steps_stand_only_on_earlier_ones() {
        for (index, step) in STEPS.iter().enumerate() {
            for before in step.after {
                let earlier = STEPS[..index].iter().find(|earlier| earlier.name == *before);
                let same_lane = |earlier: &Step| earlier.lane == Lane::First || earlier.lane == step.lane;
                assert!(earlier.is_some_and(same_lane), "{} after {before}", step.name);
            }
        }
    }

    #[test]
    fn the_parts_of_the_workflow_add_up_to_all_steps() {
        let workflow = include_str!("../../.github/workflows/ci.yml");
        let asked = workflow.lines().filter_map(|line| line.split_once("cargo xtask test --only "));
        let only: Vec<String> =
            asked.flat_map(|(_, steps)| steps.split_whitespace()).map(str::to_owned).collect();
        let run = chosen(&only);
        for step in STEPS {
            assert!(run.iter().any(|one| one.name == step.name), "no part runs {}", step.name);
        }
    }
}
