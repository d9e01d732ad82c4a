//! `slipway copy`.

use std::path::PathBuf;

use clap::Args;

use super::SignIn;
use super::values::bytes;

#[derive(Debug, Args)]
pub(crate) struct Copy {
    /// HOST/PATH:VERSION that is read, or HOST/PATH where versions are chosen. Without a version, latest.
    #[arg(value_name = "SOURCE", required_unless_present = "plan")]
    pub(crate) source: Option<String>,
    /// Where it goes; without a version it keeps its own.
    #[arg(value_name = "DESTINATION", required_unless_present = "plan")]
    pub(crate) destination: Option<String>,
    /// Copy what a plan says that --save-plan wrote.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["source", "tags", "all_tags", "matching", "range", "newest", "exclude", "platforms", "no_signatures", "no_clobber", "keep_old_as"])]
    pub(crate) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) choice: CopyChoice,
    #[command(flatten)]
    pub(crate) what: CopyWhat,
    /// Say what would happen; copy nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write what is chosen to a file, for --plan.
    #[arg(long, value_name = "FILE")]
    pub(crate) save_plan: Option<PathBuf>,
    /// Bytes a second that go up, at most; k, M and G may follow the number.
    #[arg(long, value_name = "RATE", value_parser = bytes)]
    pub(crate) limit_rate: Option<u64>,
    /// Print one JSON object a line, the last with "event":"done" or "event":"failed".
    #[arg(long)]
    pub(crate) json: bool,
    /// Allow plain http to hosts that are not this computer.
    #[arg(long)]
    pub(crate) plain_http: bool,
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
}

/// What of each version, and what becomes of one that is there.
#[derive(Debug, Args)]
pub(crate) struct CopyWhat {
    /// Only this platform of each image, such as linux/amd64; may be said several times. The digest is another one then.
    #[arg(long = "platform", value_name = "PLATFORM")]
    pub(crate) platforms: Vec<String>,
    /// Leave signatures and attestations behind.
    #[arg(long)]
    pub(crate) no_signatures: bool,
    /// Leave versions that point to another image as they are.
    #[arg(long)]
    pub(crate) no_clobber: bool,
    /// Give what a version points to now this name before it moves, such as "{tag}-{date}".
    #[arg(long, value_name = "NAME", conflicts_with = "no_clobber")]
    pub(crate) keep_old_as: Option<String>,
}

/// Which versions of a repository.
#[derive(Debug, Args)]
#[command(next_help_heading = "Choosing versions")]
pub(crate) struct CopyChoice {
    /// This version; may be said several times.
    #[arg(long = "tag", value_name = "VERSION")]
    pub(crate) tags: Vec<String>,
    /// All versions.
    #[arg(long)]
    pub(crate) all_tags: bool,
    #[command(flatten)]
    pub(crate) filter: TagFilter,
}

/// Filters of versions.
#[derive(Debug, Args)]
#[command(next_help_heading = "Choosing versions")]
pub(crate) struct TagFilter {
    /// Versions that fit a pattern such as "2.*"; may be said several times.
    #[arg(long = "match", value_name = "PATTERN")]
    pub(crate) matching: Vec<slipway_app::TagPattern>,
    /// Releases within a range such as ">=2.0 <3".
    #[arg(long, value_name = "RANGE")]
    pub(crate) range: Option<slipway_app::VersionRange>,
    /// Of those, so many with the highest numbers.
    #[arg(long, value_name = "NUMBER", value_parser = |text: &str| text.parse::<std::num::NonZeroUsize>().map(usize::from))]
    pub(crate) newest: Option<usize>,
    /// Never those that fit a pattern; may be said several times.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<slipway_app::TagPattern>,
}

impl TagFilter {
    /// What they choose by themselves.
    pub(crate) fn choice(&self) -> slipway_app::TagChoice {
        slipway_app::TagChoice {
            matching: self.matching.clone(),
            range: self.range.clone(),
            newest: self.newest,
            exclude: self.exclude.clone(),
            ..slipway_app::TagChoice::default()
        }
    }
}
