//! Where the token does not go, and what is not believed.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use slipway_github::GitHubError;

use super::*;

const CANARY: &str = "canary-secret";

/// The requests of a server: path, and whether a token came with it.
type Seen = Arc<Mutex<Vec<(String, bool)>>>;
type Answer = Arc<dyn Fn(&Request) -> Response + Send + Sync>;

async fn serve(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> (SocketAddr, Seen) {
    let seen = Seen::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer: Answer = Arc::new(answer);
    let app = Router::new().fallback(note).with_state((Arc::clone(&seen), answer));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, seen)
}

async fn note(State((seen, answer)): State<(Seen, Answer)>, request: Request) -> Response {
    let authorized = request.headers().contains_key("authorization");
    seen.lock().unwrap().push((request.uri().path().to_owned(), authorized));
    answer(&request)
}

fn github(address: SocketAddr) -> GitHub {
    let api = format!("http://{address}").parse().unwrap();
    GitHub::new(api, Some(SecretString::from(CANARY)), &Options::default()).unwrap()
}

#[tokio::test]
async fn a_redirect_to_another_host_gets_neither_token_nor_request() {
    let (thief, stolen) = serve(|_| "{}".into_response()).await;
    let (address, _) = serve(move |_| {
        (axum::http::StatusCode::MOVED_PERMANENTLY, [("location", format!("http://{thief}/x"))])
            .into_response()
    })
    .await;
    let error = github(address).repository("octocat", "a").await.unwrap_err();
    assert!(matches!(error, GitHubError::Malformed { .. }), "{error:?}");
    assert!(stolen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_next_page_at_another_host_is_not_asked_for() {
    let (thief, stolen) = serve(|_| "[]".into_response()).await;
    let (address, seen) = serve(move |_| {
        ([("link", format!("<http://{thief}/user/repos?page=2>; rel=\"next\""))], "[]").into_response()
    })
    .await;
    let listed = github(address).repositories().await.unwrap();
    assert!(listed.cut && stolen.lock().unwrap().is_empty());
    assert_eq!(*seen.lock().unwrap(), [("/user/repos".to_owned(), true)]);
}

#[tokio::test]
async fn a_redirect_in_a_circle_ends() {
    let (address, _) =
        serve(|_| (axum::http::StatusCode::FOUND, [("location", "/again")]).into_response()).await;
    let error = github(address).owner("octocat").await.unwrap_err();
    assert!(matches!(error, GitHubError::Malformed { .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_of_another_shape_is_said_and_quoted_without_the_token() {
    let body = format!("{{\"login\": 7, \"echo\": \"{CANARY}\"}}");
    let (address, _) = serve(move |_| body.clone().into_response()).await;
    let error = github(address).user().await.unwrap_err();
    let GitHubError::Malformed { answer: Some(answer), .. } = &error else { panic!("{error:?}") };
    assert!(answer.raw.contains("login"));
    assert!(!format!("{error:?} {error}").contains(CANARY));
}

#[tokio::test]
async fn addresses_and_options_that_cannot_be_used_are_refused() {
    let api: Url = "http://ghe.example.com/api/v3".parse().unwrap();
    let refused = GitHub::new(api.clone(), None, &Options::default());
    assert!(matches!(refused, Err(GitHubError::PlainHttp { .. })));
    assert!(GitHub::new(api, None, &Options { plain_http: true, ..Options::default() }).is_ok());
    let options = Options { ca_file: Some("no/such/ca.pem".into()), ..Options::default() };
    let lacks = GitHub::new("https://ghe.example.com".parse().unwrap(), None, &options).unwrap_err();
    assert!(lacks.to_string().contains("no/such/ca.pem"), "{lacks}");
    let github = github("127.0.0.1:1".parse().unwrap());
    assert!(!format!("{github:?}").contains(CANARY));
}
