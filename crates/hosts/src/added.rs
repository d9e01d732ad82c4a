//! Hosts that people add: which registries belong to them, and where their pages and their API are.

use std::path::PathBuf;

use slipway_reference::HostName;
use url::{Host, Url};

use crate::address::{authority, default_scheme};
use crate::endpoint::{Override, OverridePart};
use crate::file;
use crate::{Endpoint, Hosts, HostsError, Profile};

/// GitHub's own host, which is always there.
const GITHUB_COM: &str = "github.com";

/// Companies' parts of GHE.com are below this name.
const GHE_COM: &str = ".ghe.com";

/// In place of a registry's address: the host has none of this kind.
const NONE: &str = "none";

/// What people set for a host. What is left out follows from its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Added {
    /// A private certificate authority, PEM.
    pub ca_file: Option<PathBuf>,
    /// It is a registry of its own, not a GitHub Enterprise host.
    pub registry: bool,
    /// REST root, such as `https://ghe.example.com/api/v3`.
    pub api: Option<String>,
    /// A host of somebody else that its registries may have tokens asked for at. The credential goes there.
    pub realm: Option<String>,
    /// The container registry: a host, an address, or `none`. Its host and port are its name in references.
    pub containers: Option<String>,
    /// The older Docker registry, likewise. Without subdomain isolation that is the Enterprise Server's own name.
    pub docker: Option<String>,
}

impl Hosts {
    /// Adds the registries of the host `name`.
    ///
    /// - A registry of its own is itself.
    /// - A GitHub Enterprise Server such as `ghe.example.com` has `containers.HOST` and the older `docker.HOST` (with
    ///   subdomain isolation, as its documentation asks for). One whose name has a port, or no domain, has those that
    ///   are set.
    /// - A part of GHE.com such as `octocorp.ghe.com` has `containers.SUBDOMAIN.ghe.com`.
    /// - `github.com` is there already; its certificate authority can be set.
    ///
    /// A registry that an endpoints file named keeps its addresses, and gets the rules of its kind.
    ///
    /// # Errors
    /// [`HostsError::Value`] names the key that cannot be used. [`HostsError::Name`] where `name` makes no address, is
    /// GitHub's own or taken, or where no registry follows from it. Nothing is added then.
    pub fn add(&mut self, name: &HostName, added: &Added) -> Result<(), HostsError> {
        if name.as_str() == GITHUB_COM {
            return self.set_github(added);
        }
        let endpoints = if added.registry { self.lone(name, added)? } else { self.enterprise(name, added)? };
        for endpoint in endpoints {
            self.insert(endpoint);
        }
        Ok(())
    }

    fn set_github(&mut self, added: &Added) -> Result<(), HostsError> {
        let reason = "github.com is built in: only a proxy and a certificate file can be set for it";
        if let Some(key) = added.other_than_file() {
            return Err(value(GITHUB_COM, key, reason));
        }
        let own = self.all_mut().filter(|endpoint| endpoint.host().as_deref() == Some(GITHUB_COM));
        for endpoint in own {
            endpoint.ca_file = added.ca_file.clone().or(endpoint.ca_file.take());
        }
        Ok(())
    }

    /// A registry of its own.
    fn lone(&self, name: &HostName, added: &Added) -> Result<Vec<Endpoint>, HostsError> {
        if let Some(key) = added.address() {
            return Err(value(name.as_str(), key, "only a GitHub Enterprise host has one"));
        }
        if !name.as_str().contains(['.', ':']) && name.as_str() != "localhost" {
            return Err(refused(name, "in references a registry has a dot or a port in its name"));
        }
        if self.is_taken(name) {
            return Err(refused(name, "it is there already"));
        }
        let known = self.endpoint(name, false)?;
        Ok(vec![Endpoint {
            added_with: Some(name.clone()),
            plays: None,
            ca_file: added.ca_or(&known),
            realm: added.realm_or(name, &known)?,
            ..known
        }])
    }

    /// The registries of a GitHub Enterprise host.
    fn enterprise(&self, name: &HostName, added: &Added) -> Result<Vec<Endpoint>, HostsError> {
        let text = name.as_str();
        if text.ends_with(".github.com") || text == "ghcr.io" {
            return Err(refused(name, "it is github.com's, which is there already"));
        }
        let web = Url::parse(&format!("{}://{text}", default_scheme(name)))
            .map_err(|_| refused(name, "it is no address"))?;
        let kind = Kind::of(name)?;
        let api = match &added.api {
            Some(text) => file::address(name.as_str(), "api", text, None)?,
            None => kind.api(&web).ok_or_else(|| refused(name, "it is no address"))?,
        };
        let mut endpoints: Vec<Endpoint> = Vec::new();
        for (key, set, profile) in kind.registries(name, added)? {
            let Some((registry, address)) = place(name, &web, key, set)? else { continue };
            let taken = endpoints.iter().any(|endpoint| endpoint.name == registry);
            if taken || self.is_taken_by_another(&registry, name) {
                return Err(value(text, key, &format!("{registry} is there already")));
            }
            let known = match self.known(&registry) {
                Some(known) => known.clone(),
                None => Endpoint { registry: address, ..self.endpoint(&registry, false)? },
            };
            // The real host's API and pages are not those of what stands in for its registry.
            let moved = known.overridden.is_some();
            let kept = |url: &Option<Url>, usual: &Url| url.clone().or((!moved).then(|| usual.clone()));
            // Only now is it known whose API the file has put elsewhere.
            let other = known.api.as_ref().map(authority).filter(|other| *other != authority(&api));
            let other = other.map(|address| Override { part: OverridePart::Api, address });
            endpoints.push(Endpoint {
                profile,
                api: kept(&known.api, &api),
                web: kept(&known.web, &web),
                ca_file: added.ca_or(&known),
                realm: added.realm_or(name, &known)?,
                overridden: known.overridden.clone().or(other),
                added_with: Some(name.clone()),
                plays: None,
                ..known
            });
        }
        if endpoints.is_empty() {
            let reason = "no registry follows from this name: a name such as ghe.example.com is wanted, or containers or docker has to be set";
            return Err(refused(name, reason));
        }
        Ok(endpoints)
    }

