//! What Docker keeps: `DOCKER_AUTH_CONFIG`, `config.json`, and the helpers that it names.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::ExposeSecret;
use slipway_distribution::CredentialSource;
use slipway_reference::HostName;

use super::found::At;
use super::{BelongsTo, FindError, Found, Listing, files, in_plain};
use crate::Surroundings;
use crate::docker::{File, Helper, HelperError, IDENTITY_TOKEN, Login, fit, host, part};

const VARIABLE: &str = "DOCKER_AUTH_CONFIG";

/// The logins in `DOCKER_AUTH_CONFIG`, by key.
#[derive(Default)]
pub(super) struct Variable(Vec<(String, Login)>);

impl Variable {
    /// The login that stands under `key`, word for word.
    pub(super) fn take(self, key: &str) -> Option<Login> {
        self.0.into_iter().find(|(found, _)| found == key).map(|(_, login)| login)
    }
}

/// Reads `DOCKER_AUTH_CONFIG`.
pub(super) fn variable(surroundings: &Surroundings) -> Result<Variable, FindError> {
    let Some(text) = surroundings.secret(VARIABLE) else { return Ok(Variable::default()) };
    let file = File::parse_variable(text.expose_secret()).map_err(|_| FindError::AuthVariable)?;
    Ok(Variable(file.logins().map(|(key, login)| (key.to_owned(), login)).collect()))
}

/// All that Docker has.
pub(super) async fn list(surroundings: &Surroundings, limit: Duration) -> Listing {
    let mut listing = Listing::default();
    let variable = listing.keep(CredentialSource::DockerConfig, variable(surroundings)).unwrap_or_default();
    listing.found.extend(variable.0.iter().map(|(key, login)| in_variable(key, login)));
    let Some(file) = listing.keep(CredentialSource::DockerConfig, files::read(&surroundings.docker_config()))
    else {
        return listing;
    };
    let mut kept: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    let names = file.helpers().map(|(_, name)| name).chain(file.store());
    for name in names {
        if !kept.contains_key(name) {
            let servers = servers(surroundings, name, limit).await;
            kept.insert(name, listing.keep(CredentialSource::DockerHelper, servers).unwrap_or_default());
        }
    }
    for (key, name) in file.helpers() {
        // Helpers for clouds make up a login when they are asked for one, and list none.
        let known = kept[name].iter().find(|(server, _)| host(server) == host(key));
        let (server, username) = known.map_or((key, None), |(server, name)| (server.as_str(), Some(name)));
        listing.found.push(in_helper(Place::Own, name, &part(key), server, username.map(String::as_str)));
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

/// The entries of its `config.json`. One without a login is what `docker login` leaves where a helper keeps it.
pub(super) fn in_files(surroundings: &Surroundings) -> Vec<Found> {
    let Ok(file) = files::read(&surroundings.docker_config()) else { return Vec::new() };
    let logins: BTreeMap<&str, Login> = file.logins().collect();
    let found = file.keys().filter_map(|key| match logins.get(key) {
        Some(login) => Some(in_auths(surroundings, key, login)),
        None => {
            let own =
                file.helpers().find(|(of, _)| host(of) == host(key)).map(|(_, name)| (Place::Own, name));
            let (place, name) = own.or(file.store().map(|name| (Place::Store, name)))?;
            Some(in_helper(place, name, &part(key), key, None))
        }
    });
    found.collect()
}

/// Where Docker looks for the login of the path `path` of `wanted`, in order.
pub(super) fn candidates(
    surroundings: &Surroundings,
    wanted: &HostName,
    path: &str,
) -> Result<Vec<Found>, FindError> {
    let hub = wanted.is_docker_hub().then_some("https://index.docker.io/v1/");
    let wanted = wanted.as_str();
    let mut candidates = Vec::new();
    let variable = variable(surroundings).unwrap_or_default();
    let in_variables = best(variable.0.iter().map(|(key, login)| (key.as_str(), login)), wanted, path);
    candidates.extend(in_variables.map(|(key, login)| in_variable(key, login)));
    let file = match files::read(&surroundings.docker_config()) {
        Ok(file) => file,
        // What was found serves; the file is not needed.
        Err(_) if !candidates.is_empty() => return Ok(candidates),
        Err(error) => return Err(error),
    };
    // What was stored under an address in full is asked for by that address.
    let listed = best(file.keys().map(|key| (key, ())), wanted, path).map(|(key, ())| key);
    let mut servers: Vec<&str> = std::iter::once(wanted).collect();
    for server in listed.chain(hub) {
        if !servers.contains(&server) {
            servers.push(server);
        }
    }
    let own = best(file.helpers(), wanted, path).next().map(|(_, name)| (Place::Own, name));
    if let Some((place, name)) = own.or(file.store().map(|name| (Place::Store, name))) {
        candidates.extend(servers.iter().map(|server| in_helper(place, name, wanted, server, None)));
    }
    let logins: Vec<_> = file.logins().collect();
    let logins = best(logins.iter().map(|(key, login)| (*key, login)), wanted, path);
    candidates.extend(logins.map(|(key, login)| in_auths(surroundings, key, login)));
    Ok(candidates)
}

/// The entries that serve the path `path` of `registry`, the best first.
fn best<'a, T>(
    entries: impl Iterator<Item = (&'a str, T)>,
    registry: &str,
    path: &str,
) -> impl Iterator<Item = (&'a str, T)> {
    let mut fits: Vec<_> =
        entries.filter_map(|(key, entry)| Some((fit(key, registry, path)?, key, entry))).collect();
    fits.sort_by_key(|(fit, ..)| std::cmp::Reverse(*fit));
    fits.into_iter().map(|(_, key, entry)| (key, entry))
}

async fn servers(
    surroundings: &Surroundings,
    name: &str,
    limit: Duration,
) -> Result<BTreeMap<String, String>, HelperError> {
    Helper::new(surroundings, name)?.list(limit).await
}

fn in_variable(key: &str, login: &Login) -> Found {
    let at = At::AuthVariable { key: key.to_owned() };
    in_plain(login, &part(key), CredentialSource::Environment, VARIABLE.to_owned(), at)
}

fn in_auths(surroundings: &Surroundings, key: &str, login: &Login) -> Found {
    let path = surroundings.docker_config();
    let place = format!("Docker's {}", path.display());
    let at = At::AuthFile { path, key: key.to_owned() };
    in_plain(login, &part(key), CredentialSource::DockerConfig, place, at)
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
