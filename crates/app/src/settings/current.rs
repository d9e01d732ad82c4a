//! The settings that count now.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use super::{Settings, language};
use crate::view::SettingsView;

/// The settings that count now, where their file is, and the languages of the system.
pub(crate) struct Current {
    home: PathBuf,
    settings: RwLock<Settings>,
    languages: Vec<String>,
}

impl Current {
    pub(crate) fn new(home: PathBuf, settings: Settings, languages: Vec<String>) -> Self {
        Self { home, settings: RwLock::new(settings), languages }
    }

    /// Slipway's directory, where the file is.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// What people chose.
    pub(crate) fn get(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// For a change: nobody reads or changes them meanwhile.
    pub(crate) fn lock(&self) -> RwLockWriteGuard<'_, Settings> {
        self.settings.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The system's languages, best first.
    pub(crate) fn languages(&self) -> &[String] {
        &self.languages
    }

    /// The language that is spoken with the settings of `view`.
    pub(crate) fn language(&self, view: &SettingsView) -> String {
        language(view.language.as_deref(), &self.languages)
    }
}
