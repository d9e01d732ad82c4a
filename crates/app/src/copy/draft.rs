//! A copy as the page asks for it, read.

use slipway_reference::{Reference, Refusal, Tag, TagPattern, VersionRange};

use super::options::{CopyOptions, TagChoice};
use crate::view::{Code, CopyDraft, CopyVersions, FailureView, RuleName};

/// What old versions are kept as where the page asks for it: `latest-2026-11-30`.
const KEPT: &str = "{tag}-{date}";

impl CopyOptions {
    /// What somebody asks for in the window. [`Code::FormProblem`] names the rule that a name breaks.
    pub(super) fn of(draft: &CopyDraft) -> Result<Self, FailureView> {
        Ok(Self {
            from: reference(&draft.from)?,
            to: reference(&draft.to)?,
            choice: choice(&draft.versions)?,
            platforms: draft.platforms.clone(),
            signatures: draft.signatures,
            no_clobber: draft.no_clobber,
            keep_old_as: draft.keep_old.then(|| KEPT.to_owned()),
            plain_http: false,
            rate: None,
        })
    }
}

/// A reference as somebody typed it.
pub(super) fn reference(text: &str) -> Result<Reference, FailureView> {
    text.trim().parse().map_err(|refusal| refused(text, &refusal))
}

fn refused(text: &str, refusal: &Refusal) -> FailureView {
    let rule = Some(RuleName::from(&refusal.rule));
    FailureView::new(Code::FormProblem { field: None, rule }, format!("{text}: {refusal}"))
}

fn choice(versions: &CopyVersions) -> Result<TagChoice, FailureView> {
    match versions {
        CopyVersions::Named { tags } => {
            let tags = tags.iter().map(|tag| tag.parse::<Tag>().map_err(|refusal| refused(tag, &refusal)));
            Ok(TagChoice { tags: tags.collect::<Result<_, _>>()?, ..TagChoice::default() })
        }
        CopyVersions::All => Ok(TagChoice { all: true, ..TagChoice::default() }),
        CopyVersions::Pattern { text } => pattern(text),
    }
}

/// Patterns such as `2.*`, with `!` in front of what stays behind, and bounds such as `>=2.0 <3`, which make one range.
fn pattern(text: &str) -> Result<TagChoice, FailureView> {
    let wrong = |reason: String| FailureView::form(reason);
    let mut choice = TagChoice::default();
    let mut bounds = String::new();
    for word in text.split([',', ' ']).filter(|word| !word.is_empty()) {
        let is_sign = |text: &str| text.chars().all(|letter| "<>=".contains(letter));
        // A space may stand between a sign and its number.
        let follows = bounds.ends_with(['<', '>', '=']);
        if word.starts_with(['<', '>', '=']) || follows {
            bounds.push_str(word);
            if !is_sign(word) {
                bounds.push(' ');
            }
        } else {
            let (into, word) = match word.strip_prefix('!') {
                Some(word) => (&mut choice.exclude, word),
                None => (&mut choice.matching, word),
            };
            into.push(word.parse::<TagPattern>().map_err(wrong)?);
        }
    }
    if !bounds.is_empty() {
        choice.range = Some(bounds.trim().parse::<VersionRange>().map_err(wrong)?);
    }
    if choice.is_one() {
        return Err(wrong("a pattern such as 2.* or a range such as >=2.0 <3 is missing".to_owned()));
    }
    Ok(choice)
}

#[cfg(test)]
mod tests {
    use slipway_reference::Rule;

    use super::*;

    #[test]
    fn patterns_ranges_and_what_stays_behind_are_told_apart() {
        let range: VersionRange = ">=2.0 <3".parse().unwrap();
        for text in [">=2.0 <3, lat*, !2.1", "lat* >= 2.0, < 3 !2.1"] {
            let choice = pattern(text).unwrap();
            assert_eq!(choice.range.as_ref(), Some(&range), "{text}");
            assert_eq!(choice.matching, ["lat*".parse().unwrap()], "{text}");
            assert_eq!(choice.exclude, ["2.1".parse().unwrap()], "{text}");
        }
        for text in ["", " , ", ">=", "!", ">=latest"] {
            let refused = pattern(text).unwrap_err();
            assert!(matches!(refused.code, Code::FormProblem { rule: None, .. }), "{text}: {refused:?}");
        }
    }

    #[test]
    fn a_name_is_refused_with_its_rule() {
        let rule = |text: &str| match reference(text).unwrap_err().code {
            Code::FormProblem { rule, .. } => rule,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(rule("ghcr.io/Octocat/hello"), Some(RuleName::from(&Rule::NameCase)));
        assert_eq!(rule(" octocat/hello"), Some(RuleName::from(&Rule::ReferenceHost)));
    }
}
