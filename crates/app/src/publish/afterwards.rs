//! What can be done about something that was published: asking the registry back, moving a version back, who may see
//! it, and the same publish as a workflow.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use slipway_distribution::{Access, Credentials, ErrorKind, ManifestAt, Registry, Repository};
use slipway_hosts::Endpoint;
use slipway_reference::{Digest, Reference, RepositoryPath, Tag};

use super::workflow;
use crate::accounts::Accounts;
use crate::clock::now;
use crate::jobs::Jobs;
use crate::output::save;
use crate::registries::Registries;
use crate::settings::Current;
use crate::view::{
    About, Code, DigestOr, FailureView, JobId, JobView, ResultView, Visibility, VisibilityView,
};

/// A job that is done, and where what it published is.
struct Published {
    job: JobView,
    result: ResultView,
    endpoint: Endpoint,
    path: RepositoryPath,
}

/// What comes after a publish.
pub struct Afterwards {
    jobs: Arc<Jobs>,
    registries: Arc<Registries>,
    accounts: Arc<Accounts>,
    settings: Arc<Current>,
}

impl Afterwards {
    pub(crate) fn new(
        jobs: Arc<Jobs>,
        registries: Arc<Registries>,
        accounts: Arc<Accounts>,
        settings: Arc<Current>,
    ) -> Self {
        Self { jobs, registries, accounts, settings }
    }

    /// Asks the registry again what the versions of a published image point to.
    pub async fn verify_again(&self, job: JobId) -> Result<JobView, FailureView> {
        let Published { job, result, endpoint, path } = self.published(job).await?;
        let repository = self.reached(&endpoint, &path, Access::Pull)?;
        let expected = &result.digest;
        let mut not_verified = None;
        for version in result.versions.iter().filter(|version| !version.moved_back) {
            let at = ManifestAt::Tag(tag(&version.tag)?);
            match repository.manifest_digest(&at).await {
                Ok(Some(found)) if found.digest.to_string() == *expected => {}
                Ok(found) => {
                    let found = found.map_or_else(|| "nothing".to_owned(), |found| found.digest.to_string());
                    let message = format!("{} points to {found}, not to {expected}", version.tag);
                    return Err(disagrees(&version.tag, expected, found, message).about(registry(&endpoint)));
                }
                Err(error) => not_verified = Some(error.to_string()),
            }
        }
        let change = |result: &mut ResultView| {
            result.verified = not_verified.is_none();
            result.not_verified = not_verified;
        };
        self.change(job.id, change).await
    }

    /// Lets a version point to what it pointed to before. What was published stays there, under its digest and its other
    /// versions.
    ///
    /// # Errors
    /// [`Code::TagFixed`] where a rule of the settings keeps it: what never moves does not move back either.
    pub async fn move_back(&self, job: JobId, version: &str) -> Result<JobView, FailureView> {
        let Published { job, result, endpoint, path } = self.published(job).await?;
        let before = result
            .versions
            .iter()
            .find(|known| known.tag == version && known.movable)
            .and_then(|known| known.moved_from.as_ref()?.parse::<Digest>().ok())
            .ok_or_else(|| internal("this version cannot be moved back"))?;
        let to_set = tag(version)?;
        if let Some(guard) = self.settings.get().transfer_to(&endpoint.name, &path).guard_of(&to_set) {
            let (found, rule) = (DigestOr(result.digest.clone()), guard.to_string());
            let message = format!("{version} never moves here, by the rule {rule} of the settings");
            let code = Code::TagFixed { tag: version.to_owned(), found, rule };
            return Err(FailureView::new(code, message).about(registry(&endpoint)));
        }
        let repository = self.reached(&endpoint, &path, Access::PullPush)?;
        let refused = |error: slipway_distribution::Error| refused(&error, &endpoint, &path);
        let at = ManifestAt::Tag(to_set);
        // Whoever moved it meanwhile has the last word.
        let now_there = repository.manifest_digest(&at).await.map_err(refused)?;
        let there = now_there.map(|found| found.digest.to_string());
        if there.as_ref() != Some(&result.digest) && there.as_deref() != Some(&before.to_string()) {
            let found = there.unwrap_or_else(|| "nothing".to_owned());
            let message = format!("{version} points to {found} now, not to {}", result.digest);
            return Err(disagrees(version, &result.digest, found, message).about(registry(&endpoint)));
        }
        let kept = ManifestAt::Digest(before.clone());
        let manifest = repository.manifest(&kept).await.map_err(refused)?.ok_or_else(|| {
            let message = format!("{before} is not at {} any more", endpoint.name);
            FailureView::not_found(message).about(registry(&endpoint))
        })?;
        let raw = Bytes::from(manifest.raw);
        repository.put_manifest(&at, &manifest.media_type, raw).await.map_err(refused)?;
        let change = |result: &mut ResultView| {
            for known in result.versions.iter_mut().filter(|known| known.tag == version) {
                known.moved_back = true;
            }
        };
        self.change(job.id, change).await
    }

