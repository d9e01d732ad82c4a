//! Which images of an engine the registries have, asked of those alone where somebody has an account.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use slipway_distribution::{Access, Error, ManifestAt, Repository};
use slipway_hosts::Endpoint;
use slipway_image::{Document, Platform};
use slipway_reference::{Digest, Reference, Tag};

use crate::accounts::{Accounts, Fresh};
use crate::clock::now;
use crate::engines::Engines;
use crate::registries::Registries;
use crate::view::{
    Code, ComparedView, Engine, EngineImageView, EnginePartKind, FailureView, HeldImagesView, ImageStateView,
    RegistryState, UnknownReason,
};

/// Answers stay good for so long, unless somebody wants them anew or an account changes.
const GOOD_FOR: Duration = Duration::from_mins(5);

/// Images that are looked at side by side.
const AT_ONCE: usize = 4;

/// A registry that asks to wait and does not say how long is left alone for so long, seconds.
const LIMITED_FOR: i64 = 60;

/// No registry is left alone for longer, seconds, whatever it says: a day.
const LIMITED_AT_MOST: i64 = 24 * 60 * 60;

/// Configurations that are remembered.
const MOST_KEPT: usize = 4096;

/// Which images of an engine the registries have.
pub struct States {
    engines: Arc<Engines>,
    registries: Arc<Registries>,
    accounts: Arc<Accounts>,
    /// What each engine told last.
    lists: Mutex<HashMap<Engine, Listed>>,
    /// What stands at a tag, by `HOST/PATH:TAG`.
    tags: Fresh<String, Option<Digest>>,
    /// Whether a package is there, by `HOST/PATH`.
    packages: Fresh<String, bool>,
    /// Tags that were seen at a digest of a repository, by both.
    seen: Mutex<HashMap<(String, Digest), BTreeSet<Tag>>>,
    /// Digests of configurations of a manifest. Its bytes never change, and GitHub counts each reading as a download.
    configs: Mutex<HashMap<Asked, Vec<Digest>>>,
    /// Registries that asked to wait, by their names and who asked.
    limits: Mutex<HashMap<(String, String), Limit>>,
}

/// A registry asked to wait.
#[derive(Clone)]
struct Limit {
    /// Until then, seconds since 1970.
    until: i64,
    failure: FailureView,
}

#[derive(Clone, Default)]
struct Listed {
    keeps_digests: bool,
    images: Arc<Vec<EngineImageView>>,
}

/// A manifest whose configurations for a platform were read, and by whom.
#[derive(PartialEq, Eq, Hash)]
struct Asked {
    username: String,
    repository: String,
    digest: Digest,
    platform: String,
}

/// One name of an image, where it is asked about.
struct Place<'a> {
    endpoint: &'a Endpoint,
    username: String,
    reference: &'a Reference,
    tag: Tag,
    /// The registry asked to wait.
    limit: Option<Limit>,
}

/// Why there is no answer of a registry.
enum Unasked {
    /// It asked to wait, and is left alone.
    Limited(Limit),
    /// It was asked.
    Failed(Box<Error>),
}

impl From<Box<Error>> for Unasked {
    fn from(error: Box<Error>) -> Self {
        Self::Failed(error)
    }
}

impl From<Error> for Unasked {
    fn from(error: Error) -> Self {
        Self::Failed(Box::new(error))
    }
}

impl Place<'_> {
    /// What is not known may be asked for.
    fn may_be_asked(&self) -> Result<(), Unasked> {
        self.limit.clone().map_or(Ok(()), |limit| Err(Unasked::Limited(limit)))
    }

    fn repository(&self) -> String {
        format!("{}/{}", self.reference.host, self.reference.path)
    }
}

