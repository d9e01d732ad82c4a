//! How a layer is compressed, as people say it: `gzip`, `gzip:9`, `fast`, `small`, `zstd`, `zstd:6`.

use std::fmt;
use std::str::FromStr;

/// The level that `gzip` without a number means: the quickest whose result is no larger than what skopeo makes of the
/// same layers; see `docs/speed.md`.
const GZIP_DEFAULT: u8 = 2;
const GZIP_FAST: u8 = 1;
const GZIP_SMALL: u8 = 9;
const GZIP_LEVELS: std::ops::RangeInclusive<u8> = 1..=12;

/// The level that `zstd` without a number means: 3, zstd's own, makes 3 % less of a layer in a third more time; see
/// `docs/speed.md`.
const ZSTD_DEFAULT: u8 = 2;
/// Its table of what stood before has so many bits: with 16, zstd's own, layers become 1.8 % smaller in an eighth more time.
const ZSTD_TABLE: u32 = 14;
const ZSTD_LEVELS: std::ops::RangeInclusive<u8> = 1..=19;

/// What `gzip` without a number meant in the first form.
const FIRST_GZIP_DEFAULT: u8 = 5;

/// In the second form: the level of gzip that is our own compressor, the one that hurries text, and the level of zstd whose
/// table has [`ZSTD_TABLE`] bits. What these are belongs to the form, whatever the usual levels become.
const QUICK_LEVEL: u8 = 1;
const HURRIED_LEVEL: u8 = 2;
const TABLE_LEVEL: u8 = 2;

/// A compressor and its level. The default is `gzip`.
///
/// The same content always becomes the same bytes, so how a method treats blocks is part of it: whoever remembers what a
/// layer became remembers it under [`key`](Self::key), and finds what earlier releases made by
/// [`earlier`](Self::earlier).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Method {
    format: Format,
    level: u8,
    form: Treatment,
}

/// What it is that others unpack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Everyone reads it.
    Gzip,
    /// Docker reads it from version 20.10.13 (containerd 1.5) on.
    Zstd,
}

/// How blocks are treated. What a form makes of a block never changes; another treatment is another form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Treatment {
    /// Every block is compressed.
    First,
    /// A block of gzip that compressing would not shrink is stored (`dense`), level 1 is a compressor of our own
    /// (`quick`), and the usual level hurries text; blocks of zstd, which sees by itself what does not shrink, are half
    /// as long, and its usual level has a smaller table.
    Second,
}

impl Method {
    /// gzip as quick as it gets.
    pub const FAST: Self = Self::gzip(GZIP_FAST);
    /// gzip that takes its time.
    pub const SMALL: Self = Self::gzip(GZIP_SMALL);

    /// zstd at its usual level.
    pub const ZSTD: Self = Self::zstd(ZSTD_DEFAULT);

    const fn gzip(level: u8) -> Self {
        Self { format: Format::Gzip, level, form: Treatment::Second }
    }

    const fn zstd(level: u8) -> Self {
        Self { format: Format::Zstd, level, form: Treatment::Second }
    }

    /// What comes out.
    pub const fn format(self) -> Format {
        self.format
    }

    /// It is zstd.
    pub const fn is_zstd(self) -> bool {
        matches!(self.format, Format::Zstd)
    }

    pub(crate) const fn level(self) -> u8 {
        self.level
    }

    /// Bits of zstd's table of what stood before, where they are not its own.
    pub(crate) const fn zstd_table(self) -> Option<u32> {
        match (self.form, self.level) {
            (Treatment::Second, TABLE_LEVEL) => Some(ZSTD_TABLE),
            _ => None,
        }
    }

    /// Our own quick compressor does it.
    pub(crate) const fn is_quick(self) -> bool {
        self.stores() && self.level == QUICK_LEVEL
    }

    /// Text is compressed at level 1: level 2 wins 2 % there, half of what it wins elsewhere, in a third more time.
    pub(crate) const fn hurries_text(self) -> bool {
        self.stores() && self.level == HURRIED_LEVEL
    }

