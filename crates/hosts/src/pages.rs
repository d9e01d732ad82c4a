//! Addresses of GitHub's pages, as far as its documentation names them.

use slipway_reference::{RepositoryPath, Tag};
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

/// The package that a page of `endpoint` is about, and the tag where it is about one: the package's page, one of a version,
/// or what a repository shows of its packages. None for every other page.
pub fn package_of(endpoint: &Endpoint, page: &Url) -> Option<(RepositoryPath, Option<Tag>)> {
    let web = endpoint.web.as_ref()?;
    if endpoint.profile.form() != NameForm::OwnerName
        || (web.host_str(), web.port_or_known_default()) != (page.host_str(), page.port_or_known_default())
    {
        return None;
    }
    let parts: Vec<&str> = page.path_segments()?.filter(|part| !part.is_empty()).collect();
    let (owner, name) = match parts[..] {
        ["users" | "orgs", owner, "packages", "container", "package", name, ..]
        | ["users" | "orgs", owner, "packages", "container", name, ..]
        | [owner, _, "pkgs", "container", name, ..] => (owner, name),
        _ => return None,
    };
    // Of what a name may hold, only this is encoded.
    let name = name.replace("%2F", "/").replace("%2f", "/");
    let path = format!("{owner}/{name}").to_ascii_lowercase().parse().ok()?;
    let tag = page.query_pairs().find(|(key, _)| key == "tag").and_then(|(_, tag)| tag.parse().ok());
    Some((path, tag))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hosts;

    #[test]
    fn a_package_is_read_from_each_of_its_pages_and_from_no_other() {
        let endpoint = Hosts::builtin().endpoint(&"ghcr.io".parse().unwrap(), false).unwrap();
        let of = |page: &str| {
            let (path, tag) = package_of(&endpoint, &page.parse().unwrap())?;
            Some((path.to_string(), tag.map(|tag| tag.to_string())))
        };
        let found = |path: &str, tag: Option<&str>| Some((path.to_owned(), tag.map(str::to_owned)));
        let path = "octo-org/tools/monalisa".parse().unwrap();
        let page = package(&endpoint, &path).unwrap();
        assert_eq!(of(page.as_str()), found("octo-org/tools/monalisa", None), "{page}");
        for (page, tag) in [
            ("https://github.com/users/octocat/packages/container/package/monalisa", None),
            ("https://github.com/orgs/Octocat/packages/container/monalisa/477?tag=2.3.1", Some("2.3.1")),
            ("https://github.com/octocat/octo-app/pkgs/container/monalisa?tag=latest", Some("latest")),
            ("https://github.com/octocat/octo-app/pkgs/container/monalisa/477/", None),
            ("https://github.com/users/octocat/packages/container/monalisa/versions", None),
        ] {
            assert_eq!(of(page), found("octocat/monalisa", tag), "{page}");
        }
        for page in [
            "https://github.com/octocat/octo-app",
            "https://github.com/octocat?tab=packages",
            "https://github.com/octocat/octo-app/pkgs/npm/monalisa",
            "https://elsewhere.example/users/octocat/packages/container/package/monalisa",
            "https://github.com:8443/users/octocat/packages/container/package/monalisa",
        ] {
            assert_eq!(of(page), None, "{page}");
        }
    }
}
