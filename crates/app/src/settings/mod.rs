//! `settings.toml`: what people choose once.

mod current;
mod never_move;

pub(crate) use current::Current;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;
use slipway_archive::write_file;
use slipway_distribution::Proxy;
use slipway_hosts::Added;
use slipway_reference::{Guards, HostName, RepositoryPath};
use slipway_transfer::{Compression, Options as TransferOptions, Way};
use toml_edit::{DocumentMut, Item, TableLike, Value};

use crate::home;
use crate::view::{Colors, Notifications, OnClose, SettingsView, Theme, Zoom};

/// The settings that stand in the file; the rest is as the system says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Settings {
    /// `en` or `zh-CN`.
    pub language: Option<String>,
    /// Colour theme.
    pub theme: Theme,
    /// Colours for people who see some alike.
    pub colors: Colors,
    /// Nothing moves, even where the system would let it.
    pub reduce_motion: bool,
    /// Size of everything in the window, percent.
    pub zoom: Zoom,
    /// Whether the system tells of jobs that ended while nobody looked.
    pub notifications: Notifications,
    /// What becomes of running jobs when the window is closed.
    pub on_close: OnClose,
    /// How images go up.
    pub upload: Upload,
    /// The way to the registries.
    pub network: Network,
    /// Hosts by name: GitHub Enterprise hosts and registries that people added, and what they set for github.com.
    pub hosts: BTreeMap<String, HostEntry>,
    /// Versions that never move, by place: `"ghcr.io/octo-org" = "versions"`.
    #[serde(deserialize_with = "never_move::read")]
    pub never_move: Guards,
    /// OAuth client ids by host, for signing in with the browser: `"ghe.example.com" = "Ov23…"`. They are public.
    pub sign_in: BTreeMap<String, String>,
}

/// `[hosts."ghe.example.com"]`: what is set for a host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct HostEntry {
    /// A private certificate authority, PEM; relative to Slipway's directory.
    pub ca_file: Option<PathBuf>,
    /// The way there, where it is not as everywhere else.
    #[serde(deserialize_with = "word")]
    pub proxy: Option<Proxy>,
    /// It is a registry of its own, not a GitHub Enterprise host.
    pub registry: bool,
    /// A host of somebody else that tokens may be asked for at: `auth.example.com`.
    pub realm: Option<String>,
    /// The address of its REST API.
    pub api: Option<String>,
    /// Its container registry: a host, an address, or `none`.
    pub containers: Option<String>,
    /// Its older Docker registry, likewise.
    pub docker: Option<String>,
}

impl HostEntry {
    /// Its registries and addresses. Files are relative to `home`.
    pub(crate) fn added(&self, home: &Path) -> Added {
        Added {
            ca_file: self.ca_file.as_ref().map(|path| home.join(path)),
            registry: self.registry,
            realm: self.realm.clone(),
            api: self.api.clone(),
            containers: self.containers.clone(),
            docker: self.docker.clone(),
        }
    }
}

