//! The hosts that registries belong to: GitHub's own, and Enterprise ones that people add.

use std::path::Path;
use std::sync::PoisonError;

use slipway_hosts::Profile;
use slipway_reference::HostName;

use crate::files::pasted_path;
use crate::settings::Settings;
use crate::slipway::{Slipway, now};
use crate::view::{Code, FailureView, HostCheckView, HostKind, HostView, HostsView};

impl Slipway {
    /// The hosts, GitHub's first.
    pub fn hosts(&self) -> Vec<HostView> {
        let added = self.settings().hosts;
        let mut hosts: Vec<HostView> = Vec::new();
        for endpoint in self.registries.endpoints() {
            let registry = endpoint.name.to_string();
            let name = endpoint.host().unwrap_or_else(|| registry.clone());
            let index = hosts.iter().position(|host| host.name == name).unwrap_or_else(|| {
                hosts.push(HostView {
                    kind: match endpoint.profile {
                        Profile::Ghcr | Profile::DockerPkg => HostKind::Github,
                        Profile::GhesContainers | Profile::GhesDocker => HostKind::EnterpriseServer,
                        Profile::GheCom => HostKind::GheCom,
                        Profile::Generic => HostKind::Other,
                    },
                    registries: Vec::new(),
                    built_in: !added.contains_key(&name),
                    overridden: false,
                    ca_file: None,
                    name,
                });
                hosts.len() - 1
            });
            hosts[index].registries.push(registry);
            hosts[index].overridden |= endpoint.overridden;
            hosts[index].ca_file = endpoint.ca_file.map(|path| path.to_string_lossy().into_owned());
        }
        hosts
    }

    /// Adds a GitHub Enterprise host, now and in the settings. `ca_file` is empty or the path of a certificate
    /// authority's file, PEM.
    pub fn add_host(&self, name: &str, ca_file: &str) -> Result<HostsView, FailureView> {
        let refused = |reason: String| {
            FailureView::new(Code::HostRefused, format!("{name}: {reason}")).with("reason", reason)
        };
        let host = host_name(name).ok_or_else(|| refused("it is no host".to_owned()))?;
        let ca_file = Some(ca_file.trim()).filter(|text| !text.is_empty()).map(pasted_path);
        if let Some(path) = &ca_file {
            certificates(path).map_err(|reason| refused(format!("the certificate file: {reason}")))?;
        }
        let mut settings = self.settings.write().unwrap_or_else(PoisonError::into_inner);
        self.registries
            .change_hosts(|hosts| hosts.add_enterprise(&host, ca_file.as_deref()))
            .map_err(|error| refused(error.to_string()))?;
        match Settings::add_host(&self.home, host.as_str(), ca_file.as_deref()) {
            Ok(changed) => *settings = changed,
            Err(error) => {
                self.registries.change_hosts(|hosts| hosts.remove_enterprise(&host));
                return Err(FailureView::new(Code::SettingsFailed, error.to_string()));
            }
        }
        drop(settings);
        Ok(self.hosts_now())
    }

    /// Takes an added host away, now and in the settings.
    pub fn remove_host(&self, name: &str) -> Result<HostsView, FailureView> {
        let mut settings = self.settings.write().unwrap_or_else(PoisonError::into_inner);
        *settings = Settings::remove_host(&self.home, name)
            .map_err(|error| FailureView::new(Code::SettingsFailed, error.to_string()))?;
        drop(settings);
        if let Some(host) = host_name(name) {
            self.registries.change_hosts(|hosts| hosts.remove_enterprise(&host));
        }
        Ok(self.hosts_now())
    }

    /// Asks every registry of a host whether it is there.
    pub async fn check_host(&self, name: &str) -> Vec<HostCheckView> {
        let mut checks = Vec::new();
        for endpoint in self.registries.endpoints() {
            let registry = endpoint.name.to_string();
            if endpoint.host().as_deref().unwrap_or(&registry) != name {
                continue;
            }
            let failure = match self.registries.client(&endpoint) {
                Ok(client) => client.reach().await.err().map(|error| FailureView::registry(&error, now())),
                Err(error) => Some(FailureView::registry(&error, now())),
            };
            checks.push(HostCheckView { registry, reachable: failure.is_none(), failure });
        }
        checks
    }

    fn hosts_now(&self) -> HostsView {
        HostsView { hosts: self.hosts(), registries: self.registries.offered() }
    }
}

/// A host as people write it: with or without the address around it.
fn host_name(text: &str) -> Option<HostName> {
    let text = text.trim();
    let text = text.strip_prefix("https://").unwrap_or(text);
    text.split('/').next()?.to_ascii_lowercase().parse().ok()
}

/// Looks whether a file holds certificates.
fn certificates(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    if text.contains("-----BEGIN CERTIFICATE-----") {
        Ok(())
    } else {
        Err("it holds no certificate (PEM)".to_owned())
    }
}
