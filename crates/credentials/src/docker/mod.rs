//! Docker's `config.json`, and the helpers that it names.

mod file;
mod helper;
mod ours;
mod program;

pub(crate) use file::{File, Login, Unreadable, fit, host, part};
pub(crate) use helper::IDENTITY_TOKEN;
pub use helper::{Helper, HelperError, HelperLogin};
pub use ours::{DockerSettings, NotDockers, OURS};
pub use program::{NoName, find_helper, helper_name, name_helper, unname_helper};
