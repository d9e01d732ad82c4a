//! What is kept of accounts: their records in the store, their secrets in the keychain.

use secrecy::SecretString;
use slipway_credentials::EntryName;

use super::Accounts;
use super::record::{Record, Records};
use crate::clock::now;
use crate::registries::ASKING;
use crate::store::Database;
use crate::view::{AccountState, AccountsView};

impl Accounts {
    /// Reads the accounts that earlier runs kept, and their secrets and those of proxies from the keychain, which may ask
    /// its person.
    pub async fn load(&self) {
        self.load_records().await;
        self.read_secrets().await;
    }

    /// Reads the accounts that earlier runs kept alone, without their secrets: no keychain is asked.
    pub async fn load_records(&self) {
        let known = self.store.ask(Database::accounts).await;
        self.signed_in.change(|records| *records = Records::of(known));
    }

    /// Reads the secrets that are not in memory yet.
    pub(super) async fn read_secrets(&self) {
        let waiting: Vec<Record> = self.signed_in.read(|records| {
            records.iter().filter(|record| self.signed_in.secret(&record.id()).is_none()).cloned().collect()
        });
        for record in waiting {
            let Some(entry) = &record.entry else { continue };
            let state = match self.keychain.load(entry, ASKING).await {
                Ok(Some(secret)) => {
                    self.signed_in.keep_found(&record.id(), secret);
                    match record.state {
                        AccountState::Locked | AccountState::SecretMissing => AccountState::NotChecked,
                        state => state,
                    }
                }
                Ok(None) => AccountState::SecretMissing,
                Err(error) => {
                    tracing::warn!(%error, host = record.host, "reading a token from the keychain");
                    AccountState::Locked
                }
            };
            self.signed_in.change(|records| records.change(&record.id(), |record| record.state = state));
        }
        self.prefer_accounts();
        self.proxies.load().await;
    }

    /// Looks for the keychain once more, and reads what waits there.
    pub async fn check_keychain(&self) -> AccountsView {
        self.read_secrets().await;
        self.view().await
    }

    /// Saves the secret; whether that could be done.
    pub(super) async fn keep_in_keychain(&self, record: &mut Record, secret: &SecretString) -> bool {
        let Ok(host) = record.host.parse() else { return false };
        let entry = EntryName::of(&record.username, &host);
        match self.keychain.save(&entry, secret, ASKING).await {
            Ok(()) => record.entry = Some(entry),
            Err(error) => tracing::warn!(%error, host = record.host, "saving a token in the keychain"),
        }
        record.entry.is_some()
    }

    pub(super) async fn remove_entry(&self, entry: &EntryName) {
        if let Err(error) = self.keychain.remove(entry, ASKING).await {
            tracing::warn!(%error, "removing a token from the keychain");
        }
    }

    /// Keeps the records of a host whose secrets are kept, too.
    pub(super) async fn remember(&self, host: &str) {
        let of: Vec<Record> = self
            .signed_in
            .read(|records| records.iter().filter(|record| record.host == host).cloned().collect());
        let remember = move |store: &Database| {
            for record in of {
                match record.entry {
                    Some(_) => store.keep_account(&record.id(), &record),
                    None => store.forget_account(&record.id()),
                }
            }
        };
        self.store.ask(remember).await;
    }

    /// The warning of a token's end that was due has been told.
    pub async fn expiry_told(&self, id: &str) {
        let Ok(record) = self.record(id) else { return };
        let due = record.expiry_due(now());
        self.signed_in.change(|records| records.change(id, |record| record.told = due.or(record.told)));
        self.remember(&record.host).await;
    }

    /// Forgets an account, with its secret wherever Slipway keeps it.
    pub async fn sign_out(&self, id: &str) -> AccountsView {
        self.cancel_check(id);
        // The secret goes first: an account that is seen to be gone has left nothing behind.
        if let Some(entry) =
            self.signed_in.read(|records| records.get(id).and_then(|record| record.entry.clone()))
        {
            self.remove_entry(&entry).await;
        }
        if let Some(removed) = self.signed_in.change(|records| records.remove(id)) {
            let gone = id.to_owned();
            self.store.ask(move |store| store.forget_account(&gone)).await;
            self.signed_in.drop_secret(&removed);
            self.remember(&removed.host).await;
            self.prefer_accounts();
        }
        self.view().await
    }

    /// This account is used at its host until the process ends.
    pub fn use_for_this_run(&self, id: &str) {
        if let Ok(record) = self.record(id) {
            self.signed_in.change(|records| records.use_one(&record.host, id));
            self.prefer_accounts();
        }
    }

    /// From now on this account is used at its host.
    pub async fn use_account(&self, id: &str) -> AccountsView {
        self.use_for_this_run(id);
        if let Ok(record) = self.record(id) {
            self.remember(&record.host).await;
        }
        self.view().await
    }
}
