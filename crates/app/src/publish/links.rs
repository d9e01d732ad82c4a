//! The closed list of pages outside that may be opened. The page names a topic; the address is made here.

use slipway_hosts::{Endpoint, pages};
use slipway_reference::RepositoryPath;
use url::Url;

use crate::view::LinkTopic;

/// The address of `topic` for a package at `endpoint`; none where there is no such page.
pub(crate) fn address(topic: LinkTopic, endpoint: &Endpoint, path: Option<&RepositoryPath>) -> Option<Url> {
    match topic {
        LinkTopic::NewToken => pages::new_token(endpoint),
        // A token is authorized for single sign-on in the list of tokens, too.
        LinkTopic::Tokens | LinkTopic::Authorize => pages::tokens(endpoint),
        LinkTopic::PackagePage => pages::package(endpoint, path?),
        LinkTopic::PackageSettings => pages::package_settings(endpoint, path?),
        LinkTopic::OwnerSettings => pages::owner_settings(endpoint, path?),
        // The plan stands on the page about billing.
        LinkTopic::BillingSettings | LinkTopic::PlanSettings => pages::billing(endpoint, path?),
        LinkTopic::Docs => pages::docs(),
        LinkTopic::Status => pages::status(),
        LinkTopic::InstallDocker => Url::parse("https://docs.docker.com/get-started/get-docker/").ok(),
        LinkTopic::InstallPodman => Url::parse("https://podman.io/docs/installation").ok(),
    }
}
