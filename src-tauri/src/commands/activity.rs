//! The Activity screen, and what every screen shows of running jobs.

use slipway_app::view::{
    ActivityView, FailureView, HistoryPage, HistoryQuery, JobId, OpenedView, RecentView,
};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use super::chosen_place;
use crate::App;

/// Tells the page of all jobs that are not over, for as long as it is there.
#[tauri::command]
pub(crate) async fn watch_activity(app: State<'_, App>, channel: Channel<ActivityView>) -> Result<(), ()> {
    app.watch_activity(|view| channel.send(view).is_ok()).await;
    Ok(())
}

#[tauri::command(async)]
pub(crate) fn history(app: State<'_, App>, query: HistoryQuery) -> HistoryPage {
    app.history(&query)
}

#[tauri::command(async)]
pub(crate) fn recent(app: State<'_, App>) -> Vec<RecentView> {
    app.recent()
}

/// Opens the file of a job again, with the form as it was.
#[tauri::command]
pub(crate) async fn reopen_job(app: State<'_, App>, job: JobId) -> Result<OpenedView, FailureView> {
    app.reopen(job).await
}

#[tauri::command(async)]
pub(crate) fn forget_job(app: State<'_, App>, job: JobId) {
    app.forget(job);
}

#[tauri::command(async)]
pub(crate) fn clear_history(app: State<'_, App>) {
    app.clear_history();
}

#[tauri::command(async)]
pub(crate) fn pause_all(app: State<'_, App>) {
    app.pause_all();
}

/// Asks where to, and writes the history there; whether it was written.
#[tauri::command]
pub(crate) async fn export_history(handle: AppHandle, app: State<'_, App>) -> Result<bool, FailureView> {
    match chosen_place(&handle, "slipway-history.jsonl").await {
        Some(path) => app.export_history(&path).map(|()| true),
        None => Ok(false),
    }
}
