//! Asking a host what a token may do now, and organizations about single sign-on.

use std::sync::PoisonError;

use secrecy::SecretString;
use slipway_github::{GitHub, Sso};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::describe::is_offline;
use super::{Accounts, Record};
use crate::clock::now;
use crate::view::{AccountsView, FailureView, SignOnView};

/// Organizations that are asked about single sign-on, at most.
const ORGANIZATIONS: usize = 20;

impl Accounts {
    /// Asks the host what the account's token may do now. Where nobody answers, what was known stays.
    ///
    /// # Errors
    /// Where there is no such account.
    pub async fn verify(&self, id: &str) -> Result<AccountsView, FailureView> {
        let record = self.record(id)?;
        let Some(secret) = self.signed_in.secret(id) else {
            self.read_secrets().await;
            return Ok(self.view().await);
        };
        let cancel = CancellationToken::new();
        self.checks.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), cancel.clone());
        let asked = cancel.run_until_cancelled(self.look(&record, &secret)).await;
        self.checks.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        // Of a token that was replaced meanwhile nothing was learnt.
        if let Some(checked) = asked.filter(|_| self.signed_in.has(id, &secret)) {
            self.signed_in.change(|records| records.change(id, |record| record.learn(checked)));
            self.remember(&record.host).await;
        }
        Ok(self.view().await)
    }

    /// The record as its host describes it now.
    pub(super) async fn look(&self, record: &Record, secret: &SecretString) -> Record {
        let mut record = record.clone();
        let asked = self.github_endpoint(&record.host);
        let asked = asked.or_else(|| self.registries.of_host(&record.host).into_iter().next());
        if asked.is_some_and(|endpoint| self.signed_in.secret_at(&record, &endpoint).is_none()) {
            return record;
        }
        let github = match self.github_as(&record) {
            Ok(Some(github)) => github,
            Ok(None) => {
                record.tried(&self.sign_in_at(&record, secret).await, now());
                return record;
            }
            Err(error) => {
                record.failed(&error, now());
                return record;
            }
        };
        match github.user().await {
            Ok(identity) => {
                record.answered(&identity, now());
                record.sign_on = self.single_sign_on(&record, &github).await;
            }
            Err(error) => {
                if is_offline(&error) {
                    // A connection that died with a network, or a proxy of before: the next question begins anew.
                    self.clients.forget();
                }
                record.failed(&error, now());
            }
        }
        record
    }

    /// Which organizations want single sign-on: those of the token's person, as far as it may list them, and those that
    /// are known to want it. GitHub leaves out of its lists whoever did not authorize the token.
    async fn single_sign_on(&self, record: &Record, github: &GitHub) -> Vec<SignOnView> {
        let listed = match github.organizations().await {
            Ok(Some(listed)) => listed.items,
            _ => Vec::new(),
        };
        let known = record.sign_on.iter().map(|known| known.organization.clone());
        let mut views: Vec<SignOnView> = Vec::new();
        for organization in known.chain(listed).take(ORGANIZATIONS) {
            if views.iter().any(|view| view.organization == organization) {
                continue;
            }
            if let Some(authorized) = self.sign_on_of(&record.id(), &organization, github).await {
                views.push(SignOnView { organization, authorized });
            }
        }
        views
    }

    /// Whether the token is authorized for an organization; none where that was not to be learned.
    async fn sign_on_of(&self, id: &str, organization: &str, github: &GitHub) -> Option<bool> {
        match github.sso(organization).await {
            Ok(Sso::Required { url }) => {
                if let Some(url) = url.filter(|url| self.is_page_of(id, url)) {
                    let mut pages = self.sign_on.lock().unwrap_or_else(PoisonError::into_inner);
                    pages.insert((id.to_owned(), organization.to_owned()), url);
                }
                Some(false)
            }
            Ok(_) => Some(true),
            Err(_) => None,
        }
    }

    /// Whether an address that an API names is a page of the account's host: the browser is led nowhere else, and by
    /// nothing but the web.
    fn is_page_of(&self, id: &str, page: &Url) -> bool {
        let Ok(record) = self.record(id) else { return false };
        let pages = self.registries.of_host(&record.host).into_iter().filter_map(|endpoint| endpoint.web);
        pages.into_iter().any(|web| web.origin() == page.origin())
    }

    /// The same, and the account remembers it.
    pub(crate) async fn ask_sign_on(&self, id: &str, organization: &str, github: &GitHub) -> Option<bool> {
        let authorized = self.sign_on_of(id, organization, github).await?;
        let record = self.record(id).ok()?;
        let known = record.sign_on.iter().find(|known| known.organization == organization);
        // Whoever never wanted it is not worth a row.
        if known.map_or(authorized, |known| known.authorized == authorized) {
            return Some(authorized);
        }
        self.signed_in.change(|records| {
            records.change(id, |record| {
                record.sign_on.retain(|known| known.organization != organization);
                record.sign_on.push(SignOnView { organization: organization.to_owned(), authorized });
            });
        });
        self.remember(&record.host).await;
        Some(authorized)
    }

    /// Ends a check that takes too long.
    pub fn cancel_check(&self, id: &str) {
        if let Some(cancel) = self.checks.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            cancel.cancel();
        }
    }
}
