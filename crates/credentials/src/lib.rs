//! Where secrets live: this run's memory, the system's keychain, and finders for what people already have.
//!
//! A credential belongs to exactly one host and is handed to no other. Finders only read. Nothing here writes a secret
//! to a file; who asks for Docker or Podman to be signed in too has those programs keep it their own way.

mod chain;
mod docker;
mod environment;
mod find;
mod keychain;
mod memory;
mod program;
mod sign_in;
mod surroundings;
mod text;
mod token_file;

pub use chain::Chain;
pub use docker::{DockerSettings, Helper, HelperError, HelperLogin, NoName, NotDockers, OURS};
pub use docker::{find_helper, helper_name, name_helper, unname_helper};

pub use environment::Environment;
pub use find::{BelongsTo, Fetched, FindError, Finders, Found, Listing, Trouble};
pub use keychain::{EntryName, Keychain, KeychainError, KeychainState, MissingReason};
pub use keyring_core::CredentialStore;
pub use memory::Memory;
pub use program::ProgramError;
pub use sign_in::{How, Intent, SignInError, Tool, asks_us, plan_sign_in};
pub use surroundings::Surroundings;
pub use token_file::{NoToken, TokenFileError, read_token_file, token_in};
