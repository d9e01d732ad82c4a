//! The practice registry's own account: it is in no list, and ends with the registry.

use secrecy::{ExposeSecret as _, SecretString};
use slipway_hosts::Endpoint;

use super::describe::kind;
use super::{Accounts, Record};
use crate::registries::host_of;
use crate::view::{AccountSource, AccountWay};

impl Accounts {
    /// Signs in at the practice registry and asks its API about the token, so that the checks say there what they would
    /// say at GitHub.
    pub(crate) async fn sign_in_to_practice(
        &self,
        endpoint: &Endpoint,
        username: &str,
        secret: SecretString,
    ) {
        let source = AccountSource { way: AccountWay::Practice, name: String::new() };
        let kind = kind(slipway_github::check(secret.expose_secret()).kind);
        let record = Record::new(host_of(endpoint), username.to_owned(), kind, source);
        self.signed_in.keep_secret(record.id(), secret.clone(), true);
        self.signed_in.set_practice(record.clone());
        self.clients.forget();
        self.signed_in.set_practice(self.look(&record, &secret).await);
    }
}
