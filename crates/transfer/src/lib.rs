//! The push and pull pipelines: plan, send, commit, verify; and their events.
//!
//! A push is one job: [`Parts::of`] says what an image consists of at a given registry, [`Plan::look`]
//! asks the registry what it has already, [`push`] sends what is missing, puts the manifests and tags
//! and asks the registry back. Nothing here prints, and nothing reads a whole layer into memory.

mod check;
mod commit;
mod control;
mod copy;
mod download;
mod encode;
mod error;
mod estimate;
mod event;
mod fixed;
mod hasher;
mod layer;
mod ledger;
mod limit;
mod options;
mod origin;
mod payload;
mod plan;
mod pull;
mod push;
mod put;
mod referrers;
mod remote;
mod remote_blob;
mod resources;
mod send;
mod speakers;
mod tree;
mod unpack;

pub use control::Control;
pub use copy::{Copied, CopiedTag, CopyBytes, CopyLine, CopyRequest, CopyState, CopyTag, Ends, copy, survey};
pub use error::TransferError;
pub use estimate::{Samples, saving};
pub use event::{Cause, Event, Events, Phase, WantedBlob};
pub use fixed::Moves;
pub use layer::{LayerContent, layer_content};
pub use ledger::{Ledger, Remembered, SessionKey};
pub use limit::Limit;
pub use options::{Options, Way};
pub use payload::Payload;
pub use plan::{Blob, Check, Encoding, Layer, Parts, Plan, Presence, Request, Role, TagPlan, TagState};
pub use pull::{Here, Platforms, PullImage, PullRequest, Pulled, PulledImage, pull};
pub use push::{Published, PublishedTag, push};
pub use remote::KnownManifests;
pub use resources::Resources;
pub use send::RESUMABLE;
pub use slipway_compress::{Method as Compression, Pool, block as compress_block};
pub use speakers::{Speaking, speaking};
