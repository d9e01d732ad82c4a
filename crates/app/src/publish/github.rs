//! What GitHub says of a destination before a byte is sent: its owner, its repository, its package, single sign-on.

use std::sync::Arc;
use std::time::Duration;

use slipway_github::{AccountKind, GitHub, GitHubError, PackageType, Repository, Visibility};
use slipway_hosts::{Endpoint, NameForm};
use slipway_reference::RepositoryPath;

use super::check::{check, not_checked, passed};
use super::filling::PublishForm;
use crate::accounts::{Accounts, Fresh, Record, is_offline};
use crate::clock::now;
use crate::failure::nearest;
use crate::view::{
    AccountState, CheckName, CheckState, CheckView, Date, Draft, Field, FixKind, FixView, List, Reason,
    TokenKind,
};

/// Answers stay good for so long, unless somebody asks anew on purpose.
const GOOD_FOR: Duration = Duration::from_secs(30);

/// How long one question may take: what it would say is of no use later.
const LIMIT: Duration = Duration::from_secs(10);

/// A token whose end is nearer is warned of, seconds.
const SOON: i64 = 7 * 24 * 60 * 60;

/// What was asked of GitHub: as whom, and about which path and repository.
type Question = (String, String, String);

/// Asks GitHub about destinations.
pub(crate) struct GitHubChecks {
    accounts: Arc<Accounts>,
    form: Arc<PublishForm>,
    answers: Fresh<Question, Vec<CheckView>>,
}

impl GitHubChecks {
    pub(crate) fn new(accounts: Arc<Accounts>, form: Arc<PublishForm>) -> Self {
        Self { accounts, form, answers: Fresh::new(GOOD_FOR) }
    }

    /// The rows about owner, repository and package. Without a token, a path or a network they say why they are empty.
    pub(super) async fn of(
        &self,
        endpoint: &Endpoint,
        path: Option<&RepositoryPath>,
        draft: &Draft,
    ) -> Vec<CheckView> {
        let unknown = |reason: Reason| {
            vec![not_checked(CheckName::Owner { reason }), not_checked(CheckName::Package { reason })]
        };
        let Some(path) = path else { return unknown(Reason::Fields) };
        let Some(record) = self.accounts.account_at(endpoint) else {
            let somebody = self.accounts.used_at(&endpoint.name).is_some();
            return unknown(if somebody { Reason::Later } else { Reason::SignedOut });
        };
        let question = (record.id(), format!("{}/{path}", endpoint.name), draft.repository.clone());
        if let Some(known) = self.answers.get(&question, self.accounts.changes()) {
            return known;
        }
        let Ok(Some(github)) = self.accounts.github_as(&record) else {
            return unknown(Reason::Later);
        };
        let asked =
            tokio::time::timeout(LIMIT, self.ask_about(&github, endpoint, path, draft, &record)).await;
        match asked {
            Ok(Ok(checks)) => {
                self.answers.keep(question, checks.clone(), self.accounts.changes());
                checks
            }
            Ok(Err(error)) if is_offline(&error) => unknown(Reason::Offline),
            Ok(Err(_)) | Err(_) => unknown(Reason::Later),
        }
    }

    /// What GitHub said is asked for anew, though it is fresh: somebody changed it on purpose.
    pub(super) fn forget(&self) {
        self.answers.clear();
    }

    async fn ask_about(
        &self,
        github: &GitHub,
        endpoint: &Endpoint,
        path: &RepositoryPath,
        draft: &Draft,
        record: &Record,
    ) -> Result<Vec<CheckView>, GitHubError> {
        let mut parts = path.parts();
        let owner = parts.next().unwrap_or_default();
        let Some(account) = github.owner(owner).await? else {
            // Whoever is signed in exists, whatever a proxy or an enterprise's directory hides.
            if owner.eq_ignore_ascii_case(&record.username) {
                let own = passed(CheckName::OwnerUser { owner: owner.to_owned() });
                return Ok(vec![own, not_checked(CheckName::Package { reason: Reason::Later })]);
            }
            return Ok(vec![
                self.no_owner(owner, draft).await,
                not_checked(CheckName::Package { reason: Reason::Fields }),
            ]);
        };
        let organization = account.kind == AccountKind::Organization;
        let login = account.login;
        let mut checks = vec![passed(match organization {
            true => CheckName::OwnerOrganization { owner: login },
            false => CheckName::OwnerUser { owner: login },
        })];
        if organization && let Some(false) = self.accounts.ask_sign_on(&record.id(), owner, github).await {
            checks.push(check(CheckName::TokenSso { owner: owner.to_owned() }, CheckState::Problem));
        }
        let legacy = endpoint.profile.form() == NameForm::OwnerRepositoryName;
        let repository = match draft.repository.split_once('/') {
            _ if legacy => Some((owner, parts.next().unwrap_or_default())),
            linked => linked,
        };
        if let Some((of, name)) = repository.filter(|(_, name)| !name.is_empty()) {
            match repository_check(github, of, name, draft, legacy, record).await {
                Ok(found) => checks.push(found),
                Err(error) if is_offline(&error) => return Err(error),
                // Single sign-on, say, which has a row of its own; the upload that was opened says enough.
                Err(_) => {}
            }
        }
        let kind = if legacy { PackageType::Docker } else { PackageType::Container };
        let name = if legacy { path.parts().nth(2).unwrap_or_default() } else { rest(path) };
        checks.push(package_check(github.package(account.kind, owner, kind, name).await, name)?);
        Ok(checks)
    }

