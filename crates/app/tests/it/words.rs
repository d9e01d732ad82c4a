//! The words in `words/` against the ids that they speak of: no text names a value that its id does not have, and no
//! value is without a text. What no text names is listed with whoever has use for it.

use std::collections::{BTreeMap, BTreeSet};

use slipway_app::view::{About, CheckName, Code, Declared, NoteName, Parameter, RuleId};

type Catalogue = BTreeMap<String, String>;

/// Parts of what is said of a failure.
const PARTS: [&str; 4] = ["title", "cause", "why", "who"];

/// Parameters that no text names.
const UNNAMED: &[(&str, &str)] = &[
    // For `unpack_anyway`.
    ("file.unpacks", "file"),
    // The page goes to them.
    ("form.problem", "field"),
    ("form.problem", "rule"),
    ("host.refused", "field"),
    // For `--json`, beside the message, which says them.
    ("file.other", "bytes"),
    ("file.damaged", "layer"),
    ("notFound", "platform"),
    ("notFound", "present"),
    ("badAnswer", "reason"),
    ("blobMissing", "digest"),
    ("digestDisagrees", "tag"),
    ("name.parts", "last"),
    ("bytes", "reused"),
    ("token.scope", "account"),
    ("repo.archived", "repository"),
    ("token", "username"),
    ("token", "registry"),
    // The page chooses the text by them.
    ("bytes", "exact"),
    ("write", "code"),
];

/// Parameters of texts that are only said where they are there.
const WHERE_THERE: &[(&str, &str)] = &[
    ("check.write", "registry"),
    ("check.bytes.fact.time", "seconds"),
    ("check.bytes.about.fact.time", "seconds"),
];

fn catalogues() -> [Catalogue; 2] {
    [include_str!("../../words/en.json"), include_str!("../../words/zh-CN.json")]
        .map(|text| serde_json::from_str(text).unwrap())
}

/// The values that a text names: `{x}`, or `{n|one|many}`.
fn named(text: &str) -> BTreeSet<&str> {
    let parts = text.split('{').skip(1);
    parts.map(|part| part.split(['}', '|']).next().unwrap_or_default()).collect()
}

fn needed(params: &[Parameter]) -> impl Iterator<Item = &str> {
    params.iter().filter(|param| param.needed).map(|param| param.name)
}

/// The id that a key is of: the longest that it begins with.
fn whose<'a>(key: &str, ids: impl IntoIterator<Item = &'a Declared>) -> Option<&'static str> {
    let names = ids.into_iter().map(|id| id.name);
    let is_of =
        |name: &&str| key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    names.filter(is_of).max_by_key(|name| name.len())
}

#[test]
fn no_text_of_a_failure_names_what_its_code_does_not_have() {
    for catalogue in catalogues() {
        for code in Code::all() {
            for part in PARTS {
                let key = format!("{}.{part}", code.name);
                let own = catalogue.range(key.clone()..).take_while(|(name, _)| name.starts_with(&key));
                for (name, text) in own {
                    let rest = &name[key.len()..];
                    let mut allowed: BTreeSet<_> = About::NAMES.iter().copied().collect();
                    allowed.extend(needed(&code.params));
                    if let Some(chosen) = rest.strip_prefix('.') {
                        let (by, word) =
                            chosen.split_once('.').map_or((chosen, None), |(by, word)| (by, Some(word)));
                        let by = code.params.iter().find(|param| param.name == by);
                        let by = by.unwrap_or_else(|| panic!("{name}: {} has no such value", code.name));
                        let words = by.words.clone().unwrap_or_default();
                        assert!(word.is_none_or(|word| words.contains(&word)), "{name}: it is never that");
                        // Which others are there follows from this one.
                        allowed.extend(code.params.iter().map(|param| param.name));
                    }
                    let strange: Vec<_> = named(text).difference(&allowed).copied().collect();
                    assert!(strange.is_empty(), "{name} names {strange:?}");
                }
            }
        }
    }
}

#[test]
fn no_text_of_a_check_or_a_rule_names_what_it_does_not_have() {
    let (checks, notes) = (CheckName::all(), NoteName::all());
    let ids: Vec<&Declared> = checks.iter().chain(&notes).collect();
    for catalogue in catalogues() {
        for (key, text) in &catalogue {
            let Some(rest) = key.strip_prefix("check.") else { continue };
            let Some(name) = whose(rest, ids.iter().copied()) else {
                assert!(["ofField", "instead"].contains(&rest), "{key} is of no check");
                continue;
            };
            // A note and a check of one name share their texts.
            for id in ids.iter().filter(|id| id.name == name) {
                let mut allowed: BTreeSet<_> = needed(&id.params).collect();
                allowed.extend(WHERE_THERE.iter().filter(|(of, _)| of == key).map(|(_, param)| *param));
                let strange: Vec<_> = named(text).difference(&allowed).copied().collect();
                assert!(strange.is_empty(), "{key} names {strange:?}");
            }
        }
        for rule in RuleId::all() {
            let allowed: BTreeSet<_> = needed(&rule.params).collect();
            let text = named(&catalogue[rule.name]);
            assert!(text.is_subset(&allowed), "{} names {text:?}", rule.name);
        }
    }
}

#[test]
fn every_value_is_named_by_a_text_or_chooses_one() {
    let mut wrong = Vec::new();
    for catalogue in catalogues() {
        let sets = [
            (Code::all(), ""),
            (CheckName::all(), "check."),
            (NoteName::all(), "check."),
            (RuleId::all(), ""),
        ];
        for (ids, prefix) in sets {
            for id in &ids {
                let key = format!("{prefix}{}", id.name);
                let of_id = |name: &str| {
                    name.strip_prefix(prefix).and_then(|name| whose(name, &ids)) == Some(id.name)
                };
                let texts: Vec<_> = catalogue.iter().filter(|(name, _)| of_id(name)).collect();
                for param in &id.params {
                    let chooses = PARTS.iter().any(|part| {
                        let chosen = format!("{key}.{part}.{}", param.name);
                        let Some(words) = &param.words else { return catalogue.contains_key(&chosen) };
                        let has = |word: &&str| catalogue.contains_key(&format!("{chosen}.{word}"));
                        let some = words.iter().any(&has);
                        let all = words.iter().all(has);
                        assert_eq!(some, all, "{chosen}: a text for some of {words:?} alone");
                        all || catalogue.contains_key(&chosen)
                    });
                    // `reason.offline` and its like are said in place of the fact.
                    let reasons = |word: &&str| catalogue.contains_key(&format!("reason.{word}"));
                    let reason = param.words.as_ref().is_some_and(|words| words.iter().all(reasons));
                    let said =
                        chooses || reason || texts.iter().any(|(_, text)| named(text).contains(param.name));
                    if said == UNNAMED.contains(&(id.name, param.name)) {
                        wrong.push((key.clone(), param.name, if said { "said" } else { "in no text" }));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
