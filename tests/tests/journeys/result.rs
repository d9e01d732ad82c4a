//! What follows a publish: its result, what can be done about it, and the pages of failures.

use slipway_practice::Visibility;
use slipway_tests::archive::{self, Layer};
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::steps;
use slipway_tests::window::Window;

/// Publishes an image with this text as its only layer under octocat/hello:1.0.
async fn publish_text(window: &Window, playground: &Playground, text: &'static str) -> String {
    let file = playground.archive(&format!("{text}.tar"), |path| {
        archive::oci(path, "hello:1.0", &["linux/amd64"], &[Layer::Text(text)])
    });
    steps::open(window, &file).await;
    steps::publish(window, playground).await;
    window.find("heading", "Published and verified").await;
    playground.practice.package("octocat/hello").expect("the package is there").tags["1.0"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_tag_can_be_moved_back() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup()).await;
    let first = publish_text(&window, &playground, "first").await;
    window.press("button", "Publish another image").await;
    let second = publish_text(&window, &playground, "second").await;
    assert_ne!(first, second);
    window.press("button", "Move it back").await;
    window.see("moved back to").await;
    assert_eq!(playground.practice.package("octocat/hello").unwrap().tags["1.0"], first);
    window.gone("button", "Move it back").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_badge_follows_what_was_changed_on_the_settings_page() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup()).await;
    steps::publish_sample(&window, &playground).await;
    window.find("status", "Visibility").await;
    window.see("Only people with access to octocat/hello can install it.").await;
    assert_eq!(window.text_of("status", "Visibility").await, "Private");
    playground.practice.set_visibility("octocat/hello", Visibility::Public).unwrap();
    // Who comes back from the browser sees it.
    window.script("window.dispatchEvent(new Event('focus'))", &[]).await;
    window.see("Everybody can install octocat/hello, without an account.").await;
    assert_eq!(window.text_of("status", "Visibility").await, "Public");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_publish_is_shown_as_a_workflow_and_as_a_command() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup()).await;
    steps::publish_sample(&window, &playground).await;
    window.press("button", "Export as GitHub Actions workflow…").await;
    window.find("region", "Workflow").await;
    window.see("packages: write").await;
    let text = window.text_of("region", "Workflow").await;
    assert!(text.contains("octocat/hello") && !text.contains(&playground.token("octocat")), "{text}");
    window.press("button", "Close").await;
    window.press("button", "Show as command").await;
    window.find("dialog", "Show as command").await;
    window.see("slipway push").await;
    window.close().await;
}

/// The plan of before the publish says what is not true any more.
#[tokio::test(flavor = "multi_thread")]
async fn publishing_again_begins_with_what_the_registry_has_now() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup()).await;
    steps::publish_sample(&window, &playground).await;
    window.press("button", "Publish again…").await;
    window.find("region", "Destination").await;
    window.find("button", "Nothing to publish").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_images_of_one_archive_become_a_job_each() {
    let playground = Playground::start().await;
    let file =
        playground.archive("several.tar", |path| archive::several(path, &["one:1", "two:1", "three:1"]));
    let window = Window::open(playground.setup_with(&file)).await;
    window.find("list", "Images in this file").await;
    steps::sign_in(&window, &playground, "publish").await;
    window.press("checkbox", "Publish two:1").await;
    steps::checked(&window).await;
    window.press("button", "Publish 2 images").await;
    window.press("link", "Activity").await;
    for name in ["one", "two"] {
        window.find("listitem", &format!("Publish ghcr.io/octocat/{name}:1")).await;
        window.see("digest verified").await;
    }
    window.gone("list", "Active").await;
    let there =
        ["one", "two", "three"].map(|name| playground.practice.package(&format!("octocat/{name}")).is_some());
    assert_eq!(there, [true, true, false], "those that were ticked");
    window.close().await;
}

/// The buttons of "What you can do", in their order.
async fn ways(window: &Window) -> Vec<String> {
    window.find("list", "What you can do").await;
    let script = "return [...document.querySelectorAll('[aria-labelledby=can-do] button')]
        .map((button) => button.textContent.replace(/\\s+/g, ' ').trim())";
    serde_json::from_value(window.script(script, &[]).await).expect("a list of names")
}

