//! Facts §1.1–1.3: the challenge, `/token`, and which credentials are taken.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use slipway_practice::Visibility;

use crate::{Answer, Stage, ask, authorization};

const SCOPES: &str = "permission_denied: The token provided does not match expected scopes.";
const UNAUTHENTICATED: &str = "unauthenticated: User cannot be authenticated with the token provided.";

#[tokio::test]
async fn the_challenge_of_the_base_names_a_placeholder_and_its_body_is_73_bytes() {
    let stage = Stage::new().await;
    for path in ["/v2/", "/v2/_catalog"] {
        let answer = ask(stage.ghcr(Method::GET, path)).await;
        answer.refuses(401, "UNAUTHORIZED", "authentication required");
        assert_eq!(answer.body.len(), 73);
        assert_eq!(answer.header("content-length"), "73");
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("docker-distribution-api-version"), "registry/2.0");
        assert_eq!(answer.header("x-github-request-id").split(':').count(), 5);
        let expected = format!(
            "Bearer realm=\"http://{}/token\",service=\"ghcr.io\",scope=\"repository:user/image:pull\"",
            stage.practice.ghcr()
        );
        assert_eq!(answer.header("www-authenticate"), expected);
    }
}

#[tokio::test]
async fn the_challenge_below_a_name_asks_for_pull_of_that_name_only() {
    let stage = Stage::new().await;
    let answer = ask(stage.ghcr(Method::POST, "/v2/octocat/a/b/blobs/uploads/")).await;
    assert_eq!(answer.status, 401);
    assert!(answer.header("www-authenticate").ends_with("scope=\"repository:octocat/a/b:pull\""));
}

#[tokio::test]
async fn an_authorization_that_is_not_accepted_gets_403_without_a_challenge() {
    let stage = Stage::new().await;
    let token = stage.practice.token_for("octocat").unwrap();
    let answer = ask(stage.ghcr(Method::GET, "/v2/").basic_auth("octocat", Some(token))).await;
    answer.refuses(403, "DENIED", "invalid token");
    assert!(!answer.headers.contains_key("www-authenticate"));
}

#[tokio::test]
async fn an_empty_bearer_token_is_said_to_be_missing() {
    let stage = Stage::new().await;
    let answer = ask(authorization(stage.ghcr(Method::GET, "/v2/"), "Bearer ")).await;
    answer.refuses(401, "UNAUTHORIZED", "authentication token not provided");
}

#[tokio::test]
async fn a_bearer_envelope_around_a_credential_is_that_user_and_around_a_bad_one_is_401() {
    let stage = Stage::new().await;
    let token = stage.practice.token_for("octocat").unwrap();
    for inside in [token.to_owned(), format!("octocat:{token}")] {
        let bearer = STANDARD.encode(inside);
        assert_eq!(ask(stage.ghcr(Method::GET, "/v2/").bearer_auth(bearer)).await.status, 200);
    }
    let expired = STANDARD.encode(stage.practice.token("octocat", "expired").unwrap());
    let answer = ask(stage.ghcr(Method::GET, "/v2/").bearer_auth(expired)).await;
    answer.refuses(401, "UNAUTHORIZED", UNAUTHENTICATED);
}

#[tokio::test]
async fn any_base64_reads_a_public_package_as_anonymous() {
    let stage = Stage::new().await;
    stage.push_image("octocat/open", "1").await;
    stage.practice.set_visibility("octocat/open", Visibility::Public).unwrap();
    let list = |bearer: &str| ask(stage.ghcr(Method::GET, "/v2/octocat/open/tags/list").bearer_auth(bearer));
    assert_eq!(list("QQ==").await.status, 200);
    stage.practice.set_visibility("octocat/open", Visibility::Private).unwrap();
    assert_eq!(list("QQ==").await.status, 401);
}

#[tokio::test]
async fn a_token_answer_holds_the_token_and_nothing_else() {
    let stage = Stage::new().await;
    let answer = token(&stage, "publish", "repository:octocat/x:pull,push").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    let body = answer.json();
    assert_eq!(body.as_object().unwrap().len(), 1);
    let bearer = body["token"].as_str().unwrap();
    assert_eq!(ask(stage.ghcr(Method::GET, "/v2/").bearer_auth(bearer)).await.status, 200);
}

#[tokio::test]
async fn a_credential_check_with_the_placeholder_scope_tells_good_from_bad_and_from_nobody() {
    let stage = Stage::new().await;
    assert_eq!(token(&stage, "publish", "repository:user/image:pull").await.status, 200);
    token(&stage, "expired", "repository:user/image:pull").await.refuses(403, "DENIED", "denied");
    let nobody = ask(stage.ghcr(Method::GET, "/token?scope=repository:user/image:pull")).await;
    nobody.refuses(403, "DENIED", "requested access to the resource is denied");
}

