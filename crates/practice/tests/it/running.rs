//! The registry as a program: start, restart, stop, the log, and the switches about time.

use std::time::Duration;

use reqwest::Method;
use slipway_practice::{Options, Practice, PracticeError, Server, Visibility};
use slipway_stage::until;

use crate::{OCI_MANIFEST, Stage, ask, digest};

const NAME: &str = "octocat/kept";

#[tokio::test]
async fn content_survives_a_restart_and_tokens_do_not() {
    let directory = tempfile::tempdir().unwrap();
    let start = || Stage::with(|options| options.directory = directory.path().to_owned());
    let stage = start().await;
    let (pushed, _) = stage.push_image(NAME, "1").await;
    stage.practice.set_visibility(NAME, Visibility::Public).unwrap();
    let before = stage.practice.package(NAME);
    let token = stage.practice.token_for("octocat").unwrap().to_owned();
    stage.playground.stop().await;

    let stage = start().await;
    assert_eq!(stage.practice.package(NAME), before);
    assert_ne!(stage.practice.token_for("octocat").unwrap(), token);
    let get = stage.ghcr(Method::GET, &format!("/v2/{NAME}/manifests/1")).header("accept", OCI_MANIFEST);
    assert_eq!(digest(&ask(get.bearer_auth("QQ==")).await.body), pushed);
}

#[tokio::test]
async fn a_damaged_record_is_named_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    Practice::start(Options::new(directory.path())).await.unwrap().stop().await;
    std::fs::write(directory.path().join("packages/x.json"), "{").unwrap();
    let error = Practice::start(Options::new(directory.path())).await.unwrap_err();
    assert!(matches!(&error, PracticeError::Damaged { path, .. } if path.ends_with("x.json")), "{error}");
}

/// Private images lie there, and whatever else people practise with.
#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_look_into_its_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("registry");
    Practice::start(Options::new(&root)).await.unwrap().stop().await;
    for folder in ["", "packages", "uploads", "blobs", "blobs/sha256"] {
        let mode = root.join(folder).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{folder}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_and_names_are_not_served() {
    let stage = Stage::new().await;
    for (header, value) in [("host", "rebound.evil.example"), ("origin", "https://evil.example")] {
        let answer = ask(stage.ghcr(Method::GET, "/v2/").header(header, value)).await;
        assert_eq!(answer.status, 403, "{header}");
    }
}

#[tokio::test]
async fn other_computers_cannot_reach_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = Options::new(directory.path());
    options.ghcr = "0.0.0.0:0".parse().unwrap();
    assert!(matches!(Practice::start(options).await, Err(PracticeError::NotLoopback { .. })));
}

#[tokio::test]
async fn the_hosts_file_sends_the_real_names_here() {
    let stage = Stage::new().await;
    let (ghcr, docker) = (stage.practice.ghcr(), stage.practice.docker().unwrap());
    let at = stage.practice.api().unwrap();
    let api = format!("api = \"http://{at}\"\nweb = \"http://{at}\"\ncredentials = true\n");
    let expected = format!(
        "[\"ghcr.io\"]\nregistry = \"http://{ghcr}\"\n{api}\n[\"docker.pkg.github.com\"]\nregistry = \"http://{docker}\"\n{api}"
    );
    assert_eq!(stage.practice.hosts_file(), expected);
    let alone = Stage::with(|options| {
        options.docker = None;
        options.api = None;
    })
    .await;
    assert_eq!(alone.practice.api(), None);
    assert!(!alone.practice.hosts_file().contains("api"));
    assert_eq!(alone.practice.docker(), None);
    assert!(!alone.practice.hosts_file().contains("docker"));
}

#[tokio::test]
async fn a_client_that_says_localhost_gets_a_realm_on_localhost() {
    let stage = Stage::new().await;
    let port = stage.practice.ghcr().port();
    let request = stage.ghcr(Method::GET, "/v2/");
    let named = ask(request.header("host", format!("localhost:{port}"))).await;
    assert!(named.header("www-authenticate").contains(&format!("realm=\"http://localhost:{port}/token\"")));
    let strange = ask(stage.ghcr(Method::GET, "/v2/").header("host", "evil.test")).await;
    assert!(!strange.header("www-authenticate").contains("evil.test"));
}

