//! Docker and Podman on this computer: where they are.

mod address;
mod context;
mod discover;
mod kind;
mod view;

pub use address::{Address, Certificates, Origin, Place};
pub use discover::{Discovered, NotUsable, Unusable, places};
pub use kind::Kind;
pub use view::{Computer, System, View};
