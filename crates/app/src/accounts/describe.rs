//! Accounts as the window shows them, and what is wrong with a token, from what its host said.

use slipway_credentials::KeychainState as Found;
use slipway_distribution::SignIn;
use slipway_github::{GitHubError, Identity, Scopes, Task, TokenCheck, TokenProblem, Verdict, doctor};

use super::record::Record;
use crate::clock::now;
use crate::view::{
    About, Account, AccountState, AccountStorage, Allowed, Code, FailureView, KeychainState, KeychainView,
    TaskView, TechnicalView, TokenCheckView, TokenKind, TokenTask, TokenVerdict,
};

/// The scope that publishing takes.
const PUBLISH: &str = "write:packages";

impl Record {
    /// For the window. `registries` are those that it signs in to, as they stand in references; `github`: the host says
    /// what tokens may do.
    pub(crate) fn view(&self, registries: Vec<String>, github: bool) -> Account {
        let scopes = self.known_scopes();
        let diagnosis = doctor(&scopes, true);
        let tasks = diagnosis.tasks.iter().map(|(task, verdict)| TaskView {
            task: task_view(*task),
            // The last one is the task's own; deleting takes reading, too.
            scope: task.scopes().last().copied().unwrap_or_default().to_owned(),
            allowed: match verdict {
                Verdict::Allowed => Allowed::Yes,
                Verdict::Unknown => Allowed::Unknown,
                // Nobody misses these two who publishes to the newer registry.
                Verdict::Missing(_) if matches!(task, Task::LegacyPrivate | Task::ListOrganizations) => {
                    Allowed::NotGranted
                }
                Verdict::Missing(_) => Allowed::Missing,
            },
        });
        Account {
            id: self.id(),
            host: self.host.clone(),
            username: self.username.clone(),
            kind: self.kind,
            source: self.source.clone(),
            storage: match &self.entry {
                Some(entry) => AccountStorage::Keychain { entry: entry.label.clone() },
                None => AccountStorage::ThisRun,
            },
            is_default: self.is_default,
            registries,
            state: self.state,
            checked_at: self.checked_at,
            offline: self.offline,
            scopes: self.scopes.clone(),
            tasks: if github { tasks.collect() } else { Vec::new() },
            surplus: doctor(&scopes, false).surplus,
            expires_at: self.expires_at,
            expiry_due: self.expiry_due(now()),
            sign_on: self.sign_on.clone(),
        }
    }

    /// What the token may do.
    pub(crate) fn known_scopes(&self) -> Scopes {
        match &self.scopes {
            Some(scopes) => Scopes::of(&scopes.iter().map(String::as_str).collect::<Vec<_>>()),
            None => Scopes::unknown(),
        }
    }

    /// Takes in what GitHub said of the token at `now`, seconds since 1970.
    pub(crate) fn answered(&mut self, identity: &Identity, now: i64) {
        self.scopes =
            identity.scopes.is_known().then(|| identity.scopes.names().map(str::to_owned).collect());
        if self.expires_at != identity.expires {
            self.told = None;
        }
        self.expires_at = identity.expires;
        self.checked_at = Some(now);
        self.offline = false;
        self.state = match identity.scopes.include(PUBLISH) {
            _ if self.kind == TokenKind::FineGrained => AccountState::Unsuitable,
            Some(false) => AccountState::ScopeMissing,
            Some(true) | None => AccountState::Accepted,
        };
    }

    /// Takes in what a registry that is not GitHub's said to a sign-in at `now`, seconds since 1970.
    pub(crate) fn tried(&mut self, said: &Result<SignIn, Box<slipway_distribution::Error>>, now: i64) {
        self.offline = said.as_ref().is_err_and(|error| is_away(error));
        let state = match said {
            Ok(SignIn::Accepted) => AccountState::Accepted,
            Ok(SignIn::NotWanted) => AccountState::NotChecked,
            Err(error) if error.refuses_credential() => AccountState::Revoked,
            // It said nothing of the credential.
            Err(_) => return,
        };
        self.state = state;
        self.checked_at = Some(now);
    }

    /// Takes in that GitHub did not answer, or refused.
    pub(crate) fn failed(&mut self, error: &GitHubError, now: i64) {
        match error {
            GitHubError::BadCredentials(_) => {
                self.checked_at = Some(now);
                self.offline = false;
                self.state = match self.expires_at {
                    Some(end) if end <= now => AccountState::Expired,
                    _ => AccountState::Revoked,
                };
            }
            error if is_offline(error) => self.offline = true,
            _ => {}
        }
    }
}

/// Nobody was reached.
pub(crate) fn is_offline(error: &GitHubError) -> bool {
    matches!(error, GitHubError::Network { fault, .. } if fault.is_out_of_reach())
}

/// The registry was not reached.
pub(crate) fn is_away(error: &slipway_distribution::Error) -> bool {
    error.is_out_of_reach()
}

