//! An image comes out of the registry into a file, as people go about it.

use slipway_tests::keys::enter;
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::steps;
use slipway_tests::window::Window;

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_command_becomes_a_file_with_the_digest_of_the_registry() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup().in_home(playground.folder())).await;
    steps::publish_sample(&window, &playground).await;
    let digest = playground.practice.package("octocat/hello").expect("it is there").tags["1.0"].clone();

    window.press("link", "Install").await;
    window.paste("Image reference", "monalisa").await;
    window.see("Start with the registry, such as ghcr.io/octocat/monalisa:1.0.").await;
    window.paste("Image reference", "docker pull ghcr.io/octocat/hello").await;
    window.keys(&enter()).await;
    window.press("radio", "1.0").await;
    window.see("~/hello-1.0.tar").await;
    window.press("button", "Install ").await;
    window.find("heading", "Installed and verified").await;

    let file = playground.folder().join("hello-1.0.tar");
    window.see(&format!("docker load -i {}", file.display())).await;
    window.see(&digest).await;
    assert!(file.metadata().expect("the file has its name").len() > 1000);
    let beside = std::fs::read_dir(playground.folder()).expect("the folder is read");
    let unfinished = beside.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let unfinished: Vec<_> = unfinished.filter(|name| name.contains(".part")).collect();
    assert!(unfinished.is_empty(), "nothing unfinished stays: {unfinished:?}");

    // The same once more asks what becomes of the file.
    window.press("button", "Install another platform…").await;
    window.press("button", "Install ").await;
    window.find("dialog", "A file of this name is there").await;
    window.press("button", "Keep both").await;
    window.find("heading", "Installed and verified").await;
    window.see("hello-1.0 (2).tar").await;

    window.press("link", "Activity").await;
    window.find("listitem", "Install ghcr.io/octocat/hello:1.0").await;
    window.close().await;
}
