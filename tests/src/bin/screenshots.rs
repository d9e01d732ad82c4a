//! Saves pictures of every screen and main state of the real window: in light and dark, the main ones in Chinese,
//! Publish in the smallest window, and Settings in high contrast. For README and for review.
//! `cargo xtask run --screenshot DIR` starts this with everything it needs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use slipway_tests::playground::Playground;
use slipway_tests::tour::Tour;
use slipway_tests::window::{Setup, Window};

/// What is worth a picture in Chinese, too.
const MAIN: [&str; 8] = [
    "publish-empty",
    "publish-filled",
    "publish-errors",
    "publishing",
    "published",
    "failed",
    "activity",
    "settings-general",
];

#[tokio::main]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        say("usage: screenshots FOLDER");
        return ExitCode::from(2);
    };
    if let Err(error) = std::fs::create_dir_all(&folder) {
        say(&format!("{} cannot be made: {error}", folder.display()));
        return ExitCode::FAILURE;
    }
    for (theme, language) in [("light", "en"), ("dark", "en"), ("light", "zh-CN")] {
        let playground = Playground::start().await;
        let settings = format!("theme = \"{theme}\"\n");
        let tour = Tour { settings, language, playground: &playground, full: false };
        tour.go(async |window, screen| {
            let english = language == "en";
            if english || MAIN.contains(&screen) {
                save(&folder, window, screen, if english { theme } else { language }).await;
            }
            if english && theme == "light" && screen.starts_with("publish") {
                window.resize(720, 520).await;
                settle().await;
                save(&folder, window, screen, "720x520").await;
                window.resize(1180, 760).await;
            }
        })
        .await;
    }
    let settings = "theme = \"high-contrast\"\n".to_owned();
    let window = Window::open(Setup { settings, ..Setup::default() }).await;
    window.go("#/settings/appearance").await;
    window.find("radiogroup", "Theme").await;
    settle().await;
    save(&folder, &window, "settings-appearance", "high-contrast").await;
    window.close().await;
    ExitCode::SUCCESS
}

#[allow(clippy::print_stderr, reason = "a program for people")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// What was just drawn must have reached the screen.
async fn settle() {
    tokio::time::sleep(std::time::Duration::from_millis(250)).await;
}

async fn save(folder: &Path, window: &Window, screen: &str, how: &str) {
    let path = folder.join(format!("{screen}-{how}.png"));
    say(&path.display().to_string());
    std::fs::write(path, window.picture().await).expect("the picture is written");
}
