//! The login keychain of macOS. It asks by itself, one question at a time.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

use keyring_core::CredentialStore;

use super::Purpose;
use crate::keychain::{EntryName, KeychainError, KeychainState};

/// The person pressed "Cancel" or "Deny" (`errSecUserCanceled`), or gave a wrong password (`errSecAuthFailed`).
const REFUSED: [i32; 2] = [-128, -25293];
/// It is locked and may not ask, as in a session without a screen (`errSecInteractionNotAllowed`).
const LOCKED: i32 = -25308;

/// No question is asked apart from the call that needs its answer.
#[derive(Default)]
pub(in crate::keychain) struct Pending;

pub(in crate::keychain) fn open() -> Result<Arc<CredentialStore>, KeychainError> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

pub(in crate::keychain) fn modifiers(_: &EntryName) -> HashMap<&str, &str> {
    HashMap::new()
}

/// Every account has a keychain; whether it is locked shows when it is used.
pub(in crate::keychain) async fn state() -> Result<KeychainState, KeychainError> {
    Ok(KeychainState::Ready)
}

/// Reading unlocks it.
pub(in crate::keychain) async fn unlock(
    _: &EntryName,
    _: Purpose,
    _: &mut Pending,
) -> Result<bool, KeychainError> {
    Ok(true)
}

pub(in crate::keychain) fn error(cause: &(dyn Error + Send + Sync + 'static)) -> KeychainError {
    match cause.downcast_ref::<security_framework::base::Error>().map(|error| error.code()) {
        Some(code) if REFUSED.contains(&code) => KeychainError::Denied,
        Some(LOCKED) => KeychainError::Locked,
        _ => KeychainError::Other(cause.to_string()),
    }
}
