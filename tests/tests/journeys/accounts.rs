//! Accounts in the real window, with a real keychain and without one.

use slipway_tests::bus::Bus;
use slipway_tests::display::Display;
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::programs::Programs;
use slipway_tests::steps;
use slipway_tests::window::{Setup, Window};

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_kept_in_the_keychain_used_after_a_restart_and_signed_out() {
    let (display, bus, playground) = (Display::start(), Bus::start(), Playground::start().await);
    let keyring = bus.keyring().await;
    let window = Window::open(playground.setup().on(&display, Some(&bus))).await;
    window.press("link", "Accounts").await;
    window.press("button", "Add account…").await;
    window.hand_over(&playground.token("octocat")).await;
    window.press_last("button", "Add account").await;
    window.see("Accepted by ghcr.io").await;
    window.see("Stored in the system keychain").await;
    assert_eq!(keyring.secret("octocat@github.com"), playground.token("octocat"));
    assert!(!window.everything().await.contains(&playground.token("octocat")), "it never comes back");

    let home = window.leave().await;
    let window =
        Window::open(playground.setup_with(&playground.sample).on(&display, Some(&bus)).at(home)).await;
    window.find("button", "Account: octocat github.com").await;
    window.fill("Owner", "octocat").await;
    steps::unfold(&window).await;
    window.see("Token accepted").await;
    window.see("octocat exists").await;
    window.press("button", "Publish ").await;
    window.find("heading", "Published and verified").await;

    window.press("link", "Accounts").await;
    window.press("button", "Verify now").await;
    window.see("Accepted by ghcr.io").await;
    window.press("button", "Sign out").await;
    window.press_last("button", "Sign out").await;
    window.see("No account yet").await;
    assert_eq!(keyring.secret("octocat@github.com"), "");
    window.close().await;
}

/// Whoever has GitHub's command line publishes with two presses once the file is open (choosing it takes two more), and
/// types nothing. Nothing runs before the first of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_there_already_is_one_press_away() {
    let (playground, programs) = (Playground::start().await, Programs::default());
    let token = playground.token("octocat");
    programs.gh(&token);
    let setup = Setup { variables: programs.variables(), ..playground.setup_with(&playground.sample) };
    let window = Window::open(setup).await;
    window.find("button", "Use octocat from GitHub CLI").await;
    assert_eq!(programs.started(), "", "the file is read, and no program runs");
    window.press("button", "Use octocat from GitHub CLI").await;
    window.find("button", "Account: octocat github.com").await;
    window.focuses("button", "Account: octocat github.com").await;
    steps::checked(&window).await;
    assert!(!window.everything().await.contains(&token), "it never comes to the page");
    window.press("button", "Publish about ").await;
    window.find("heading", "Published and verified").await;
    assert!(playground.practice.package("octocat/hello").is_some());
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_a_token_is_kept_until_slipway_quits_and_people_are_told() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup()).await;
    window.press("link", "Accounts").await;
    window.see("No keychain answers on this computer").await;
    window.press("button", "Add account…").await;
    window.hand_over(&playground.token("octocat")).await;
    window.press_last("button", "Add account").await;
    window.see("Kept until you quit").await;
    let home = window.leave().await;
    let window = Window::open(playground.setup().at(home)).await;
    window.press("link", "Accounts").await;
    window.see("No account yet").await;
    window.close().await;
}

/// A keychain that starts later is found without a restart.
#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_starts_later_is_found() {
    let (display, bus, playground) = (Display::start(), Bus::start(), Playground::start().await);
    let window = Window::open(playground.setup().on(&display, Some(&bus))).await;
    window.press("link", "Accounts").await;
    window.see("No keychain answers on this computer").await;
    let keyring = bus.keyring().await;
    window.press("button", "Check again").await;
    window.gone("button", "Check again").await;
    window.press("button", "Add account…").await;
    window.hand_over(&playground.token("octocat")).await;
    window.press_last("button", "Add account").await;
    window.see("Stored in the system keychain").await;
    assert_eq!(keyring.secret("octocat@github.com"), playground.token("octocat"));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_replaced_and_one_that_may_less_says_so() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup()).await;
    window.press("link", "Accounts").await;
    window.press("button", "Add account…").await;
    window.hand_over(&playground.token_called("read")).await;
    window.press_last("button", "Add account").await;
    window.see("publishing needs write:packages").await;
    window.press("button", "Replace token…").await;
    window.hand_over(playground.practice.token("monalisa", "publish").unwrap()).await;
    window.press_last("button", "Replace token").await;
    window.see("This token belongs to monalisa").await;
    window.hand_over(&playground.token("octocat")).await;
    window.press_last("button", "Replace token").await;
    window.see("Accepted by ghcr.io").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fine_grained_token_and_a_copying_error_are_refused_before_anybody_is_asked() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup()).await;
    window.press("link", "Accounts").await;
    window.press("button", "Add account…").await;
    window.hand_over(&playground.token_called("mistyped")).await;
    window.see("This token has a copying error. Copy it again from GitHub.").await;
    window.hand_over(&playground.token_called("fine-grained")).await;
    window.see("GitHub Packages refuses fine-grained tokens. Create a classic one.").await;
    window.find("link", "Create token on GitHub").await;
    window.find("button", "Use anyway").await;
    assert!(playground.practice.requests().is_empty(), "nobody was asked");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_that_github_does_not_know_and_a_missing_sign_on_are_found_before_publishing() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup_with(&playground.sample)).await;
    steps::sign_in(&window, &playground, "sso-missing").await;
    window.fill("Owner", "nobody-here").await;
    window.see("GitHub knows no “nobody-here”.").await;
    window.fill("Owner", "octo-sso").await;
    window.see("Single sign-on for octo-sso is missing.").await;
    window.find("link", "Authorize").await;
    window.close().await;
}

