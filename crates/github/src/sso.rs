//! Single sign-on: whether an organization authorized the token.

use url::Url;

use crate::client::GitHub;
use crate::error::GitHubError;
use crate::package::PackageType;

/// What an organization's single sign-on says to a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sso {
    /// It is authorized, or nothing of the kind is asked for.
    Fine,
    /// It has to be authorized first.
    Required {
        /// The page where that is done. Short-lived.
        url: Option<Url>,
    },
    /// Answers leave out what belongs to these organizations, by number.
    Partial {
        /// Their numbers.
        organizations: Vec<u64>,
    },
}

impl GitHub {
    /// Asks for the packages of the organization `owner`, one at most, to learn whether its single sign-on lets the token
    /// in: a registry would only say "not found" (sigstore/cosign#2930). Needs `read:packages`.
    ///
    /// # Errors
    /// [`GitHubError::NotFound`] for a person's account, and where the organization hides behind it.
    pub async fn sso(&self, owner: &str) -> Result<Sso, GitHubError> {
        let mut url = self.address(&["orgs", owner, "packages"])?;
        url.query_pairs_mut()
            .append_pair("package_type", PackageType::Container.as_str())
            .append_pair("per_page", "1");
        match self.get(url).await {
            Ok(answer) => {
                let organizations = answer.withheld();
                Ok(if organizations.is_empty() { Sso::Fine } else { Sso::Partial { organizations } })
            }
            Err(GitHubError::Sso { url, .. }) => Ok(Sso::Required { url }),
            Err(error) => Err(error),
        }
    }
}
