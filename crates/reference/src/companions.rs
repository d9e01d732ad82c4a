//! The versions that usually move along with another one: 2.4, 2 and latest with 2.4.0.

use crate::{Tag, Version};

/// What a variant begins with that is a candidate for a version, and none that others follow.
const CANDIDATES: [&str; 12] =
    ["rc", "alpha", "beta", "pre", "preview", "dev", "snapshot", "nightly", "canary", "milestone", "a", "b"];

/// The tags that usually follow `version`, the nearest first; `there` are those that exist. None for a candidate, and none
/// that names a higher version now: `2.4` does not follow 2.4.0 where there is 2.4.1. A variant has its own: `2.4-alpine`
/// and `alpine` follow `2.4.0-alpine`.
pub fn companions(version: &str, there: &[Tag]) -> Vec<Tag> {
    let Some(of) = Version::of(version).filter(|of| of.numbers().len() > 1) else { return Vec::new() };
    let rest = of.rest();
    let word = rest.split(|character: char| !character.is_ascii_alphabetic()).next().unwrap_or_default();
    let is_candidate = CANDIDATES.contains(&word.to_ascii_lowercase().as_str());
    // What begins with a number is a build, or a date.
    if is_candidate || (!rest.is_empty() && word.is_empty()) {
        return Vec::new();
    }
    let end = version.len() - rest.len();
    let core = version[..end].trim_end_matches(['-', '_', '+']);
    let between = &version[core.len()..end];
    let versions: Vec<Version<'_>> = there.iter().filter_map(|tag| Version::of(tag.as_str())).collect();
    let is_newest = |length: usize| {
        let alike = |other: &&Version<'_>| {
            let numbers = other.numbers();
            other.rest() == rest
                && numbers.len() > length.max(1)
                && numbers[..length] == of.numbers()[..length]
        };
        versions.iter().filter(alike).all(|other| *other <= of)
    };
    let mut names = Vec::new();
    for length in (1..of.numbers().len()).rev() {
        // Nothing is promised of 0, and nobody means it.
        let is_zero = length == 1 && of.numbers()[0] == 0;
        if let Some((at, _)) = core.match_indices('.').nth(length - 1)
            && !is_zero
            && is_newest(length)
        {
            names.push(format!("{}{between}{rest}", &core[..at]));
        }
    }
    if is_newest(0) {
        names.push(if rest.is_empty() { "latest".to_owned() } else { rest.to_owned() });
    }
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(version: &str, there: &[&str]) -> Vec<String> {
        let there: Vec<Tag> = there.iter().map(|tag| tag.parse().unwrap()).collect();
        companions(version, &there).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_follows_a_version_is_shorter_than_it_and_latest() {
        assert_eq!(of("2.4.0", &[]), ["2.4", "2", "latest"]);
        assert_eq!(of("v2.4.0", &[]), ["v2.4", "v2", "latest"]);
        assert_eq!(of("2.4", &[]), ["2", "latest"]);
        assert_eq!(of("0.4.1", &[]), ["0.4", "latest"]);
        assert_eq!(of("2.4.0-alpine3.20", &[]), ["2.4-alpine3.20", "2-alpine3.20", "alpine3.20"]);
        for alone in ["2", "latest", "main", "2.4.0-rc.1", "2.4.0-RC1", "2.4.0-beta", "2.4.0-20241102", ""] {
            assert!(of(alone, &[]).is_empty(), "{alone}");
        }
    }

    #[test]
    fn what_names_a_higher_version_does_not_follow_a_lower_one() {
        let there = ["2.4.1", "2.4", "2.5.0-rc.1", "2.4.2-alpine", "1.9.0", "latest", "20250101"];
        assert!(of("2.4.0", &there).is_empty());
        assert_eq!(of("2.4.2", &there), ["2.4", "2", "latest"]);
        assert_eq!(of("2.4.1", &there), ["2.4", "2", "latest"], "the same again");
        assert_eq!(of("2.3.9", &there), ["2.3"]);
        assert_eq!(of("1.9.1", &there), ["1.9", "1"]);
        assert_eq!(of("3.0.0", &there), ["3.0", "3", "latest"]);
        assert_eq!(of("2.4.1-alpine", &there), [""; 0]);
    }
}
