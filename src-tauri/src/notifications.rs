//! What the system tells while nobody looks at the window: one notification a job or an account, replaced and not
//! stacked; a click opens it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use notify_rust::Notification;
use slipway_app::view::{JobId, Notifications};
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::{App, window};

/// The event that leads the page to a job.
const OPEN_JOB: &str = "openJob";

/// The event that leads the page to an account.
const OPEN_ACCOUNT: &str = "openAccount";

/// What a notification is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    Job(JobId),
    /// By its name.
    Account(String),
}

/// Notifications that are shown.
#[derive(Default)]
pub(crate) struct Shown(Mutex<HashMap<Subject, u32>>);

/// Tells of `subject`, unless the window is in front or the person wants no such thing; whether it was told. Where no
/// service shows such things, Activity and Accounts show them all.
pub(crate) fn tell(handle: &AppHandle, subject: Subject, title: &str, body: &str) -> bool {
    let window = handle.get_webview_window(window::LABEL);
    let in_front = window.and_then(|window| window.is_focused().ok()).unwrap_or_default();
    if in_front || handle.state::<App>().preferences().settings().notifications == Notifications::Off {
        return false;
    }
    let mut notification = Notification::new();
    notification.appname("Slipway").summary(title).body(body).icon("slipway");
    // The name of the action that a click on the notification itself is (Desktop Notifications Specification).
    notification.action("default", title);
    let shown = handle.state::<Shown>();
    let before = shown.0.lock().unwrap_or_else(PoisonError::into_inner).get(&subject).copied();
    if let Some(before) = before {
        notification.id(before);
    }
    show(handle.clone(), subject, notification);
    true
}

#[cfg(all(unix, not(target_os = "macos")))]
fn show(handle: AppHandle, subject: Subject, notification: Notification) {
    // Waiting for a click takes a thread of its own; it ends with the notification.
    std::thread::spawn(move || {
        let Ok(told) = notification.show() else { return };
        let shown = handle.state::<Shown>();
        shown.0.lock().unwrap_or_else(PoisonError::into_inner).insert(subject.clone(), told.id());
        told.wait_for_action(|action| {
            if action == "default" {
                open(&handle, &subject);
            }
        });
    });
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn show(_: AppHandle, _: Subject, notification: Notification) {
    std::thread::spawn(move || {
        let _ = notification.show();
    });
}

/// Shows the window with the subject's page.
#[cfg(all(unix, not(target_os = "macos")))]
fn open(handle: &AppHandle, subject: &Subject) {
    window::to_front(handle);
    // A page that is gone shows its first screen when it is back.
    let _ = match subject {
        Subject::Job(job) => handle.emit(OPEN_JOB, job),
        Subject::Account(id) => handle.emit(OPEN_ACCOUNT, id),
    };
}
