//! `cargo xtask run | test | bench | icons`: sets everything up and does the chores. Prerequisites are rustup and Node.js.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "telling people what happens is this program's job"
)]

mod arguments;
mod bench;
mod counts;
mod display;
mod icons;
mod node;
mod packages;
mod place;
mod private;
mod process;
mod run;
mod rust;
mod steps;
mod stop;
mod system;
mod test;
mod voice;

use std::process::ExitCode;

use arguments::{Action, USAGE};
use place::Place;
use stop::Stop;

fn main() -> ExitCode {
    let action = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(action) => action,
        Err(reason) => {
            eprintln!("{reason}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match act(&action) {
        Ok(code) => code,
        Err(stop) => {
            eprintln!("\n{stop}");
            ExitCode::FAILURE
        }
    }
}

fn act(action: &Action) -> Result<ExitCode, Stop> {
    let place = Place::find()?;
    match action {
        Action::Usage => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        Action::Run { arguments } => run::window(&place, arguments),
        Action::Screenshot { directory } => run::screenshots(&place, directory),
        Action::Test(wish) => Ok(test::run(&place, wish)),
        Action::ListSteps => {
            test::list();
            Ok(ExitCode::SUCCESS)
        }
        Action::Bench { arguments } => bench::run(&place, arguments),
        Action::Icons => icons::make(&place),
    }
}
