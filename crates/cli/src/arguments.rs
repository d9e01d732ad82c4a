//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use slipway_app::Inputs;

use crate::output;

/// Publish container images to GitHub Packages, without Docker.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused before anything was sent, 4 authentication,
/// 130 cancelled.
#[derive(Debug, Parser)]
#[command(name = "slipway", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what an image file holds; nothing is sent.
    Inspect(Inspect),
    /// Publish an image file.
    Push(Push),
    /// Fetch an image into a file.
    Pull(Pull),
    /// Copy images from one registry to another, byte for byte.
    Copy(Copy),
    /// Sign in at a host and keep the token in the system's keychain.
    Login(Login),
    /// Sign out at a host; the token leaves the keychain.
    Logout(Logout),
    /// Show who is signed in where, and what each token may do.
    Accounts(Accounts),
    /// The hosts whose registries Slipway knows.
    Hosts(Hosts),
    /// Show what the window and this command do now, and what they did before.
    Jobs(Jobs),
    /// Run a practice registry on this computer that behaves like GitHub Packages.
    Practice(Practice),
}

impl Command {
    /// How it speaks.
    pub(crate) fn mode(&self) -> output::Mode {
        let (json, form) = match self {
            Self::Push(push) => (push.json, output::Mode::Events),
            Self::Pull(pull) => (pull.json, output::Mode::Events),
            Self::Copy(copy) => (copy.json, output::Mode::Events),
            Self::Inspect(inspect) => (inspect.json, output::Mode::Json),
            Self::Accounts(accounts) => (accounts.json, output::Mode::Json),
            Self::Jobs(jobs) => (jobs.json, output::Mode::Json),
            Self::Practice(practice) => (practice.json, output::Mode::Json),
            Self::Hosts(Hosts { command: HostsCommand::List { json } }) => (*json, output::Mode::Json),
            Self::Hosts(_) | Self::Login(_) | Self::Logout(_) => (false, output::Mode::Words),
        };
        if json { form } else { output::Mode::Words }
    }

    /// It changes nothing, here or elsewhere: what it writes is all of it.
    pub(crate) fn only_tells(&self) -> bool {
        match self {
            Self::Inspect(_) | Self::Accounts(_) | Self::Jobs(_) => true,
            Self::Push(push) => push.dry_run,
            Self::Copy(copy) => copy.dry_run,
            Self::Hosts(hosts) => matches!(hosts.command, HostsCommand::List { .. }),
            Self::Pull(_) | Self::Login(_) | Self::Logout(_) | Self::Practice(_) => false,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Jobs {
    /// Only those of the history with this in their names, digest or error.
    #[arg(value_name = "TEXT", default_value = "")]
    pub(crate) search: String,
    /// So many jobs of the history, those that ended last first.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub(crate) limit: usize,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// A docker-save archive, an OCI archive or an OCI layout folder; `-` is standard input.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Follow links of an OCI layout that lead out of its folder: trust whoever made it with every file that you can
    /// read.
    #[arg(long)]
    pub(crate) trust_links: bool,
    /// Let what is compressed unpack to so many bytes; k, M and G may follow the number. Without it, the file and each
    /// layer may unpack to 20 times its size, and to 256 MiB in any case.
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) max_unpacked: Option<u64>,
}

impl Reading {
    pub(crate) fn inputs(&self) -> Inputs {
        Inputs { streams: true, links: self.trust_links, max_unpacked: self.max_unpacked }
    }
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("way").required(true))]
pub(crate) struct Login {
    /// github.com, an Enterprise host, or a registry.
    #[arg(value_name = "HOST")]
    pub(crate) host: String,
    /// User name, where the host does not say whom a token belongs to.
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// Read the token from standard input.
    #[arg(long, group = "way")]
    pub(crate) token_stdin: bool,
    /// Read the token from a file.
    #[arg(long, value_name = "FILE", group = "way")]
    pub(crate) token_file: Option<PathBuf>,
    /// Take over what this computer has already.
    #[arg(long, value_enum, value_name = "PLACE", group = "way")]
    pub(crate) from: Option<Existing>,
    /// Show a code to enter in the browser.
    #[arg(long, group = "way")]
    pub(crate) device: bool,
}

/// Where a credential may already be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Existing {
    /// Docker's settings or its credential helper.
    Docker,
    /// Podman's auth.json.
    Podman,
    /// GitHub's command line.
    Gh,
    /// `GH_TOKEN`, `GITHUB_TOKEN`, `CR_PAT` and their like.
    Env,
}

