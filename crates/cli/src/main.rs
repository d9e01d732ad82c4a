//! The `slipway` command: publishes and fetches container images from a terminal or in CI, with the same engine as the
//! window. It speaks English, and tells failures in the person's language; with `--json` it prints one JSON object a
//! line.

mod accounts;
mod arguments;
mod build;
mod copy;
mod docker_credentials;
mod exit;
mod helper;
mod hosts;
mod images;
mod inspect;
mod interrupt;
mod jobs;
mod log;
mod output;
mod parts;
mod practice;
mod progress;
mod pull;
mod push;
mod reading;
mod tags;
mod token;

use std::process::ExitCode;

use clap::Parser as _;
use slipway_app::view::Code;

use crate::arguments::{Arguments, Command};
use crate::exit::Exit;
use crate::output::Mode;

fn main() -> ExitCode {
    if helper::is_meant(std::env::args_os().next().as_deref()) {
        return helper::run();
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refused(&error).into(),
    };
    output::speak(arguments.command.mode());
    log::begin();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::failed(Code::Internal, &format!("the runtime did not start: {error}"));
            return Exit::Failed.into();
        }
    };
    let only_tells = arguments.command.only_tells();
    let exit = runtime.block_on(async {
        match arguments.command {
            Command::Inspect(arguments) => inspect::run(arguments).await,
            Command::Images(arguments) => images::run(arguments).await,
            Command::Push(arguments) => push::run(arguments).await,
            Command::Build(arguments) => build::run(arguments).await,
            Command::Pull(arguments) => pull::run(arguments).await,
            Command::Copy(arguments) => copy::run(arguments).await,
            Command::Login(arguments) => accounts::login(arguments).await,
            Command::Logout(arguments) => accounts::logout(arguments).await,
            Command::Accounts(arguments) => accounts::show(arguments).await,
            Command::DockerCredentials(arguments) => docker_credentials::run(arguments).await,
            Command::Hosts(arguments) => hosts::run(arguments.command).await,
            Command::Tags(arguments) => tags::run(arguments).await,
            Command::Parts(arguments) => parts::run(&arguments).await,
            Command::Jobs(arguments) => jobs::run(&arguments).await,
            Command::Practice(arguments) => practice::run(arguments).await,
        }
    });
    // A reader thread that waits for a slow disk must not hold the exit after a cancel.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    match output::unwritten() {
        Some(error) => exit.unwritten(error, only_tells).into(),
        None => exit.into(),
    }
}

/// What the argument parser says: help and version as asked for, else wrong usage; as an object where objects are
/// wanted.
fn refused(error: &clap::Error) -> Exit {
    let mut words = std::env::args_os().skip(1).take_while(|word| word != "--");
    let as_json = words.any(|word| word == "--json");
    output::speak(if as_json { Mode::Json } else { Mode::Words });
    if !error.use_stderr() {
        // One that cannot be written has nobody to read it.
        let _ = error.print();
        return Exit::Done;
    }
    let text = error.render().to_string();
    if output::is_json() {
        output::usage(text.trim().strip_prefix("error: ").unwrap_or(text.trim()));
    } else {
        // The lines are the parser's own; what was typed may come from somebody else.
        text.trim_end().lines().for_each(output::note);
    }
    Exit::Usage
}
