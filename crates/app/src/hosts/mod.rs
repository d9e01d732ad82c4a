//! The hosts that registries belong to: GitHub's own, and those that people add and set.

mod change;

pub use change::HostChange;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use slipway_credentials::EntryName;
use slipway_hosts::Profile;

use crate::accounts::Accounts;
use crate::clock::now;
use crate::registries::{Destinations, Proxies, Registries, proxy_entry, refused, with_settings};
use crate::settings::{Current, HostEntry, Settings, SettingsError};
use crate::view::{Code, FailureView, HostCheckView, HostField, HostKind, HostSettings, HostView, HostsView};
use change::{entry, host_name, password};

/// The host that is always there.
const GITHUB_COM: &str = "github.com";

/// The hosts of this run.
pub struct Hosts {
    settings: Arc<Current>,
    registries: Arc<Registries>,
    destinations: Arc<Destinations>,
    proxies: Arc<Proxies>,
    accounts: Arc<Accounts>,
}

impl Hosts {
    pub(crate) fn new(
        settings: Arc<Current>,
        registries: Arc<Registries>,
        destinations: Arc<Destinations>,
        proxies: Arc<Proxies>,
        accounts: Arc<Accounts>,
    ) -> Self {
        Self { settings, registries, destinations, proxies, accounts }
    }

    /// Calls `tell` with each host that has kept silent for two seconds, and with none once nobody does, until it returns
    /// false.
    pub async fn watch_silence(&self, tell: impl FnMut(Option<&str>) -> bool) {
        self.registries.watch_silence(tell).await;
    }

    /// Reads the passwords of proxies from the keychain, which may ask its person. Nothing is asked where no proxy has a
    /// user name.
    pub async fn load_proxy_passwords(&self) {
        self.proxies.load().await;
    }

    /// The hosts, GitHub's first.
    pub fn view(&self) -> Vec<HostView> {
        let set = self.settings.get().hosts;
        let mut hosts: Vec<HostView> = Vec::new();
        for endpoint in self.registries.endpoints() {
            let registry = endpoint.name.to_string();
            let name = endpoint.host().unwrap_or_else(|| registry.clone());
            let index = hosts.iter().position(|host| host.name == name).unwrap_or_else(|| {
                hosts.push(self.host_view(name, endpoint.profile, &set));
                hosts.len() - 1
            });
            hosts[index].registries.push(registry);
            hosts[index].overridden |= endpoint.overridden.is_some();
        }
        hosts
    }

    fn host_view(&self, name: String, profile: Profile, set: &BTreeMap<String, HostEntry>) -> HostView {
        let entry = set.get(&name).cloned().unwrap_or_default();
        let password = entry.proxy.as_ref().and_then(proxy_entry);
        HostView {
            kind: match profile {
                Profile::Ghcr | Profile::DockerPkg => HostKind::Github,
                Profile::GhesContainers | Profile::GhesDocker => HostKind::EnterpriseServer,
                Profile::GheCom => HostKind::GheCom,
                Profile::Generic => HostKind::Other,
            },
            registries: Vec::new(),
            built_in: name == GITHUB_COM || !set.contains_key(&name),
            overridden: false,
            ca_file: entry.ca_file.map(|path| path.to_string_lossy().into_owned()),
            proxy: entry.proxy.map(|proxy| proxy.to_string()),
            has_proxy_password: password.is_some_and(|entry| self.registries.has_proxy_password(&entry)),
            realm: entry.realm,
            api: entry.api,
            containers: entry.containers,
            docker: entry.docker,
            name,
        }
    }

    /// Adds a host, or sets one that is there anew, now and in the settings. What is empty is as usual: derived from the
    /// name, or as everywhere else. The proxy's password goes to the keychain, or stays in memory where there is none.
    ///
    /// # Errors
    /// [`Code::HostRefused`] with the `field` that cannot be used; nothing changes then.
    pub async fn set(&self, host: HostSettings) -> Result<HostsView, FailureView> {
        self.change(host.into()).await
    }

