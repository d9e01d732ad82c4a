//! Closing the window while jobs run, and what the task bar shows of them.

use std::time::Duration;

use slipway_app::view::{OnClose, TaskBar};
use tauri::window::{ProgressBarState, ProgressBarStatus};
use tauri::{AppHandle, CloseRequestApi, Emitter as _, Manager as _, RunEvent};

use crate::{App, window};

/// The event that lets the page ask.
const CLOSING: &str = "closing";

/// How long jobs may take to come to rest before Slipway ends all the same: what is in hand may end.
const PATIENCE: Duration = Duration::from_secs(8);

/// The window is to be closed: without running jobs it is; else as the person chose, or is asked to choose.
pub(crate) fn close_requested(handle: &AppHandle, api: &CloseRequestApi) {
    let app = handle.state::<App>();
    if app.activity().running() == 0 {
        return;
    }
    api.prevent_close();
    match app.preferences().settings().on_close {
        // A page that is gone cannot ask; what runs is kept running.
        OnClose::Ask if handle.emit(CLOSING, ()).is_ok() => {}
        OnClose::Ask | OnClose::Background => leave(handle, OnClose::Background),
        OnClose::Pause => leave(handle, OnClose::Pause),
    }
}

/// Closes the window. In the background jobs go on, and Slipway ends with the last; else they are paused, and go on
/// with the next start, or by hand where that came before Slipway had ended.
pub(crate) fn leave(handle: &AppHandle, how: OnClose) {
    if let Some(window) = handle.get_webview_window(window::LABEL) {
        let _ = window.hide();
    }
    let (handle, app) = (handle.clone(), App::clone(&handle.state::<App>()));
    tauri::async_runtime::spawn(async move {
        if how == OnClose::Pause {
            app.activity().pause_to_leave();
            let rest =
                app.activity().watch_all(|view| view.active.iter().any(slipway_app::view::JobRow::moves));
            let _ = tokio::time::timeout(PATIENCE, rest).await;
        } else {
            app.activity().watch_all(|view| view.active.iter().any(slipway_app::view::JobRow::moves)).await;
        }
        let shown = handle.get_webview_window(window::LABEL).and_then(|window| window.is_visible().ok());
        // A second start may have shown it again meanwhile.
        if shown != Some(true) {
            handle.exit(0);
        }
    });
}

/// Slipway ends: what happened until now is kept first.
pub(crate) fn ended(handle: &AppHandle, event: RunEvent) {
    if let RunEvent::Exit = event {
        let app = App::clone(&handle.state::<App>());
        // A disk that takes longer does not come back.
        let _ = tauri::async_runtime::block_on(async move {
            tokio::time::timeout(PATIENCE, app.activity().settle()).await
        });
    }
}

/// Shows in the task bar how far the jobs are.
pub(crate) fn watch(handle: &AppHandle) {
    let (handle, app) = (handle.clone(), App::clone(&handle.state::<App>()));
    tauri::async_runtime::spawn(async move {
        app.activity()
            .watch_task_bar(|task_bar| {
                let (status, percent) = match task_bar {
                    TaskBar::Empty => (ProgressBarStatus::None, 0),
                    TaskBar::Progress(percent) => (ProgressBarStatus::Normal, percent),
                    TaskBar::Failed => (ProgressBarStatus::Error, 100),
                };
                let state = ProgressBarState { status: Some(status), progress: Some(u64::from(percent)) };
                if let Some(window) = handle.get_webview_window(window::LABEL) {
                    // Not every desktop has such a thing.
                    let _ = window.set_progress_bar(state);
                }
                true
            })
            .await;
    });
}
