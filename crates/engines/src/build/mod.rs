//! Builds: a folder with a Dockerfile goes to an engine, and an image comes of it.

mod context;
mod dockerfile;
mod ignore;

pub use context::{Context, ContextError, ContextSize};
pub use dockerfile::Dockerfile;
pub use ignore::Ignore;
