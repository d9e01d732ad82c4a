//! The practice registry's own account: it is in no list, and ends with the registry.

use std::sync::PoisonError;

use secrecy::{ExposeSecret as _, SecretString};
use slipway_distribution::CredentialSource;
use slipway_hosts::Endpoint;

use super::describe::kind;
use super::{Record, host_of};
use crate::slipway::Slipway;
use crate::view::{AccountSource, AccountWay};

impl Slipway {
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
        self.registries.sign_in(
            &endpoint.name,
            username.to_owned(),
            secret.clone(),
            CredentialSource::Practice,
        );
        self.accounts.keep_secret(record.id(), secret.clone());
        let record = self.look(&record, &secret).await;
        *self.accounts.practice.write().unwrap_or_else(PoisonError::into_inner) = Some(record);
    }

    pub(super) fn practice_account(&self) -> Option<Record> {
        self.accounts.practice.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
