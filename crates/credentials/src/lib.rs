//! Where secrets live: this run's memory, and read-only finders for what people already have.
//!
//! A credential belongs to exactly one host and is handed to no other. Finders only read; nothing here
//! writes a secret to disk.

mod chain;
mod docker;
mod environment;
mod memory;

pub use chain::Chain;
pub use docker::{DockerConfig, DockerConfigError};
pub use environment::Environment;
pub use memory::Memory;
