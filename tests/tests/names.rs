//! Every control of the design's tables is found by its role and its English name.

use std::time::Duration;

use slipway_practice::{Mishap, Place, Trouble, Wish};
use slipway_tests::archive::{self, Layer};
use slipway_tests::keys::enter;
use slipway_tests::playground::Playground;
use slipway_tests::steps;
use slipway_tests::window::Window;

/// Roles and names; a name that ends with `*` goes on with something that varies.
type Names = &'static [(&'static str, &'static str)];

// Packages, Install and Migrate get their links, and their tables here, with their screens.
const EVERYWHERE: Names = &[
    ("navigation", "Main"),
    ("link", "Publish"),
    ("link", "Activity"),
    ("link", "Accounts"),
    ("link", "Settings"),
    ("main", "Publish"),
    ("button", "Search or run a command"),
    ("contentinfo", "Status bar"),
    ("link", "Online"),
    ("status", "Announcements"),
    ("alert", "Urgent announcements"),
];

const START: Names = &[
    ("heading 1", "Publish"),
    ("button", "Choose image…"),
    ("button", "Paste a path"),
    ("region", "Drop zone"),
    ("list", "Other ways to start"),
    ("button", "From Docker or Podman"),
    ("button", "Build from a Dockerfile…"),
    ("button", "Copy from another registry"),
    ("button", "Try the practice registry"),
];

const RECENT: Names = &[("list", "Recent images"), ("button", "recent-5.tar"), ("button", "Show all*")];

const FORM: Names = &[
    ("region", "Image"),
    ("region", "Destination"),
    ("region", "Pre-flight"),
    ("img", "Layers"),
    ("button", "Inspect"),
    ("button", "Replace…"),
    ("button", "Account: octocat*"),
    ("radiogroup", "Registry"),
    ("radio", "ghcr.io"),
    ("radio", "docker.pkg.github.com Legacy"),
    ("textbox", "Owner"),
    ("textbox", "Repository"),
    ("textbox", "Image name"),
    ("textbox", "Version"),
    ("button", "Choose owner"),
    ("button", "Choose repository"),
    ("list", "Versions"),
    ("button", "Remove version 1.0"),
    ("status", "Full reference"),
    ("button", "Copy reference"),
    ("button", "More options"),
    ("button", "Check again"),
    ("button", "Show as command"),
    ("list", "Checks"),
    ("button", "Publish*"),
];

const INSPECT: Names = &[
    ("dialog", "Image details"),
    ("tab", "Layers"),
    ("tab", "Configuration"),
    ("tab", "Manifest"),
    ("tab", "Findings"),
    ("table", "Layers"),
    ("button", "Copy as JSON"),
];

const RUNNING: Names = &[
    ("heading 1", "Publishing"),
    ("progressbar", "Publishing"),
    ("button", "Pause"),
    ("button", "Cancel"),
    ("list", "Steps"),
    ("button", "Layers"),
    ("button", "Log"),
    ("table", "Layers"),
    ("columnheader", "Layer"),
    ("columnheader", "Size"),
    ("columnheader", "State"),
    ("img", "Speed"),
    ("switch", "Notify me when it’s done"),
];

const RESULT: Names = &[
    ("heading 1", "Published"),
    ("heading 2", "Published and verified"),
    ("button", "Publish again…"),
    ("button", "Copy pull command by version"),
    ("button", "Copy pull command by digest"),
    ("button", "Copy digest"),
    ("button", "Move it back"),
    ("link", "Open package page"),
    ("link", "Make public on GitHub…"),
    ("tablist", "Use it"),
    ("status", "Visibility"),
    ("button", "Export as GitHub Actions workflow…"),
    ("button", "Show as command"),
    ("button", "Publish another image"),
];

const FAILURE: Names = &[
    ("heading 1", "Failed"),
    ("alert", "ghcr.io refused the upload"),
    ("button", "Try again"),
    ("button", "Change destination…"),
    ("button", "Technical detail"),
    ("button", "Copy technical detail"),
    ("list", "What you can do"),
];

