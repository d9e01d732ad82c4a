//! What must be true of the whole tree.

mod arrows;
mod circles;
mod folders;
mod icons;
mod modules;
mod paths;
mod targets;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What cargo knows of the workspace's packages.
fn packages() -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().clone();
    assert!(packages.iter().any(|package| package["name"] == "slipway-app"), "the workspace was not read");
    packages
}
