//! Every screen and main state for every eye and hand: axe in each theme, room for all text in each language, size
//! and zoom, and no word without a translation.

use serde_json::Value;
use slipway_tests::playground::Playground;
use slipway_tests::tour::Tour;

/// What was found so far, each with its screen.
#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    fn note(&mut self, screen: &str, faults: &Value) {
        for fault in faults.as_array().into_iter().flatten() {
            self.0.push(format!("{screen}: {}", fault.as_str().unwrap_or_default()));
        }
    }

    fn none(mut self) {
        self.0.sort();
        self.0.dedup();
        assert!(self.0.is_empty(), "{} findings:\n{}", self.0.len(), self.0.join("\n"));
    }
}

/// A walk in one theme and language: what axe finds, and text without room in each size of the window.
async fn walk(language: &'static str, settings: &str, rules: &[&str], sizes: &[(u32, u32)]) {
    let playground = Playground::start().await;
    let mut found = Found::default();
    let tour = Tour { settings: settings.to_owned(), language, playground: &playground, full: true };
    tour.go(async |window, screen| {
        found.note(screen, &window.axe(rules).await);
        found.note(screen, &window.disagreeing().await);
        if language == "zh-CN" {
            found.note(screen, &window.untranslated().await);
        }
        for (width, height) in sizes {
            window.resize(*width, *height).await;
            found.note(&format!("{screen} at {width}×{height}"), &window.clipped().await);
        }
    })
    .await;
    found.none();
}

/// What depends on the theme; the rest is judged once.
const COLOURS: [&str; 1] = ["color-contrast"];

/// What depends on the size.
const REACH: [&str; 1] = ["scrollable-region-focusable"];

/// The smallest, then the usual one, in which the walk goes on.
const SIZES: [(u32, u32); 2] = [(720, 520), (1180, 760)];

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_along_in_english_and_light() {
    walk("en", "theme = \"light\"\n", &[], &SIZES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_along_in_chinese_and_dark() {
    walk("zh-CN", "theme = \"dark\"\n", &COLOURS, &SIZES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_along_in_a_longer_language_and_high_contrast() {
    walk("en-XA", "theme = \"high-contrast\"\n", &COLOURS, &SIZES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_along_at_twice_the_size() {
    walk("en", "zoom = 200\n", &REACH, &[(1180, 760)]).await;
}
