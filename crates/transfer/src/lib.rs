//! The push and pull pipelines: plan, send, commit, verify; and their events.
//!
//! A push is one job: [`Parts::of`] says what an image consists of at a given registry, [`Plan::look`]
//! asks the registry what it has already, [`push`] sends what is missing, puts the manifests and tags
//! and asks the registry back. Nothing here prints, and nothing reads a whole layer into memory.

mod commit;
mod encode;
mod error;
mod event;
mod plan;
mod pull;
mod push;
mod send;

pub use error::TransferError;
pub use event::{Event, Events, Phase};
pub use plan::{Blob, Check, Encoding, Layer, Parts, Plan, Presence, Request, Role, TagPlan, TagState};
pub use pull::{PullRequest, Pulled, pull};
pub use push::{Published, PublishedTag, push};
