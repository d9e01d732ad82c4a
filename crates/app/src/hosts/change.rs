//! A host as somebody sets it, and what the settings are to say of it then.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use slipway_credentials::EntryName;
use slipway_distribution::Proxy;
use slipway_hosts::Hosts;
use slipway_reference::HostName;

use crate::accounts::LONGEST_TOKEN;
use crate::paths::pasted_path;
use crate::registries::{proxy_entry, refused};
use crate::settings::HostEntry;
use crate::view::{FailureView, HostField, HostSettings};

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

/// What the settings are to say of a host that is set as `before` says. Its addresses are judged with all others.
pub(super) fn entry(name: &str, host: &HostChange, before: HostEntry) -> Result<HostEntry, FailureView> {
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let or = |given: &Option<String>, before: Option<String>| match given {
        Some(given) => text(given),
        None => before,
    };
    let proxy = match &host.proxy {
        Some(given) => text(given)
            .map(|text| text.parse::<Proxy>())
            .transpose()
            .map_err(|error| refused(name, HostField::Proxy, error.to_string()))?,
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
            .map_err(|reason| refused(name, HostField::CaFile, reason))?,
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
pub(super) fn password(
    name: &str,
    entry: &HostEntry,
    password: Option<SecretString>,
) -> Result<Option<(EntryName, Option<SecretString>)>, FailureView> {
    let Some(password) = password else { return Ok(None) };
    let text = password.expose_secret();
    let given = !text.is_empty();
    if text.len() > LONGEST_TOKEN || text.contains(char::is_control) {
        return Err(refused(name, HostField::ProxyPassword, "it is too long, or holds a line break"));
    }
    match entry.proxy.as_ref().and_then(proxy_entry) {
        Some(entry) => Ok(Some((entry, given.then_some(password)))),
        None if given => {
            let reason =
                "it takes a user name in the proxy's address, such as http://octocat@proxy.example.com:8080";
            Err(refused(name, HostField::ProxyPassword, reason))
        }
        None => Ok(None),
    }
}

/// A host as people write it: with or without the address around it. Plain http is for this computer only, where it is
/// the rule.
pub(super) fn host_name(text: &str) -> Option<HostName> {
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
