//! Each rule of the form, with its words and its fix.

use slipway_reference::{HostName, ImageName, Level, Owner, Reference, Refusal, Repository, Rule, Tag};

fn first(findings: Vec<Refusal>) -> (&'static str, Option<String>) {
    let finding = findings.into_iter().next().expect("a finding");
    (finding.rule.id(), finding.fix)
}

fn fixed(id: &'static str, fix: &str) -> (&'static str, Option<String>) {
    (id, Some(fix.to_owned()))
}

#[test]
fn owners_are_explained_and_fixed() {
    assert_eq!(first(Owner::check("")), ("owner.empty", None));
    assert_eq!(first(Owner::check("Octocat")), fixed("owner.case", "octocat"));
    assert_eq!(first(Owner::check("octo cat!")), fixed("owner.chars", "octo-cat"));
    assert_eq!(first(Owner::check("octo/")), fixed("owner.chars", "octo"));
    assert_eq!(first(Owner::check("-octocat-")), fixed("owner.edge", "octocat"));
    assert_eq!(first(Owner::check("!!!")), ("owner.chars", None));
    // Managed users.
    assert_eq!(Owner::check("mona_octo"), []);
}

#[test]
fn names_are_explained_and_fixed() {
    assert_eq!(first(ImageName::check("")), ("name.empty", None));
    assert_eq!(first(ImageName::check("MonaLisa")), fixed("name.case", "monalisa"));
    assert_eq!(first(ImageName::check("My App!")), fixed("name.chars", "my-app"));
    assert_eq!(first(ImageName::check("mona..lisa")), fixed("name.separators", "mona.lisa"));
    assert_eq!(first(ImageName::check("_mona")), fixed("name.separators", "mona"));
    assert_eq!(first(ImageName::check("tools//Lint")), fixed("name.case", "tools/lint"));
    for valid in ["monalisa", "tools/lint", "a__b", "a---b", "0"] {
        assert_eq!(ImageName::check(valid), [], "{valid}");
    }
    assert_eq!(first(Repository::check("")), ("repo.required", None));
    assert_eq!(first(Repository::check("octo/app")), fixed("name.chars", "octo-app"));
}

#[test]
fn a_sha_or_a_digest_is_never_a_version() {
    let hex = "0123456789abcdef".repeat(4);
    for text in ["sha256:9f2c", &format!("sha256:{hex}"), "@sha256:9f"] {
        let finding = Tag::check(text).remove(0);
        assert_eq!(finding.rule, Rule::VersionDigest, "{text}");
        assert!(finding.to_string().contains("by version, not by SHA"), "{finding}");
    }
}

/// `ghcr.io/OWNER/IMAGE:${{ github.sha }}` was refused, for pulls too (whoan/docker-build-with-cache-action#72).
#[test]
fn a_commit_is_a_version_like_any_other() {
    let hex = "0123456789abcdef".repeat(4);
    for (text, rule, level) in [
        (&hex[..40], Rule::VersionCommit, Level::Information),
        (hex.as_str(), Rule::VersionHex64, Level::Warning),
    ] {
        let finding = Tag::check(text).remove(0);
        assert_eq!((finding.rule.level(), finding.rule), (level, rule), "{text}");
        assert!(text.parse::<Tag>().is_ok(), "{text}");
        assert!(format!("ghcr.io/octocat/app:{text}").parse::<slipway_reference::Reference>().is_ok());
    }
    for text in [&hex[..39], &hex[..41], &hex[..40].to_ascii_uppercase()] {
        assert_eq!(Tag::check(text), [], "{text}");
    }
}

#[test]
fn versions_are_explained_and_fixed() {
    assert_eq!(first(Tag::check("")), ("version.empty", None));
    assert_eq!(first(Tag::check("1.0+build5")), fixed("version.plus", "1.0_build5"));
    assert_eq!(first(Tag::check("-1.0 beta")), fixed("version.chars", "1.0-beta"));
    assert_eq!(first(Tag::check(&"1".repeat(200))), fixed("version.long", &"1".repeat(128)));
    assert_eq!(Tag::check("v1.0-rc.1"), []);
}

#[test]
fn whole_references_name_their_registry() {
    let refusal = |text: &str| text.parse::<Reference>().unwrap_err();
    assert_eq!(refusal("octocat/monalisa:1.0").rule, Rule::ReferenceHost);
    assert_eq!(refusal("ghcr.io/Octocat/monalisa:1.0").fix.as_deref(), Some("ghcr.io/octocat/monalisa:1.0"));
    assert_eq!(refusal("GHCR.io/octocat/monalisa").fix.as_deref(), Some("ghcr.io/octocat/monalisa"));
    assert_eq!(refusal("ghcr.io/octocat/monalisa@sha256:12").rule, Rule::ReferenceDigest);
    // What skopeo takes, and what a browser shows.
    let skopeo: Reference = "docker://ghcr.io/octocat/monalisa:1.0".parse().unwrap();
    assert_eq!(skopeo.to_string(), "ghcr.io/octocat/monalisa:1.0");
    let pasted = refusal("https://ghcr.io/octocat/monalisa:1.0/");
    assert_eq!(pasted.rule, Rule::ReferenceHost);
    assert_eq!(pasted.fix.as_deref(), Some("ghcr.io/octocat/monalisa:1.0"));
    let reference: Reference = "127.0.0.1:5000/a/b:1".parse().unwrap();
    assert_eq!((reference.host.as_str(), reference.path.as_str()), ("127.0.0.1:5000", "a/b"));
}

#[test]
fn a_pasted_command_or_address_is_a_reference_and_a_bare_word_is_not() {
    let pasted = |text: &str| Reference::parse_pasted(text).map(|reference| reference.to_string());
    let whole = Some("ghcr.io/octocat/monalisa:1.0".to_owned());
    assert_eq!(pasted("$ docker pull ghcr.io/octocat/monalisa:1.0\n"), whole);
    assert_eq!(pasted("podman pull --quiet ghcr.io/octocat/monalisa:1.0"), whole);
    assert_eq!(pasted("https://ghcr.io/octocat/monalisa:1.0"), whole);
    assert_eq!(pasted("sudo docker run -it --rm ghcr.io/octocat/monalisa:1.0 sh -c ls"), whole);
    assert_eq!(pasted("monalisa"), None);
    assert_eq!(pasted("https://github.com/octocat/monalisa"), None);
    // Where it has to be one, people hear what it lacks.
    let refused = |text: &str| Reference::read_pasted(text).unwrap_err();
    assert_eq!(refused("docker pull monalisa:1.0").rule, Rule::ReferenceHost);
    assert_eq!(refused("docker pull").rule, Rule::ReferenceHost);
    let shouted = refused("docker pull ghcr.io/Octocat/monalisa");
    assert_eq!(shouted.fix.as_deref(), Some("ghcr.io/octocat/monalisa"));
}

#[test]
fn hosts_may_have_ports_and_addresses() {
    for valid in
        ["ghcr.io", "localhost", "localhost:5000", "127.0.0.1:1", "[::1]:5000", "containers.ghe.example.com"]
    {
        assert_eq!(HostName::check(valid), [], "{valid}");
    }
    for wrong in ["", "ghcr.io:0", "ghcr.io:99999", "a..b", "[::1", "-a.b", "user@host", "a/b"] {
        assert!(!HostName::check(wrong).is_empty(), "{wrong}");
    }
}

#[test]
fn every_rule_has_an_id_of_its_own() {
    let mut ids: Vec<_> = Rule::all().iter().map(slipway_reference::Rule::id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), Rule::all().len());
}
