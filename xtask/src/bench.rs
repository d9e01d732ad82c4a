//! `cargo xtask bench`: sets up the rivals and starts the bench, built as a release.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use crate::packages::BENCH;
use crate::place::Place;
use crate::stop::Stop;
use crate::{process, system};

/// Runs it with these arguments.
pub(crate) fn run(place: &Place, arguments: &[OsString]) -> Result<ExitCode, Stop> {
    system::ensure(&[BENCH])?;
    println!("==> Building");
    let cargo = || {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(place.root());
        cargo
    };
    process::demand(cargo().args(["build", "--release", "-p", "slipway-cli", "-p", "slipway-bench"]))?;
    process::demand(
        cargo().args(["run", "--quiet", "--release", "-p", "slipway-bench", "--"]).args(arguments),
    )?;
    Ok(ExitCode::SUCCESS)
}