/// `[network]`: the way to the registries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Network {
    /// `system`, `none`, or the address of a proxy.
    #[serde(deserialize_with = "word")]
    pub proxy: Option<Proxy>,
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
    /// The file cannot be written.
    #[error("the settings {path} cannot be written: {source}")]
    Write {
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

    /// The same for what goes to `path` at `host`, with the rule that counts there.
    pub(crate) fn transfer_to(&self, host: &HostName, path: &RepositoryPath) -> TransferOptions {
        TransferOptions { guard: self.never_move.at(host, path), ..self.transfer() }
    }

    /// Reads `settings.toml` in `home`; a missing file means defaults.
    pub fn read(home: &Path) -> Result<Self, SettingsError> {
        let path = path(home);
        let text = text(&path)?;
        toml::from_str(&text)
            .map_err(|error| SettingsError::Malformed { path, reason: reason(&text, &error) })
    }

    /// Changes `settings.toml` in `home` to what `view` says, and returns the settings as they are then. Comments and
    /// whatever else stands there stay. The file is there as a whole or as it was.
    pub fn write(home: &Path, view: &SettingsView) -> Result<Self, SettingsError> {
        let path = path(home);
        let malformed = |reason: String| SettingsError::Malformed { path: path.clone(), reason };
        let mut document = document(&path)?;
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let entries: [(Option<&str>, &str, Option<Value>); 12] = [
            (None, "language", view.language.clone().map(Value::from)),
            (None, "theme", unusual(&view.theme)),
            (None, "colors", unusual(&view.colors)),
            (None, "reduce-motion", view.reduce_motion.then(|| true.into())),
            (None, "zoom", (view.zoom != Zoom::default()).then(|| i64::from(u32::from(view.zoom)).into())),
            (None, "notifications", unusual(&view.notifications)),
            (None, "on-close", unusual(&view.on_close)),
            (Some("upload"), "compression", view.compression.clone().map(Value::from)),
            (Some("upload"), "parallel", view.parallel.map(|layers| i64::from(layers).into())),
            (Some("upload"), "limit-rate", view.limit_rate.map(|rate| whole(rate).into())),
            (Some("upload"), "way", view.way.clone().map(Value::from)),
            (Some("network"), "proxy", view.proxy.clone().map(Value::from)),
        ];
        for (table, key, value) in entries {
            let table = match table {
                Some(name) if value.is_none() && !document.contains_key(name) => continue,
                Some(name) => document[name].or_insert(toml_edit::table()).as_table_like_mut(),
                None => Some(document.as_table_mut() as &mut dyn TableLike),
            };
            let table =
                table.ok_or_else(|| malformed(format!("{key} stands in something that is no table")))?;
            put(table, key, value);
        }
        save(home, path, &document)
    }

    /// Sets a host in `settings.toml` in `home`; all else stays as it stands there, comments included.
    pub fn set_host(home: &Path, name: &str, entry: &HostEntry) -> Result<Self, SettingsError> {
        let path = path(home);
        let mut document = document(&path)?;
        let hosts = document.entry("hosts").or_insert_with(|| {
            let mut table = toml_edit::Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let host = hosts
            .as_table_like_mut()
            .and_then(|hosts| hosts.entry(name).or_insert_with(toml_edit::table).as_table_like_mut());
        let Some(host) = host else {
            let reason = format!("hosts stands there as something that is no table, so {name} has no place");
            return Err(SettingsError::Malformed { path, reason });
        };
        let file = entry.ca_file.as_ref().map(|path| path.to_string_lossy().into_owned());
        let entries = [
            ("ca-file", file.map(Value::from)),
            ("proxy", entry.proxy.as_ref().map(|proxy| proxy.to_string().into())),
            ("registry", entry.registry.then(|| true.into())),
            ("realm", entry.realm.clone().map(Value::from)),
            ("api", entry.api.clone().map(Value::from)),
            ("containers", entry.containers.clone().map(Value::from)),
            ("docker", entry.docker.clone().map(Value::from)),
        ];
        for (key, value) in entries {
            put(host, key, value);
        }
        save(home, path, &document)
    }

    /// Takes what is set for a host out of `settings.toml` in `home`.
    pub fn remove_host(home: &Path, name: &str) -> Result<Self, SettingsError> {
        let path = path(home);
        let mut document = document(&path)?;
        if let Some(hosts) = document.get_mut("hosts").and_then(Item::as_table_like_mut) {
            hosts.remove(name);
        }
        save(home, path, &document)
    }

    /// As the page sees them.
    pub fn view(&self) -> SettingsView {
        SettingsView {
            language: self.language.clone(),
            theme: self.theme,
            colors: self.colors,
            reduce_motion: self.reduce_motion,
            zoom: self.zoom,
            notifications: self.notifications,
            on_close: self.on_close,
            compression: self.upload.compression.map(|method| method.to_string()),
            parallel: self.upload.parallel.map(|layers| u32::try_from(layers.get()).unwrap_or(u32::MAX)),
            limit_rate: self.upload.limit_rate.map(NonZeroU64::get),
            way: self.upload.way.map(|way| way.to_string()),
            proxy: self.network.proxy.as_ref().map(ToString::to_string),
        }
    }
}

/// Sets a value where it stands, with the space and the comments around it, or takes it out.
fn put(table: &mut dyn TableLike, key: &str, value: Option<Value>) {
    match (value, table.get_mut(key)) {
        (Some(mut value), Some(Item::Value(before))) => {
            *value.decor_mut() = before.decor().clone();
            *before = value;
        }
        (Some(value), _) => {
            table.insert(key, Item::Value(value));
        }
        (None, _) => {
            table.remove(key);
        }
    }
}

/// What is wrong with `text`, with its line and its key. The value is not repeated: it may hold a password.
fn reason(text: &str, error: &toml::de::Error) -> String {
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else {
        return error.message().to_owned();
    };
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or_default();
    let key = line.split_once('=').map(|(key, _)| format!("{}: ", key.trim())).unwrap_or_default();
    format!("line {number}: {key}{}", error.message())
}

fn path(home: &Path) -> PathBuf {
    home.join("settings.toml")
}

/// The file as it stands, comments included.
fn document(path: &Path) -> Result<DocumentMut, SettingsError> {
    text(path)?.parse().map_err(|error: toml_edit::TomlError| SettingsError::Malformed {
        path: path.to_owned(),
        reason: error.message().to_owned(),
    })
}

/// Writes the file as a whole, and returns what stands in it.
fn save(home: &Path, path: PathBuf, document: &DocumentMut) -> Result<Settings, SettingsError> {
    let text = document.to_string();
    // What would not be understood the next time is not written.
    let settings = match toml::from_str(&text) {
        Ok(settings) => settings,
        Err(error) => {
            return Err(SettingsError::Malformed { path, reason: reason(&text, &error) });
        }
    };
    // Where somebody keeps it elsewhere and links it here, it is written there.
    let written = home::make(home).and_then(|()| write_file(&path, text.as_bytes()));
    match written {
        Ok(()) => Ok(settings),
        Err(source) => Err(SettingsError::Write { path, source }),
    }
}

/// The file; nothing where there is none.
fn text(path: &Path) -> Result<String, SettingsError> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|source| SettingsError::Read { path: path.to_owned(), source }),
    }
}

