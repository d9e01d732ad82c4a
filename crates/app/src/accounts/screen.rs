//! What the accounts screen shows, and the pages that it leads to.

use std::sync::PoisonError;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use slipway_hosts::pages;
use url::Url;

use super::describe::{check_view, keychain_view};
use super::{Accounts, is_github, scopes};
use crate::registries::host_of;
use crate::view::{Account, AccountPage, AccountsView, SignInHost, TokenCheckView};

/// How long the keychain may take to say whether it is there.
const LOOKING: Duration = Duration::from_secs(2);

impl Accounts {
    /// Everything the accounts screen shows.
    pub async fn view(&self) -> AccountsView {
        let keychain = keychain_view(self.keychain.state(LOOKING).await);
        let hosts = self.sign_in_hosts();
        let place = |host: &str| hosts.iter().position(|known| known.name == host).unwrap_or(usize::MAX);
        let mut accounts: Vec<Account> = self.signed_in.read(|records| {
            records
                .iter()
                .map(|record| {
                    let endpoints = self.registries.of_host(&record.host);
                    let github = endpoints.iter().any(is_github);
                    record.view(endpoints.iter().map(|endpoint| endpoint.name.to_string()).collect(), github)
                })
                .collect()
        });
        accounts.sort_by_key(|account| place(&account.host));
        AccountsView { accounts, keychain, hosts }
    }

    fn sign_in_hosts(&self) -> Vec<SignInHost> {
        let mut hosts: Vec<SignInHost> = Vec::new();
        for endpoint in self.registries.endpoints() {
            let (name, registry) = (host_of(&endpoint), endpoint.name.to_string());
            match hosts.iter_mut().find(|host| host.name == name) {
                Some(host) => host.registries.push(registry),
                None => hosts.push(SignInHost {
                    browser: self.client_id(&name).is_some(),
                    github: is_github(&endpoint),
                    registries: vec![registry],
                    name,
                }),
            }
        }
        hosts
    }

    /// Calls `changed` whenever accounts changed, until it returns false.
    pub async fn watch(&self, changed: impl Fn(AccountsView) -> bool) {
        let mut changes = self.signed_in.watch();
        while changes.changed().await.is_ok() {
            if !changed(self.view().await) {
                return;
            }
        }
    }

    /// What can be told of a token without asking anybody.
    #[allow(clippy::unused_self, reason = "a use case of accounts, as its callers see it")]
    pub fn check_token(&self, token: &SecretString) -> TokenCheckView {
        check_view(&slipway_github::check(token.expose_secret()))
    }

    /// The host that `name` means: a registry's name stands for the host that it belongs to.
    pub fn host_meant(&self, name: &str) -> String {
        let known = self.registries.endpoints().into_iter().find(|endpoint| endpoint.name.as_str() == name);
        known.map_or_else(|| name.to_owned(), |endpoint| host_of(&endpoint))
    }

    /// The address of a page about accounts; none where there is no such page.
    pub fn page(&self, page: &AccountPage) -> Option<Url> {
        let endpoint =
            |host: &str| self.registries.of_host(host).into_iter().find(|endpoint| endpoint.web.is_some());
        let host = |id: &str| self.record(id).ok().map(|record| record.host);
        match page {
            AccountPage::NewToken { host, purpose } => {
                pages::new_token_for(&endpoint(host)?, scopes(*purpose))
            }
            AccountPage::Tokens { account } => pages::tokens(&endpoint(&host(account)?)?),
            AccountPage::SignOn { account, organization } => {
                let known = self.sign_on.lock().unwrap_or_else(PoisonError::into_inner);
                let key = (account.clone(), organization.clone());
                let known = known.get(&key).cloned();
                known.or_else(|| pages::tokens(&endpoint(&host(account)?)?))
            }
            AccountPage::Code { host } => pages::device(&endpoint(host)?),
        }
    }
}