/// "Show report" belongs to migrations, "Yesterday" to older days.
const ACTIVITY: Names = &[
    ("heading 1", "Activity"),
    ("radiogroup", "Show"),
    ("radio", "All"),
    ("radio", "Active"),
    ("radio", "Needs you"),
    ("radio", "Done"),
    ("searchbox", "Search activity"),
    ("list", "Active"),
    ("list", "Earlier today"),
    ("listitem", "Publish ghcr.io/octocat/large:1"),
    ("listitem", "Publish ghcr.io/octocat/hello:1.0"),
    ("progressbar", "Publishing ghcr.io/octocat/large:1"),
    ("button", "Cancel"),
    ("button", "Try now"),
    ("button", "Try again"),
    ("button", "See why"),
    ("button", "Publish again…"),
    ("button", "More actions"),
    ("button", "Pause all"),
    ("button", "Export history…"),
];

const SETTINGS: [(&str, Names); 9] = [
    ("General", &[("combobox", "Language")]),
    (
        "Appearance",
        &[
            ("radiogroup", "Theme"),
            ("radio", "System"),
            ("radio", "Light"),
            ("radio", "Dark"),
            ("radio", "High contrast"),
            ("switch", "Reduce motion"),
        ],
    ),
    ("Hosts", &[("list", "Hosts"), ("button", "Add Enterprise host…")]),
    ("Network", &[("combobox", "Proxy"), ("spinbutton", "Upload limit")]),
    ("Transfer", &[("slider", "Compression")]),
    ("Notifications", &[]),
    ("Shortcuts", &[("table", "Keyboard shortcuts")]),
    ("Diagnostics", &[("button", "Save report…")]),
    ("About", &[]),
];

const ACCOUNTS: Names = &[
    ("heading 1", "Accounts"),
    ("listbox", "Accounts"),
    ("button", "Add account…"),
    ("button", "Verify now"),
    ("button", "Replace token…"),
    ("button", "Sign out"),
    ("button", "Sign in Docker and Podman too…"),
    ("link", "Add scope"),
    ("link", "Authorize for octo-sso"),
    ("table", "What this token can do"),
];

const ADD_ACCOUNT: Names = &[
    ("dialog", "Add account"),
    ("tablist", "Way to sign in"),
    ("tab", "Sign in with browser"),
    ("tab", "Paste a token"),
    ("tab", "Read from a file"),
    ("tab", "Environment"),
    ("tab", "Docker or Podman"),
    ("tab", "GitHub CLI"),
    ("combobox", "Host"),
    ("combobox", "What for"),
    ("textbox", "Token"),
    ("checkbox", "Keep it in the system keychain"),
    ("button", "Paste from clipboard"),
    ("link", "Create token on GitHub"),
    ("button", "Add account"),
    ("button", "Cancel"),
];

const PALETTE: Names =
    &[("dialog", "Search or run a command"), ("combobox", "Command"), ("listbox", "Results")];

/// What was not found so far, each with its screen.
struct Tour {
    window: Window,
    missing: Vec<String>,
}

