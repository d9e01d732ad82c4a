//! Which tags never move once they are set, and where.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::{DOCKER_HUB, HostName, Refusal, RepositoryPath, Rule, Tag, TagPattern, Version};

/// In front of a pattern of tags, so that no tag is taken for one of the words.
const PATTERN: &str = "pattern:";

/// Tags that never move: `versions`, `pattern:2.*`, `all` or `nothing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fixed {
    /// Whole versions such as `2.4.0`; not `2.4` or `latest`, which follow them.
    Versions,
    /// Those that fit.
    Pattern(TagPattern),
    /// All of them.
    All,
    /// None: an exception from a rule for more.
    Nothing,
}

impl Fixed {
    /// `tag` never moves.
    pub fn holds(&self, tag: &Tag) -> bool {
        match self {
            Self::Versions => Version::of(tag.as_str()).is_some_and(|version| version.is_exact()),
            Self::Pattern(pattern) => pattern.matches(tag.as_str()),
            Self::All => true,
            Self::Nothing => false,
        }
    }

    /// A pattern as people type it.
    ///
    /// # Errors
    /// The rule for tags that nothing which fits could keep.
    pub fn pattern(text: &str) -> Result<Self, Refusal> {
        let wildcards = |character: char| character == '*' || character == '?';
        let findings = Tag::check(&text.replace(wildcards, "x"));
        if let Some(found) = findings.into_iter().find(|found| found.rule.level() == crate::Level::Problem) {
            return Err(Refusal::new(found.rule, text, None));
        }
        text.parse().map(Self::Pattern).map_err(|_| Refusal::new(Rule::VersionEmpty, text, None))
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Versions => f.write_str("versions"),
            Self::Pattern(pattern) => write!(f, "{PATTERN}{pattern}"),
            Self::All => f.write_str("all"),
            Self::Nothing => f.write_str("nothing"),
        }
    }
}

impl FromStr for Fixed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix(PATTERN)) {
            ("versions", _) => Ok(Self::Versions),
            ("all", _) => Ok(Self::All),
            ("nothing", _) => Ok(Self::Nothing),
            (_, Some(pattern)) => Self::pattern(pattern).map_err(|refusal| format!("{text}: {refusal}")),
            (_, None) => Err(format!("{text}: known are versions, all, nothing and {PATTERN}2.*")),
        }
    }
}

/// A host, or what of it begins with a path: `ghcr.io`, `ghcr.io/octo-org`, `ghcr.io/octo-org/monalisa`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    host: HostName,
    path: Option<RepositoryPath>,
}

impl Place {
    /// `path` at `host` is within it.
    fn covers(&self, host: &HostName, path: &RepositoryPath) -> bool {
        let same_host = self.host == *host || (self.host.is_docker_hub() && host.is_docker_hub());
        let mut parts = path.parts();
        same_host && self.parts().all(|part| parts.next() == Some(part))
    }

    fn parts(&self) -> impl Iterator<Item = &str> {
        self.path.iter().flat_map(RepositoryPath::parts)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{}/{path}", self.host),
            None => write!(f, "{}", self.host),
        }
    }
}

impl FromStr for Place {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let (host, path) = match text.split_once('/') {
            Some((host, path)) => (host, Some(path)),
            None => (text, None),
        };
        // As in a reference: a bare name would silently mean Docker Hub to other tools.
        if !HostName::is_meant(host) {
            return Err(Refusal::new(Rule::ReferenceHost, text, None));
        }
        let mut host: HostName = host.parse()?;
        if host.is_docker_hub() {
            // All its names are one place.
            host = DOCKER_HUB[0].parse()?;
        }
        Ok(Self { host, path: path.map(str::parse).transpose()? })
    }
}

/// The rule of one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Where it counts.
    pub place: Place,
    /// What never moves there.
    pub fixed: Fixed,
}

impl Guard {
    /// `tag` never moves there.
    pub fn holds(&self, tag: &Tag) -> bool {
        self.fixed.holds(tag)
    }
}

/// As people find it in their settings: `ghcr.io/octo-org = versions`.
impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.place, self.fixed)
    }
}

/// The rules of all places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guards(BTreeMap<Place, Fixed>);

