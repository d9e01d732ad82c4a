//! What the desktop is told while nobody looks at the window.

use slipway_tests::bus::Bus;
use slipway_tests::display::Display;
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::steps;
use slipway_tests::window::Window;

/// Begins to publish the large image under this name, slowly.
async fn begin(window: &Window, playground: &Playground, name: &str) {
    playground.pace(Some(200_000));
    // Else the layer of an earlier one would be linked, and the job over at once.
    playground.link_nothing();
    window.fill("Image name", name).await;
    steps::publish(window, playground).await;
    window.find("heading", "Publishing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_job_that_ends_unseen_is_told_once_and_a_click_opens_it() {
    let (display, bus, playground) = (Display::start(), Bus::start(), Playground::start().await);
    let mut notifications = bus.notifications();
    let setup = playground.setup_with(&playground.large()).on(&display, Some(&bus));
    let window = Window::open(setup).await;
    begin(&window, &playground, "unseen").await;
    let other = display.other_window(&[]).await;
    display.focus(&other.id).await;
    playground.pace(None);
    window.find("heading", "Published and verified").await;
    let told = notifications.wait_for(1).await;
    let text = format!("{} {}", told["summary"], told["body"]);
    assert!(text.contains("unseen") && text.contains("is published"), "{told}");
    let token = playground.token("octocat");
    for secret in [token.as_str(), &playground.folder().to_string_lossy()] {
        assert!(!text.contains(secret), "only name and outcome: {told}");
    }

    window.press("link", "Activity").await;
    display.focus(&other.id).await;
    notifications.click(&told);
    window.find("heading", "Published and verified").await;
    let slipway = display.slipway().await;
    let began = std::time::Instant::now();
    while display.xdotool(&["getactivewindow"]).trim() != slipway {
        assert!(began.elapsed() < slipway_tests::registry::PATIENCE, "the window does not come to the front");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    window.close().await;
    assert_eq!(notifications.shown().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_job_is_told_as_refused() {
    let (display, bus, playground) = (Display::start(), Bus::start(), Playground::start().await);
    let notifications = bus.notifications();
    let setup = playground.setup_with(&playground.large()).on(&display, Some(&bus));
    let window = Window::open(setup).await;
    begin(&window, &playground, "refused").await;
    let other = display.other_window(&[]).await;
    display.focus(&other.id).await;
    playground
        .practice
        .switches()
        .change(|switches| _ = switches.deny_package.insert("octocat/refused".to_owned()));
    playground.practice.expire_bearers();
    playground.pace(None);
    window.find("heading", "Failed").await;
    let told = notifications.wait_for(1).await;
    assert!(told["summary"].to_string().contains("was not published"), "{told}");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_to_who_looks_or_wants_no_notifications() {
    let (display, bus, playground) = (Display::start(), Bus::start(), Playground::start().await);
    let notifications = bus.notifications();
    let setup = playground.setup_with(&playground.large()).on(&display, Some(&bus));
    let window = Window::open(setup).await;
    let slipway = display.slipway().await;
    display.focus(&slipway).await;
    begin(&window, &playground, "seen").await;
    playground.pace(None);
    window.find("heading", "Published and verified").await;

    window.press("button", "Publish again…").await;
    begin(&window, &playground, "unwanted").await;
    window.press("switch", "Notify me when it’s done").await;
    let other = display.other_window(&[]).await;
    display.focus(&other.id).await;
    playground.pace(None);
    window.find("heading", "Published and verified").await;

    // A third one that is wanted comes alone, after whatever the others may have sent.
    window.press("button", "Publish again…").await;
    begin(&window, &playground, "wanted").await;
    window.press("switch", "Notify me when it’s done").await;
    display.focus(&other.id).await;
    playground.pace(None);
    let told = notifications.wait_for(1).await;
    assert!(told["summary"].to_string().contains("wanted"), "{told}");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ends_soon_is_told_of_once_and_a_click_opens_its_account() {
    let (display, bus, playground) = (Display::start(), Bus::start(), Playground::start().await);
    let mut notifications = bus.notifications();
    let _keyring = bus.keyring().await;
    let window = Window::open(playground.setup().on(&display, Some(&bus))).await;
    window.press("link", "Accounts").await;
    window.press("button", "Add account…").await;
    window.hand_over(&playground.token_called("expiring")).await;
    window.press_last("button", "Add account").await;
    window.find("button", "Renew").await;
    window.press("link", "Activity").await;
    let other = display.other_window(&[]).await;
    display.focus(&other.id).await;
    // Whatever is learned of the account brings the news anew.
    window.command("Verify octocat at github.com").await;
    let told = notifications.wait_for(1).await;
    assert_eq!(told["summary"], "Token of octocat ends in 5 days", "{told}");
    notifications.click(&told);
    window.find("button", "Renew").await;
    display.focus(&other.id).await;
    window.command("Verify octocat at github.com").await;
    window.see("Accepted by").await;
    let home = window.leave().await;

    let window = Window::open(playground.setup().on(&display, Some(&bus)).at(home)).await;
    window.find("link", "Accounts").await;
    assert_eq!(notifications.shown().len(), 1, "it was told in the run before");
    window.close().await;
}
