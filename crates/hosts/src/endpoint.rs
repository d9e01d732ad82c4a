//! Endpoints: how a registry's name becomes an address.

use std::path::{Path, PathBuf};

use slipway_reference::HostName;
use url::{Host, Url};

use crate::address::{authority, default_scheme, is_loopback};
use crate::file::{self, Table};
use crate::{HostsError, Profile, owner};

/// A registry: its name, its rules, its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// As it stands in references.
    pub name: HostName,
    /// Its rules.
    pub profile: Profile,
    /// `/v2/` lies below it.
    pub registry: Url,
    /// REST root.
    pub api: Option<Url>,
    /// Where its pages are.
    pub web: Option<Url>,
    /// A private certificate authority, PEM.
    pub ca_file: Option<PathBuf>,
    /// Plain http is allowed to a host that is not this computer.
    pub plain_http: bool,
    /// A host of somebody else that tokens may be asked for at, where the registry says so. The credential goes there.
    pub realm: Option<HostName>,
    /// An endpoints file leads it elsewhere than its name says.
    pub overridden: Option<Override>,
    /// What is kept or found for its name may be used there all the same: the file says so.
    pub credentials: bool,
    /// The host that a person added it with; none where its own name says which it belongs to.
    pub added_with: Option<HostName>,
    /// The registry that it plays, for trying things out: that name is shown. Whatever is copied or sent has its own.
    pub plays: Option<HostName>,
}

/// What an endpoints file leads elsewhere: the first of these that it does, since each gets credentials or shows where
/// they are entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Which part of the endpoint.
    pub part: OverridePart,
    /// Where it is now: host and port; for a connection what was set for it.
    pub address: String,
}

/// A part of an endpoint that can be led elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverridePart {
    /// The registry itself.
    Registry,
    /// The REST API.
    Api,
    /// The pages, and signing in with the browser.
    Web,
    /// Whom it trusts: a certificate authority, a token service, plain http, other rules.
    Connection,
}

impl Endpoint {
    /// What people are shown in place of its name.
    pub fn shown(&self) -> &HostName {
        self.plays.as_ref().unwrap_or(&self.name)
    }

    /// Its registry is on this computer.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.registry)
    }

    /// Something on this computer stands in for the registry.
    pub fn is_stand_in(&self) -> bool {
        self.is_loopback() && self.overridden.is_some()
    }

    /// Whether what is kept or found for its name may be used. Where a file leads the name elsewhere, only what is given
    /// for this run is: somebody who can set one variable must not get what lies in the keychain.
    pub fn takes_kept(&self) -> bool {
        self.overridden.is_none() || self.credentials
    }

    /// Whether a token may be asked for at `realm`, the token endpoint that the registry names: at the registry's own
    /// host, at one of the same owner, or at the one host that is named for this registry. Over TLS, or on this computer.
    /// (facts on GitHub Enterprise; apple/container#2268 is the theft this guards against.)
    ///
    /// # Errors
    /// [`RealmRefusal`], the one that naming the host does not help against first.
    pub fn check_realm(&self, realm: &Url) -> Result<(), RealmRefusal> {
        let (Some(own), Some(other)) = (self.registry.host(), realm.host()) else {
            return Err(RealmRefusal::Elsewhere);
        };
        let (same_host, here) = (own == other, is_loopback(realm));
        match realm.scheme() {
            "https" => {}
            "http" if here || (same_host && self.plain_http) => {}
            _ => return Err(RealmRefusal::Unprotected),
        }
        let named = self.realm.as_ref().is_some_and(|named| is_at(realm, named));
        let owned = match (&own, &other) {
            // The practice registry and test doubles serve tokens beside the registry.
            _ if self.is_loopback() => here && same_host,
            (Host::Domain(own), Host::Domain(other)) => same_host || owner::is_same(own, other),
            _ => same_host,
        };
        if named || owned { Ok(()) } else { Err(RealmRefusal::Elsewhere) }
    }
}

