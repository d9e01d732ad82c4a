//! Node.js, the page's packages, and the built page.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::place::Place;
use crate::process;
use crate::stop::Stop;

/// A Node.js version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

const GET_IT: &str = "Get Node.js 20.19 or newer from https://nodejs.org, from your system's packages, or with a version manager.";

/// Checks that Node.js is there and new enough.
pub(crate) fn check() -> Result<(), Stop> {
    let said = process::answer("node", &["--version"])
        .ok_or_else(|| Stop::new("Node.js was not found; it builds the page").help(GET_IT))?;
    let version = version(&said).ok_or_else(|| {
        Stop::new(format!("`node --version` said {:?}, which is no version", said.trim())).help(GET_IT)
    })?;
    if !fits(version) {
        return Err(Stop::new(format!("Node.js {} is too old to build the page", said.trim())).help(GET_IT));
    }
    if process::answer(if cfg!(windows) { "npm.cmd" } else { "npm" }, &["--version"]).is_none() {
        return Err(
            Stop::new("Node.js is there but its npm is not").help("On Debian and Ubuntu the package is npm.")
        );
    }
    println!("==> Node.js {}", said.trim());
    Ok(())
}

/// Installs the page's packages where the lock file has changed since the last time.
pub(crate) fn install(place: &Place) -> Result<(), Stop> {
    let ui = place.ui();
    let lock = ui.join("package-lock.json");
    let stamp = stamp(&ui);
    let wanted = std::fs::read(&lock).map_err(|error| Stop::io(lock.display(), &error))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        println!("==> The page's packages: as the lock file says");
        return Ok(());
    }
    println!("==> Installing the page's packages from the lock file");
    let words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    process::demand(npm(&ui).args(words))?;
    std::fs::create_dir_all(ui.join("node_modules"))
        .and_then(|()| std::fs::write(&stamp, wanted))
        .map_err(|error| Stop::io(stamp.display(), &error))
}

/// Builds the page where its sources are newer than what was built; the window embeds it.
pub(crate) fn build(place: &Place) -> Result<(), Stop> {
    let ui = place.ui();
    if up_to_date(&ui) {
        println!("==> The page: up to date");
        return Ok(());
    }
    println!("==> Building the page");
    process::demand(npm(&ui).args(["run", "build"]))
}

/// Whether a built page is there, be it old: the window cannot be compiled without one.
pub(crate) fn is_built(place: &Place) -> bool {
    place.ui().join("dist/index.html").is_file()
}

/// Whether `script`, which judges the sources alone, passed since they changed last.
pub(crate) fn has_passed(place: &Place, script: &str) -> bool {
    is_newer(&place.ui(), &passed(&place.ui(), script))
}

/// Notes that `script` passed with the sources as they were at `began`.
pub(crate) fn note_passed(place: &Place, script: &str, began: SystemTime) -> std::io::Result<()> {
    let stamp = std::fs::File::create(passed(&place.ui(), script))?;
    // What changed while it ran was perhaps not looked at.
    stamp.set_modified(began)
}

/// npm in the page's room.
pub(crate) fn npm(ui: &Path) -> Command {
    // Windows starts a script only by its whole name.
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(ui);
    command
}

/// What `node --version` says: `v20.19.0`.
fn version(said: &str) -> Option<Version> {
    let said = said.trim().strip_prefix('v')?;
    // A pre-release counts as its release: only its features matter here.
    let said = said.split('-').next().unwrap_or(said);
    let mut parts = said.split('.').map(|part| part.parse().ok());
    let version = Version { major: parts.next()??, minor: parts.next()??, patch: parts.next()?? };
    parts.next().is_none().then_some(version)
}

/// Vite's range: 20.19 and newer, but 22.12 and newer in the 22 line, and not the short-lived 21.
fn fits(version: Version) -> bool {
    match version.major {
        20 => version.minor >= 19,
        22 => version.minor >= 12,
        major => major > 22,
    }
}

/// The lock file that the installed packages came from; `npm ci` wipes it together with them.
fn stamp(ui: &Path) -> PathBuf {
    ui.join("node_modules/.slipway-installed-lock")
}

