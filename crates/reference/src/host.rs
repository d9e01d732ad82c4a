//! A registry's name.

use crate::{Refusal, Rule, text_type};

/// The names of Docker Hub's registry. Docker keeps its login under an address of the second; the third answers.
pub const DOCKER_HUB: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/// A host with an optional port, as it stands before the first slash of a reference: `ghcr.io`,
/// `127.0.0.1:5000`, `localhost:5000`, `[::1]:5000`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostName(String);

text_type!(HostName);

impl HostName {
    /// Everything that is found about `text`.
    pub fn check(text: &str) -> Vec<Refusal> {
        let lower = text.to_ascii_lowercase();
        if lower != text && is_valid(&lower) {
            return vec![Refusal::new(Rule::ReferenceHost, text, Some(lower))];
        }
        if is_valid(text) { Vec::new() } else { vec![Refusal::new(Rule::ReferenceHost, text, None)] }
    }

    /// Whether the part before the first slash of a reference is a host: by Docker's rule it holds a dot or
    /// a colon, or is `localhost`; anything else is the first part of a path.
    pub(crate) fn is_meant(text: &str) -> bool {
        text.contains(['.', ':']) || text.eq_ignore_ascii_case("localhost")
    }

    /// Whether it is one of the names of Docker Hub's registry.
    pub fn is_docker_hub(&self) -> bool {
        DOCKER_HUB.contains(&self.0.as_str())
    }

    /// The host without its port.
    pub fn host(&self) -> &str {
        split(&self.0).map_or(&self.0, |(host, _)| host)
    }
}

fn is_valid(text: &str) -> bool {
    let Some((host, port)) = split(text) else { return false };
    let port_is_valid = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    let host_is_valid = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(label_is_valid),
    };
    port_is_valid && host_is_valid && text.len() <= 253
}

fn split(text: &str) -> Option<(&str, Option<&str>)> {
    match text.strip_prefix('[') {
        Some(rest) => {
            let end = rest.find(']')? + 2;
            match &text[end..] {
                "" => Some((text, None)),
                port => Some((&text[..end], Some(port.strip_prefix(':')?))),
            }
        }
        None => Some(text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)))),
    }
}

fn label_is_valid(label: &str) -> bool {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    !label.is_empty() && label.chars().all(inside) && !label.starts_with('-') && !label.ends_with('-')
}
