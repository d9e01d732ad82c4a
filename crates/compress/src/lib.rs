//! Compresses a layer block by block, side by side on all cores, into the same bytes each time.
//!
//! A block of the input becomes one gzip member (RFC 1952 §2.2 allows several in a row) or one zstd frame
//! (RFC 8878 §3.1 does too). Blocks know nothing of each other, so the result depends on the content and the
//! [`Method`] alone, never on how many threads worked or how fast the connection was; and compressing can
//! start again at any block. What that costs in size against one long member, and what it wins, stands in
//! `docs/speed.md`.
//!
//! [`Gunzip`] is the way back, for whatever gzip files others made.

mod blocks;
mod dense;
mod gunzip;
mod method;
mod parallel;
mod quick;

pub use blocks::compress as block;
pub use gunzip::Gunzip;
pub use method::{Format, Method, MethodError};
pub use parallel::{Parallel, Pool};
