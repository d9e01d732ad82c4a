//! Whose a token is, what it may do and when it ends; and what kind of account a name is.

use jiff::Timestamp;
use jiff::fmt::strtime;
use serde::Deserialize;

use crate::answer::Answer;
use crate::client::{GitHub, Listed};
use crate::error::GitHubError;
use crate::rate::Rate;
use crate::scopes::Scopes;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum AccountKind {
    /// A person.
    User,
    /// An organization.
    Organization,
    /// A GitHub App, or a kind that came later.
    #[serde(other)]
    Other,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Its name, in the case that it chose.
    pub login: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: AccountKind,
}

/// Whose a token is, and what else its first answer told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account's name.
    pub login: String,
    /// What it is.
    pub kind: AccountKind,
    /// What the token may do.
    pub scopes: Scopes,
    /// When the token ends, seconds since 1970; `None` where it does not end or the answer does not say.
    pub expires: Option<i64>,
    /// How many requests are left.
    pub rate: Rate,
}

#[derive(Deserialize)]
struct Organization {
    login: String,
}

impl GitHub {
    /// Whose the token is (`GET /user`). Needs no scope.
    pub async fn user(&self) -> Result<Identity, GitHubError> {
        let answer = self.get(self.address(&["user"])?).await?;
        let Account { login, kind } = self.read(&answer)?;
        Ok(Identity {
            login,
            kind,
            scopes: Scopes::from_header(answer.header("x-oauth-scopes")),
            expires: expiry(&answer),
            rate: Rate::of(&answer),
        })
    }

    /// What kind of account `login` is; `None` where there is none.
    pub async fn owner(&self, login: &str) -> Result<Option<Account>, GitHubError> {
        let answer = self.find(self.address(&["users", login])?).await?;
        answer.map(|answer| self.read(&answer)).transpose()
    }

    /// The names of one's organizations; `None` where the token may not know them, which a token for packages alone
    /// may not (microsoft/vscode-docker#4261).
    pub async fn organizations(&self) -> Result<Option<Listed<String>>, GitHubError> {
        match self.pages::<Organization>(self.address(&["user", "orgs"])?).await {
            Ok(Listed { items, cut, withheld }) => {
                let items = items.into_iter().map(|organization| organization.login).collect();
                Ok(Some(Listed { items, cut, withheld }))
            }
            Err(GitHubError::Scope { .. } | GitHubError::Forbidden { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn expiry(answer: &Answer) -> Option<i64> {
    parse_expiry(answer.header("github-authentication-token-expiration")?)
}

/// `2026-12-01 10:00:00 UTC` or `2026-12-01 03:00:00 -0700` (google/go-github#2649).
fn parse_expiry(text: &str) -> Option<i64> {
    let text = text.trim();
    let offset = text.strip_suffix(" UTC").map(|local| format!("{local} +0000"));
    let time = strtime::parse("%Y-%m-%d %H:%M:%S %z", offset.as_deref().unwrap_or(text)).ok()?;
    time.to_timestamp().ok().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_layouts_of_an_expiry_mean_the_same_second() {
        assert_eq!(parse_expiry("2026-12-01 10:00:00 UTC"), Some(1_796_119_200));
        assert_eq!(parse_expiry("2026-12-01 03:00:00 -0700"), Some(1_796_119_200));
        assert_eq!(parse_expiry("2026-12-01 11:00:00 +0100"), Some(1_796_119_200));
        for odd in ["", "never", "2026-12-01", "2026-13-01 10:00:00 UTC", "2026-12-01 10:00:00"] {
            assert_eq!(parse_expiry(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_kind_of_account_that_came_later_is_no_error() {
        let account: Account = serde_json::from_str(r#"{"login":"x","type":"Mannequin"}"#).unwrap();
        assert_eq!(account.kind, AccountKind::Other);
    }
}
