//! Docker's `config.json`, and the helpers that it names.

mod file;
mod helper;

pub(crate) use file::{File, Login, Unreadable, fit, host, part};
pub(crate) use helper::IDENTITY_TOKEN;
pub use helper::{Helper, HelperError, HelperLogin};
