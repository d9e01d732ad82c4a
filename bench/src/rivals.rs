//! Which rivals are here, and what we may say beside them.

use std::fmt::Write as _;
use std::process::Command;

use crate::measure::Sample;
use crate::pushers::Pusher;
use crate::table::Table;

/// The first skopeo of 2026: an older one is no measure any more.
const CURRENT_SKOPEO: (u32, u32) = (1, 22);

/// What a program says of its version, in one line; none where it is not here.
fn version(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("of no known version");
    Some(line.trim().to_owned())
}

/// The rivals and the registry, each with its version.
pub(crate) fn versions() -> String {
    let programs = [
        ("skopeo", "--version"),
        ("crane", "version"),
        ("regctl", "version"),
        ("podman", "--version"),
        ("docker-registry", "--version"),
    ];
    let mut text = String::from("Beside it: ");
    for (at, (program, argument)) in programs.into_iter().enumerate() {
        let told = version(program, argument).unwrap_or_else(|| "not here".to_owned());
        let _ = write!(text, "{}{program}: {told}", if at > 0 { "; " } else { "" });
    }
    text
}

/// Major and minor number in what a program says of its version.
fn numbers(text: &str) -> Option<(u32, u32)> {
    let word = text.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    let mut numbers = word.split(['.', '-']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Why nothing can be proven beside a rival on this computer.
fn unfit(rival: Pusher) -> Option<String> {
    match rival {
        Pusher::Skopeo => match version("skopeo", "--version") {
            None => Some("skopeo is not on the PATH".to_owned()),
            Some(told) if numbers(&told) < Some(CURRENT_SKOPEO) => {
                Some(format!("{told} is older than {}.{}", CURRENT_SKOPEO.0, CURRENT_SKOPEO.1))
            }
            Some(_) => None,
        },
        Pusher::Crane => version("crane", "version").is_none().then(|| "crane is not on the PATH".to_owned()),
        _ => None,
    }
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Figure {
    Time,
    Processor,
    Stored,
    Memory,
}

impl Figure {
    const fn words(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Processor => "processor time",
            Self::Stored => "stored bytes",
            Self::Memory => "memory, MB",
        }
    }

    const fn of(self, sample: &Sample) -> f64 {
        match self {
            Self::Time => sample.wall,
            Self::Processor => sample.cpu,
            Self::Stored => sample.stored as f64,
            Self::Memory => sample.memory,
        }
    }
}

/// Something that is said of us: a figure is at most so much of the least of these rivals, or at most so much where
/// none is named.
#[derive(Debug, Clone, Copy)]
struct Claim {
    scenario: &'static str,
    ours: &'static [&'static str],
    figure: Figure,
    rivals: &'static [Pusher],
    most: f64,
}

const CLAIMS: [Claim; 16] = [
    claim("first", &[], Figure::Time, &[Pusher::Skopeo, Pusher::Crane], 0.75),
    claim("first", &[], Figure::Processor, &[Pusher::Skopeo], 1.0),
    claim("first", &[], Figure::Stored, &[Pusher::Skopeo], 1.0),
    claim("first", &["--compression", "fast"], Figure::Time, &[Pusher::Skopeo, Pusher::Crane], 0.6),
    claim("first", &["--compression", "zstd"], Figure::Time, &[Pusher::Skopeo, Pusher::Crane], 0.45),
    // 64 MiB.
    claim("first", &["--compression", "zstd"], Figure::Memory, &[], 67.1),
    claim("oci", &[], Figure::Time, &[Pusher::Skopeo], 1.0),
    claim("oci", &["--trust-layers"], Figure::Time, &[Pusher::Crane], 0.7),
    claim("tiny", &[], Figure::Time, &[Pusher::Skopeo, Pusher::Crane], 0.8),
    claim("hundred", &[], Figure::Time, &[Pusher::Skopeo, Pusher::Crane], 0.7),
    claim("pull", &[], Figure::Time, &[Pusher::Crane], 0.9),
    claim("pull", &[], Figure::Time, &[Pusher::Skopeo], 0.3),
    claim("pull", &[], Figure::Memory, &[], 67.1),
    claim("copy", &[], Figure::Time, &[Pusher::Skopeo, Pusher::Crane], 1.0),
    claim("copy", &[], Figure::Memory, &[], 67.1),
    claim("within", &[], Figure::Time, &[Pusher::Crane], 1.0),
];

const fn claim(
    scenario: &'static str,
    ours: &'static [&'static str],
    figure: Figure,
    rivals: &'static [Pusher],
    most: f64,
) -> Claim {
    Claim { scenario, ours, figure, rivals, most }
}

/// What is said of us in this scenario, and whether the figures bear it out.
pub(crate) fn claims(scenario: &str, table: &Table) -> String {
    let mut text = String::new();
    for claim in CLAIMS.iter().filter(|claim| claim.scenario == scenario) {
        let names = claim.rivals.iter().map(|rival| rival.name()).collect::<Vec<_>>().join(" and ");
        let beside = if names.is_empty() { String::new() } else { format!(" of {names}") };
        let ours = Pusher::Slipway(claim.ours);
        let figure = table.compared(ours, claim.rivals, |sample| claim.figure.of(sample));
        let reasons: Vec<String> = claim.rivals.iter().filter_map(|rival| unfit(*rival)).collect();
        let verdict = match figure {
            _ if !reasons.is_empty() => format!("**unproven**: {}", reasons.join("; ")),
            None => "**unproven**: not measured".to_owned(),
            Some(figure) if figure <= claim.most => format!("{figure:.2}: holds"),
            Some(figure) => format!("{figure:.2}: **does not hold**"),
        };
        let (words, most) = (claim.figure.words(), claim.most);
        let _ = writeln!(text, "- {}, {words}: at most {most}{beside}: {verdict}", ours.name());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_what_programs_say() {
        assert_eq!(numbers("skopeo version 1.22.0-dev"), Some((1, 22)));
        assert_eq!(numbers("skopeo version 1.9.3"), Some((1, 9)));
        assert!(numbers("skopeo version 1.9.3") < Some(CURRENT_SKOPEO));
        assert_eq!(numbers("(devel)"), None);
    }

    #[test]
    fn a_claim_is_judged_by_the_middle_round_beside_the_best_rival() {
        let sample = |wall: f64| Sample { wall, cpu: wall, memory: 70.0, stored: 10, requests: 1 };
        let pushers = [Pusher::Slipway(&[]), Pusher::Skopeo, Pusher::Crane];
        let mut table = Table::new("first", "", &pushers);
        for ours in [5.0, 6.0, 9.0] {
            table.round(vec![sample(ours), sample(12.0), sample(10.0)], None);
        }
        let both = [Pusher::Skopeo, Pusher::Crane];
        let ratio = table.compared(pushers[0], &both, |sample| sample.wall).unwrap();
        assert!((ratio - 0.6).abs() < 1e-9);
        let memory = table.compared(pushers[0], &[], |sample| sample.memory).unwrap();
        assert!((memory - 70.0).abs() < 1e-9);
        assert_eq!(table.compared(Pusher::Slipway(&["x"]), &both, |sample| sample.wall), None);
        assert_eq!(table.compared(pushers[0], &[Pusher::Regctl], |sample| sample.wall), None);
    }
}
