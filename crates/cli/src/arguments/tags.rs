//! `slipway tags`.

use clap::Args;

use super::SignIn;
use super::copy::TagFilter;

#[derive(Debug, Args)]
pub(crate) struct Tags {
    /// HOST/PATH, such as ghcr.io/OWNER/NAME.
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
    #[command(flatten)]
    pub(crate) filter: TagFilter,
    /// Show tags of signatures and attestations, too.
    #[arg(long, conflicts_with_all = ["matching", "range", "newest"])]
    pub(crate) all: bool,
    /// Ask for each digest that is not known otherwise.
    #[arg(long)]
    pub(crate) digests: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
}
