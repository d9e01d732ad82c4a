//! The frame around all screens, Activity, Settings and the palette in the real window.

use fantoccini::key::Key;
use slipway_tests::keys::{chord, control, enter};
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::registry::PATIENCE;
use slipway_tests::steps::publish_sample;
use slipway_tests::window::{Setup, Window};

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_published_by_keyboard_alone() {
    let window = Window::open(Setup::default()).await;
    window.keys(&control('k')).await;
    window.find("dialog", "Search or run a command").await;
    window.keys("practice").await;
    window.keys(&enter()).await;
    window.find("region", "Destination").await;
    window.find("button", "Publish ").await;
    window.keys(&control(char::from(Key::Enter))).await;
    window.find("heading", "Published and verified").await;
    window.keys(&control('2')).await;
    window.see("digest verified").await;
    window.keys(&chord(Key::Alt, char::from(Key::Left))).await;
    window.find("heading", "Published and verified").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_count_at_once_can_be_undone_and_stay() {
    let window = Window::open(Setup::default()).await;
    window.press("link", "Settings").await;
    window.choose("Language", "简体中文").await;
    window.find("heading", "设置").await;
    window.press("button", "撤销").await;
    window.find("heading", "Settings").await;
    window.choose("Language", "简体中文").await;
    window.press("link", "外观").await;
    window.press("radio", "深色").await;
    // The way back from the language is still offered when that from the theme comes.
    let dark = "return document.documentElement.dataset.colorMode === 'dark'";
    assert!(window.until(dark, &[], PATIENCE).await.is_some(), "the theme counts at once");
    window.rests().await;
    window.find("button", "撤销").await;
    let text = std::fs::read_to_string(window.home().join("settings.toml")).unwrap();
    assert!(text.contains("language = \"zh-CN\"") && text.contains("theme = \"dark\""), "{text}");
    let home = window.leave().await;
    let window = Window::open_named(Setup::default().at(home), "发布").await;
    assert_eq!(window.script("return document.documentElement.dataset.colorMode", &[]).await, "dark");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_a_crash_ended_goes_on_after_the_next_start() {
    let playground = Playground::start().await;
    playground.practice.switches().change(|switches| {
        switches.pace = Some(1_000_000);
        switches.session_status = true;
    });
    let window = Window::open(playground.setup_with(&playground.large())).await;
    window.fill("Owner", "octocat").await;
    window.sign_in("octocat", &playground.token("octocat")).await;
    window.press("button", "Publish ").await;
    window.find("progressbar", "Publishing").await;
    window.see("1.").await;
    playground.hold();
    let home = window.crash().await;

    playground.pace(None);
    let window = Window::open(playground.setup().at(home)).await;
    window.press("link", "Activity").await;
    window.see("Slipway was closed while it ran").await;
    // A token is kept for a run only, so the job first fails for want of one.
    window.press("link", "Publish").await;
    window.open_file(&playground.sample).await;
    window.sign_in("octocat", &playground.token("octocat")).await;
    window.press("link", "Activity").await;
    window.press("button", "Resume").await;
    window.see("digest verified").await;
    let package = playground.practice.package("octocat/large").expect("the package is there");
    assert!(package.tags.contains_key("1"));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_searched_opened_again_and_emptied() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup()).await;
    publish_sample(&window, &playground).await;
    let home = window.leave().await;
    let window = Window::open(playground.setup().at(home)).await;
    window.find("list", "Recent images").await;
    window.press("link", "Activity").await;
    window.see("digest verified").await;
    window.press("radio", "Needs you").await;
    window.see("Nothing found").await;
    window.press("radio", "All").await;
    window.find("searchbox", "Search activity").await.send_keys("no such image").await.unwrap();
    window.see("Nothing found").await;
    let search = window.find("searchbox", "Search activity").await;
    search.clear().await.unwrap();
    search.send_keys("hello").await.unwrap();
    window.see("digest verified").await;
    window.press("button", "Publish again…").await;
    window.find("region", "Destination").await;
    window.see("ghcr.io/octocat/hello:1.0").await;
    window.press("link", "Activity").await;
    window.press("button", "More actions").await;
    window.press("menuitem", "Remove from history").await;
    window.gone("listitem", "Publish ghcr.io/octocat/hello:1.0").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_is_connected_to_its_repository_by_the_form() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup_with(&playground.sample)).await;
    window.sign_in("octocat", &playground.token("octocat")).await;
    window.fill("Owner", "octocat").await;
    window.fill("Repository", "octocat/octo-app").await;
    window.see("Adds a label, so the digest changes.").await;
    window.press("button", "More options").await;
    window.fill("Description", "A first lesson").await;
    window.press("button", "Publish ").await;
    window.find("heading", "Published and verified").await;
    let package = playground.practice.package("octocat/hello").expect("the package is there");
    assert_eq!(package.repository.as_deref(), Some("octocat/octo-app"));
    window.close().await;
}
