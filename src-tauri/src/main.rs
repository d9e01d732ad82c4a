//! The Slipway window: a shell around the app. No decisions are made here.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod asking;
mod commands;
mod drag;
#[cfg(target_os = "linux")]
mod drawing;
mod leaving;
mod notifications;
mod window;

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use slipway_app::{Finders, Setup, Slipway};
use tauri::{AppHandle, Emitter as _, Manager as _};
use tauri_plugin_window_state::StateFlags;

/// The app, as commands get it.
pub(crate) type App = Arc<Slipway>;

/// The files that Slipway was started with ("open with"), until the page asked for them.
pub(crate) struct Argument(pub(crate) Mutex<VecDeque<PathBuf>>);

/// The event that tells the page of a file that waits.
const ARGUMENT: &str = "argument";

/// How often a Slipway that is on its way out is told of a new start, and the pause between.
const STARTS: u32 = 50;
const MOMENT: Duration = Duration::from_millis(100);

/// The event that brings the accounts anew.
const ACCOUNTS: &str = "accounts";

/// The event that says whom Slipway waits for: a host, or nobody.
const SILENCE: &str = "silence";

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
    let setup = Setup::read(|name| std::env::var(name).ok(), Finders::None)?;
    let home = setup.home.clone();
    let dialog = Arc::new(asking::Dialog::default());
    let confirm = Arc::<asking::Dialog>::clone(&dialog);
    let app: App = Arc::new(Slipway::new(Setup { in_window: true, in_background: true, confirm, ..setup }));
    let arguments = std::env::args_os().skip(1).map(|path| absolute(PathBuf::from(path))).collect();
    let shape = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    let state = tauri_plugin_window_state::Builder::new()
        .with_state_flags(shape)
        // An absolute name stands for itself: beside everything else that Slipway keeps.
        .with_filename(home.join("window.json").to_string_lossy())
        .build();
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(app)
        .manage(Argument(Mutex::new(arguments)))
        .manage(notifications::Shown::default())
        .invoke_handler(commands::handler())
        .setup(move |app| {
            dialog.attach(app.handle());
            be_the_only_one(app.handle(), &home)?;
            // It reads its file here, which one that was on its way out has written last.
            app.handle().plugin(state)?;
            window::open(app)?;
            accounts(app.handle());
            silence(app.handle());
            leaving::watch(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(leaving::ended);
    Ok(())
}

/// Ends this process where a Slipway with this data directory runs already, which hears what this one was started with.
fn be_the_only_one(handle: &AppHandle, home: &Path) -> tauri::Result<()> {
    // Without a session bus there is nobody to ask.
    if cfg!(target_os = "linux") && std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() {
        return Ok(());
    }
    let once = || {
        tauri_plugin_single_instance::Builder::new()
            .callback(started_again)
            .dbus_id(format!("io.github.slipway.of{:x}", hash(home)))
            .build()
    };
    for _ in 1..STARTS {
        match handle.plugin(once()) {
            // The other one was on its way out, and ended before it heard: this one may be the first now.
            Err(tauri::Error::PluginInitialization(..)) => std::thread::sleep(MOMENT),
            told => return told,
        }
    }
    handle.plugin(once())
}

/// Reads the accounts beside everything else, since the keychain may ask its person; the page hears of each change.
fn accounts(handle: &AppHandle) {
    let (app, teller) = (App::clone(&handle.state::<App>()), handle.clone());
    let watched = App::clone(&app);
    tauri::async_runtime::spawn(async move {
        watched.accounts().watch(|accounts| teller.emit(ACCOUNTS, accounts).is_ok()).await;
    });
    tauri::async_runtime::spawn(async move {
        app.accounts().load().await;
        app.activity().go_on().await;
    });
}

/// Whoever keeps silent is named in the window.
fn silence(handle: &AppHandle) {
    let (app, teller) = (App::clone(&handle.state::<App>()), handle.clone());
    tauri::async_runtime::spawn(async move {
        app.hosts().watch_silence(|host| teller.emit(SILENCE, host).is_ok()).await;
    });
}

/// A path as the person meant it, wherever the one Slipway runs.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// Somebody started Slipway again: its window comes to the front, with the files that they meant.
fn started_again(handle: &AppHandle, arguments: Vec<String>, folder: String) {
    if arguments.len() > 1 {
        let folder = PathBuf::from(folder);
        let waiting = handle.state::<Argument>();
        let paths = arguments.iter().skip(1).map(|path| folder.join(path));
        *waiting.0.lock().unwrap_or_else(PoisonError::into_inner) = paths.collect();
        // A page that is gone asks for itself when it is back.
        let _ = handle.emit(ARGUMENT, ());
    }
    window::to_front(handle);
}

/// Two data directories are two Slipways.
fn hash(home: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    home.hash(&mut hasher);
    hasher.finish()
}
