//! GitHub Enterprise: which registries belong to a host, and where its pages and its API are.

use std::path::Path;

use slipway_reference::HostName;
use url::Url;

use crate::{Endpoint, Hosts, HostsError, Profile};

/// Companies' parts of GHE.com are below this name.
const GHE_COM: &str = ".ghe.com";

impl Hosts {
    /// Adds the registries of the GitHub Enterprise host `name`, such as `ghe.example.com` or `octocorp.ghe.com`: an
    /// Enterprise Server has `containers.HOST` and the older `docker.HOST` (with subdomain isolation, as its
    /// documentation asks for), a part of GHE.com has `containers.SUBDOMAIN.ghe.com`. A registry that an endpoints file
    /// named keeps its addresses, and gets the rules of its kind.
    ///
    /// # Errors
    /// [`HostsError::Name`] where `name` is GitHub's own, has a port, or makes no address.
    pub fn add_enterprise(&mut self, name: &HostName, ca_file: Option<&Path>) -> Result<(), HostsError> {
        let text = name.as_str();
        let refused = |reason: &str| HostsError::Name { table: name.to_string(), reason: reason.to_owned() };
        if text == "github.com" || text.ends_with(".github.com") || text == "ghcr.io" {
            return Err(refused("github.com is there already"));
        }
        if text.contains(':') || !text.contains('.') {
            return Err(refused("the name of an Enterprise host is wanted, such as ghe.example.com"));
        }
        let address = |text: String| Url::parse(&text).map_err(|_| refused("it is no address"));
        let (api, registries) = match text.strip_suffix(GHE_COM) {
            Some(company) if company.contains('.') || company.is_empty() => {
                return Err(refused("only SUBDOMAIN.ghe.com is wanted"));
            }
            Some(_) => (address(format!("https://api.{text}"))?, vec![("containers", Profile::GheCom)]),
            None => (
                address(format!("https://{text}/api/v3"))?,
                vec![("containers", Profile::GhesContainers), ("docker", Profile::GhesDocker)],
            ),
        };
        let web = address(format!("https://{text}"))?;
        for (prefix, profile) in registries {
            let registry: HostName =
                format!("{prefix}.{text}").parse().map_err(|_| refused("it is no address"))?;
            let known = self.endpoint(&registry, false)?;
            let kept =
                |url: Option<Url>, usual: &Url| url.or_else(|| (!known.overridden).then(|| usual.clone()));
            self.insert(Endpoint {
                profile,
                api: kept(known.api.clone(), &api),
                web: kept(known.web.clone(), &web),
                ca_file: ca_file.map(Path::to_owned).or(known.ca_file.clone()),
                ..known
            });
        }
        Ok(())
    }

    /// Takes the registries of an added host away again.
    pub fn remove_enterprise(&mut self, name: &HostName) {
        self.retain(|endpoint| endpoint.host().as_deref() != Some(name.as_str()));
    }
}

impl Endpoint {
    /// The host that the registry belongs to: `github.com`, `ghe.example.com`; none for a registry of its own.
    pub fn host(&self) -> Option<String> {
        let name = self.name.as_str();
        match self.profile {
            Profile::Ghcr | Profile::DockerPkg => Some("github.com".to_owned()),
            Profile::GhesContainers | Profile::GheCom => name.strip_prefix("containers.").map(str::to_owned),
            Profile::GhesDocker => name.strip_prefix("docker.").map(str::to_owned),
            Profile::Generic => None,
        }
    }
}
