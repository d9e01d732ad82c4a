//! The practice registry as the window's "try it out".

use std::path::{Path, PathBuf};

use slipway_hosts::{Endpoint, Profile};
use slipway_practice::{Options, Practice, PracticeError};

use crate::home;

/// A running practice registry with its sample image.
pub(crate) struct Running {
    pub(crate) practice: Practice,
    pub(crate) sample: PathBuf,
}

/// Starts the registry and writes the sample image, both below `home`.
pub(crate) async fn start(home: &Path) -> Result<Running, PracticeError> {
    let folder = home.join("practice");
    home::make(&folder).map_err(|source| PracticeError::Directory { path: folder.clone(), source })?;
    let sample = folder.join("hello.tar");
    slipway_practice::sample_image(&sample)?;
    let practice = Practice::start(Options::new(folder.join("registry"))).await?;
    Ok(Running { practice, sample })
}

/// Whose name the practice form is filled with.
pub(crate) const USER: &str = "octocat";

/// The practice registry as an endpoint: its own address as a name, with ghcr.io's rules.
pub(crate) fn endpoint(practice: &Practice) -> Result<Endpoint, Box<dyn std::error::Error + Send + Sync>> {
    let address = practice.ghcr().to_string();
    Ok(Endpoint {
        registry: format!("http://{address}").parse()?,
        name: address.parse()?,
        profile: Profile::Ghcr,
        api: None,
        web: None,
        ca_file: None,
        plain_http: false,
        realm: None,
        overridden: None,
        credentials: false,
        added_with: None,
    })
}
