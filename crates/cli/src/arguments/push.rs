//! `slipway push`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::engines::Held;
use super::values::{at_most, label, rate};
use super::{Reading, SignIn};

#[derive(Debug, Args)]
pub(crate) struct Push {
    /// A docker-save archive, an OCI archive or an OCI layout folder; `-` is standard input, and a pipe is read, too.
    /// With --from, the name or ID of an image. Several, with one platform each, become one image.
    #[arg(value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) files: Vec<PathBuf>,
    /// Where to: ghcr.io/OWNER/NAME:VERSION, docker.pkg.github.com/OWNER/REPOSITORY/NAME:VERSION, or any
    /// other registry.
    #[arg(value_name = "DEST")]
    pub(crate) destination: String,
    #[command(flatten)]
    pub(crate) held: Held,
    /// One more version for the same image.
    #[arg(long = "tag", value_name = "VERSION")]
    pub(crate) tags: Vec<String>,
    /// Which image of a file with several: a name, or @0, @1, ...
    #[arg(long, value_name = "SELECTOR")]
    pub(crate) image: Option<String>,
    /// Only this platform of an image with several, such as linux/amd64.
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<String>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Say what would happen; send nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print one JSON object a line, the last with "event":"done" or "event":"failed".
    #[arg(long)]
    pub(crate) json: bool,
    /// Allow plain http to a host that is not this computer.
    #[arg(long)]
    pub(crate) plain_http: bool,
    #[command(flatten)]
    pub(crate) changing: Changing,
    #[command(flatten)]
    pub(crate) sending: Sending,
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Changing the image (each gives it another digest)")]
pub(crate) struct Changing {
    /// Connect the package to this repository at GitHub, which reads the label org.opencontainers.image.source.
    #[arg(long, value_name = "OWNER/REPOSITORY")]
    pub(crate) source: Option<String>,
    /// The description on the package's page, at most 512 characters.
    #[arg(long, value_name = "TEXT", value_parser = |text: &str| at_most(text, 512))]
    pub(crate) description: Option<String>,
    /// The licences on the package's page (SPDX), at most 256 characters.
    #[arg(long, value_name = "SPDX", value_parser = |text: &str| at_most(text, 256))]
    pub(crate) licenses: Option<String>,
    /// Set any label; of an image with several platforms, an annotation of its index, too.
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = label)]
    pub(crate) labels: Vec<(String, String)>,
    /// Convert manifests to this form.
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) form: Option<Family>,
    /// Leave statements about the image (provenance, SBOM) behind.
    #[arg(long)]
    pub(crate) drop_attestations: bool,
    /// Send foreign layers (Windows base layers) whose bytes are in the file as ordinary ones.
    #[arg(long)]
    pub(crate) push_foreign: bool,
    /// Compress layers anew that are stored compressed, as --compression says.
    #[arg(long)]
    pub(crate) recompress: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Family {
    /// Docker's schema 2.
    Docker,
    /// OCI's.
    Oci,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Sending")]
pub(crate) struct Sending {
    /// How plain layers are compressed: gzip, gzip:1 to gzip:12, fast, small, zstd, zstd:1 to zstd:19. Docker
    /// before 20.10.13 does not read zstd. Without it, what settings.toml says, else gzip.
    #[arg(long, value_name = "METHOD")]
    pub(crate) compression: Option<slipway_app::Compression>,
    /// Large layers that go up side by side, at most.
    #[arg(long, value_name = "LAYERS", value_parser = clap::value_parser!(u8).range(1..=16))]
    pub(crate) parallel: Option<u8>,
    /// Bytes a second that go up, at most; k, M and G may follow the number.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub(crate) limit_rate: Option<u64>,
    /// How every layer is sent: put (one request), stream, or chunks. Without it, what is best for each.
    #[arg(long, value_name = "WAY")]
    pub(crate) way: Option<slipway_app::Way>,
    /// Do not unpack compressed layers to check that they are what the config says; their own digests are
    /// checked all the same.
    #[arg(long, conflicts_with = "verify")]
    pub(crate) trust_layers: bool,
    /// Read and check layers that the registry has already, too.
    #[arg(long)]
    pub(crate) verify: bool,
    /// Leave versions that point to another image as they are, and fail.
    #[arg(long)]
    pub(crate) no_clobber: bool,
}
