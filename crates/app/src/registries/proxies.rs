//! The ways to the hosts: which proxy each is reached through, and the proxies' passwords.

use std::collections::{HashMap, HashSet};

use secrecy::SecretString;
use slipway_credentials::EntryName;
use slipway_distribution::Proxy;

use crate::accounts::ASKING;
use crate::settings::Settings;
use crate::slipway::Slipway;

/// The proxy of each host, and the passwords that are known in this run.
#[derive(Default)]
pub(crate) struct Ways {
    everywhere: Proxy,
    hosts: HashMap<String, Proxy>,
    passwords: HashMap<EntryName, SecretString>,
}

impl Ways {
    pub(crate) fn of(settings: &Settings) -> Self {
        let mut ways = Self::default();
        ways.set(settings);
        ways
    }

    /// Takes over what the settings say; passwords stay.
    pub(crate) fn set(&mut self, settings: &Settings) {
        self.everywhere = settings.network.proxy.clone().unwrap_or_default();
        let hosts = settings.hosts.iter();
        self.hosts = hosts.filter_map(|(name, host)| Some((name.clone(), host.proxy.clone()?))).collect();
    }

    /// The way to a host.
    pub(crate) fn to(&self, host: &str) -> (Proxy, Option<SecretString>) {
        let proxy = self.hosts.get(host).unwrap_or(&self.everywhere);
        let password = entry(proxy).and_then(|entry| self.passwords.get(&entry).cloned());
        (proxy.clone(), password)
    }

    /// The passwords that are in use, each once.
    pub(crate) fn entries(&self) -> Vec<EntryName> {
        let proxies = std::iter::once(&self.everywhere).chain(self.hosts.values());
        proxies.filter_map(entry).collect::<HashSet<_>>().into_iter().collect()
    }

    pub(crate) fn has_password(&self, entry: &EntryName) -> bool {
        self.passwords.contains_key(entry)
    }

    pub(crate) fn set_password(&mut self, entry: EntryName, password: Option<SecretString>) {
        match password {
            Some(password) => self.passwords.insert(entry, password),
            None => self.passwords.remove(&entry),
        };
    }
}

/// What the keychain calls the password of a proxy; none where it is asked without a user name.
pub(crate) fn entry(proxy: &Proxy) -> Option<EntryName> {
    proxy.sign_in().map(|(user, place)| EntryName::of_proxy(user, &place))
}

impl Slipway {
    /// Reads the passwords of proxies from the keychain, which may ask its person. Nothing is asked where no proxy has a
    /// user name.
    pub async fn load_proxy_passwords(&self) {
        for entry in self.registries.proxy_entries() {
            if self.registries.has_proxy_password(&entry) {
                continue;
            }
            match self.accounts.keychain().load(&entry, ASKING).await {
                Ok(Some(password)) => self.registries.set_proxy_password(entry, Some(password)),
                Ok(None) => {}
                // The next one would ask the same question of the same person.
                Err(error) => {
                    return tracing::warn!(%error, "reading a proxy's password from the keychain");
                }
            }
        }
    }

    /// Keeps a proxy's password; whether the keychain took it, and not only this run.
    pub(crate) async fn keep_proxy_password(&self, entry: EntryName, password: SecretString) -> bool {
        let saved = self.accounts.keychain().save(&entry, &password, ASKING).await;
        if let Err(error) = &saved {
            tracing::warn!(%error, "saving a proxy's password in the keychain");
        }
        self.registries.set_proxy_password(entry, Some(password));
        saved.is_ok()
    }

    /// Forgets a proxy's password, here and in the keychain.
    pub(crate) async fn forget_proxy_password(&self, entry: EntryName) {
        if let Err(error) = self.accounts.keychain().remove(&entry, ASKING).await {
            tracing::warn!(%error, "removing a proxy's password from the keychain");
        }
        self.registries.set_proxy_password(entry, None);
    }
}
