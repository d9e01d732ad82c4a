//! The form's rules at both registries.

use proptest::prelude::*;
use slipway_hosts::{
    Checked, Endpoint, FieldName, Fields, FixKind, Hints, Hosts, PartName, check, fill, switch,
};
use slipway_reference::Level;

fn endpoint(name: &str) -> Endpoint {
    Hosts::builtin().endpoint(&name.parse().unwrap(), false).unwrap()
}

fn ghcr() -> Endpoint {
    endpoint("ghcr.io")
}

fn legacy() -> Endpoint {
    endpoint("docker.pkg.github.com")
}

fn fields(owner: &str, repository: &str, image_name: &str, versions: &[&str]) -> Fields {
    Fields {
        owner: owner.to_owned(),
        repository: repository.to_owned(),
        image_name: image_name.to_owned(),
        versions: versions.iter().map(|&version| version.to_owned()).collect(),
        version_text: String::new(),
    }
}

/// Ids of what was found, each with the field and the form after its fix.
fn found(checked: &Checked) -> Vec<(&'static str, FieldName, Option<Fields>)> {
    let findings = checked.findings.iter();
    findings
        .map(|finding| {
            (finding.refusal.rule.id(), finding.field, finding.fixes.first().map(|fix| fix.fields.clone()))
        })
        .collect()
}

