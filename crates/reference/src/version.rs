//! Tags as version numbers, and choosing among tags: by range, by pattern.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// What an undotted number may have at most to be a version, digits: more is a date or a build.
const MOST_DIGITS: usize = 4;

/// A tag as a version number. `2.4.1` is above `2.4.0`, that above `2.4`, and that above `2.4.0-rc.1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version<'a> {
    numbers: Vec<u64>,
    /// What follows the numbers: `rc.1`, `alpine`.
    rest: &'a str,
}

impl<'a> Version<'a> {
    /// Reads a tag, with or without a leading `v`; none where it is no version.
    pub fn of(tag: &'a str) -> Option<Self> {
        let bare = tag.strip_prefix(['v', 'V']).unwrap_or(tag);
        let (core, rest) = bare.split_once(['-', '_', '+']).unwrap_or((bare, ""));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !core.split('.').all(is_number) || (!core.contains('.') && core.len() > MOST_DIGITS) {
            return None;
        }
        let numbers: Option<Vec<u64>> = core.split('.').map(|part| part.parse().ok()).collect();
        Some(Self { numbers: numbers?, rest })
    }

    /// It is a whole version: no candidate, no variant.
    pub fn is_release(&self) -> bool {
        self.rest.is_empty()
    }

    /// It names one state of the software, as `2.4.0` and `2.4.0-rc.1` do; `2.4` and `2` follow the newest.
    pub fn is_exact(&self) -> bool {
        self.numbers.len() >= 3
    }

    pub(crate) fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.rest
    }

    /// Its numbers beside those of another, where what is missing counts as nothing.
    fn compare_numbers(&self, other: &Version<'_>) -> Ordering {
        let most = self.numbers.len().max(other.numbers.len());
        let at =
            |version: &Version<'_>, place: usize| version.numbers.get(place).copied().unwrap_or_default();
        (0..most).map(|place| at(self, place).cmp(&at(other, place))).fold(Ordering::Equal, Ordering::then)
    }
}

impl Ord for Version<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare_numbers(other)
            .then_with(|| self.rest.is_empty().cmp(&other.rest.is_empty()))
            .then_with(|| self.numbers.len().cmp(&other.numbers.len()))
            .then_with(|| pieces(self.rest).cmp(pieces(other.rest)))
    }
}

impl PartialOrd for Version<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// `rc.10` as what is compared piece by piece, numbers by their value.
fn pieces(rest: &str) -> impl Iterator<Item = (Option<u64>, &str)> {
    rest.split(['.', '-', '_']).map(|piece| match piece.parse() {
        Ok(number) => (Some(number), ""),
        Err(_) => (None, piece),
    })
}

/// The highest version first, what is none behind all versions, by name.
pub fn by_version(one: &str, other: &str) -> Ordering {
    match (Version::of(one), Version::of(other)) {
        (Some(one), Some(other)) => other.cmp(&one),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => one.cmp(other),
    }
}

/// Versions within bounds, such as `>=2.0 <3`; all bounds hold. Candidates and variants are outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRange(Vec<(Bound, String)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    AtLeast,
    Above,
    AtMost,
    Below,
    Exactly,
}

/// The longer ones first: each stands before what it begins with.
const BOUNDS: [(&str, Bound); 5] = [
    (">=", Bound::AtLeast),
    ("<=", Bound::AtMost),
    (">", Bound::Above),
    ("<", Bound::Below),
    ("=", Bound::Exactly),
];

impl VersionRange {
    /// The tag is a release within the range.
    pub fn contains(&self, tag: &str) -> bool {
        let Some(version) = Version::of(tag).filter(Version::is_release) else { return false };
        self.0.iter().all(|(bound, text)| {
            let Some(edge) = Version::of(text) else { return false };
            let order = version.compare_numbers(&edge);
            match bound {
                Bound::AtLeast => order.is_ge(),
                Bound::Above => order.is_gt(),
                Bound::AtMost => order.is_le(),
                Bound::Below => order.is_lt(),
                Bound::Exactly => order.is_eq(),
            }
        })
    }
}

impl FromStr for VersionRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A space may stand between a sign and its number.
        let spaced = BOUNDS
            .iter()
            .fold(text.replace(',', " "), |text, (sign, _)| text.replace(&format!("{sign} "), sign));
        let bounds = spaced.split_whitespace().map(|word| {
            let (bound, version) = BOUNDS
                .iter()
                .find_map(|(sign, bound)| Some((*bound, word.strip_prefix(sign)?)))
                .unwrap_or((Bound::Exactly, word));
            match Version::of(version).filter(Version::is_release) {
                Some(_) => Ok((bound, version.to_owned())),
                None => Err(format!("{word}: a range is made of bounds such as >=2.0 and <3")),
            }
        });
        let bounds: Vec<_> = bounds.collect::<Result<_, _>>()?;
        if bounds.is_empty() {
            Err("a range has at least one bound, such as >=2.0".to_owned())
        } else {
            Ok(Self(bounds))
        }
    }
}

/// A pattern of tags, such as `2.*`: `*` stands for any characters, `?` for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagPattern(String);

impl TagPattern {
    /// The whole tag fits.
    pub fn matches(&self, tag: &str) -> bool {
        fits(self.0.as_bytes(), tag.as_bytes())
    }
}

impl fmt::Display for TagPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TagPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err("a pattern is not empty".to_owned()) } else { Ok(Self(text.to_owned())) }
    }
}

/// Goes back to the last `*` only, so that it takes no longer than pattern times text.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut in_text, mut star) = (0, 0, None);
    while in_text < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, in_text));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[in_text] => {
                at += 1;
                in_text += 1;
            }
            _ => match star {
                Some((place, from)) => {
                    star = Some((place, from + 1));
                    (at, in_text) = (place + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stand_in_their_order_and_what_is_none_behind_them() {
        let mut tags = ["latest", "2.4", "v2.10.0", "2.4.0-rc.2", "2.4.0", "main", "2.4.0-rc.10", "20240101"];
        tags.sort_by(|one, other| by_version(one, other));
        assert_eq!(
            tags,
            ["v2.10.0", "2.4.0", "2.4", "2.4.0-rc.10", "2.4.0-rc.2", "20240101", "latest", "main"]
        );
    }

    #[test]
    fn a_range_holds_releases_between_its_bounds() {
        let range: VersionRange = ">=2.0 <3".parse().unwrap();
        let within =
            ["1.9.9", "2", "2.0", "v2.7.1", "3.0", "2.1.0-rc.1", "latest"].map(|tag| range.contains(tag));
        assert_eq!(within, [false, true, true, true, false, false, false]);
        let same: VersionRange = ">= 2.0, < 3".parse().unwrap();
        assert_eq!(same, range);
        assert!("2.4".parse::<VersionRange>().unwrap().contains("v2.4.0"));
        for wrong in ["", "  ", ">=", "newest", ">=2.0-rc"] {
            assert!(wrong.parse::<VersionRange>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pattern_fits_the_whole_tag() {
        let fits = |pattern: &str, tag: &str| pattern.parse::<TagPattern>().unwrap().matches(tag);
        assert!(fits("2.*", "2.4") && !fits("2.*", "12.4") && fits("*", "x") && fits("2.?", "2.4"));
        assert!(fits("*-rc.*", "2.4.0-rc.1") && !fits("2.?", "2.40") && fits("latest", "latest"));
        let slow = "a*".repeat(60) + "b";
        assert!(!fits(&slow, &"a".repeat(120)));
    }
}
