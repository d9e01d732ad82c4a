//! GitHub Enterprise hosts: their registries, rules and addresses.

use std::path::Path;

use slipway_hosts::{Endpoint, Hosts, HostsError, Profile};

fn added(hosts: &mut Hosts, name: &str) -> Result<(), HostsError> {
    hosts.add_enterprise(&name.parse().unwrap(), Some(Path::new("/ca.pem")))
}

fn endpoint(hosts: &Hosts, name: &str) -> Endpoint {
    hosts.endpoint(&name.parse().unwrap(), false).unwrap()
}

#[test]
fn a_server_brings_both_registries_with_their_rules() {
    let mut hosts = Hosts::builtin();
    added(&mut hosts, "ghe.example.com").unwrap();
    let (new, old) =
        (endpoint(&hosts, "containers.ghe.example.com"), endpoint(&hosts, "docker.ghe.example.com"));
    assert_eq!((new.profile, old.profile), (Profile::GhesContainers, Profile::GhesDocker));
    assert_eq!(new.registry.as_str(), "https://containers.ghe.example.com/");
    assert_eq!(new.api.unwrap().as_str(), "https://ghe.example.com/api/v3");
    assert_eq!(old.web.unwrap().as_str(), "https://ghe.example.com/");
    assert_eq!(old.ca_file.as_deref(), Some(Path::new("/ca.pem")));
    hosts.remove_enterprise(&"ghe.example.com".parse().unwrap());
    let left: Vec<_> = hosts.offered().map(|endpoint| endpoint.name.to_string()).collect();
    assert_eq!(left, ["ghcr.io", "docker.pkg.github.com"]);
}

#[test]
fn a_part_of_ghe_com_has_one_registry_and_an_api_of_its_own() {
    let mut hosts = Hosts::builtin();
    added(&mut hosts, "octocorp.ghe.com").unwrap();
    let registry = endpoint(&hosts, "containers.octocorp.ghe.com");
    assert_eq!(registry.profile, Profile::GheCom);
    assert_eq!(registry.api.as_ref().unwrap().as_str(), "https://api.octocorp.ghe.com/");
    assert_eq!(registry.host().as_deref(), Some("octocorp.ghe.com"));
    assert_eq!(hosts.offered().count(), 3);
}

#[test]
fn an_address_of_the_endpoints_file_stays_and_gets_the_rules() {
    let file = "[\"containers.ghe.example.com\"]\nregistry = \"http://127.0.0.1:6001\"\n";
    let mut hosts = Hosts::with_file(file, Path::new("")).unwrap();
    added(&mut hosts, "ghe.example.com").unwrap();
    let registry = endpoint(&hosts, "containers.ghe.example.com");
    assert_eq!(registry.registry.as_str(), "http://127.0.0.1:6001/");
    assert_eq!((registry.profile, registry.overridden), (Profile::GhesContainers, true));
    assert_eq!(registry.web, None, "the real host's pages are not the stand-in's");
}

#[test]
fn what_is_no_enterprise_host_is_refused() {
    for name in
        ["github.com", "api.github.com", "ghcr.io", "localhost", "ghe.example.com:8443", "a.b.ghe.com"]
    {
        assert!(added(&mut Hosts::builtin(), name).is_err(), "{name}");
    }
}
