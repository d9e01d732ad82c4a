//! A version: a tag.

use crate::{Refusal, Rule, text_type};

/// The longest tag, characters.
const LONGEST: usize = 128;

/// A tag, which the form calls a version.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(String);

text_type!(Tag);

impl Tag {
    /// `latest`, which a reference without tag means.
    pub fn latest() -> Self {
        Self("latest".to_owned())
    }

    /// Everything that is found about `text`, the most serious first.
    pub fn check(text: &str) -> Vec<Refusal> {
        let found = |rule, fix| vec![Refusal::new(rule, text, fix)];
        if text.is_empty() {
            return found(Rule::VersionEmpty, None);
        }
        if is_digest(text) {
            return found(Rule::VersionDigest, None);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || ['.', '_', '-', '+'].contains(&c);
        if !text.chars().all(allowed) || text.starts_with(['.', '-']) {
            return found(Rule::VersionChars, tidy(text));
        }
        if text.contains('+') {
            return found(Rule::VersionPlus, tidy(text));
        }
        if text.len() > LONGEST {
            return found(Rule::VersionLong, tidy(text));
        }
        // Referrers of an image hang on tags of this form where a registry has no API for them.
        let is_referrers =
            text.strip_prefix("sha256-").is_some_and(|rest| rest.len() >= 64 && is_hex(&rest[..64]));
        match text.len() {
            _ if is_referrers => found(Rule::VersionSigtag, None),
            // The commonest tag of all workflows (envoyproxy/ratelimit#176).
            40 if is_hex(text) => found(Rule::VersionCommit, None),
            64 if is_hex(text) => found(Rule::VersionHex64, None),
            _ => Vec::new(),
        }
    }
}

/// A digest: GitHub takes images by version, never by SHA.
fn is_digest(text: &str) -> bool {
    let algorithms = ["sha256:", "sha512:", "sha1:"];
    algorithms.iter().any(|algorithm| text.starts_with(algorithm)) || text.starts_with("@sha")
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The nearest valid tag. `+`, which people write for builds, becomes `_` as `SemVer` tools do it.
fn tidy(text: &str) -> Option<String> {
    let mut tidy = String::new();
    for c in text.trim().chars() {
        let own = match c {
            '+' => '_',
            c if c.is_ascii_alphanumeric() || ['.', '_', '-'].contains(&c) => c,
            _ => '-',
        };
        if !(tidy.is_empty() && ['.', '-'].contains(&own)) && !(own == '-' && tidy.ends_with('-')) {
            tidy.push(own);
        }
    }
    tidy.truncate(LONGEST);
    let tidy = tidy.trim_end_matches('-').to_owned();
    let blocked = Tag::check(&tidy).iter().any(|refusal| refusal.rule.level() == crate::Level::Problem);
    (!blocked).then_some(tidy)
}