impl Guards {
    /// The rule that counts for `path` at `host`: of those that cover it the one for the smallest place.
    pub fn at(&self, host: &HostName, path: &RepositoryPath) -> Option<Guard> {
        let covering = self.0.iter().filter(|(place, _)| place.covers(host, path));
        let (place, fixed) = covering.max_by_key(|(place, _)| place.parts().count())?;
        Some(Guard { place: place.clone(), fixed: fixed.clone() })
    }

    /// All of them, by place.
    pub fn all(&self) -> impl Iterator<Item = Guard> {
        self.0.iter().map(|(place, fixed)| Guard { place: place.clone(), fixed: fixed.clone() })
    }
}

impl FromIterator<Guard> for Guards {
    fn from_iter<T: IntoIterator<Item = Guard>>(guards: T) -> Self {
        Self(guards.into_iter().map(|Guard { place, fixed }| (place, fixed)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guards(rules: &[(&str, &str)]) -> Guards {
        let guard = |(place, fixed): &(&str, &str)| Guard {
            place: place.parse().unwrap(),
            fixed: fixed.parse().unwrap(),
        };
        rules.iter().map(guard).collect()
    }

    #[test]
    fn whole_versions_never_move_and_what_follows_them_does() {
        let held = |fixed: &str, tag: &str| fixed.parse::<Fixed>().unwrap().holds(&tag.parse().unwrap());
        for tag in ["2.4.0", "v2.4.0", "2.4.0-rc.1", "2.4.0-alpine", "2024.11.30", "1.2.3.4"] {
            assert!(held("versions", tag), "{tag}");
        }
        for tag in ["2.4", "2", "v2", "latest", "main", "20241130", "2.4-alpine"] {
            assert!(!held("versions", tag), "{tag}");
            assert!(held("all", tag) && !held("nothing", tag));
        }
        assert!(held("pattern:2.*", "2.4") && !held("pattern:2.*", "12.4") && held("pattern:all", "all"));
    }

    #[test]
    fn the_rule_of_the_smallest_place_counts() {
        let guards = guards(&[
            ("ghcr.io", "versions"),
            ("ghcr.io/octo-org", "all"),
            ("ghcr.io/octo-org/playground", "nothing"),
            ("docker.io", "all"),
        ]);
        let at = |host: &str, path: &str| {
            let guard = guards.at(&host.parse().unwrap(), &path.parse().unwrap());
            guard.map(|guard| guard.to_string())
        };
        assert_eq!(at("ghcr.io", "octocat/monalisa").unwrap(), "ghcr.io = versions");
        assert_eq!(at("ghcr.io", "octo-org/monalisa").unwrap(), "ghcr.io/octo-org = all");
        assert_eq!(at("ghcr.io", "octo-org-2/monalisa").unwrap(), "ghcr.io = versions");
        let exception = "ghcr.io/octo-org/playground = nothing";
        assert_eq!(at("ghcr.io", "octo-org/playground").unwrap(), exception);
        assert_eq!(at("ghcr.io", "octo-org/playground/deep").unwrap(), exception);
        assert_eq!(at("registry-1.docker.io", "library/busybox").unwrap(), "docker.io = all");
        assert_eq!(at("example.com", "octo-org/monalisa"), None);
    }

    #[test]
    fn all_names_of_docker_hub_are_one_place() {
        let places = DOCKER_HUB.map(|host| format!("{host}/octocat").parse::<Place>().unwrap());
        assert!(places.iter().all(|place| *place == places[0] && place.to_string() == "docker.io/octocat"));
        let guards = guards(&[("index.docker.io/octocat", "all")]);
        for host in DOCKER_HUB {
            let found = guards.at(&host.parse().unwrap(), &"octocat/monalisa".parse().unwrap());
            assert_eq!(found.unwrap().fixed, Fixed::All, "{host}");
        }
    }

    #[test]
    fn a_rule_that_nothing_could_fit_is_refused_rather_than_kept_in_vain() {
        for wrong in ["version", "2.*", "", "pattern:", "pattern:2 .*", "pattern:a/b", "Versions"] {
            assert!(wrong.parse::<Fixed>().is_err(), "{wrong}");
        }
        for wrong in ["", "octo-org", "ghcr.io/", "ghcr.io/Octo-Org", "https://ghcr.io", "ghcr.io/a:1.0"] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }
}
