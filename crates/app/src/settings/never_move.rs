//! `[never-move]` of `settings.toml`: which versions never move where.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use slipway_reference::{Guard, Guards, Place, Refusal};
use toml_edit::{Item, TableLike};

use super::{Settings, SettingsError, document, path, put, save};

/// The table of [`Settings::never_move`].
const NEVER_MOVE: &str = "never-move";

/// Which versions never move, by place.
pub(super) fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Guards, D::Error> {
    let refused = |place: &str, reason: String| serde::de::Error::custom(format!("{place}: {reason}"));
    let rules = BTreeMap::<String, String>::deserialize(deserializer)?;
    let guard = |(place, fixed): (String, String)| {
        let read = place.parse().map_err(|refusal: Refusal| refused(&place, refusal.to_string()))?;
        Ok(Guard { place: read, fixed: fixed.parse().map_err(|reason| refused(&place, reason))? })
    };
    let guards = rules.into_iter().map(guard).collect::<Result<Vec<Guard>, D::Error>>()?;
    // Docker Hub has several names. Which of two rules is meant, nobody can say.
    let mut places = BTreeSet::new();
    if let Some(guard) = guards.iter().find(|guard| !places.insert(&guard.place)) {
        return Err(refused(&guard.place.to_string(), "it has two rules, by two names".to_owned()));
    }
    Ok(guards.into_iter().collect())
}

/// The name that a place has among the rules: Docker Hub has several.
fn written(rules: &dyn TableLike, place: &Place) -> Option<String> {
    let mut keys = rules.iter().map(|(key, _)| key);
    keys.find(|key| key.parse().is_ok_and(|known: Place| known == *place)).map(str::to_owned)
}

impl Settings {
    /// Sets the rule of a place in `settings.toml` in `home`; all else stays as it stands there.
    pub(crate) fn set_guard(home: &Path, guard: &Guard) -> Result<Self, SettingsError> {
        let path = path(home);
        let mut document = document(&path)?;
        let Some(rules) = document[NEVER_MOVE].or_insert(toml_edit::table()).as_table_like_mut() else {
            let reason = format!("{NEVER_MOVE} stands there as something that is no table");
            return Err(SettingsError::Malformed { path, reason });
        };
        let key = written(rules, &guard.place).unwrap_or_else(|| guard.place.to_string());
        put(rules, &key, Some(guard.fixed.to_string().into()));
        save(home, path, &document)
    }

    /// Takes the rule of a place out of `settings.toml` in `home`.
    pub(crate) fn remove_guard(home: &Path, place: &str) -> Result<Self, SettingsError> {
        let path = path(home);
        let mut document = document(&path)?;
        if let Some(rules) = document.get_mut(NEVER_MOVE).and_then(Item::as_table_like_mut) {
            let key = place.parse().ok().and_then(|place| written(rules, &place));
            rules.remove(key.as_deref().unwrap_or(place));
        }
        save(home, path, &document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::SettingsView;

    #[test]
    fn docker_hub_has_one_rule_by_whichever_of_its_names() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("settings.toml");
        std::fs::write(&file, "[never-move]\n\"index.docker.io\" = \"all\"\n").unwrap();
        let guard = Guard { place: "docker.io".parse().unwrap(), fixed: "versions".parse().unwrap() };
        let settings = Settings::set_guard(home.path(), &guard).unwrap();
        assert_eq!(settings.never_move.all().collect::<Vec<_>>(), [guard]);
        let settings = Settings::remove_guard(home.path(), "docker.io").unwrap();
        assert_eq!(settings.never_move.all().count(), 0);
        let two = "[never-move]\n\"index.docker.io\" = \"all\"\n\"docker.io\" = \"nothing\"\n";
        std::fs::write(&file, two).unwrap();
        let refused = Settings::read(home.path()).unwrap_err().to_string();
        assert!(refused.contains("docker.io: it has two rules"), "{refused}");
    }

    #[test]
    fn a_rule_comes_and_goes_and_the_rest_of_the_file_stays() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("settings.toml");
        let text =
            "# mine\nfuture = 1\n\n[never-move]\n# by IT\n\"ghcr.io/octo-org\" = \"versions\" # for ever\n";
        std::fs::write(&file, text).unwrap();
        let guard =
            |place: &str, fixed: &str| Guard { place: place.parse().unwrap(), fixed: fixed.parse().unwrap() };
        Settings::set_guard(home.path(), &guard("ghcr.io/octo-org", "pattern:2.*")).unwrap();
        let settings = Settings::set_guard(home.path(), &guard("ghcr.io", "all")).unwrap();
        let all: Vec<_> = settings.never_move.all().map(|guard| guard.to_string()).collect();
        assert_eq!(all, ["ghcr.io = all", "ghcr.io/octo-org = pattern:2.*"]);
        // What changes other settings knows nothing of it.
        let written = Settings::write(home.path(), &SettingsView::default()).unwrap();
        assert_eq!(written.never_move, settings.never_move);
        let (host, path) = ("ghcr.io".parse().unwrap(), "octo-org/monalisa".parse().unwrap());
        assert_eq!(settings.transfer_to(&host, &path).guard, Some(guard("ghcr.io/octo-org", "pattern:2.*")));
        let settings = Settings::remove_guard(home.path(), "ghcr.io").unwrap();
        assert_eq!(settings, Settings::read(home.path()).unwrap());
        let text = std::fs::read_to_string(&file).unwrap();
        for kept in ["# mine", "future = 1", "# by IT", "\"ghcr.io/octo-org\" = \"pattern:2.*\" # for ever"] {
            assert!(text.contains(kept), "{text}");
        }
        assert!(!text.contains("\"ghcr.io\""), "{text}");
        for (wrong, said) in
            [("\"ghcr.io\" = \"version\"", "known are"), ("octo-org = \"all\"", "octo-org: ")]
        {
            std::fs::write(&file, format!("[never-move]\n{wrong}\n")).unwrap();
            let error = Settings::read(home.path()).unwrap_err().to_string();
            assert!(error.contains(said), "{wrong}: {error}");
        }
    }
}
