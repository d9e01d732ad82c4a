//! Saves pictures of every screen and main state of the real window: in light, dark, high contrast and Chinese, and in
//! the smallest window. For README and for review. Fails where a picture says one figure in two ways.
//! `cargo xtask run --screenshot DIR` starts this with everything it needs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use slipway_tests::playground::Playground;
use slipway_tests::tour::Tour;
use slipway_tests::window::Window;

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
    let mut differ = false;
    for (theme, language) in [("light", "en"), ("dark", "en"), ("high-contrast", "en"), ("light", "zh-CN")] {
        let playground = Playground::start().await;
        let settings = format!("theme = \"{theme}\"\n");
        let tour = Tour { settings, language, playground: &playground, full: false };
        tour.go(async |window, screen| {
            let (english, how) = if language == "en" { (true, theme) } else { (false, language) };
            save(&folder, window, screen, how).await;
            if english && theme == "light" {
                window.resize(720, 520).await;
                settle().await;
                save(&folder, window, screen, "720x520").await;
                window.resize(1180, 760).await;
                settle().await;
            }
            let figures = window.disagreeing().await;
            for figure in figures.as_array().into_iter().flatten() {
                differ = true;
                say(&format!("{screen}-{how}: {figure}"));
            }
        })
        .await;
    }
    if differ { ExitCode::FAILURE } else { ExitCode::SUCCESS }
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
