//! Packages, as GitHub's pages know them.

use jiff::Timestamp;
use serde::Deserialize;
use url::Url;

use crate::account::AccountKind;
use crate::client::{GitHub, Listed};
use crate::error::GitHubError;

/// Which registry a package belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageType {
    /// The container registry.
    Container,
    /// The older Docker registry.
    Docker,
}

impl PackageType {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Docker => "docker",
        }
    }
}

/// Who may see a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everyone.
    Public,
    /// People with a role.
    Private,
    /// Everyone in the enterprise.
    Internal,
    /// A kind that came later.
    #[serde(other)]
    Other,
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Who may see it.
    pub visibility: Visibility,
    /// The repository that it is linked to, such as `octocat/octo-app`.
    pub repository: Option<String>,
    /// Its page.
    pub html_url: Option<Url>,
}

/// A package in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPackage {
    /// What follows the owner in a reference; may hold slashes.
    pub name: String,
    /// The repository that it is linked to, such as `octocat/octo-app`.
    pub repository: Option<String>,
}

/// Whose packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder<'a> {
    /// Those of whoever asks.
    Own,
    /// Another person's.
    User(&'a str),
    /// An organization's.
    Organization(&'a str),
}

/// A version of a package: a manifest of a container registry, with a tag or without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageVersion {
    /// The manifest's digest, as GitHub calls the versions of containers.
    pub name: String,
    /// When it came, seconds since 1970.
    pub created: Option<i64>,
    /// Its tags.
    pub tags: Vec<String>,
}

#[derive(Deserialize)]
struct ReadVersion {
    name: String,
    created_at: String,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    container: Option<Container>,
}

#[derive(Deserialize)]
struct Container {
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct Read {
    visibility: Visibility,
    repository: Option<Linked>,
    html_url: Option<String>,
}

#[derive(Deserialize)]
struct ReadName {
    name: String,
    repository: Option<Linked>,
}

#[derive(Deserialize)]
struct Linked {
    full_name: String,
}

impl GitHub {
    /// A package of `owner`; `None` where there is none or the token may not see it. `name` is what follows the owner in
    /// a reference and may hold slashes. Needs `read:packages`.
    pub async fn package(
        &self,
        kind: AccountKind,
        owner: &str,
        package_type: PackageType,
        name: &str,
    ) -> Result<Option<Package>, GitHubError> {
        let accounts = if kind == AccountKind::Organization { "orgs" } else { "users" };
        let url = self.address(&[accounts, owner, "packages", package_type.as_str(), name])?;
        let Some(answer) = self.find(url).await? else { return Ok(None) };
        let Read { visibility, repository, html_url } = self.read(&answer)?;
        Ok(Some(Package {
            visibility,
            repository: repository.map(|linked| linked.full_name),
            html_url: html_url.and_then(|url| Url::parse(&url).ok()),
        }))
    }

    /// The packages of a kind that the token may see, as GitHub lists them, up to a number; `None` where there is no such
    /// owner. Needs `read:packages`.
    pub async fn packages(
        &self,
        holder: Holder<'_>,
        package_type: PackageType,
    ) -> Result<Option<Listed<NamedPackage>>, GitHubError> {
        let mut url = self.address(&match holder {
            Holder::Own => vec!["user", "packages"],
            Holder::Organization(login) => vec!["orgs", login, "packages"],
            Holder::User(login) => vec!["users", login, "packages"],
        })?;
        url.query_pairs_mut().append_pair("package_type", package_type.as_str());
        let Listed { items, cut, withheld } = match self.pages(url).await {
            Ok(listed) => listed,
            Err(GitHubError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let items = items.into_iter().map(|ReadName { name, repository }| NamedPackage {
            name,
            repository: repository.map(|linked| linked.full_name),
        });
        Ok(Some(Listed { items: items.collect(), cut, withheld }))
    }

    /// The versions of a package of containers, the newest first as GitHub lists them, up to a number; `None` where there
    /// is no such package or the token may not see it. `name` as in [`package`](Self::package). Needs `read:packages`.
    pub async fn versions(
        &self,
        holder: Holder<'_>,
        name: &str,
    ) -> Result<Option<Listed<PackageVersion>>, GitHubError> {
        let rest = ["packages", PackageType::Container.as_str(), name, "versions"];
        let listed = match holder {
            Holder::Own => self.pages(self.address(&[&["user"], &rest[..]].concat())?).await,
            Holder::Organization(login) => {
                self.pages(self.address(&[&["orgs", login], &rest[..]].concat())?).await
            }
            // Its description has no parameters for pages.
            Holder::User(login) => {
                self.pages_as_given(self.address(&[&["users", login], &rest[..]].concat())?).await
            }
        };
        let Listed { items, cut, withheld } = match listed {
            Ok(listed) => listed,
            Err(GitHubError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let items = items.into_iter().map(|ReadVersion { name, created_at, metadata }| PackageVersion {
            name,
            created: created_at.parse().ok().map(Timestamp::as_second),
            tags: metadata.and_then(|metadata| metadata.container).map(|it| it.tags).unwrap_or_default(),
        });
        Ok(Some(Listed { items: items.collect(), cut, withheld }))
    }
}