impl States {
    pub(crate) fn new(engines: Arc<Engines>, registries: Arc<Registries>, accounts: Arc<Accounts>) -> Self {
        let (lists, seen, configs, limits) = Default::default();
        let (tags, packages) = (Fresh::new(GOOD_FOR), Fresh::new(GOOD_FOR));
        Self { engines, registries, accounts, lists, tags, packages, seen, configs, limits }
    }

    /// The images of an engine, at once: no registry is asked.
    ///
    /// # Errors
    /// The engine is not there, or does not tell.
    pub async fn images(&self, engine: Engine) -> Result<HeldImagesView, FailureView> {
        let (about, images) = self.engines.images(engine).await?;
        let listed = Listed { keeps_digests: about.keeps_digests, images: Arc::new(images.clone()) };
        locked(&self.lists).insert(engine, listed);
        let names = images.iter().flat_map(|image| &image.names).filter_map(|name| named(name));
        let compared = names.filter_map(|reference| {
            let username = self.account(&reference)?.1;
            Some(ComparedView { registry: reference.host.to_string(), username })
        });
        let compared = compared.collect::<BTreeSet<_>>().into_iter().collect();
        Ok(HeldImagesView { engine: about, images, compared, read: now() })
    }

    /// How images that the engine told stand at the registries of their names, in its order. Answers are kept a while;
    /// `anew`: none of those counts. One that asked to wait is asked when that is over, or anew.
    pub async fn of(&self, engine: Engine, ids: &[String], anew: bool) -> Vec<ImageStateView> {
        if anew {
            self.tags.clear();
            self.packages.clear();
            locked(&self.limits).clear();
        }
        let listed = locked(&self.lists).get(&engine).cloned().unwrap_or_default();
        let mut states: Vec<BoxFuture<'_, ImageStateView>> = Vec::new();
        for image in listed.images.iter().filter(|image| ids.contains(&image.id)) {
            states.push(Box::pin(self.state(&listed, image)));
        }
        stream::iter(states).buffered(AT_ONCE).collect().await
    }

    async fn state(&self, listed: &Listed, image: &EngineImageView) -> ImageStateView {
        let mut told = Vec::new();
        for name in &image.names {
            told.push(self.of_name(listed, image, name).await);
        }
        // The one that wants to be looked at most speaks for all.
        told.sort_by_key(|one| one.state);
        let missing = told.iter().find(|one| one.state == RegistryState::NotThere);
        let missing = missing.map(|one| one.tag.clone());
        match told.into_iter().next() {
            Some(first) if first.state == RegistryState::Published => ImageStateView { missing, ..first },
            Some(first) => first,
            None => ImageStateView { state: RegistryState::NoName, reason: None, ..unknown(image) },
        }
    }

    async fn of_name(&self, listed: &Listed, image: &EngineImageView, name: &str) -> ImageStateView {
        let local = ImageStateView { reason: Some(UnknownReason::LocalName), ..unknown(image) };
        let Some(reference) = named(name) else { return local };
        let Some(tag) = reference.tag.clone() else { return local };
        let view =
            ImageStateView { registry: reference.host.to_string(), tag: tag.to_string(), ..unknown(image) };
        let Some((endpoint, username)) = self.account(&reference) else {
            let offered = self.accounts.registries();
            let ours = offered.iter().any(|registry| registry.name == reference.host.as_str());
            let reason = if ours { UnknownReason::SignedOut } else { UnknownReason::NotAsked };
            return ImageStateView { reason: Some(reason), ..view };
        };
        let whose = (endpoint.name.to_string(), username.clone());
        let limit = locked(&self.limits).get(&whose).filter(|limit| limit.until > now()).cloned();
        let place = Place { endpoint: &endpoint, username, reference: &reference, tag, limit };
        let error = match self.compared(listed, image, &place, view.clone()).await {
            Ok(state) => return state,
            Err(Unasked::Limited(limit)) => return limited(view, limit),
            Err(Unasked::Failed(error)) => error,
        };
        let (reason, failure) = (reason(&error), FailureView::registry(&error, now()));
        if reason == UnknownReason::RateLimited {
            let wait = error.retry_after().and_then(|wait| i64::try_from(wait.as_secs()).ok());
            let wait = wait.unwrap_or(LIMITED_FOR).clamp(1, LIMITED_AT_MOST);
            let limit = Limit { until: now() + wait, failure };
            locked(&self.limits).insert(whose, limit.clone());
            return limited(view, limit);
        }
        ImageStateView { reason: Some(reason), failure: Some(failure), ..view }
    }