/// Why a token is not asked for where a registry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RealmRefusal {
    /// Not over TLS, so that everybody on the way would see the credential.
    Unprotected,
    /// At a host of somebody else, as far as is known. [`Endpoint::realm`] allows it.
    Elsewhere,
}

/// Whether `url` is at this very host and port.
fn is_at(url: &Url, name: &HostName) -> bool {
    Url::parse(&format!("{}://{name}", url.scheme())).is_ok_and(|named| named.origin() == url.origin())
}

/// The registries that are known by name.
#[derive(Debug, Clone)]
pub struct Hosts {
    endpoints: Vec<Endpoint>,
}

impl Hosts {
    /// GitHub's own.
    pub fn builtin() -> Self {
        // Constants: that they parse is tested.
        let endpoints = [("ghcr.io", Profile::Ghcr), ("docker.pkg.github.com", Profile::DockerPkg)];
        let endpoints = endpoints.into_iter().filter_map(|(name, profile)| {
            let mut endpoint = plain(&name.parse().ok()?, "https")?;
            endpoint.profile = profile;
            endpoint.api = Url::parse("https://api.github.com").ok();
            endpoint.web = Url::parse("https://github.com").ok();
            Some(endpoint)
        });
        Self { endpoints: endpoints.collect() }
    }

    /// GitHub's own, with what a file says in place of or beside them. Paths in it are relative to `base`.
    ///
    /// # Errors
    /// Names the table and the key that cannot be used; plain http is taken for this computer only, unless
    /// the table says `plain-http = true`.
    pub fn with_file(text: &str, base: &Path) -> Result<Self, HostsError> {
        let mut hosts = Self::builtin();
        for (table, values) in file::parse(text)? {
            let name: HostName = table.parse().map_err(|reason: slipway_reference::Refusal| {
                HostsError::Name { table: table.clone(), reason: reason.to_string() }
            })?;
            let endpoint = hosts.apply(&name, &table, &values, base)?;
            hosts.insert(endpoint);
        }
        Ok(hosts)
    }

    fn apply(
        &self,
        name: &HostName,
        table: &str,
        values: &Table,
        base: &Path,
    ) -> Result<Endpoint, HostsError> {
        let known = self.known(name).cloned();
        let mut endpoint = match known.or_else(|| plain(name, default_scheme(name))) {
            Some(endpoint) => endpoint,
            None => {
                return Err(HostsError::Name {
                    table: table.to_owned(),
                    reason: "it is no address".to_owned(),
                });
            }
        };
        let before = endpoint.clone();
        endpoint.plain_http = values.plain_http.unwrap_or(endpoint.plain_http);
        let address = |key, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => file::address(table, key, text, Some(endpoint.plain_http)).map(Some),
        };
        let (registry, api, web) = (
            address("registry", &values.registry)?,
            address("api", &values.api)?,
            address("web", &values.web)?,
        );
        endpoint.registry = registry.unwrap_or(endpoint.registry);
        // Another registry's tokens and pages are not GitHub's.
        let moved = is_moved(Some(&endpoint.registry), Some(&before.registry));
        endpoint.api = api.or(endpoint.api.filter(|_| !moved));
        endpoint.web = web.or(endpoint.web.filter(|_| !moved));
        endpoint.ca_file = values.ca_file.as_ref().map(|path| base.join(path)).or(endpoint.ca_file);
        if let Some(realm) = &values.realm {
            endpoint.realm = Some(file::host(table, "realm", realm)?);
        }
        if let Some(profile) = &values.profile {
            endpoint.profile = file::profile(table, profile)?;
        }
        endpoint.credentials = values.credentials.unwrap_or(endpoint.credentials);
        endpoint.overridden = before.overridden.clone().or_else(|| led_elsewhere(&before, &endpoint));
        Ok(endpoint)
    }

    /// Adds an endpoint, in place of one of the same name.
    pub fn insert(&mut self, endpoint: Endpoint) {
        match self.endpoints.iter_mut().find(|known| known.name == endpoint.name) {
            Some(known) => *known = endpoint,
            None => self.endpoints.push(endpoint),
        }
    }

    /// Leaves out the endpoints that `keep` does not name.
    pub fn retain(&mut self, keep: impl FnMut(&Endpoint) -> bool) {
        self.endpoints.retain(keep);
    }

    /// The endpoint called `name`, where one was named.
    pub(crate) fn known(&self, name: &HostName) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.name == *name)
    }

    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Endpoint> {
        self.endpoints.iter_mut()
    }

    /// The endpoint called `name`. One that nobody configured is a generic registry, by https, or by plain
    /// http on this computer; a profile is never guessed. `plain_http` allows plain http elsewhere.
    ///
    /// # Errors
    /// [`HostsError::Name`] where the name makes no address.
    pub fn endpoint(&self, name: &HostName, plain_http: bool) -> Result<Endpoint, HostsError> {
        if let Some(known) = self.known(name) {
            return Ok(known.clone());
        }
        let scheme = if plain_http { "http" } else { default_scheme(name) };
        let endpoint = plain(name, scheme);
        let mut endpoint = endpoint.ok_or_else(|| HostsError::Name {
            table: name.to_string(),
            reason: "it is no address".to_owned(),
        })?;
        endpoint.plain_http = plain_http;
        Ok(endpoint)
    }

    /// The registries to offer in a form: GitHub's, then the added ones in their order.
    pub fn offered(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.iter()
    }
}