#[tokio::test]
async fn the_four_refusals_of_the_token_endpoint_differ() {
    let stage = Stage::new().await;
    stage.push_image("octocat/closed", "1").await;
    let anonymous = |scope: &str| ask(stage.ghcr(Method::GET, &format!("/token?scope={scope}")));
    let private = anonymous("repository:octocat/closed:pull").await;
    private.refuses(401, "UNAUTHORIZED", "authentication required");
    let absent = anonymous("repository:octocat/absent:pull").await;
    absent.refuses(403, "DENIED", "requested access to the resource is denied");
    let push = anonymous("repository:octocat/closed:pull,push").await;
    push.refuses(403, "DENIED", "requested access to the resource is denied");
    stage.practice.set_visibility("octocat/closed", Visibility::Public).unwrap();
    // Even a public package is denied to a bad credential.
    let bad = stage.ghcr(Method::GET, "/token?scope=repository:octocat/closed:pull");
    ask(bad.basic_auth("octocat", Some("ghp_nonsense"))).await.refuses(403, "DENIED", "denied");
    let good = anonymous("repository:octocat/closed:pull").await;
    let decoded = STANDARD.decode(good.json()["token"].as_str().unwrap()).unwrap();
    assert!(decoded.starts_with(b"v1:octocat/closed:"));
}

#[tokio::test]
async fn the_token_endpoint_takes_neither_post_nor_a_bearer() {
    let stage = Stage::new().await;
    let post = ask(stage.ghcr(Method::POST, "/token").body("grant_type=password")).await;
    post.refuses(405, "UNSUPPORTED", "The operation is unsupported.");
    let secret = stage.practice.token_for("octocat").unwrap();
    let bearer = ask(stage.ghcr(Method::GET, "/token").bearer_auth(secret)).await;
    bearer.refuses(401, "UNAUTHORIZED", "authentication required");
    assert!(bearer.header("www-authenticate").contains("repository:user/image:pull"));
}

#[tokio::test]
async fn tokens_that_are_fine_grained_expired_or_mistyped_are_denied_at_sign_in() {
    let stage = Stage::new().await;
    for label in ["fine-grained", "expired", "mistyped"] {
        token(&stage, label, "repository:octocat/x:pull").await.refuses(403, "DENIED", "denied");
    }
    for label in ["publish", "oauth", "app", "read", "scopeless"] {
        assert_eq!(token(&stage, label, "repository:octocat/x:pull").await.status, 200, "{label}");
    }
    stage.practice.switches().change(|switches| switches.fine_grained_sign_in = true);
    let bearer = stage.bearer("octocat", "fine-grained", "repository:octocat/x:pull,push").await;
    let push = ask(stage.ghcr(Method::POST, "/v2/octocat/x/blobs/uploads/").bearer_auth(bearer)).await;
    push.refuses(403, "DENIED", SCOPES);
}

#[tokio::test]
async fn the_user_name_counts_only_where_a_switch_says_so() {
    let stage = Stage::new().await;
    let secret = stage.practice.token_for("octocat").unwrap();
    let ask_as = |user: &'static str| ask(stage.ghcr(Method::GET, "/token").basic_auth(user, Some(secret)));
    assert_eq!(ask_as("somebody").await.status, 200);
    stage.practice.switches().change(|switches| switches.check_username = true);
    ask_as("somebody").await.refuses(403, "DENIED", "denied");
    assert_eq!(ask_as("Octocat").await.status, 200);
}

#[tokio::test]
async fn a_bearer_token_that_expires_during_a_push_gets_401_and_a_new_one_goes_on() {
    let stage = Stage::new().await;
    let old = stage.push_token("octocat/x").await;
    let location = stage.session("octocat/x", &old).await;
    stage.practice.expire_bearers();
    let patch = |bearer: String| ask(stage.ghcr(Method::PATCH, &location).bearer_auth(bearer).body("bytes"));
    patch(old).await.refuses(401, "UNAUTHORIZED", UNAUTHENTICATED);
    assert_eq!(patch(stage.push_token("octocat/x").await).await.status, 202);
    stage.practice.switches().change(|switches| switches.token_life = Duration::ZERO);
    assert_eq!(patch(stage.push_token("octocat/x").await).await.status, 401);
}

#[tokio::test]
async fn a_bearer_token_is_good_only_for_the_scopes_it_was_asked_for() {
    let stage = Stage::new().await;
    let pull = stage.bearer("octocat", "publish", "repository:octocat/x:pull").await;
    for (name, bearer) in [("octocat/x", &pull), ("octocat/y", &stage.push_token("octocat/x").await)] {
        let answer =
            ask(stage.ghcr(Method::POST, &format!("/v2/{name}/blobs/uploads/")).bearer_auth(bearer)).await;
        answer.refuses(403, "DENIED", "requested access to the resource is denied");
    }
}

async fn token(stage: &Stage, label: &str, scope: &str) -> Answer {
    let secret = stage.practice.token("octocat", label).unwrap();
    let request = stage.ghcr(Method::GET, &format!("/token?service=ghcr.io&scope={scope}"));
    ask(request.basic_auth("octocat", Some(secret))).await
}
