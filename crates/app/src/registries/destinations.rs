//! Where a credential goes: the places of each host, which of them its name says, and which the person confirmed.
//!
//! What keeps a page that was taken over from sending tokens away: as long as a host has an account, each of its places is
//! said by its name, was there when the account came, or was confirmed. So no change of a host, of a proxy or of the
//! accounts brings a credential to a new place without the person.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use slipway_distribution::Proxy;
use slipway_hosts::{Added, Endpoint, Hosts};
use tokio::sync::MutexGuard;

use super::confirm::{About, Confirm, Question};
use super::recipient::{Recipient, Recipients};
use super::ways::Ways;
use super::{Registries, endpoints_in};
use crate::settings::{Current, Settings};
use crate::view::{AccountSource, AccountWay, Code, FailureView};

/// The host that is always there, and whose places nobody can set.
const GITHUB_COM: &str = "github.com";

/// The accounts' names, by host.
pub(crate) type Holders = BTreeMap<String, Vec<String>>;

/// Asks the person before a credential goes to a new place.
pub(crate) struct Destinations {
    registries: Arc<Registries>,
    settings: Arc<Current>,
    confirm: Arc<dyn Confirm>,
    /// What the person confirmed in this run, by host.
    confirmed: Mutex<HashMap<String, Recipients>>,
    one: tokio::sync::Mutex<()>,
}

/// Somebody decides where credentials go: as long as this is held, nobody else does, so that nothing changes between the
/// question and what follows.
pub(crate) struct Deciding<'a> {
    of: &'a Destinations,
    _one: MutexGuard<'a, ()>,
}

impl Destinations {
    pub(crate) fn new(
        registries: Arc<Registries>,
        settings: Arc<Current>,
        confirm: Arc<dyn Confirm>,
    ) -> Self {
        Self {
            registries,
            settings,
            confirm,
            confirmed: Mutex::default(),
            one: tokio::sync::Mutex::default(),
        }
    }

    /// Waits until nobody else decides.
    pub(crate) async fn decide(&self) -> Deciding<'_> {
        Deciding { of: self, _one: self.one.lock().await }
    }

    /// What the host's name alone says, whatever kind of host it is, and what the file of `SLIPWAY_HOSTS` adds.
    fn said_by_name(&self, host: &str) -> Recipients {
        let base = self.registries.base();
        let mut said = places_of(base, host);
        let Ok(name) = host.parse() else { return said };
        for registry in [false, true] {
            let mut hosts = base.clone();
            if hosts.add(&name, &Added { registry, ..Added::default() }).is_ok() {
                said.extend(places_of(&hosts, host));
            }
        }
        said
    }

    fn confirmed(&self, host: &str) -> Recipients {
        let confirmed = self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        confirmed.get(host).cloned().unwrap_or_default()
    }

    fn keep_confirmed(&self, host: &str, places: Recipients) {
        let mut confirmed = self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        confirmed.entry(host.to_owned()).or_default().extend(places);
    }

    fn places_now(&self, host: &str) -> Recipients {
        self.registries.with_hosts(|hosts, ways| places(hosts, ways, host))
    }

    async fn ask_person(&self, about: &About<'_>, places: &Recipients) -> Result<(), FailureView> {
        let language = self.settings.language(&self.settings.get().view());
        if self.confirm.confirm(Question::of(&language, about, places)).await {
            return Ok(());
        }
        let message = "nothing was changed: where the token would go was not confirmed";
        Err(FailureView::new(Code::Cancelled, message))
    }
}

impl Deciding<'_> {
    /// Before hosts and proxies become those of `settings`: the person confirms every new place of a host that has an
    /// account.
    ///
    /// # Errors
    /// [`Code::Cancelled`] where they do not.
    pub(crate) async fn confirm_change(
        &self,
        accounts: &Holders,
        hosts: &Hosts,
        settings: &Settings,
    ) -> Result<(), FailureView> {
        let ways = Ways::of(settings);
        let (mut ids, mut new, mut changed) = (Vec::new(), Recipients::new(), Vec::new());
        for (host, of_host) in accounts {
            let before = self.of.places_now(host);
            let after = places(hosts, &ways, host);
            let known: Recipients = [&before, &self.of.said_by_name(host), &self.of.confirmed(host)]
                .into_iter()
                .flatten()
                .cloned()
                .collect();
            let unknown: Recipients = after.difference(&known).cloned().collect();
            if !unknown.is_empty() {
                ids.extend(of_host.iter().cloned());
                new.extend(unknown);
            }
            changed.push((host, before.into_iter().chain(after).collect()));
        }
        if !new.is_empty() {
            self.of.ask_person(&About::Accounts(&ids), &new).await?;
        }
        for (host, places) in changed {
            self.of.keep_confirmed(host, places);
        }
        Ok(())
    }

    /// Before a token becomes an account's at `host`: the person confirms where it goes, unless the host's name says it
    /// all. One that the page never had, from the clipboard or a file, is the person's to give to any host but GitHub's.
    ///
    /// # Errors
    /// [`Code::Cancelled`] where they do not.
    pub(crate) async fn confirm_account(
        &self,
        accounts: &Holders,
        host: &str,
        source: &AccountSource,
        held: bool,
    ) -> Result<(), FailureView> {
        let now = self.of.places_now(host);
        let known: Recipients = self.of.said_by_name(host).union(&self.of.confirmed(host)).cloned().collect();
        let mut unknown: Recipients = now.difference(&known).cloned().collect();
        if accounts.contains_key(host) {
            unknown.clear();
        }
        // What goes through a proxy is safe from it by TLS, unless somebody else's authority is trusted.
        if !now.iter().any(|place| matches!(place, Recipient::Authority(_))) {
            unknown.retain(|place| !matches!(place, Recipient::Proxy(_)));
        }
        let stranger = held && host != GITHUB_COM;
        if unknown.is_empty() && !stranger {
            return Ok(());
        }
        let about = match source.way {
            AccountWay::File if held => About::File(&source.name, host),
            _ if held => About::Clipboard(host),
            _ => About::NewAccount(host),
        };
        self.of.ask_person(&about, if stranger { &now } else { &unknown }).await?;
        self.of.keep_confirmed(host, now);
        Ok(())
    }
}

fn places_of(hosts: &Hosts, host: &str) -> Recipients {
    let places = endpoints_in(hosts, host).into_iter().flat_map(|endpoint| {
        let Endpoint { registry, api, realm, ca_file, .. } = endpoint;
        [
            Some(Recipient::Registry(registry.to_string())),
            api.map(|api| Recipient::Api(api.to_string())),
            realm.map(|realm| Recipient::Realm(realm.to_string())),
            ca_file.map(|path| Recipient::Authority(path.to_string_lossy().into_owned())),
        ]
    });
    places.flatten().collect()
}

/// The same with the proxy that leads there, where one is named.
fn places(hosts: &Hosts, ways: &Ways, host: &str) -> Recipients {
    let mut places = places_of(hosts, host);
    if let (Proxy::At(address), _) = ways.to(host) {
        places.insert(Recipient::Proxy(address.to_string()));
    }
    places
}
