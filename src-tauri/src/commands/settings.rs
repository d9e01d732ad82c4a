//! The Settings screen.

use slipway_app::view::{FailureView, PreferencesView, SettingsView};
use tauri::{AppHandle, State, WebviewWindow};

use super::chosen_place;
use crate::{App, window};

/// Changes settings, now and in the file.
#[tauri::command]
pub(crate) async fn change_settings(
    window: WebviewWindow,
    app: State<'_, App>,
    settings: SettingsView,
) -> Result<PreferencesView, FailureView> {
    let changed = app.change_settings(&settings).await?;
    window::zoom(&window, changed.settings.zoom);
    Ok(changed)
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
    match chosen_place(&handle, "slipway-report.txt").await {
        Some(path) => app.save_diagnostics(&path).map(|()| true),
        None => Ok(false),
    }
}