    /// Blocks that do not shrink are stored.
    pub(crate) const fn stores(self) -> bool {
        matches!((self.format, self.form), (Format::Gzip, Treatment::Second))
    }

    /// Bytes of input that become one member or frame. zstd looks further back than gzip's 32 KiB: longer blocks would
    /// win it a little more, and cost as much memory for each layer under way.
    pub const fn block(self) -> usize {
        match (self.format, self.form) {
            (Format::Zstd, Treatment::First) => 2 << 20,
            _ => 1 << 20,
        }
    }

    /// Its name where results are remembered: another name wherever other bytes come out.
    pub fn key(self) -> String {
        match self.form {
            Treatment::First => self.to_string(),
            Treatment::Second => format!("{self}/2"),
        }
    }

    /// The same as earlier releases did it, and what the usual method was then. What they made of a layer is as good, and a registry may
    /// have it.
    pub fn earlier(self) -> impl Iterator<Item = Self> {
        let first = |level| Self { level, form: Treatment::First, ..self };
        let same = (self.form != Treatment::First).then(|| first(self.level));
        let default = (self == Self::default()).then(|| first(FIRST_GZIP_DEFAULT));
        same.into_iter().chain(default)
    }
}

impl Default for Method {
    fn default() -> Self {
        Self::gzip(GZIP_DEFAULT)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.format {
            Format::Gzip => write!(f, "gzip:{}", self.level),
            Format::Zstd => write!(f, "zstd:{}", self.level),
        }
    }
}

/// A compression that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}: known are gzip, gzip:1 to gzip:12, fast, small, zstd, and zstd:1 to zstd:19")]
pub struct MethodError(String);

impl FromStr for Method {
    type Err = MethodError;

    fn from_str(text: &str) -> Result<Self, MethodError> {
        let unknown = || MethodError(text.to_owned());
        let (name, level) = match text.split_once(':') {
            Some((name, level)) => (name, Some(level.parse::<u8>().map_err(|_| unknown())?)),
            None => (text, None),
        };
        match (name, level) {
            ("gzip", None) => Ok(Self::default()),
            ("gzip", Some(level)) if GZIP_LEVELS.contains(&level) => Ok(Self::gzip(level)),
            ("fast", None) => Ok(Self::FAST),
            ("small", None) => Ok(Self::SMALL),
            ("zstd", None) => Ok(Self::ZSTD),
            ("zstd", Some(level)) if ZSTD_LEVELS.contains(&level) => Ok(Self::zstd(level)),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_say_it_is_understood_and_said_back_in_full() {
        let rows = [
            ("gzip", "gzip:2"),
            ("gzip:12", "gzip:12"),
            ("fast", "gzip:1"),
            ("small", "gzip:9"),
            ("zstd", "zstd:2"),
            ("zstd:19", "zstd:19"),
        ];
        for (said, full) in rows {
            let method: Method = said.parse().unwrap();
            assert_eq!(method.to_string(), full);
            assert_eq!(full.parse(), Ok(method));
        }
        for said in ["", "gzip:0", "gzip:13", "gzip:", "zstd:20", "xz", "fast:2", "GZIP"] {
            assert!(said.parse::<Method>().unwrap_err().to_string().contains("known are"), "{said}");
        }
    }

    #[test]
    fn what_earlier_releases_made_is_found_under_the_name_it_has_there() {
        let keys = |method: Method| method.earlier().map(Method::key).collect::<Vec<_>>();
        assert_eq!(Method::default().key(), "gzip:2/2");
        assert_eq!(keys(Method::default()), ["gzip:2", "gzip:5"]);
        assert_eq!(keys("gzip:9".parse().unwrap()), ["gzip:9"]);
        assert_eq!(
            (Method::ZSTD.key(), keys(Method::ZSTD)),
            ("zstd:2/2".to_owned(), vec!["zstd:2".to_owned()])
        );
        assert_eq!(Method::default().earlier().last().unwrap().earlier().count(), 0);
    }
}
