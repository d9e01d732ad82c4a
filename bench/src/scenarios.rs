//! What is pushed, pulled or copied, by whom, and what was pushed before.

use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::content::Content;
use crate::images::{BASE, BIG, HUNDRED, Image, TINY, TOP};
use crate::link::Link;
use crate::measure::{Sample, push};
use crate::pushers::{Archive, Pusher};
use crate::registry::Registry;
use crate::table::Table;

/// All of them, in order.
pub(crate) const NAMES: [&str; 10] =
    ["first", "oci", "again", "top", "tiny", "hundred", "link", "pull", "copy", "within"];

/// What is done with the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Push,
    /// It is in a registry, and is fetched.
    Pull,
    /// It is in a registry, and goes to another one.
    Copy,
    /// The same under another name in the same registry.
    CopyWithin,
}

struct Scenario {
    title: &'static str,
    image: Image,
    oci: bool,
    /// What the same program pushed to the same place before.
    before: Option<Image>,
    pushers: &'static [Pusher],
    /// Rounds, as a multiple of what was asked for.
    times: usize,
    link: bool,
    act: Act,
}

const ALL: &[Pusher] = &[Pusher::Slipway(&[]), Pusher::Skopeo, Pusher::Crane, Pusher::Regctl, Pusher::Podman];

fn scenario(name: &str) -> Option<Scenario> {
    use Pusher::{Crane, CraneFolder, Podman, Regctl, Skopeo, Slipway};
    let usual = Scenario {
        title: "",
        image: BIG,
        oci: false,
        before: None,
        pushers: ALL,
        times: 1,
        link: false,
        act: Act::Push,
    };
    Some(match name {
        "first" => Scenario {
            title: "first push of a `docker save` archive of 1.2 GB",
            pushers: &[
                Slipway(&[]),
                Skopeo,
                Slipway(&["--compression", "fast"]),
                Slipway(&["--compression", "zstd"]),
                Crane,
                Regctl,
                Podman,
            ],
            ..usual
        },
        "oci" => Scenario {
            title: "first push of the same as an OCI archive with gzip layers",
            oci: true,
            pushers: &[Slipway(&[]), Skopeo, Slipway(&["--trust-layers"]), Crane, CraneFolder, Regctl],
            ..usual
        },
        "again" => Scenario { title: "again, unchanged", before: Some(BIG), ..usual },
        "top" => Scenario { title: "top layer of 6 MB changed", image: TOP, before: Some(BIG), ..usual },
        "tiny" => Scenario { title: "first push of an image of 1 MB", image: TINY, times: 3, ..usual },
        "hundred" => Scenario { title: "first push of 100 layers of 1 MB", image: HUNDRED, ..usual },
        "link" => Scenario {
            title: "first push of 180 MB through 20 ms and 100 Mbit/s",
            image: BASE,
            link: true,
            pushers: &[Slipway(&[]), Skopeo, Slipway(&["--compression", "zstd"]), Crane, Regctl],
            ..usual
        },
        "pull" => Scenario {
            title: "fetching the image of 1.2 GB, 530 MB in the registry, into a docker archive",
            oci: true,
            pushers: &[Slipway(&[]), Skopeo, Crane, Regctl],
            act: Act::Pull,
            ..usual
        },
        "copy" => Scenario {
            title: "copying the image of 530 MB from one registry to another",
            oci: true,
            pushers: &[Slipway(&[]), Skopeo, Crane, Regctl],
            act: Act::Copy,
            ..usual
        },
        "within" => Scenario {
            title: "copying the same under another name in one registry",
            oci: true,
            pushers: &[Slipway(&[]), Skopeo, Crane, Regctl],
            act: Act::CopyWithin,
            ..usual
        },
        _ => return None,
    })
}

/// Runs a scenario: in each round every program has its turn, each with a registry of its own.
pub(crate) fn run(name: &str, runs: usize, content: &Content, folder: &Path) -> Outcome<Table> {
    let scenario = scenario(name).ok_or("there is no such scenario")?;
    println!("\n==> {}", scenario.title);
    let archive = |image: Image| -> Outcome<Archive> {
        let path = if scenario.oci { image.oci(content, folder)? } else { image.archive(content, folder)? };
        Ok(Archive { image, path, oci: scenario.oci })
    };
    let image = archive(scenario.image)?;
    let before = scenario.before.map(archive).transpose()?;
    let link = if scenario.link { Some(Link::open(folder)?) } else { None };
    let mut pushers = Vec::new();
    for pusher in scenario.pushers.iter().filter(|pusher| pusher.can(&image)) {
        for archive in before.iter().chain([&image]) {
            pusher.prepare(archive, folder)?;
        }
        pushers.push(*pusher);
    }
    let mut table = Table::new(name, scenario.title, &pushers);
    for round in 0..runs * scenario.times {
        let mut samples = vec![None; pushers.len()];
        for turn in 0..pushers.len() {
            // Nobody is always the first.
            let at = (turn + round) % pushers.len();
            let sample = match scenario.act {
                Act::Push => one(pushers[at], &image, before.as_ref(), link.as_ref(), folder)?,
                Act::Pull => fetched(pushers[at], &image, folder)?,
                Act::Copy => copied(pushers[at], &image, false, folder)?,
                Act::CopyWithin => copied(pushers[at], &image, true, folder)?,
            };
            println!("    {:<40} {:>7.3} s", pushers[at].name(), sample.wall);
            samples[at] = Some(sample);
        }
        let plain = match &link {
            Some(link) => Some(plain_upload(link, &image.path, folder)?),
            None => None,
        };
        table.round(samples.into_iter().flatten().collect(), plain);
    }
    Ok(table)
}

