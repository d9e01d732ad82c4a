//! The hosts that registries belong to.

use slipway_app::view::{FailureView, HostCheckView, HostSettings, HostView, HostsView};
use tauri::State;

use crate::App;

#[tauri::command(async)]
pub(crate) fn hosts(app: State<'_, App>) -> Vec<HostView> {
    app.hosts()
}

/// Adds a host, or sets one that is there.
#[tauri::command]
pub(crate) async fn set_host(app: State<'_, App>, host: HostSettings) -> Result<HostsView, FailureView> {
    app.set_host(host).await
}

/// Takes an added host away.
#[tauri::command]
pub(crate) async fn remove_host(app: State<'_, App>, name: String) -> Result<HostsView, FailureView> {
    app.remove_host(&name).await
}

/// Asks the registries of a host whether they are there.
#[tauri::command]
pub(crate) async fn check_host(app: State<'_, App>, name: String) -> Result<Vec<HostCheckView>, ()> {
    Ok(app.check_host(&name).await)
}
