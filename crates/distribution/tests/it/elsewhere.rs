//! Other hosts that a registry leads to: its token endpoint, storage, another registry. Who is asked, what goes there, and
//! who is named when it fails.

use std::net::SocketAddr;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use slipway_distribution::{Body, Error, ErrorKind, ManifestAt, SignIn};
use slipway_hosts::Endpoint;
use slipway_stage::Server;

use crate::{CANARY, basic_challenge, digest, endpoint, of, repository, status, with};

/// The same place under its other name, as a host of somebody else.
fn other_name(address: SocketAddr) -> String {
    format!("localhost:{}", address.port())
}

fn bearer(realm: &str) -> Response {
    with(401, &[("www-authenticate", format!("Bearer realm=\"{realm}\",service=\"s\""))])
}

fn is_let_in(request: &Request) -> bool {
    request.headers().get("authorization").is_some_and(|value| value == "Bearer good")
}

/// A registry whose tokens are asked for at `realm`.
async fn asking_at(realm: String) -> Server {
    Server::start(move |request| if is_let_in(request) { status(200) } else { bearer(&realm) }).await
}

fn allowing(server: &Server, realm: &str) -> Endpoint {
    Endpoint { realm: Some(realm.parse().unwrap()), ..endpoint(server.address) }
}

#[tokio::test]
async fn a_realm_of_somebody_else_gets_neither_credential_nor_request() {
    let elsewhere = Server::start(|_| status(200)).await;
    let place = other_name(elsewhere.address);
    let server = asking_at(format!("http://{place}/token")).await;
    // Another host is named for it, or another port of the same.
    for endpoint in
        [endpoint(server.address), allowing(&server, "auth.test"), allowing(&server, "localhost:1")]
    {
        let error = of(&endpoint).blob_exists(&digest()).await.unwrap_err();
        assert!(matches!(&error.kind, ErrorKind::Realm(realm) if *realm == place), "{error:?}");
        let error = of(&endpoint).registry().sign_in().await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Realm(_)) && !error.is_transient(), "{error:?}");
        assert!(error.to_string().contains(&place), "{error}");
    }
    assert!(elsewhere.seen().is_empty());
}

/// nvcr.io asks for tokens at authn.nvidia.com (oras-project/oras-dotnet#401): nobody could sign in there.
#[tokio::test]
async fn a_realm_of_somebody_else_is_asked_where_it_is_named_for_the_host() {
    let elsewhere = Server::start(|_| "{\"token\":\"good\"}".into_response()).await;
    let place = other_name(elsewhere.address);
    let server = asking_at(format!("http://{place}/token")).await;
    let repository = of(&allowing(&server, &place));
    assert!(repository.blob_exists(&digest()).await.unwrap().is_some());
    assert_eq!(repository.registry().sign_in().await.unwrap(), SignIn::Accepted);
    let seen = elsewhere.seen();
    assert!(seen.iter().all(|asked| asked.path.starts_with("/token?service=s")), "{seen:?}");
    assert!(seen[0].authorization.as_ref().unwrap().starts_with("Basic "));
    let sent = server.seen();
    assert!(
        sent.iter().all(|asked| !asked.authorization.as_ref().is_some_and(|sent| sent.contains("Basic")))
    );
}

/// Harbor behind a TLS proxy names http:// of its own host (Finsys/dockhand#1428): the words were those of a stranger's
/// host.
#[tokio::test]
async fn a_realm_by_plain_http_is_told_from_one_of_somebody_else() {
    let server = asking_at("http://registry.example.com/token".to_owned()).await;
    let mut endpoint = endpoint(server.address);
    endpoint.realm = Some("registry.example.com".parse().unwrap());
    let error = of(&endpoint).blob_exists(&digest()).await.unwrap_err();
    assert!(
        matches!(&error.kind, ErrorKind::PlainRealm(realm) if realm == "registry.example.com"),
        "{error:?}"
    );
    assert!(error.to_string().contains("by plain http"), "{error}");
    let server = asking_at("/token".to_owned()).await;
    let error = of(&self::endpoint(server.address)).blob_exists(&digest()).await.unwrap_err();
    assert!(error.to_string().contains("its realm /token is no address"), "{error}");
}

