//! The one window: shown when its page is painted, never leaving its page.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use slipway_app::view::Zoom;
use tauri::webview::PageLoadEvent;
use tauri::{App, AppHandle, Manager as _, Url, WebviewWindow, WebviewWindowBuilder};

#[cfg(target_os = "linux")]
use crate::drawing;
use crate::{drag, leaving};

/// The window's label.
pub(crate) const LABEL: &str = "main";

/// How long the page may take to be painted before the window is shown without it.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens the window of the configuration.
pub(crate) fn open(app: &App) -> tauri::Result<()> {
    let Some(config) = app.config().app.windows.first() else { return Ok(()) };
    let window = WebviewWindowBuilder::from_config(app.handle(), config)?
        .on_navigation(is_own_page)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished {
                // The page says when it is painted; one that cannot is shown all the same.
                std::thread::spawn(move || {
                    std::thread::sleep(PATIENCE);
                    show(&window);
                });
            }
        })
        .build()?;
    #[cfg(target_os = "linux")]
    drawing::fit_computer(&window)?;
    zoom(&window, app.state::<crate::App>().preferences().settings().zoom);
    let own = window.clone();
    window.on_window_event(move |event| match event {
        tauri::WindowEvent::DragDrop(event) => drag::tell(&own, event),
        tauri::WindowEvent::Focused(true) => own.state::<crate::App>().activity().looked(),
        tauri::WindowEvent::CloseRequested { api, .. } => {
            leaving::close_requested(own.app_handle(), api);
        }
        _ => {}
    });
    Ok(())
}

/// The page is painted, so the window can be seen. Once: what was hidden since stays hidden.
pub(crate) fn show(window: &WebviewWindow) {
    static SHOWN: AtomicBool = AtomicBool::new(false);
    if !SHOWN.swap(true, Ordering::Relaxed) {
        // A window that cannot be shown cannot tell either; it stays in the task bar.
        let _ = window.show();
    }
}

/// The window comes to the front, wherever it is.
pub(crate) fn to_front(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window(LABEL) {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// The size of everything in the page.
pub(crate) fn zoom(window: &WebviewWindow, zoom: Zoom) {
    let _ = window.set_zoom(zoom.factor());
}

/// Links lead outside through a command with a closed list; the window itself goes nowhere.
fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // The form of the same on Windows.
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_own_page;

    #[test]
    fn the_window_never_leaves_its_page() {
        let goes = |url: &str| is_own_page(&url.parse().unwrap());
        assert!(goes("tauri://localhost/") && goes("http://tauri.localhost/"));
        for url in [
            "https://ghcr.io/",
            "http://localhost/",
            "tauri://other/",
            "file:///etc/passwd",
            "data:text/html,a",
        ] {
            assert!(!goes(url), "{url}");
        }
    }
}
