//! New accounts, and other tokens for those that are there.

use secrecy::{ExposeSecret as _, SecretString};
use slipway_github::{GitHubError, Identity};

use super::describe::is_offline;
use super::ways::Taken;
use super::{Accounts, LONGEST_TOKEN, Record};
use crate::clock::now;
use crate::view::{
    About, AddedAccount, Code, FailureView, NewAccount, TokenCheckView, TokenFrom, TokenKind, TokenVerdict,
};

impl Accounts {
    /// Adds an account: its token is checked offline, its host is asked whom it belongs to, and it is kept.
    ///
    /// # Errors
    /// Where the token cannot be right, its host refuses it or does not answer.
    pub async fn add(&self, account: NewAccount) -> Result<AddedAccount, FailureView> {
        let NewAccount { host, token, username, keep, anyway } = account;
        let taken = self.take(token, &host).await?;
        self.take_in(&host, taken, username.trim(), Keeping { keep, anyway, instead_of: None }).await
    }

    /// Another token for an account that is there.
    ///
    /// # Errors
    /// As for [`add`](Self::add), and where the token is another person's.
    pub async fn replace_token(
        &self,
        id: &str,
        token: TokenFrom,
        keep: bool,
        anyway: bool,
    ) -> Result<AddedAccount, FailureView> {
        let record = self.record(id)?;
        let taken = self.take(token, &record.host).await?;
        let keeping = Keeping { keep, anyway, instead_of: Some(record.username.clone()) };
        self.take_in(&record.host, taken, &record.username, keeping).await
    }

    pub(super) async fn take_in(
        &self,
        host: &str,
        taken: Taken,
        username: &str,
        keeping: Keeping,
    ) -> Result<AddedAccount, FailureView> {
        let Taken { secret, source, username: found, held } = taken;
        let given = source.way.is_given();
        self.takes(host, given)?;
        let deciding = self.destinations.decide().await;
        deciding.confirm_account(&self.holders(), host, &source, held).await?;
        let check = self.check_token(&secret);
        judge(check, &secret, keeping.anyway)?;
        let username = if username.is_empty() { found.unwrap_or_default() } else { username.to_owned() };
        let mut record = Record::new(host.to_owned(), username, check.kind, source);
        match self.ask(&record.host, &secret).await {
            Ok(Some(identity)) => {
                if let Some(before) =
                    keeping.instead_of.filter(|login| !login.eq_ignore_ascii_case(&identity.login))
                {
                    let said = format!("the token belongs to {}, not to {before}", identity.login);
                    let code = Code::TokenOtherPerson { username: identity.login, account: before };
                    return Err(FailureView::new(code, said));
                }
                record.username.clone_from(&identity.login);
                record.answered(&identity, now());
            }
            Ok(None) => self.try_registry(&mut record, &secret, keeping.anyway).await?,
            Err(error) if is_offline(&error) && keeping.anyway && !record.username.is_empty() => {
                record.offline = true;
            }
            Err(error) => {
                let username = Some(record.username);
                return Err(FailureView::github(&error, now()).about(About { username, ..About::default() }));
            }
        }
        named(&record.username)?;
        let not_kept = keeping.keep && !self.keep_in_keychain(&mut record, &secret).await;
        let id = record.id();
        // What was kept under another entry, or is no longer to be kept, goes.
        let before = self.signed_in.read(|records| records.get(&id).and_then(|record| record.entry.clone()));
        if let Some(before) = before.filter(|entry| record.entry.as_ref() != Some(entry)) {
            self.remove_entry(&before).await;
        }
        self.signed_in.keep_secret(id.clone(), secret, given);
        self.signed_in.change(|records| records.add(record));
        self.remember(host).await;
        self.prefer_accounts();
        Ok(AddedAccount { id, accounts: self.view().await, not_kept })
    }

    /// Whether a token may go to `host`: what other programs keep for it may not where a file leads it elsewhere.
    fn takes(&self, host: &str, given: bool) -> Result<(), FailureView> {
        let closed = self.registries.of_host(host).into_iter().find(|endpoint| !endpoint.takes_kept());
        let Some(endpoint) = closed.filter(|_| !given) else { return Ok(()) };
        let at = endpoint.overridden.map(|led| led.address).unwrap_or_default();
        let reason = format!(
            "{} is led to {at} by the file of SLIPWAY_HOSTS, so only a token given for this run is used there",
            endpoint.name
        );
        Err(FailureView::unusable(reason))
    }

    /// Asks the host whom a token belongs to; `None` where it is not GitHub.
    async fn ask(&self, host: &str, secret: &SecretString) -> Result<Option<Identity>, GitHubError> {
        let Some(endpoint) = self.github_endpoint(host) else { return Ok(None) };
        match self.clients.github_with(&endpoint, secret.clone())? {
            Some(github) => github.user().await.map(Some),
            None => Ok(None),
        }
    }
}

/// How a new token is to be kept.
pub(super) struct Keeping {
    pub(super) keep: bool,
    /// Though GitHub Packages refuses its kind, or nobody can be asked.
    pub(super) anyway: bool,
    /// Whose token it takes the place of.
    pub(super) instead_of: Option<String>,
}

/// Whether a user name can be one.
pub(super) fn named(username: &str) -> Result<(), FailureView> {
    let clean =
        !username.is_empty() && username.len() <= LONGEST_TOKEN && !username.contains(char::is_control);
    if clean && !username.contains(':') {
        return Ok(());
    }
    Err(FailureView::new(Code::SignInRequired, "signing in takes a user name and a token"))
}

/// Whether a token can be right at all.
fn judge(check: TokenCheckView, secret: &SecretString, anyway: bool) -> Result<(), FailureView> {
    let text = secret.expose_secret().trim();
    if text.is_empty() || text.len() > LONGEST_TOKEN || text.contains(char::is_control) {
        return Err(FailureView::new(Code::SignInRequired, "signing in takes a user name and a token"));
    }
    match check.verdict {
        _ if anyway => Ok(()),
        TokenVerdict::Checksum | TokenVerdict::TooShort | TokenVerdict::TooLong
            if matches!(check.kind, TokenKind::Classic | TokenKind::Browser) =>
        {
            Err(FailureView::new(Code::TokenChecksum, "the token has a copying error"))
        }
        TokenVerdict::FineGrained => {
            Err(FailureView::new(Code::TokenFineGrained, "GitHub Packages refuses fine-grained tokens"))
        }
        _ => Ok(()),
    }
}