#[tokio::test]
async fn the_log_says_what_was_asked_and_never_a_secret() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let blob = stage.push_blob(NAME, &bearer, b"layer").await;
    let get = ask(stage.ghcr(Method::GET, &format!("/v2/{NAME}/blobs/{blob}")).bearer_auth(&bearer)).await;
    ask(stage.client.get(get.header("location"))).await;
    let requests = stage.practice.requests();
    let put = requests.iter().find(|request| request.method == "PUT").unwrap();
    assert_eq!((put.server, put.status, put.body_bytes), (Server::Ghcr, Some(201), 5));
    assert_eq!((put.user.as_deref(), put.authorization.as_deref()), (Some("octocat"), Some("Bearer")));
    assert_eq!(put.query, format!("digest={blob}"));
    let storage = requests.last().unwrap();
    assert_eq!((storage.server, storage.status, &storage.authorization), (Server::Storage, Some(200), &None));
    let told = format!("{requests:?} {:?}", stage.practice);
    let signature = get.header("location").rsplit('=').next().unwrap();
    for secret in [&bearer, stage.practice.token_for("octocat").unwrap(), signature] {
        assert!(!told.contains(secret));
    }
    stage.practice.forget_requests();
    assert_eq!(stage.practice.requests(), []);
}

#[tokio::test]
async fn a_slow_registry_can_be_left_in_the_middle_and_keeps_what_it_has() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let location = stage.session(NAME, &bearer).await;
    stage.practice.switches().change(|switches| {
        switches.pace = Some(64 << 10);
        switches.session_status = true;
    });
    let patch = stage.ghcr(Method::PATCH, &location).bearer_auth(&bearer).body(vec![0; 32 << 20]);
    let sending = tokio::spawn(patch.send());
    something_came(&stage).await;
    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled());
    stage.practice.switches().change(|switches| switches.pace = None);
    let status = ask(stage.ghcr(Method::GET, &location).bearer_auth(&bearer)).await;
    assert_eq!(status.status, 204);
    let patch = stage.practice.requests().into_iter().find(|request| request.method == "PATCH").unwrap();
    assert_eq!(patch.status, None);
    assert!(patch.body_bytes < 32 << 20, "{}", patch.body_bytes);
    // The session is still good for the rest.
    assert_eq!(ask(stage.ghcr(Method::PATCH, &location).bearer_auth(&bearer).body("more")).await.status, 202);
}

#[tokio::test]
async fn a_request_above_the_time_limit_is_cut_without_an_answer() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let location = stage.session(NAME, &bearer).await;
    stage.practice.switches().change(|switches| {
        switches.pace = Some(1 << 20);
        switches.request_limit = Some(Duration::from_millis(200));
    });
    let sent = stage.ghcr(Method::PATCH, &location).bearer_auth(&bearer).body(vec![0; 32 << 20]).send().await;
    assert!(sent.is_err(), "{sent:?}");
}

#[tokio::test]
async fn a_stop_ends_requests_that_would_go_on_and_frees_the_port() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let location = stage.session(NAME, &bearer).await;
    stage.practice.switches().change(|switches| switches.pace = Some(1));
    let patch = stage.ghcr(Method::PATCH, &location).bearer_auth(&bearer).body(vec![0; 1 << 20]);
    let sending = tokio::spawn(patch.send());
    something_came(&stage).await;
    let address = stage.practice.ghcr();
    stage.playground.stop().await;
    assert!(sending.await.unwrap().is_err());
    assert!(std::net::TcpListener::bind(address).is_ok());
}

/// Waits until a part of a body came.
async fn something_came(stage: &Stage) {
    until("a part of a body", || stage.practice.requests().iter().any(|request| request.body_bytes > 0))
        .await;
}
