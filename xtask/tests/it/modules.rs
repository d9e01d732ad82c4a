//! The files of a room, and which of them a path leads to.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::paths::Paths;

/// The files of a room by their module's path; the root's is empty.
pub(crate) type Modules = BTreeMap<Vec<String>, Paths>;

/// The folder in which the sources of `crates/ROOM` are.
pub(crate) fn folder(room: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("crates").join(room).join("src")
}

/// The files of `crates/ROOM`.
pub(crate) fn of_room(room: &str) -> Modules {
    let mut modules = Modules::new();
    add(&folder(room), &[], &mut modules);
    assert!(modules.contains_key(&[][..]), "crates/{room} was not read");
    modules
}

/// Files by their names and what stands in them.
pub(crate) fn read(files: &[(&str, &str)]) -> Modules {
    let path = |name: &str| name.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    files.iter().map(|(name, source)| (path(name), Paths::of(source))).collect()
}

fn add(folder: &Path, within: &[String], modules: &mut Modules) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let module = || within.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>();
        if path.is_dir() {
            add(&path, &module(), modules);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let module = if matches!(name, "mod" | "lib") { within.to_vec() } else { module() };
            modules.insert(module, Paths::of(&fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The most re-exports of re-exports that are followed.
const MOST_STEPS: u32 = 8;

/// The file that `path`, written in `module`, leads to, by way of what others re-export; none outside of the room.
pub(crate) fn find<'a>(module: &[String], path: &[String], modules: &'a Modules) -> Option<&'a [String]> {
    follow(module, path, modules, 0)
}

fn follow<'a>(module: &[String], path: &[String], modules: &'a Modules, steps: u32) -> Option<&'a [String]> {
    let mut at = module.to_vec();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => (at, rest) = (Vec::new(), &path[1..]),
        "self" => rest = &path[1..],
        "super" => {}
        first => {
            at.push(first.to_owned());
            if !modules.contains_key(&at) {
                return None;
            }
            rest = &path[1..];
        }
    }
    while let [first, behind @ ..] = rest {
        if first == "super" {
            at.pop()?;
            rest = behind;
            continue;
        }
        at.push(first.clone());
        if !modules.contains_key(&at) {
            at.pop();
            break;
        }
        rest = behind;
    }
    let (here, paths) = modules.get_key_value(&at)?;
    let brought = rest.first().filter(|_| steps < MOST_STEPS).and_then(|name| {
        let (_, path) = paths.brought.iter().find(|(brought, _)| brought == name)?;
        follow(here, path, modules, steps + 1)
    });
    Some(brought.unwrap_or(here))
}
