//! Keeps the arrows between the rooms as ARCHITECTURE.md draws them.

use serde_json::Value;

/// Every room, the rooms it may know, and the rooms that only its tests may know besides.
const ARROWS: [(&str, &[&str], &[&str]); 19] = [
    ("slipway-reference", &[], &[]),
    ("slipway-hosts", &["slipway-reference"], &[]),
    ("slipway-compress", &[], &["slipway-stage"]),
    ("slipway-image", &["slipway-reference"], &[]),
    (
        "slipway-archive",
        &["slipway-reference", "slipway-image", "slipway-compress"],
        &["slipway-practice", "slipway-stage"],
    ),
    ("slipway-http", &["slipway-reference", "slipway-hosts"], &["slipway-practice", "slipway-stage"]),
    (
        "slipway-distribution",
        &["slipway-reference", "slipway-hosts", "slipway-http"],
        &["slipway-practice", "slipway-stage"],
    ),
    (
        "slipway-github",
        &["slipway-reference", "slipway-hosts", "slipway-http"],
        &["slipway-practice", "slipway-stage"],
    ),
    // It implements distribution's trait.
    (
        "slipway-credentials",
        &["slipway-reference", "slipway-hosts", "slipway-distribution"],
        &["slipway-practice", "slipway-stage"],
    ),
    // Docker and Podman: it knows no registry, and what an image consists of is read by archive.
    ("slipway-engines", &[], &["slipway-stage"]),
    (
        "slipway-transfer",
        &[
            "slipway-reference",
            "slipway-hosts",
            "slipway-image",
            "slipway-archive",
            "slipway-compress",
            "slipway-distribution",
        ],
        &["slipway-practice", "slipway-stage"],
    ),
    // It starts the practice registry for newcomers.
    (
        "slipway-app",
        &[
            "slipway-reference",
            "slipway-hosts",
            "slipway-image",
            "slipway-archive",
            "slipway-compress",
            "slipway-distribution",
            "slipway-github",
            "slipway-credentials",
            "slipway-engines",
            "slipway-transfer",
            "slipway-practice",
        ],
        &["slipway-stage"],
    ),
    // It must not share our client's mistakes, not even in its tests.
    ("slipway-practice", &["slipway-reference"], &["slipway-stage"]),
    // What tests stand on. It serves practice's own tests too, so it knows none of our clients.
    ("slipway-stage", &["slipway-practice"], &[]),
    ("slipway-cli", &["slipway-app"], &["slipway-practice", "slipway-stage"]),
    ("slipway-desktop", &["slipway-app"], &["slipway-practice", "slipway-stage"]),
    // The journeys stand outside the house and may look at all of it.
    ("slipway-tests", &["*"], &[]),
    ("xtask", &[], &[]),
    // It times the real window as the journeys drive it.
    ("slipway-bench", &["slipway-tests", "slipway-stage", "slipway-compress"], &[]),
];

/// Third-party crates that only some rooms may use: the beginning of their names, and those rooms.
const FENCED: [(&str, &[&str]); 13] = [
    ("tauri", &["slipway-desktop"]),
    ("wry", &["slipway-desktop"]),
    ("tao", &["slipway-desktop"]),
    ("clap", &["slipway-cli"]),
    ("indicatif", &["slipway-cli"]),
    ("tracing-subscriber", &["slipway-cli", "slipway-desktop", "slipway-tests"]),
    // Whose a name is, is decided in one place.
    ("psl", &["slipway-hosts"]),
    // One wire client for registries, one for the REST API.
    ("reqwest", &["slipway-http", "slipway-distribution", "slipway-github", "slipway-tests"]),
    // Whose certificates are trusted is decided in one place; an engine at a port has an authority of its own.
    ("rustls", &["slipway-http", "slipway-engines"]),
    ("axum", &["slipway-practice", "slipway-stage", "slipway-tests"]),
    ("fantoccini", &["slipway-tests"]),
    // The bench fills a history.
    ("rusqlite", &["slipway-app", "slipway-bench"]),
    ("libdeflater", &["slipway-compress"]),
];

/// Rooms without input and output, and what they therefore never need.
const PURE: [&str; 3] = ["slipway-reference", "slipway-hosts", "slipway-image"];
const IMPURE: [&str; 4] = ["tokio", "reqwest", "hyper", "futures-util"];

struct Package {
    name: String,
    normal: Vec<String>,
    tests: Vec<String>,
}

#[test]
fn no_room_knows_a_room_above_it() {
    let mut wrong = Vec::new();
    for package in packages() {
        let Some((_, known, in_tests)) = ARROWS.iter().find(|(name, _, _)| *name == package.name) else {
            wrong
                .push(format!("{} is a new room: draw its arrows here and in ARCHITECTURE.md", package.name));
            continue;
        };
        let ours = |name: &&String| name.starts_with("slipway-") || *name == "xtask";
        let may = |name: &str| known.contains(&"*") || known.contains(&name);
        for name in package.normal.iter().filter(ours).filter(|name| !may(name)) {
            wrong.push(format!("{} must not know {name}", package.name));
        }
        for name in
            package.tests.iter().filter(ours).filter(|name| !may(name) && !in_tests.contains(&name.as_str()))
        {
            wrong.push(format!("the tests of {} must not know {name}", package.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_that_people_get_knows_what_tests_stand_on() {
    let for_tests = ["slipway-tests", "slipway-bench"];
    for package in packages().iter().filter(|package| !for_tests.contains(&package.name.as_str())) {
        let knows = package.normal.iter().any(|name| name == "slipway-stage");
        assert!(!knows, "{} may know slipway-stage in its tests alone", package.name);
    }
}

#[test]
fn nothing_below_the_shells_knows_a_window_or_a_terminal() {
    let mut wrong = Vec::new();
    for package in packages() {
        for (fenced, rooms) in FENCED {
            if rooms.contains(&package.name.as_str()) {
                continue;
            }
            let ours = |name: &&String| **name == fenced || name.starts_with(&format!("{fenced}-"));
            for name in package.normal.iter().filter(ours) {
                wrong.push(format!("{} must not use {name}", package.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_rooms_stay_without_network_and_runtime() {
    for package in packages().iter().filter(|package| PURE.contains(&package.name.as_str())) {
        let impure: Vec<_> = package.normal.iter().filter(|name| IMPURE.contains(&name.as_str())).collect();
        assert!(impure.is_empty(), "{} is pure and must not use {impure:?}", package.name);
    }
}

/// The workspace's packages and what they declare; what the build of a package uses counts as its own.
fn packages() -> Vec<Package> {
    crate::packages().iter().map(package).collect()
}

fn package(package: &Value) -> Package {
    let mut read =
        Package { name: package["name"].as_str().unwrap().to_owned(), normal: vec![], tests: vec![] };
    for dependency in package["dependencies"].as_array().unwrap() {
        let name = dependency["name"].as_str().unwrap().to_owned();
        match dependency["kind"].as_str() {
            Some("dev") => read.tests.push(name),
            _ => read.normal.push(name),
        }
    }
    read
}

#[test]
fn there_is_one_stack_for_the_session_bus() {
    let lock = include_str!("../../../Cargo.lock");
    assert_eq!(
        lock.lines().filter(|line| *line == "name = \"zbus\"").count(),
        1,
        "each costs a build and a connection"
    );
}
