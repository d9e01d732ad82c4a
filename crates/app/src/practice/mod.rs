//! The practice registry as the window's "try it out". It ends with Slipway, and what was published there with it.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use slipway_hosts::{Endpoint, Profile};
use slipway_practice::{Options, Practice, PracticeError};

use crate::home;
use crate::slipway::Slipway;
use crate::view::{Code, Draft, FailureView, JobView, PracticeView};

impl Slipway {
    /// Starts the practice registry (once), signs in there, and opens its sample image with a filled form.
    pub async fn start_practice(&self, draft: Draft) -> Result<PracticeView, FailureView> {
        let (registry, sample) = self.practising().await?;
        let draft = Draft {
            registry,
            owner: USER.to_owned(),
            image_name: String::new(),
            repository: String::new(),
            versions: Vec::new(),
            version_text: String::new(),
            ..draft
        };
        let opened = self.open_path(&sample, draft).await?;
        Ok(PracticeView { registries: self.accounts.registries(), opened })
    }

    /// The form of a job, for taking it up: the practice registry that it went to is another one since Slipway was
    /// started again.
    pub(crate) async fn taken_up_form(&self, job: &JobView) -> Result<Draft, FailureView> {
        let draft = job.draft.clone();
        if !self.practice_is_over(job) {
            return Ok(draft);
        }
        let (registry, _) = self.practising().await?;
        Ok(Draft { registry, ..draft })
    }

    /// The practice registry that a job published to ended with the Slipway that had started it.
    pub(crate) fn practice_is_over(&self, job: &JobView) -> bool {
        let there = job.draft.registry.parse();
        job.practice && !there.is_ok_and(|host| self.registries.is_practice(&host))
    }

    /// The name of the running practice registry, and its sample image.
    async fn practising(&self) -> Result<(String, PathBuf), FailureView> {
        let failed = |error: &dyn std::fmt::Display| {
            FailureView::new(Code::Internal, format!("the practice registry did not start: {error}"))
        };
        let mut practice = self.practice.lock().await;
        let running = match practice.take() {
            Some(running) => running,
            None => {
                let running = start(&self.home).await.map_err(|error| failed(&error))?;
                let endpoint = endpoint(&running.practice).map_err(|error| failed(&error))?;
                self.registries.add_practice(endpoint.clone());
                if let Some(token) = running.practice.token_for(USER) {
                    self.accounts.sign_in_to_practice(&endpoint, USER, SecretString::from(token)).await;
                }
                running
            }
        };
        let running = practice.insert(running);
        Ok((running.practice.ghcr().to_string(), running.sample.clone()))
    }
}

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

/// The practice registry as an endpoint: its own address as a name, with ghcr.io's rules, and its face.
pub(crate) fn endpoint(practice: &Practice) -> Result<Endpoint, Box<dyn std::error::Error + Send + Sync>> {
    let address = practice.ghcr().to_string();
    Ok(Endpoint {
        registry: format!("http://{address}").parse()?,
        name: address.parse()?,
        profile: Profile::Ghcr,
        api: practice.api().map(|api| format!("http://{api}").parse()).transpose()?,
        web: None,
        ca_file: None,
        plain_http: false,
        realm: None,
        overridden: None,
        credentials: false,
        // A host of its own, so that no account of github.com is taken there.
        added_with: Some(address.parse()?),
        plays: Some("ghcr.io".parse()?),
    })
}
