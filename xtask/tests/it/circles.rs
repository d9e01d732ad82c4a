//! Keeps the files of a room free of circles: what two of them share has a place of its own above both.

use std::collections::BTreeSet;

use crate::modules::{Modules, find, of_room, read};

/// The folders in `crates/` that are held to it.
const ROOMS: [&str; 11] = [
    "app",
    "archive",
    "compress",
    "credentials",
    "distribution",
    "github",
    "hosts",
    "http",
    "image",
    "reference",
    "transfer",
];

#[test]
fn no_files_of_a_room_know_one_another_in_a_circle() {
    let mut wrong = Vec::new();
    for room in ROOMS {
        wrong.extend(circles(&of_room(room)).into_iter().map(|circle| format!("{room}: {circle}")));
    }
    assert!(wrong.is_empty(), "hoist what they share:\n{}", wrong.join("\n"));
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
    let found = paths.filter_map(|path| find(module, path, modules));
    found.filter(|other| !other.starts_with(module) && !module.starts_with(other)).collect()
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
    assert_eq!(circles(&read(&files)), ["a → b → c → a"]);
}

#[test]
fn a_circle_by_way_of_a_re_export_is_found() {
    let files = [
        ("", "mod a; mod b; pub use a::{A as Other}; pub use b::C;"),
        ("a", "use crate::b;"),
        ("b", "mod c; pub use c::C; use crate::Other;"),
        ("b::c", "pub struct C;"),
    ];
    assert_eq!(circles(&read(&files)), ["a → b → a"]);
}

#[test]
fn a_file_and_its_parent_may_know_each_other() {
    let files = [
        ("", "mod a; pub use a::A;"),
        ("a", "mod b; pub struct A; pub use b::B;"),
        ("a::b", "use super::A; use crate::a; pub struct B(crate::A);"),
    ];
    assert!(circles(&read(&files)).is_empty());
}
