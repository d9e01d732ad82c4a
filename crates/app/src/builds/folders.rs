//! Folders and files that somebody gave the window for a build: the page names them by their handles, and never by a path.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::images::handle;

/// What a folder is looked through for; its usual names first.
const USUAL: [&str; 2] = ["Dockerfile", "Containerfile"];

/// Folders in the folder are looked into so deep, and so many Dockerfiles are offered.
const DEEPEST: usize = 2;
const MOST: usize = 50;

/// Entries that are looked at in all.
const LOOKED_AT: usize = 5000;

/// What was given in this run.
#[derive(Default)]
pub(super) struct Given(Mutex<HashMap<u64, PathBuf>>);

impl Given {
    /// The handle of `path`, which somebody chose, dropped, or named at the start.
    pub(super) fn add(&self, path: &Path) -> u64 {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, _)) = all.iter().find(|(_, known)| **known == path) {
            return *known;
        }
        let id = handle();
        all.insert(id, path);
        id
    }

    pub(super) fn get(&self, id: u64) -> Option<PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }
}

/// The usual names that a folder has, whatever else is in it.
pub(super) fn usual(folder: &Path) -> impl Iterator<Item = &'static str> {
    USUAL.into_iter().filter(|name| folder.join(name).is_file())
}

/// Dockerfiles in a folder, with slashes from it on: the usual name first, then by depth and name. Deeper folders are looked
/// into last: however much is in them, what lies above is found.
pub(super) fn dockerfiles(folder: &Path) -> Vec<String> {
    let mut found: Vec<String> = usual(folder).map(str::to_owned).collect();
    let mut left = LOOKED_AT;
    let mut folders = VecDeque::from([(folder.to_owned(), String::new(), 0)]);
    while let Some((folder, below, depth)) = folders.pop_front() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            if left == 0 {
                break;
            }
            left -= 1;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
            // Links are not followed.
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && depth < DEEPEST && !name.starts_with('.') && name != "node_modules" {
                folders.push_back((entry.path(), path, depth + 1));
            } else if kind.is_file() && is_dockerfile(&name) && !found.contains(&path) {
                found.push(path);
            }
        }
    }
    let rank = |path: &String| USUAL.iter().position(|usual| usual == path).unwrap_or(USUAL.len());
    found.sort_by_key(|path| (rank(path), path.matches('/').count(), path.clone()));
    found.truncate(MOST);
    found
}

/// `Dockerfile`, `Dockerfile.dev`, `web.Dockerfile`, `Containerfile`; rules for what is left out are none.
fn is_dockerfile(name: &str) -> bool {
    let is = |part: &str| USUAL.iter().any(|usual| part.eq_ignore_ascii_case(usual));
    let ends = name.rsplit_once('.').map(|(_, end)| end);
    ends != Some("dockerignore") && (is(name.split('.').next().unwrap_or_default()) || ends.is_some_and(is))
}

/// A path as people read it: from the home on.
pub(super) fn shown(path: &Path, home: &Path) -> String {
    match path.strip_prefix(home) {
        Ok(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
        Ok(rest) => Path::new("~").join(rest).display().to_string(),
        Err(_) => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dockerfiles_are_found_by_their_names_and_the_usual_one_stands_first() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "web.Dockerfile",
            "Dockerfile.dev",
            "Dockerfile",
            "Dockerfile.dev.dockerignore",
            "notes.txt",
            "api/Containerfile",
            "node_modules/a/Dockerfile",
            "a/b/c/Dockerfile",
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let found = dockerfiles(folder.path());
        assert_eq!(found, ["Dockerfile", "Dockerfile.dev", "web.Dockerfile", "api/Containerfile"]);
    }

    #[test]
    fn a_dockerfile_is_found_beside_thousands_of_other_files() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("aaa/b")).unwrap();
        for number in 0..LOOKED_AT {
            std::fs::write(folder.path().join(format!("aaa/b/{number}")), "").unwrap();
        }
        std::fs::write(folder.path().join("aaa/Dockerfile"), "").unwrap();
        std::fs::write(folder.path().join("Dockerfile"), "").unwrap();
        assert_eq!(dockerfiles(folder.path()), ["Dockerfile", "aaa/Dockerfile"]);
    }

    #[test]
    fn a_path_is_shown_from_the_home_on() {
        let home = Path::new("/home/octocat");
        assert_eq!(shown(Path::new("/home/octocat/src/app"), home), "~/src/app");
        assert_eq!(
            (shown(home, home), shown(Path::new("/srv/app"), home)),
            ("~".to_owned(), "/srv/app".to_owned())
        );
    }

    #[test]
    fn nothing_has_a_handle_that_nobody_gave() {
        let given = Given::default();
        let id = given.add(Path::new("/srv/app"));
        assert_eq!(given.add(Path::new("/srv/app")), id);
        assert_eq!((given.get(id), given.get(id ^ 1)), (Some(PathBuf::from("/srv/app")), None));
    }
}
