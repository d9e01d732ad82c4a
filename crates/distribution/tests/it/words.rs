//! What a registry says: refusals in every form, and warnings. None of its words holds a secret.

use std::sync::{Arc, Mutex};

use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use slipway_distribution::{Access, Body, Error, ManifestAt, Repository, Waits};
use slipway_hosts::Meaning;
use slipway_stage::Server;

use crate::{CANARY, basic_challenge, digest, repository, status, with};

/// The first words of a refusal to open an upload.
async fn refusal(kind: &'static str, body: &'static str) -> Error {
    let server = Server::start(move |request| match request.uri().path() {
        "/v2/" => status(200),
        _ => (StatusCode::FORBIDDEN, [("content-type", kind)], body).into_response(),
    })
    .await;
    repository(&server).open_upload().await.err().unwrap()
}

/// A code that is a number, a list of words, or one `error` for `errors` left nothing but "answered 403"
/// (podman-container-tools/skopeo#745).
#[tokio::test]
async fn a_refusal_keeps_its_words_in_whatever_json_it_comes() {
    for (body, said) in [
        (r#"{"errors":[{"code":403,"message":"quota exceeded"}]}"#, "answered 403 (403: quota exceeded)"),
        (r#"{"errors":["name is reserved"]}"#, "answered 403 (name is reserved)"),
        (r#"{"errors":[{"status":403,"message":null,"code":"DENIED"}]}"#, "answered 403 (DENIED)"),
        (r#"{"errors":{"code":"DENIED","message":"by policy"}}"#, "answered 403 (DENIED: by policy)"),
        (r#"{"message":"Your plan does not allow this"}"#, "answered 403 (Your plan does not allow this)"),
        (r#"{"details":"incorrect password"}"#, "answered 403 (incorrect password)"),
        (r#"{"error":"denied","error_description":"no seat"}"#, "answered 403 (denied: no seat)"),
        ("read only", "answered 403 (read only)"),
    ] {
        let error = refusal("application/json", body).await;
        assert!(error.to_string().ends_with(said), "{body}: {error}");
    }
}

/// Nothing follows from the title of a page: it may be that of a proxy which wants a sign-in of its own.
#[tokio::test]
async fn a_proxys_page_is_quoted_and_not_taken_for_the_registrys_refusal() {
    let page =
        "<html><head><title>Single Sign-On: secondary rate limit, retry-after: 3s</title></head></html>";
    let error = refusal("text/html", page).await;
    assert!(error.to_string().contains("Single Sign-On"), "{error}");
    assert_eq!(error.meaning(), Meaning::DeniedOther);
    assert!(!error.is_transient() && error.retry_after().is_none());
}

#[tokio::test]
async fn a_registry_that_repeats_the_credential_is_quoted_without_it() {
    let server = Server::start(|request| {
        let host = request.headers()["host"].to_str().unwrap();
        let sent = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
        match (request.uri().path(), sent) {
            ("/token", _) => "{\"token\":\"bought-token\"}".into_response(),
            (_, None) => with(
                401,
                &[("www-authenticate", format!("Bearer realm=\"http://{host}/token\",service=\"s\""))],
            ),
            (_, Some(sent)) => {
                let words = format!("{{\"message\":\"{sent} of {CANARY}\",\"detail\":[\"{sent}\"]}}");
                (StatusCode::FORBIDDEN, [("x-request-id", sent)], words).into_response()
            }
        }
    })
    .await;
    let error = repository(&server).open_upload().await.err().unwrap();
    let said = format!("{error} {error:?}");
    assert!(said.contains("Bearer … of …"), "{said}");
    assert!(!said.contains("bought-token") && !said.contains(CANARY), "{said}");
}

/// A repository, and the warnings that were told.
fn warned(server: &Server) -> (Repository, Arc<Mutex<Vec<String>>>) {
    let told = Arc::<Mutex<Vec<String>>>::default();
    let list = Arc::clone(&told);
    let waits = Waits::default().with_warnings(move |text| list.lock().unwrap().push(text.to_owned()));
    let registry = repository(server).registry().telling(waits);
    (registry.repository(&"octocat/app".parse().unwrap(), Access::PullPush), told)
}

fn warns(mut response: Response, texts: &[&str]) -> Response {
    for text in texts {
        response.headers_mut().append("warning", HeaderValue::from_bytes(text.as_bytes()).unwrap());
    }
    response
}

/// A registry that says when it will be gone was not heard (distribution specification, "Warnings").
#[tokio::test]
async fn what_a_registry_warns_of_is_told_once_for_each_text() {
    let server = Server::start(|request| match request.method().as_str() {
        "POST" => warns(with(202, &[("location", "/up/1".to_owned())]), &["299 - \"tags end on 1 March\""]),
        "PUT" => {
            warns(status(201), &["299 - \"tags end on 1 March\", 299 - \"größer\"", "199 - \"a cache\""])
        }
        _ => warns(status(200), &["299 - \"moved to new.example.com\""]),
    })
    .await;
    let (repository, told) = warned(&server);
    for _ in 0..2 {
        let mut upload = repository.open_upload().await.unwrap();
        upload.put(&digest(), 3, Body::from_bytes("abc".into())).await.unwrap();
    }
    let tag = ManifestAt::Tag("1".parse().unwrap());
    repository.put_manifest(&tag, "application/vnd.oci.image.manifest.v1+json", "{}".into()).await.unwrap();
    assert_eq!(*told.lock().unwrap(), ["moved to new.example.com", "tags end on 1 March", "größer"]);
    // The next job hears of them again.
    let (repository, told) = warned(&server);
    repository.blob_exists(&digest()).await.unwrap();
    assert_eq!(told.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_warning_holds_no_secret_is_short_and_obeyed_by_no_terminal() {
    let server = Server::start(|request| {
        if !request.headers().contains_key("authorization") {
            return basic_challenge();
        }
        let sent = request.headers()["authorization"].to_str().unwrap();
        let long = format!("299 - \"{}\"", "x".repeat(5000));
        let secret = format!("299 - \"{CANARY} was sent as {sent}\"");
        let mut texts: Vec<String> = (0..40).map(|number| format!("299 - \"warning {number}\"")).collect();
        texts.splice(0..0, [long, secret, "299 - \"a\u{202e}b\tc\"".to_owned()]);
        warns(status(200), &texts.iter().map(String::as_str).collect::<Vec<_>>())
    })
    .await;
    let (repository, told) = warned(&server);
    repository.blob_exists(&digest()).await.unwrap();
    let told = told.lock().unwrap();
    assert_eq!((told.len(), told[0].chars().count()), (20, 500));
    assert_eq!((told[1].as_str(), told[2].as_str()), ("… was sent as Basic …", "ab c"));
}

/// The storage that a registry leads to is not the registry.
#[tokio::test]
async fn other_hosts_warn_nobody() {
    let storage = Server::start(|_| warns(status(200), &["299 - \"of a cache\""])).await;
    let at = storage.address;
    let server = Server::start(move |request| match request.uri().path() {
        "/v2/" => status(200),
        _ => with(307, &[("location", format!("http://{at}/blob"))]),
    })
    .await;
    let (repository, told) = warned(&server);
    repository.blob(&digest(), 0).await.map(drop).unwrap();
    assert_eq!(storage.seen().len(), 1);
    assert!(told.lock().unwrap().is_empty());
}
