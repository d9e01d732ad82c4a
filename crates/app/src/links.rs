//! The closed list of pages outside that may be opened. The page names a topic; the address is made here.

use slipway_hosts::{Endpoint, pages};
use slipway_reference::RepositoryPath;
use url::Url;

use crate::view::LinkTopic;

/// The address of `topic` for a package at `endpoint`; none where there is no such page.
pub(crate) fn address(topic: LinkTopic, endpoint: &Endpoint, path: Option<&RepositoryPath>) -> Option<Url> {
    match topic {
        LinkTopic::NewToken => pages::new_token(endpoint),
        LinkTopic::Tokens => pages::tokens(endpoint),
        LinkTopic::PackagePage => pages::package(endpoint, path?),
        LinkTopic::PackageSettings => pages::package_settings(endpoint, path?),
        LinkTopic::OwnerSettings => pages::owner_settings(endpoint, path?),
        LinkTopic::BillingSettings => pages::billing(endpoint, path?),
        LinkTopic::Docs => pages::docs(),
        LinkTopic::Status => pages::status(),
    }
}