fn one(
    pusher: Pusher,
    image: &Archive,
    before: Option<&Archive>,
    link: Option<&Link>,
    folder: &Path,
) -> Outcome<Sample> {
    let registry = Registry::start(folder, link)?;
    let home = folder.join("home");
    let _ = std::fs::remove_dir_all(&home);
    std::fs::create_dir_all(&home)?;
    // The link's far end is no loopback address.
    let hosts = format!(
        "[\"{}\"]\nregistry = \"http://{}\"\nplain-http = true\n",
        registry.address(),
        registry.address()
    );
    std::fs::write(folder.join("hosts.toml"), if link.is_some() { hosts } else { String::new() })?;
    let target = format!("{}/bench/image:1", registry.address());
    let command = |archive: &Archive| -> Outcome<Command> {
        let command = pusher.command(archive, &target, folder, &home)?;
        let Some(link) = link else { return Ok(command) };
        let mut near = link.near(command.get_program());
        near.args(command.get_args());
        near.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Ok(near)
    };
    if let Some(before) = before {
        push(&command(before)?, &registry, folder)?;
    }
    push(&command(image)?, &registry, folder)
}

/// One pull from a registry of its own; its `stored` is the file's size.
fn fetched(puller: Pusher, image: &Archive, folder: &Path) -> Outcome<Sample> {
    let registry = Registry::start(folder, None)?;
    let (home, output) = (folder.join("home"), folder.join("pulled.tar"));
    for old in [&home, &output] {
        let _ = std::fs::remove_dir_all(old).or_else(|_| std::fs::remove_file(old));
    }
    std::fs::create_dir_all(&home)?;
    std::fs::write(folder.join("hosts.toml"), "")?;
    let target = format!("{}/bench/image:1", registry.address());
    push(&Pusher::Slipway(&["--trust-layers"]).command(image, &target, folder, &home)?, &registry, folder)?;
    let sample = push(&puller.pull(&target, &output, folder, &home)?, &registry, folder)?;
    Ok(Sample { stored: std::fs::metadata(output)?.len(), ..sample })
}

/// One copy out of a registry of its own, to another one or `within` it.
fn copied(copier: Pusher, image: &Archive, within: bool, folder: &Path) -> Outcome<Sample> {
    let source = Registry::start(folder, None)?;
    let home = folder.join("home");
    let _ = std::fs::remove_dir_all(&home);
    std::fs::create_dir_all(&home)?;
    std::fs::write(folder.join("hosts.toml"), "")?;
    let from = format!("{}/bench/image:1", source.address());
    push(&Pusher::Slipway(&["--trust-layers"]).command(image, &from, folder, &home)?, &source, folder)?;
    // It is not to know from the push what is where.
    std::fs::remove_dir_all(&home)?;
    std::fs::create_dir_all(&home)?;
    let far = folder.join("far");
    std::fs::create_dir_all(&far)?;
    let other = if within { None } else { Some(Registry::start(&far, None)?) };
    let target = other.as_ref().unwrap_or(&source);
    let to = format!("{}/bench/copy:1", target.address());
    push(&copier.copy(&from, &to, folder, &home)?, target, folder)
}

/// Bytes a second of one upload by curl through the link, of as many bytes as the image has when it is packed.
fn plain_upload(link: &Link, archive: &Path, folder: &Path) -> Outcome<f64> {
    let registry = Registry::start(folder, Some(link))?;
    let bytes = std::fs::metadata(archive)?.len() * 2 / 5;
    let part = folder.join("part.bin");
    std::io::copy(
        &mut std::io::Read::take(std::fs::File::open(archive)?, bytes),
        &mut std::fs::File::create(&part)?,
    )?;
    let script = format!(
        "location=$(curl -s -X POST -o /dev/null -D - http://{0}/v2/bench/plain/blobs/uploads/ | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p'); \
         curl -s -f -o /dev/null -w '%{{speed_upload}}' -X PATCH -H 'Content-Type: application/octet-stream' -T {1} \"$location\"",
        registry.address(),
        part.display(),
    );
    let output = link.near("sh").args(["-c", &script]).output()?;
    let rate = String::from_utf8_lossy(&output.stdout).trim().parse::<f64>()?;
    println!("    {:<40} {:>7.2} MB/s", "curl", rate / 1e6);
    Ok(rate)
}