/// A token endpoint that moved within its host was "answered 307" (`cesanta/docker_auth` behind a proxy).
#[tokio::test]
async fn a_token_endpoint_is_followed_on_its_own_origin_with_the_credential() {
    for code in [301, 302, 303, 307, 308] {
        let server = Server::start(move |request| {
            let host = request.headers()["host"].to_str().unwrap();
            match request.uri().path() {
                "/token" => with(code, &[("location", format!("/new?{}", request.uri().query().unwrap()))]),
                "/new" => "{\"token\":\"good\"}".into_response(),
                _ if is_let_in(request) => status(200),
                _ => bearer(&format!("http://{host}/token")),
            }
        })
        .await;
        assert!(repository(&server).blob_exists(&digest()).await.unwrap().is_some(), "{code}");
        let moved = server.seen().into_iter().find(|asked| asked.path.starts_with("/new")).unwrap();
        assert!(moved.path.contains("scope=") && moved.authorization.unwrap().starts_with("Basic "));
    }
}

#[tokio::test]
async fn a_token_endpoint_that_moves_to_another_host_gets_no_credential_there() {
    let thief = Server::start(|_| "{\"token\":\"good\"}".into_response()).await;
    let at = thief.address;
    let server = Server::start(move |request| {
        let host = request.headers()["host"].to_str().unwrap();
        match request.uri().path() {
            "/token" => with(307, &[("location", format!("http://{at}/token"))]),
            "/circle" => with(307, &[("location", "/circle".to_owned())]),
            "/v2/" if request.uri().query().is_none() => bearer(&format!("http://{host}/token")),
            _ => status(404),
        }
    })
    .await;
    let error = repository(&server).blob_exists(&digest()).await.unwrap_err();
    assert!(error.to_string().contains("where no token is asked for"), "{error}");
    assert!(thief.seen().is_empty());
    let circle = asking_at(format!("http://{}/circle", server.address)).await;
    let error = repository(&circle).blob_exists(&digest()).await.unwrap_err();
    assert!(error.to_string().contains("in a circle"), "{error}");
    let asked = server.seen().iter().filter(|asked| asked.path.starts_with("/circle")).count();
    assert_eq!(asked, 6, "a circle was followed for long");
}

/// Who an error names: the host that was asked, and the registry as the one that led there.
fn names(error: &Error, asked: &str, registry: &str) {
    assert_eq!((error.asked(), error.host.as_str()), (asked, registry), "{error:?}");
    let said = error.to_string();
    let led = format!("; {registry} led there");
    assert!(
        said.contains(asked) && said.ends_with(&led) && !said.trim_end_matches(&led).contains(registry),
        "{said}"
    );
}

/// The registry was named wherever another host had been asked (distribution/distribution#2225: a port that is lost behind
/// a proxy is told as "no connection to" the registry, which answers).
#[tokio::test]
async fn whoever_was_really_asked_is_named_and_the_registry_as_the_one_that_led_there() {
    // Its token endpoint.
    let tokens = Server::start(|_| status(418)).await;
    let place = other_name(tokens.address);
    let server = asking_at(format!("http://{place}/token")).await;
    let error = of(&allowing(&server, &place)).blob_exists(&digest()).await.unwrap_err();
    names(&error, &place, &server.address.to_string());
    assert_eq!(error.request.unwrap().path, "/token");

    // Storage of a blob, and what is wrong with a manifest there.
    let storage = Server::start(|request| match request.uri().path() {
        "/large" => vec![b' '; (4 << 20) + 1].into_response(),
        "/wrong" => "{}".into_response(),
        "/circle" => with(307, &[("location", "/circle".to_owned())]),
        _ => (StatusCode::FORBIDDEN, "<Error><Code>AccessDenied</Code><Message>expired</Message></Error>")
            .into_response(),
    })
    .await;
    let at = storage.address;
    let leading = async |to: &'static str| {
        Server::start(move |request| match request.uri().path() {
            "/v2/" => status(200),
            _ => with(307, &[("location", format!("http://{at}{to}"))]),
        })
        .await
    };
    for to in ["/large", "/wrong", "/circle", "/else"] {
        let server = leading(to).await;
        let error = repository(&server).manifest(&ManifestAt::Digest(digest())).await.unwrap_err();
        names(&error, &at.to_string(), &server.address.to_string());
    }
    let server = leading("/else").await;
    let error = repository(&server).blob(&digest(), 0).await.err().unwrap();
    names(&error, &at.to_string(), &server.address.to_string());
    assert!(error.to_string().contains("AccessDenied: expired"), "{error}");

    // A request with content that belongs elsewhere: an answer, and none.
    let error = repository(&server).open_upload().await.err().unwrap();
    names(&error, &at.to_string(), &server.address.to_string());
    assert_eq!(error.request.unwrap().path, "/else");
    let tag = ManifestAt::Tag("1".parse().unwrap());
    let kind = "application/vnd.oci.image.manifest.v1+json";
    let error = repository(&server).put_manifest(&tag, kind, "{}".into()).await.unwrap_err();
    names(&error, &at.to_string(), &server.address.to_string());
    let closed = Server::start(|_| status(200)).await;
    let gone = closed.address;
    closed.stop().await;
    let server = Server::start(move |request| match request.uri().path() {
        "/v2/" => status(200),
        _ => with(307, &[("location", format!("http://{gone}/up"))]),
    })
    .await;
    let error = repository(&server).open_upload().await.err().unwrap();
    names(&error, &gone.to_string(), &server.address.to_string());

    // An upload session at another place (moby/moby#18970).
    let server = Server::start(move |request| match request.method().as_str() {
        "POST" => with(202, &[("location", format!("http://{at}/session"))]),
        _ => status(200),
    })
    .await;
    let mut upload = repository(&server).open_upload().await.unwrap();
    let error = upload.put(&digest(), 3, Body::from_bytes("abc".into())).await.unwrap_err();
    names(&error, &at.to_string(), &server.address.to_string());
}