/// A job of octocat's under way.
async fn under_way(playground: &Playground) -> Window {
    playground.pace(Some(200_000));
    let window = Window::open(playground.setup_with(&playground.large())).await;
    steps::publish(&window, playground).await;
    window.find("heading", "Publishing").await;
    window
}

/// Lets the job find out, and waits until it has failed.
async fn fails(window: &Window, playground: &Playground) {
    playground.practice.expire_bearers();
    playground.pace(None);
    window.find("heading", "Failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_role_is_explained_with_every_way_out() {
    let playground = Playground::start().await;
    let window = under_way(&playground).await;
    playground.practice.switches().change(|it| _ = it.deny_package.insert("octocat/large".to_owned()));
    fails(&window, &playground).await;
    window.find("alert", "ghcr.io refused the upload").await;
    window.see("octocat can read octocat/large but not write it").await;
    window.see("An admin of the package or an owner of octocat.").await;
    let expected = ["Open settings", "Copy message", "Use another account", "Change destination…"];
    assert_eq!(ways(&window).await, expected);
    window.press("button", "Change destination…").await;
    window.see("ghcr.io/octocat/large:1").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ended_is_replaced_and_the_publish_tried_again() {
    let playground = Playground::start().await;
    let window = under_way(&playground).await;
    assert!(playground.practice.revoke(&playground.token("octocat")));
    fails(&window, &playground).await;
    window.find("alert", "GitHub no longer accepts this token").await;
    assert_eq!(ways(&window).await[0], "Replace token…");
    window.press("button", "Replace token…").await;
    window.hand_over(&playground.token_called("oauth")).await;
    window.press_last("button", "Replace token").await;
    window.see("Signed in as octocat. Everything is kept: try again.").await;
    window.press("button", "Try again").await;
    window.find("heading", "Published and verified").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_the_scope_says_which_one_is_wanted() {
    let playground = Playground::start().await;
    let window = under_way(&playground).await;
    window.press("link", "Accounts").await;
    window.press("button", "Replace token…").await;
    window.hand_over(&playground.token_called("read")).await;
    window.press_last("button", "Replace token").await;
    window.see("Scope missing").await;
    window.script("history.back()", &[]).await;
    fails(&window, &playground).await;
    window.find("alert", "The token may not publish").await;
    window.see("Publishing needs write:packages.").await;
    assert_eq!(ways(&window).await, ["Add scope", "Replace token…"]);
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_is_away_is_waited_for() {
    let playground = Playground::start().await;
    playground.pace(Some(200_000));
    let window = Window::open(playground.setup_with(&playground.large())).await;
    steps::publish(&window, &playground).await;
    window.find("heading", "Publishing").await;
    window.see("1.").await;
    let away = tokio::spawn(playground.restart(std::time::Duration::from_secs(4)));
    window.find("button", "Try now").await;
    let playground = away.await.unwrap();
    playground.pace(None);
    window.find("heading", "Published and verified").await;
    assert!(playground.practice.package("octocat/large").is_some());
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_is_filled_and_published_without_a_mouse() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup()).await;
    let enter = slipway_tests::keys::enter();
    window.tab_to("button", "Paste a path").await;
    window.keys(&enter).await;
    window.find("textbox", "Path").await;
    window.keys(&format!("{}{enter}", playground.sample.display())).await;
    window.find("region", "Destination").await;
    // The first empty field has the focus.
    window.focuses("textbox", "Owner").await;
    window.keys("octocat").await;
    window.tab_to("button", "Add account…").await;
    window.keys(&enter).await;
    window.tab_to("textbox", "Token").await;
    window.keys(&format!("{}{enter}", playground.token("octocat"))).await;
    window.find("button", "Account: octocat").await;
    window.find("button", "Publish ").await;
    window.keys(&slipway_tests::keys::control(char::from(fantoccini::key::Key::Enter))).await;
    window.find("heading", "Published and verified").await;
    assert!(playground.practice.package("octocat/hello").is_some());
    window.close().await;
}
