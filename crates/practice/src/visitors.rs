//! Who may ask: programs on this computer, and no page of a browser. A page of another origin could name this address, or
//! let its own name lead here (DNS rebinding), and would then read private images or spend the registry's tokens.

use std::net::IpAddr;

use axum::http::header::{HOST, HeaderMap, HeaderName, ORIGIN};

/// The request names this computer, and comes from no page but our own.
pub(crate) fn may_ask(headers: &HeaderMap) -> bool {
    let Some(host) = only(headers, &HOST) else { return false };
    let own = |origin: &str| origin.strip_prefix("http://") == Some(host);
    is_here(host) && (!headers.contains_key(ORIGIN) || only(headers, &ORIGIN).is_some_and(own))
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}

/// A loopback address, or a name that nobody can own (RFC 6761), whatever the port. Proxies lead from the latter here.
fn is_here(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let last = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(last.as_str(), "localhost" | "test")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_on_this_computer_are_served_and_pages_of_others_are_not() {
        let rows = [
            (Some("127.0.0.1:5000"), None, true),
            (Some("localhost:5000"), None, true),
            (Some("[::1]:5000"), None, true),
            (Some("api.ghe.test"), None, true),
            (Some("127.0.0.1:5000"), Some("http://127.0.0.1:5000"), true),
            (Some("127.0.0.1:5000"), Some("http://127.0.0.1:5001"), false),
            (Some("127.0.0.1:5000"), Some("https://evil.example"), false),
            (Some("127.0.0.1:5000"), Some("null"), false),
            // A name that leads here for as long as that page wants.
            (Some("rebound.evil.example:5000"), None, false),
            (Some("127.0.0.1.evil.example"), None, false),
            (Some("localhost.evil.example"), None, false),
            (Some("192.168.1.7:5000"), None, false),
            (None, None, false),
        ];
        for (host, origin, served) in rows {
            let mut headers = HeaderMap::new();
            headers.extend(host.map(|host| (HOST, host.parse().unwrap())));
            headers.extend(origin.map(|origin| (ORIGIN, origin.parse().unwrap())));
            assert_eq!(may_ask(&headers), served, "{host:?} {origin:?}");
        }
    }
}
