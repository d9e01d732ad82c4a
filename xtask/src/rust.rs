//! Cargo, started as if from a terminal, and the tools that stand beside it.

use std::process::Command;

use crate::place::Place;
use crate::process;
use crate::stop::Stop;

/// Says which Rust is used and warns where nothing sees to it that it is the right one.
pub(crate) fn check() {
    let rustc = process::answer("rustc", &["--version"]).unwrap_or_default();
    println!(
        "==> {}",
        if rustc.is_empty() { "Rust (rustc does not tell its version)" } else { rustc.trim() }
    );
    if process::on_path("rustup").is_none() {
        println!(
            "    rustup was not found: it would choose the version in rust-toolchain.toml (https://rustup.rs)"
        );
    }
}

/// Sees to it that rustfmt and clippy are there: rustup's minimal profile leaves them out.
pub(crate) fn ensure_linters() -> Result<(), Stop> {
    let tools = [("rustfmt", "fmt"), ("clippy", "clippy")];
    let there = |command: &str| {
        Command::new(cargo_program()).args([command, "--version"]).output().is_ok_and(|o| o.status.success())
    };
    let missing: Vec<&str> =
        tools.iter().filter(|(_, command)| !there(command)).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("==> Adding {} to the toolchain", missing.join(" and "));
    process::demand(Command::new("rustup").args(["component", "add"]).args(missing))
}

/// Cargo in the work tree's root.
pub(crate) fn cargo(place: &Place) -> Command {
    let mut command = Command::new(cargo_program());
    command.current_dir(place.root());
    forget_ourselves(&mut command);
    command
}

/// The same, compiling our own rooms with the linter, which denies what it finds: what is compiled to be tested is
/// linted on the way, and other people's code is compiled once and not a second time for the lints alone.
pub(crate) fn linting_cargo(place: &Place) -> Command {
    let mut command = cargo(place);
    // As `cargo clippy` starts it; the separator between arguments is its own.
    command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
    command.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    command
}

fn cargo_program() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Removes what cargo told xtask about xtask: some build scripts watch these variables and would run again
/// whenever cargo is started by hand and by us in turn.
fn forget_ourselves(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        if text.starts_with("CARGO_PKG_")
            || matches!(
                text,
                "CARGO_MANIFEST_DIR"
                    | "CARGO_MANIFEST_PATH"
                    | "CARGO_BIN_NAME"
                    | "CARGO_CRATE_NAME"
                    | "CARGO_PRIMARY_PACKAGE"
            )
        {
            command.env_remove(name);
        }
    }
}
