//! `docker-credential-slipway`: another name of the `slipway` program, where Docker and Podman look for programs.

use std::io;
use std::path::{Path, PathBuf};

use super::ours::OURS;
use crate::Surroundings;

/// Why the program did not get its other name.
#[derive(Debug, thiserror::Error)]
pub enum NoName {
    /// The command is not installed.
    #[error("the slipway command is not installed beside this program, nor in PATH")]
    NoProgram,
    /// Another program has it.
    #[error("{path} is there and is no name of Slipway's command: move it away first")]
    Taken {
        /// The other program.
        path: PathBuf,
    },
    /// No folder of `PATH` can be written to.
    #[error("no folder of PATH can be written to: make {name} a link to {program} in one of them")]
    NoFolder {
        /// The name.
        name: String,
        /// The program.
        program: PathBuf,
    },
    /// The system refuses.
    #[error("{path} cannot be made or removed: {source}")]
    Io {
        /// The name's place.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The program's other name.
pub fn helper_name() -> String {
    format!("docker-credential-{OURS}{}", std::env::consts::EXE_SUFFIX)
}

/// Where Docker and Podman find the program under its other name.
pub fn find_helper(surroundings: &Surroundings) -> Option<PathBuf> {
    let name = helper_name();
    path(surroundings)
        .into_iter()
        .map(|folder| folder.join(&name))
        .find(|path| path.symlink_metadata().is_ok())
}

/// Gives `program` its other name: beside itself where Docker looks there, else in a folder of the person's own, else in
/// any folder of `PATH` that can be written to. A name that is there and leads to it stays. Where there is no such program,
/// the `slipway` of `PATH` is meant.
///
/// # Errors
/// Where there is no such folder, or somebody else has the name.
pub fn name_helper(surroundings: &Surroundings, program: &Path) -> Result<PathBuf, NoName> {
    let program = match program.is_file() {
        true => program.to_owned(),
        false => surroundings.program(OURS).ok_or(NoName::NoProgram)?,
    };
    // Where it is found by its own name it is found there after an update, too.
    let usual = surroundings.program(OURS).filter(|usual| same(usual, &program));
    let program = usual.as_deref().unwrap_or(&program);
    if let Some(there) = find_helper(surroundings) {
        if same(&there, program) {
            return Ok(there);
        }
        if !is_link_to_us(&there) {
            return Err(NoName::Taken { path: there });
        }
        return link(program, &there).map(|()| there);
    }
    for folder in folders(surroundings, program) {
        let place = folder.join(helper_name());
        if place.symlink_metadata().is_ok() && !is_link_to_us(&place) {
            return Err(NoName::Taken { path: place });
        }
        match link(program, &place) {
            Ok(()) => return Ok(place),
            Err(NoName::Io { source, .. })
                if matches!(
                    source.kind(),
                    io::ErrorKind::PermissionDenied
                        | io::ErrorKind::ReadOnlyFilesystem
                        | io::ErrorKind::NotFound
                ) => {}
            Err(other) => return Err(other),
        }
    }
    Err(NoName::NoFolder { name: helper_name(), program: program.to_owned() })
}

/// Takes the name away again, unless it leads to somebody else's program.
///
/// # Errors
/// The system's.
pub fn unname_helper(surroundings: &Surroundings) -> Result<(), NoName> {
    let Some(path) = find_helper(surroundings).filter(|path| is_link_to_us(path)) else { return Ok(()) };
    std::fs::remove_file(&path).map_err(|source| NoName::Io { path, source })
}

/// Folders of `PATH`: Docker looks nowhere else.
fn path(surroundings: &Surroundings) -> Vec<PathBuf> {
    let path = surroundings.variable("PATH").unwrap_or_default();
    std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect()
}

/// The same, the best first: those that are in every shell before those that some project put there.
fn folders(surroundings: &Surroundings, program: &Path) -> Vec<PathBuf> {
    let own = [".local/bin", "bin"].map(|name| surroundings.home().join(name));
    let rank = |folder: &PathBuf| match () {
        () if Some(folder.as_path()) == program.parent() => 0,
        () if own.contains(folder) => 1,
        () if !folder.starts_with(surroundings.home()) => 2,
        () => 3,
    };
    let mut folders = path(surroundings);
    folders.sort_by_key(rank);
    folders
}

fn same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// A link that we made, whether or not what it leads to is still there.
#[cfg(unix)]
fn is_link_to_us(path: &Path) -> bool {
    path.read_link().is_ok_and(|target| target.file_name().is_some_and(|name| name == OURS))
}

#[cfg(unix)]
fn link(program: &Path, place: &Path) -> Result<(), NoName> {
    let failed = |source| NoName::Io { path: place.to_owned(), source };
    match std::fs::remove_file(place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    std::os::unix::fs::symlink(program, place).map_err(failed)
}

/// Links take rights there that people do not have: it is a copy, which says the same version.
#[cfg(not(unix))]
fn is_link_to_us(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == helper_name().as_str())
}

#[cfg(not(unix))]
fn link(program: &Path, place: &Path) -> Result<(), NoName> {
    let copied = std::fs::copy(program, place).map(|_| ());
    copied.map_err(|source| NoName::Io { path: place.to_owned(), source })
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn program(path: PathBuf) -> PathBuf {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn at(home: &Path, path: &str) -> Surroundings {
        let path = path.to_owned();
        let get = move |name: &str| (name == "PATH").then(|| path.clone());
        Surroundings::new(get, home.to_owned()).searching(Vec::new())
    }

    #[test]
    fn the_name_is_made_where_it_is_found_and_goes_again() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().display();
        let slipway = program(home.path().join("opt/slipway"));
        std::fs::create_dir_all(home.path().join("bin")).unwrap();
        let here = at(home.path(), &format!("{root}/none:{root}/bin"));
        let named = name_helper(&here, &slipway).unwrap();
        assert_eq!(named, home.path().join("bin/docker-credential-slipway"));
        assert_eq!(find_helper(&here), Some(named.clone()));
        assert_eq!(name_helper(&here, &slipway).unwrap(), named, "it is there");
        // An update lies elsewhere.
        let moved = program(home.path().join("opt2/slipway"));
        std::fs::remove_file(&slipway).unwrap();
        assert_eq!(name_helper(&here, &moved).unwrap(), named);
        assert_eq!(named.canonicalize().unwrap(), moved.canonicalize().unwrap());
        unname_helper(&here).unwrap();
        assert!(named.symlink_metadata().is_err());
        let beside = at(home.path(), &format!("{root}/bin:{root}/opt2"));
        assert_eq!(name_helper(&beside, &moved).unwrap(), home.path().join("opt2/docker-credential-slipway"));
    }

    #[test]
    fn another_program_keeps_its_name() {
        let home = tempfile::tempdir().unwrap();
        let slipway = program(home.path().join("opt/slipway"));
        let other = program(home.path().join("bin/docker-credential-slipway"));
        let here = at(home.path(), &home.path().join("bin").display().to_string());
        assert!(matches!(name_helper(&here, &slipway), Err(NoName::Taken { path }) if path == other));
        unname_helper(&here).unwrap();
        assert!(other.is_file());
        assert!(matches!(name_helper(&here, Path::new("/none/slipway")), Err(NoName::NoProgram)));
        let nowhere = name_helper(&at(home.path(), "relative"), &slipway).unwrap_err().to_string();
        assert!(nowhere.contains("make docker-credential-slipway a link to"), "{nowhere}");
    }
}
