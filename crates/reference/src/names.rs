//! Owner, repository and image name.

use crate::{Refusal, Rule, text_type};

/// What GitHub allows for a login; longer ones only warn, since other registries allow more.
const LONGEST_LOGIN: usize = 39;

/// A user or an organisation, as it stands in an image path: lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner(String);

/// A repository's name, as it stands in an image path: lower case, one part.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Repository(String);

/// An image's name below its owner (and repository); may have several parts with `/` between them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageName(String);

text_type!(Owner);
text_type!(Repository);
text_type!(ImageName);

impl Owner {
    /// Everything that is found about `text`, the most serious first.
    ///
    /// Logins have single hyphens between letters and digits; those of managed users an underscore.
    pub fn check(text: &str) -> Vec<Refusal> {
        let fix = || tidy(text, &['-', '_']).filter(|fix| part_is_valid(fix));
        let found = |rule| Refusal::new(rule, text, fix());
        if text.is_empty() {
            return vec![Refusal::new(Rule::OwnerEmpty, text, None)];
        }
        let mut findings = Vec::new();
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !text.chars().all(allowed) {
            findings.push(found(Rule::OwnerChars));
        } else if text.contains(|c: char| c.is_ascii_uppercase()) {
            findings.push(found(Rule::OwnerCase));
        } else if !part_is_valid(text) {
            findings.push(found(Rule::OwnerEdge));
        }
        if text.chars().count() > LONGEST_LOGIN {
            findings.push(Refusal::new(Rule::OwnerLong, text, None));
        }
        findings
    }
}

impl Repository {
    /// Everything that is found about `text`, the most serious first.
    pub fn check(text: &str) -> Vec<Refusal> {
        if text.is_empty() {
            return vec![Refusal::new(Rule::RepoRequired, text, None)];
        }
        name_findings(text, false)
    }
}

impl ImageName {
    /// Everything that is found about `text`, the most serious first.
    pub fn check(text: &str) -> Vec<Refusal> {
        if text.is_empty() {
            return vec![Refusal::new(Rule::NameEmpty, text, None)];
        }
        name_findings(text, true)
    }

    /// Its parts.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

/// The rules of a path part; with `several`, of parts with `/` between them.
fn name_findings(text: &str, several: bool) -> Vec<Refusal> {
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || ['.', '_', '-'].contains(&c) || (several && c == '/');
    let rule = if !text.chars().all(allowed) {
        Rule::NameChars
    } else if text.contains(|c: char| c.is_ascii_uppercase()) {
        Rule::NameCase
    } else if !text.split('/').all(part_is_valid) {
        Rule::NameSeparators
    } else {
        return Vec::new();
    };
    vec![Refusal::new(rule, text, fixed_name(text, several))]
}

fn fixed_name(text: &str, several: bool) -> Option<String> {
    if !several {
        return tidy(text, &['.', '-', '_']).filter(|fix| part_is_valid(fix));
    }
    let parts: Vec<String> = text.split('/').filter_map(|part| tidy(part, &['.', '-', '_'])).collect();
    let fix = parts.join("/");
    (!fix.is_empty() && fix.split('/').all(part_is_valid)).then_some(fix)
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`, the specification's path part.
pub(crate) fn part_is_valid(part: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !part.starts_with(alphanumeric) || !part.ends_with(alphanumeric) {
        return false;
    }
    part.split(alphanumeric)
        .filter(|separator| !separator.is_empty())
        .all(|separator| matches!(separator, "." | "_" | "__") || separator.chars().all(|c| c == '-'))
}

/// The nearest valid part: lower case, everything else becomes a hyphen, separators are single and inside.
fn tidy(text: &str, separators: &[char]) -> Option<String> {
    let mut tidy = String::new();
    let mut pending = None;
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            if let Some(separator) = pending.take().filter(|_| !tidy.is_empty()) {
                tidy.push(separator);
            }
            tidy.push(c);
        } else {
            // The first separator of a run stands for it.
            let own = if separators.contains(&c) { c } else { '-' };
            pending = pending.or(Some(own));
        }
    }
    (!tidy.is_empty()).then_some(tidy)
}
