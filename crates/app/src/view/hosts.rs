//! The hosts that registries belong to.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{FailureView, RegistryView};

/// A host with its registries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostView {
    /// Where its pages are: `github.com`, `ghe.example.com`.
    pub name: String,
    /// What it is.
    pub kind: HostKind,
    /// Its registries, as they stand in references.
    pub registries: Vec<String>,
    /// It came with Slipway or the endpoints file, and cannot be removed.
    pub built_in: bool,
    /// The endpoints file gives one of its registries another address.
    pub overridden: bool,
    /// The file of a certificate authority that is trusted for it beside the system's, where one is set.
    pub ca_file: Option<String>,
    /// The way there: `system`, `none` or a proxy's address, perhaps with a user name; none as everywhere else.
    pub proxy: Option<String>,
    /// A password for the proxy's user name is known.
    pub has_proxy_password: bool,
    /// A host of somebody else that tokens may be asked for at, where one is set.
    pub realm: Option<String>,
    /// The address of its REST API, where one is set; else it is derived from the name.
    pub api: Option<String>,
    /// Its container registry as it is set: a host, an address or `none`; else it is derived.
    pub containers: Option<String>,
    /// Its older Docker registry, likewise.
    pub docker: Option<String>,
}

/// A host as somebody sets it. What is empty is derived from the name, or as everywhere else.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostSettings {
    /// `ghe.example.com`, `octocorp.ghe.com`, a registry, or `github.com`; an address around it is taken off.
    pub name: String,
    /// The path of a certificate authority's file, PEM.
    pub ca_file: String,
    /// `none`, `system`, or a proxy's address, perhaps with a user name, never with a password.
    pub proxy: String,
    /// The password for the proxy's user name; none keeps what is there, an empty one removes it.
    #[ts(type = "string | null")]
    pub proxy_password: Option<SecretString>,
    /// It is a registry of its own, not a GitHub Enterprise host.
    pub registry: bool,
    /// A host of somebody else that tokens may be asked for at; an address around it is taken off.
    pub realm: String,
    /// The address of its REST API.
    pub api: String,
    /// Its container registry: a host, an address, or `none`.
    pub containers: String,
    /// Its older Docker registry, likewise.
    pub docker: String,
}

/// What a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum HostKind {
    /// github.com
    Github,
    /// A GitHub Enterprise Server.
    EnterpriseServer,
    /// A company's part of GHE.com.
    GheCom,
    /// A registry of its own: added, or named by the endpoints file.
    Other,
}

/// The hosts after a change, and what the form offers now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostsView {
    /// The hosts.
    pub hosts: Vec<HostView>,
    /// The registries.
    pub registries: Vec<RegistryView>,
    /// The keychain would not take the proxy's password, so that it is kept until Slipway quits.
    pub proxy_password_not_kept: bool,
}

/// Whether a registry of a host answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HostCheckView {
    /// The registry.
    pub registry: String,
    /// It answered as a registry does.
    pub reachable: bool,
    /// What is missing, where it did not.
    pub failure: Option<FailureView>,
}
