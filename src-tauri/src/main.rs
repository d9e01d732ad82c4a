//! The Slipway window: a shell around the app. No decisions are made here.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod drag;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use slipway_app::{Finders, Setup, Slipway};

/// The app, as commands get it.
pub(crate) type App = Arc<Slipway>;

/// The file that Slipway was started with ("open with"), until the page asked for it.
pub(crate) struct Argument(pub(crate) Mutex<Option<PathBuf>>);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is no window yet that could say it.
            #[allow(clippy::print_stderr)]
            {
                eprintln!("Slipway cannot start: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    // The window looks into no foreign store unasked: people sign in, or use the practice registry.
    let setup = Setup::read(&|name| std::env::var(name).ok(), Finders::None)?;
    let app: App = Arc::new(Slipway::new(Setup { keep_history: true, ..setup }));
    let argument = std::env::args_os().nth(1).map(PathBuf::from);
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(app)
        .manage(Argument(Mutex::new(argument)))
        .invoke_handler(commands::handler())
        .setup(|app| window::open(app).map_err(Into::into))
        .run(tauri::generate_context!())?;
    Ok(())
}
