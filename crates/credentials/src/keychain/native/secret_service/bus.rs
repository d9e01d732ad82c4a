//! The part of the Secret Service's interfaces (specification, version 0.2) that unlocking needs.

use std::collections::HashMap;

use zbus::zvariant::{OwnedObjectPath, OwnedValue};

/// The service's name on the session bus.
pub(super) const NAME: &str = "org.freedesktop.secrets";
/// A keyring's interface.
pub(super) const COLLECTION: &str = "org.freedesktop.Secret.Collection";

#[zbus::proxy(
    interface = "org.freedesktop.Secret.Service",
    default_service = "org.freedesktop.secrets",
    default_path = "/org/freedesktop/secrets",
    gen_blocking = false
)]
pub(super) trait Service {
    /// The entries that have `attributes`: unlocked ones, locked ones.
    fn search_items(
        &self,
        attributes: HashMap<&str, &str>,
    ) -> zbus::Result<(Vec<OwnedObjectPath>, Vec<OwnedObjectPath>)>;

    /// The keyring that is known as `name`; `/` for none.
    fn read_alias(&self, name: &str) -> zbus::Result<OwnedObjectPath>;

    /// Unlocks entries or keyrings: those that are unlocked now, and the question that the others need; `/` for none.
    fn unlock(&self, objects: Vec<OwnedObjectPath>) -> zbus::Result<(Vec<OwnedObjectPath>, OwnedObjectPath)>;
}

#[zbus::proxy(
    interface = "org.freedesktop.Secret.Prompt",
    default_service = "org.freedesktop.secrets",
    gen_blocking = false
)]
pub(super) trait Prompt {
    /// Shows the question.
    fn prompt(&self, window: &str) -> zbus::Result<()>;

    /// It was answered.
    #[zbus(signal)]
    fn completed(&self, dismissed: bool, result: OwnedValue) -> zbus::Result<()>;
}
