//! The `slipway` command: publishes and fetches container images from a terminal or in CI, with the same
//! engine as the window. It speaks English; with `--json` it prints one JSON object a line.

mod accounts;
mod arguments;
mod exit;
mod hosts;
mod inspect;
mod output;
mod practice;
mod pull;
mod push;
mod reading;
mod token;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command};
use crate::exit::Exit;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let log = tracing_subscriber::EnvFilter::try_from_env("SLIPWAY_LOG").unwrap_or_default();
    tracing_subscriber::fmt().with_env_filter(log).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::error(&format!("the runtime did not start: {error}"));
            return Exit::Failed.into();
        }
    };
    let exit = runtime.block_on(async {
        match arguments.command {
            Command::Inspect(arguments) => inspect::run(arguments).await,
            Command::Push(arguments) => push::run(arguments).await,
            Command::Pull(arguments) => pull::run(arguments).await,
            Command::Login(arguments) => accounts::login(arguments).await,
            Command::Logout(arguments) => accounts::logout(arguments).await,
            Command::Accounts(arguments) => accounts::show(arguments).await,
            Command::Hosts(arguments) => hosts::run(arguments.command).await,
            Command::Practice(arguments) => practice::run(arguments).await,
        }
    });
    // A reader thread that waits for a slow disk must not hold the exit after a cancel.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    exit.into()
}
