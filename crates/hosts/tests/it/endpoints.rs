//! How names become addresses.

use std::path::Path;

use slipway_hosts::{Added, Endpoint, Hosts, OverridePart, Profile, RealmRefusal};
use url::Url;

fn hosts(text: &str) -> Hosts {
    Hosts::with_file(text, Path::new("/settings")).unwrap()
}

/// Whether a token may be asked for at `realm`.
fn allows(endpoint: &Endpoint, realm: &str) -> bool {
    endpoint.check_realm(&Url::parse(realm).unwrap()).is_ok()
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
        assert!(allows(&hub, "https://auth.docker.io/token"));
    }
    let reference: slipway_reference::Reference = "docker.io/alpine:3.20".parse().unwrap();
    assert_eq!(reference.to_string(), "docker.io/library/alpine:3.20");
}

#[test]
fn an_override_keeps_name_and_rules_and_shows_its_chip() {
    let text = "[\"ghcr.io\"]\nregistry = \"http://127.0.0.1:6001\"\nca-file = \"ca.pem\"\n";
    let ghcr = hosts(text).endpoint(&"ghcr.io".parse().unwrap(), false).unwrap();
    assert_eq!((ghcr.name.as_str(), ghcr.profile), ("ghcr.io", Profile::Ghcr));
    assert_eq!(led(&ghcr), Some((OverridePart::Registry, "127.0.0.1:6001")));
    assert_eq!(ghcr.ca_file.as_deref(), Some(Path::new("/settings/ca.pem")));
    let real = Hosts::builtin().endpoint(&"ghcr.io".parse().unwrap(), false).unwrap();
    assert_eq!((led(&real), real.registry.as_str()), (None, "https://ghcr.io/"));
}

fn led(endpoint: &Endpoint) -> Option<(OverridePart, &str)> {
    endpoint.overridden.as_ref().map(|led| (led.part, led.address.as_str()))
}

/// Only a registry on this computer counted. Another host, the API and the pages got the tokens of GitHub's names
/// without a sign.
#[test]
fn nothing_of_a_built_in_name_is_led_elsewhere_without_a_sign_or_with_what_is_kept_for_it() {
    let rows = [
        ("registry = \"https://evil.test\"", OverridePart::Registry, "evil.test"),
        ("registry = \"https://ghcr.io:8443\"", OverridePart::Registry, "ghcr.io:8443"),
        ("api = \"https://evil.test\"", OverridePart::Api, "evil.test"),
        ("web = \"https://evil.test/\"", OverridePart::Web, "evil.test"),
        ("ca-file = \"/ca.pem\"", OverridePart::Connection, "/ca.pem"),
        ("realm = \"evil.test\"", OverridePart::Connection, "evil.test"),
        ("plain-http = true", OverridePart::Connection, "plain http"),
        ("profile = \"generic\"", OverridePart::Connection, "Generic"),
    ];
    for name in ["ghcr.io", "docker.pkg.github.com"] {
        for (line, part, address) in rows {
            for (more, kept) in [("", false), ("credentials = false", false), ("credentials = true", true)] {
                let text = format!("[\"{name}\"]\n{line}\n{more}\n");
                let endpoint = hosts(&text).endpoint(&name.parse().unwrap(), false).unwrap();
                assert_eq!((led(&endpoint), endpoint.takes_kept()), (Some((part, address)), kept), "{text}");
            }
        }
        let same =
            format!("[\"{name}\"]\nregistry = \"https://{name}/\"\napi = \"https://api.github.com\"\n");
        let endpoint = hosts(&same).endpoint(&name.parse().unwrap(), false).unwrap();
        assert!(led(&endpoint).is_none() && endpoint.takes_kept() && endpoint.web.is_some());
    }
    let moved = hosts("[\"ghcr.io\"]\nregistry = \"https://evil.test\"\n");
    let moved = moved.endpoint(&"ghcr.io".parse().unwrap(), false).unwrap();
    assert!(moved.api.is_none() && moved.web.is_none(), "another registry's tokens are not GitHub's");
}

