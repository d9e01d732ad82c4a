//! The rules, and what breaking one looks like.

use std::fmt;

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Good to know.
    Information,
    /// Look here; you may go on.
    Warning,
    /// Cannot go on.
    Problem,
}

/// The rules on names, with the values that their sentences name. [`Rule::id`] is the key of the catalogues.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the sentence of each is its documentation")]
pub enum Rule {
    OwnerEmpty,
    OwnerCase,
    OwnerChars,
    OwnerEdge,
    OwnerLong,
    OwnerPasted,
    RepoRequired,
    RepoForm,
    /// `x` is the owner that was typed here, `owner` that of the form.
    RepoOtherOwner {
        x: String,
        owner: String,
    },
    RepoDigest,
    NameEmpty,
    NameCase,
    NameChars,
    NameSeparators,
    /// The `last` of the parts, where one alone would do.
    NameParts {
        last: Option<String>,
    },
    /// Characters of registry and path together.
    NameLong {
        n: usize,
    },
    VersionEmpty,
    VersionDigest,
    VersionChars,
    VersionPlus,
    VersionLong,
    VersionSigtag,
    VersionCommit,
    VersionHex64,
    VersionHex64Refused,
    ReferenceHost,
    ReferenceForm,
    ReferenceDigest,
}

impl Rule {
    /// Every rule; their values are empty.
    pub fn all() -> &'static [Self] {
        const ALL: &[Rule] = &[
            Rule::OwnerEmpty,
            Rule::OwnerCase,
            Rule::OwnerChars,
            Rule::OwnerEdge,
            Rule::OwnerLong,
            Rule::OwnerPasted,
            Rule::RepoRequired,
            Rule::RepoForm,
            Rule::RepoOtherOwner { x: String::new(), owner: String::new() },
            Rule::RepoDigest,
            Rule::NameEmpty,
            Rule::NameCase,
            Rule::NameChars,
            Rule::NameSeparators,
            Rule::NameParts { last: None },
            Rule::NameLong { n: 0 },
            Rule::VersionEmpty,
            Rule::VersionDigest,
            Rule::VersionChars,
            Rule::VersionPlus,
            Rule::VersionLong,
            Rule::VersionSigtag,
            Rule::VersionCommit,
            Rule::VersionHex64,
            Rule::VersionHex64Refused,
            Rule::ReferenceHost,
            Rule::ReferenceForm,
            Rule::ReferenceDigest,
        ];
        ALL
    }

    /// The values that its sentence names, by name.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::RepoOtherOwner { x, owner } => vec![("x", x.clone()), ("owner", owner.clone())],
            Self::NameParts { last } => last.iter().map(|last| ("last", last.clone())).collect(),
            Self::NameLong { n } => vec![("n", n.to_string())],
            _ => Vec::new(),
        }
    }

    /// The names of its values, and whether each is always there.
    pub fn names(&self) -> &'static [(&'static str, bool)] {
        match self {
            Self::RepoOtherOwner { .. } => &[("x", true), ("owner", true)],
            Self::NameParts { .. } => &[("last", false)],
            Self::NameLong { .. } => &[("n", true)],
            _ => &[],
        }
    }

    /// Its key, such as `owner.case`.
    pub fn id(&self) -> &'static str {
        self.facts().0
    }

    /// How serious breaking it is.
    pub fn level(&self) -> Level {
        self.facts().1
    }

    /// The English sentence; `{x}` stand for the rule's values.
    pub fn sentence(&self) -> &'static str {
        self.facts().2
    }

    fn facts(&self) -> (&'static str, Level, &'static str) {
        use Level::{Information, Problem, Warning};
        match self {
            Self::OwnerEmpty => ("owner.empty", Problem, "Enter a user or an organization."),
            Self::OwnerCase => ("owner.case", Problem, "Lower-case letters only."),
            Self::OwnerChars => ("owner.chars", Problem, "Letters, digits, “-” and “_” only."),
            Self::OwnerEdge => ("owner.edge", Problem, "Starts and ends with a letter or digit."),
            Self::OwnerLong => ("owner.long", Warning, "GitHub names have at most 39 characters."),
            Self::OwnerPasted => ("owner.pasted", Warning, "This is a whole reference."),
            Self::RepoRequired => ("repo.required", Problem, "This registry needs a repository."),
            Self::RepoForm => ("repo.form", Problem, "Write it as owner/repository."),
            Self::RepoOtherOwner { .. } => {
                ("repo.otherowner", Problem, "The repository belongs to {x}, not to {owner}.")
            }
            Self::RepoDigest => ("repo.digest", Information, "Adds a label, so the digest changes."),
            Self::NameEmpty => ("name.empty", Problem, "Enter an image name."),
            Self::NameCase => ("name.case", Problem, "Lower-case letters only."),
            Self::NameChars => ("name.chars", Problem, "a–z, 0–9, “.”, “_”, “-” only."),
            Self::NameSeparators => (
                "name.separators",
                Problem,
                "Starts and ends with a letter or digit, without “..”, “._” or “___”.",
            ),
            Self::NameParts { .. } => ("name.parts", Problem, "This registry takes one name, without “/”."),
            Self::NameLong { .. } => {
                ("name.long", Problem, "Registry and path may have 255 characters together, this has {n}.")
            }
            Self::VersionEmpty => ("version.empty", Problem, "Enter a version, such as 1.0."),
            Self::VersionDigest => ("version.digest", Problem, "A digest can’t be a version."),
            Self::VersionChars => {
                ("version.chars", Problem, "Letters, digits, “.”, “_”, “-”; not first “.” or “-”.")
            }
            Self::VersionPlus => ("version.plus", Problem, "“+” isn’t allowed in a tag."),
            Self::VersionLong => ("version.long", Problem, "At most 128 characters."),
            Self::VersionSigtag => {
                ("version.sigtag", Warning, "Names like sha256-… are used for signatures.")
            }
            Self::VersionCommit => ("version.commit", Information, "Looks like a commit; fine as a version."),
            Self::VersionHex64 => ("version.hex64", Warning, "Looks like a digest or an image ID."),
            Self::VersionHex64Refused => (
                "version.hex64.refused",
                Problem,
                "Looks like a digest or an image ID, which this registry refuses.",
            ),
            Self::ReferenceHost => {
                ("reference.host", Problem, "Start with the registry, such as ghcr.io/octocat/monalisa:1.0.")
            }
            Self::ReferenceForm => ("reference.form", Problem, "Write it as registry/owner/name:version."),
            Self::ReferenceDigest => {
                ("reference.digest", Problem, "A digest is sha256: and 64 lower-case hexadecimal digits.")
            }
        }
    }
}

/// A value that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
    /// What was given.
    pub input: String,
    /// The nearest valid value, where there is one.
    pub fix: Option<String>,
}

impl Refusal {
    /// A refusal of `input`.
    pub fn new(rule: Rule, input: &str, fix: Option<String>) -> Self {
        Self { rule, input: input.to_owned(), fix }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sentence = self.rule.sentence().to_owned();
        for (name, value) in self.rule.values() {
            sentence = sentence.replace(&format!("{{{name}}}"), &value);
        }
        f.write_str(&sentence)?;
        if matches!(self.rule, Rule::VersionDigest | Rule::VersionHex64Refused) {
            f.write_str(" GitHub takes images by version, not by SHA.")?;
        }
        match &self.fix {
            Some(fix) => write!(f, " Use “{fix}”."),
            None => Ok(()),
        }
    }
}
