//! What an entry of the keychain is called.

use serde::{Deserialize, Serialize};
use slipway_reference::HostName;

/// The name of one entry in the system's keychain.
///
/// This is scheme 1. An account's record keeps the name that its entry was saved under and looks it up by that,
/// so that a later scheme would concern new entries only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EntryName {
    /// The program that the entry belongs to. Secret Service: the attribute `service`; macOS: *where*; Windows:
    /// the end of the target's name.
    pub service: String,
    /// Who, and where. Secret Service: the attribute `username`; macOS: *account*; Windows: the beginning of the
    /// target's name.
    pub user: String,
    /// What keychain programs show to people, where the keychain can keep it (Secret Service only).
    pub label: String,
}

impl EntryName {
    /// The name for `login` at `host`: `Slipway`, `LOGIN@HOST`, and `Slipway: LOGIN at HOST` to look at.
    pub fn of(login: &str, host: &HostName) -> Self {
        Self {
            service: "Slipway".to_owned(),
            user: format!("{login}@{host}"),
            label: format!("Slipway: {login} at {host}"),
        }
    }

    /// The name for the password of `login` at the proxy `place`, its host and port: a service of its own, so that it
    /// is never an account's. `Slipway proxy`, `LOGIN@PLACE`, and `Slipway: LOGIN at the proxy PLACE` to look at.
    pub fn of_proxy(login: &str, place: &str) -> Self {
        Self {
            service: "Slipway proxy".to_owned(),
            user: format!("{login}@{place}"),
            label: format!("Slipway: {login} at the proxy {place}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_1_stays_as_it_is_so_that_saved_entries_are_found_again() {
        let name = EntryName::of("octocat", &"ghcr.io".parse().unwrap());
        assert_eq!((name.service.as_str(), name.user.as_str()), ("Slipway", "octocat@ghcr.io"));
        assert_eq!(name.label, "Slipway: octocat at ghcr.io");
        let proxy = EntryName::of_proxy("octocat", "ghcr.io");
        assert_eq!((proxy.service.as_str(), proxy.user.as_str()), ("Slipway proxy", "octocat@ghcr.io"));
        let record = serde_json::to_string(&name).unwrap();
        assert_eq!(serde_json::from_str::<EntryName>(&record).unwrap(), name);
    }
}