/// The same of a name that people added: what is kept for it belongs to the host that it names.
#[test]
fn a_name_that_is_not_built_in_is_led_elsewhere_where_its_host_is_another() {
    let of = |text: &str, name: &str| hosts(text).endpoint(&name.parse().unwrap(), false).unwrap();
    let moved = of("[\"reg.example.com\"]\nregistry = \"https://evil.test\"\n", "reg.example.com");
    assert_eq!((led(&moved), moved.takes_kept()), (Some((OverridePart::Registry, "evil.test")), false));
    let own =
        "[\"reg.example.com\"]\nregistry = \"http://reg.example.com\"\nplain-http = true\nca-file = \"ca\"\n";
    assert!(of(own, "reg.example.com").takes_kept());

    let mut hosts = hosts("[\"containers.ghe.example.com\"]\napi = \"https://evil.test\"\n");
    hosts.add(&"ghe.example.com".parse().unwrap(), &Added::default()).unwrap();
    let moved = hosts.endpoint(&"containers.ghe.example.com".parse().unwrap(), false).unwrap();
    assert_eq!((led(&moved), moved.takes_kept()), (Some((OverridePart::Api, "evil.test")), false));
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
    assert!(allows(&ghcr, "https://ghcr.io/token"));
    for realm in [
        "http://ghcr.io/token",
        "https://ghcr.io.example.com/token",
        "https://example.com/token",
        "https://other.io/token",
    ] {
        assert!(!allows(&ghcr, realm), "{realm}");
    }
    let enterprise =
        Hosts::builtin().endpoint(&"containers.ghe.example.com".parse().unwrap(), false).unwrap();
    assert!(allows(&enterprise, "https://ghe.example.com/token"));
    assert!(!allows(&enterprise, "https://evil.example.org/token"));
    let practice = hosts("[\"ghcr.io\"]\nregistry = \"http://127.0.0.1:6001\"\n");
    let practice = practice.endpoint(&"ghcr.io".parse().unwrap(), false).unwrap();
    assert!(allows(&practice, "http://127.0.0.1:6001/token"));
    assert!(!allows(&practice, "https://ghcr.io/token"));
}

/// nvcr.io asks for tokens at authn.nvidia.com (oras-project/oras-dotnet#401), rg.fr-par.scw.cloud at api.scaleway.com.
#[test]
fn a_realm_of_somebody_else_is_taken_where_it_is_named_and_nowhere_else() {
    let set = |realm: &str| {
        let mut hosts = Hosts::builtin();
        let added = Added { registry: true, realm: Some(realm.to_owned()), ..Added::default() };
        hosts.add(&"nvcr.io".parse().unwrap(), &added).map(|()| hosts)
    };
    let of = |hosts: &Hosts, name: &str| hosts.endpoint(&name.parse().unwrap(), false).unwrap();
    let nobody = of(&Hosts::builtin(), "nvcr.io");
    assert!(!allows(&nobody, "https://authn.nvidia.com/token"));
    for written in
        ["authn.nvidia.com", "AUTHN.nvidia.com", "https://authn.nvidia.com/token", "authn.nvidia.com:443"]
    {
        let hosts = set(written).unwrap();
        let nvcr = of(&hosts, "nvcr.io");
        assert!(allows(&nvcr, "https://authn.nvidia.com/token") && allows(&nvcr, "https://nvcr.io/token"));
        for realm in [
            "http://authn.nvidia.com/token",
            "https://nvidia.com/token",
            "https://evil.nvidia.com/token",
            "https://authn.nvidia.com:8443/token",
            "https://authn.nvidia.com.evil.test/token",
            "https://authn.nvidia.com@evil.test/token",
        ] {
            assert!(!allows(&nvcr, realm), "{written}: {realm}");
        }
        assert!(!allows(&of(&hosts, "ghcr.io"), "https://authn.nvidia.com/token"), "another registry's");
    }
    for written in
        ["", "no host", "http://authn.nvidia.com", "https://u:canary@authn.nvidia.com", "auth/token"]
    {
        let refused = set(written).unwrap_err().to_string();
        assert!(refused.contains("realm") && !refused.contains("canary"), "{written}: {refused}");
    }
    let ghe = Added { realm: Some("login.octo.example".to_owned()), ..Added::default() };
    let mut hosts = Hosts::builtin();
    hosts.add(&"ghe.example.com".parse().unwrap(), &ghe).unwrap();
    assert!(allows(&of(&hosts, "containers.ghe.example.com"), "https://login.octo.example/token"));
    assert!(hosts.add(&"github.com".parse().unwrap(), &ghe).is_err(), "GitHub's own stay as they are");
    let file = self::hosts("[\"reg.example.com\"]\nrealm = \"auth.example.org\"\n");
    assert!(allows(&of(&file, "reg.example.com"), "https://auth.example.org/token"));
}

/// Harbor behind a TLS proxy names http:// of its own host (Finsys/dockhand#1428): naming a host does not help there.
#[test]
fn a_realm_without_tls_is_told_from_one_of_somebody_else() {
    let registry = Hosts::builtin().endpoint(&"registry.example.com".parse().unwrap(), false).unwrap();
    let refusal = |realm: &str| registry.check_realm(&Url::parse(realm).unwrap()).unwrap_err();
    assert_eq!(refusal("http://registry.example.com/token"), RealmRefusal::Unprotected);
    assert_eq!(refusal("http://auth.other.test/token"), RealmRefusal::Unprotected);
    assert_eq!(refusal("https://auth.other.test/token"), RealmRefusal::Elsewhere);
    assert_eq!(refusal("http://127.0.0.1:5001/token"), RealmRefusal::Elsewhere);
}

#[test]
fn names_under_one_country_domain_are_no_siblings() {
    let shop = Hosts::builtin().endpoint(&"registry.shop.co.uk".parse().unwrap(), false).unwrap();
    assert!(!allows(&shop, "https://evil.co.uk/token"));
    assert!(allows(&shop, "https://auth.shop.co.uk/token"));
}