    /// There is no such owner; perhaps one that is known was meant.
    async fn no_owner(&self, owner: &str, draft: &Draft) -> CheckView {
        let mut found = check(CheckName::OwnerUnknown { x: owner.to_owned() }, CheckState::Problem);
        found.field = Some(Field::Owner);
        found.fix = nearest(owner, &self.form.owners().await).map(|nearest| FixView {
            kind: FixKind::Use,
            value: nearest.clone(),
            draft: Draft { owner: nearest.clone(), ..draft.clone() },
        });
        found
    }
}

async fn repository_check(
    github: &GitHub,
    owner: &str,
    repository: &str,
    draft: &Draft,
    legacy: bool,
    record: &Record,
) -> Result<CheckView, GitHubError> {
    // The newer registry takes the label whatever it names.
    let state = if legacy { CheckState::Problem } else { CheckState::Warning };
    let found = match github.repository(owner, repository).await? {
        None => check(CheckName::RepoUnknown { account: record.username.clone() }, state),
        Some(found) if found.archived => {
            check(CheckName::RepoArchived { repository: found.full_name }, state)
        }
        Some(Repository { renamed_to: Some(name), .. }) => renamed(&name, draft, legacy),
        Some(found) => passed(CheckName::RepoThere { repository: found.full_name }),
    };
    Ok(CheckView { field: Some(Field::Repository), ..found })
}

/// GitHub still finds it under its old name, until somebody else takes that.
fn renamed(name: &str, draft: &Draft, legacy: bool) -> CheckView {
    let new = name.to_ascii_lowercase();
    let mut found = check(CheckName::RepoRenamed { x: new.clone() }, CheckState::Warning);
    let fixed = match new.split_once('/') {
        Some((owner, name)) if legacy => {
            Draft { owner: owner.to_owned(), repository: name.to_owned(), ..draft.clone() }
        }
        _ => Draft { repository: new.clone(), ..draft.clone() },
    };
    found.fix = Some(FixView { kind: FixKind::Use, value: new, draft: fixed });
    found
}

fn package_check(
    found: Result<Option<slipway_github::Package>, GitHubError>,
    name: &str,
) -> Result<CheckView, GitHubError> {
    let name = name.to_owned();
    Ok(match found {
        Ok(Some(package)) => passed(match package.visibility {
            Visibility::Public => CheckName::PackagePublic { name },
            Visibility::Internal => CheckName::PackageInternal { name },
            Visibility::Private | Visibility::Other => CheckName::PackagePrivate { name },
        }),
        Ok(None) => passed(CheckName::PackageNew { name }),
        Err(error) if is_offline(&error) => return Err(error),
        // A workflow's token may not ask; the upload that was opened says enough.
        Err(_) => not_checked(CheckName::Package { reason: Reason::Later }),
    })
}

/// Everything after the owner.
fn rest(path: &RepositoryPath) -> &str {
    path.as_str().split_once('/').map_or("", |(_, rest)| rest)
}

/// The row about the token, as far as its host has said what it may do.
pub(super) fn token_check(record: &Record, legacy: bool) -> CheckView {
    let scope = |name: &str| {
        let (scope, account) = (name.to_owned(), record.id());
        check(CheckName::TokenScope { scope, account }, CheckState::Problem)
    };
    let lacks = |name: &str| record.known_scopes().include(name) == Some(false);
    match record.expires_at {
        Some(end) if end <= now() || record.state == AccountState::Expired => {
            return check(CheckName::TokenExpired { date: Date(end) }, CheckState::Problem);
        }
        _ if lacks("write:packages") => return scope("write:packages"),
        _ if legacy && lacks("repo") => return scope("repo"),
        Some(end) if end - now() <= SOON => {
            let n = (end - now()) / (24 * 60 * 60) + 1;
            return check(CheckName::TokenExpiring { n }, CheckState::Warning);
        }
        _ => {}
    }
    if record.state != AccountState::Accepted || record.kind == TokenKind::Other {
        let reason = if record.offline { Reason::Offline } else { Reason::Later };
        return not_checked(CheckName::Token { reason, username: None, registry: None });
    }
    let scopes = List(record.scopes.clone().unwrap_or_default());
    passed(CheckName::TokenAccepted { username: record.username.clone(), scopes })
}
