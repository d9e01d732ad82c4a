//! Signing in for this run. The token comes in, and no command gives it back.

use slipway_app::view::{FailureView, RegistryView};
use tauri::State;

use crate::App;

#[tauri::command(async)]
pub(crate) fn sign_in(
    app: State<'_, App>,
    registry: String,
    username: String,
    token: String,
) -> Result<Vec<RegistryView>, FailureView> {
    app.sign_in(&registry, &username, &token)
}

#[tauri::command(async)]
pub(crate) fn sign_out(app: State<'_, App>, registry: String) -> Result<Vec<RegistryView>, FailureView> {
    app.sign_out(&registry)
}
