//! Getting an image out of a registry.

mod options;
mod work;

pub use options::{FetchProgress, PullFormat, PullOptions};

use std::path::Path;
use std::sync::Arc;

use slipway_archive::Target;
use slipway_reference::Reference;
use slipway_transfer::PullRequest;

use crate::accounts::Accounts;
use crate::clock::now;
use crate::jobs::Jobs;
use crate::jobs::work::Items;
use crate::registries::Registries;
use crate::store::Store;
use crate::view::{Code, FailureView, FileFormat, InstallView, JobId, JobKind, JobView};
use work::{Fetch, Listener};

/// Fetches images.
pub struct Install {
    registries: Arc<Registries>,
    accounts: Arc<Accounts>,
    jobs: Arc<Jobs>,
    store: Arc<Store>,
}

impl Install {
    pub(crate) fn new(
        registries: Arc<Registries>,
        accounts: Arc<Accounts>,
        jobs: Arc<Jobs>,
        store: Arc<Store>,
    ) -> Self {
        Self { registries, accounts, jobs, store }
    }

    /// Fetches an image into a file, as a job. `progress` hears of everything that it does. The same pull under way
    /// already is not started twice.
    pub async fn start(
        &self,
        reference: &Reference,
        output: &Path,
        options: &PullOptions,
        progress: impl Fn(FetchProgress) + Send + Sync + 'static,
    ) -> Result<JobId, FailureView> {
        self.start_as(None, reference, output, options, Arc::new(progress)).await
    }

    /// Goes on with the pull `job`, which an earlier Slipway left.
    pub(crate) async fn take_up(&self, job: &JobView, output: &Path) -> Result<(), FailureView> {
        let gone = |reason: String| FailureView::new(Code::Internal, reason);
        let reference = job.reference.parse::<Reference>().map_err(|refusal| gone(refusal.to_string()))?;
        let InstallView { platform, plain_http, .. } =
            job.install.clone().ok_or_else(|| gone("this job fetched nothing".to_owned()))?;
        let format = match job.format {
            FileFormat::DockerArchive => PullFormat::DockerArchive,
            FileFormat::OciArchive | FileFormat::OciLayout => PullFormat::OciArchive,
        };
        let options = PullOptions { format, platform, plain_http };
        self.start_as(Some(job.id), &reference, output, &options, Arc::new(|_| ())).await.map(|_| ())
    }

    /// Nobody goes on with what was left unfinished for this file.
    pub(crate) async fn give_up(&self, output: &Path) {
        let (store, output) = (Arc::clone(&self.store), output.to_owned());
        // What is not removed now is in a week.
        let _ = tokio::task::spawn_blocking(move || work::give_up(&store, &output)).await;
    }

    async fn start_as(
        &self,
        id: Option<JobId>,
        reference: &Reference,
        output: &Path,
        options: &PullOptions,
        listener: Listener,
    ) -> Result<JobId, FailureView> {
        let PullOptions { format, platform, plain_http } = options.clone();
        let endpoint = self.registries.endpoint(&reference.host, plain_http)?;
        let registry =
            self.accounts.registry(&endpoint).map_err(|error| FailureView::registry(&error, now()))?;
        let (format, target) = match format {
            PullFormat::DockerArchive => (FileFormat::DockerArchive, Target::DockerArchive),
            PullFormat::OciArchive => (FileFormat::OciArchive, Target::OciArchive),
        };
        let base = JobView {
            reference: reference.to_string(),
            registry: endpoint.shown().to_string(),
            title: title(reference),
            file_name: output.file_name().unwrap_or(output.as_os_str()).to_string_lossy().into_owned(),
            format,
            platforms: platform.iter().cloned().collect(),
            practice: self.registries.is_practice(&endpoint.name),
            install: Some(InstallView { platform: platform.clone(), plain_http, result: None }),
            ..JobView::waiting(JobKind::Install, now())
        };
        let id = match id {
            Some(id) => id,
            None => self.jobs.new_handle().await,
        };
        let base = JobView { id, ..base };
        // However it was spelt, and whatever folder the next start is in.
        let file = work::written(output);
        if let Some(running) = self.jobs.twin(&base, &file) {
            return Ok(running);
        }
        if self.jobs.writes(&file, id) {
            let said = format!("another job writes {} at the moment", output.display());
            return Err(FailureView::new(Code::OutputFailed, said));
        }
        let request = PullRequest {
            reference: reference.clone(),
            platform,
            default_platform: this_platform(),
            format: target,
            output: output.to_owned(),
            unfinished: Vec::new(),
        };
        let fetch = Fetch { request, registry, store: Arc::clone(&self.store), listener, left: None };
        Ok(self.jobs.start(base, file, &Items::default(), fetch))
    }
}

/// The image's name and version, such as `monalisa 2.4.0`.
fn title(reference: &Reference) -> String {
    let name = reference.path.as_str().rsplit('/').next().unwrap_or_default();
    let version = reference.digest.as_ref().map(slipway_reference::Digest::short);
    let version = version.or_else(|| reference.tag.as_ref().map(ToString::to_string));
    format!("{name} {}", version.unwrap_or_else(|| "latest".to_owned()))
}

/// `linux/` and this computer's architecture in Go's words: containers run on Linux even on other systems.
fn this_platform() -> String {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("linux/{architecture}")
}
