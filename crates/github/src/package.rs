//! Packages, as GitHub's pages know them.

use serde::Deserialize;
use url::Url;

use crate::account::AccountKind;
use crate::client::GitHub;
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

#[derive(Deserialize)]
struct Read {
    visibility: Visibility,
    repository: Option<Linked>,
    html_url: Option<String>,
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
}
