//! From Docker or Podman, by an engine's double, as people go about it.

use fantoccini::key::Key;
use slipway_stage::engine::{Engine, Like};
use slipway_stage::image::saved;
use slipway_tests::command::Slipway;
use slipway_tests::keys::key;
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::registry::PATIENCE;
use slipway_tests::steps::add_account;
use slipway_tests::window::{Setup, Window};

use crate::names::has_names;

/// A window that finds this Docker, and no Podman.
fn with_docker(playground: &Playground, docker: &str) -> Setup {
    let mut setup = playground.setup().in_home(playground.folder());
    setup.variables.push(("DOCKER_HOST", docker.to_owned()));
    setup.variables.push(("CONTAINER_HOST", "unix:///nowhere/podman.sock".to_owned()));
    setup
}

/// Publishes what is in the form.
async fn publish(window: &Window) {
    window.find("region", "Destination").await;
    window.press("button", "Publish ").await;
    window.find("heading", "Published and verified").await;
}

/// Fails with what axe finds, once nothing moves any more.
async fn is_for_everybody(window: &Window) {
    window.rests().await;
    assert_eq!(window.axe(&[]).await, serde_json::json!([]));
}

/// What the row with this name says of its image.
async fn row(window: &Window, name: &str, says: &str) {
    let there = "return [...document.querySelectorAll('[role=row]')].some((row) =>
        row.querySelector('[role=gridcell][title]')?.title.includes(arguments[0])
            && row.innerText.includes(arguments[1]))";
    let words = [name, says].map(|word| serde_json::json!(word));
    let seen = window.until(there, &words, PATIENCE).await;
    assert!(seen.is_some(), "{name} does not say “{says}” in:\n{}", window.text().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn images_of_docker_are_published_one_after_the_other() {
    let playground = Playground::start().await;
    let docker = Engine::start(Like::Docker);
    docker.has(&saved("a", &["ghcr.io/octocat/first:1.0"]));
    docker.has(&saved("b", &["ghcr.io/octocat/second:2.0"]));
    docker.has(&saved("c", &[]));
    let window = Window::open(with_docker(&playground, &docker.host())).await;
    // Without an account no registry is asked.
    window.press("button", "From Docker or Podman").await;
    row(&window, "first:1.0", "signed out").await;
    add_account(&window, &playground).await;
    window.press("link", "Publish").await;
    window.press("button", "From Docker or Podman").await;
    row(&window, "first:1.0", "no such package").await;
    row(&window, "sha256:", "name it to publish").await;
    has_names(&window, "engines").await;
    is_for_everybody(&window).await;

    window.press("checkbox", "Select all").await;
    window.press("button", "Publish 2 images").await;
    has_names(&window, "engines-queue").await;
    is_for_everybody(&window).await;
    publish(&window).await;
    // The other one waits for its turn.
    window.press("link", "Publish").await;
    window.press("button", "ghcr.io/octocat/first:1.0").await;
    publish(&window).await;
    for (package, tag) in [("octocat/first", "1.0"), ("octocat/second", "2.0")] {
        let found = playground.practice.package(package).expect("it is there");
        assert!(found.tags.contains_key(tag), "{package}");
    }

    window.go("#/publish/engines").await;
    window.press("button", "Check again").await;
    row(&window, "first:1.0", "same digest").await;
    row(&window, "second:2.0", "same digest").await;
    // The name moves to another image, which the registry does not have.
    docker.has(&saved("d", &["ghcr.io/octocat/first:1.0"]));
    window.press("button", "Check again").await;
    row(&window, "first:1.0", "Older there").await;
    assert!(docker.asked().iter().all(|asked| !asked.starts_with("DELETE")));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_gets_another_name_and_the_one_that_it_is_published_under() {
    let playground = Playground::start().await;
    let docker = Engine::start(Like::Docker);
    let id = docker.has(&saved("a", &["app:dev"]));
    docker.uses(&id);
    let window = Window::open(with_docker(&playground, &docker.host())).await;
    add_account(&window, &playground).await;
    window.go("#/publish/engines").await;
    row(&window, "app:dev", "docker.io not asked").await;
    window.press("button", "More actions").await;
    has_names(&window, "engines-menu").await;
    window.press("menuitem", "Show containers").await;
    window.find("dialog", "Containers of app:dev").await;
    window.see("quiet_whale").await;
    window.keys(&key(Key::Escape)).await;
    window.gone_dialog().await;

    window.press("button", "More actions").await;
    window.press("menuitem", "Add tag…").await;
    window.paste("New name", "Not A Name").await;
    window.press_last("button", "Add this name").await;
    let refused = "return document.querySelector('dialog[open] [role=alert]') !== null";
    assert!(window.until(refused, &[], PATIENCE).await.is_some(), "any name will do");
    window.paste("New name", "ghcr.io/octocat/app:next").await;
    window.press_last("button", "Add this name").await;
    window.gone_dialog().await;
    window.see("next").await;
    assert_eq!(docker.names(&id), ["app:dev", "ghcr.io/octocat/app:next"]);

    window.press("checkbox", "Select app:dev").await;
    window.press("button", "Publish…").await;
    window.find("region", "Destination").await;
    window.fill("Owner", "octocat").await;
    window.press("checkbox", "Also name it so in Docker").await;
    publish(&window).await;
    assert!(playground.practice.package("octocat/app").expect("it is there").tags.contains_key("dev"));
    window.go("#/publish/engines").await;
    row(&window, "ghcr.io/octocat/app:dev", "next is not there").await;
    assert_eq!(docker.names(&id), ["app:dev", "ghcr.io/octocat/app:next", "ghcr.io/octocat/app:dev"]);
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_does_not_run_is_told_with_what_starts_it() {
    let playground = Playground::start().await;
    let window = Window::open(with_docker(&playground, "unix:///nowhere/docker.sock")).await;
    window.go("#/publish/engines").await;
    has_names(&window, "engines-away").await;
    is_for_everybody(&window).await;
    window.press("radio", "Podman not running").await;
    window.find("heading", "Podman is not running").await;
    window.see("systemctl --user enable --now podman.socket").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_stops_leaves_its_list_and_comes_back() {
    let playground = Playground::start().await;
    let docker = Engine::start(Like::Docker);
    docker.has(&saved("a", &["ghcr.io/octocat/first:1.0"]));
    let proxy = playground.folder().join("docker.sock");
    std::os::unix::fs::symlink(docker.socket(), &proxy).expect("a link");
    let window = Window::open(with_docker(&playground, &format!("unix://{}", proxy.display()))).await;
    window.go("#/publish/engines").await;
    row(&window, "first:1.0", "signed out").await;
    std::fs::remove_file(&proxy).expect("the link is there");
    window.press("button", "Check again").await;
    window.find("alert", "Docker is not running").await;
    window.see("The list is as of").await;
    row(&window, "first:1.0", "").await;
    std::os::unix::fs::symlink(docker.socket(), &proxy).expect("a link");
    window.press("button", "Check again").await;
    window.gone("alert", "Docker is not running").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_tells_how_images_stand_at_their_registry() {
    let playground = Playground::start().await;
    let docker = Engine::start(Like::Docker);
    for (text, name) in [
        ("a", "ghcr.io/octocat/first:1.0"),
        ("b", "ghcr.io/octocat/first:2.0"),
        ("c", "example.com/octocat/other:1"),
    ] {
        docker.has(&saved(text, &[name]));
    }
    let nobody = Slipway::default()
        .with("SLIPWAY_HOSTS", &playground.hosts().to_string_lossy())
        .with("DOCKER_HOST", &docker.host());
    let run = nobody.run(["images", "--engine", "docker", "--states"]);
    assert_eq!(run.code, 0, "{}", run.error);
    assert!(run.output.contains("unknown at the registry: nobody is signed in at ghcr.io"), "{}", run.output);

    let octocat = nobody.with("GITHUB_ACTOR", "octocat").with("GITHUB_TOKEN", &playground.token("octocat"));
    let first = "ghcr.io/octocat/first:1.0";
    let pushed = octocat.run(["push", "--from", "docker", first, first, "--json"]);
    assert_eq!(pushed.code, 0, "{}", pushed.error);
    let run = octocat.run(["images", "--engine", "docker", "--states"]);
    for (name, says) in [
        (first, "published at ghcr.io: same configuration"),
        ("ghcr.io/octocat/first:2.0", "not at ghcr.io: no such tag"),
        ("example.com/octocat/other:1", "example.com was not asked: no account there"),
    ] {
        // Its names, its facts, and how it stands.
        let said = run.output.lines().skip_while(|line| !line.ends_with(name)).nth(2).unwrap_or_default();
        assert!(said.contains(says), "{name} in:\n{}", run.output);
    }
    let run = octocat.run(["images", "--engine", "docker", "--states", "--json"]);
    let images = run.last()["engines"][0]["images"].as_array().expect("images").clone();
    let states: std::collections::HashMap<&str, &serde_json::Value> =
        images.iter().map(|image| (image["names"][0].as_str().expect("a name"), &image["there"])).collect();
    assert_eq!(states[first]["state"], "published");
    assert_eq!(states[first]["digest"], pushed.digest());
    assert_eq!(states["ghcr.io/octocat/first:2.0"]["state"], "notThere");
    assert_eq!(states["example.com/octocat/other:1"]["reason"], "notAsked");
}
