//! The Secret Service of Linux desktops: GNOME Keyring, `KWallet`, `KeePassXC`.
//!
//! The store blocks on a question that nobody answers, and offers no way to end that. So keyrings are unlocked here,
//! before the store is used. A question outlives the call that asked it: GNOME Keyring (42.1) leaves its window on the
//! screen even when the question is dismissed or who asked is gone, and a later call that asked again would put a
//! second window behind the first. Later calls wait for the answer to the first one instead.

mod bus;
mod meaning;
mod question;

use std::collections::HashMap;
use std::sync::Arc;

use bus::{COLLECTION, ServiceProxy};
use keyring_core::CredentialStore;
use meaning::on_the_bus;
use question::Answer;
use zbus::Connection;
use zbus::zvariant::OwnedObjectPath;

use super::Purpose;
use crate::keychain::{EntryName, KeychainError, KeychainState, MissingReason};

pub(in crate::keychain) use meaning::error;
pub(in crate::keychain) use question::Pending;

/// Connects anew: a service that started since, or started again, is found.
pub(in crate::keychain) fn open() -> Result<Arc<CredentialStore>, KeychainError> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

pub(in crate::keychain) fn modifiers(name: &EntryName) -> HashMap<&str, &str> {
    HashMap::from([("label", name.label.as_str())])
}

/// What the default keyring is like, which a new entry is saved in.
pub(in crate::keychain) async fn state() -> Result<KeychainState, KeychainError> {
    let service = Service::connect().await?;
    let Some(keyring) = service.default_keyring().await? else {
        return Ok(KeychainState::Missing { reason: MissingReason::NoKeyring });
    };
    let locked = service.is_locked(&keyring).await?;
    Ok(if locked { KeychainState::Locked } else { KeychainState::Ready })
}

/// Unlocks what `name` needs, asking the person where the service wants that. Says whether there is anything to do:
/// an entry that is not there can be neither read nor removed.
pub(in crate::keychain) async fn unlock(
    name: &EntryName,
    purpose: Purpose,
    pending: &mut Pending,
) -> Result<bool, KeychainError> {
    let service = Service::connect().await?;
    // An answer to an earlier call's question may have been about another keyring.
    for _ in 0..2 {
        let locked = match service.needs(name, purpose).await? {
            Needs::Nothing => return Ok(false),
            Needs::Unlocked => return Ok(true),
            Needs::Locked(objects) => objects,
        };
        if pending.is_answered() {
            let (_, prompt) = service.proxy.unlock(locked).await.map_err(|failed| on_the_bus(&failed))?;
            if prompt.as_str() == "/" {
                return Ok(true);
            }
            pending.ask(&service.connection, prompt);
        }
        // A dismissed question, and one that could not be shown, look the same.
        if pending.answer().await == Some(Answer::Dismissed) {
            return Err(KeychainError::Locked);
        }
    }
    match service.needs(name, purpose).await? {
        Needs::Nothing => Ok(false),
        Needs::Unlocked => Ok(true),
        Needs::Locked(_) => Err(KeychainError::Locked),
    }
}

/// What must be unlocked.
enum Needs {
    /// There is no such entry.
    Nothing,
    Unlocked,
    Locked(Vec<OwnedObjectPath>),
}

/// The service, on a connection of this call's own. No secret passes over it.
struct Service {
    connection: Connection,
    proxy: ServiceProxy<'static>,
}

impl Service {
    async fn connect() -> Result<Self, KeychainError> {
        let connect = async {
            let connection = Connection::session().await?;
            let proxy = ServiceProxy::new(&connection).await?;
            Ok(Self { connection, proxy })
        };
        connect.await.map_err(|failed: zbus::Error| on_the_bus(&failed))
    }

    async fn default_keyring(&self) -> Result<Option<OwnedObjectPath>, KeychainError> {
        let keyring = self.proxy.read_alias("default").await.map_err(|failed| on_the_bus(&failed))?;
        Ok((keyring.as_str() != "/").then_some(keyring))
    }

    async fn is_locked(&self, keyring: &OwnedObjectPath) -> Result<bool, KeychainError> {
        let proxy = zbus::Proxy::new(&self.connection, bus::NAME, keyring, COLLECTION).await;
        let proxy = proxy.map_err(|failed| on_the_bus(&failed))?;
        proxy.get_property("Locked").await.map_err(|failed| on_the_bus(&failed))
    }

    async fn needs(&self, name: &EntryName, purpose: Purpose) -> Result<Needs, KeychainError> {
        let wanted = HashMap::from([("service", name.service.as_str()), ("username", name.user.as_str())]);
        let (unlocked, locked) =
            self.proxy.search_items(wanted).await.map_err(|failed| on_the_bus(&failed))?;
        Ok(match (unlocked.is_empty(), locked.is_empty(), purpose) {
            (_, false, _) => Needs::Locked(locked),
            (false, true, _) => Needs::Unlocked,
            (true, true, Purpose::Find) => Needs::Nothing,
            (true, true, Purpose::Save) => {
                let keyring = self.default_keyring().await?;
                let keyring = keyring.ok_or(KeychainError::Missing(MissingReason::NoKeyring))?;
                if self.is_locked(&keyring).await? { Needs::Locked(vec![keyring]) } else { Needs::Unlocked }
            }
        })
    }
}
