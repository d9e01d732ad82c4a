//! What must hold for every text.

use proptest::prelude::*;
use slipway_reference::{
    Digest, HostName, ImageName, Level, Owner, Reference, Refusal, Repository, RepositoryPath, Tag,
};

/// Texts that people type: names with odd characters, separators, references, digests.
fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9._+/:@ -]{0,40}",
        "[a-z0-9]{1,8}([._-]{1,3}[a-z0-9]{1,8}){0,3}",
        "[a-f0-9]{64}",
        "sha256:[a-f0-9]{0,70}",
        "\\PC{0,30}",
        "[a-zA-Z0-9_.-]{100,200}",
    ]
}

/// Every fix that is offered is valid, and the finding it answers is gone.
fn fixes_are_valid<T: std::str::FromStr<Err = Refusal>>(
    findings: &[Refusal],
    check: impl Fn(&str) -> Vec<Refusal>,
) {
    for finding in findings {
        if let Some(fix) = &finding.fix {
            assert!(fix.parse::<T>().is_ok(), "{:?} of {:?} gives {fix:?}", finding.rule, finding.input);
            assert!(check(fix).iter().all(|again| again.rule != finding.rule));
        }
    }
}

proptest! {
    #[test]
    fn a_fixed_value_is_always_valid(text in typed()) {
        fixes_are_valid::<Owner>(&Owner::check(&text), Owner::check);
        fixes_are_valid::<Repository>(&Repository::check(&text), Repository::check);
        fixes_are_valid::<ImageName>(&ImageName::check(&text), ImageName::check);
        fixes_are_valid::<Tag>(&Tag::check(&text), Tag::check);
        fixes_are_valid::<RepositoryPath>(&RepositoryPath::check(&text), RepositoryPath::check);
        fixes_are_valid::<HostName>(&HostName::check(&text), HostName::check);
        if let Err(refusal) = text.parse::<Reference>()
            && let Some(fix) = refusal.fix {
                prop_assert!(fix.parse::<Reference>().is_ok(), "{text:?} gives {fix:?}");
            }
    }

    #[test]
    fn what_is_accepted_prints_as_it_was_given(text in typed()) {
        macro_rules! identity {
            ($($name:ty),*) => { $(
                if let Ok(value) = text.parse::<$name>() {
                    prop_assert_eq!(value.to_string(), text.clone());
                }
            )* };
        }
        identity!(Owner, Repository, ImageName, Tag, RepositoryPath, HostName, Digest, Reference);
    }

    #[test]
    fn a_printed_reference_reads_back_as_itself(
        host in "(ghcr\\.io|127\\.0\\.0\\.1:[1-9][0-9]{3}|localhost|\\[::1\\]:5000)",
        path in "[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,3}",
        tag in proptest::option::of("[A-Za-z0-9_][A-Za-z0-9._-]{0,20}"),
        digest in proptest::option::of("sha256:[a-f0-9]{64}"),
    ) {
        prop_assume!(tag.as_ref().is_none_or(|tag| tag.parse::<Tag>().is_ok()));
        let reference = Reference {
            host: host.parse().unwrap(),
            path: path.parse().unwrap(),
            tag: tag.map(|tag| tag.parse().unwrap()),
            digest: digest.map(|digest| digest.parse().unwrap()),
        };
        prop_assert_eq!(reference.to_string().parse::<Reference>(), Ok(reference.clone()));
        prop_assert_eq!(Reference::parse_pasted(&format!("docker pull {reference}")), Some(reference));
    }

    #[test]
    fn accepted_names_follow_the_specification(text in typed()) {
        // A second writing of the specification's grammar, by hand: no separator at an edge, none doubled
        // but `__` and hyphens.
        let allowed = |text: &str| {
            text.split('/').all(|part| {
                let bytes = part.as_bytes();
                let edge = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
                let runs = part.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
                bytes.first().is_some_and(edge)
                    && bytes.last().is_some_and(edge)
                    && runs.filter(|run| !run.is_empty()).all(|run| {
                        run == "." || run == "_" || run == "__" || run.bytes().all(|byte| byte == b'-')
                    })
            })
        };
        prop_assert_eq!(text.parse::<ImageName>().is_ok(), !text.is_empty() && allowed(&text));
    }
}

#[test]
fn only_problems_refuse() {
    let long = "a".repeat(40);
    assert!(long.parse::<Owner>().is_ok());
    assert_eq!(Owner::check(&long)[0].rule.level(), Level::Warning);
    let signature = format!("sha256-{}", "a".repeat(64));
    assert!(signature.parse::<Tag>().is_ok());
    assert_eq!(Tag::check(&signature)[0].rule.id(), "version.sigtag");
}
