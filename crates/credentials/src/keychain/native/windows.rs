//! The Credential Manager of Windows. It is open while the person is signed in, and asks nothing.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

use keyring_core::CredentialStore;

use super::Purpose;
use crate::keychain::{EntryName, KeychainError, KeychainState};

/// No question is asked apart from the call that needs its answer.
#[derive(Default)]
pub(in crate::keychain) struct Pending;

pub(in crate::keychain) fn open() -> Result<Arc<CredentialStore>, KeychainError> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// Kept on this computer; the store's default would let the token roam with the person's profile.
pub(in crate::keychain) fn modifiers(_: &EntryName) -> HashMap<&str, &str> {
    HashMap::from([("persistence", "Local")])
}

pub(in crate::keychain) async fn state() -> Result<KeychainState, KeychainError> {
    Ok(KeychainState::Ready)
}

pub(in crate::keychain) async fn unlock(
    _: &EntryName,
    _: Purpose,
    _: &mut Pending,
) -> Result<bool, KeychainError> {
    Ok(true)
}

pub(in crate::keychain) fn error(cause: &(dyn Error + Send + Sync + 'static)) -> KeychainError {
    KeychainError::Other(cause.to_string())
}
