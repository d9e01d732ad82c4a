//! What an image runs on.

use std::fmt;

use serde_json::Value;

use crate::config::ConfigView;
use crate::json::text;

/// The longest media type (RFC 6838 §4.2), and the longest word that says what an image runs on, bytes.
pub(crate) const LONGEST_WORD: usize = 255;

/// What an image runs on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Platform {
    /// `linux`.
    pub os: String,
    /// `amd64`.
    pub architecture: String,
    /// `v8`.
    pub variant: Option<String>,
    /// A version of Windows.
    pub os_version: Option<String>,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.as_ref().map_or(Ok(()), |variant| write!(f, "/{variant}"))
    }
}

impl Platform {
    /// Reads what an index says; none where it names no system or no architecture.
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            os: text(value, "os")?,
            architecture: text(value, "architecture")?,
            variant: text(value, "variant"),
            os_version: text(value, "os.version"),
        })
    }

    /// Whether an image for `name` is meant by `wanted`: `linux/arm64` also means its variants, such as `linux/arm64/v8`.
    pub fn is_meant(name: &str, wanted: &str) -> bool {
        name.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    pub(crate) fn is_long(&self) -> bool {
        let words =
            [Some(&self.os), Some(&self.architecture), self.variant.as_ref(), self.os_version.as_ref()];
        words.into_iter().flatten().any(|word| word.len() > LONGEST_WORD)
    }

    /// What a configuration says that it runs on.
    pub fn of(config: &ConfigView) -> Option<Self> {
        let platform = Self::said(config)?;
        (!platform.is_long()).then_some(platform)
    }

    fn said(config: &ConfigView) -> Option<Self> {
        Some(Self {
            os: config.os.clone()?,
            architecture: config.architecture.clone()?,
            variant: config.variant.clone(),
            os_version: config.os_version.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_means_its_variants_and_nothing_that_only_begins_alike() {
        let of = |wanted| {
            ["linux/arm", "linux/arm/v7", "linux/arm64"].map(|name| Platform::is_meant(name, wanted))
        };
        assert_eq!(of("linux/arm"), [true, true, false]);
        assert_eq!(of("linux/arm/v7"), [false, true, false]);
    }
}
