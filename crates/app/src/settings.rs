//! `settings.toml`: what people choose once.

use std::fmt::Display;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;
use slipway_transfer::{Compression, Options as TransferOptions, Way};

use crate::view::Theme;

/// The settings that stand in the file; the rest is as the system says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Settings {
    /// `en` or `zh-CN`.
    pub language: Option<String>,
    /// Colour theme.
    pub theme: Theme,
    /// How images go up.
    pub upload: Upload,
}

/// `[upload]`: how images go up where nobody says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Upload {
    /// How plain layers are compressed: `gzip`, `fast`, `small`, `zstd`, or with a level, `gzip:6`.
    #[serde(deserialize_with = "word")]
    pub compression: Option<Compression>,
    /// Large layers side by side, at most.
    pub parallel: Option<NonZeroUsize>,
    /// Bytes a second, at most.
    pub limit_rate: Option<NonZeroU64>,
    /// The way every layer is sent: `put`, `stream` or `chunks`.
    #[serde(deserialize_with = "word")]
    pub way: Option<Way>,
}

/// A value that is written as a word.
fn word<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

/// Why the settings cannot be used. They are left as they are.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file is there but cannot be read.
    #[error("the settings {path} cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not understood.
    #[error("the settings {path} are not understood: {reason}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The parser's words, with line and key.
        reason: String,
    },
}

impl Settings {
    /// How images go up where nobody says otherwise.
    pub fn transfer(&self) -> TransferOptions {
        TransferOptions {
            compression: self.upload.compression.unwrap_or_default(),
            parallel: self.upload.parallel.map(NonZeroUsize::get),
            rate: self.upload.limit_rate.map(NonZeroU64::get),
            way: self.upload.way,
            ..TransferOptions::default()
        }
    }

    /// Reads `settings.toml` in `home`; a missing file means defaults.
    pub fn read(home: &Path) -> Result<Self, SettingsError> {
        let path = home.join("settings.toml");
        match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text)
                .map_err(|error| SettingsError::Malformed { path, reason: error.message().to_owned() }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(SettingsError::Read { path, source }),
        }
    }
}

/// The language to speak: the setting, else the first of `system` (as in `LANG`) that is spoken, else English.
pub(crate) fn language(setting: Option<&str>, system: &[String]) -> String {
    let wanted = setting.map(str::to_owned).into_iter().chain(system.iter().cloned());
    for language in wanted {
        let language = language.replace('_', "-").to_ascii_lowercase();
        // Traditional Chinese readers are better served in English than in another script.
        if language.starts_with("zh")
            && !language.contains("tw")
            && !language.contains("hk")
            && !language.contains("hant")
        {
            return "zh-CN".to_owned();
        }
        if language.starts_with("en") {
            return "en".to_owned();
        }
    }
    "en".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_speaks_the_systems_language_where_it_can() {
        let system = |languages: &[&str]| languages.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        assert_eq!(language(None, &system(&["zh_CN.UTF-8"])), "zh-CN");
        assert_eq!(language(None, &system(&["zh_TW.UTF-8", "en_US"])), "en");
        assert_eq!(language(None, &system(&["de_DE.UTF-8"])), "en");
        assert_eq!(language(Some("en"), &system(&["zh_CN.UTF-8"])), "en");
    }

    #[test]
    fn a_broken_settings_file_is_named_and_left_alone() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(Settings::read(home.path()).unwrap(), Settings::default());
        std::fs::write(home.path().join("settings.toml"), "theme = \"dark\"\nlanguage = \"zh-CN\"\n")
            .unwrap();
        let settings = Settings::read(home.path()).unwrap();
        assert_eq!((settings.theme, settings.language.as_deref()), (Theme::Dark, Some("zh-CN")));
        for wrong in
            ["theme = 3", "[upload]\ncompression = \"lzma\"", "[upload]\nparallel = 0", "[upload]\nspeed = 1"]
        {
            std::fs::write(home.path().join("settings.toml"), wrong).unwrap();
            assert!(
                Settings::read(home.path()).unwrap_err().to_string().contains("settings.toml"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn the_usual_way_to_send_is_a_setting() {
        let home = tempfile::tempdir().unwrap();
        let text =
            "[upload]\ncompression = \"zstd:6\"\nparallel = 2\nlimit-rate = 500000\nway = \"chunks\"\n";
        std::fs::write(home.path().join("settings.toml"), text).unwrap();
        let options = Settings::read(home.path()).unwrap().transfer();
        assert_eq!(options.compression, "zstd:6".parse().unwrap());
        assert_eq!(
            (options.parallel, options.rate, options.way),
            (Some(2), Some(500_000), Some(Way::Chunks))
        );
    }
}