#[derive(Debug, Args)]
pub(crate) struct Logout {
    /// github.com, an Enterprise host, or a registry.
    #[arg(value_name = "HOST")]
    pub(crate) host: String,
    /// Whose, where several are signed in.
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Accounts {
    #[command(subcommand)]
    pub(crate) command: Option<AccountsCommand>,
    /// Print one JSON object.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum AccountsCommand {
    /// Ask each host what its token may do now.
    Verify,
}

#[derive(Debug, Args)]
pub(crate) struct Hosts {
    #[command(subcommand)]
    pub(crate) command: HostsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HostsCommand {
    /// Show them.
    List {
        /// Print one JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Add a host, or set one that is there. What is not said stays; an empty value ("") is as usual again.
    Add(SetHost),
    /// Remove an added host; what is set for github.com is as usual again.
    Remove {
        /// Its name.
        host: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SetHost {
    /// A GitHub Enterprise host such as ghe.example.com or octocorp.ghe.com, with --registry any other registry, or
    /// github.com.
    pub(crate) host: String,
    /// It is a registry of its own, not a GitHub Enterprise host.
    #[arg(long, conflicts_with_all = ["api", "containers", "docker"])]
    pub(crate) registry: bool,
    /// A private certificate authority, PEM.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<String>,
    /// The way there: none, or a proxy's address, such as `http://octocat@proxy.example.com:8080`. Empty, as
    /// everywhere else.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) proxy: Option<String>,
    /// Read the password for the proxy's user name from standard input, and keep it in the system's keychain.
    #[arg(long, requires = "proxy")]
    pub(crate) proxy_password_stdin: bool,
    /// A host of somebody else that tokens may be asked for at, where the registry says so, such as auth.example.com.
    /// The credential is sent there.
    #[arg(long, value_name = "HOST")]
    pub(crate) realm: Option<String>,
    /// The address of its REST API, where it is not the usual one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) api: Option<String>,
    /// Its container registry, where it is not containers.HOST: a host, an address, or none.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) containers: Option<String>,
    /// Its older Docker registry, where it is not docker.HOST: a host, an address, or none. Without subdomain
    /// isolation that is HOST itself.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) docker: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SignIn {
    /// The account to use, where several are signed in at the host.
    #[arg(long, value_name = "NAME", conflicts_with = "token_stdin")]
    pub(crate) account: Option<String>,
    /// User name for the token of --token-stdin.
    #[arg(long, value_name = "NAME", requires = "token_stdin")]
    pub(crate) username: Option<String>,
    /// Read the token from standard input. Without it, the account of the host is used (see `slipway login`), else
    /// GITHUB_TOKEN with GITHUB_ACTOR, else Docker's config.json.
    #[arg(long, requires = "username")]
    pub(crate) token_stdin: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Push {
    /// A docker-save archive, an OCI archive or an OCI layout folder; `-` is standard input, and a pipe is read, too.
    /// Several, with one platform each, become one image.
    #[arg(value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) files: Vec<PathBuf>,
    /// Where to: ghcr.io/OWNER/NAME:VERSION, docker.pkg.github.com/OWNER/REPOSITORY/NAME:VERSION, or any
    /// other registry.
    #[arg(value_name = "DEST")]
    pub(crate) destination: String,
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

#[derive(Debug, Args)]
pub(crate) struct Pull {
    /// The image, such as ghcr.io/OWNER/NAME:VERSION; without a version, latest.
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
    /// The file to write; `-` is standard output. A file that exists is replaced when the new one is complete; a pipe or
    /// a device is written to.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// The kind of file.
    #[arg(long, value_enum, default_value_t = Format::DockerArchive)]
    pub(crate) format: Format,
    /// The platform, such as linux/arm64. Without it, a Docker archive gets this computer's, an OCI
    /// archive all.
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<String>,
    /// Print one JSON object a line, the last with "event":"done" or "event":"failed".
    #[arg(long)]
    pub(crate) json: bool,
    /// Allow plain http to a host that is not this computer.
    #[arg(long)]
    pub(crate) plain_http: bool,
    #[command(flatten)]
    pub(crate) sign_in: SignIn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// What `docker load` takes (one platform).
    DockerArchive,
    /// An OCI layout in a tar.
    OciArchive,
}

#[derive(Debug, Args)]
pub(crate) struct Practice {
    /// Where its content is kept; a folder that goes with the command's end if none is named.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) directory: Option<PathBuf>,
    /// Port of the registry that behaves like ghcr.io; 0 for any free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Port of the one that behaves like docker.pkg.github.com; 0 for any free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) docker_port: u16,
    /// Write the endpoints file for `SLIPWAY_HOSTS` here.
    #[arg(long, value_name = "FILE")]
    pub(crate) hosts_file: Option<PathBuf>,
    /// Write a small sample image here.
    #[arg(long, value_name = "FILE")]
    pub(crate) sample: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

fn at_most(text: &str, most: usize) -> Result<String, String> {
    match text.chars().count() {
        count if count > most => Err(format!("it has {count} characters, GitHub shows {most} at most")),
        _ => Ok(text.to_owned()),
    }
}

fn label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("it must be KEY=VALUE".to_owned()),
    }
}

/// `1500`, `500k`, `2.5M`, `1G`: bytes a second, decimal units.
fn rate(text: &str) -> Result<u64, String> {
    bytes(text).map_err(|reason| reason.replace("one byte", "one byte a second"))
}

/// `1500`, `500k`, `2.5M`, `1G`: bytes, decimal units.
fn bytes(text: &str) -> Result<u64, String> {
    let number = text.trim_end_matches(|last: char| last.is_alphabetic());
    let unit = match &text[number.len()..] {
        "" => 1.0,
        "k" | "K" => 1e3,
        "m" | "M" => 1e6,
        "g" | "G" => 1e9,
        unit => return Err(format!("{unit} is no unit: known are k, M and G")),
    };
    let number = number.parse::<f64>();
    let rate = number.map_err(|_| "it must be a number; k, M or G may follow it".to_owned())? * unit;
    if !(1.0..1e15).contains(&rate) {
        return Err("it must be one byte or more".to_owned());
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "its range was just checked")]
    Ok(rate as u64)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::{Arguments, Command, HostsCommand, bytes, rate};

    #[test]
    fn a_host_is_set_with_options_that_go_together() {
        let parse = |options: &str| {
            let words = ["slipway", "hosts", "add", "ghe.example.com"].into_iter();
            Arguments::try_parse_from(words.chain(options.split_whitespace()))
        };
        let all = "--ca-file ca.pem --proxy http://u@p:1 --proxy-password-stdin --realm r --api a --containers c --docker d";
        let Command::Hosts(hosts) = parse(all).unwrap().command else { panic!("{all}") };
        let HostsCommand::Add(host) = hosts.command else { panic!("{all}") };
        assert_eq!((host.proxy.as_deref(), host.proxy_password_stdin), (Some("http://u@p:1"), true));
        assert_eq!(
            (host.api, host.containers, host.docker),
            (Some("a".into()), Some("c".into()), Some("d".into()))
        );
        assert_eq!(host.realm.as_deref(), Some("r"));
        assert!(parse("--registry --proxy none --realm auth.example.com").is_ok());
        for wrong in ["--proxy-password-stdin", "--registry --api a", "--registry --docker d"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_rate_is_read_with_and_without_its_unit() {
        assert_eq!(rate("1500"), Ok(1500));
        assert_eq!(rate("500k"), Ok(500_000));
        assert_eq!(rate("2.5M"), Ok(2_500_000));
        assert_eq!(rate("1G"), Ok(1_000_000_000));
        assert_eq!(bytes("1GB"), Err("GB is no unit: known are k, M and G".to_owned()));
        assert_eq!(bytes("1.2.3"), Err("it must be a number; k, M or G may follow it".to_owned()));
        assert_eq!(bytes("-1"), Err("it must be one byte or more".to_owned()));
        for wrong in ["", "0", "-1", "k", "1kk", "1T", "NaN", "inf"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}
