//! Keeps the arrows between the folders of `crates/app`, and the app from growing together again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::modules::{Modules, find, folder, of_room, read};

/// Each folder of the room, or file beside them, and which others it may know besides what all may, from below.
const ARROWS: [(&str, &[&str]); 27] = [
    ("view", &[]),
    ("clock", &[]),
    ("home", &[]),
    ("paths", &[]),
    ("shell", &[]),
    ("failure", &["view"]),
    ("output", &["view"]),
    ("settings", &[]),
    ("store", &[]),
    ("words", &["settings"]),
    ("images", &["store"]),
    ("registries", &["settings"]),
    ("setup", &["settings", "images", "registries"]),
    ("accounts", &["settings", "store", "images", "registries"]),
    ("hosts", &["settings", "registries", "accounts"]),
    ("preferences", &["settings", "registries", "accounts"]),
    ("jobs", &["store"]),
    ("parts", &["store"]),
    ("install", &["store", "registries", "accounts", "jobs"]),
    ("engines", &["images"]),
    ("publish", &["settings", "store", "images", "registries", "accounts", "jobs", "engines"]),
    ("copy", &["settings", "registries", "accounts", "jobs", "publish"]),
    ("states", &["registries", "accounts", "engines"]),
    ("builds", &["images", "jobs", "engines", "publish"]),
    ("practice", &["images", "registries", "accounts"]),
    (
        "activity",
        &["store", "images", "registries", "accounts", "jobs", "install", "publish", "copy", "practice"],
    ),
    ("diagnostics", &["settings", "accounts", "jobs"]),
];

/// What all of them may know: what crosses to the page, how failures are told, and what is no use case.
const SHARED: [&str; 7] = ["view", "failure", "clock", "home", "output", "paths", "shell"];

/// What puts the use cases together, and knows them all. Nothing but it stands for the whole app.
const WHOLE: &str = "slipway";

#[test]
fn no_folder_of_the_app_knows_one_above_it() {
    let wrong = beyond(&of_room("app"), &ARROWS, &SHARED);
    assert!(wrong.is_empty(), "draw another arrow, or hoist what is shared:\n{}", wrong.join("\n"));
}

/// The list itself leads nowhere in a circle: whoever is known stands before.
#[test]
fn folders_are_listed_from_below() {
    for (at, (name, known)) in ARROWS.iter().enumerate() {
        let before: Vec<&str> = ARROWS[..at].iter().map(|(name, _)| *name).collect();
        let above: Vec<_> = known.iter().filter(|known| !before.contains(known)).collect();
        assert!(above.is_empty(), "{name} knows {above:?}, which stands behind it");
    }
}

#[test]
fn the_app_is_put_together_in_one_file() {
    let mut parts = Vec::new();
    find_parts(&folder("app"), &mut parts);
    parts.sort();
    assert_eq!(parts, [format!("{WHOLE}.rs")], "a use case has a type of its own, in its folder");
}

/// Files in which something of the whole app stands.
fn find_parts(folder: &Path, parts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find_parts(&path, parts);
        } else if fs::read_to_string(&path).unwrap().lines().any(|line| line.starts_with("impl Slipway ")) {
            parts.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
}

/// What a folder knows beyond its arrows, and arrows that nobody needs any more.
fn beyond(modules: &Modules, arrows: &[(&str, &[&str])], shared: &[&str]) -> Vec<String> {
    let mut used = BTreeSet::new();
    let mut wrong = BTreeSet::new();
    for (module, paths) in modules {
        let Some(from) = module.first().filter(|from| *from != WHOLE) else { continue };
        if !arrows.iter().any(|(name, _)| name == from) {
            wrong.insert(format!("{from} is new: draw its arrows"));
        }
        for path in &paths.named {
            let Some(to) = find(module, path, modules) else { continue };
            let Some(to) = to.first() else {
                wrong.insert(format!("{from} names all of the app at once"));
                continue;
            };
            if to == from || (shared.contains(&to.as_str()) && !shared.contains(&from.as_str())) {
                continue;
            }
            used.insert((from.clone(), to.clone()));
            let may = arrows.iter().any(|(name, known)| name == from && known.contains(&to.as_str()));
            if !may {
                wrong.insert(format!("{from} must not know {to}"));
            }
        }
    }
    let is_there = |name: &str| modules.keys().any(|module| module.first().is_some_and(|from| from == name));
    let listed = arrows.iter().map(|(name, _)| *name).chain(shared.iter().copied());
    wrong.extend(listed.filter(|name| !is_there(name)).map(|name| format!("{name} is gone")));
    for (from, known) in arrows {
        let idle = known.iter().filter(|to| !used.contains(&((*from).to_owned(), (**to).to_owned())));
        wrong.extend(idle.map(|to| format!("{from} does not know {to} any more")));
    }
    wrong.into_iter().collect()
}

#[test]
fn an_arrow_that_is_not_drawn_is_named_and_so_is_one_that_nobody_needs() {
    let files = [
        ("", "mod a; mod b; mod c; mod shared;"),
        ("a", "pub(crate) mod inner; pub(crate) use inner::A;"),
        ("a::inner", "pub struct A; use crate::shared::S;"),
        ("b", "use crate::a::A;"),
        ("b::deep", "use super::super::c::C; use crate::a;"),
        ("c", "pub struct C; use crate::*;"),
        ("shared", "use crate::c::C;"),
    ];
    let arrows: [(&str, &[&str]); 4] = [("shared", &[]), ("a", &["c"]), ("b", &["a"]), ("old", &[])];
    assert_eq!(
        beyond(&read(&files), &arrows, &["shared"]),
        [
            "a does not know c any more",
            "b must not know c",
            "c is new: draw its arrows",
            "c names all of the app at once",
            "old is gone",
            "shared must not know c"
        ]
    );
}