/// Adds what was found by a way of the dialog, and looks where it came from.
async fn import(setup: Setup, way: &str, found: &str, source: &str, token: &str) -> Window {
    let window = Window::open(setup).await;
    window.press("link", "Accounts").await;
    window.press("button", "Add account…").await;
    window.press("tab", way).await;
    window.press("radio", found).await;
    window.press_last("button", "Add account").await;
    window.see("Accepted by ghcr.io").await;
    window.see(source).await;
    assert!(!window.everything().await.contains(token), "it never comes to the page");
    window
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_docker_keeps_in_its_helper_is_imported_and_given_back_to_it() {
    let (playground, programs) = (Playground::start().await, Programs::default());
    let token = playground.token("octocat");
    programs.docker(&token);
    let setup = Setup { variables: programs.variables(), ..playground.setup() };
    let window = import(setup, "Docker or Podman", "Docker", "Docker", &token).await;
    let stored = programs.input("docker-credential-practice", "store");
    assert_eq!(stored, "", "a foreign store is not written unasked");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_in_podmans_file_is_imported() {
    let (playground, programs) = (Playground::start().await, Programs::default());
    let token = playground.token("octocat");
    programs.podman(&token);
    let before = std::fs::read(programs.path("auth.json")).unwrap();
    let setup = Setup { variables: programs.variables(), ..playground.setup() };
    let window = import(setup, "Docker or Podman", "Podman", "Podman", &token).await;
    assert_eq!(std::fs::read(programs.path("auth.json")).unwrap(), before, "it is only read");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_the_github_command_line_is_imported() {
    let (playground, programs) = (Playground::start().await, Programs::default());
    let token = playground.token_called("oauth");
    programs.gh(&token);
    let setup = Setup { variables: programs.variables(), ..playground.setup() };
    import(setup, "GitHub CLI", "GitHub CLI", "GitHub CLI", &token).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_the_environment_is_imported() {
    let (playground, programs) = (Playground::start().await, Programs::default());
    let token = playground.token("octocat");
    let mut variables = programs.variables();
    variables.push(("CR_PAT", token.clone()));
    let setup = Setup { variables, ..playground.setup() };
    import(setup, "Environment", "Environment, CR_PAT", "CR_PAT", &token).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_entered_in_the_browser_signs_in() {
    let playground = Playground::start().await;
    playground.practice.switches().change(|switches| switches.device.interval = 1);
    let window = Window::open(playground.setup_with_browser()).await;
    window.press("link", "Accounts").await;
    window.press("button", "Add account…").await;
    window.press("tab", "Sign in with browser").await;
    window.press_last("button", "Show code").await;
    window.find("button", "Copy code").await;
    window.find("link", "Open page").await;
    let field = window.find("textbox", "Code").await;
    let code = field.prop("value").await.unwrap().unwrap_or_default();
    assert!(playground.practice.enter_device_code(&code, "octocat"), "it is shown as it was given: {code}");
    window.see("Accepted by ghcr.io").await;
    window.find("button", "Verify now").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_refused_in_the_browser_says_so() {
    let playground = Playground::start().await;
    playground.practice.switches().change(|switches| switches.device.interval = 1);
    let window = Window::open(playground.setup_with_browser()).await;
    window.press("link", "Accounts").await;
    window.press("button", "Add account…").await;
    window.press("tab", "Sign in with browser").await;
    window.press_last("button", "Show code").await;
    let field = window.find("textbox", "Code").await;
    let code = field.prop("value").await.unwrap().unwrap_or_default();
    assert!(playground.practice.deny_device_code(&code));
    window.find("alert", "").await;
    window.see("refused in the browser").await;
    window.close().await;
}
