//! An image comes out of the registry into a file, as people go about it.

use serde_json::Value;
use slipway_stage::engine::{Engine, Fault, Like};
use slipway_tests::archive::{self, Layer};
use slipway_tests::installed::{Installed, Kind};
use slipway_tests::keys::enter;
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::steps;
use slipway_tests::window::{Setup, Window};

use crate::names::Contract;

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

const IMAGE: &str = "ghcr.io/octocat/app:1.0";

/// Nothing answers there.
const NOBODY: &str = "unix:///nowhere/engine.sock";

/// A window on a computer with these engines.
fn with_engines(playground: &Playground, docker: String, podman: String) -> Setup {
    let mut setup = playground.setup().in_home(playground.folder());
    setup.variables.extend([("DOCKER_HOST", docker), ("CONTAINER_HOST", podman)]);
    setup
}

/// Publishes an image of two platforms as [`IMAGE`], in layers that every engine reads.
async fn publish_two_platforms(window: &Window, playground: &Playground) {
    let layers = [Layer::Text("below"), Layer::Text("above")];
    let platforms = ["linux/amd64", "linux/arm64"];
    let file =
        playground.archive("app.tar", |path| archive::oci(path, "octocat/app:1.0", &platforms, &layers));
    window.open_file(&file).await;
    steps::publish(window, playground).await;
    window.find("heading", "Published and verified").await;
    // Else its layers were taken from there.
    std::fs::remove_file(&file).expect("the archive goes");
}

/// Chooses the image's tag and platform, and where it goes.
async fn choose(window: &Window, to: &str) {
    window.press("link", "Install").await;
    window.paste("Image reference", "ghcr.io/octocat/app").await;
    window.keys(&enter()).await;
    window.press("radio", "1.0").await;
    window.press("radio", "linux/amd64").await;
    window.press("radio", to).await;
}

async fn has_names(window: &Window, screen: &str) {
    let missing = window.missing(&Contract::read().of(screen)).await;
    assert!(missing.is_empty(), "{screen}: {missing:?}");
}

/// Blobs that the registry was asked for since the last call.
fn fetched(playground: &Playground) -> usize {
    let requests = playground.practice.requests();
    let blobs = requests.iter().filter(|request| request.method == "GET" && request.path.contains("/blobs/"));
    let count = blobs.count();
    playground.practice.forget_requests();
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn what_docker_refuses_becomes_a_file_that_is_not_fetched_again_and_then_docker_takes_it() {
    let (playground, docker) = (Playground::start().await, Engine::start(Like::Docker));
    let window = Window::open(with_engines(&playground, docker.host(), NOBODY.to_owned())).await;
    publish_two_platforms(&window, &playground).await;
    docker.fails(Fault::Load("no space left on device"));
    choose(&window, "Docker on this computer").await;
    has_names(&window, "install-tags").await;
    assert_eq!(window.axe(&[]).await, serde_json::json!([]));
    playground.practice.forget_requests();
    window.press("button", "Install ").await;
    window.see("no space left on device").await;
    has_names(&window, "install-refused").await;
    assert_eq!(window.axe(&[]).await, serde_json::json!([]));
    assert!(fetched(&playground) > 0);

    window.press("button", "Save as a file instead…").await;
    window.see("~/app-1.0.tar").await;
    window.find("button", "Install ").await;
    // What a look at the image reads is none of its layers.
    playground.practice.forget_requests();
    window.press("button", "Install ").await;
    window.find("heading", "Installed and verified").await;
    assert_eq!(fetched(&playground), 0, "what was fetched for Docker is taken");
    assert!(playground.folder().join("app-1.0.tar").exists());
    assert!(docker.loaded().is_empty());

    docker.fails(None);
    choose(&window, "Docker on this computer").await;
    window.press("button", "Install ").await;
    window.find("button", "Save as a file too…").await;
    has_names(&window, "installed-in-engine").await;
    window.see(&format!("docker run --rm {IMAGE}")).await;
    assert_eq!(window.axe(&[]).await, serde_json::json!([]));
    assert_eq!(docker.loaded().len(), 1);
    assert!(docker.asked().iter().any(|asked| asked.ends_with("app:1.0/json")), "it is read back");
    assert_eq!(fetched(&playground), 0, "the file has it");
    window.close().await;
}

/// What the registry has at a digest.
fn json_at(playground: &Playground, digest: &Value) -> Value {
    let path = playground.blob(digest.as_str().expect("a digest"));
    serde_json::from_slice(&std::fs::read(path).expect("it is stored")).expect("it is JSON")
}

/// The window installs an image into a real engine, which then tells its ID and layers as the registry has them.
async fn is_installed_into(engine: &Installed) {
    let playground = Playground::start().await;
    let (docker, podman) = match engine.kind() {
        Kind::Docker => (engine.host(), NOBODY.to_owned()),
        Kind::Podman => (NOBODY.to_owned(), engine.host()),
    };
    let window = Window::open(with_engines(&playground, docker, podman)).await;
    publish_two_platforms(&window, &playground).await;
    choose(&window, &format!("{} on this computer", engine.kind().name())).await;
    window.press("button", "Install ").await;
    window.find("heading", "Installed and verified").await;
    window.see(&format!("{} run --rm", engine.kind().program())).await;

    let root = playground.practice.package("octocat/app").expect("it is there").tags["1.0"].clone();
    let index = json_at(&playground, &root.into());
    let manifest = json_at(&playground, &index["manifests"][0]["digest"]);
    let config = json_at(&playground, &manifest["config"]["digest"]);
    assert_eq!(config["architecture"], "amd64");
    let (id, layers) = engine.image(IMAGE);
    assert_eq!(manifest["config"]["digest"], id.as_str());
    assert_eq!(config["rootfs"]["diff_ids"], serde_json::json!(layers));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_installs_into_docker() {
    let test = "install::the_window_installs_into_docker";
    let Some(engine) = Installed::start(Kind::Docker, test) else { return };
    is_installed_into(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_installs_into_podman() {
    let test = "install::the_window_installs_into_podman";
    let Some(engine) = Installed::start(Kind::Podman, test) else { return };
    is_installed_into(&engine).await;
}
