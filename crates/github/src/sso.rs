//! Single sign-on: whether an organization authorized the token.

use url::Url;

use crate::client::GitHub;
use crate::error::GitHubError;
use crate::http::Answer;
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
                let organizations = withheld(&answer);
                Ok(if organizations.is_empty() { Sso::Fine } else { Sso::Partial { organizations } })
            }
            Err(GitHubError::Sso { url, .. }) => Ok(Sso::Required { url }),
            Err(error) => Err(error),
        }
    }
}

/// Which organizations a list leaves out: `partial-results; organizations=ID,ID`.
pub(crate) fn withheld(answer: &Answer) -> Vec<u64> {
    answer.header("x-github-sso").map(partial).unwrap_or_default()
}

fn partial(header: &str) -> Vec<u64> {
    let mut parts = header.split(';').map(str::trim);
    if parts.next() != Some("partial-results") {
        return Vec::new();
    }
    let ids = parts.find_map(|part| part.strip_prefix("organizations=")).unwrap_or_default();
    ids.split(',').filter_map(|id| id.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_whom_it_leaves_out() {
        assert_eq!(partial("partial-results; organizations=21955855,20582480"), [21_955_855, 20_582_480]);
        assert_eq!(partial("required; url=https://github.com/orgs/octo/sso"), [0; 0]);
        assert_eq!(partial("partial-results"), [0; 0]);
    }
}
