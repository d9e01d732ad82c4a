//! The frame around all screens, Activity, Settings and the palette in the real window.

use fantoccini::key::Key;
use serde_json::json;
use slipway_tests::archive::docker_save;
use slipway_tests::window::{Playground, Setup, Window};

fn with(playground: &Playground) -> Setup {
    Setup { hosts: Some(playground.practice.hosts_file()), ..Setup::default() }
}

fn control(key: impl ToString) -> String {
    format!("{}{}{}", char::from(Key::Control), key.to_string(), char::from(Key::Null))
}

fn enter() -> String {
    char::from(Key::Enter).to_string()
}

/// Publishes the sample to octocat/hello, signed in.
async fn publish_sample(window: &Window, playground: &Playground) {
    window.open_file(&playground.sample).await;
    window.find("region", "Destination").await;
    if !window.has("button", "Account: octocat").await {
        window.sign_in("octocat", &playground.token("octocat")).await;
    }
    window.fill("Owner", "octocat").await;
    window.press("button", "Publish ").await;
    window.find("heading", "Published and verified").await;
}

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
    let back = format!("{}{}{}", char::from(Key::Alt), char::from(Key::Left), char::from(Key::Null));
    window.keys(&back).await;
    window.find("heading", "Published and verified").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_name_of_the_contract_is_found_by_its_role() {
    let playground = Playground::start().await;
    let window = Window::open(with(&playground)).await;
    publish_sample(&window, &playground).await;
    let everywhere = [
        ("navigation", "Main"),
        ("link", "Publish"),
        ("link", "Activity"),
        ("link", "Settings"),
        ("main", "Publish"),
        ("button", "Search or run a command"),
        ("contentinfo", "Status bar"),
        ("link", "Online"),
        ("status", "Announcements"),
        ("alert", "Urgent announcements"),
    ];
    window.press("link", "Publish").await;
    window.find("heading", "Publish").await;
    for (role, name) in everywhere {
        window.find(role, name).await;
    }
    window.press("link", "Activity").await;
    window.see("digest verified").await;
    for (role, name) in [
        ("heading", "Activity"),
        ("radiogroup", "Show"),
        ("radio", "All"),
        ("radio", "Active"),
        ("radio", "Needs you"),
        ("radio", "Done"),
        ("searchbox", "Search activity"),
        ("list", "Earlier today"),
        ("listitem", "Publish ghcr.io/octocat/hello:1.0"),
        ("button", "Publish again…"),
        ("button", "More actions"),
        ("button", "Pause all"),
        ("button", "Export history…"),
    ] {
        window.find(role, name).await;
    }
    window.press("link", "Settings").await;
    for (section, controls) in [
        ("General", &[("combobox", "Language"), ("combobox", "When the window is closed")][..]),
        (
            "Appearance",
            &[
                ("radiogroup", "Theme"),
                ("radio", "System"),
                ("radio", "Light"),
                ("radio", "Dark"),
                ("radio", "High contrast"),
                ("switch", "Reduce motion"),
            ],
        ),
        ("Network", &[("combobox", "Proxy"), ("spinbutton", "Upload limit")]),
        ("Transfer", &[("slider", "Compression"), ("combobox", "Layers side by side")]),
        ("Notifications", &[("switch", "Notify me when a job ends")]),
        ("Shortcuts", &[("table", "Keyboard shortcuts")]),
        ("Diagnostics", &[("button", "Save report…"), ("region", "Report")]),
        ("About", &[]),
    ] {
        window.find("navigation", "Settings sections").await;
        window.press("link", section).await;
        window.find("heading", section).await;
        for (role, name) in controls {
            window.find(role, name).await;
        }
    }
    window.press("button", "Search or run a command").await;
    for (role, name) in
        [("dialog", "Search or run a command"), ("combobox", "Command"), ("listbox", "Results")]
    {
        window.find(role, name).await;
    }
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
    window.find("button", "撤销").await;
    let theme = window.script("return document.documentElement.dataset.colorMode", &[]).await;
    assert_eq!(theme, "dark");
    let text = std::fs::read_to_string(window.home().join("settings.toml")).unwrap();
    assert!(text.contains("language = \"zh-CN\"") && text.contains("theme = \"dark\""), "{text}");
    let home = window.leave().await;
    let window = Window::open_named(Setup { home: Some(home), ..Setup::default() }, "发布").await;
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
    let archive = playground.folder().join("large.tar");
    docker_save(&archive, &[20 << 20], "large:1").unwrap();
    let window = Window::open(Setup { argument: Some(archive), ..with(&playground) }).await;
    window.fill("Owner", "octocat").await;
    window.sign_in("octocat", &playground.token("octocat")).await;
    window.press("button", "Publish ").await;
    window.find("progressbar", "Publishing").await;
    window.see("1.").await;
    let home = window.crash().await;

    playground.practice.switches().change(|switches| switches.pace = None);
    let window = Window::open(Setup { home: Some(home), ..with(&playground) }).await;
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
    let window = Window::open(with(&playground)).await;
    publish_sample(&window, &playground).await;
    let home = window.leave().await;
    let window = Window::open(Setup { home: Some(home), ..with(&playground) }).await;
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
    let window = Window::open(Setup { argument: Some(playground.sample.clone()), ..with(&playground) }).await;
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

/// The screens, by their addresses in the page.
const SCREENS: [&str; 10] = [
    "#/publish",
    "#/activity",
    "#/settings/general",
    "#/settings/appearance",
    "#/settings/network",
    "#/settings/transfer",
    "#/settings/notifications",
    "#/settings/shortcuts",
    "#/settings/diagnostics",
    "#/settings/about",
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_serious_stands_in_the_way_in_any_theme() {
    let playground = Playground::start().await;
    for theme in ["light", "dark", "high-contrast"] {
        let settings = format!("theme = \"{theme}\"\n");
        let window =
            Window::open(Setup { settings, argument: Some(playground.sample.clone()), ..with(&playground) })
                .await;
        window.find("region", "Destination").await;
        for address in SCREENS {
            window.script("location.hash = arguments[0]", &[json!(address)]).await;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            assert_eq!(window.axe().await, json!([]), "{address} in {theme}");
        }
        window.press("button", "Search or run a command").await;
        window.find("combobox", "Command").await;
        assert_eq!(window.axe().await, json!([]), "the palette in {theme}");
        window.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_text_has_room_in_every_language_and_size() {
    let playground = Playground::start().await;
    for (language, title) in [("en", "Publish"), ("zh-CN", "发布"), ("en-XA", "Püblísh")] {
        let settings = format!("language = \"{language}\"\n");
        let argument = Some(playground.sample.clone());
        let window = Window::open_named(Setup { settings, argument, ..with(&playground) }, title).await;
        for (width, height) in [(1180, 760), (720, 520)] {
            window.resize(width, height).await;
            for address in SCREENS {
                window.script("location.hash = arguments[0]", &[json!(address)]).await;
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                let clipped = window.clipped().await;
                assert_eq!(clipped, json!([]), "{address} in {language} at {width}×{height}");
            }
        }
        window.close().await;
    }
}
