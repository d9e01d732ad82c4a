//! Files dragged over the real window from another program.

use std::path::PathBuf;

use slipway_tests::archive::{self, Layer};
use slipway_tests::display::Display;
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::steps;
use slipway_tests::window::Window;

const ZIP: &str = "A zip file is not an image. Unpack it and drop the .tar inside.";

fn image(playground: &Playground, name: &str) -> PathBuf {
    let layers = [Layer::Text("dragged")];
    playground
        .archive(&format!("{name}.tar"), |path| archive::oci(path, "dragged:1", &["linux/amd64"], &layers))
}

fn zip(playground: &Playground) -> PathBuf {
    playground.archive("notes.zip", |path| std::fs::write(path, b"PK\x03\x04 and more"))
}

#[tokio::test(flavor = "multi_thread")]
async fn dragged_files_get_a_verdict_each_and_the_good_ones_are_opened() {
    let (display, playground) = (Display::start(), Playground::start().await);
    let window = Window::open(playground.setup().on(&display, None)).await;
    let files = [image(&playground, "with space"), image(&playground, "übung"), zip(&playground)];
    let other = display.other_window(&files).await;
    display.drag_over_slipway(&other).await;
    window.see("Drop to open 2 images").await;
    for text in ["with space.tar", "übung.tar", "notes.zip", ZIP, "1 of 3 files will be left out."] {
        window.see(text).await;
    }
    display.let_go();
    window.find("region", "Destination").await;
    window.find("list", "Images to publish").await;
    assert_eq!(
        window.missing(&[("button", "with space.tar*"), ("button", "übung.tar*")]).await,
        [""; 0],
        "both wait in the list"
    );
    assert!(!window.has("button", "notes.zip").await);
    window.gone("heading", "Drop to open").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_image_is_refused_before_and_after_it_is_let_go() {
    let (display, playground) = (Display::start(), Playground::start().await);
    let window = Window::open(playground.setup().on(&display, None)).await;
    let other = display.other_window(&[zip(&playground)]).await;
    display.drag_over_slipway(&other).await;
    window.see("Nothing here is an image").await;
    display.let_go();
    window.gone("heading", "Nothing here is an image").await;
    window.see(ZIP).await;
    window.find("region", "Drop zone").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drop_on_a_filled_form_replaces_the_image_and_keeps_the_fields() {
    let (display, playground) = (Display::start(), Playground::start().await);
    let window = Window::open(playground.setup_with(&playground.sample).on(&display, None)).await;
    window.fill("Owner", "octo-org").await;
    let other = display.other_window(&[image(&playground, "second")]).await;
    display.drag_over_slipway(&other).await;
    window.see("Drop to replace hello.tar").await;
    display.let_go();
    window.see("second.tar").await;
    window.see("ghcr.io/octo-org/").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drop_on_a_job_opens_publish_and_leaves_the_job_alone() {
    let (display, playground) = (Display::start(), Playground::start().await);
    playground.pace(Some(200_000));
    let window = Window::open(playground.setup_with(&playground.large()).on(&display, None)).await;
    steps::publish(&window, &playground).await;
    window.find("heading", "Publishing").await;
    let other = display.other_window(&[image(&playground, "second")]).await;
    display.drag_over_slipway(&other).await;
    window.see("second.tar").await;
    display.let_go();
    window.find("heading", "Publish").await;
    window.find("region", "Destination").await;
    window.see("second.tar").await;
    playground.pace(None);
    window.press("link", "Activity").await;
    window.see("digest verified").await;
    assert!(playground.practice.package("octocat/large").is_some());
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drop_on_a_dialog_is_refused() {
    let (display, playground) = (Display::start(), Playground::start().await);
    let window = Window::open(playground.setup().on(&display, None)).await;
    window.press("button", "Paste a path").await;
    window.find("dialog", "Paste a path").await;
    let other = display.other_window(&[image(&playground, "second")]).await;
    display.drag_over_slipway(&other).await;
    window.see("Close this dialog first").await;
    display.let_go();
    window.gone("heading", "Close this dialog first").await;
    assert!(window.has("dialog", "Paste a path").await && !window.has("region", "Destination").await);
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_token_is_taken_on_accounts_and_nowhere_else() {
    let (display, playground) = (Display::start(), Playground::start().await);
    let window = Window::open(playground.setup().on(&display, None)).await;
    let token = playground.token("octocat");
    let file = playground.archive("TOKEN.txt", |path| std::fs::write(path, format!("{token}\n")));
    let other = display.other_window(&[file]).await;
    display.drag_over_slipway(&other).await;
    window.see("Nothing here is an image").await;
    display.let_go();
    window.gone("heading", "Nothing here is an image").await;

    window.press("link", "Accounts").await;
    display.drag_over_slipway(&other).await;
    window.see("Drop to use this token").await;
    display.let_go();
    window.find("dialog", "Add account").await;
    window.see("Read from TOKEN.txt").await;
    assert!(!window.everything().await.contains(&token), "the window never gets it");
    window.press_last("button", "Add account").await;
    window.see("Accepted by ghcr.io").await;
    window.close().await;
}
