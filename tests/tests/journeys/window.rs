//! Journeys in the real window, by the names and roles that people and assistive technology meet.

use slipway_tests::command::Slipway;
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::registry::skopeo_digest;
use slipway_tests::shapes;
use slipway_tests::window::{Setup, Window};

const CANARY: &str = "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";

/// The digest that the result page names.
async fn published_digest(window: &Window) -> String {
    window.find("heading", "Published and verified").await;
    let text = window.everything().await;
    let at = text.find("@sha256:").expect("a pull command by digest");
    text[at + 1..at + 1 + "sha256:".len() + 64].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_published_to_ghcr_through_the_form() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup()).await;
    let archive = shapes::legacy(playground.folder()).path;
    window.open_file(&archive).await;
    window.find("region", "Destination").await;
    window.sign_in("octocat", &playground.token("octocat")).await;
    window.fill("Owner", "octocat").await;
    window.fill("Image name", "monalisa").await;
    window.find("button", "Publish").await;
    window.press("button", "Publish ").await;
    let digest = published_digest(&window).await;
    let address = playground.practice.ghcr();
    let credential = format!("octocat:{}", playground.token("octocat"));
    assert_eq!(skopeo_digest(&format!("{address}/octocat/monalisa:latest"), Some(&credential)), digest);
    window.find("button", "Copy pull command by version").await;
    window.find("button", "Copy pull command by digest").await;
    // The command knows what the window did.
    let slipway = Slipway::default().with("SLIPWAY_HOME", &window.home().to_string_lossy());
    // A job is kept a moment after its end.
    for _ in 0..200 {
        if slipway.run(["jobs", "monalisa"]).output.contains(&digest) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let told = slipway.run(["jobs", "--json"]).last();
    assert_eq!(told["history"][0]["kind"], "publish", "{told}");
    assert_eq!(slipway.run(["jobs", "nothing of the kind"]).output, "");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_published_to_the_legacy_registry_through_the_form() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup_with(&playground.sample)).await;
    // Started with a file: the form is there at once.
    window.find("region", "Destination").await;
    window.press("radio", "docker.pkg.github.com").await;
    window.find("textbox", "Repository").await;
    window.sign_in("octocat", &playground.token("octocat")).await;
    window.fill("Owner", "octocat").await;
    window.fill("Repository", "octo-app").await;
    window.press("button", "Publish ").await;
    window.find("heading", "Published and verified").await;
    // skopeo cannot read this registry's answers: it states `application/json` for every manifest.
    let package = playground.practice.docker_package("octocat/octo-app/hello").expect("the package is there");
    assert!(window.everything().await.contains(&package.tags["1.0"]));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_name_is_fixed_by_one_click_and_can_be_undone() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup_with(&playground.sample)).await;
    window.fill("Owner", "Octocat").await;
    window.see("Lower-case letters only.").await;
    window.find("button", "Go to first problem").await;
    window.press("button", "Use “octocat”").await;
    window.see("ghcr.io/octocat/hello:1.0").await;
    window.loses("Lower-case letters only.").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_token_is_explained_and_keeps_the_form() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup_with(&playground.sample)).await;
    window.fill("Owner", "octocat").await;
    window.sign_in("octocat", &playground.token_called("read")).await;
    // The answer comes before the upload.
    window.find("button", "Go to first problem").await;
    window.see("The token lacks write:packages").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_publish_ends_and_leaves_no_version() {
    let playground = Playground::start().await;
    playground.pace(Some(100_000));
    let window = Window::open(playground.setup_with(&playground.large())).await;
    window.fill("Owner", "octocat").await;
    window.sign_in("octocat", &playground.token("octocat")).await;
    window.press("button", "Publish ").await;
    window.find("heading", "Publishing").await;
    window.press("button", "Cancel").await;
    window.find("heading", "Cancelled").await;
    let wrote_manifest = playground.practice.requests().iter().any(|request| {
        request.method == "PUT"
            && request.path.contains("/manifests/")
            && request.status.is_some_and(|status| status < 300)
    });
    assert!(!wrote_manifest, "nothing is published after a cancel");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_publish_goes_on_to_its_digest() {
    let playground = Playground::start().await;
    playground.pace(Some(100_000));
    let window = Window::open(playground.setup_with(&playground.large())).await;
    window.fill("Owner", "octocat").await;
    window.sign_in("octocat", &playground.token("octocat")).await;
    window.press("button", "Publish ").await;
    window.find("heading", "Publishing").await;
    window.press("button", "Pause").await;
    window.find("heading", "Paused").await;
    window.see("kept").await;
    playground.pace(None);
    window.press("button", "Resume").await;
    let digest = published_digest(&window).await;
    assert_eq!(playground.practice.package("octocat/large").unwrap().tags["1"], digest);
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_tries_it_out_without_an_account() {
    let window = Window::open(Setup::default()).await;
    window.press("button", "Try it without an account").await;
    window.find("region", "Destination").await;
    window.see("Practice").await;
    window.press("button", "Publish about ").await;
    published_digest(&window).await;
    // What is shown is the real thing; what can be copied leads to this computer.
    window.see("which plays ghcr.io here").await;
    let shown = window.text().await;
    assert!(shown.contains("docker pull 127.0.0.1:") && !shown.contains("pull ghcr.io"), "{shown}");
    window.press("button", "Do this with your account").await;
    window.see("ghcr.io/hello:1.0").await;
    window.find("button", "Add account…").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_image_is_refused_with_its_reason() {
    let window = Window::open(Setup::default()).await;
    let zip = window.home().join("notes.zip");
    std::fs::write(&zip, b"PK\x03\x04 and more").unwrap();
    window.open_file(&zip).await;
    window.see("A zip file is not an image. Unpack it and drop the .tar inside.").await;
    window.find("region", "Drop zone").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_speaks_chinese_and_keeps_names_as_they_are() {
    let playground = Playground::start().await;
    let settings = "language = \"zh-CN\"\ntheme = \"dark\"\n".to_owned();
    let window =
        Window::open_named(Setup { settings, ..playground.setup_with(&playground.sample) }, "发布").await;
    window.see("镜像名称").await;
    window.see("ghcr.io").await;
    let language = window.script("return document.documentElement.lang", &[]).await;
    assert_eq!(language, "zh-CN");
    window.close().await;
}

/// The token goes in and never comes back: not into the page, a message, an error or a file.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_never_shows_anywhere() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup_with(&playground.sample)).await;
    // Every message from Rust to the page is kept, too.
    let spy = "
        window.__messages = [];
        const keep = (value) => { try { window.__messages.push(JSON.stringify(value)); } catch { /* not data */ } };
        const json = Response.prototype.json, text = Response.prototype.text;
        Response.prototype.json = async function () { const value = await json.call(this); keep(value); return value; };
        Response.prototype.text = async function () { const value = await text.call(this); keep(value); return value; };";
    window.script(spy, &[]).await;
    window.fill("Owner", "octocat").await;
    window.press("button", "Add account…").await;
    window.hand_over(CANARY).await;
    window.see("Complete, no copying error").await;
    window.press_last("button", "Add account").await;
    window.see("GitHub no longer accepts this token").await;
    let seen = window.everything().await
        + &window.script("return JSON.stringify(window.__messages)", &[]).await.to_string();
    assert!(seen.contains("octocat") && !seen.contains("canaryCanary"), "the token is in the page");
    let mut folders = vec![window.home().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                let content = std::fs::read(entry.path()).unwrap_or_default();
                assert!(
                    !String::from_utf8_lossy(&content).contains("canaryCanary"),
                    "{}",
                    entry.path().display()
                );
            }
        }
    }
    window.close().await;
}
