//! What the journeys share: the built programs, other people's archives, registries and clients, and the
//! real window. README.md says which tier catches what.

#![allow(clippy::missing_panics_doc, reason = "a journey that cannot go on panics; that is how it fails")]

pub mod command;
pub mod display;
mod driver;
pub mod keys;
pub mod playground;
pub mod steps;
pub mod tour;
pub mod watched;
pub mod window;
pub mod words;

pub use slipway_stage::{
    archive, bus, docs, engine, free_port, image, installed, left_out, others_archives, programs, registry,
    shapes,
};

use std::path::{Path, PathBuf};

/// The project's root.
pub fn root() -> PathBuf {
    // This crate lies one folder below it.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

/// A program of the workspace, as `cargo xtask test` builds it before the journeys.
pub fn program(name: &str) -> PathBuf {
    // Tests run from `target/PROFILE/deps`; the programs lie one folder above.
    let own = std::env::current_exe().unwrap_or_default();
    let folders = own.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{name} is not built: run `cargo xtask test`"))
}
