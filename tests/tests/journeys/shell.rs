//! The window among other windows: one Slipway at a time, closing while jobs run, what is remembered.

use slipway_tests::bus::Bus;
use slipway_tests::display::Display;
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::steps;
use slipway_tests::window::{Setup, Window};

/// A window on a desktop of its own, in which octocat publishes slowly.
async fn publishing(playground: &Playground, display: &Display, bus: &Bus) -> Window {
    playground.pace(Some(200_000));
    playground.practice.switches().change(|switches| switches.session_status = true);
    let setup = playground.setup_with(&playground.large()).on(display, Some(bus));
    let window = Window::open(setup).await;
    steps::publish(&window, playground).await;
    window.find("heading", "Publishing").await;
    window
}

/// Chooses how to close. By a key of the display: a window that is gone answers no driver.
async fn answer(window: &Window, display: &Display, button: &str) {
    window.find("dialog", "Close Slipway").await;
    window.tab_to("button", button).await;
    display.xdotool(&["key", "Return"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_hands_its_file_to_the_first_and_ends() {
    let (display, bus, playground) = (Display::start(), Bus::start(), Playground::start().await);
    let window = Window::open(playground.setup().on(&display, Some(&bus))).await;
    window.press("link", "Activity").await;
    window.start_again(Some(&playground.sample)).await;
    window.find("region", "Destination").await;
    window.see("hello.tar").await;
    window.start_again(None).await;
    window.see("hello.tar").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_while_the_one_before_is_ending_opens_its_own_window_as_that_one_was() {
    let (display, bus, playground) = (Display::start(), Bus::start(), Playground::start().await);
    let window = Window::open(playground.setup().on(&display, Some(&bus))).await;
    let name = bus.names().into_iter().find(|name| name.starts_with("io.github.slipway"));
    display.xdotool(&["windowsize", "--sync", &display.slipway().await, "900", "600"]);
    display.close_slipway().await;
    let home = window.ended().await;
    // What Slipway writes as it ends is not there before.
    let (written, file) = (home.path().join("written"), home.path().join("window.json"));
    std::fs::rename(&file, &written).unwrap();
    let mut before = bus.leaving(&name.expect("Slipway has a name"), &written, &file);
    let setup = playground.setup_with(&playground.sample).on(&display, Some(&bus)).at(home);
    let window = Window::open(setup).await;
    assert!(before.was_asked(), "the one before was there");
    window.see("hello.tar").await;
    let (_, _, width, height) = display.place(&display.slipway().await);
    assert_eq!((width, height), (900, 600));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_without_a_job_ends_slipway() {
    let (display, bus) = (Display::start(), Bus::start());
    let window = Window::open(Setup::default().on(&display, Some(&bus))).await;
    display.close_slipway().await;
    window.ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_without_the_window_and_slipway_ends_with_it() {
    let (display, bus, playground) = (Display::start(), Bus::start(), Playground::start().await);
    let window = publishing(&playground, &display, &bus).await;
    display.close_slipway().await;
    answer(&window, &display, "Keep publishing in the background").await;
    display.wait_for_slipway(false).await;
    assert!(playground.practice.package("octocat/large").is_none(), "the job is still under way");
    playground.pace(None);
    window.ended().await;
    let package = playground.practice.package("octocat/large").expect("the job ended at the registry");
    assert!(package.tags.contains_key("1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_shows_the_hidden_window_again() {
    let (display, bus, playground) = (Display::start(), Bus::start(), Playground::start().await);
    let window = publishing(&playground, &display, &bus).await;
    display.close_slipway().await;
    answer(&window, &display, "Keep publishing in the background").await;
    display.wait_for_slipway(false).await;
    window.start_again(None).await;
    display.wait_for_slipway(true).await;
    window.find("heading", "Publishing").await;
    playground.pace(None);
    // Shown again, it stays when the job is over.
    window.find("heading", "Published and verified").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pause_and_quit_ends_slipway_and_the_next_start_goes_on() {
    let (display, bus, playground) = (Display::start(), Bus::start(), Playground::start().await);
    let window = publishing(&playground, &display, &bus).await;
    window.see("1.").await;
    display.close_slipway().await;
    answer(&window, &display, "Pause and quit").await;
    let home = window.ended().await;
    assert!(playground.practice.package("octocat/large").is_none());

    playground.pace(None);
    let window =
        Window::open(playground.setup_with(&playground.sample).on(&display, Some(&bus)).at(home)).await;
    window.find("region", "Destination").await;
    // A token is kept for a run only.
    window.sign_in("octocat", &playground.token("octocat")).await;
    window.press("link", "Activity").await;
    window.find("list", "Active").await;
    window.see("kept").await;
    window.press("button", "Resume").await;
    window.see("digest verified").await;
    assert!(playground.practice.package("octocat/large").is_some());
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_to_closing_is_not_asked_for_twice() {
    let (display, bus, playground) = (Display::start(), Bus::start(), Playground::start().await);
    let window = publishing(&playground, &display, &bus).await;
    display.close_slipway().await;
    window.press("checkbox", "Don’t ask again").await;
    answer(&window, &display, "Keep publishing in the background").await;
    display.wait_for_slipway(false).await;
    window.start_again(None).await;
    display.wait_for_slipway(true).await;
    display.close_slipway().await;
    display.wait_for_slipway(false).await;
    playground.pace(None);
    let home = window.ended().await;
    let settings = std::fs::read_to_string(home.path().join("settings.toml")).unwrap();
    assert!(settings.contains("background"), "{settings}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_comes_back_in_its_size() {
    let (display, bus) = (Display::start(), Bus::start());
    let window = Window::open(Setup::default().on(&display, Some(&bus))).await;
    let id = display.slipway().await;
    display.xdotool(&["windowsize", "--sync", &id, "900", "600"]);
    let home = {
        display.close_slipway().await;
        window.ended().await
    };
    let window = Window::open(Setup::default().on(&display, Some(&bus)).at(home)).await;
    let (_, _, width, height) = display.place(&display.slipway().await);
    assert_eq!((width, height), (900, 600));
    window.close().await;
}
