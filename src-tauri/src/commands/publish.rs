//! The Publish screen.

use slipway_app::view::{
    DetailsView, Draft, DragItem, FailureView, Field, FileId, FormView, JobId, LayerContentView, OpenedView,
    PracticeView, PreflightView, ReadingView, SuggestionView,
};
use tauri::{AppHandle, State};

use super::chosen_file;
use crate::{App, Argument};

/// Asks for a file with the system's own dialog; none where the person left it.
#[tauri::command]
pub(crate) async fn choose_image(
    handle: AppHandle,
    app: State<'_, App>,
    draft: Draft,
) -> Result<Option<OpenedView>, FailureView> {
    match chosen_file(&handle).await {
        Some(path) => app.open_path(&path, draft).await.map(Some),
        None => Ok(None),
    }
}

#[tauri::command]
pub(crate) async fn open_path(
    app: State<'_, App>,
    path: String,
    draft: Draft,
) -> Result<OpenedView, FailureView> {
    app.open_text(&path, draft).await
}

#[tauri::command]
pub(crate) async fn open_dropped(
    app: State<'_, App>,
    files: Vec<FileId>,
    draft: Draft,
) -> Result<OpenedView, FailureView> {
    app.open_dropped(&files, draft).await
}

/// A file that was refused because it unpacks to far more than it is, opened since the person says so.
#[tauri::command]
pub(crate) async fn unpack_anyway(
    app: State<'_, App>,
    file: FileId,
    draft: Draft,
) -> Result<OpenedView, FailureView> {
    app.unpack_anyway(file, draft).await
}

/// The first file that Slipway was started with, once.
#[tauri::command]
pub(crate) async fn open_argument(
    app: State<'_, App>,
    argument: State<'_, Argument>,
    draft: Draft,
) -> Result<Option<OpenedView>, FailureView> {
    let path = argument.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop_front();
    match path {
        Some(path) => app.open_path(&path, draft).await.map(Some),
        None => Ok(None),
    }
}

/// The others, once, judged by name and first bytes; and how many there are beyond those that are looked at.
#[tauri::command(async)]
pub(crate) fn more_arguments(app: State<'_, App>, argument: State<'_, Argument>) -> (Vec<DragItem>, u32) {
    let waiting = std::mem::take(&mut *argument.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    app.judge(&Vec::from(waiting), true)
}

#[tauri::command(async)]
pub(crate) fn reading(app: State<'_, App>) -> Option<ReadingView> {
    app.reading()
}

#[tauri::command(async)]
pub(crate) fn cancel_reading(app: State<'_, App>) {
    app.cancel_reading();
}

#[tauri::command]
pub(crate) async fn details(
    app: State<'_, App>,
    file: FileId,
    image: String,
) -> Result<DetailsView, FailureView> {
    app.details(file, &image).await
}

#[tauri::command]
pub(crate) async fn layer_content(
    app: State<'_, App>,
    file: FileId,
    image: String,
    layer: usize,
) -> Result<Option<LayerContentView>, FailureView> {
    app.layer_content(file, &image, layer).await
}

#[tauri::command(async)]
pub(crate) fn leave_layer(app: State<'_, App>) {
    app.leave_layer();
}

#[tauri::command(async)]
pub(crate) fn check_form(app: State<'_, App>, draft: Draft) -> Result<FormView, FailureView> {
    app.check_form(&draft)
}

/// The form filled from a pasted reference; none where it is none.
#[tauri::command(async)]
pub(crate) fn fill_reference(app: State<'_, App>, draft: Draft, text: String) -> Option<Draft> {
    app.fill_reference(&draft, &text)
}

#[tauri::command(async)]
pub(crate) fn switch_registry(
    app: State<'_, App>,
    draft: Draft,
    registry: String,
) -> Result<Draft, FailureView> {
    app.switch_registry(&draft, &registry)
}

/// `anew`: somebody asks on purpose, and wants no answer of a moment ago.
#[tauri::command]
pub(crate) async fn preflight(
    app: State<'_, App>,
    draft: Draft,
    anew: bool,
) -> Result<PreflightView, FailureView> {
    if anew {
        app.forget_answers();
    }
    app.preflight(&draft).await
}

#[tauri::command]
pub(crate) async fn publish(app: State<'_, App>, draft: Draft) -> Result<JobId, FailureView> {
    app.publish(&draft).await
}

#[tauri::command]
pub(crate) async fn start_practice(app: State<'_, App>, draft: Draft) -> Result<PracticeView, FailureView> {
    app.start_practice(draft).await
}

/// What GitHub's lists add to the suggestions.
#[tauri::command]
pub(crate) async fn listed_suggestions(
    app: State<'_, App>,
    draft: Draft,
    field: Field,
) -> Result<Vec<SuggestionView>, FailureView> {
    app.listed_suggestions(&draft, field).await
}

/// What could stand in a field.
#[tauri::command(async)]
pub(crate) fn suggestions(
    app: State<'_, App>,
    draft: Draft,
    field: Field,
) -> Result<Vec<SuggestionView>, FailureView> {
    app.suggestions(&draft, field)
}

/// Opens a file that was opened before.
#[tauri::command]
pub(crate) async fn open_recent(
    app: State<'_, App>,
    file: u32,
    draft: Draft,
) -> Result<OpenedView, FailureView> {
    app.open_recent(file, draft).await
}

/// Asks where such a file is now, and opens it there; none where the person left it.
#[tauri::command]
pub(crate) async fn find_recent(
    handle: AppHandle,
    app: State<'_, App>,
    file: u32,
    draft: Draft,
) -> Result<Option<OpenedView>, FailureView> {
    match chosen_file(&handle).await {
        Some(path) => app.found_recent(file, &path, draft).await.map(Some),
        None => Ok(None),
    }
}
