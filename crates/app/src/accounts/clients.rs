//! The clients of registries and of GitHub, each made once, so that connections and tokens are used again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};
use slipway_distribution::{Credentials, Error, Registry};
use slipway_github::{GitHub, GitHubError, HttpOptions, Options};
use slipway_hosts::Endpoint;
use slipway_reference::HostName;

use crate::registries::Registries;

/// The clients that were made.
pub(super) struct Clients {
    registries: Arc<Registries>,
    credentials: Arc<dyn Credentials>,
    made: Mutex<Made>,
}

#[derive(Default)]
struct Made {
    /// The state of hosts and proxies that they belong to.
    of: u64,
    /// Each with the place that it leads to: whoever asks may know one of before a change.
    registries: HashMap<HostName, (Endpoint, Registry)>,
    /// By account, with the place, and the secret that they ask with.
    github: HashMap<String, (Endpoint, SecretString, GitHub)>,
}

impl Clients {
    pub(super) fn new(registries: Arc<Registries>, credentials: Arc<dyn Credentials>) -> Self {
        Self { registries, credentials, made: Mutex::default() }
    }

    /// The client of a registry.
    pub(super) fn registry(&self, endpoint: &Endpoint) -> Result<Registry, Box<Error>> {
        let mut made = self.made();
        if let Some((_, client)) = made.registries.get(&endpoint.name).filter(|(of, _)| of == endpoint) {
            return Ok(client.clone());
        }
        let client = self.registries.client(endpoint, Arc::clone(&self.credentials))?;
        made.registries.insert(endpoint.name.clone(), (endpoint.clone(), client.clone()));
        Ok(client)
    }

    /// The client of GitHub's API at `endpoint` as the account `id`, whose secret this is; `None` where it has none.
    pub(super) fn github(
        &self,
        endpoint: &Endpoint,
        id: String,
        secret: SecretString,
    ) -> Result<Option<GitHub>, GitHubError> {
        let mut made = self.made();
        let is_it = |of: &Endpoint, known| of == endpoint && is_same(known, &secret);
        if let Some((_, _, client)) = made.github.get(&id).filter(|(of, known, _)| is_it(of, known)) {
            return Ok(Some(client.clone()));
        }
        let Some(client) = self.github_with(endpoint, secret.clone())? else { return Ok(None) };
        made.github.insert(id, (endpoint.clone(), secret, client.clone()));
        Ok(Some(client))
    }

    /// The same with a secret of which nobody knows yet whose it is.
    pub(super) fn github_with(
        &self,
        endpoint: &Endpoint,
        secret: SecretString,
    ) -> Result<Option<GitHub>, GitHubError> {
        GitHub::of(endpoint, Some(secret), &self.github_options(endpoint))
    }

    /// How GitHub is reached at `endpoint`.
    pub(super) fn github_options(&self, endpoint: &Endpoint) -> Options {
        let http = HttpOptions {
            ca_file: endpoint.ca_file.clone(),
            plain_http: endpoint.plain_http,
            ..self.registries.http(endpoint)
        };
        Options { http, ..Options::default() }
    }

    /// Others are signed in from now on: tokens that were bought with what they had before are forgotten.
    pub(super) fn forget(&self) {
        *self.made() = Made::default();
    }

    /// What was made since hosts and proxies changed last.
    fn made(&self) -> MutexGuard<'_, Made> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.registries.changes();
        if made.of != now {
            *made = Made { of: now, ..Made::default() };
        }
        made
    }
}

fn is_same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}

#[cfg(test)]
mod tests {
    use slipway_hosts::Hosts;

    use super::*;
    use crate::settings::Settings;

    /// A check of a host goes on while somebody corrects its address.
    #[test]
    fn a_client_is_used_only_for_the_place_that_it_leads_to() {
        let registries = Registries::new(Hosts::builtin(), Hosts::builtin(), &Settings::default());
        let clients = Clients::new(Arc::new(registries), Arc::new(()));
        let endpoint = |address: &str| Endpoint {
            registry: address.parse().unwrap(),
            ..Hosts::builtin().endpoint(&"ghcr.io".parse().unwrap(), false).unwrap()
        };
        let (before, now) = (endpoint("https://before.example"), endpoint("https://now.example"));
        for place in [&now, &before, &now] {
            assert_eq!(clients.registry(place).unwrap().endpoint(), place);
        }
    }
}
