//! What a registry and GitHub say of an image before anything of it is fetched.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use slipway_distribution::{Access, ManifestAt, Registry};
use slipway_github::{AccountKind, GitHub, GitHubError, Holder, PackageType, PackageVersion};
use slipway_hosts::{Endpoint, NameForm};
use slipway_image::Platform;
use slipway_reference::{Reference, Refusal, Tag};

use super::here::here;
use super::manifests::{Contents, Manifest, Source, Unread, sizes};
use super::start::{Install, this_platform};
use super::{tags, wish};
use crate::clock::now;
use crate::failure::credential_source;
use crate::view::{
    About, AccountView, Code, FactsView, FailureView, PastedProblem, PastedView, PlatformView, ReadAs,
    TagsView, TechnicalView, Visibility, WishView,
};

/// Dates are no reason to wait longer.
const LIMIT: Duration = Duration::from_secs(10);

/// An image at its registry, as whoever asks.
pub(super) struct Seen {
    pub(super) reference: Reference,
    pub(super) endpoint: Endpoint,
    pub(super) source: Source,
    registry: Registry,
    anonymous: bool,
}

/// The platforms of an image.
struct Platforms {
    /// Without sizes.
    views: Vec<PlatformView>,
    /// What those consist of whose manifest was read, with their places.
    contents: Vec<(usize, Contents)>,
    /// The place of the one that fits this computer, else of the first.
    preselected: u32,
    /// The place of the one that was asked for, if it is there.
    wanted: Option<u32>,
}

impl Seen {
    /// Where its manifest stands; without tag and digest that is `latest`.
    pub(super) fn at(&self) -> ManifestAt {
        match (&self.reference.digest, &self.reference.tag) {
            (Some(digest), _) => ManifestAt::Digest(digest.clone()),
            (None, Some(tag)) => ManifestAt::Tag(tag.clone()),
            (None, None) => ManifestAt::Tag(Tag::latest()),
        }
    }

    fn about(&self) -> About {
        About {
            reference: Some(self.reference.to_string()),
            registry: Some(self.endpoint.shown().to_string()),
            ..About::default()
        }
    }

    pub(super) fn gone(&self) -> FailureView {
        let said = format!("{} was not found, or nobody may see it", self.reference);
        // Who may not see it, where somebody asked.
        let asked = self.source.account.clone().map(|account| TechnicalView {
            credential: Some(account),
            time: now(),
            ..TechnicalView::default()
        });
        FailureView { technical: asked, ..FailureView::not_found(said).about(self.about()) }
    }
}

impl Install {
    /// What somebody pasted: a name, a command, the address of a package's page.
    pub fn read_pasted(&self, text: &str) -> PastedView {
        if text.trim().is_empty() {
            return PastedView { wish: None, problem: None };
        }
        let read = wish::read(text, &self.registries.endpoints());
        let viewed = read.map_err(|refusal| problem(&refusal)).and_then(|wish| {
            let endpoint = self.registries.endpoint(&wish.reference.host, false);
            let endpoint = endpoint.map_err(|failure| PastedProblem {
                rule: slipway_reference::Rule::ReferenceHost.id().to_owned(),
                params: BTreeMap::default(),
                fix: None,
                message: failure.message,
            })?;
            let wish::Wish { reference, platform } = wish;
            Ok(WishView {
                repository: format!("{}/{}", reference.host, reference.path),
                registry: endpoint.shown().to_string(),
                tag: reference.tag.as_ref().map(ToString::to_string),
                digest: reference.digest.as_ref().map(ToString::to_string),
                reference: reference.to_string(),
                platform,
                legacy: endpoint.profile.is_legacy(),
                practice: self.registries.is_practice(&endpoint.name),
            })
        });
        match viewed {
            Ok(wish) => PastedView { wish: Some(wish), problem: None },
            Err(problem) => PastedView { wish: None, problem: Some(problem) },
        }
    }

    /// The tags of the repository that `reference` names, with dates where an account can ask GitHub for them.
    /// `anonymous`: as nobody in particular.
    ///
    /// # Errors
    /// [`Code::NotFound`] also where it has no tags or nobody may see it; whatever the registry refuses with.
    pub async fn tags(&self, reference: &str, anonymous: bool) -> Result<TagsView, FailureView> {
        let seen = self.seen(reference, anonymous)?;
        let (tags, known) = tokio::join!(seen.source.repository.tags(), self.known(&seen));
        let tags = tags.map_err(|error| FailureView::registry(&error, now()))?;
        if tags.is_empty() {
            return Err(seen.gone());
        }
        let (versions, visibility) = known.unwrap_or_default();
        let tags::Listed { rows, signatures, suggested, dates } = tags::rows(tags, &versions);
        Ok(TagsView {
            repository: format!("{}/{}", seen.reference.host, seen.reference.path),
            rows,
            signatures,
            suggested,
            dates,
            read_as: self.read_as(&seen, visibility),
        })
    }

