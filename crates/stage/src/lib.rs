//! What tests stand on, written once: a started practice registry, archives and images, odd servers, and other
//! people's programs. Only tests know this room, and it knows none of our clients: the practice registry is tested
//! from here too, and must not share their mistakes.

#![allow(clippy::missing_panics_doc, reason = "a test that cannot go on panics; that is how it fails")]

pub mod archive;
pub mod bus;
mod bytes;
mod chance;
pub mod docs;
pub mod image;
mod playground;
#[cfg(unix)]
pub mod programs;
pub mod proxy;
pub mod registry;
mod server;
pub mod shapes;
pub mod tar;

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};

pub use bytes::{bzip2, digest, gzip, noise, sha256, xz, zstd};
pub use chance::{Chance, again, seeds};
pub use playground::{Playground, environment};
pub use server::{Asked, Server};

/// A port that is free at this moment, and that no other test of this process is given. The system hands out those above
/// 32,768 by itself; these lie below, so that nobody gets one between our look and its use.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    /// From process to process elsewhere.
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    let start = u16::try_from(std::process::id() % 120).expect("it is below 120") * 100;
    for _ in 0..COUNT {
        let port = FIRST + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("loopback has no free port")
}

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

/// Says that a test is left out here, and why. `cargo xtask test` counts these lines; `eprintln!` would be kept back.
pub fn left_out(test: &str, why: &str) {
    // Nothing is lost where nobody reads it.
    let _ = std::io::stderr().write_all(format!("left out: {test}: {why}\n").as_bytes());
}
