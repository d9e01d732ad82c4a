//! Docker and Podman on this computer: where they are, and what they have.

mod address;
mod context;
mod discover;
mod image;
mod kind;
mod list;
mod view;

pub use address::{Address, Certificates, Origin, Place};
pub use discover::{Discovered, NotUsable, Unusable, places};
pub use kind::Kind;
pub use list::{Child, ImageRow, Part, rows};
pub use view::{Computer, System, View};
