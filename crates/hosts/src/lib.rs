//! What a registry allows, as data: profiles and endpoints, the form of its names, and what its refusals
//! mean. Pure: nothing here asks the network.

mod added;
mod address;
mod endpoint;
mod error;
mod file;
mod form;
mod meaning;
mod owner;
pub mod pages;
mod profile;

pub use added::Added;
pub use address::is_loopback;
pub use endpoint::{Endpoint, Hosts, Override, OverridePart, RealmRefusal};
pub use error::HostsError;
pub use form::{
    Checked, Destination, FieldName, Fields, Finding, Fix, FixKind, Hints, Part, PartName, check, fill,
    linked, switch,
};
pub use meaning::{Answer, At, Meaning, meaning, retry_hint};
pub use profile::{AuthScheme, Limits, NameForm, Profile};
