//! How names become addresses.

use std::path::Path;

use slipway_hosts::{Hosts, Profile};
use url::Url;

fn hosts(text: &str) -> Hosts {
    Hosts::with_file(text, Path::new("/settings")).unwrap()
}

#[test]
fn a_host_that_nobody_configured_is_a_plain_registry_by_https_or_on_this_computer() {
    let hosts = Hosts::builtin();
    let other = hosts.endpoint(&"registry.example.com".parse().unwrap(), false).unwrap();
    assert_eq!((other.profile, other.registry.as_str()), (Profile::Generic, "https://registry.example.com/"));
    let local = hosts.endpoint(&"127.0.0.1:5000".parse().unwrap(), false).unwrap();
    assert_eq!(local.registry.as_str(), "http://127.0.0.1:5000/");
    let asked = hosts.endpoint(&"registry.example.com:5000".parse().unwrap(), true).unwrap();
    assert_eq!(asked.registry.scheme(), "http");
}

/// `docker.io/v2/` is a web page (docker/hub-feedback#1767).
#[test]
fn docker_hub_is_asked_where_its_registry_is() {
    for name in ["docker.io", "index.docker.io", "registry-1.docker.io"] {
        let hub = Hosts::builtin().endpoint(&name.parse().unwrap(), false).unwrap();
        assert_eq!((hub.name.as_str(), hub.registry.as_str()), (name, "https://registry-1.docker.io/"));
        assert!(hub.realm_allowed(&Url::parse("https://auth.docker.io/token").unwrap()));
    }
    let reference: slipway_reference::Reference = "docker.io/alpine:3.20".parse().unwrap();
    assert_eq!(reference.to_string(), "docker.io/library/alpine:3.20");
}

#[test]
fn an_override_keeps_name_and_rules_and_shows_its_chip() {
    let text = "[\"ghcr.io\"]\nregistry = \"http://127.0.0.1:6001\"\nca-file = \"ca.pem\"\n";
    let ghcr = hosts(text).endpoint(&"ghcr.io".parse().unwrap(), false).unwrap();
    assert_eq!((ghcr.name.as_str(), ghcr.profile), ("ghcr.io", Profile::Ghcr));
    assert_eq!(ghcr.override_chip().as_deref(), Some("127.0.0.1:6001"));
    assert_eq!(ghcr.ca_file.as_deref(), Some(Path::new("/settings/ca.pem")));
    let real = Hosts::builtin().endpoint(&"ghcr.io".parse().unwrap(), false).unwrap();
    assert_eq!((real.override_chip(), real.registry.as_str()), (None, "https://ghcr.io/"));
}

#[test]
fn mistakes_in_the_file_are_named_by_table_and_key() {
    let message = |text: &str| Hosts::with_file(text, Path::new("")).unwrap_err().to_string();
    let http = message("[\"ghcr.io\"]\nregistry = \"http://registry.example.com\"\n");
    assert!(http.contains("ghcr.io") && http.contains("registry") && http.contains("plain-http"), "{http}");
    assert!(message("[\"ghcr.io\"]\nregistri = \"x\"\n").contains("registri"));
    assert!(message("[\"not a host\"]\n").contains("not a host"));
    assert!(message("[\"ghcr.io\"]\nprofile = \"ghrc\"\n").contains("ghrc"));
    assert!(message("[\"ghcr.io\"\n").contains("line 1"));
}

#[test]
fn tokens_are_only_asked_for_where_they_may_go() {
    let ghcr = Hosts::builtin().endpoint(&"ghcr.io".parse().unwrap(), false).unwrap();
    let allows = |realm: &str| ghcr.realm_allowed(&Url::parse(realm).unwrap());
    assert!(allows("https://ghcr.io/token"));
    for realm in [
        "http://ghcr.io/token",
        "https://ghcr.io.example.com/token",
        "https://example.com/token",
        "https://other.io/token",
    ] {
        assert!(!allows(realm), "{realm}");
    }
    let enterprise =
        Hosts::builtin().endpoint(&"containers.ghe.example.com".parse().unwrap(), false).unwrap();
    assert!(enterprise.realm_allowed(&Url::parse("https://ghe.example.com/token").unwrap()));
    assert!(!enterprise.realm_allowed(&Url::parse("https://evil.example.org/token").unwrap()));
    let practice = hosts("[\"ghcr.io\"]\nregistry = \"http://127.0.0.1:6001\"\n");
    let practice = practice.endpoint(&"ghcr.io".parse().unwrap(), false).unwrap();
    assert!(practice.realm_allowed(&Url::parse("http://127.0.0.1:6001/token").unwrap()));
    assert!(!practice.realm_allowed(&Url::parse("https://ghcr.io/token").unwrap()));
}

#[test]
fn names_under_one_country_domain_are_no_siblings() {
    let shop = Hosts::builtin().endpoint(&"registry.shop.co.uk".parse().unwrap(), false).unwrap();
    assert!(!shop.realm_allowed(&Url::parse("https://evil.co.uk/token").unwrap()));
    assert!(shop.realm_allowed(&Url::parse("https://auth.shop.co.uk/token").unwrap()));
}
