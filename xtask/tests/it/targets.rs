//! Every test is in a program that runs: one for each room, and one for the journeys.

use std::path::Path;

use serde_json::Value;

/// `cargo xtask test` runs the targets of these names, and no others.
const NAMES: [&str; 2] = ["it", "journeys"];

/// The test targets of each package: its name, the target's name and its first file.
fn targets() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for package in crate::packages() {
        for target in package["targets"].as_array().unwrap() {
            if target["kind"] == serde_json::json!(["test"]) {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                found.push((text(&package["name"]), text(&target["name"]), text(&target["src_path"])));
            }
        }
    }
    found
}

#[test]
fn every_room_has_its_tests_in_one_program_that_is_run() {
    let targets = targets();
    for (index, (package, name, _)) in targets.iter().enumerate() {
        assert!(NAMES.contains(&name.as_str()), "nothing runs the tests in {name} of {package}");
        let twice = targets[..index].iter().any(|(other, _, _)| other == package);
        assert!(!twice, "{package} has more than one program of tests");
    }
}

#[test]
fn no_file_of_tests_is_forgotten() {
    let mut forgotten = Vec::new();
    for (package, _, main) in targets() {
        let main = Path::new(&main);
        let text = std::fs::read_to_string(main).unwrap();
        for entry in std::fs::read_dir(main.parent().unwrap()).unwrap() {
            let path = entry.unwrap().path();
            let module = path.file_stem().unwrap().to_string_lossy().into_owned();
            let rust = path.extension().is_some_and(|kind| kind == "rs") || path.join("mod.rs").is_file();
            if rust
                && path != main
                && !text.lines().any(|line| line.trim().ends_with(&format!("mod {module};")))
            {
                forgotten.push(format!("{package}: {}", path.display()));
            }
        }
    }
    assert!(forgotten.is_empty(), "declared by no program of tests:\n{}", forgotten.join("\n"));
}