/// What says since when a script's judgement holds; `npm ci` wipes it, too.
fn passed(ui: &Path, script: &str) -> PathBuf {
    ui.join(format!("node_modules/.slipway-passed-{script}"))
}

fn up_to_date(ui: &Path) -> bool {
    is_newer(ui, &ui.join("dist/index.html"))
}

/// Whether `result` is newer than the sources and the packages.
fn is_newer(ui: &Path, result: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    let Some(made) = changed(result) else { return false };
    // Words that the command says, too, lie in its room.
    let words = ui.parent().and_then(|root| newest(&root.join("crates/app/words")));
    newest(ui).max(words).max(changed(&stamp(ui))).is_none_or(|source| source <= made)
}

/// When something that the page is built from last changed. A directory counts too, so that a removal is seen;
/// the room itself does not: tools keep short-lived files there.
fn newest(directory: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(directory).ok()?;
    entries
        .flatten()
        .filter_map(|entry| {
            let path = entry.path();
            if GENERATED.iter().any(|name| entry.file_name() == *name) {
                return None;
            }
            let metadata = entry.metadata().ok()?;
            let inside = if metadata.is_dir() { newest(&path) } else { None };
            metadata.modified().ok().max(inside)
        })
        .max()
}

const GENERATED: [&str; 3] = ["node_modules", "dist", "coverage"];

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn fits_text(said: &str) -> bool {
        version(said).is_some_and(fits)
    }

    #[test]
    fn a_node_that_cannot_build_the_page_is_refused_before_npm_fails_in_riddles() {
        assert!(
            fits_text("v20.19.0\n") && fits_text("v20.20.2") && fits_text("v22.12.0") && fits_text("v26.1.0")
        );
        assert!(
            !fits_text("v18.20.4")
                && !fits_text("v20.18.9")
                && !fits_text("v21.7.3")
                && !fits_text("v22.11.0")
        );
        assert!(fits_text("v24.0.0-nightly20250101"));
    }

    #[test]
    fn something_else_named_node_is_no_version() {
        for said in ["", "20.19.0", "v20", "v20.19", "vx.y.z", "node: not found", "v1.2.3.4"] {
            assert_eq!(version(said), None, "{said}");
        }
    }

    #[test]
    fn a_changed_or_removed_source_builds_the_page_again() {
        let ui = std::env::temp_dir().join(format!("slipway-ui-{}", std::process::id()));
        let file = |name: &str, seconds: u64| {
            let path = ui.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            std::fs::File::open(&path).unwrap().set_modified(at).unwrap();
        };
        let directory = |name: &str, seconds: u64| {
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            std::fs::File::open(ui.join(name)).unwrap().set_modified(at).unwrap();
        };
        file("src/app.svelte", 10);
        file("coverage/index.html", 90);
        file("node_modules/x/index.js", 90);
        directory("src", 10);
        assert!(!up_to_date(&ui), "nothing was built yet");
        file("dist/index.html", 20);
        assert!(up_to_date(&ui), "only generated files are newer");
        file("vite.config.ts", 30);
        assert!(!up_to_date(&ui), "the configuration changed");
        file("vite.config.ts", 10);
        directory("src", 30);
        assert!(!up_to_date(&ui), "a source was removed");
        std::fs::remove_dir_all(&ui).unwrap();
    }

    #[test]
    fn a_script_that_passed_counts_until_a_source_changes() {
        let root = std::env::temp_dir().join(format!("slipway-passed-{}", std::process::id()));
        let place = Place::at(&root);
        let ui = place.ui();
        std::fs::create_dir_all(ui.join("node_modules")).unwrap();
        let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let source = |seconds: u64| {
            std::fs::write(ui.join("app.ts"), "").unwrap();
            std::fs::File::open(ui.join("app.ts")).unwrap().set_modified(at(seconds)).unwrap();
        };
        source(10);
        assert!(!has_passed(&place, "lint"), "it never ran");
        note_passed(&place, "lint", at(20)).unwrap();
        assert!(has_passed(&place, "lint") && !has_passed(&place, "check"));
        source(21);
        assert!(!has_passed(&place, "lint"), "a source changed while it ran or since");
        std::fs::remove_dir_all(&root).unwrap();
    }
}
