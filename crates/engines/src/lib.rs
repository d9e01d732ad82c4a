//! Docker and Podman on this computer: where they are, what they have, and images out of them and into them as streams.
//!
//! Both speak the Engine API. It is spoken here over hyper rather than through a client library: the one that there is
//! sends no API version, gives an export neither platform nor end, and cuts a load that takes longer than its one
//! timeout. Nothing here removes an image or a container.

mod address;
mod build;
mod client;
mod context;
mod discover;
mod error;
mod export;
mod heard;
mod image;
mod kind;
mod list;
mod load;
mod objects;
mod tls;
mod view;
mod wire;

pub use address::{Address, Certificates, Origin, Place};
pub use build::{
    BadPattern, BuildError, BuildEvent, BuildRequest, Built, Context, ContextError, ContextSize, Dockerfile,
    Failed, Ignore, Secret, Step, StepState,
};
pub use client::{ApiVersion, Engine};
pub use discover::{Discovered, Missing, NotUsable, Unusable, places};
pub use error::EngineError;
pub use export::Export;
pub use image::Details;
pub use kind::Kind;
pub use list::{Child, Container, ImageRow, Part, rows};
pub use load::{LoadWriter, Loaded};
pub use view::{Computer, System, View};