    /// What the tag or digest of `reference` names. What it holds is read for `platform`, as a pull would choose it, else
    /// for the one that fits this computer, and with `every` for all. What was read before is known.
    ///
    /// # Errors
    /// As for [`tags`](Self::tags).
    pub async fn facts(
        &self,
        reference: &str,
        platform: Option<&str>,
        every: bool,
        anonymous: bool,
    ) -> Result<FactsView, FailureView> {
        let seen = self.seen(reference, anonymous)?;
        let unread = |unread| said(&seen, unread);
        let root = self.manifests.at(&seen.source, &seen.at()).await.map_err(unread)?;
        let root = root.ok_or_else(|| seen.gone())?;
        let all = if every && root.is_index() {
            Some(self.manifests.contents(&seen.source, &root).await.map_err(unread)?)
        } else {
            None
        };
        let Platforms { views: mut platforms, contents, preselected, wanted } =
            self.platforms(&seen, &root, platform).await.map_err(unread)?;
        let has_all = all.is_some();
        let (places, mut contents): (Vec<_>, Vec<_>) = contents.into_iter().unzip();
        contents.extend(all);
        let mut sizes = sizes(here(Arc::clone(&self.store), None), &contents).await;
        let all = if has_all { sizes.pop() } else { None };
        for (place, size) in places.into_iter().zip(sizes) {
            platforms[place].size = Some(size);
        }
        let Reference { host, path, tag, digest } = &seen.reference;
        let tag = tag.clone().or_else(|| digest.is_none().then(Tag::latest));
        let by_digest = seen.endpoint.profile.by_digest();
        let digest = &root.bytes.digest;
        Ok(FactsView {
            reference: reference.to_owned(),
            index: root.is_index(),
            platforms,
            all,
            preselected,
            wanted,
            read_as: self.read_as(&seen, None),
            by_version: tag.map(|tag| format!("docker pull {host}/{path}:{tag}")),
            by_digest: by_digest.then(|| format!("docker pull {host}/{path}@{digest}")),
            digest: digest.to_string(),
        })
    }

    /// The platforms of `root` and which of them is meant; that one's manifest is read.
    async fn platforms(
        &self,
        seen: &Seen,
        root: &Arc<Manifest>,
        wanted: Option<&str>,
    ) -> Result<Platforms, Unread> {
        let here = this_platform();
        if !root.is_index() {
            let platform = self.manifests.platform(&seen.source, root).await?;
            let contents = self.manifests.contents(&seen.source, root).await?;
            let fits = Platform::is_meant(&platform, &here);
            // What says nothing of its platform is there for any.
            let wanted = wanted.filter(|wanted| platform.is_empty() || place(&[&platform], wanted).is_some());
            let (views, contents) = (vec![PlatformView { platform, fits, size: None }], vec![(0, contents)]);
            return Ok(Platforms { views, contents, preselected: 0, wanted: wanted.map(|_| 0) });
        }
        let entries = root.platforms();
        let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
        let preselected = place(&names, &here).unwrap_or_default();
        let wanted = wanted.and_then(|wanted| place(&names, wanted));
        if let Some((_, digest)) = entries.get(wanted.unwrap_or(preselected)) {
            self.manifests.child(&seen.source, digest).await?;
        }
        let (mut views, mut contents) = (Vec::new(), Vec::new());
        for (place, (name, digest)) in entries.iter().enumerate() {
            // A child that is an index itself is read where it is wanted only.
            if let Some(known) = self.manifests.known(&seen.source, digest).filter(|known| !known.is_index())
            {
                contents.push((place, self.manifests.contents(&seen.source, &known).await?));
            }
            let fits = Platform::is_meant(name, &here);
            views.push(PlatformView { platform: name.clone(), fits, size: None });
        }
        let number = |place: usize| u32::try_from(place).unwrap_or_default();
        let (preselected, wanted) = (number(preselected), wanted.map(number));
        Ok(Platforms { views, contents, preselected, wanted })
    }

