//! What the system tells while nobody looks at the window: one notification a job, replaced and not stacked; a click
//! opens the job.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use notify_rust::Notification;
use slipway_app::view::{JobId, Notifications};
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::{App, window};

/// The event that leads the page to a job.
const OPEN_JOB: &str = "openJob";

/// Notifications that are shown, by job.
#[derive(Default)]
pub(crate) struct Shown(Mutex<HashMap<JobId, u32>>);

/// Tells of `job`, unless the window is in front or the person wants no such thing. Where no service shows such
/// things, Activity shows them all.
pub(crate) fn tell(handle: &AppHandle, job: JobId, title: &str, body: &str) {
    let window = handle.get_webview_window(window::LABEL);
    let in_front = window.and_then(|window| window.is_focused().ok()).unwrap_or_default();
    if in_front || handle.state::<App>().settings().notifications == Notifications::Off {
        return;
    }
    let mut notification = Notification::new();
    notification.appname("Slipway").summary(title).body(body).icon("slipway");
    // The name of the action that a click on the notification itself is (Desktop Notifications Specification).
    notification.action("default", title);
    let shown = handle.state::<Shown>();
    let before = shown.0.lock().unwrap_or_else(PoisonError::into_inner).get(&job).copied();
    if let Some(before) = before {
        notification.id(before);
    }
    show(handle.clone(), job, notification);
}

#[cfg(all(unix, not(target_os = "macos")))]
fn show(handle: AppHandle, job: JobId, notification: Notification) {
    // Waiting for a click takes a thread of its own; it ends with the notification.
    std::thread::spawn(move || {
        let Ok(told) = notification.show() else { return };
        let shown = handle.state::<Shown>();
        shown.0.lock().unwrap_or_else(PoisonError::into_inner).insert(job, told.id());
        told.wait_for_action(|action| {
            if action == "default" {
                open(&handle, job);
            }
        });
    });
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn show(_: AppHandle, _: JobId, notification: Notification) {
    std::thread::spawn(move || {
        let _ = notification.show();
    });
}

/// Shows the window with the job's page.
#[cfg(all(unix, not(target_os = "macos")))]
fn open(handle: &AppHandle, job: JobId) {
    window::to_front(handle);
    // A page that is gone shows Activity when it is back.
    let _ = handle.emit(OPEN_JOB, job);
}
