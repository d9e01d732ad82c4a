//! The endpoints file: TOML, one table for each registry's name.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use slipway_reference::HostName;
use url::Url;

use crate::address::{authority, is_loopback};
use crate::{HostsError, Profile};

/// What may stand in a table; everything is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) registry: Option<String>,
    pub(crate) api: Option<String>,
    pub(crate) web: Option<String>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) plain_http: Option<bool>,
    pub(crate) realm: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) credentials: Option<bool>,
}

pub(crate) fn parse(text: &str) -> Result<BTreeMap<String, Table>, HostsError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start].lines().count().max(1));
        let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        HostsError::Malformed(format!("{line}{}", error.message()))
    })
}

/// An address. Plain http is for this computer, unless `plain_http` allows it; none where nothing can allow it.
pub(crate) fn address(
    table: &str,
    key: &'static str,
    text: &str,
    plain_http: Option<bool>,
) -> Result<Url, HostsError> {
    let refused = |reason: String| HostsError::Value { table: table.to_owned(), key, reason };
    let url = Url::parse(text).map_err(|error| refused(format!("it is no address: {error}")))?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) || plain_http == Some(true) => {}
        "http" => {
            let unless = plain_http.map_or("", |_| ", unless plain-http = true");
            return Err(refused(format!("plain http is for this computer only{unless}")));
        }
        other => return Err(refused(format!("{other} is neither http nor https"))),
    }
    if url.host().is_none() || !url.username().is_empty() || url.password().is_some() || url.query().is_some()
    {
        return Err(refused("only a host, a port and a path may stand here".to_owned()));
    }
    Ok(url)
}

/// A host with its port, as its name or as an address whose path does not matter.
pub(crate) fn host(table: &str, key: &'static str, text: &str) -> Result<HostName, HostsError> {
    let name = match text.contains("://") {
        true => authority(&address(table, key, text, None)?),
        false => text.to_ascii_lowercase(),
    };
    let reason = "a host such as auth.example.com is wanted, perhaps with a port";
    name.parse().map_err(|_| HostsError::Value { table: table.to_owned(), key, reason: reason.to_owned() })
}

pub(crate) fn profile(table: &str, text: &str) -> Result<Profile, HostsError> {
    match text {
        "ghcr" => Ok(Profile::Ghcr),
        "docker-pkg" => Ok(Profile::DockerPkg),
        "ghes-containers" => Ok(Profile::GhesContainers),
        "ghes-docker" => Ok(Profile::GhesDocker),
        "ghe-com" => Ok(Profile::GheCom),
        "generic" => Ok(Profile::Generic),
        other => Err(HostsError::Value {
            table: table.to_owned(),
            key: "profile",
            reason: format!(
                "{other} is none of ghcr, docker-pkg, ghes-containers, ghes-docker, ghe-com, generic"
            ),
        }),
    }
}
