//! How the page is drawn on Linux: by the graphics card, or without one by plain painting.

use std::fs::DirEntry;
use std::path::Path;

use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

/// Where the kernel shows the graphics cards that can draw.
const CARDS: &str = "/dev/dri";

/// Without a graphics card `WebKitGTK` lets the processor imitate one, and draws a page in several times the time that
/// painting it plainly takes: on two cores every frame of a running push took 60 ms and more instead of 16.
pub(crate) fn fit_computer(window: &WebviewWindow) -> tauri::Result<()> {
    // WebKitWebDriver takes no picture of what is plainly painted: whoever wants pictures asks for the imitation.
    if has_card(Path::new(CARDS)) || std::env::var_os("SLIPWAY_IMITATE_CARD").is_some() {
        return Ok(());
    }
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Whether a card is there that draws for anybody: each has a "render node" (the kernel's Direct Rendering Manager).
fn has_card(folder: &Path) -> bool {
    let draws = |entry: DirEntry| entry.file_name().to_string_lossy().starts_with("renderD");
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(draws)))
}

#[cfg(test)]
mod tests {
    use super::has_card;

    #[test]
    fn a_card_is_known_by_its_render_node() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_card(&folder.path().join("absent")));
        std::fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_card(folder.path()), "a screen alone draws nothing");
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_card(folder.path()));
    }
}
