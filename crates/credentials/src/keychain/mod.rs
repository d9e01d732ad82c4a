//! The system's keychain.
//!
//! `keyring`'s own way to begin remembers for good that no keychain was found (its `LazyLock`). Here the store is set
//! up for each call, so that a keychain which starts later, or starts again, is found by the same process.

mod error;
mod name;
mod native;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use keyring::Entry;
use keyring_core::CredentialStore;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Mutex, oneshot};

pub use error::{KeychainError, KeychainState, MissingReason};
pub use name::EntryName;
use native::Purpose;

/// The system's keychain, or one that stands in for it. Clones are the same keychain.
///
/// No call blocks its caller. A call that is dropped or reaches its time limit never holds up a later one; its outcome
/// is then unknown: what it was to do may still be done. Calls are made one after the other, so that a person never
/// sees two questions at once, and a question that is still unanswered is not asked again: later calls wait for the
/// answer to it, each within its own limit, which includes the wait for its turn.
#[derive(Clone)]
pub struct Keychain {
    store: Option<Arc<CredentialStore>>,
    turn: Arc<Mutex<native::Pending>>,
}

impl Keychain {
    /// The system's own.
    pub fn system() -> Self {
        Self { store: None, turn: Arc::default() }
    }

    /// One that stands in for it, such as `keyring_core::mock::Store`, for tests. It is always ready.
    pub fn with_store(store: Arc<CredentialStore>) -> Self {
        Self { store: Some(store), turn: Arc::default() }
    }

    /// What it can do now. Asked anew each time, without a question to the person, and while other calls wait.
    pub async fn state(&self, limit: Duration) -> KeychainState {
        if self.store.is_some() {
            return KeychainState::Ready;
        }
        match tokio::time::timeout(limit, native::state()).await {
            Ok(Ok(state)) => state,
            Ok(Err(KeychainError::Locked)) => KeychainState::Locked,
            Ok(Err(KeychainError::Missing(reason))) => KeychainState::Missing { reason },
            Ok(Err(KeychainError::TimedOut)) | Err(_) => {
                KeychainState::Missing { reason: MissingReason::NoAnswer }
            }
            Ok(Err(_)) => KeychainState::Missing { reason: MissingReason::NoService },
        }
    }

    /// Saves `secret` under `name`, in place of an earlier one.
    pub async fn save(
        &self,
        name: &EntryName,
        secret: &SecretString,
        limit: Duration,
    ) -> Result<(), KeychainError> {
        let secret = secret.clone();
        self.call(name, Purpose::Save, limit, move |entry| entry.set_password(secret.expose_secret()))
            .await
            .map(|_| ())
    }

    /// What is saved under `name`, if anything is.
    pub async fn load(
        &self,
        name: &EntryName,
        limit: Duration,
    ) -> Result<Option<SecretString>, KeychainError> {
        self.call(name, Purpose::Find, limit, |entry| entry.get_password().map(SecretString::from)).await
    }

    /// Removes what is saved under `name`; nothing saved is as good.
    pub async fn remove(&self, name: &EntryName, limit: Duration) -> Result<(), KeychainError> {
        self.call(name, Purpose::Find, limit, Entry::delete_credential).await.map(|_| ())
    }

    /// Does `work` with the entry called `name`; none where there is no such entry.
    async fn call<T: Send + 'static>(
        &self,
        name: &EntryName,
        purpose: Purpose,
        limit: Duration,
        work: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
    ) -> Result<Option<T>, KeychainError> {
        let in_turn = async {
            let mut pending = self.turn.lock().await;
            if self.store.is_none() && !native::unlock(name, purpose, &mut pending).await? {
                return Ok(None);
            }
            let (store, name) = (self.store.clone(), name.clone());
            in_a_thread(move || match work(&entry(store, &name)?) {
                Ok(done) => Ok(Some(done)),
                Err(keyring::Error::NoEntry) => Ok(None),
                Err(failed) => Err(failed.into()),
            })
            .await
        };
        tokio::time::timeout(limit, in_turn).await.unwrap_or(Err(KeychainError::TimedOut))
    }
}

fn entry(store: Option<Arc<CredentialStore>>, name: &EntryName) -> Result<Entry, KeychainError> {
    let (store, modifiers) = match store {
        Some(store) => (store, HashMap::new()),
        None => (native::open()?, native::modifiers(name)),
    };
    Ok(Entry { inner: store.build(&name.service, &name.user, Some(&modifiers))? })
}

/// A thread of its own rather than one of the runtime's: those are waited for when the runtime ends, and a keychain
/// that hangs would hang the whole program.
async fn in_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeychainError> + Send + 'static,
) -> Result<T, KeychainError> {
    let (sender, receiver) = oneshot::channel();
    std::thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(move || drop(sender.send(work())))
        .map_err(|error| KeychainError::Other(error.to_string()))?;
    receiver.await.unwrap_or_else(|_| Err(KeychainError::Other("its thread ended early".to_owned())))
}

impl From<keyring_core::Error> for KeychainError {
    fn from(error: keyring_core::Error) -> Self {
        use keyring_core::Error;
        match error {
            Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => native::error(&*cause),
            Error::Ambiguous(_) => Self::Ambiguous,
            Error::NoDefaultStore => Self::Missing(MissingReason::NoService),
            Error::NoEntry => Self::Other("there is no such entry".to_owned()),
            // These two carry what the entry holds, as bytes: neither Debug nor Display of theirs may be used.
            Error::BadEncoding(_) | Error::BadDataFormat(..) => {
                Self::Other("the entry holds no text".to_owned())
            }
            other => Self::Other(other.to_string()),
        }
    }
}
