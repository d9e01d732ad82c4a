//! Which versions never move where, as people change it.

use slipway_reference::{Fixed, Guard, Place};

use super::Preferences;
use crate::settings::{Settings, SettingsError};
use crate::view::{Code, FailureView, FixedKind, FixedView, FormPart};

impl Preferences {
    /// The rules, by place.
    pub fn fixed_versions(&self) -> Vec<FixedView> {
        self.settings.get().never_move.all().map(view).collect()
    }

    /// Adds a rule, or sets the one of its place anew. It counts for whatever begins or goes on from now on.
    ///
    /// # Errors
    /// [`Code::FormProblem`] where the place is none (without a field) or no tag fits the pattern (the field of the version),
    /// and [`Code::SettingsFailed`] where the file cannot be written. Nothing changes then.
    pub fn fix_versions(&self, rule: &FixedView) -> Result<Vec<FixedView>, FailureView> {
        // Registries have no other letters, whatever an organization writes itself with.
        let text = rule.place.trim().trim_end_matches('/').to_ascii_lowercase();
        let place = text.parse::<Place>().map_err(|refusal| {
            let code = Code::FormProblem { field: None, rule: Some((&refusal.rule).into()) };
            FailureView::new(code, format!("{text}: {refusal}"))
        })?;
        let fixed = match rule.which {
            FixedKind::Versions => Fixed::Versions,
            FixedKind::All => Fixed::All,
            FixedKind::Nothing => Fixed::Nothing,
            FixedKind::Pattern => Fixed::pattern(rule.pattern.trim()).map_err(|refusal| {
                let message = format!("{}: {refusal}", rule.pattern);
                FailureView::broken(FormPart::Version, &refusal.rule, message)
            })?,
        };
        let guard = Guard { place, fixed };
        self.keep(|| Settings::set_guard(self.settings.home(), &guard))
    }

    /// Takes the rule of a place away.
    ///
    /// # Errors
    /// [`Code::SettingsFailed`] where the file cannot be written.
    pub fn let_versions_move(&self, place: &str) -> Result<Vec<FixedView>, FailureView> {
        self.keep(|| Settings::remove_guard(self.settings.home(), place))
    }

    fn keep(
        &self,
        write: impl FnOnce() -> Result<Settings, SettingsError>,
    ) -> Result<Vec<FixedView>, FailureView> {
        let mut settings = self.settings.lock();
        let written = write().map_err(|error| FailureView::new(Code::SettingsFailed, error.to_string()))?;
        settings.never_move = written.never_move;
        Ok(settings.never_move.all().map(view).collect())
    }
}

fn view(guard: Guard) -> FixedView {
    let (which, pattern) = match &guard.fixed {
        Fixed::Versions => (FixedKind::Versions, String::new()),
        Fixed::Pattern(pattern) => (FixedKind::Pattern, pattern.to_string()),
        Fixed::All => (FixedKind::All, String::new()),
        Fixed::Nothing => (FixedKind::Nothing, String::new()),
    };
    FixedView { place: guard.place.to_string(), which, pattern }
}
