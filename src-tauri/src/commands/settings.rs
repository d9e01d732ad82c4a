//! The Settings screen.

use slipway_app::view::{FailureView, PreferencesView, SettingsView};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt as _;

use crate::App;

/// Changes settings, now and in the file.
#[tauri::command(async)]
pub(crate) fn change_settings(
    app: State<'_, App>,
    settings: SettingsView,
) -> Result<PreferencesView, FailureView> {
    app.change_settings(&settings)
}

#[tauri::command(async)]
pub(crate) fn compression_speeds(app: State<'_, App>) -> Result<Vec<f64>, FailureView> {
    app.compression_speeds()
}

/// The diagnostics report, as it would be saved.
#[tauri::command(async)]
pub(crate) fn diagnostics(app: State<'_, App>) -> String {
    app.diagnostics()
}

/// Asks where to, and saves the report there; whether it was saved.
#[tauri::command]
pub(crate) async fn save_diagnostics(handle: AppHandle, app: State<'_, App>) -> Result<bool, FailureView> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    handle.dialog().file().set_file_name("slipway-report.txt").save_file(move |file| {
        // Nobody waits any more only when the window is gone.
        let _ = chosen.send(file);
    });
    match choice.await.ok().flatten().and_then(|file| file.into_path().ok()) {
        Some(path) => app.save_diagnostics(&path).map(|()| true),
        None => Ok(false),
    }
}