    /// What stands at `place`, held against the image.
    async fn compared(
        &self,
        listed: &Listed,
        image: &EngineImageView,
        place: &Place<'_>,
        view: ImageStateView,
    ) -> Result<ImageStateView, Unasked> {
        let registry = self.accounts.registry(place.endpoint)?;
        let repository = registry.repository(&place.reference.path, Access::Pull);
        let view = ImageStateView { reason: None, ..view };
        let Some(digest) = self.at(&repository, place).await? else {
            let package = self.package(&repository, place).await?;
            return Ok(ImageStateView { state: RegistryState::NotThere, package, ..view });
        };
        let text = digest.to_string();
        let same_digest = (listed.keeps_digests && image.id == text)
            // Of an index that is not whole here one platform may have been published.
            || image.parts.iter().any(|part| part.kind == EnginePartKind::Platform && part.digest == text)
            || image.digests.iter().any(|known| known.rsplit('@').next() == Some(text.as_str()));
        let view = ImageStateView { digest: Some(text), ..view };
        if same_digest {
            return Ok(ImageStateView { state: RegistryState::Published, ..view });
        }
        if !listed.keeps_digests {
            let configs = self.configs(&repository, place, &digest, image).await?;
            if configs.iter().any(|config| config.to_string() == image.id) {
                return Ok(ImageStateView { state: RegistryState::Published, by_config: true, ..view });
            }
        }
        let same_as = self.other_tag(listed, place, &digest);
        Ok(ImageStateView { state: RegistryState::Older, same_as, by_config: !listed.keeps_digests, ..view })
    }

    /// The digest at a tag.
    async fn at(&self, repository: &Repository, place: &Place<'_>) -> Result<Option<Digest>, Unasked> {
        let (question, changes) = (place.reference.to_string(), self.accounts.changes());
        if let Some(known) = self.tags.get(&question, changes) {
            return Ok(known);
        }
        place.may_be_asked()?;
        let found = repository.manifest_digest(&ManifestAt::Tag(place.tag.clone())).await?;
        let digest = found.map(|found| found.digest);
        if let Some(digest) = &digest {
            let mut seen = locked(&self.seen);
            seen.entry((place.repository(), digest.clone())).or_default().insert(place.tag.clone());
        }
        self.tags.keep(question, digest.clone(), changes);
        Ok(digest)
    }

    /// Whether the package is there without the tag. Asked once for all its tags.
    async fn package(&self, repository: &Repository, place: &Place<'_>) -> Result<bool, Unasked> {
        let (question, changes) = (place.repository(), self.accounts.changes());
        if let Some(known) = self.packages.get(&question, changes) {
            return Ok(known);
        }
        place.may_be_asked()?;
        let is_there = repository.tags_if_there().await?.is_some_and(|tags| !tags.is_empty());
        self.packages.keep(question, is_there, changes);
        Ok(is_there)
    }

