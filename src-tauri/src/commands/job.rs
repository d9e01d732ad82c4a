//! The job page.

use slipway_app::view::{FailureView, JobId, JobUpdate, JobView, VisibilityView};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use super::chosen_place;
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

/// Lets a version point to what it pointed to before.
#[tauri::command]
pub(crate) async fn move_back(app: State<'_, App>, job: JobId, tag: String) -> Result<JobView, FailureView> {
    app.move_back(job, &tag).await
}

/// Asks the registry back once more.
#[tauri::command]
pub(crate) async fn verify_again(app: State<'_, App>, job: JobId) -> Result<JobView, FailureView> {
    app.verify_again(job).await
}

/// Who may see what was published.
#[tauri::command]
pub(crate) async fn visibility(app: State<'_, App>, job: JobId) -> Result<VisibilityView, FailureView> {
    app.visibility(job).await
}

/// The same publish as a workflow.
#[tauri::command(async)]
pub(crate) fn workflow(app: State<'_, App>, job: JobId) -> Result<String, FailureView> {
    app.workflow(job)
}

/// Asks where to, and writes that workflow there; whether it was written.
#[tauri::command]
pub(crate) async fn save_workflow(
    handle: AppHandle,
    app: State<'_, App>,
    job: JobId,
) -> Result<bool, FailureView> {
    match chosen_place(&handle, "publish.yml").await {
        Some(path) => app.save_workflow(job, &path).map(|()| true),
        None => Ok(false),
    }
}
