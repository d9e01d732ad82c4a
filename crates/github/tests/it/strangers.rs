//! Where the token does not go, and what is not believed.

use std::net::SocketAddr;

use axum::response::IntoResponse as _;
use slipway_github::{GitHubError, HttpOptions};
use slipway_stage::Server;

use super::*;

const CANARY: &str = "canary-secret";

fn github(address: SocketAddr) -> GitHub {
    let api = format!("http://{address}").parse().unwrap();
    GitHub::new(api, Some(SecretString::from(CANARY)), &Options::default()).unwrap()
}

#[tokio::test]
async fn a_redirect_to_another_host_gets_neither_token_nor_request() {
    let thief = Server::start(|_| "{}".into_response()).await;
    let at = thief.address;
    let server = Server::start(move |_| {
        (axum::http::StatusCode::MOVED_PERMANENTLY, [("location", format!("http://{at}/x"))]).into_response()
    })
    .await;
    let error = github(server.address).repository("octocat", "a").await.unwrap_err();
    assert!(matches!(error, GitHubError::Malformed { .. }), "{error:?}");
    assert!(thief.seen().is_empty());
}

#[tokio::test]
async fn a_next_page_at_another_host_is_not_asked_for() {
    let thief = Server::start(|_| "[]".into_response()).await;
    let at = thief.address;
    let server = Server::start(move |_| {
        ([("link", format!("<http://{at}/user/repos?page=2>; rel=\"next\""))], "[]").into_response()
    })
    .await;
    let listed = github(server.address).repositories().await.unwrap();
    assert!(listed.cut && thief.seen().is_empty());
    let seen = server.seen();
    assert_eq!((seen.len(), seen[0].path.split('?').next()), (1, Some("/user/repos")));
    assert!(seen[0].authorization.is_some());
}

#[tokio::test]
async fn a_redirect_in_a_circle_ends() {
    let server =
        Server::start(|_| (axum::http::StatusCode::FOUND, [("location", "/again")]).into_response()).await;
    let error = github(server.address).owner("octocat").await.unwrap_err();
    assert!(matches!(error, GitHubError::Malformed { .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_of_another_shape_is_said_and_quoted_without_the_token() {
    let body = format!("{{\"login\": 7, \"echo\": \"{CANARY}\"}}");
    let server = Server::start(move |_| body.clone().into_response()).await;
    let error = github(server.address).user().await.unwrap_err();
    let GitHubError::Malformed { answer: Some(answer), .. } = &error else { panic!("{error:?}") };
    assert!(answer.raw.contains("login"));
    assert!(!format!("{error:?} {error}").contains(CANARY));
}

#[tokio::test]
async fn addresses_and_options_that_cannot_be_used_are_refused() {
    let api: Url = "http://ghe.example.com/api/v3".parse().unwrap();
    let refused = GitHub::new(api.clone(), None, &Options::default());
    assert!(matches!(refused, Err(GitHubError::PlainHttp { .. })));
    assert!(
        GitHub::new(
            api,
            None,
            &Options {
                http: HttpOptions { plain_http: true, ..HttpOptions::default() },
                ..Options::default()
            }
        )
        .is_ok()
    );
    let options = Options {
        http: HttpOptions { ca_file: Some("no/such/ca.pem".into()), ..HttpOptions::default() },
        ..Options::default()
    };
    let lacks = GitHub::new("https://ghe.example.com".parse().unwrap(), None, &options).unwrap_err();
    assert!(lacks.to_string().contains("no/such/ca.pem"), "{lacks}");
    let github = github("127.0.0.1:1".parse().unwrap());
    assert!(!format!("{github:?}").contains(CANARY));
}
