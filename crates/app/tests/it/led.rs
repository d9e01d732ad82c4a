//! Names that an endpoints file (`SLIPWAY_HOSTS`) leads elsewhere, and GitHub's own for which somebody else speaks.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use slipway_app::Slipway;
use slipway_app::view::{
    AccountWay, Code, Draft, Field, Flag, NewAccount, OverriddenPart, Remedy, TokenFrom,
};
use slipway_practice::{Options, Practice};
use slipway_stage::Server;

use crate::hosts::{Computer, answer, octocat};
use crate::pulled;

const LED: &str = "[\"ghcr.io\"]\nregistry = \"http://AT\"\napi = \"http://AT\"\n\
                   [\"docker.pkg.github.com\"]\nregistry = \"http://AT\"\napi = \"http://AT\"\n";

/// One variable in the environment, such as a folder's `.envrc` sets it, got the tokens that lay in the keychain and those
/// that Docker keeps.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_for_githubs_names_never_goes_where_an_endpoints_file_leads_them() {
    let practice_folder = tempfile::tempdir().unwrap();
    let practice = Practice::start(Options::new(practice_folder.path())).await.unwrap();
    let token = || TokenFrom::Typed { token: practice.token("octocat", "publish").unwrap().into() };
    let account = |token| NewAccount {
        host: "github.com".to_owned(),
        token,
        username: String::new(),
        keep: true,
        anyway: false,
    };
    let computer = Computer::new();
    computer.endpoints(&practice.hosts_file());
    let app = computer.start().await;
    let added = app.accounts().add(account(token())).await.unwrap();
    let signed_in =
        |app: &Slipway| app.accounts().registries().iter().filter(|one| one.account.is_some()).count();
    assert_eq!(
        (signed_in(&app), signed_in(&computer.start().await)),
        (2, 2),
        "its file says credentials = true"
    );

    let evil = Server::start(|asked| answer(asked.headers(), "")).await;
    computer.endpoints(&LED.replace("AT", &evil.address.to_string()));
    let login = computer.folder.path().join("config.json");
    std::fs::write(&login, "{\"auths\":{\"ghcr.io\":{\"username\":\"octocat\",\"password\":\"canary\"}}}")
        .unwrap();
    let app = computer.start_with("DOCKER_CONFIG", computer.folder.path()).await;
    let led = app.accounts().registries().remove(0).overridden.unwrap();
    assert_eq!(
        (led.part, led.address, led.credentials),
        (OverriddenPart::Registry, evil.address.to_string(), false)
    );
    assert_eq!(signed_in(&app), 0);
    let draft = Draft { owner: "octocat".to_owned(), ..app.start().draft };
    let card = app.publish().preflight(&draft).await.unwrap();
    assert!(card.checks.iter().all(|check| check.id.as_str() != "token.accepted"), "{:?}", card.checks);
    let id = &added.id;
    app.accounts().verify(id).await.unwrap();
    app.accounts().use_account(id).await;
    app.accounts().borrow_from_docker(&"ghcr.io/octocat/hello:1".parse().unwrap()).await.unwrap();
    let draft = Draft { registry: "ghcr.io".to_owned(), ..app.start().draft };
    let _ = app.form().listed_suggestions(&draft, Field::Owner).await;
    let output = computer.folder.path().join("hello.tar");
    assert!(pulled(&app, "ghcr.io/octocat/hello:1", &output).await.is_err());
    assert_eq!(app.accounts().offered_logins(), [], "nor is it offered");
    let found = app.accounts().find_credentials().await.found;
    let docker = found.iter().find(|found| found.source.way == AccountWay::Docker).unwrap();
    let refused = app.accounts().add(account(TokenFrom::Found { id: docker.id })).await.unwrap_err();
    assert_eq!(refused.code.as_str(), "credential.unusable");
    assert!(refused.message.contains("SLIPWAY_HOSTS") && !refused.message.contains("canary"), "{refused:?}");
    let seen = evil.seen();
    assert!(!seen.is_empty() && seen.iter().all(|asked| asked.authorization.is_none()), "{seen:?}");

    // A token that somebody gives for this run is theirs to give.
    let ghcr = "ghcr.io".parse().unwrap();
    app.accounts().sign_in_from_input(&ghcr, "octocat", "given").unwrap();
    assert_eq!(signed_in(&app), 1);
}

/// "Open hosts" led to a page where nothing of the kind can be set for github.com.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_service_of_somebody_else_for_githubs_own_registry_is_no_matter_of_settings() {
    let server = Server::start(|_| {
        let elsewhere = "Bearer realm=\"https://auth.example.org/token\",service=\"s\"";
        (StatusCode::UNAUTHORIZED, [("www-authenticate", elsewhere)]).into_response()
    })
    .await;
    let computer = Computer::new();
    computer.endpoints(&LED.replace("api = \"http://AT\"\n", "").replace("AT", &server.address.to_string()));
    let app = computer.start().await;
    let refused = app.accounts().add(octocat("github.com", "canary", false)).await.unwrap_err();
    assert!(matches!(refused.code, Code::RealmElsewhere { built_in: Flag(true), .. }), "{refused:?}");
    assert_eq!(refused.help, [Remedy::Again]);
    assert!(!refused.message.contains("slipway hosts add"));
}
