//! What the shells find in their surroundings and hand to the app: below them nothing looks.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use slipway_credentials::{Chain, Environment, Keychain, Surroundings};
use slipway_hosts::Hosts;

use crate::images::Inputs;
use crate::registries::{Commanded, Confirm, with_settings};
use crate::settings::Settings;

/// Everything the app is started with.
pub struct Setup {
    /// Slipway's directory: settings and what it writes.
    pub home: PathBuf,
    /// The registries that come with Slipway, and those of the endpoints file.
    pub base: Hosts,
    /// The same with those of the settings.
    pub hosts: Hosts,
    /// Where credentials are looked for, after those of this run.
    pub credentials: Chain,
    /// What people chose.
    pub settings: Settings,
    /// Jobs wait for the network and go on after a restart, and files that were opened are offered again. For shells
    /// that show all of that.
    pub in_window: bool,
    /// Compressing leaves the cores to whatever else wants them. For shells that draw.
    pub in_background: bool,
    /// What is read besides files and folders.
    pub inputs: Inputs,
    /// The folder where what is unpacked, and what comes out of an engine, lies without a name while it is needed.
    pub temporary: PathBuf,
    /// The system's languages, best first, as in `LANG`; none where it wants no language.
    pub languages: Vec<String>,
    /// Where secrets are kept.
    pub keychain: Keychain,
    /// Where people may already have credentials; asked only when they say so.
    pub surroundings: Surroundings,
    /// Who asks the person before a credential goes to a new place. For shells that draw a page: the page cannot answer
    /// for them.
    pub confirm: Arc<dyn Confirm>,
}

/// Why the app cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// There is no home directory to keep anything in.
    #[error("no directory for Slipway's data was found: set SLIPWAY_HOME to one")]
    NoHome,
    /// The file named by `SLIPWAY_HOSTS` cannot be read.
    #[error("the endpoints file {path} (SLIPWAY_HOSTS) cannot be read: {source}")]
    HostsFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file named by `SLIPWAY_HOSTS` is not understood.
    #[error("the endpoints file {path} (SLIPWAY_HOSTS): {source}")]
    Hosts {
        /// The file.
        path: PathBuf,
        /// Which table and key, and why.
        source: slipway_hosts::HostsError,
    },
    /// A host of the settings cannot be used.
    #[error("settings.toml, {0}")]
    Host(String),
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] crate::settings::SettingsError),
}

/// Which foreign places may be asked for credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finders {
    /// None: only what is typed in this run.
    None,
    /// The environment. Docker's logins are asked for one by one (`Accounts::borrow_from_docker`).
    Environment,
}

impl Setup {
    /// Reads the surroundings through `get` (an environment variable's value): `SLIPWAY_HOME`,
    /// `SLIPWAY_HOSTS`, `TMPDIR`, the languages, and what `finders` allows.
    pub fn read(
        get: impl Fn(&str) -> Option<String> + Send + Sync + Clone + 'static,
        finders: Finders,
    ) -> Result<Self, SetupError> {
        let home = match get("SLIPWAY_HOME").filter(|home| !home.is_empty()) {
            Some(home) => PathBuf::from(home),
            None => directories::ProjectDirs::from("io.github", "slipway", "slipway")
                .ok_or(SetupError::NoHome)?
                .data_dir()
                .to_owned(),
        };
        let settings = Settings::read(&home)?;
        let base = match get("SLIPWAY_HOSTS").filter(|path| !path.is_empty()) {
            Some(path) => hosts(Path::new(&path))?,
            None => Hosts::builtin(),
        };
        let credentials = match finders {
            Finders::None => Chain::default(),
            Finders::Environment => Chain::new(vec![Arc::new(Environment::from(&get))]),
        };
        let hosts = with_settings(&base, &settings.hosts, &home)
            .map_err(|refusal| SetupError::Host(refusal.in_settings()))?;
        let languages = languages(&get);
        let temporary = get("TMPDIR").filter(|folder| !folder.is_empty());
        let temporary = temporary.map_or_else(std::env::temp_dir, PathBuf::from);
        let person = directories::BaseDirs::new().map(|base| base.home_dir().to_owned()).unwrap_or_default();
        let surroundings = Surroundings::new(get, person);
        Ok(Self {
            home,
            base,
            hosts,
            credentials,
            settings,
            in_window: false,
            in_background: false,
            inputs: Inputs::default(),
            temporary,
            languages,
            keychain: Keychain::system(),
            surroundings,
            confirm: Arc::new(Commanded),
        })
    }
}

fn hosts(path: &Path) -> Result<Hosts, SetupError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| SetupError::HostsFile { path: path.to_owned(), source })?;
    let base = path.parent().unwrap_or(Path::new(""));
    Hosts::with_file(&text, base).map_err(|source| SetupError::Hosts { path: path.to_owned(), source })
}

/// What gettext makes of the environment: `LC_ALL` stands before `LC_MESSAGES`, that before `LANG`, and `LANGUAGE` counts
/// where the locale has a language at all.
fn languages(get: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let given = |name: &str| get(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(given);
    let none = |locale: &String| locale == "C" || locale == "POSIX" || locale.starts_with("C.");
    if locale.as_ref().is_some_and(none) {
        return Vec::new();
    }
    let wanted = given("LANGUAGE").unwrap_or_default();
    wanted.split(':').filter(|one| !one.is_empty()).map(str::to_owned).chain(locale).collect()
}

#[cfg(test)]
mod tests {
    use super::languages;

    #[test]
    fn the_language_is_the_one_that_gettext_would_take() {
        let of = |set: &[(&str, &str)]| {
            let value =
                |name: &str| set.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned());
            languages(value).join(" ")
        };
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), "zh_CN.UTF-8");
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]), "");
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C.UTF-8"), ("LANGUAGE", "zh")]), "");
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "fr_FR.UTF-8")]), "fr_FR.UTF-8");
        assert_eq!(of(&[("LANG", "fr_FR.UTF-8"), ("LANGUAGE", "zh_CN:en")]), "zh_CN en fr_FR.UTF-8");
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "zh_CN.UTF-8")]), "zh_CN.UTF-8");
        assert_eq!(of(&[]), "");
    }
}
