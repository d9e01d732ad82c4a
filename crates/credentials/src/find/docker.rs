//! What Docker keeps: `DOCKER_AUTH_CONFIG`, `config.json`, and the helpers that it names.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::ExposeSecret;
use slipway_distribution::CredentialSource;
use slipway_reference::HostName;

use super::found::At;
use super::{BelongsTo, FindError, Found, Listing, files, in_plain};
use crate::Surroundings;
use crate::docker::{File, Helper, HelperError, IDENTITY_TOKEN, Login, host};

const VARIABLE: &str = "DOCKER_AUTH_CONFIG";

/// The logins in `DOCKER_AUTH_CONFIG`, by host.
#[derive(Default)]
pub(super) struct Variable(Vec<(String, Login)>);

impl Variable {
    pub(super) fn take(self, host: &str) -> Option<Login> {
        self.0.into_iter().find(|(found, _)| found == host).map(|(_, login)| login)
    }
}

/// Reads `DOCKER_AUTH_CONFIG`.
pub(super) fn variable(surroundings: &Surroundings) -> Result<Variable, FindError> {
    let Some(text) = surroundings.secret(VARIABLE) else { return Ok(Variable::default()) };
    let file = File::parse_variable(text.expose_secret()).map_err(|_| FindError::AuthVariable)?;
    Ok(Variable(file.logins().map(|(key, login)| (host(key).to_owned(), login)).collect()))
}

/// All that Docker has.
pub(super) async fn list(surroundings: &Surroundings, limit: Duration) -> Listing {
    let mut listing = Listing::default();
    let variable = listing.keep(variable(surroundings)).unwrap_or_default();
    listing.found.extend(variable.0.iter().map(|(host, login)| in_variable(host, login)));
    let Some(file) = listing.keep(files::read(&surroundings.docker_config())) else { return listing };
    let mut kept: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    let names = file.helpers().map(|(_, name)| name).chain(file.store());
    for name in names {
        if !kept.contains_key(name) {
            kept.insert(name, listing.keep(servers(surroundings, name, limit).await).unwrap_or_default());
        }
    }
    for (key, name) in file.helpers() {
        // Helpers for clouds make up a login when they are asked for one, and list none.
        let known = kept[name].iter().find(|(server, _)| host(server) == host(key));
        let (server, username) = known.map_or((key, None), |(server, name)| (server.as_str(), Some(name)));
        listing.found.push(in_helper(Place::Own, name, host(key), server, username.map(String::as_str)));
    }
    if let Some(name) = file.store() {
        let own = |server: &str| file.helpers().any(|(key, _)| host(key) == host(server));
        for (server, username) in kept[name].iter().filter(|(server, _)| !own(server)) {
            listing.found.push(in_helper(Place::Store, name, host(server), server, Some(username)));
        }
    }
    let in_auths = file.logins().map(|(key, login)| in_auths(surroundings, key, &login));
    listing.found.extend(in_auths);
    listing
}

/// Where Docker looks for the login of `wanted`, in order.
pub(super) fn candidates(surroundings: &Surroundings, wanted: &HostName) -> Result<Vec<Found>, FindError> {
    let wanted = wanted.as_str();
    let mut candidates = Vec::new();
    if let Some(login) = variable(surroundings).unwrap_or_default().take(wanted) {
        candidates.push(in_variable(wanted, &login));
    }
    let file = files::read(&surroundings.docker_config())?;
    // What was stored under an address in full is asked for by that address.
    let listed = file.keys().filter(|key| *key != wanted && host(key) == wanted);
    let servers: Vec<&str> = std::iter::once(wanted).chain(listed).collect();
    let own = file.helpers().find(|(key, _)| host(key) == wanted).map(|(_, name)| (Place::Own, name));
    if let Some((place, name)) = own.or(file.store().map(|name| (Place::Store, name))) {
        candidates.extend(servers.iter().map(|server| in_helper(place, name, wanted, server, None)));
    }
    let logins = file.logins().filter(|(key, _)| host(key) == wanted);
    candidates.extend(logins.map(|(key, login)| in_auths(surroundings, key, &login)));
    Ok(candidates)
}

async fn servers(
    surroundings: &Surroundings,
    name: &str,
    limit: Duration,
) -> Result<BTreeMap<String, String>, HelperError> {
    Helper::new(surroundings, name)?.list(limit).await
}

fn in_variable(host: &str, login: &Login) -> Found {
    in_plain(login, host, CredentialSource::Environment, VARIABLE.to_owned(), At::AuthVariable)
}

fn in_auths(surroundings: &Surroundings, key: &str, login: &Login) -> Found {
    let path = surroundings.docker_config();
    let place = format!("Docker's {}", path.display());
    let at = At::AuthFile { path, key: key.to_owned() };
    in_plain(login, host(key), CredentialSource::DockerConfig, place, at)
}

/// How a configuration names a helper.
#[derive(Clone, Copy)]
enum Place {
    /// For one host (`credHelpers`).
    Own,
    /// For all others (`credsStore`).
    Store,
}

fn in_helper(place: Place, name: &str, host: &str, server: &str, username: Option<&str>) -> Found {
    let member = match place {
        Place::Own => "credHelpers",
        Place::Store => "credsStore",
    };
    let username = username.filter(|name| !name.is_empty());
    Found {
        belongs_to: BelongsTo::Registry(host.to_owned()),
        is_identity_token: username == Some(IDENTITY_TOKEN),
        username: username.filter(|name| *name != IDENTITY_TOKEN).map(str::to_owned),
        source: CredentialSource::DockerHelper,
        place: format!("Docker's {member} {name}"),
        at: At::Helper { name: name.to_owned(), server: server.to_owned() },
    }
}
