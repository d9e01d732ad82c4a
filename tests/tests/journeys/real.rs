//! Real Docker and real Podman in the real window, as they and skopeo tell it themselves.

use std::path::Path;

use serde_json::{Value, json};
use slipway_practice::Visibility;
use slipway_tests::installed::{Installed, Kind};
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::registry::{PATIENCE, skopeo, skopeo_digest, skopeo_pull};
use slipway_tests::shapes;
use slipway_tests::steps::add_account;
use slipway_tests::window::{Setup, Window};

/// What the image is called before; no registry of that name is asked.
const NAME: &str = "registry.example.com/team/monalisa:2.4.1";

/// A window that finds this engine, and not the other one.
fn with_engine(playground: &Playground, engine: &Installed) -> Setup {
    let mut setup = playground.setup().in_home(playground.folder());
    for kind in [Kind::Docker, Kind::Podman] {
        let nowhere = "unix:///nowhere/engine.sock".to_owned();
        let host = if kind == engine.kind() { engine.host() } else { nowhere };
        setup.variables.push((kind.variable(), host));
    }
    setup
}

/// What the registry has at a tag, as skopeo reads it: digest, digest of the configuration, configuration.
fn published(playground: &Playground, name: &str, tag: &str) -> (String, Value, Value) {
    playground.practice.set_visibility(name, Visibility::Public).expect("the package is there");
    let reference = format!("{}/{name}:{tag}", playground.practice.ghcr());
    let there = format!("docker://{reference}");
    let raw = |arguments: &[&str]| -> Value {
        let told = skopeo(&[&["inspect", "--raw", "--tls-verify=false"], arguments].concat());
        serde_json::from_str(&told).expect("skopeo tells JSON")
    };
    // Every byte is read and its digest compared.
    skopeo_pull(&reference, &playground.folder().join("read"));
    (skopeo_digest(&reference, None), raw(&[&there])["config"]["digest"].clone(), raw(&["--config", &there]))
}

/// What the window shows beside a digest that can be copied.
async fn shows(window: &Window, text: &str) {
    let there = "return document.body.innerText.replace(/\\s+/g, '').includes(arguments[0])
        || [...document.querySelectorAll('[title]')].some((node) => node.title.includes(arguments[0]))";
    let seen = window.until(there, &[json!(text)], PATIENCE).await;
    assert!(seen.is_some(), "“{text}” is not shown in:\n{}", window.text().await);
}

/// Lists, publishes by the form, and gives the published name.
async fn is_published(engine: &Installed) {
    let playground = Playground::start().await;
    let archive = shapes::two_layers(playground.folder()).path;
    let said = engine.run(&["load", "--input", &archive.to_string_lossy()]);
    let first = said.lines().last().and_then(|line| line.rsplit(' ').next()).expect("a name");
    engine.run(&["tag", first, NAME]);
    engine.run(&["rmi", first]);
    let (id, layers) = engine.image(NAME);

    let window = Window::open(with_engine(&playground, engine)).await;
    add_account(&window, &playground).await;
    window.go("#/publish/engines").await;
    window.find("checkbox", &format!("Select {NAME}")).await;
    window.see("registry.example.com not asked").await;
    window.press("checkbox", &format!("Select {NAME}")).await;
    window.press("button", "Publish…").await;
    window.find("region", "Destination").await;
    window.fill("Owner", "octocat").await;
    window.press("checkbox", &format!("Also name it so in {}", engine.kind().name())).await;
    window.press("button", "Publish ").await;
    window.find("heading", "Published and verified").await;

    let (digest, config, configuration) = published(&playground, "octocat/monalisa", "2.4.1");
    shows(&window, &digest).await;
    assert_eq!(config, id.as_str());
    assert_eq!(configuration["rootfs"]["diff_ids"], json!(layers));
    assert_eq!(engine.image("ghcr.io/octocat/monalisa:2.4.1"), (id.clone(), layers));
    assert_eq!(engine.image(NAME).0, id, "it is still there");

    window.go("#/publish/engines").await;
    window.press("button", "Check again").await;
    window.see("same digest").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn docker_publishes_by_the_form() {
    let Some(engine) = Installed::start(Kind::Docker, "real::docker_publishes_by_the_form") else { return };
    is_published(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn podman_publishes_by_the_form() {
    let Some(engine) = Installed::start(Kind::Podman, "real::podman_publishes_by_the_form") else { return };
    is_published(&engine).await;
}

/// A folder in which nothing runs and for which nothing is fetched.
fn buildable(folder: &Path) {
    std::fs::create_dir(folder).expect("a folder");
    std::fs::write(folder.join("Dockerfile"), "FROM scratch AS base\nLABEL tested=yes\nCOPY hello /\n")
        .unwrap();
    std::fs::write(folder.join("hello"), "hello").unwrap();
}

/// Builds a folder and publishes what comes of it.
async fn is_built(engine: &Installed) {
    let playground = Playground::start().await;
    let folder = playground.folder().join("app");
    buildable(&folder);
    let setup = Setup { argument: Some(folder), ..with_engine(&playground, engine) };
    let window = Window::open_named(setup, "Build from a Dockerfile").await;
    add_account(&window, &playground).await;
    window.go("#/publish/build").await;
    window.press("checkbox", "Publish when built").await;
    window.paste("Destination of the image", "ghcr.io/octocat/app:1.0").await;
    window.press("button", "Use this name").await;
    window.press("button", &format!("Build with {}", engine.kind().name())).await;
    window.find("region", "Built app").await;
    window.find("button", "Show the publish").await;
    let (id, layers) = engine.image("ghcr.io/octocat/app:1.0");
    shows(&window, &id).await;
    window.press("button", "Show the publish").await;
    window.find("heading", "Published and verified").await;
    let (digest, config, configuration) = published(&playground, "octocat/app", "1.0");
    shows(&window, &digest).await;
    assert_eq!(config, id.as_str());
    assert_eq!(configuration["rootfs"]["diff_ids"], json!(layers));
    assert_eq!(configuration["config"]["Labels"]["tested"], "yes");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn docker_builds_and_publishes_in_the_window() {
    let test = "real::docker_builds_and_publishes_in_the_window";
    let Some(engine) = Installed::start(Kind::Docker, test) else { return };
    is_built(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn podman_builds_and_publishes_in_the_window() {
    let test = "real::podman_builds_and_publishes_in_the_window";
    let Some(engine) = Installed::start(Kind::Podman, test) else { return };
    is_built(&engine).await;
}
