//! Every control of the design's tables is found by its role and its English name.

use std::collections::BTreeSet;
use std::time::Duration;

use fantoccini::key::Key;
use slipway_practice::{Mishap, Place, Trouble, Wish};
use slipway_tests::archive::{self, Layer};
use slipway_tests::keys::{enter, key};
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::steps;
use slipway_tests::window::Window;

/// The table of names, screen by screen: `tests/contract/names.json`.
pub(crate) struct Contract(serde_json::Value);

impl Contract {
    pub(crate) fn read() -> Self {
        let path = slipway_tests::root().join("tests/contract/names.json");
        let text = std::fs::read_to_string(&path).expect("the table of names is there");
        Self(serde_json::from_str(&text).expect("it is JSON"))
    }

    /// Roles and names of a screen; a name that ends with `*` goes on with something that varies.
    pub(crate) fn of(&self, screen: &str) -> Vec<(&str, &str)> {
        fn text(cell: &serde_json::Value) -> &str {
            cell.as_str().expect("roles and names are text")
        }
        let rows = self.0[screen].as_array().unwrap_or_else(|| panic!("no table of “{screen}”"));
        rows.iter().map(|row| (text(&row[0]), text(&row[1]))).collect()
    }

    fn screens(&self) -> BTreeSet<&str> {
        self.0.as_object().expect("a table for each screen").keys().map(String::as_str).collect()
    }
}

/// Fails with the names of a screen's table that are not on the page.
pub(crate) async fn has_names(window: &Window, screen: &str) {
    let missing = window.missing(&Contract::read().of(screen)).await;
    assert!(missing.is_empty(), "{screen}: {missing:?}");
}

/// The sections of Settings by their links.
const SETTINGS: [&str; 8] =
    ["General", "Appearance", "Hosts", "Network", "Transfer", "Shortcuts", "Diagnostics", "About"];

/// What was not found so far, each with its screen.
struct Tour {
    window: Window,
    contract: Contract,
    missing: Vec<String>,
    seen: BTreeSet<String>,
}

impl Tour {
    async fn screen(&mut self, screen: &str) {
        let missing = self.window.missing(&self.contract.of(screen)).await;
        self.missing.extend(missing.into_iter().map(|name| format!("{screen}: {name}")));
        self.seen.insert(screen.to_owned());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_name_of_the_contract_is_found_by_its_role() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup_with_browser().in_home(playground.folder())).await;
    let mut tour = Tour { window, contract: Contract::read(), missing: Vec::new(), seen: BTreeSet::new() };
    start(&mut tour, &playground).await;
    form(&mut tour, &playground).await;
    job(&mut tour, &playground).await;
    install(&mut tour, &playground).await;
    accounts(&mut tour, &playground).await;
    settings(&mut tour).await;
    // They want an engine, and are looked at where there is one (`build`, `held`, `install`).
    let builds = ["build", "building", "build-cancelled", "build-failed", "built"];
    let engines = ["engines", "engines-menu", "engines-queue", "engines-away"];
    let loaded = ["install-refused", "installed-in-engine"];
    tour.seen.extend(builds.into_iter().chain(engines).chain(loaded).map(str::to_owned));
    tour.window.close().await;
    assert!(tour.missing.is_empty(), "not found by role and name:\n{}", tour.missing.join("\n"));
    let passed_by: Vec<_> =
        tour.contract.screens().into_iter().filter(|screen| !tour.seen.contains(*screen)).collect();
    assert!(passed_by.is_empty(), "tables of screens that were not looked at: {passed_by:?}");
}

async fn start(tour: &mut Tour, playground: &Playground) {
    tour.screen("everywhere").await;
    tour.screen("start").await;
    for number in 1..=5 {
        let name = format!("recent-{number}");
        let layers = [Layer::Text("small")];
        let file = playground
            .archive(&format!("{name}.tar"), |path| archive::oci(path, &name, &["linux/amd64"], &layers));
        steps::open(&tour.window, &file).await;
        tour.window.command("Close the image").await;
        tour.window.find("region", "Drop zone").await;
    }
    tour.screen("recent").await;
}

async fn form(tour: &mut Tour, playground: &Playground) {
    steps::open(&tour.window, &playground.sample).await;
    tour.window.fill("Repository", "octocat/octo-app").await;
    steps::publish(&tour.window, playground).await;
    tour.window.find("heading", "Published and verified").await;
    tour.window.press("button", "Publish again…").await;
    tour.window.press("button", "Check again").await;
    tour.screen("form-published-already").await;
    tour.window.fill("Image name", "other").await;
    tour.screen("form").await;
    for (button, screen) in [("Choose owner", "form-owners"), ("Choose repository", "form-repositories")] {
        tour.window.press("button", button).await;
        tour.screen(screen).await;
        tour.window.press("button", button).await;
    }
    tour.window.fill("Image name", "Other").await;
    tour.screen("form-with-a-problem").await;
    tour.window.press("button", "Use “other”").await;
    tour.window.press("button", "Inspect").await;
    tour.screen("inspect").await;
    tour.window.press("button", "Close").await;
}

