//! What an address says: whether it is on this computer, its host and port.

use slipway_reference::HostName;
use url::{Host, Url};

/// Whether an address is on this computer.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// Host and port.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The scheme of a registry of which only the name is known.
pub(crate) fn default_scheme(name: &HostName) -> &'static str {
    let https = Url::parse(&format!("https://{name}"));
    if https.is_ok_and(|url| is_loopback(&url)) { "http" } else { "https" }
}
