//! What the window needs once: registries, accounts, appearance.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AccountView, Draft, OpenedView, SettingsView};

/// What the window needs to know once, when it starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StartView {
    /// Slipway's version.
    pub version: String,
    /// `en` or `zh-CN`, from the settings or else the system.
    pub language: String,
    /// What people chose.
    pub settings: SettingsView,
    /// The registries to offer, in order.
    pub registries: Vec<RegistryView>,
    /// The form as it was left, or an empty one.
    pub draft: Draft,
}

/// A registry that the form offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RegistryView {
    /// The endpoint's name, as it stands in references: `ghcr.io`, `127.0.0.1:5000`.
    pub name: String,
    /// What people are shown in its place: the practice registry plays `ghcr.io`.
    pub shown: String,
    /// Which of GitHub's two forms (and rules) it follows.
    pub form: RegistryForm,
    /// Deprecated by GitHub; shown with the chip "Legacy".
    pub legacy: bool,
    /// The practice registry on this computer.
    pub practice: bool,
    /// Where the endpoints file leads it instead, where it does (a lasting chip says so).
    pub overridden: Option<OverrideView>,
    /// The user name that is signed in there for this run, if any.
    pub account: Option<AccountView>,
}

/// What the endpoints file (`SLIPWAY_HOSTS`) leads elsewhere than the registry's name says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OverrideView {
    /// Which part of it.
    pub part: OverriddenPart,
    /// Where it is now: host and port; for a connection what was set for it.
    pub address: String,
    /// What is kept or found for the name is used there all the same, since the file says so.
    pub credentials: bool,
}

/// A part of a registry that the endpoints file can lead elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum OverriddenPart {
    /// The registry itself.
    Registry,
    /// The REST API.
    Api,
    /// The pages, and signing in with the browser.
    Web,
    /// Whom it trusts: a certificate authority, a token service, plain http, other rules.
    Connection,
}

/// Which fields a registry's references have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RegistryForm {
    /// `HOST/OWNER/NAME:VERSION`; the name may have several parts; the repository is optional and not in the path.
    OwnerName,
    /// `HOST/OWNER/REPOSITORY/NAME:VERSION`.
    OwnerRepositoryName,
}

/// The practice registry after it was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PracticeView {
    /// The registries to offer now.
    pub registries: Vec<RegistryView>,
    /// The generated sample image, with a filled form.
    pub opened: OpenedView,
}
