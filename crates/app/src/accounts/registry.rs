//! Accounts at registries that are not GitHub's: the registry itself says whether it takes a credential.

use std::sync::Arc;

use secrecy::SecretString;
use slipway_credentials::Memory;
use slipway_distribution::{Credential, Error, SignIn};

use super::Accounts;
use super::add::named;
use super::describe::is_away;
use super::record::Record;
use super::signed_in::source_of;
use crate::clock::now;
use crate::view::{Code, FailureView};

impl Accounts {
    /// Tries a new account at its registry, and takes in what it says. `anyway`: it may be away.
    pub(super) async fn try_registry(
        &self,
        record: &mut Record,
        secret: &SecretString,
        anyway: bool,
    ) -> Result<(), FailureView> {
        named(&record.username)?;
        let said = self.sign_in_at(record, secret).await;
        record.tried(&said, now());
        match said {
            Ok(_) => Ok(()),
            Err(error) if is_away(&error) && anyway => Ok(()),
            Err(error) => Err(refusal(&error)),
        }
    }

    /// Signs in at the account's registry, as nobody else.
    pub(super) async fn sign_in_at(
        &self,
        record: &Record,
        secret: &SecretString,
    ) -> Result<SignIn, Box<Error>> {
        // A host has one where its API is not known.
        let Some(endpoint) = self.registries.of_host(&record.host).into_iter().next() else {
            return Ok(SignIn::NotWanted);
        };
        let credentials = Memory::default();
        let (username, source) = (record.username.clone(), source_of(record));
        credentials.set(endpoint.name.clone(), Credential { username, secret: secret.clone(), source });
        self.registries.client(&endpoint, Arc::new(credentials))?.sign_in().await.map_err(Box::new)
    }
}

fn refusal(error: &Error) -> FailureView {
    let view = FailureView::registry(error, now());
    if !error.refuses_credential() {
        return view;
    }
    let FailureView { about, technical, .. } = view;
    let message = format!("{} does not take this user name with this token", error.host);
    FailureView { about, technical, ..FailureView::new(Code::DeniedCredential, message) }
}