    /// The image that `reference` names, at its registry.
    pub(super) fn seen(&self, reference: &str, anonymous: bool) -> Result<Seen, FailureView> {
        let reference = parsed(reference)?;
        let endpoint = self.registries.endpoint(&reference.host, false)?;
        let registry = self.client(&endpoint, anonymous)?;
        let repository = registry.repository(&reference.path, Access::Pull);
        let account = self.accounts.used_at(&endpoint.name).filter(|_| !anonymous);
        let source = Source { repository, path: reference.path.clone(), account };
        Ok(Seen { reference, endpoint, source, registry, anonymous })
    }

    fn read_as(&self, seen: &Seen, visibility: Option<Visibility>) -> ReadAs {
        let refused = seen.registry.refused_credential();
        let refused =
            refused.map(|(username, source)| AccountView { username, source: credential_source(source) });
        let account = self.accounts.used_at(&seen.endpoint.name);
        let account = account.filter(|_| !seen.anonymous && refused.is_none());
        let visibility = visibility.unwrap_or(match account {
            // Who was let in without a credential is everybody.
            None => Visibility::Public,
            Some(_) => Visibility::Unknown,
        });
        ReadAs { account, refused, visibility }
    }

    /// What GitHub knows of a package of containers, where an account may ask it and it answers in time.
    async fn known(&self, seen: &Seen) -> Option<(Vec<PackageVersion>, Option<Visibility>)> {
        if seen.anonymous || seen.endpoint.profile.form() != NameForm::OwnerName {
            return None;
        }
        let record = self.accounts.account_at(&seen.endpoint)?;
        let github = self.accounts.github_as(&record).ok()??;
        let (owner, name) = seen.reference.path.as_str().split_once('/')?;
        let asked = ask(&github, &record.username, owner, name);
        tokio::time::timeout(LIMIT, asked).await.ok()?.ok()
    }
}

/// A reference that comes from the page.
pub(super) fn parsed(reference: &str) -> Result<Reference, FailureView> {
    let refused = |refusal: Refusal| FailureView::form(refusal.to_string());
    reference.parse().map_err(refused)
}

/// Versions and visibility of a package.
async fn ask(
    github: &GitHub,
    username: &str,
    owner: &str,
    name: &str,
) -> Result<(Vec<PackageVersion>, Option<Visibility>), GitHubError> {
    let own = username.eq_ignore_ascii_case(owner);
    let kind = if own { Some(AccountKind::User) } else { github.owner(owner).await?.map(|it| it.kind) };
    let Some(kind) = kind else { return Ok(Default::default()) };
    let holder = match kind {
        AccountKind::Organization => Holder::Organization(owner),
        _ if own => Holder::Own,
        _ => Holder::User(owner),
    };
    let package = github.package(kind, owner, PackageType::Container, name);
    let (versions, package) = tokio::join!(github.versions(holder, name), package);
    let visibility = package?.map(|package| match package.visibility {
        slipway_github::Visibility::Public => Visibility::Public,
        slipway_github::Visibility::Internal => Visibility::Internal,
        slipway_github::Visibility::Private => Visibility::Private,
        slipway_github::Visibility::Other => Visibility::Unknown,
    });
    Ok((versions?.map(|listed| listed.items).unwrap_or_default(), visibility))
}

/// The place among `names` of what is meant by `platform`: the same words before its variants. `v8` is what 64-bit ARM
/// is without a variant.
pub(super) fn place(names: &[&str], platform: &str) -> Option<usize> {
    let like = |platform: &str| {
        let same = names.iter().position(|name| *name == platform);
        same.or_else(|| names.iter().position(|name| Platform::is_meant(name, platform)))
    };
    let usual = || platform.strip_suffix("/v8").filter(|bare| bare.ends_with("/arm64"));
    like(platform).or_else(|| names.iter().position(|name| Some(*name) == usual()))
}

/// What people are told of a manifest that is of no use.
pub(super) fn said(seen: &Seen, unread: Unread) -> FailureView {
    match unread {
        Unread::Registry(error) => FailureView::registry(&error, now()),
        Unread::Malformed(reason) => {
            let said = format!("{} cannot be read: {reason}", seen.reference);
            FailureView::new(Code::BadAnswer { reason: Some(reason) }, said).about(seen.about())
        }
    }
}

fn problem(refusal: &Refusal) -> PastedProblem {
    PastedProblem {
        rule: refusal.rule.id().to_owned(),
        params: refusal.rule.values().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        fix: refusal.fix.clone(),
        message: refusal.to_string(),
    }
}
