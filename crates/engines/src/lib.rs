//! Docker and Podman on this computer: where they are, what they have, and as rows and one by one.
//!
//! Both speak the Engine API. It is spoken here over hyper rather than through a client library: the one that there is
//! sends no API version.

mod address;
mod client;
mod context;
mod discover;
mod error;
mod image;
mod kind;
mod list;
mod tls;
mod view;
mod wire;

pub use address::{Address, Certificates, Origin, Place};
pub use client::{ApiVersion, Engine};
pub use discover::{Discovered, NotUsable, Unusable, find, places};
pub use error::EngineError;
pub use image::Details;
pub use kind::Kind;
pub use list::{Child, ImageRow, Part, rows};
pub use view::{Computer, System, View};
