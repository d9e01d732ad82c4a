//! The practice registry as the window's "try it out". It ends with Slipway, and what was published there with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use slipway_hosts::{Endpoint, Profile};
use slipway_practice::{Options, Practice, PracticeError};
use tokio::sync::Mutex;

use crate::accounts::Accounts;
use crate::home;
use crate::images::Images;
use crate::registries::Registries;
use crate::view::{Code, Draft, FailureView, JobView, PracticeView};

/// The practice registry, once it is started.
pub struct PracticeRegistry {
    /// Slipway's directory.
    home: PathBuf,
    registries: Arc<Registries>,
    accounts: Arc<Accounts>,
    images: Arc<Images>,
    running: Mutex<Option<Running>>,
}

impl PracticeRegistry {
    pub(crate) fn new(
        home: PathBuf,
        registries: Arc<Registries>,
        accounts: Arc<Accounts>,
        images: Arc<Images>,
    ) -> Self {
        Self { home, registries, accounts, images, running: Mutex::default() }
    }

    /// Starts the practice registry (once), signs in there, and opens its sample image with a filled form.
    pub async fn start(&self, draft: Draft) -> Result<PracticeView, FailureView> {
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
        let opened = self.images.open_path(&sample, draft).await?;
        Ok(PracticeView { registries: self.accounts.registries(), opened })
    }

    /// The form of a job, for taking it up: the practice registry that it went to is another one since Slipway was
    /// started again.
    pub(crate) async fn taken_up_form(&self, job: &JobView) -> Result<Draft, FailureView> {
        let draft = job.draft.clone();
        if !self.registries.practice_is_over(job) {
            return Ok(draft);
        }
        let (registry, _) = self.practising().await?;
        Ok(Draft { registry, ..draft })
    }

    /// The name of the running practice registry, and its sample image.
    async fn practising(&self) -> Result<(String, PathBuf), FailureView> {
        let failed = |error: &dyn std::fmt::Display| {
            FailureView::new(Code::Internal, format!("the practice registry did not start: {error}"))
        };
        let mut practice = self.running.lock().await;
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
struct Running {
    practice: Practice,
    sample: PathBuf,
}

/// Starts the registry and writes the sample image, both below `home`.
async fn start(home: &Path) -> Result<Running, PracticeError> {
    let folder = home.join("practice");
    home::make(&folder).map_err(|source| PracticeError::Directory { path: folder.clone(), source })?;
    let sample = folder.join("hello.tar");
    slipway_practice::sample_image(&sample)?;
    let practice = Practice::start(Options::new(folder.join("registry"))).await?;
    Ok(Running { practice, sample })
}

/// Whose name the practice form is filled with.
const USER: &str = "octocat";

/// The practice registry as an endpoint: its own address as a name, with ghcr.io's rules, and its face.
fn endpoint(practice: &Practice) -> Result<Endpoint, Box<dyn std::error::Error + Send + Sync>> {
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