fn one(endpoint: &Endpoint, fields: &Fields) -> (&'static str, FieldName, Option<Fields>) {
    let mut found = found(&check(endpoint, fields, &Hints::default()));
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn a_complete_form_leads_to_its_path_and_tags() {
    let typed =
        Fields { version_text: "latest".to_owned(), ..fields("octocat", "", "tools/lint", &["1.0", "1.0"]) };
    let destination = check(&ghcr(), &typed, &Hints::default()).destination.unwrap();
    assert_eq!(destination.path.as_str(), "octocat/tools/lint");
    assert_eq!(
        destination.tags.iter().map(slipway_reference::Tag::as_str).collect::<Vec<_>>(),
        ["1.0", "latest"]
    );
    let destination =
        check(&legacy(), &fields("octocat", "octo-app", "monalisa", &["1.0"]), &Hints::default());
    assert_eq!(destination.destination.unwrap().path.as_str(), "octocat/octo-app/monalisa");
}

#[test]
fn empty_fields_are_filled_from_what_is_known() {
    let hints = Hints {
        owner: Some("octocat".to_owned()),
        image_name: Some("monalisa".to_owned()),
        version: Some("2.4.0".to_owned()),
    };
    let checked = check(&ghcr(), &Fields::default(), &hints);
    assert!(checked.destination.is_none());
    let fixes: Vec<_> =
        checked.findings.iter().map(|finding| finding.refusal.fix.as_deref().unwrap()).collect();
    assert_eq!(fixes, ["octocat", "monalisa", "2.4.0"]);
}

#[test]
fn the_legacy_registry_wants_a_repository_and_one_name() {
    assert_eq!(one(&legacy(), &fields("octocat", "", "monalisa", &["1"])).0, "repo.required");
    let (id, field, fixed) = one(&legacy(), &fields("octocat", "app", "tools/lint", &["1"]));
    assert_eq!((id, field), ("name.parts", FieldName::ImageName));
    assert_eq!(fixed.unwrap().image_name, "lint");
    let (id, _, fixed) = one(&legacy(), &fields("octocat", "octocat/app", "lint", &["1"]));
    assert_eq!((id, fixed.unwrap().repository.as_str()), ("name.parts", "app"));
    let (id, _, fixed) = one(&legacy(), &fields("octocat", "octo-org/app", "lint", &["1"]));
    let fixed = fixed.unwrap();
    assert_eq!((id, fixed.owner.as_str(), fixed.repository.as_str()), ("repo.otherowner", "octo-org", "app"));
}

#[test]
fn a_repository_of_another_owner_is_mended_from_both_sides() {
    let typed = fields("octocat", "octo-org/app", "lint", &["1"]);
    let checked = check(&legacy(), &typed, &Hints::default());
    let fixes = &checked.findings[0].fixes;
    let said: Vec<_> = fixes
        .iter()
        .map(|fix| (fix.kind, fix.value.as_str(), fix.fields.owner.as_str(), fix.fields.repository.as_str()))
        .collect();
    assert_eq!(
        said,
        [(FixKind::UseOwner, "octo-org", "octo-org", "app"), (FixKind::Use, "app", "octocat", "app")]
    );
}

#[test]
fn a_label_that_changes_the_digest_can_be_left_out() {
    let typed = fields("octocat", "octocat/app", "lint", &["1"]);
    let checked = check(&ghcr(), &typed, &Hints::default());
    let fix = &checked.findings[0].fixes[0];
    assert_eq!((fix.kind, fix.fields.repository.as_str()), (FixKind::DontLink, ""));
}

#[test]
fn ghcr_takes_a_repository_beside_the_path_as_owner_and_name() {
    let (id, _, fixed) = one(&ghcr(), &fields("octocat", "octo-app", "monalisa", &["1"]));
    assert_eq!((id, fixed.unwrap().repository.as_str()), ("repo.form", "octocat/octo-app"));
    let checked =
        check(&ghcr(), &fields("octocat", "octocat/Octo-App", "monalisa", &["1"]), &Hints::default());
    assert_eq!(found(&checked)[0].0, "repo.digest");
    let destination = checked.destination.unwrap();
    assert_eq!(destination.path.as_str(), "octocat/monalisa");
    assert_eq!(destination.source.unwrap().1.as_str(), "octo-app");
}

#[test]
fn a_digest_as_version_offers_the_files_own_version() {
    let hints = Hints { version: Some("2.1".to_owned()), ..Hints::default() };
    let typed = fields("octocat", "", "monalisa", &["2.0", "sha256:9f2c"]);
    let checked = check(&ghcr(), &typed, &hints);
    let finding = &checked.findings[0];
    assert_eq!((finding.refusal.rule.id(), finding.version), ("version.digest", Some(1)));
    assert_eq!(finding.fixes[0].fields.versions, ["2.0", "2.1"]);
}

#[test]
fn names_that_are_too_long_count_the_registry_too() {
    let long = "a".repeat(240);
    let checked = check(&ghcr(), &fields("octocat", "", &long, &["1"]), &Hints::default());
    assert_eq!(found(&checked)[0].0, "name.long");
    assert_eq!(checked.findings[0].refusal.rule.values(), [("n", "256".to_owned())]);
    assert!(
        check(&ghcr(), &fields("octocat", "", &long[1..], &["1"]), &Hints::default()).destination.is_some()
    );
}

#[test]
fn a_whole_reference_in_a_field_fills_them_all() {
    let typed =
        Fields { owner: "docker pull ghcr.io/octo-org/monalisa:2.4.0".to_owned(), ..Fields::default() };
    let checked = check(&ghcr(), &typed, &Hints::default());
    assert_eq!(checked.findings[0].refusal.rule.id(), "owner.pasted");
    let filled = checked.findings[0].fixes[0].fields.clone();
    assert_eq!(filled, fields("octo-org", "", "monalisa", &["2.4.0"]));
    assert!(fill(&legacy(), &"docker.pkg.github.com/octocat/monalisa:1".parse().unwrap()).is_err());
}

#[test]
fn switching_keeps_what_was_typed_and_turns_the_repositorys_form() {
    let there = switch(&fields("octo-org", "octo-org/octo-app", "tools/lint", &["1"]), &ghcr(), &legacy());
    assert_eq!(there, fields("octo-org", "octo-app", "tools/lint", &["1"]));
    assert_eq!(switch(&there, &legacy(), &ghcr()).repository, "octo-org/octo-app");
    let other = switch(&fields("octocat", "octo-org/octo-app", "a", &["1"]), &ghcr(), &legacy());
    assert_eq!(other.repository, "octo-org/octo-app");
}

#[test]
fn the_live_reference_names_its_parts_and_marks_the_wrong_one() {
    let checked = check(&legacy(), &fields("Octocat", "octo-app", "app-win", &["2.0"]), &Hints::default());
    let parts: Vec<_> =
        checked.parts.iter().map(|part| (part.name, part.text.as_str(), part.problem)).collect();
    assert_eq!(
        parts,
        [
            (PartName::Registry, "docker.pkg.github.com", false),
            (PartName::Owner, "Octocat", true),
            (PartName::Repository, "octo-app", false),
            (PartName::ImageName, "app-win", false),
            (PartName::Version, "2.0", false),
        ]
    );
}

proptest! {
    /// Applying every fix there is ends in a form without fixes left to apply.
    #[test]
    fn a_fix_never_leads_back_to_its_own_finding(
        owner in "[A-Za-z0-9_ /-]{0,12}", repository in "[A-Za-z0-9._/-]{0,12}",
        image_name in "[A-Za-z0-9._/ -]{0,12}", version in "[A-Za-z0-9._+-]{0,12}", is_legacy in any::<bool>(),
    ) {
        let endpoint = if is_legacy { legacy() } else { ghcr() };
        let typed = fields(&owner, &repository, &image_name, &[version.as_str()]);
        for finding in check(&endpoint, &typed, &Hints::default()).findings {
            for fixed in finding.fixes.iter().map(|fix| &fix.fields) {
                let again = check(&endpoint, fixed, &Hints::default());
                prop_assert!(again.findings.iter().all(|other| {
                    other.refusal.rule != finding.refusal.rule || other.field != finding.field
                }), "{:?} → {fixed:?}", finding.refusal.rule);
            }
        }
        let checked = check(&endpoint, &typed, &Hints::default());
        let blocked = checked.findings.iter().any(|finding| finding.refusal.rule.level() == Level::Problem);
        prop_assert_eq!(checked.destination.is_none(), blocked);
    }
}
