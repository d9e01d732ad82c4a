//! What can be known of a place before images come there, whatever they are.

use std::sync::Arc;

use slipway_distribution::{Access, Registry};
use slipway_hosts::{Endpoint, Profile};
use slipway_reference::RepositoryPath;

use super::check::{check, not_checked, passed};
use super::github::{GitHubChecks, token_check};
use crate::accounts::Accounts;
use crate::clock::now;
use crate::view::{
    About, AccountView, CheckId, CheckName, CheckState, CheckView, Code, Draft, FailureView, Reason, Refused,
};

/// Asks about places.
pub(crate) struct Places {
    accounts: Arc<Accounts>,
    github: Arc<GitHubChecks>,
}

impl Places {
    pub(crate) fn new(accounts: Arc<Accounts>, github: Arc<GitHubChecks>) -> Self {
        Self { accounts, github }
    }

    /// Whether the account may write to `path`, by an upload that is opened and left, what GitHub says of the owner and the
    /// package, and the token. Problems first. `is_there`: it has tags.
    pub(crate) async fn checks(
        &self,
        endpoint: &Endpoint,
        registry: &Registry,
        path: &RepositoryPath,
        is_there: bool,
    ) -> Vec<CheckView> {
        let nothing_typed = Draft::default();
        let repository = registry.repository(path, Access::PullPush);
        let (github, write) =
            tokio::join!(self.github.of(endpoint, Some(path), &nothing_typed), repository.probe_write());
        let account = self.accounts.used_at(&endpoint.name);
        let mut checks: Vec<CheckView> = match self.accounts.account_at(endpoint) {
            Some(record) => vec![token_check(&record, endpoint.profile.is_legacy())],
            None => account_check(endpoint, account.as_ref()).into_iter().collect(),
        };
        checks.extend(github);
        let write = match write {
            Err(error) if error.is_out_of_reach() => Err(Reason::Offline),
            write => Ok(write.map_err(|error| FailureView::registry(&error, now()))),
        };
        let owner = path.parts().next().unwrap_or_default();
        let write = write.as_ref().map(|write| write.as_ref().copied()).map_err(|reason| *reason);
        checks.push(write_check(&checks, write, owner, endpoint));
        if is_there {
            there(&mut checks);
        }
        checks.sort_by_key(|check| check.state);
        checks
    }
}

/// What has a version is no new package, though GitHub's list may not show it to this token.
pub(super) fn there(checks: &mut [CheckView]) {
    for check in checks {
        if let CheckId::Check(CheckName::PackageNew { name }) = &mut check.id {
            check.id = CheckName::PackageThere { name: std::mem::take(name) }.into();
        }
    }
}

/// Whether anybody is signed in. What a token that belongs to no account may do is only known by trying.
pub(super) fn account_check(endpoint: &Endpoint, account: Option<&AccountView>) -> Option<CheckView> {
    let registry = Some(endpoint.shown().to_string());
    let name = match account {
        Some(account) => {
            CheckName::Token { reason: Reason::Later, username: Some(account.username.clone()), registry }
        }
        None if needs_account(endpoint.profile) => {
            CheckName::Token { reason: Reason::SignedOut, username: None, registry: None }
        }
        None => return None,
    };
    Some(not_checked(name))
}

/// Whether the registry opened an upload, or why it was not asked; `before` are the rows so far.
pub(super) fn write_check(
    before: &[CheckView],
    asked: Result<Result<(), &FailureView>, Reason>,
    owner: &str,
    endpoint: &Endpoint,
) -> CheckView {
    let lacks_scope =
        before.iter().any(|check| matches!(check.id, CheckId::Check(CheckName::TokenScope { .. })));
    match asked {
        Err(reason) => not_asked(reason),
        Ok(Ok(())) => {
            let registry = Some(endpoint.shown().to_string());
            passed(CheckName::Write { reason: None, registry, code: None })
        }
        // One missing scope is one problem, however many say so.
        Ok(Err(failure)) if failure.code == Code::DeniedScope && lacks_scope => not_asked(Reason::Later),
        Ok(Err(failure)) => refused(failure, owner, endpoint),
    }
}

/// Publishing there takes a sign-in; an unknown registry may take anybody.
pub(crate) fn needs_account(profile: Profile) -> bool {
    profile != Profile::Generic
}

/// Whether the registry opens an upload was not asked.
pub(super) fn not_asked(reason: Reason) -> CheckView {
    not_checked(CheckName::Write { reason: Some(reason), registry: None, code: None })
}

/// The registry would not open an upload.
fn refused(failure: &FailureView, owner: &str, endpoint: &Endpoint) -> CheckView {
    let about = About { owner: Some(owner.to_owned()), ..About::default() }.and(failure.about.clone());
    let refused = Refused { code: Box::new(failure.code.clone()), about: Box::new(about) };
    let registry = Some(endpoint.shown().to_string());
    check(CheckName::Write { reason: None, registry, code: Some(refused) }, CheckState::Problem)
}
