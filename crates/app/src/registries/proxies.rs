//! The passwords of proxies: in the keychain, and with the ways that need them.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use slipway_credentials::{EntryName, Keychain};

use super::Registries;

/// How long the keychain may take where it has to ask its person for a password.
pub(crate) const ASKING: Duration = Duration::from_secs(120);

/// Keeps the passwords of proxies.
pub(crate) struct Proxies {
    keychain: Keychain,
    registries: Arc<Registries>,
}

impl Proxies {
    pub(crate) fn new(keychain: Keychain, registries: Arc<Registries>) -> Self {
        Self { keychain, registries }
    }

    /// Reads the passwords from the keychain, which may ask its person. Nothing is asked where no proxy has a user name.
    pub(crate) async fn load(&self) {
        for entry in self.registries.proxy_entries() {
            if self.registries.has_proxy_password(&entry) {
                continue;
            }
            match self.keychain.load(&entry, ASKING).await {
                Ok(Some(password)) => self.registries.set_proxy_password(entry, Some(password)),
                Ok(None) => {}
                // The next one would ask the same question of the same person.
                Err(error) => {
                    return tracing::warn!(%error, "reading a proxy's password from the keychain");
                }
            }
        }
    }

    /// Keeps a password; whether the keychain took it, and not only this run.
    pub(crate) async fn keep(&self, entry: EntryName, password: SecretString) -> bool {
        let saved = self.keychain.save(&entry, &password, ASKING).await;
        if let Err(error) = &saved {
            tracing::warn!(%error, "saving a proxy's password in the keychain");
        }
        self.registries.set_proxy_password(entry, Some(password));
        saved.is_ok()
    }

    /// Forgets a password, here and in the keychain.
    pub(crate) async fn forget(&self, entry: EntryName) {
        if let Err(error) = self.keychain.remove(&entry, ASKING).await {
            tracing::warn!(%error, "removing a proxy's password from the keychain");
        }
        self.registries.set_proxy_password(entry, None);
    }
}
