//! The frame: what the window needs at its start, and pages outside.

use slipway_app::view::{Code, Draft, FailureView, JobId, LinkTopic, OnClose, StartView};
use tauri::{AppHandle, State, WebviewWindow};

use crate::notifications::{self, Subject};
use crate::{App, leaving, window};

#[tauri::command(async)]
pub(crate) fn start(app: State<'_, App>) -> StartView {
    app.start()
}

/// The page is painted for the first time.
#[tauri::command(async)]
pub(crate) fn ready(window: WebviewWindow) {
    window::show(&window);
}

/// Something failed in the page, for the report.
#[tauri::command(async)]
pub(crate) fn note_page_fault(app: State<'_, App>, text: String) {
    app.note_page_fault(&text);
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

/// Tells the system's user of a job, unless the window is in front or they want no such thing.
#[tauri::command(async)]
pub(crate) fn notify(handle: AppHandle, job: JobId, title: String, body: String) {
    notifications::tell(&handle, Subject::Job(job), &title, &body);
}