    /// The configurations of a manifest for the image's platform.
    async fn configs(
        &self,
        repository: &Repository,
        place: &Place<'_>,
        digest: &Digest,
        image: &EngineImageView,
    ) -> Result<Vec<Digest>, Unasked> {
        let platform = image.platform.clone().unwrap_or_default();
        let asked = Asked {
            username: place.username.clone(),
            repository: place.repository(),
            digest: digest.clone(),
            platform: platform.clone(),
        };
        if let Some(known) = locked(&self.configs).get(&asked) {
            return Ok(known.clone());
        }
        place.may_be_asked()?;
        let mut found = Vec::new();
        let Some(document) = document(repository, digest).await? else { return Ok(found) };
        let fits = |it: &slipway_image::Descriptor| {
            let of = it.platform.as_ref().map(Platform::to_string).unwrap_or_default();
            !it.is_attestation() && Platform::is_meant(&of, &platform)
        };
        let children: Vec<_> = document.manifests().filter_map(Result::ok).filter(fits).collect();
        for child in &children {
            let child = self::document(repository, &child.digest).await?;
            found.extend(child.and_then(|child| config(&child)));
        }
        found.extend(config(&document));
        let mut kept = locked(&self.configs);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(asked, found.clone());
        Ok(found)
    }

    /// Another tag of the same digest: what the registry has under `latest`, in people's words.
    fn other_tag(&self, listed: &Listed, place: &Place<'_>, digest: &Digest) -> Option<String> {
        let repository = place.repository();
        let seen = locked(&self.seen).get(&(repository.clone(), digest.clone())).cloned();
        let seen = seen.into_iter().flatten().map(|tag| tag.to_string());
        // An image that came from there knows it, too.
        let (at, prefix) = (format!("{repository}@{digest}"), format!("{repository}:"));
        let held = listed.images.iter().filter(|image| image.digests.contains(&at));
        let names = held.flat_map(|image| &image.names).filter_map(|name| name.strip_prefix(&prefix));
        let tags = seen.chain(names.map(str::to_owned)).filter(|tag| *tag != place.tag.as_str());
        tags.min_by(|one, other| slipway_reference::by_version(one, other))
    }

    /// Where a name leads and who is used there; none where nobody is, so that nobody asks.
    fn account(&self, reference: &Reference) -> Option<(Endpoint, String)> {
        let endpoint = self.registries.endpoint(&reference.host, false).ok()?;
        let account = self.accounts.used_at(&endpoint.name)?;
        Some((endpoint, account.username))
    }
}

/// The image with nothing known of it.
fn unknown(image: &EngineImageView) -> ImageStateView {
    ImageStateView {
        id: image.id.clone(),
        state: RegistryState::Unknown,
        reason: None,
        registry: String::new(),
        tag: String::new(),
        digest: None,
        same_as: None,
        by_config: false,
        package: false,
        missing: None,
        again: None,
        failure: None,
    }
}

/// The same where the registry asked to wait.
fn limited(view: ImageStateView, limit: Limit) -> ImageStateView {
    let (again, failure) = (Some(limit.until), Some(limit.failure));
    ImageStateView { reason: Some(UnknownReason::RateLimited), again, failure, ..view }
}

/// The reference that an engine's name stands for; none for one of this computer alone. One without a registry is Docker
/// Hub's.
fn named(name: &str) -> Option<Reference> {
    let read = name.parse::<Reference>().ok().or_else(|| format!("docker.io/{name}").parse().ok());
    read.filter(|reference| reference.host.as_str() != "localhost")
}

fn reason(error: &Error) -> UnknownReason {
    if error.is_out_of_reach() {
        return UnknownReason::Offline;
    }
    match (FailureView::registry(error, now()).code, error.status) {
        (Code::RateLimited, _) => UnknownReason::RateLimited,
        (_, Some(401 | 403)) => UnknownReason::NoAccess,
        _ => UnknownReason::Failed,
    }
}

async fn document(repository: &Repository, digest: &Digest) -> Result<Option<Document>, Box<Error>> {
    let found = repository.manifest(&ManifestAt::Digest(digest.clone())).await?;
    // What cannot be understood is none of ours.
    Ok(found.and_then(|found| Document::parse(&found.raw).ok()))
}

fn config(document: &Document) -> Option<Digest> {
    document.config()?.ok().map(|config| config.digest)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
