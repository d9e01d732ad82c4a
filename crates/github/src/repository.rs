//! Repositories, which the older registry takes its permissions from.

use serde::Deserialize;

use crate::client::{GitHub, Listed};
use crate::error::GitHubError;

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Owner and name as they are now, such as `octocat/Hello-World`.
    pub full_name: String,
    /// Whether only some people see it.
    pub private: bool,
    /// Whether nobody may change it any more.
    pub archived: bool,
    /// Whether the token's owner may push to it, where the answer says so.
    pub may_push: Option<bool>,
    /// [`full_name`](Self::full_name), where it was asked for under another.
    pub renamed_to: Option<String>,
}

#[derive(Deserialize)]
struct Read {
    full_name: String,
    private: bool,
    #[serde(default)]
    archived: bool,
    permissions: Option<Permissions>,
}

#[derive(Deserialize)]
struct Permissions {
    #[serde(default)]
    push: bool,
}

impl Read {
    fn named(self, asked: Option<&str>) -> Repository {
        let renamed = asked.is_some_and(|asked| !asked.eq_ignore_ascii_case(&self.full_name));
        Repository {
            renamed_to: renamed.then(|| self.full_name.clone()),
            full_name: self.full_name,
            private: self.private,
            archived: self.archived,
            may_push: self.permissions.map(|permissions| permissions.push),
        }
    }
}

impl GitHub {
    /// The repository `owner/name`, under whatever name it has now; `None` where there is none, or where it is private
    /// and the token lacks `repo`.
    pub async fn repository(&self, owner: &str, name: &str) -> Result<Option<Repository>, GitHubError> {
        let answer = self.find(self.address(&["repos", owner, name])?).await?;
        let Some(answer) = answer else { return Ok(None) };
        Ok(Some(self.read::<Read>(&answer)?.named(Some(&format!("{owner}/{name}")))))
    }

    /// The repositories that the token's owner has a part in, a thousand at most; without `repo` only public ones.
    pub async fn repositories(&self) -> Result<Listed<Repository>, GitHubError> {
        let mut url = self.address(&["user", "repos"])?;
        url.query_pairs_mut().append_pair("affiliation", "owner,collaborator,organization_member");
        let Listed { items, cut, withheld } = self.pages::<Read>(url).await?;
        Ok(Listed { items: items.into_iter().map(|read| read.named(None)).collect(), cut, withheld })
    }
}
