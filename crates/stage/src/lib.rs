//! What tests stand on, written once: a started practice registry, archives and images, odd servers, and other
//! people's programs. Only tests know this room, and it knows none of our clients: the practice registry is tested
//! from here too, and must not share their mistakes.

#![allow(clippy::missing_panics_doc, reason = "a test that cannot go on panics; that is how it fails")]

pub mod archive;
#[cfg(unix)]
mod building;
pub mod bus;
mod bytes;
mod chance;
pub mod docs;
#[cfg(unix)]
pub mod engine;
pub mod image;
#[cfg(unix)]
pub mod installed;
mod playground;
mod port;
#[cfg(unix)]
pub mod programs;
pub mod proxy;
pub mod registry;
mod server;
pub mod shapes;
pub mod tar;

use std::io::Write as _;
use std::path::{Path, PathBuf};

pub use bytes::{bzip2, digest, gzip, gzip_of, noise, sha256, xz, zstd};
pub use chance::{Chance, again, seeds};
pub use playground::{Playground, environment};
pub use port::{free_address, free_port};
pub use server::{Asked, Server};

/// The folder of archives that other projects ship: `SLIPWAY_FIXTURES`, or beside this checkout. Where it is not, the
/// test that asks is left out.
pub fn others_archives(test: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures");
    let named = std::env::var_os("SLIPWAY_FIXTURES").map(PathBuf::from);
    let found = named.into_iter().chain([beside]).find(|folder| folder.join("INDEX.md").is_file());
    if found.is_none() {
        left_out(test, "other projects' archives are not beside this checkout");
    }
    found
}

/// Waits for what happens somewhere else, half a minute at most; `what` says for what.
///
/// # Panics
/// It never happened.
pub async fn until(what: &str, mut happened: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if happened() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("{what} never happened");
}

/// Says that a test is left out here, and why. `cargo xtask test` counts these lines; `eprintln!` would be kept back.
pub fn left_out(test: &str, why: &str) {
    // Nothing is lost where nobody reads it.
    let _ = std::io::stderr().write_all(format!("left out: {test}: {why}\n").as_bytes());
}
