//! Addresses of GitHub's pages, as far as its documentation names them.

use slipway_reference::RepositoryPath;
use url::Url;

use crate::{Endpoint, NameForm};

/// The form for a new classic token with `write:packages` ticked. Given in the address, the scope does not
/// tick `repo` beside it; the legacy registry needs that one, too.
pub fn new_token(endpoint: &Endpoint) -> Option<Url> {
    new_token_for(
        endpoint,
        if endpoint.profile.is_legacy() { &["write:packages", "repo"] } else { &["write:packages"] },
    )
}

/// The same form with these scopes ticked.
pub fn new_token_for(endpoint: &Endpoint, scopes: &[&str]) -> Option<Url> {
    let mut url = at(endpoint, &["settings", "tokens", "new"])?;
    url.set_query(Some(&format!("scopes={}", scopes.join(","))));
    Some(url)
}

/// Where the code of a device sign-in is entered.
pub fn device(endpoint: &Endpoint) -> Option<Url> {
    at(endpoint, &["login", "device"])
}

/// The person's tokens.
pub fn tokens(endpoint: &Endpoint) -> Option<Url> {
    at(endpoint, &["settings", "tokens"])
}

/// The package's page. Works for users and organisations alike.
pub fn package(endpoint: &Endpoint, path: &RepositoryPath) -> Option<Url> {
    let (owner, name) = path.as_str().split_once('/')?;
    match endpoint.profile.form() {
        NameForm::OwnerName => at(endpoint, &["users", owner, "packages", "container", "package", name]),
        NameForm::OwnerRepositoryName => at(endpoint, &[owner, name.split('/').next()?, "packages"]),
        NameForm::Path => None,
    }
}

/// The package's settings: visibility and access.
pub fn package_settings(endpoint: &Endpoint, path: &RepositoryPath) -> Option<Url> {
    let (owner, name) = path.as_str().split_once('/')?;
    match endpoint.profile.form() {
        NameForm::OwnerName => at(endpoint, &["users", owner, "packages", "container", name, "settings"]),
        NameForm::OwnerRepositoryName => at(endpoint, &[owner, name.split('/').next()?, "settings"]),
        NameForm::Path => None,
    }
}

/// The owner's settings for packages.
pub fn owner_settings(endpoint: &Endpoint, path: &RepositoryPath) -> Option<Url> {
    at(endpoint, &["organizations", path.parts().next()?, "settings", "packages"])
}

/// The owner's billing settings.
pub fn billing(endpoint: &Endpoint, path: &RepositoryPath) -> Option<Url> {
    at(endpoint, &["organizations", path.parts().next()?, "settings", "billing"])
}

/// GitHub's documentation of the container registry.
pub fn docs() -> Option<Url> {
    Url::parse(
        "https://docs.github.com/packages/working-with-a-github-packages-registry/working-with-the-container-registry",
    )
    .ok()
}

/// GitHub's status page.
pub fn status() -> Option<Url> {
    Url::parse("https://www.githubstatus.com/").ok()
}

/// `segments` below the endpoint's pages; a `/` in one is encoded, as package names need it.
fn at(endpoint: &Endpoint, segments: &[&str]) -> Option<Url> {
    let mut url = endpoint.web.clone()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(segments);
    Some(url)
}
