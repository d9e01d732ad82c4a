//! The hosts that registries belong to.

use slipway_app::view::{FailureView, HostCheckView, HostView, HostsView};
use tauri::State;

use crate::App;

#[tauri::command(async)]
pub(crate) fn hosts(app: State<'_, App>) -> Vec<HostView> {
    app.hosts()
}

/// Adds a GitHub Enterprise host.
#[tauri::command(async)]
pub(crate) fn add_host(app: State<'_, App>, name: String, ca_file: String) -> Result<HostsView, FailureView> {
    app.add_host(&name, &ca_file)
}

/// Takes an added host away.
#[tauri::command(async)]
pub(crate) fn remove_host(app: State<'_, App>, name: String) -> Result<HostsView, FailureView> {
    app.remove_host(&name)
}

/// Asks the registries of a host whether they are there.
#[tauri::command]
pub(crate) async fn check_host(app: State<'_, App>, name: String) -> Result<Vec<HostCheckView>, ()> {
    Ok(app.check_host(&name).await)
}
