//! Puts the app's own commands under Tauri's access control, and grants the page each of them.

use std::path::Path;

/// The names of the list; what is done stands in the program.
macro_rules! commands {
    ($($(#[$doc:meta])* fn $name:ident($($with:ident: $kind:ty),*) $(-> $answer:ty)? $body:block)*) => {
        const COMMANDS: &[&str] = &[$(stringify!($name)),*];
    };
}

include!("commands.rs");

/// What the page may ask for: the app's own commands, and to hear its events.
const CAPABILITY: &str = "gen/capabilities/main.json";

fn main() {
    println!("cargo::rerun-if-changed=commands.rs");
    println!("cargo::rerun-if-changed={CAPABILITY}");
    grant();
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes =
        tauri_build::Attributes::new().app_manifest(manifest).capabilities_path_pattern("gen/capabilities/*");
    tauri_build::try_build(attributes).expect("the configuration and the capabilities are valid");
}

/// Writes the capability of the one window.
fn grant() {
    let own = COMMANDS.iter().map(|name| format!("allow-{}", name.replace('_', "-")));
    let events = ["core:event:allow-listen", "core:event:allow-unlisten"].map(str::to_owned);
    let granted: Vec<String> =
        events.into_iter().chain(own).map(|grant| format!("    \"{grant}\"")).collect();
    let text = format!(
        "{{\n  \"identifier\": \"main\",\n  \"windows\": [\"main\"],\n  \"permissions\": [\n{}\n  ]\n}}\n",
        granted.join(",\n")
    );
    let path = Path::new(CAPABILITY);
    // One that is written anew each time would be a change.
    if std::fs::read_to_string(path).is_ok_and(|there| there == text) {
        return;
    }
    let written = std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))
        .and_then(|()| std::fs::write(path, text));
    written.expect("the capability is written");
}