async fn job(tour: &mut Tour, playground: &Playground) {
    let deny = |name: Option<&str>| {
        playground.practice.switches().change(|switches| {
            switches.deny_package = name.map(str::to_owned).into_iter().collect();
        });
    };
    tour.window.find("button", "Publish ").await;
    // It becomes so after the checks, which would say it, too.
    steps::checked(&tour.window).await;
    deny(Some("octocat/other"));
    tour.window.press("button", "Publish ").await;
    tour.window.find("heading", "Failed").await;
    tour.screen("failure").await;
    deny(None);

    // The tag that the sample took before moves to another image.
    tour.window.press("link", "Publish").await;
    tour.window.command("Close the image").await;
    steps::open(&tour.window, &playground.large()).await;
    tour.window.fill("Image name", "hello").await;
    tour.window.press("button", "Remove version 1").await;
    for version in ["1.0", "1.1"] {
        tour.window.fill("Version", version).await;
        tour.window.keys(&enter()).await;
    }
    tour.screen("form-with-a-moved-tag").await;
    tour.window.press("button", "Publish ").await;
    tour.window.find("heading", "Published and verified").await;
    tour.screen("result").await;

    playground.pace(Some(200_000));
    tour.window.press("button", "Publish again…").await;
    tour.window.fill("Image name", "large").await;
    tour.window.press("button", "Remove version 1.1").await;
    tour.window.press("button", "Remove version 1.0").await;
    tour.window.fill("Version", "1").await;
    tour.window.keys(&enter()).await;
    // Else the layer would be linked from where it is.
    playground.link_nothing();
    tour.window.press("button", "Publish ").await;
    tour.window.find("heading", "Publishing").await;
    tour.screen("running").await;
    tour.window.press("button", "Pause").await;
    tour.window.find("heading", "Paused").await;
    tour.screen("paused").await;
    let waits = Mishap::TooMany(Wish::Seconds(Duration::from_mins(2).as_secs()));
    playground.practice.plan(Trouble::at(Place::Any, waits));
    tour.window.press("button", "Resume").await;
    tour.screen("waiting").await;
    tour.window.press("link", "Activity").await;
    tour.screen("activity").await;
}

async fn install(tour: &mut Tour, playground: &Playground) {
    tour.window.press("link", "Install").await;
    tour.screen("install").await;
    tour.window.paste("Image reference", "ghcr.io/octocat/hello").await;
    tour.window.keys(&enter()).await;
    tour.window.find("button", "Install ").await;
    tour.screen("install-tags").await;
    tour.window.press("button", "Copy to…").await;
    tour.window.find("combobox", "Copy to").await;
    let script = "document.getElementById('copy-to').focus();
        document.execCommand('insertText', false, arguments[0])";
    tour.window.script(script, &[serde_json::json!("ghcr.io/octocat/hello-again")]).await;
    tour.window.find("button", "Copy 1 version, ").await;
    tour.screen("copy").await;
    // By the keyboard: its buttons move as the plan becomes known.
    tour.window.keys(&key(Key::Escape)).await;
    tour.window.gone_dialog().await;
    playground.practice.switches().change(|switches| switches.download_pace = Some(200_000));
    tour.window.press("button", "Install ").await;
    tour.window.find("progressbar", "Installing").await;
    tour.screen("installing").await;
    playground.practice.switches().change(|switches| switches.download_pace = None);
    tour.window.find("heading", "Installed and verified").await;
    tour.screen("installed").await;
}

async fn accounts(tour: &mut Tour, playground: &Playground) {
    tour.window.press("link", "Accounts").await;
    tour.window.press("button", "Add account…").await;
    tour.window.press("tab", "Paste a token").await;
    // Nothing is signed in on this computer, so those ways are folded.
    tour.window.press("button", "More ways").await;
    tour.screen("add-account").await;
    tour.window.press("tab", "Sign in with browser").await;
    tour.window.press_last("button", "Show code").await;
    tour.screen("add-account-browser").await;
    tour.window.hand_over(&playground.token_called("expiring")).await;
    tour.window.press_last("button", "Add account").await;
    tour.window.gone_dialog().await;
    tour.screen("account-that-ends-soon").await;
    tour.window.press("button", "Replace token…").await;
    tour.window.hand_over(&playground.token_called("sso-listed")).await;
    tour.window.press_last("button", "Replace token").await;
    tour.window.gone_dialog().await;
    // GitHub names such an organization only to who asks about it.
    tour.window.press("link", "Publish").await;
    if tour.window.has("region", "Drop zone").await {
        steps::open(&tour.window, &playground.sample).await;
    }
    tour.window.fill("Owner", "octo-sso").await;
    tour.window.see("Single sign-on for octo-sso is missing.").await;
    tour.window.press("link", "Accounts").await;
    tour.screen("accounts").await;
}

async fn settings(tour: &mut Tour) {
    tour.window.press("link", "Settings").await;
    tour.screen("settings").await;
    for section in SETTINGS {
        if !tour.window.has_exactly("link", section).await {
            tour.missing.push(format!("settings: link “{section}”"));
            continue;
        }
        tour.window.press("link", section).await;
        tour.window.find("heading 2", section).await;
        tour.screen(&format!("settings-{}", section.to_lowercase())).await;
    }
    tour.window.press("button", "Search or run a command").await;
    tour.screen("palette").await;
}