impl Tour {
    async fn screen(&mut self, screen: &str, names: Names) {
        let missing = self.window.missing(names).await;
        self.missing.extend(missing.into_iter().map(|name| format!("{screen}: {name}")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_name_of_the_contract_is_found_by_its_role() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup_with_browser()).await;
    let mut tour = Tour { window, missing: Vec::new() };
    start(&mut tour, &playground).await;
    form(&mut tour, &playground).await;
    job(&mut tour, &playground).await;
    accounts(&mut tour, &playground).await;
    settings(&mut tour).await;
    tour.window.close().await;
    assert!(tour.missing.is_empty(), "not found by role and name:\n{}", tour.missing.join("\n"));
}

async fn start(tour: &mut Tour, playground: &Playground) {
    tour.screen("everywhere", EVERYWHERE).await;
    tour.screen("start", START).await;
    for number in 1..=5 {
        let name = format!("recent-{number}");
        let layers = [Layer::Text("small")];
        let file = playground
            .archive(&format!("{name}.tar"), |path| archive::oci(path, &name, &["linux/amd64"], &layers));
        steps::open(&tour.window, &file).await;
        tour.window.command("Close the image").await;
        tour.window.find("region", "Drop zone").await;
    }
    tour.screen("start with recent images", RECENT).await;
}

async fn form(tour: &mut Tour, playground: &Playground) {
    steps::open(&tour.window, &playground.sample).await;
    tour.window.fill("Repository", "octocat/octo-app").await;
    steps::publish(&tour.window, playground).await;
    tour.window.find("heading", "Published and verified").await;
    tour.window.press("button", "Publish again…").await;
    tour.window.press("button", "Check again").await;
    tour.screen("form, published already", &[("button", "Nothing to publish")]).await;
    tour.window.fill("Image name", "other").await;
    tour.screen("form", FORM).await;
    for (button, names) in [
        ("Choose owner", &[("listbox", "Owners")][..]),
        ("Choose repository", &[("listbox", "Repositories")]),
    ] {
        tour.window.press("button", button).await;
        tour.screen(button, names).await;
        tour.window.press("button", button).await;
    }
    tour.window.fill("Image name", "Other").await;
    tour.screen("form with a problem", &[("button", "Go to first problem"), ("button", "Use “other”")]).await;
    tour.window.press("button", "Use “other”").await;
    tour.window.press("button", "Inspect").await;
    tour.screen("inspect", INSPECT).await;
    tour.window.press("button", "Close").await;
}

async fn job(tour: &mut Tour, playground: &Playground) {
    let deny = |name: Option<&str>| {
        playground.practice.switches().change(|switches| {
            switches.deny_package = name.map(str::to_owned).into_iter().collect();
        });
    };
    tour.window.find("button", "Publish ").await;
    // It becomes so after the checks.
    deny(Some("octocat/other"));
    tour.window.press("button", "Publish ").await;
    tour.window.find("heading", "Failed").await;
    tour.screen("failure", FAILURE).await;
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
    tour.screen("form with a moved tag", &[("button", "Leave it")]).await;
    tour.window.press("button", "Publish ").await;
    tour.window.find("heading", "Published and verified").await;
    tour.screen("result", RESULT).await;

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
    tour.screen("job", RUNNING).await;
    tour.window.press("button", "Pause").await;
    tour.window.find("heading", "Paused").await;
    tour.screen("paused job", &[("button", "Resume"), ("button", "Cancel")]).await;
    let waits = Mishap::TooMany(Wish::Seconds(Duration::from_mins(2).as_secs()));
    playground.practice.plan(Trouble::at(Place::Any, waits));
    tour.window.press("button", "Resume").await;
    tour.screen("waiting job", &[("button", "Try now")]).await;
    tour.window.press("link", "Activity").await;
    tour.screen("activity", ACTIVITY).await;
}

async fn accounts(tour: &mut Tour, playground: &Playground) {
    tour.window.press("link", "Accounts").await;
    tour.window.press("button", "Add account…").await;
    tour.window.press("tab", "Paste a token").await;
    tour.screen("add account", ADD_ACCOUNT).await;
    tour.window.press("tab", "Sign in with browser").await;
    tour.window.press_last("button", "Show code").await;
    tour.screen(
        "add account, browser",
        &[("textbox", "Code"), ("button", "Copy code"), ("link", "Open page")],
    )
    .await;
    tour.window.hand_over(&playground.token_called("expiring")).await;
    tour.window.press_last("button", "Add account").await;
    tour.window.gone_dialog().await;
    tour.screen("account that ends soon", &[("button", "Renew")]).await;
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
    tour.screen("accounts", ACCOUNTS).await;
}

async fn settings(tour: &mut Tour) {
    tour.window.press("link", "Settings").await;
    tour.screen("settings", &[("heading 1", "Settings"), ("navigation", "Settings sections")]).await;
    for (section, names) in SETTINGS {
        if !tour.window.has_exactly("link", section).await {
            tour.missing.push(format!("settings: link “{section}”"));
            continue;
        }
        tour.window.press("link", section).await;
        tour.window.find("heading 2", section).await;
        tour.screen(&format!("settings, {section}"), names).await;
    }
    tour.window.press("button", "Search or run a command").await;
    tour.screen("palette", PALETTE).await;
}