/// Whether an address is another one than before; one that is gone leads nowhere.
fn is_moved(now: Option<&Url>, before: Option<&Url>) -> bool {
    now.is_some_and(|now| before.is_none_or(|before| authority(now) != authority(before)))
}

/// What is elsewhere than before. Of a name that is not built in, nobody knows more than that it names its own host; who
/// writes such a table says what belongs to it.
fn led_elsewhere(before: &Endpoint, now: &Endpoint) -> Option<Override> {
    let addresses = [
        (OverridePart::Registry, Some(&now.registry), Some(&before.registry)),
        (OverridePart::Api, now.api.as_ref(), before.api.as_ref()),
        (OverridePart::Web, now.web.as_ref(), before.web.as_ref()),
    ];
    let built_in = Hosts::builtin().known(&before.name).is_some();
    let known = if built_in { &addresses[..] } else { &addresses[..1] };
    let moved = known.iter().find(|(_, now, before)| is_moved(*now, *before));
    let moved = moved.and_then(|(part, now, _)| Some(Override { part: *part, address: authority((*now)?) }));
    let set = || {
        let file = now.ca_file.as_ref().filter(|_| now.ca_file != before.ca_file);
        let file = file.map(|path| path.to_string_lossy().into_owned());
        let realm = now.realm.as_ref().filter(|_| now.realm != before.realm).map(ToString::to_string);
        let plain = (now.plain_http != before.plain_http).then(|| "plain http".to_owned());
        let rules = (now.profile != before.profile).then(|| format!("{:?}", now.profile));
        let address = file.or(realm).or(plain).or(rules)?;
        Some(Override { part: OverridePart::Connection, address })
    };
    moved.or_else(|| built_in.then(set).flatten())
}

/// An endpoint of which nothing but the name is known.
fn plain(name: &HostName, scheme: &str) -> Option<Endpoint> {
    // Its own name leads to a web page (docker/hub-feedback#1767).
    let address = if name.is_docker_hub() { "registry-1.docker.io" } else { name.as_str() };
    Some(Endpoint {
        name: name.clone(),
        profile: Profile::Generic,
        registry: Url::parse(&format!("{scheme}://{address}")).ok()?,
        api: None,
        web: None,
        ca_file: None,
        plain_http: false,
        realm: None,
        overridden: None,
        credentials: false,
        added_with: None,
        plays: None,
    })
}