    /// A registry of this name is GitHub's, or was added.
    fn is_taken(&self, registry: &HostName) -> bool {
        self.known(registry).is_some_and(|known| known.added_with.is_some() || known.host().is_some())
    }

    fn is_taken_by_another(&self, registry: &HostName, host: &HostName) -> bool {
        let own = |known: &Endpoint| {
            known.added_with.is_none() && known.host().is_none_or(|of| of == host.as_str())
        };
        self.known(registry).is_some_and(|known| !own(known))
    }
}

impl Added {
    /// The first of the addresses that is set, by its key.
    fn address(&self) -> Option<&'static str> {
        let keys = [("api", &self.api), ("containers", &self.containers), ("docker", &self.docker)];
        keys.into_iter().find(|(_, set)| set.is_some()).map(|(key, _)| key)
    }

    fn other_than_file(&self) -> Option<&'static str> {
        let realm = self.realm.is_some().then_some("realm");
        self.registry.then_some("registry").or(self.address()).or(realm)
    }

    fn ca_or(&self, known: &Endpoint) -> Option<PathBuf> {
        self.ca_file.clone().or_else(|| known.ca_file.clone())
    }

    fn realm_or(&self, name: &HostName, known: &Endpoint) -> Result<Option<HostName>, HostsError> {
        match &self.realm {
            Some(realm) => file::host(name.as_str(), "realm", realm).map(Some),
            None => Ok(known.realm.clone()),
        }
    }
}

/// A registry that a host may have: its key, what is set there, and its rules.
type Slot<'a> = (&'static str, Option<&'a str>, Profile);

/// The kinds of Enterprise hosts.
enum Kind {
    Server,
    GheCom,
}

impl Kind {
    fn of(name: &HostName) -> Result<Self, HostsError> {
        match name.as_str().strip_suffix(GHE_COM) {
            Some(company) if company.contains('.') || company.is_empty() => {
                Err(refused(name, "only SUBDOMAIN.ghe.com is wanted"))
            }
            Some(_) => Ok(Self::GheCom),
            None => Ok(Self::Server),
        }
    }

    /// The API that belongs to the pages at `web`.
    fn api(&self, web: &Url) -> Option<Url> {
        match self {
            Self::Server => web.join("api/v3").ok(),
            Self::GheCom => Url::parse(&format!("https://api.{}", web.host_str()?)).ok(),
        }
    }

    /// What registries it has.
    fn registries<'a>(&self, name: &HostName, added: &'a Added) -> Result<Vec<Slot<'a>>, HostsError> {
        let (containers, docker) = (added.containers.as_deref(), added.docker.as_deref());
        match self {
            Self::Server => Ok(vec![
                ("containers", containers, Profile::GhesContainers),
                ("docker", docker, Profile::GhesDocker),
            ]),
            Self::GheCom if docker.is_some_and(|set| set != NONE) => {
                Err(value(name.as_str(), "docker", "GHE.com has no such registry"))
            }
            Self::GheCom => Ok(vec![("containers", containers, Profile::GheCom)]),
        }
    }
}

/// The name and the address of a registry of `host`: what is set, else `KEY.HOST` where that can be a name.
fn place(
    host: &HostName,
    web: &Url,
    key: &'static str,
    set: Option<&str>,
) -> Result<Option<(HostName, Url)>, HostsError> {
    let set = match set {
        Some(NONE) => return Ok(None),
        Some(set) => set.to_owned(),
        None if has_subdomains(web) => format!("{key}.{host}"),
        None => return Ok(None),
    };
    let no_host =
        || value(host.as_str(), key, "a host such as containers.ghe.example.com is wanted, or an address");
    if !set.contains("://") {
        let name: HostName = set.parse().map_err(|_| no_host())?;
        let address = Url::parse(&format!("{}://{name}", default_scheme(&name))).map_err(|_| no_host())?;
        return Ok(Some((name, address)));
    }
    let address = file::address(host.as_str(), key, &set, None)?;
    let name = authority(&address).parse().map_err(|_| no_host())?;
    Ok(Some((name, address)))
}

/// Names may stand below it: it is a domain with the usual port.
fn has_subdomains(web: &Url) -> bool {
    web.port().is_none() && matches!(web.host(), Some(Host::Domain(name)) if name.contains('.'))
}

fn refused(name: &HostName, reason: &str) -> HostsError {
    HostsError::Name { table: name.to_string(), reason: reason.to_owned() }
}

fn value(table: &str, key: &'static str, reason: &str) -> HostsError {
    HostsError::Value { table: table.to_owned(), key, reason: reason.to_owned() }
}

impl Endpoint {
    /// The host that the registry belongs to: `github.com`, `ghe.example.com`; none for a registry of its own that
    /// nobody added.
    pub fn host(&self) -> Option<String> {
        if let Some(host) = &self.added_with {
            return Some(host.to_string());
        }
        let name = self.name.as_str();
        match self.profile {
            Profile::Ghcr | Profile::DockerPkg => Some(GITHUB_COM.to_owned()),
            Profile::GhesContainers | Profile::GheCom => name.strip_prefix("containers.").map(str::to_owned),
            Profile::GhesDocker => name.strip_prefix("docker.").map(str::to_owned),
            Profile::Generic => None,
        }
    }
}
