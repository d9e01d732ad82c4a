//! Accounts at the command line, with a real keychain: what is signed in there is used by `push`, and no token shows
//! anywhere.

use std::io::{BufRead as _, BufReader};

use slipway_tests::bus::Bus;
use slipway_tests::command::{Run, Slipway};
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::programs::Programs;

/// The command, with the practice registry under GitHub's names and a keychain.
fn slipway(playground: &Playground, bus: Option<&Bus>) -> Slipway {
    let setup = playground.setup_with_browser();
    let hosts = playground.folder().join("hosts.toml");
    std::fs::write(&hosts, setup.hosts.unwrap_or_default()).unwrap();
    let slipway = Slipway::default()
        .with("SLIPWAY_HOSTS", &hosts.to_string_lossy())
        .with("DBUS_SESSION_BUS_ADDRESS", bus.map_or("disabled:", Bus::address));
    let home = slipway.home().join("slipway");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join("settings.toml"), setup.settings).unwrap();
    slipway
}

/// It ended well, and said nothing that nobody should read.
fn fine(run: &Run, token: &str) {
    assert_eq!(run.code, 0, "{}{}", run.output, run.error);
    for text in [&run.output, &run.error] {
        assert!(!text.contains(token), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_signed_in_listed_used_verified_and_signed_out() {
    let (bus, playground) = (Bus::start(), Playground::start().await);
    let keyring = bus.keyring().await;
    let (slipway, token) = (slipway(&playground, Some(&bus)), playground.token("octocat"));
    let slipway = slipway.with("SLIPWAY_LOG", "trace");
    let login = slipway.run_with_input(["login", "ghcr.io", "--token-stdin"], &token);
    fine(&login, &token);
    assert!(login.error.contains("signed in as octocat@github.com"), "{}", login.error);
    assert_eq!(keyring.secret("octocat@github.com"), token);

    let listed = slipway.run(["accounts"]);
    fine(&listed, &token);
    assert!(
        listed.output.starts_with("octocat@github.com  accepted  used  repo write:packages"),
        "{}",
        listed.output
    );
    let listed = slipway.run(["accounts", "--json"]);
    fine(&listed, &token);
    assert_eq!(listed.last()["accounts"][0]["storage"]["place"], "keychain", "{}", listed.output);

    let sample = playground.sample.to_string_lossy().into_owned();
    let pushed = slipway.run(["push", &sample, "ghcr.io/octocat/hello:1.0", "--json"]);
    fine(&pushed, &token);
    assert!(playground.practice.package("octocat/hello").is_some());

    playground.practice.revoke(&token);
    let verified = slipway.run(["accounts", "verify"]);
    fine(&verified, &token);
    assert!(verified.output.contains("  revoked  "), "{}", verified.output);

    let logout = slipway.run(["logout", "ghcr.io"]);
    fine(&logout, &token);
    assert_eq!(keyring.secret("octocat@github.com"), "");
    assert_eq!(slipway.run(["accounts"]).output, "");
    let nobody = slipway.run(["logout", "ghcr.io"]);
    assert_eq!((nobody.code, nobody.error.contains("nobody is signed in at github.com")), (2, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_place_where_people_have_tokens_is_a_way_to_sign_in() {
    let (bus, playground, programs) = (Bus::start(), Playground::start().await, Programs::default());
    let keyring = bus.keyring().await;
    let (token, oauth) = (playground.token("octocat"), playground.token_called("oauth"));
    programs.docker(&token);
    programs.podman(&token);
    programs.gh(&oauth);
    programs.write("TOKEN.txt", &format!("{token}\n"));
    let file = programs.path("TOKEN.txt").to_string_lossy().into_owned();
    for (way, expected) in [
        (["--token-file", &file], &token),
        (["--from", "docker"], &token),
        (["--from", "podman"], &token),
        (["--from", "gh"], &oauth),
        (["--from", "env"], &token),
    ] {
        let mut slipway = slipway(&playground, Some(&bus));
        for (name, value) in programs.variables() {
            slipway = slipway.with(name, &value);
        }
        if way[1] == "env" {
            slipway = slipway.with("GITHUB_TOKEN", &token).with("GITHUB_ACTOR", "octocat");
        }
        let run = slipway.run(["login", "github.com"].iter().chain(&way));
        fine(&run, expected);
        assert_eq!(keyring.secret("octocat@github.com"), *expected, "{way:?}");
        fine(&slipway.run(["logout", "github.com"]), expected);
        assert_eq!(keyring.secret("octocat@github.com"), "", "{way:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_entered_in_the_browser_signs_in() {
    let (bus, playground) = (Bus::start(), Playground::start().await);
    playground.practice.switches().change(|switches| switches.device.interval = 1);
    let keyring = bus.keyring().await;
    let slipway = slipway(&playground, Some(&bus));
    let mut child = slipway.start(["login", "github.com", "--device"]);
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let code = |line: String| {
        line.split_whitespace().find(|word| word.len() == 9 && word.contains('-')).map(str::to_owned)
    };
    // Where ghcr.io is stands before it.
    let code = said.find_map(code).expect("a code is told");
    assert!(playground.practice.enter_device_code(&code, "octocat"));
    assert!(child.wait().unwrap().success());
    assert!(!keyring.secret("octocat@github.com").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_accounts_one_is_chosen() {
    let (bus, playground) = (Bus::start(), Playground::start().await);
    let _keyring = bus.keyring().await;
    let slipway = slipway(&playground, Some(&bus));
    for login in ["octocat", "monalisa"] {
        let token = playground.token(login);
        fine(&slipway.run_with_input(["login", "ghcr.io", "--token-stdin"], &token), &token);
    }
    let sample = playground.sample.to_string_lossy().into_owned();
    let push = |name: &str, more: &[&str]| {
        let reference = format!("ghcr.io/{name}:1.0");
        slipway.run(["push", &sample, &reference, "--json"].iter().chain(more))
    };
    // The one that signed in last is used.
    assert_eq!(push("monalisa/hello", &[]).code, 0);
    assert_eq!(push("octocat/hello", &[]).code, 4);
    assert_eq!(push("octocat/hello", &["--account", "octocat"]).code, 0);
    let unknown = push("octocat/hello", &["--account", "nobody"]);
    let said = unknown.last()["message"].to_string();
    assert!(unknown.code == 4 && said.contains("there is no account nobody@github.com"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_or_cannot_be_right_is_refused_and_changes_nothing() {
    let playground = Playground::start().await;
    let slipway = slipway(&playground, None);
    let token = playground.token("octocat");
    let kept = slipway.run_with_input(["login", "ghcr.io", "--token-stdin"], &token);
    assert_eq!(kept.code, 1);
    assert!(kept.error.contains("no keychain answers") && !kept.error.contains(&token), "{}", kept.error);
    for (label, words) in
        [("mistyped", "copying error"), ("fine-grained", "fine-grained"), ("expired", "does not know")]
    {
        let token = playground.token_called(label);
        let run = slipway.run_with_input(["login", "ghcr.io", "--token-stdin"], &token);
        assert!(run.code != 0 && run.error.contains(words), "{label}: {}", run.error);
        assert!(!run.error.contains(&token), "{label}");
    }
    assert_eq!(slipway.run(["accounts"]).output, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_added_listed_signed_in_to_and_removed() {
    let (bus, playground) = (Bus::start(), Playground::start().await);
    let keyring = bus.keyring().await;
    let slipway = slipway(&playground, Some(&bus)).with("SLIPWAY_HOSTS", "");
    // A company's server, as far as its addresses go.
    let ghcr = format!("http://{}", playground.practice.ghcr());
    let api = format!("http://{}", playground.practice.api().unwrap());
    let host = ["hosts", "add", "ghe.example.com", "--containers", &ghcr, "--docker", "none", "--api", &api];
    let added = slipway.run(host);
    assert_eq!(added.code, 0, "{}{}", added.output, added.error);
    let listed = slipway.run(["hosts", "list"]);
    assert!(listed.output.contains("ghe.example.com"), "{}", listed.output);
    // What an error advises sets what it names and leaves the rest.
    assert_eq!(slipway.run(["hosts", "add", "ghe.example.com", "--realm", "auth.example.org"]).code, 0);
    let listed = slipway.run(["hosts", "list"]).output;
    assert!(listed.contains(&format!("api {api}")) && listed.contains("realm auth.example.org"), "{listed}");
    let token = playground.token("octocat");
    fine(&slipway.run_with_input(["login", "ghe.example.com", "--token-stdin"], &token), &token);
    assert_eq!(keyring.secret("octocat@ghe.example.com"), token);

    let proxied = ["hosts", "add", "ghe.example.com", "--proxy", "http://octocat:canary@proxy.example.com"];
    let refused = slipway.run(proxied);
    assert_ne!(refused.code, 0, "a password belongs to standard input");
    assert!(!refused.error.contains("canary"), "{}", refused.error);
    fine(&slipway.run(["logout", "ghe.example.com"]), &token);
    assert_eq!(slipway.run(["hosts", "remove", "ghe.example.com"]).code, 0);
    assert!(!slipway.run(["hosts", "list"]).output.contains("ghe.example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_uses_what_docker_keeps_in_its_helper() {
    let (playground, programs) = (Playground::start().await, Programs::default());
    let token = playground.token("octocat");
    programs.docker(&token);
    let mut slipway = slipway(&playground, None);
    for (name, value) in programs.variables() {
        slipway = slipway.with(name, &value);
    }
    let sample = playground.sample.to_string_lossy().into_owned();
    let pushed = slipway.run(["push", &sample, "ghcr.io/octocat/hello:1.0", "--json"]);
    fine(&pushed, &token);

    // One that has ended stands before no public image, and is named.
    let public = slipway_practice::Visibility::Public;
    playground.practice.set_visibility("octocat/hello", public).unwrap();
    programs.docker("ended-long-ago");
    let output = programs.path("pulled.tar").to_string_lossy().into_owned();
    let pulled = slipway.run(["pull", "ghcr.io/octocat/hello:1.0", "-o", &output]);
    fine(&pulled, "ended-long-ago");
    assert!(
        pulled.error.contains("refused the credential of octocat (from Docker's credential helper)"),
        "{}",
        pulled.error
    );
}
