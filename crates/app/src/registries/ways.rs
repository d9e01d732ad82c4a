//! The ways to the hosts: which proxy each is reached through, and the passwords that are known.

use std::collections::{HashMap, HashSet};

use secrecy::SecretString;
use slipway_credentials::EntryName;
use slipway_distribution::Proxy;

use crate::settings::Settings;

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
