//! The one window: shown when its page is painted, never leaving its page.

use tauri::webview::PageLoadEvent;
use tauri::{App, Manager as _, Url, WebviewWindowBuilder};

use crate::{drag, leaving};

/// The window's label.
pub(crate) const LABEL: &str = "main";

/// Opens the window of the configuration.
pub(crate) fn open(app: &App) -> tauri::Result<()> {
    let Some(config) = app.config().app.windows.first() else { return Ok(()) };
    let window = WebviewWindowBuilder::from_config(app.handle(), config)?
        .on_navigation(is_own_page)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished {
                // A window that cannot be shown cannot tell either; it stays in the task bar.
                let _ = window.show();
            }
        })
        .build()?;
    let own = window.clone();
    window.on_window_event(move |event| match event {
        tauri::WindowEvent::DragDrop(event) => drag::tell(&own, event),
        tauri::WindowEvent::CloseRequested { api, .. } => {
            leaving::close_requested(own.app_handle(), api);
        }
        _ => {}
    });
    Ok(())
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