    /// Who may see a published package, told by asking for it as nobody: no interface of a registry says it. GitHub's
    /// older registry wants a sign-in even for public images, so there it cannot be told.
    pub async fn visibility(&self, job: JobId) -> Result<VisibilityView, FailureView> {
        let Published { result, endpoint, path, .. } = self.published(job).await?;
        let told = |state| Ok(VisibilityView { state, looked: now() });
        if endpoint.profile.is_legacy() {
            return told(Visibility::Unknown);
        }
        let Some(digest) = result.digest.parse().ok() else { return told(Visibility::Unknown) };
        let nobody: Arc<dyn Credentials> = Arc::new(());
        let registry =
            self.registries.client(&endpoint, nobody).map_err(|error| refused(&error, &endpoint, &path))?;
        let repository = registry.repository(&path, Access::Pull);
        told(match repository.manifest_digest(&ManifestAt::Digest(digest)).await {
            Ok(Some(_)) => Visibility::Public,
            // What nobody may see is not there for nobody.
            Ok(None) => Visibility::Private,
            Err(error) if matches!(error.kind, ErrorKind::Answer) && is_refusal(error.status) => {
                Visibility::Private
            }
            Err(_) => Visibility::Unknown,
        })
    }

    /// The same publish as a workflow for GitHub Actions, YAML.
    pub async fn workflow(&self, job: JobId) -> Result<String, FailureView> {
        let Published { job, result, .. } = self.published(job).await?;
        if job.practice {
            return Err(internal("no workflow reaches the practice registry"));
        }
        Ok(workflow::text(&job, &result))
    }

    /// Writes that workflow to `path`. The file is there as a whole or not.
    pub async fn save_workflow(&self, job: JobId, path: &Path) -> Result<(), FailureView> {
        let text = self.workflow(job).await?;
        save(path, |file| std::io::Write::write_all(file, text.as_bytes()))
    }

    async fn published(&self, job: JobId) -> Result<Published, FailureView> {
        let job = self.jobs.kept(job).await.ok_or_else(|| internal("this job is not kept any more"))?.view;
        let result = job.result.clone().ok_or_else(|| internal("this job published nothing"))?;
        if self.registries.practice_is_over(&job) {
            return Err(FailureView::new(Code::PracticeOver, "the practice registry ended with Slipway"));
        }
        let reference: Reference =
            job.reference.parse().map_err(|_| internal("the job's reference is not understood"))?;
        let endpoint = self.registries.of_form(&job.draft.registry)?;
        Ok(Published { path: reference.path, job, result, endpoint })
    }

    fn reached(
        &self,
        endpoint: &Endpoint,
        path: &RepositoryPath,
        access: Access,
    ) -> Result<Repository, FailureView> {
        let registry: Registry =
            self.accounts.registry(endpoint).map_err(|error| refused(&error, endpoint, path))?;
        Ok(registry.repository(path, access))
    }

    async fn change(&self, job: JobId, change: impl FnOnce(&mut ResultView)) -> Result<JobView, FailureView> {
        let changed = self.jobs.change_result(job, change).await;
        changed.ok_or_else(|| internal("this job is not kept any more"))
    }
}

/// What a registry said about a published image.
fn refused(error: &slipway_distribution::Error, endpoint: &Endpoint, path: &RepositoryPath) -> FailureView {
    let owner = path.as_str().split('/').next().unwrap_or_default();
    FailureView::registry(error, now()).about(About {
        owner: Some(owner.to_owned()),
        package: Some(path.to_string()),
        ..registry(endpoint)
    })
}

fn registry(endpoint: &Endpoint) -> About {
    About { registry: Some(endpoint.shown().to_string()), ..About::default() }
}

/// A version points to something else than it should.
fn disagrees(tag: &str, expected: &str, found: String, message: String) -> FailureView {
    let (tag, expected) = (tag.to_owned(), DigestOr(expected.to_owned()));
    FailureView::new(Code::DigestDisagrees { tag, expected, found: DigestOr(found) }, message)
}

fn internal(message: &str) -> FailureView {
    FailureView::new(Code::Internal, message)
}

fn tag(text: &str) -> Result<Tag, FailureView> {
    text.parse().map_err(|_| internal("this version is no tag"))
}

/// An answer that says: not for you.
fn is_refusal(status: Option<u16>) -> bool {
    matches!(status, Some(401 | 403 | 404))
}
