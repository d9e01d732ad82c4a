//! The hosts that registries belong to: GitHub's own, and those that people add and set.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use slipway_credentials::EntryName;
use slipway_distribution::Proxy;
use slipway_hosts::{Hosts, Profile};
use slipway_reference::HostName;

use crate::accounts::LONGEST_TOKEN;
use crate::clock::now;
use crate::paths::pasted_path;
use crate::registries::{proxy_entry, refused, with_settings};
use crate::settings::{HostEntry, Settings, SettingsError};
use crate::slipway::Slipway;
use crate::view::{Code, FailureView, HostCheckView, HostKind, HostSettings, HostView, HostsView};

/// The host that is always there.
const GITHUB_COM: &str = "github.com";

/// What is to change about a host; what is not named stays as it is.
#[derive(Default)]
pub struct HostChange {
    /// `ghe.example.com`, `octocorp.ghe.com`, a registry, or `github.com`; an address around it is taken off.
    pub name: String,
    /// The path of a certificate authority's file, PEM. Here and below, an empty one is as usual again.
    pub ca_file: Option<String>,
    /// `none`, `system`, or a proxy's address, perhaps with a user name, never with a password.
    pub proxy: Option<String>,
    /// The password for the proxy's user name; an empty one removes it.
    pub proxy_password: Option<SecretString>,
    /// It is a registry of its own, not a GitHub Enterprise host.
    pub registry: Option<bool>,
    /// A host of somebody else that tokens may be asked for at.
    pub realm: Option<String>,
    /// The address of its REST API.
    pub api: Option<String>,
    /// Its container registry: a host, an address, or `none`.
    pub containers: Option<String>,
    /// Its older Docker registry, likewise.
    pub docker: Option<String>,
}

impl From<HostSettings> for HostChange {
    fn from(host: HostSettings) -> Self {
        Self {
            name: host.name,
            ca_file: Some(host.ca_file),
            proxy: Some(host.proxy),
            proxy_password: host.proxy_password,
            registry: Some(host.registry),
            realm: Some(host.realm),
            api: Some(host.api),
            containers: Some(host.containers),
            docker: Some(host.docker),
        }
    }
}

impl Slipway {
    /// The hosts, GitHub's first.
    pub fn hosts(&self) -> Vec<HostView> {
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
    pub async fn set_host(&self, host: HostSettings) -> Result<HostsView, FailureView> {
        self.change_host(host.into()).await
    }

    /// The same, where what is not named stays.
    ///
    /// # Errors
    /// As for [`set_host`](Self::set_host), and [`Code::Cancelled`] where the person does not confirm where a token would
    /// go.
    pub async fn change_host(&self, host: HostChange) -> Result<HostsView, FailureView> {
        let shown = host.name.trim().to_owned();
        let name = host_name(&shown).ok_or_else(|| refused(&shown, "name", "it is no host"))?;
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
    pub async fn remove_host(&self, name: &str) -> Result<HostsView, FailureView> {
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
        self.accounts.leave(&self.registries.use_hosts(hosts));
        self.registries.use_proxies(&changed);
        *settings = changed;
        drop(settings);
        Ok(before.into_iter().filter(|entry| !after.contains(entry)).collect())
    }

    /// Asks every registry of a host whether it is there.
    pub async fn check_host(&self, name: &str) -> Vec<HostCheckView> {
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
            hosts: self.hosts(),
            registries: self.accounts.registries(),
            proxy_password_not_kept: false,
        }
    }
}

/// What the settings are to say of a host that is set as `before` says. Its addresses are judged with all others.
fn entry(name: &str, host: &HostChange, before: HostEntry) -> Result<HostEntry, FailureView> {
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let or = |given: &Option<String>, before: Option<String>| match given {
        Some(given) => text(given),
        None => before,
    };
    let proxy = match &host.proxy {
        Some(given) => text(given)
            .map(|text| text.parse::<Proxy>())
            .transpose()
            .map_err(|error| refused(name, "proxy", error.to_string()))?,
        None => before.proxy,
    };
    let known = before.ca_file.as_ref().map(|path| path.to_string_lossy().into_owned());
    let ca_file = match host.ca_file.as_deref().and_then(text) {
        _ if host.ca_file.is_none() => before.ca_file,
        // As it stands in the settings, where it counts from Slipway's own directory.
        given if given == known => before.ca_file,
        given => given
            .map(|text| certificates(&text))
            .transpose()
            .map_err(|reason| refused(name, "caFile", reason))?,
    };
    Ok(HostEntry {
        ca_file,
        proxy,
        registry: host.registry.unwrap_or(before.registry),
        realm: or(&host.realm, before.realm),
        api: or(&host.api, before.api),
        containers: or(&host.containers, before.containers),
        docker: or(&host.docker, before.docker),
    })
}

/// What becomes of the password of the host's proxy: nothing, or another one, or none any more.
fn password(
    name: &str,
    entry: &HostEntry,
    password: Option<SecretString>,
) -> Result<Option<(EntryName, Option<SecretString>)>, FailureView> {
    let Some(password) = password else { return Ok(None) };
    let text = password.expose_secret();
    let given = !text.is_empty();
    if text.len() > LONGEST_TOKEN || text.contains(char::is_control) {
        return Err(refused(name, "proxyPassword", "it is too long, or holds a line break"));
    }
    match entry.proxy.as_ref().and_then(proxy_entry) {
        Some(entry) => Ok(Some((entry, given.then_some(password)))),
        None if given => {
            let reason =
                "it takes a user name in the proxy's address, such as http://octocat@proxy.example.com:8080";
            Err(refused(name, "proxyPassword", reason))
        }
        None => Ok(None),
    }
}

/// The passwords that the hosts' own proxies need.
fn passwords(settings: &Settings) -> Vec<EntryName> {
    settings.hosts.values().filter_map(|host| proxy_entry(host.proxy.as_ref()?)).collect()
}

/// A host as people write it: with or without the address around it. Plain http is for this computer only, where it is
/// the rule.
fn host_name(text: &str) -> Option<HostName> {
    let text = text.trim();
    let (http, text) = match text.strip_prefix("http://") {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix("https://").unwrap_or(text)),
    };
    let name: HostName = text.split('/').next()?.to_ascii_lowercase().parse().ok()?;
    let here = || Hosts::builtin().endpoint(&name, false).is_ok_and(|endpoint| endpoint.is_loopback());
    (!http || here()).then_some(name)
}

/// The path of a file that holds certificates, however it was pasted; whole, since the settings are read elsewhere.
fn certificates(text: &str) -> Result<PathBuf, String> {
    let path = std::path::absolute(pasted_path(text)).map_err(|error| error.to_string())?;
    let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    if text.contains("-----BEGIN CERTIFICATE-----") {
        Ok(path)
    } else {
        Err("it holds no certificate (PEM)".to_owned())
    }
}
