//! The frame: what the window needs at its start, and pages outside.

use slipway_app::view::{Code, Draft, FailureView, LinkTopic, Notifications, OnClose, StartView};
use tauri::{AppHandle, Manager as _, State};
use tauri_plugin_notification::NotificationExt as _;

use crate::{App, leaving, window};

#[tauri::command(async)]
pub(crate) fn start(app: State<'_, App>) -> StartView {
    app.start()
}

/// Opens a page in the system's browser. The page names a topic; the address is made in Rust.
#[tauri::command(async)]
pub(crate) fn open_link(app: State<'_, App>, topic: LinkTopic, draft: Draft) -> Result<(), FailureView> {
    let Some(url) = app.link(topic, &draft) else {
        return Err(FailureView::new(Code::Internal, "there is no such page for this registry"));
    };
    tauri_plugin_opener::open_url(url, None::<&str>)
        .map_err(|error| FailureView::new(Code::Internal, format!("the browser did not open: {error}")))
}

/// Closes the window while jobs run: they go on without it, or are paused.
#[tauri::command(async)]
pub(crate) fn leave(handle: AppHandle, how: OnClose) {
    leaving::leave(&handle, how);
}

/// Tells the system's user something, unless the window is in front or they want no such thing.
#[tauri::command(async)]
pub(crate) fn notify(handle: AppHandle, app: State<'_, App>, title: String, body: String) {
    let window = handle.get_webview_window(window::LABEL);
    let in_front = window.and_then(|window| window.is_focused().ok()).unwrap_or_default();
    if in_front || app.settings().notifications == Notifications::Off {
        return;
    }
    // Where no service shows such things, Activity shows them all.
    let _ = handle.notification().builder().title(title).body(body).show();
}
