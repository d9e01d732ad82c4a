//! Signing Docker and Podman in too, with programs that stand in for them.

use std::path::PathBuf;

use secrecy::SecretString;
use slipway_credentials::{How, Intent, SignInError, Surroundings, Tool, plan_sign_in};
use slipway_stage::programs::Programs;

use crate::stand_ins::{PATIENCE, SECRET, surroundings};

fn plan(surroundings: &Surroundings, tool: Tool) -> Result<Intent, SignInError> {
    plan_sign_in(surroundings, tool, &"ghcr.io".parse().unwrap())
}

async fn run(intent: &Intent, surroundings: &Surroundings, confirmed: bool) -> Result<(), SignInError> {
    intent.run(surroundings, "octocat", &SecretString::from(SECRET), confirmed, PATIENCE).await
}

#[tokio::test]
async fn docker_is_signed_in_by_the_helper_that_it_is_configured_with() {
    let programs = Programs::default();
    let surroundings = surroundings(&programs, &[]);
    programs.write(".docker/config.json", r#"{"auths":{"x.example.com":{}},"credsStore":"fake"}"#);
    let missing = plan(&surroundings, Tool::Docker).unwrap_err().to_string();
    assert_eq!(missing, "docker-credential-fake is not installed");
    programs.install("docker-credential-fake");
    let intent = plan(&surroundings, Tool::Docker).unwrap();
    assert_eq!(intent.how, How::Helper { name: "fake".to_owned() });
    assert!(!intent.would_be_plain());
    assert_eq!(programs.started(), "", "a plan starts nothing");
    run(&intent, &surroundings, false).await.unwrap();
    let kept: serde_json::Value =
        serde_json::from_str(&programs.input("docker-credential-fake", "store")).unwrap();
    assert_eq!(kept, serde_json::json!({ "ServerURL": "ghcr.io", "Username": "octocat", "Secret": SECRET }));
    assert!(!programs.was_visible(SECRET));
    let before = std::fs::read_to_string(programs.path(".docker/config.json")).unwrap();
    assert_eq!(before, r#"{"auths":{"x.example.com":{}},"credsStore":"fake"}"#);

    programs.fail("docker-credential-fake", "store", &format!("cannot keep {SECRET}\n"));
    let failed = run(&intent, &surroundings, false).await.unwrap_err();
    assert_eq!(failed.to_string(), "docker-credential-fake failed: cannot keep ***");
    assert!(!format!("{failed:?}").contains(SECRET));
}

#[tokio::test]
async fn a_token_lands_in_a_plain_file_only_after_people_confirmed_it() {
    let programs = Programs::default();
    let surroundings = surroundings(&programs, &[]);
    for (tool, name, file) in [
        (Tool::Docker, "docker", ".docker/config.json"),
        (Tool::Podman, "podman", ".config/containers/auth.json"),
    ] {
        let missing = plan(&surroundings, tool).unwrap_err().to_string();
        assert_eq!(missing, format!("{name} is not installed"));
        programs.install(name);
        let intent = plan(&surroundings, tool).unwrap();
        assert_eq!(intent.plain_file, Some(programs.path(file)));
        assert_eq!(intent.to_string(), format!("{name} login ghcr.io"));
        let refused = run(&intent, &surroundings, false).await;
        assert!(matches!(refused, Err(SignInError::NotConfirmed { .. })), "{refused:?}");
        assert!(!programs.started().contains(name));
        run(&intent, &surroundings, true).await.unwrap();
        let expected = format!("{name} login ghcr.io -u octocat --password-stdin\n");
        assert!(programs.started().contains(&expected), "{}", programs.started());
        assert_eq!(programs.input(name, "login"), SECRET);
        assert!(!programs.path(file).exists(), "nothing is written here");
    }
    assert!(!programs.was_visible(SECRET));
}

#[tokio::test]
async fn dockers_choice_of_a_store_is_foreseen() {
    let programs = Programs::default();
    let here = surroundings(&programs, &[]);
    programs.install("docker");
    let plain = |programs: &Programs| plan(&surroundings(programs, &[]), Tool::Docker).unwrap().plain_file;
    let file: Option<PathBuf> = Some(programs.path(".docker/config.json"));
    assert_eq!(plain(&programs), file);
    let store = if cfg!(target_os = "macos") { "osxkeychain" } else { "secretservice" };
    programs.install(&format!("docker-credential-{store}"));
    assert_eq!(plain(&programs), None);
    let intent = plan(&here, Tool::Docker).unwrap();
    // A login that stands in the file keeps Docker from choosing a store.
    programs.write(".docker/config.json", r#"{"auths":{"x.example.com":{"auth":"YTpi"}}}"#);
    assert_eq!(plain(&programs), file);
    let changed = run(&intent, &here, false).await;
    assert!(matches!(changed, Err(SignInError::Changed)), "what was planned no longer holds: {changed:?}");
    assert_eq!(programs.started(), "");
}

#[tokio::test]
async fn a_refusal_of_the_registry_is_told_without_the_token() {
    let programs = Programs::default();
    programs.install("podman");
    let surroundings = surroundings(&programs, &[]);
    programs.write(".config/containers/auth.json", r#"{"credHelpers":{"ghcr.io":"fake"}}"#);
    let intent = plan(&surroundings, Tool::Podman).unwrap();
    assert!(!intent.would_be_plain(), "podman hands it to its helper");
    programs.fail("podman", "login", &format!("denied: {SECRET} is not authorised"));
    let failed = run(&intent, &surroundings, false).await.unwrap_err().to_string();
    assert_eq!(failed, "podman failed: denied: *** is not authorised");
    programs.hang("podman", "login");
    let soon = std::time::Duration::from_millis(300);
    let hung = intent.run(&surroundings, "octocat", &SecretString::from(SECRET), false, soon).await;
    assert_eq!(hung.unwrap_err().to_string(), "podman did not answer in time");
}

#[tokio::test]
async fn whoever_asks_slipway_anyway_is_signed_in_already() {
    let programs = Programs::default();
    let surroundings = surroundings(&programs, &[]);
    programs.write(".docker/config.json", r#"{"credsStore":"fake","credHelpers":{"ghcr.io":"slipway"}}"#);
    for tool in [Tool::Docker, Tool::Podman] {
        let intent = plan(&surroundings, tool).unwrap();
        assert_eq!((&intent.how, intent.would_be_plain()), (&How::AsksUs, false));
        run(&intent, &surroundings, false).await.unwrap();
    }
    assert_eq!(programs.started(), "");
    // Podman's own login stands before what Docker's file says.
    programs.install("podman");
    programs.write(".config/containers/auth.json", r#"{"auths":{"ghcr.io":{"auth":"b2N0b2NhdDp0"}}}"#);
    assert_eq!(plan(&surroundings, Tool::Podman).unwrap().how, How::Login);
}
