//! A repository's path in a registry.

use crate::names::part_is_valid;
use crate::{Refusal, Rule, text_type};

/// The longest path that the specification allows, characters. Many clients count the registry's name and a
/// slash as well.
const LONGEST: usize = 255;

/// The OCI specification's `<name>`: `octocat/monalisa`, `octocat/octo-app/monalisa`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepositoryPath(String);

text_type!(RepositoryPath);

impl RepositoryPath {
    /// Everything that is found about `text`.
    pub fn check(text: &str) -> Vec<Refusal> {
        let found = |rule| Refusal::new(rule, text, None);
        if text.len() > LONGEST {
            return vec![found(Rule::NameLong { n: text.len() })];
        }
        if text.contains(|c: char| c.is_ascii_uppercase()) {
            let fix = text.to_ascii_lowercase();
            let fix = fix.split('/').all(part_is_valid).then_some(fix);
            return vec![Refusal::new(Rule::NameCase, text, fix)];
        }
        // Docker's parser takes a bare digest for an image ID, never for a name (`normalize.go`).
        let is_id = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if text.is_empty() || is_id || !text.split('/').all(part_is_valid) {
            return vec![found(Rule::NameSeparators)];
        }
        Vec::new()
    }

    /// Its parts.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}
