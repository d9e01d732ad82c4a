//! The scopes of a token: what they include, what each task needs, what is too much.

use std::collections::BTreeSet;

/// Each scope with those that it includes directly (GitHub documentation, "Scopes for OAuth apps").
const INCLUDES: [(&str, &[&str]); 15] = [
    ("repo", &["repo:status", "repo_deployment", "public_repo", "repo:invite", "security_events"]),
    ("write:packages", &["read:packages"]),
    ("admin:org", &["write:org", "manage_runners:org"]),
    ("write:org", &["read:org"]),
    ("user", &["read:user", "user:email", "user:follow"]),
    ("admin:repo_hook", &["write:repo_hook"]),
    ("write:repo_hook", &["read:repo_hook"]),
    ("admin:public_key", &["write:public_key"]),
    ("write:public_key", &["read:public_key"]),
    ("admin:gpg_key", &["write:gpg_key"]),
    ("write:gpg_key", &["read:gpg_key"]),
    ("admin:enterprise", &["manage_runners:enterprise", "manage_billing:enterprise", "read:enterprise"]),
    ("project", &["read:project"]),
    ("write:discussion", &["read:discussion"]),
    ("audit_log", &["read:audit_log"]),
];

/// The scopes of a token, as GitHub says them; or not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(Option<BTreeSet<String>>);

impl Scopes {
    /// Nobody said which.
    pub fn unknown() -> Self {
        Self(None)
    }

    /// What `X-OAuth-Scopes` says: names with commas between. An empty or absent header says nothing, since
    /// fine-grained and App tokens have none (cli/cli, `oauth_scopes.go`).
    pub fn from_header(value: Option<&str>) -> Self {
        let names = split(value.unwrap_or_default());
        Self((!names.is_empty()).then_some(names))
    }

    /// Exactly these.
    pub fn of(names: &[&str]) -> Self {
        Self(Some(names.iter().map(|&name| name.to_owned()).collect()))
    }

    /// What a member of an OAuth answer says, where an empty one means none.
    pub(crate) fn exactly(text: &str) -> Self {
        Self(Some(split(text)))
    }

    /// Whether they are known.
    pub fn is_known(&self) -> bool {
        self.0.is_some()
    }

    /// Their names, in order; none where they are not known.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flatten().map(String::as_str)
    }

    /// Whether `scope` is among them or included in one; `None` where they are not known.
    pub fn include(&self, scope: &str) -> Option<bool> {
        self.0.as_ref().map(|held| held.iter().any(|held| includes(held, scope)))
    }
}

/// Names with commas or spaces between: GitHub's headers have the first, OAuth's members either.
pub(crate) fn split(text: &str) -> BTreeSet<String> {
    let names = text.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// Whether a token with `held` may do what needs `wanted`.
fn includes(held: &str, wanted: &str) -> bool {
    let within = INCLUDES.iter().find(|(scope, _)| *scope == held).map_or(&[][..], |(_, within)| within);
    held == wanted || within.iter().any(|inner| includes(inner, wanted))
}

/// Something a person wants to do that needs scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Task {
    /// Pull private packages.
    Install,
    /// Push packages.
    Publish,
    /// Delete packages or versions.
    Delete,
    /// Anything with packages of private repositories at the older registry.
    LegacyPrivate,
    /// Learn the names of one's organizations.
    ListOrganizations,
}

impl Task {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Install, Self::Publish, Self::Delete, Self::LegacyPrivate, Self::ListOrganizations];

    /// The scopes to ask for, all of them; none says more than the task needs.
    pub fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Install => &["read:packages"],
            Self::Publish => &["write:packages"],
            Self::Delete => &["read:packages", "delete:packages"],
            Self::LegacyPrivate => &["repo"],
            Self::ListOrganizations => &["read:org"],
        }
    }

    /// Another scope that does as well.
    fn instead(self) -> Option<&'static str> {
        (self == Self::ListOrganizations).then_some("user")
    }
}

/// Whether a token may do a task, as far as scopes tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It has every scope for it.
    Allowed,
    /// It lacks these.
    Missing(Vec<&'static str>),
    /// Its scopes are not known.
    Unknown,
}

/// What [`doctor`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// Each task with its verdict, in the order of [`Task::ALL`].
    pub tasks: Vec<(Task, Verdict)>,
    /// Scopes that no task here needs, such as `repo`, which the form for new tokens ticks beside `write:packages`.
    pub surplus: Vec<String>,
}

