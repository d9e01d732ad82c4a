//! The frame: what the window needs at its start, and pages outside.

use slipway_app::view::{Code, Draft, FailureView, LinkTopic, StartView};
use tauri::State;

use crate::App;

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
