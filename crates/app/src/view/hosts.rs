//! The hosts that registries belong to.

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
    /// It came with Slipway and cannot be removed.
    pub built_in: bool,
    /// The endpoints file gives one of its registries another address.
    pub overridden: bool,
    /// The file of a certificate authority that is trusted for it beside the system's, as it was given.
    pub ca_file: Option<String>,
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
    /// A registry that the endpoints file names.
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
