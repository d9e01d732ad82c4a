//! Keeps the files of a room free of circles: what two of them share has a place of its own above both.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::paths::Paths;

/// The folders in `crates/` that are held to it.
const ROOMS: [&str; 8] =
    ["archive", "compress", "distribution", "github", "hosts", "http", "image", "reference"];

/// The files of a room by their module's path; the root's is empty.
type Modules = BTreeMap<Vec<String>, Paths>;

#[test]
fn no_files_of_a_room_know_one_another_in_a_circle() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("crates");
    let mut wrong = Vec::new();
    for room in ROOMS {
        let mut modules = Modules::new();
        read(&crates.join(room).join("src"), &[], &mut modules);
        assert!(modules.contains_key(&[][..]), "crates/{room} was not read");
        wrong.extend(circles(&modules).into_iter().map(|circle| format!("{room}: {circle}")));
    }
    assert!(wrong.is_empty(), "hoist what they share:\n{}", wrong.join("\n"));
}

fn read(folder: &Path, within: &[String], modules: &mut Modules) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let module = || within.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>();
        if path.is_dir() {
            read(&path, &module(), modules);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let module = if matches!(name, "mod" | "lib") { within.to_vec() } else { module() };
            modules.insert(module, Paths::of(&fs::read_to_string(&path).unwrap()));
        }
    }
}

/// One circle for each way back that is found, as `a → b → a`.
fn circles(modules: &Modules) -> Vec<String> {
    let (mut done, mut found) = (BTreeSet::new(), Vec::new());
    for module in modules.keys() {
        walk(module, modules, &mut Vec::new(), &mut done, &mut found);
    }
    found
}

fn walk<'a>(
    module: &'a [String],
    modules: &'a Modules,
    way: &mut Vec<&'a [String]>,
    done: &mut BTreeSet<&'a [String]>,
    found: &mut Vec<String>,
) {
    if let Some(at) = way.iter().position(|before| *before == module) {
        let circle = way[at..].iter().chain([&module]);
        found.push(circle.map(|module| module.join("::")).collect::<Vec<_>>().join(" → "));
        return;
    }
    if done.contains(module) {
        return;
    }
    way.push(module);
    for known in known(module, modules) {
        walk(known, modules, way, done, found);
    }
    way.pop();
    done.insert(module);
}

/// The files that `module` knows. Those around it and those below it do not count: a file and its parent are one thing
/// in two parts.
fn known<'a>(module: &[String], modules: &'a Modules) -> BTreeSet<&'a [String]> {
    let paths = modules[module].named.iter();
    let found = paths.filter_map(|path| find(module, path, modules, 0));
    found.filter(|other| !other.starts_with(module) && !module.starts_with(other)).collect()
}

/// The most re-exports of re-exports that are followed.
const MOST_STEPS: u32 = 8;

/// The file that `path`, written in `module`, leads to, by way of what others re-export; none outside of the room.
fn find<'a>(module: &[String], path: &[String], modules: &'a Modules, steps: u32) -> Option<&'a [String]> {
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
        find(here, path, modules, steps + 1)
    });
    Some(brought.unwrap_or(here))
}

fn modules(files: &[(&str, &str)]) -> Modules {
    let path = |name: &str| name.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    files.iter().map(|(name, source)| (path(name), Paths::of(source))).collect()
}

#[test]
fn a_circle_is_named_however_many_files_it_leads_through() {
    let files = [
        ("", "mod a; mod b; mod c; mod d;"),
        ("a", "use crate::b::B;"),
        ("b", "fn f() { crate::c::g() }"),
        ("c", "use super::a::A;"),
        ("d", "use crate::a::A;"),
    ];
    assert_eq!(circles(&modules(&files)), ["a → b → c → a"]);
}

#[test]
fn a_circle_by_way_of_a_re_export_is_found() {
    let files = [
        ("", "mod a; mod b; pub use a::{A as Other}; pub use b::C;"),
        ("a", "use crate::b;"),
        ("b", "mod c; pub use c::C; use crate::Other;"),
        ("b::c", "pub struct C;"),
    ];
    assert_eq!(circles(&modules(&files)), ["a → b → a"]);
}

#[test]
fn a_file_and_its_parent_may_know_each_other() {
    let files = [
        ("", "mod a; pub use a::A;"),
        ("a", "mod b; pub struct A; pub use b::B;"),
        ("a::b", "use super::A; use crate::a; pub struct B(crate::A);"),
    ];
    assert!(circles(&modules(&files)).is_empty());
}
