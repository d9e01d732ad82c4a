//! The use cases and their state: drafts, checks, jobs, settings and the view types. The one public face
//! of the engine: the window and the command both call [`Slipway`], and know nothing below it.

mod accounts;
mod activity;
mod command;
mod confirm;
mod destinations;
mod diagnostics;
mod failure;
mod files;
mod form;
mod home;
mod hosts;
mod image;
mod job;
mod jobs;
mod links;
mod live;
mod open;
mod practice;
mod preferences;
mod preflight;
mod proxies;
mod publish;
mod published;
mod publishing;
mod reading;
mod registries;
mod settings;
mod setup;
mod slipway;
mod store;
mod suggestions;
pub mod view;
mod workflow;

pub use confirm::{Commanded, Confirm, Question};
pub use hosts::HostChange;
pub use publish::{DryRun, FetchProgress, Fetched, PullFormat, PullOptions, PushOptions};
pub use settings::{Settings, SettingsError};
pub use setup::{Finders, Inputs, Setup, SetupError};
pub use slipway::Slipway;
pub use slipway_archive::write_file;
pub use slipway_credentials::{Keychain, NoToken, Surroundings, token_in};
pub use slipway_practice as practice_registry;
pub use slipway_reference::{HostName, Reference, Tag, visible, visible_json};
pub use slipway_transfer::{Changes, Compression, Form, Options as TransferOptions, Way};
