//! How a layer is compressed, as people say it: `gzip`, `gzip:9`, `fast`, `small`, `zstd`, `zstd:6`.

use std::fmt;
use std::str::FromStr;

/// The level that `gzip` without a number means. Measured on layers of program files it is the first one whose
/// result is no larger than that of zlib's own default (6), at twice its speed or more; see `docs/speed.md`.
const GZIP_DEFAULT: u8 = 5;
const GZIP_FAST: u8 = 1;
const GZIP_SMALL: u8 = 9;
const GZIP_LEVELS: std::ops::RangeInclusive<u8> = 1..=12;

/// The level that `zstd` without a number means: 3, zstd's own, makes 3 % less of a layer in a third more time; see
/// `docs/speed.md`.
const ZSTD_DEFAULT: u8 = 2;
const ZSTD_LEVELS: std::ops::RangeInclusive<u8> = 1..=19;

/// A compressor and its level. The default is `gzip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// gzip, level 1 to 12.
    Gzip(u8),
    /// zstd, level 1 to 19. Docker reads it from version 20.10.13 (containerd 1.5) on.
    Zstd(u8),
}

impl Method {
    /// gzip as quick as it gets.
    pub const FAST: Self = Self::Gzip(GZIP_FAST);
    /// gzip that takes its time.
    pub const SMALL: Self = Self::Gzip(GZIP_SMALL);

    /// zstd at its usual level.
    pub const ZSTD: Self = Self::Zstd(ZSTD_DEFAULT);

    /// Bytes of input that become one member or frame. zstd looks further back than gzip's 32 KiB, so its
    /// blocks are longer.
    pub const fn block(self) -> usize {
        match self {
            Self::Gzip(_) => 1 << 20,
            Self::Zstd(_) => 2 << 20,
        }
    }

    /// It is zstd.
    pub const fn is_zstd(self) -> bool {
        matches!(self, Self::Zstd(_))
    }
}

impl Default for Method {
    fn default() -> Self {
        Self::Gzip(GZIP_DEFAULT)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gzip(level) => write!(f, "gzip:{level}"),
            Self::Zstd(level) => write!(f, "zstd:{level}"),
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
            ("gzip", Some(level)) if GZIP_LEVELS.contains(&level) => Ok(Self::Gzip(level)),
            ("fast", None) => Ok(Self::FAST),
            ("small", None) => Ok(Self::SMALL),
            ("zstd", None) => Ok(Self::ZSTD),
            ("zstd", Some(level)) if ZSTD_LEVELS.contains(&level) => Ok(Self::Zstd(level)),
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
            ("gzip", "gzip:5"),
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
}
