//! Puts the app's own commands under Tauri's access control: each needs a grant in `capabilities/`.

fn main() {
    println!("cargo::rerun-if-changed=commands.txt");
    // Tauri wants names that live as long as the program; a build script is short.
    let commands: &'static str = include_str!("commands.txt");
    let commands: Vec<&'static str> = commands.lines().collect();
    let manifest = tauri_build::AppManifest::new().commands(commands.leak());
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .expect("the configuration and the capabilities are valid");
}