/// distribution/distribution#2225: https for http was called by the registry's own name.
#[tokio::test]
async fn another_scheme_of_the_same_host_is_told_as_what_it_is() {
    let server = Server::start(move |request| match request.method().as_str() {
        "POST" => {
            let host = request.headers()["host"].to_str().unwrap();
            with(202, &[("location", format!("https://{host}/up/1"))])
        }
        "HEAD" => status(404),
        _ => status(200),
    })
    .await;
    let mut upload = repository(&server).open_upload().await.unwrap();
    let error = upload.put(&digest(), 3, Body::from_bytes("abc".into())).await.unwrap_err();
    assert_eq!(error.asked(), format!("https://{}", server.address), "{error}");
}

/// A credential stays with its host: an upload that is refused without one elsewhere is no token that ended, and was sent
/// again for most of a minute.
#[tokio::test]
async fn a_refusal_elsewhere_for_want_of_a_credential_is_final_and_says_so() {
    let elsewhere = Server::start(|_| basic_challenge()).await;
    let at = elsewhere.address;
    let server = Server::start(move |request| match request.method().as_str() {
        "POST" => with(202, &[("location", format!("http://{at}/up/1"))]),
        _ => status(200),
    })
    .await;
    let mut upload = repository(&server).open_upload().await.unwrap();
    let error = upload.put(&digest(), 3, Body::from_bytes("abc".into())).await.unwrap_err();
    assert!(!error.is_transient(), "{error}");
    assert!(error.to_string().ends_with("led there, and its credential does not go along"), "{error}");
    assert_eq!(elsewhere.seen().len(), 1);
}

/// RFC 9110, section 10.2.2: a relative Location counts from the address that answered.
#[tokio::test]
async fn a_session_that_is_opened_elsewhere_goes_on_there() {
    let other = Server::start(|request| match request.method().as_str() {
        "POST" => with(202, &[("location", "sessions/1".to_owned())]),
        _ => status(201),
    })
    .await;
    let to = format!("http://{}/v2/other/open", other.address);
    let server = Server::start(move |request| match (request.method().as_str(), request.uri().path()) {
        ("POST", _) => with(307, &[("location", to.clone())]),
        (_, "/v2/") => basic_challenge(),
        _ => status(404),
    })
    .await;
    let mut upload = repository(&server).open_upload().await.unwrap();
    upload.put(&digest(), 3, Body::from_bytes("abc".into())).await.unwrap();
    let seen = other.seen();
    assert!(seen[1].path.starts_with("/v2/other/sessions/1?digest="), "{seen:?}");
    assert!(seen.iter().all(|asked| asked.authorization.is_none()), "{seen:?}");
    assert!(!format!("{seen:?}").contains(CANARY));
}
