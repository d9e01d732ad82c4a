//! Credentials of this run.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use slipway_distribution::{Credential, Credentials};
use slipway_reference::HostName;

/// Credentials that were given to this run and are forgotten at its end.
#[derive(Default)]
pub struct Memory {
    entries: RwLock<HashMap<HostName, Credential>>,
}

impl Memory {
    /// Keeps `credential` for `host`, in place of an earlier one.
    pub fn set(&self, host: HostName, credential: Credential) {
        self.entries.write().unwrap_or_else(PoisonError::into_inner).insert(host, credential);
    }

    /// Forgets the credential of `host`; its memory is wiped.
    pub fn remove(&self, host: &HostName) {
        self.entries.write().unwrap_or_else(PoisonError::into_inner).remove(host);
    }
}

impl Credentials for Memory {
    fn credential(&self, host: &HostName) -> Option<Credential> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).get(host).cloned()
    }
}