impl Diagnosis {
    /// The verdict on a task; [`Verdict::Unknown`] for one that was not looked at.
    pub fn of(&self, task: Task) -> &Verdict {
        self.tasks.iter().find(|(known, _)| *known == task).map_or(&Verdict::Unknown, |(_, verdict)| verdict)
    }
}

/// Compares scopes with what each task needs. Only with `legacy`, for the older registry, does
/// [`Task::LegacyPrivate`] count and is `repo` not surplus.
pub fn doctor(scopes: &Scopes, legacy: bool) -> Diagnosis {
    let looked_at = || Task::ALL.into_iter().filter(|task| legacy || *task != Task::LegacyPrivate);
    let verdict = |task: Task| {
        if !scopes.is_known() {
            return Verdict::Unknown;
        }
        let lacks = |scope: &&&str| scopes.include(scope) != Some(true);
        let missing: Vec<&str> = task.scopes().iter().filter(lacks).copied().collect();
        let made_up = task.instead().is_some_and(|scope| scopes.include(scope) == Some(true));
        if missing.is_empty() || made_up { Verdict::Allowed } else { Verdict::Missing(missing) }
    };
    let needed: BTreeSet<&str> = looked_at().flat_map(Task::scopes).copied().collect();
    let surplus = scopes.names().filter(|name| !needed.contains(name)).map(str::to_owned).collect();
    Diagnosis { tasks: looked_at().map(|task| (task, verdict(task))).collect(), surplus }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_header_says_nothing_rather_than_no_scopes() {
        for silent in [None, Some(""), Some(" , ")] {
            let scopes = Scopes::from_header(silent);
            assert!(!scopes.is_known(), "{silent:?}");
            assert_eq!(doctor(&scopes, false).of(Task::Publish), &Verdict::Unknown);
        }
        let scopes = Scopes::from_header(Some("repo, write:packages"));
        assert_eq!(scopes.names().collect::<Vec<_>>(), ["repo", "write:packages"]);
    }

    #[test]
    fn a_scope_is_held_through_the_one_that_includes_it() {
        let scopes = Scopes::of(&["write:packages", "admin:org", "user"]);
        for held in ["read:packages", "write:org", "read:org", "user:email"] {
            assert_eq!(scopes.include(held), Some(true), "{held}");
        }
        for absent in ["delete:packages", "repo", "public_repo", ""] {
            assert_eq!(scopes.include(absent), Some(false), "{absent}");
        }
        assert_eq!(Scopes::unknown().include("repo"), None);
    }

    #[test]
    fn the_doctor_names_what_is_missing_and_what_is_too_much() {
        let diagnosis = doctor(&Scopes::of(&["repo", "write:packages"]), false);
        assert_eq!(diagnosis.of(Task::Install), &Verdict::Allowed);
        assert_eq!(diagnosis.of(Task::Publish), &Verdict::Allowed);
        assert_eq!(diagnosis.of(Task::Delete), &Verdict::Missing(vec!["delete:packages"]));
        assert_eq!(diagnosis.of(Task::ListOrganizations), &Verdict::Missing(vec!["read:org"]));
        assert_eq!(diagnosis.surplus, ["repo"]);
        assert!(diagnosis.tasks.iter().all(|(task, _)| *task != Task::LegacyPrivate));
    }

    #[test]
    fn the_older_registry_needs_repo() {
        let diagnosis = doctor(&Scopes::of(&["repo", "write:packages"]), true);
        assert_eq!(diagnosis.of(Task::LegacyPrivate), &Verdict::Allowed);
        assert_eq!(diagnosis.surplus, [""; 0]);
        let without = doctor(&Scopes::of(&["write:packages", "public_repo"]), true);
        assert_eq!(without.of(Task::LegacyPrivate), &Verdict::Missing(vec!["repo"]));
        assert_eq!(without.surplus, ["public_repo"]);
    }

    #[test]
    fn a_scope_far_above_the_task_allows_it_and_is_still_too_much() {
        for scope in ["user", "admin:org"] {
            let diagnosis = doctor(&Scopes::of(&["read:packages", scope]), false);
            assert_eq!(diagnosis.of(Task::ListOrganizations), &Verdict::Allowed, "{scope}");
            assert_eq!(diagnosis.surplus, [scope]);
        }
    }
}