fn task_view(task: Task) -> TokenTask {
    match task {
        Task::Install => TokenTask::Install,
        Task::Publish => TokenTask::Publish,
        Task::Delete => TokenTask::Delete,
        Task::LegacyPrivate => TokenTask::Legacy,
        Task::ListOrganizations => TokenTask::Organizations,
    }
}

/// A token's kind in the window's words.
pub(crate) fn kind(kind: slipway_github::TokenKind) -> TokenKind {
    use slipway_github::TokenKind as Kind;
    match kind {
        Kind::Classic | Kind::Old => TokenKind::Classic,
        Kind::OAuth => TokenKind::Browser,
        Kind::FineGrained => TokenKind::FineGrained,
        Kind::App | Kind::AppUser | Kind::Refresh => TokenKind::App,
        Kind::Unknown => TokenKind::Other,
    }
}

/// What can be told of a token offline.
pub(crate) fn check_view(check: &TokenCheck) -> TokenCheckView {
    let kind = kind(check.kind);
    let verdict = match &check.problem {
        Some(TokenProblem::Empty) => TokenVerdict::Empty,
        _ if kind == TokenKind::FineGrained => TokenVerdict::FineGrained,
        Some(TokenProblem::TooShort { .. }) => TokenVerdict::TooShort,
        Some(TokenProblem::TooLong | TokenProblem::Space) => TokenVerdict::TooLong,
        Some(TokenProblem::Checksum) => TokenVerdict::Checksum,
        None if matches!(kind, TokenKind::Classic | TokenKind::Browser) => TokenVerdict::Complete,
        None => TokenVerdict::Plausible,
    };
    TokenCheckView { kind, verdict }
}

/// The keychain's state in the window's words.
pub(crate) fn keychain_view(found: Found) -> KeychainView {
    let state = match found {
        Found::Ready => KeychainState::Ready,
        Found::Locked => KeychainState::Locked,
        Found::Missing { .. } => KeychainState::Missing,
    };
    // Other systems have their own, which cannot be installed.
    let missing = state == KeychainState::Missing && cfg!(target_os = "linux");
    KeychainView { state, package: if missing { "gnome-keyring".to_owned() } else { String::new() } }
}

impl FailureView {
    /// What GitHub's API, or the way to it, said about a token. `now` is seconds since 1970.
    pub(crate) fn github(error: &GitHubError, now: i64) -> Self {
        let code = match error {
            GitHubError::Network { host, proxy, fault } => Code::network(host, proxy, fault),
            GitHubError::PlainHttp { host } => Code::NetworkPlainHttp { host: host.clone(), realm: None },
            GitHubError::BadCredentials(_) => Code::DeniedCredential,
            GitHubError::Sso { .. } => Code::SsoRequired,
            GitHubError::Scope { .. } => Code::DeniedScope,
            GitHubError::RateLimited { .. } => Code::RateLimited,
            GitHubError::NotFound(_) => Code::NotFound { platform: None, present: None },
            GitHubError::Forbidden { .. } | GitHubError::Refused { .. } => Code::DeniedOther,
            GitHubError::Server(_) => Code::RegistryFault,
            _ => Code::BadAnswer { reason: None },
        };
        let mut view = Self::new(code, error.to_string());
        if let GitHubError::Network { host, .. } = error {
            view = view.about(About { registry: Some(host.clone()), ..About::default() });
        }
        view.technical = error.answer().map(|answer| TechnicalView {
            request: None,
            host: None,
            status: Some(answer.status),
            registry_code: None,
            message: [&answer.message, &answer.raw].into_iter().find(|text| !text.is_empty()).cloned(),
            request_id: answer.request_id.clone(),
            credential: None,
            time: now,
        });
        view
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> (TokenKind, TokenVerdict) {
        let view = check_view(&slipway_github::check(text));
        (view.kind, view.verdict)
    }

    #[test]
    fn a_token_is_judged_by_its_form_alone() {
        // A published sample that was revoked long ago.
        let good = concat!("ghp", "_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17");
        assert_eq!(verdict(good), (TokenKind::Classic, TokenVerdict::Complete));
        assert_eq!(verdict(&good.replace("0mLq17", "0mLq18")), (TokenKind::Classic, TokenVerdict::Checksum));
        assert_eq!(verdict(&good[..30]).1, TokenVerdict::TooShort);
        assert_eq!(verdict(&format!("{good}x")).1, TokenVerdict::TooLong);
        assert_eq!(verdict("").1, TokenVerdict::Empty);
        let fine = format!("{}_{}_{}", concat!("github", "_pat"), "a".repeat(22), "b".repeat(59));
        assert_eq!(verdict(&fine), (TokenKind::FineGrained, TokenVerdict::FineGrained));
        assert_eq!(verdict("a password"), (TokenKind::Other, TokenVerdict::TooLong));
        assert_eq!(verdict("secret"), (TokenKind::Other, TokenVerdict::Plausible));
    }
}