    /// The same, where what is not named stays.
    ///
    /// # Errors
    /// As for [`set`](Self::set), and [`Code::Cancelled`] where the person does not confirm where a token would
    /// go.
    pub async fn change(&self, host: HostChange) -> Result<HostsView, FailureView> {
        let shown = host.name.trim().to_owned();
        let name = host_name(&shown).ok_or_else(|| refused(&shown, HostField::Name, "it is no host"))?;
        let before = self.settings.get().hosts.remove(name.as_str()).unwrap_or_default();
        let entry = entry(name.as_str(), &host, before)?;
        let password = password(name.as_str(), &entry, host.proxy_password)?;
        let gone = self.change_hosts(
            name.as_str(),
            |hosts| _ = hosts.insert(name.to_string(), entry.clone()),
            |home| match entry == HostEntry::default() && name.as_str() == GITHUB_COM {
                true => Settings::remove_host(home, GITHUB_COM),
                false => Settings::set_host(home, name.as_str(), &entry),
            },
        );
        let gone = gone.await?;
        for entry in gone {
            self.proxies.forget(entry).await;
        }
        let mut kept = true;
        match password {
            Some((entry, Some(password))) => kept = self.proxies.keep(entry, password).await,
            Some((entry, None)) => self.proxies.forget(entry).await,
            // Another host may have brought it already.
            None => self.proxies.load().await,
        }
        Ok(HostsView { proxy_password_not_kept: !kept, ..self.hosts_now() })
    }

    /// Takes an added host away, now and in the settings, with its proxy's password. What is set for github.com is as
    /// usual again.
    pub async fn remove(&self, name: &str) -> Result<HostsView, FailureView> {
        let name = host_name(name).map_or_else(|| name.to_owned(), |name| name.to_string());
        let gone = self.change_hosts(
            &name,
            |hosts| _ = hosts.remove(&name),
            |home| Settings::remove_host(home, &name),
        );
        let gone = gone.await?;
        for entry in gone {
            self.proxies.forget(entry).await;
        }
        Ok(self.hosts_now())
    }

    /// Changes the hosts of the settings: here by `change`, in the file by `write`. Returns the proxies' passwords that no
    /// host needs any more.
    async fn change_hosts(
        &self,
        name: &str,
        change: impl FnOnce(&mut BTreeMap<String, HostEntry>),
        write: impl FnOnce(&Path) -> Result<Settings, SettingsError>,
    ) -> Result<Vec<EntryName>, FailureView> {
        let deciding = self.destinations.decide().await;
        let mut after = self.settings.get();
        change(&mut after.hosts);
        let hosts = with_settings(self.registries.base(), &after.hosts, self.settings.home())
            .map_err(|refusal| refusal.in_form(name))?;
        deciding.confirm_change(&self.accounts.holders(), &hosts, &after).await?;
        let mut settings = self.settings.lock();
        let changed = write(self.settings.home())
            .map_err(|error| FailureView::new(Code::SettingsFailed, error.to_string()))?;
        // Another Slipway may have set a host since; what cannot be used of it is told at the next start.
        let hosts =
            with_settings(self.registries.base(), &changed.hosts, self.settings.home()).unwrap_or(hosts);
        let (before, after) = (passwords(&settings), passwords(&changed));
        let gone = self.registries.use_hosts(hosts);
        self.accounts.forget_registries(&gone);
        self.registries.use_proxies(&changed);
        *settings = changed;
        drop(settings);
        Ok(before.into_iter().filter(|entry| !after.contains(entry)).collect())
    }

    /// Asks every registry of a host whether it is there.
    pub async fn check(&self, name: &str) -> Vec<HostCheckView> {
        let mut checks = Vec::new();
        for endpoint in self.registries.endpoints() {
            let registry = endpoint.name.to_string();
            if endpoint.host().as_deref().unwrap_or(&registry) != name {
                continue;
            }
            let failure = match self.accounts.registry(&endpoint) {
                Ok(client) => client.reach().await.err().map(|error| FailureView::registry(&error, now())),
                Err(error) => Some(FailureView::registry(&error, now())),
            };
            checks.push(HostCheckView { registry, reachable: failure.is_none(), failure });
        }
        checks
    }

    fn hosts_now(&self) -> HostsView {
        HostsView {
            hosts: self.view(),
            registries: self.accounts.registries(),
            proxy_password_not_kept: false,
        }
    }
}

/// The passwords that the hosts' own proxies need.
fn passwords(settings: &Settings) -> Vec<EntryName> {
    settings.hosts.values().filter_map(|host| proxy_entry(host.proxy.as_ref()?)).collect()
}
