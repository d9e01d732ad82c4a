//! The use cases and their state: drafts, checks, jobs, settings and the view types. The one public face
//! of the engine: the window and the command both call [`Slipway`], and know nothing below it.

mod accounts;
mod activity;
mod clock;
mod copy;
mod diagnostics;
mod failure;
mod home;
mod hosts;
mod images;
mod install;
mod jobs;
mod output;
mod paths;
mod practice;
mod preferences;
mod publish;
mod registries;
mod settings;
mod setup;
mod shell;
mod slipway;
mod store;
pub mod view;
mod words;

pub use accounts::{Accounts, AskedLogin, NotGiven};
pub use activity::Activity;
pub use copy::{Copies, CopyOptions, TagChoice};
pub use diagnostics::Diagnostics;
pub use hosts::{HostChange, Hosts};
pub use images::{Images, Inputs};
pub use install::{FetchProgress, Install, PullFormat, PullOptions};
pub use practice::PracticeRegistry;
pub use preferences::Preferences;
pub use publish::{Afterwards, DryRun, Publish, PublishForm, PushOptions, Sending, Wish};
pub use registries::{Commanded, Confirm, Question};
pub use settings::{Settings, SettingsError};
pub use setup::{Finders, Setup, SetupError};
pub use slipway::Slipway;
pub use slipway_archive::write_file;
pub use slipway_credentials::{Keychain, NoToken, Surroundings, token_in};
pub use slipway_image::{Changes, Family};
pub use slipway_practice as practice_registry;
pub use slipway_reference::{HostName, Reference, Tag, TagPattern, VersionRange, visible, visible_json};
pub use slipway_transfer::{Compression, Way};
pub use words::{FailureWords, Words};
