//! A practice registry that behaves like GitHub Packages, in process, on loopback.
//!
//! It stands in for `ghcr.io`, `docker.pkg.github.com` and `api.github.com`: the first try of a newcomer, and the GitHub of the
//! tests. It is written from public captures and documentation alone and shares neither code nor constants with
//! the client, so that a mistake of one does not hide a mistake of the other. Where GitHub's behaviour is not
//! known, the choice made here is a switch or is marked "unknown" beside the code.
//!
//! Content stays in one directory and survives a restart; tokens are made up at each start.
//!
//! ```no_run
//! # async fn f() -> Result<(), slipway_practice::PracticeError> {
//! let practice = slipway_practice::Practice::start(slipway_practice::Options::new("practice")).await?;
//! println!("{} with {:?}", practice.ghcr(), practice.token_for("octocat").is_some());
//! practice.stop().await;
//! # Ok(()) }
//! ```

mod access;
mod answer;
mod api;
mod bearer;
mod blob;
mod body;
mod docker;
mod error;
mod ghcr;
mod log;
mod manifest;
mod name;
mod options;
mod packages;
mod route;
mod sample;
mod server;
mod storage;
mod store;
mod switches;
mod tags;
mod tar;
mod token;
mod trouble;
mod upload;
mod visitors;
mod wire;

pub use error::PracticeError;
pub use log::{Request, Server};
pub use options::{
    Expiry, ExpiryLayout, Membership, Options, Repository, Standing, TokenForm, TokenSpec, User,
};
pub use packages::{Package, Role, Visibility};
pub use sample::{sample_archive, sample_image};
pub use server::Practice;
pub use switches::{ApiSwitches, DeviceSwitches, LinkForm, MountAnswer, SwitchBoard, Switches};
pub use trouble::{Chaos, Mishap, Place, Trouble, Wish};
