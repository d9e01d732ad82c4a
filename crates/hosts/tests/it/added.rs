//! Hosts that people add: their registries, rules and addresses.

use std::path::Path;

use slipway_hosts::{Added, Endpoint, Hosts, HostsError, Profile};

fn added(hosts: &mut Hosts, name: &str) -> Result<(), HostsError> {
    set(hosts, name, &Added { ca_file: Some("/ca.pem".into()), ..Added::default() })
}

fn set(hosts: &mut Hosts, name: &str, added: &Added) -> Result<(), HostsError> {
    hosts.add(&name.parse().unwrap(), added)
}

fn names(hosts: &Hosts) -> Vec<String> {
    hosts.offered().map(|endpoint| endpoint.name.to_string()).collect()
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
    assert_eq!((registry.profile, registry.is_stand_in()), (Profile::GhesContainers, true));
    assert_eq!(registry.web, None, "the real host's pages are not the stand-in's");
}

#[test]
fn what_is_no_enterprise_host_is_refused() {
    for name in [
        "maven.pkg.github.com",
        "api.github.com",
        "ghcr.io",
        "localhost",
        "ghe.example.com:8443",
        "a.b.ghe.com",
    ] {
        assert!(added(&mut Hosts::builtin(), name).is_err(), "{name}");
    }
}

#[test]
fn each_address_of_a_server_can_be_set_and_its_registries_keep_the_rules() {
    let mut hosts = Hosts::builtin();
    let own = Added {
        api: Some("https://api.corp.example/v3".to_owned()),
        containers: Some("https://images.corp.example:8443/".to_owned()),
        docker: Some("ghe.example.com".to_owned()),
        ..Added::default()
    };
    set(&mut hosts, "ghe.example.com", &own).unwrap();
    assert_eq!(names(&hosts)[2..], ["images.corp.example:8443", "ghe.example.com"]);
    let (new, old) = (endpoint(&hosts, "images.corp.example:8443"), endpoint(&hosts, "ghe.example.com"));
    assert_eq!((new.profile, old.profile), (Profile::GhesContainers, Profile::GhesDocker));
    assert_eq!(new.registry.as_str(), "https://images.corp.example:8443/");
    for endpoint in [new, old] {
        assert_eq!(endpoint.host().as_deref(), Some("ghe.example.com"));
        assert_eq!(endpoint.api.unwrap().as_str(), "https://api.corp.example/v3");
        assert_eq!(endpoint.web.unwrap().as_str(), "https://ghe.example.com/");
    }
}

#[test]
fn a_server_without_subdomains_has_the_registries_that_are_set() {
    let mut hosts = Hosts::builtin();
    let own = Added {
        containers: Some("none".to_owned()),
        docker: Some("ghe.example.com".to_owned()),
        ..Added::default()
    };
    set(&mut hosts, "ghe.example.com", &own).unwrap();
    assert_eq!(names(&hosts)[2..], ["ghe.example.com"]);

    let own = Added { containers: Some("http://127.0.0.1:6001".to_owned()), ..Added::default() };
    set(&mut hosts, "127.0.0.1:6003", &own).unwrap();
    let registry = endpoint(&hosts, "127.0.0.1:6001");
    assert_eq!(registry.registry.as_str(), "http://127.0.0.1:6001/");
    assert_eq!(registry.api.unwrap().as_str(), "http://127.0.0.1:6003/api/v3");
    assert!(registry.overridden.is_none(), "its name says where it is");
}

#[test]
fn any_other_registry_is_its_own_host_and_has_no_rules_of_githubs() {
    let mut hosts = Hosts::builtin();
    let own = Added { registry: true, ca_file: Some("/ca.pem".into()), ..Added::default() };
    for name in ["registry.example.com:5000", "127.0.0.1:5000"] {
        set(&mut hosts, name, &own).unwrap();
        let registry = endpoint(&hosts, name);
        assert_eq!((registry.profile, registry.host().as_deref()), (Profile::Generic, Some(name)));
        assert_eq!((registry.api, registry.ca_file.as_deref()), (None, Some(Path::new("/ca.pem"))));
    }
    assert_eq!(endpoint(&hosts, "127.0.0.1:5000").registry.scheme(), "http");
}

#[test]
fn the_certificate_authority_of_github_com_can_be_set_and_nothing_else() {
    let mut hosts = Hosts::builtin();
    added(&mut hosts, "github.com").unwrap();
    assert_eq!(names(&hosts), ["ghcr.io", "docker.pkg.github.com"]);
    assert!(hosts.offered().all(|endpoint| endpoint.ca_file.as_deref() == Some(Path::new("/ca.pem"))));
}

#[test]
fn a_refusal_names_what_cannot_be_used_and_adds_nothing() {
    let mut hosts = Hosts::builtin();
    added(&mut hosts, "ghe.example.com").unwrap();
    let before = names(&hosts);
    let own = Added::default;
    let wrong = [
        ("github.com", "registry", Added { registry: true, ..own() }),
        ("github.com", "api", Added { api: Some("https://api.example.com".to_owned()), ..own() }),
        ("a.example.com", "api", Added { api: Some("http://api.example.com".to_owned()), ..own() }),
        ("a.example.com", "api", Added { api: Some("nowhere".to_owned()), ..own() }),
        (
            "a.example.com",
            "containers",
            Added { containers: Some("https://u:canary@images.example.com".to_owned()), ..own() },
        ),
        ("a.example.com", "containers", Added { containers: Some("not a host".to_owned()), ..own() }),
        ("a.example.com", "containers", Added { containers: Some("ghcr.io".to_owned()), ..own() }),
        ("a.example.com", "docker", Added { docker: Some("containers.ghe.example.com".to_owned()), ..own() }),
        ("a.example.com", "docker", Added { docker: Some("containers.a.example.com".to_owned()), ..own() }),
        ("octocorp.ghe.com", "docker", Added { docker: Some("docker.octocorp.ghe.com".to_owned()), ..own() }),
        (
            "registry.example.com",
            "docker",
            Added { registry: true, docker: Some("x.example.com".to_owned()), ..own() },
        ),
    ];
    for (name, key, own) in wrong {
        let error = set(&mut hosts, name, &own).expect_err(key);
        assert!(
            matches!(error, HostsError::Value { key: named, .. } if named == key),
            "{name} {key}: {error}"
        );
        assert!(!error.to_string().contains("canary"), "{error}");
    }
    for (name, registry) in
        [("ghcr.io", true), ("containers.ghe.example.com", true), ("images", true), ("10.0.0.1", false)]
    {
        let error = set(&mut hosts, name, &Added { registry, ..own() }).unwrap_err();
        assert!(matches!(error, HostsError::Name { .. }), "{name}: {error}");
    }
    assert_eq!(names(&hosts), before);
}
