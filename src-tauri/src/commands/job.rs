//! The job page.

use slipway_app::view::{FailureView, JobId, JobUpdate};
use tauri::State;
use tauri::ipc::Channel;

use crate::App;

/// Attaches a view to a job: everything first, then what changes. Returns when the job is over or the page
/// has left; the job goes on either way.
#[tauri::command]
pub(crate) async fn watch_job(
    app: State<'_, App>,
    job: JobId,
    channel: Channel<JobUpdate>,
) -> Result<(), ()> {
    app.watch(job, |update| channel.send(update).is_ok()).await;
    Ok(())
}

#[tauri::command(async)]
pub(crate) fn cancel_job(app: State<'_, App>, job: JobId) {
    app.cancel(job);
}

#[tauri::command(async)]
pub(crate) fn pause_job(app: State<'_, App>, job: JobId) {
    app.pause(job);
}

#[tauri::command]
pub(crate) async fn resume_job(app: State<'_, App>, job: JobId) -> Result<(), FailureView> {
    app.resume(job).await
}

#[tauri::command(async)]
pub(crate) fn try_job_now(app: State<'_, App>, job: JobId) {
    app.try_now(job);
}
