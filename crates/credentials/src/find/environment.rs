//! Tokens in variables, by the names that GitHub's documentation, `gh` and Actions use.

use slipway_distribution::CredentialSource;

use super::found::At;
use super::{BelongsTo, Found, Listing};
use crate::Surroundings;

const GITHUB_COM: &str = "github.com";

/// The tokens that are set, in the order that they would be used in. A token whose host is not known is not offered.
pub(super) fn list(surroundings: &Surroundings) -> Listing {
    let server = surroundings.variable("GITHUB_SERVER_URL").map(|url| server(&url));
    let named = surroundings.variable("GH_HOST").map(|host| self::server(&host));
    let cloud = |host: &String| host == GITHUB_COM || host.ends_with(".ghe.com");
    // Where the process's own GitHub is: an Enterprise Server's tokens must never reach github.com's registries
    // (actions/runner#1199).
    let of_server = server.clone().unwrap_or_else(|| GITHUB_COM.to_owned());
    // `gh` sends these two to github.com and GHE.com only (cli/go-gh).
    let of_cloud = named.clone().filter(cloud).or(server.clone().filter(cloud));
    let of_cloud = of_cloud.unwrap_or_else(|| GITHUB_COM.to_owned());
    let of_enterprise = named.filter(|host| !cloud(host)).or(server.filter(|host| !cloud(host)));
    let registry = match of_server.as_str() {
        GITHUB_COM => "ghcr.io".to_owned(),
        host => format!("containers.{host}"),
    };
    let enterprise = || of_enterprise.clone().map(BelongsTo::GitHub);
    let places = [
        ("CR_PAT", Some(BelongsTo::Registry(registry)), None),
        ("GH_TOKEN", Some(BelongsTo::GitHub(of_cloud)), None),
        ("GITHUB_TOKEN", Some(BelongsTo::GitHub(of_server)), surroundings.variable("GITHUB_ACTOR")),
        ("GH_ENTERPRISE_TOKEN", enterprise(), None),
        ("GITHUB_ENTERPRISE_TOKEN", enterprise(), None),
    ];
    let found = places.into_iter().filter_map(|(name, belongs_to, username)| {
        surroundings.variable(name)?;
        Some(Found {
            belongs_to: belongs_to?,
            username,
            source: CredentialSource::Environment,
            place: name.to_owned(),
            is_identity_token: false,
            at: At::Variable(name),
        })
    });
    Listing { found: found.collect(), troubles: Vec::new() }
}

/// The host in `https://ghe.example.com/`.
fn server(url: &str) -> String {
    crate::docker::host(url.trim()).to_ascii_lowercase()
}
