//! `cargo xtask bench`: the same archive goes to a fresh registry, or comes from one, by Slipway and by other programs, in turns,
//! several times; one table tells what each took. `docs/speed.md` says how to read it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "telling people what happens is this program's job"
)]
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "figures for people")]

mod ceilings;
mod content;
mod images;
mod link;
mod measure;
mod pushers;
mod registry;
mod rivals;
mod rooms;
mod scenarios;
mod table;
mod window;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// What can go wrong here is said to whoever started it, and that is all.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
Usage: cargo xtask bench [--runs N] [SCENARIO…]
  --runs N      rounds for each scenario (5; the tiny image gets three times as many)
  SCENARIO      first, oci, again, top, tiny, hundred, link, pull, copy, within, window, rooms, ceilings (all of them)";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nStopped: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: impl Iterator<Item = String>) -> Outcome<()> {
    let (mut runs, mut wanted, mut words) = (5, Vec::new(), words);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--runs" => runs = words.next().and_then(|number| number.parse().ok()).ok_or(USAGE)?,
            "ceilings" | "rooms" | "window" => wanted.push(word),
            name if scenarios::NAMES.contains(&name) => wanted.push(word),
            _ => return Err(USAGE.into()),
        }
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    let folder = folder()?;
    std::fs::create_dir_all(&folder)?;
    let content = content::Content::ready(&folder)?;
    println!(
        "==> Series {}: the packages in {}",
        content.series,
        folder.join("content/manifest.txt").display()
    );
    println!("{}", rivals::versions());
    let mut tables = Vec::new();
    for name in scenarios::NAMES.into_iter().filter(|name| is_wanted(name)) {
        let table = scenarios::run(name, runs, &content, &folder)?;
        println!("\n{table}");
        tables.push(table);
    }
    if is_wanted("window") {
        let table = window::measure(runs, &content, &folder)?;
        println!("\n{table}");
        tables.push(table);
    }
    if is_wanted("rooms") {
        let table = rooms::measure(&content, &folder)?;
        println!("\n{table}");
        tables.push(table);
    }
    if is_wanted("ceilings") {
        tables.push(ceilings::measure(&content, &folder)?);
    }
    println!("\n# All of it\n");
    for table in tables {
        println!("{table}");
    }
    Ok(())
}

/// Images and registries are kept beside the programs.
fn folder() -> Outcome<PathBuf> {
    let own = std::env::current_exe()?;
    let target = own.ancestors().nth(2).ok_or("this program stands in no build folder")?;
    Ok(target.join("bench"))
}

/// Runs a command in view and demands that it ends well.
fn demand(command: &mut Command) -> Outcome<()> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}
