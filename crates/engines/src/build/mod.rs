//! Builds: a folder with a Dockerfile goes to an engine, and an image comes of it.

mod classic;
mod context;
mod dockerfile;
mod event;
mod harmless;
mod ignore;
mod run;
mod session;
mod trace;

pub use context::{Context, ContextError, ContextSize};
pub use dockerfile::Dockerfile;
pub use event::{BuildEvent, Failed, Step, StepState};
pub use ignore::{BadPattern, Ignore};
pub use run::{BuildError, BuildRequest, Built};
pub use session::Secret;
