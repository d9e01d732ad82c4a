//! `cargo xtask bench`: sets up the rivals, builds window and command as releases, and starts the bench.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use crate::packages::{BENCH, BUILD, DISPLAY, JOURNEYS};
use crate::place::Place;
use crate::stop::Stop;
use crate::{node, process, system};

/// Runs it with these arguments.
pub(crate) fn run(place: &Place, arguments: &[OsString]) -> Result<ExitCode, Stop> {
    system::ensure(&[BUILD, DISPLAY, JOURNEYS, BENCH])?;
    node::check()?;
    node::install(place)?;
    node::build(place)?;
    println!("==> Building");
    let cargo = || {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(place.root());
        cargo
    };
    let programs = ["slipway-cli", "slipway-desktop", "slipway-bench"];
    process::demand(cargo().args(["build", "--release"]).args(programs.map(|name| ["-p", name]).concat()))?;
    process::demand(
        cargo().args(["run", "--quiet", "--release", "-p", "slipway-bench", "--"]).args(arguments),
    )?;
    Ok(ExitCode::SUCCESS)
}