/// How a choice stands in the file; nothing where it is the usual one.
fn unusual<T: Default + PartialEq + serde::Serialize>(choice: &T) -> Option<Value> {
    let word = toml::Value::try_from(choice).ok()?.as_str()?.to_owned();
    (*choice != T::default()).then(|| word.into())
}

/// The language to speak: the setting, else the first of `system` (as in `LANG`) that is spoken, else English.
pub(crate) fn language(setting: Option<&str>, system: &[String]) -> String {
    // The catalogue's own long and strange one, for tests.
    if setting == Some("en-XA") {
        return "en-XA".to_owned();
    }
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
    fn a_change_keeps_what_else_stands_in_the_file() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("settings.toml");
        std::fs::write(&file, "# mine\ntheme = \"dark\" # at night\nfuture = 1\n\n[upload]\nparallel = 2\n")
            .unwrap();
        let mut view = Settings::read(home.path()).unwrap().view();
        view.language = Some("zh-CN".to_owned());
        view.theme = Theme::HighContrast;
        view.limit_rate = Some(2_000_000);
        view.proxy = Some("http://proxy.example:8080/".to_owned());
        let settings = Settings::write(home.path(), &view).unwrap();
        assert_eq!((settings.view(), Settings::read(home.path()).unwrap()), (view.clone(), settings));
        let text = std::fs::read_to_string(&file).unwrap();
        for kept in
            ["# mine", "future = 1", "parallel = 2", "theme = \"high-contrast\"", "limit-rate = 2000000"]
        {
            assert!(text.contains(kept), "{text}");
        }
        view = SettingsView::default();
        Settings::write(home.path(), &view).unwrap();
        assert_eq!(Settings::read(home.path()).unwrap(), Settings::default());
        assert!(std::fs::read_to_string(&file).unwrap().contains("future = 1"));
    }

    #[test]
    fn a_host_comes_and_goes_and_the_rest_of_the_file_stays() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("settings.toml");
        let text =
            "# mine\ntheme = \"dark\"\n\n[hosts.\"ghe.example.com\"]\n# by IT\nproxy = \"none\" # for now\n";
        std::fs::write(&file, text).unwrap();
        let entry = HostEntry {
            ca_file: Some("/etc/ca.pem".into()),
            proxy: Some("http://octocat@proxy.example:8080/".parse().unwrap()),
            registry: false,
            realm: Some("auth.example.org".to_owned()),
            api: Some("https://api.corp.example".to_owned()),
            containers: Some("images.corp.example".to_owned()),
            docker: Some("none".to_owned()),
        };
        Settings::set_host(home.path(), "ghe.example.com", &entry).unwrap();
        let registry = HostEntry { registry: true, ..HostEntry::default() };
        let settings = Settings::set_host(home.path(), "127.0.0.1:5000", &registry).unwrap();
        assert_eq!(settings.hosts["ghe.example.com"], entry);
        assert_eq!((settings.theme, &settings.hosts["127.0.0.1:5000"]), (Theme::Dark, &registry));
        assert_eq!(Settings::read(home.path()).unwrap(), settings);
        let text = std::fs::read_to_string(&file).unwrap();
        for kept in ["# mine", "# by IT", "proxy = \"http://octocat@proxy.example:8080/\" # for now"] {
            assert!(text.contains(kept), "{text}");
        }
        // What is usual again is no longer said.
        Settings::set_host(home.path(), "ghe.example.com", &HostEntry::default()).unwrap();
        let settings = Settings::remove_host(home.path(), "127.0.0.1:5000").unwrap();
        assert_eq!(
            settings.hosts.into_iter().collect::<Vec<_>>(),
            [("ghe.example.com".to_owned(), HostEntry::default())]
        );
        assert!(std::fs::read_to_string(&file).unwrap().starts_with("# mine"));
    }

    #[test]
    fn what_is_wrong_with_a_host_is_said_with_its_line_and_key_and_without_a_password() {
        let home = tempfile::tempdir().unwrap();
        for (wrong, said) in [
            ("ca-file = 3", "line 2: ca-file: "),
            ("registry = \"yes\"", "line 2: registry: "),
            ("api = true", "line 2: api: "),
            ("proxy = \"nowhere\"", "line 2: proxy: a proxy is "),
            ("proxy = \"http://octocat:canary@proxy.example\"", "without a password"),
            ("port = 8080", "unknown field `port`"),
        ] {
            let text = format!("[hosts.\"ghe.example.com\"]\n{wrong}\n");
            std::fs::write(home.path().join("settings.toml"), text).unwrap();
            let error = Settings::read(home.path()).unwrap_err().to_string();
            assert!(error.contains(said) && !error.contains("canary"), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_change_that_makes_no_sense_leaves_the_file_as_it_was() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("settings.toml");
        std::fs::write(&file, "theme = \"dark\"\n").unwrap();
        for wrong in [
            SettingsView { compression: Some("lzma".to_owned()), ..SettingsView::default() },
            SettingsView { parallel: Some(0), ..SettingsView::default() },
            SettingsView { proxy: Some("nowhere".to_owned()), ..SettingsView::default() },
            SettingsView {
                proxy: Some("http://octocat:canary@proxy/".to_owned()),
                ..SettingsView::default()
            },
        ] {
            let refused = Settings::write(home.path(), &wrong).unwrap_err().to_string();
            assert!(!refused.contains("canary"), "{refused}");
            assert!(
                matches!(Settings::write(home.path(), &wrong), Err(SettingsError::Malformed { .. })),
                "{wrong:?}"
            );
            assert_eq!(std::fs::read_to_string(&file).unwrap(), "theme = \"dark\"\n");
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

    #[test]
    fn the_page_shows_the_level_that_is_used_where_none_is_set() {
        let page = include_str!("../../../../ui/src/features/settings/Transfer.svelte");
        let usual = slipway_transfer::Compression::default().to_string();
        let level = usual.strip_prefix("gzip:").unwrap();
        assert!(
            page.contains(&format!("const USUAL = {level};")),
            "the page says another level than {usual}"
        );
    }
}
