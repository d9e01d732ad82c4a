//! An image is built from a Dockerfile by an engine's double, as people go about it.

use slipway_stage::engine::{Engine, Like, Told};
use slipway_stage::image::saved;
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::steps::add_account;
use slipway_tests::window::Window;

use crate::names::has_names;

/// What the secret is; nothing of the window may show it.
const CANARY: &str = "canary-of-a-build";

const DOCKERFILE: &str = "ARG VERSION=1\nFROM node:${VERSION} AS build\n\
    RUN --mount=type=secret,id=NPM_TOKEN npm run build\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_built_cancelled_mended_and_published() {
    let playground = Playground::start().await;
    let docker = Engine::start(Like::Docker);
    let folder = playground.folder().join("app");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("Dockerfile"), DOCKERFILE).expect("a Dockerfile");
    let run = "[build 2/2] RUN --mount=type=secret,id=NPM_TOKEN npm run build";
    let built = saved("built", &[]);
    let from = Told::Cached("[build 1/2] FROM node:1");
    docker.will_build(&[from.clone(), Told::Runs(run), Told::Secret("NPM_TOKEN"), Told::Hangs], &built);
    docker.will_build(
        &[from.clone(), Told::Runs(run), Told::Logs("no room"), Told::Fails("exit code: 3")],
        &built,
    );
    docker.will_build(&[from, Told::Runs(run), Told::Done], &built);
    let mut setup = playground.setup().in_home(playground.folder());
    setup.argument = Some(folder);
    setup.variables.push(("DOCKER_HOST", docker.host()));
    setup.variables.push(("CONTAINER_HOST", "unix:///nowhere/podman.sock".to_owned()));
    setup.variables.push(("NPM_TOKEN", CANARY.to_owned()));
    let window = Window::open_named(setup, "Build from a Dockerfile").await;

    has_names(&window, "build").await;
    // While the engines are asked the button is off.
    window.rests().await;
    window.press("button", "Build with Docker").await;
    window.find("region", "Building app").await;
    window.see("***").await;
    has_names(&window, "building").await;
    assert!(!window.everything().await.contains(CANARY));
    assert_eq!(window.axe(&[]).await, serde_json::json!([]));
    window.press("button", "Cancel").await;
    window.find("region", "Cancelled: app").await;
    window.see("Finished steps stay in the cache.").await;
    has_names(&window, "build-cancelled").await;

    window.rests().await;
    window.press("button", "Build again").await;
    window.find("region", "Failed: app").await;
    window.see("Dockerfile, line 3").await;
    window.see("no room").await;
    has_names(&window, "build-failed").await;

    add_account(&window, &playground).await;
    window.go("#/publish/build").await;
    window.press("checkbox", "Publish when built").await;
    window.paste("Destination of the image", "ghcr.io/octocat/app:1.0").await;
    window.press("button", "Use this name").await;
    window.rests().await;
    window.press("button", "Build again").await;
    window.find("button", "Show the publish").await;
    has_names(&window, "built").await;
    // A long ID pushes its button nowhere.
    let inside = "const button = document.querySelector('button[aria-label=\"Copy image ID\"]');
        const [its, cards] = [button, button.closest('.card')].map((it) => it.getBoundingClientRect().right);
        return its <= cards;";
    assert_eq!(window.script(inside, &[]).await, true, "it can be copied");
    window.press("button", "Show the publish").await;
    window.find("heading", "Published and verified").await;
    assert!(playground.practice.package("octocat/app").expect("it is there").tags.contains_key("1.0"));
    window.close().await;
}
