//! Where credentials go, and where they do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use slipway_distribution::{Body, Credentials as _, ErrorKind, ManifestAt, Options, Registry, SignIn};
use slipway_hosts::Hosts;
use slipway_stage::Server;

use crate::{CANARY, Octocat, basic_challenge, digest, repository, repository_at, status, with};

#[tokio::test]
async fn a_redirected_blob_leaves_the_credential_behind() {
    let storage = Server::start(|_| "content".into_response()).await;
    let at = storage.address;
    let server = Server::start(move |request| match request.uri().path() {
        "/v2/" => basic_challenge(),
        _ => with(307, &[("location", format!("http://{at}/signed?key=1"))]),
    })
    .await;
    let mut stream = repository(&server).blob(&digest(), 0).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), "content");
    let last = server.seen().pop().unwrap().authorization;
    assert!(last.unwrap().starts_with("Basic "));
    assert_eq!(storage.seen()[0].authorization, None, "the storage saw the credential");
}

/// A configuration is kept in memory: neither another one nor one without end is taken for it.
#[tokio::test]
async fn a_small_blob_is_what_was_asked_for_or_an_error() {
    let server = Server::start(|_| "content".into_response()).await;
    let fetched = async |digest: &str, most| {
        repository(&server).small_blob(&digest.parse().unwrap(), most).await.map_err(|error| error.kind)
    };
    let content = "sha256:ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73";
    assert_eq!(fetched(content, 7).await.unwrap(), b"content");
    assert!(matches!(fetched(content, 6).await, Err(ErrorKind::TooLarge)));
    let other = format!("sha256:{}", "a".repeat(64));
    assert!(matches!(fetched(&other, 7).await, Err(ErrorKind::Digest { .. })));
}

#[tokio::test]
async fn an_upload_location_elsewhere_gets_no_credential() {
    let elsewhere = Server::start(|_| status(201)).await;
    let at = elsewhere.address;
    let server = Server::start(move |request| match request.method().as_str() {
        "POST" => with(202, &[("location", format!("http://{at}/up/1"))]),
        "HEAD" => status(404),
        _ => basic_challenge(),
    })
    .await;
    let mut upload = repository(&server).open_upload().await.unwrap();
    upload.put(&digest(), 3, Body::from_bytes("abc".into())).await.unwrap();
    let seen = elsewhere.seen();
    assert!(seen[0].path.starts_with("/up/1?digest=sha256"), "{seen:?}");
    assert_eq!(seen[0].authorization, None);
}

/// A registry with tokens; `refuse` says how often the first token is refused in the middle.
async fn with_tokens(refuse: usize) -> (Server, Arc<AtomicUsize>) {
    let bought = Arc::new(AtomicUsize::new(0));
    let (count, refused) = (Arc::clone(&bought), AtomicUsize::new(0));
    let server = Server::start(move |request| {
        let host = request.headers()["host"].to_str().unwrap();
        let challenge = || {
            with(401, &[("www-authenticate", format!("Bearer realm=\"http://{host}/token\",service=\"s\""))])
        };
        let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        match (request.uri().path(), bearer) {
            ("/token", _) => {
                format!("{{\"token\":\"t{}\"}}", count.fetch_add(1, Ordering::SeqCst)).into_response()
            }
            (_, Some("Bearer t0")) if refused.fetch_add(1, Ordering::SeqCst) < refuse => status(401),
            (_, Some(bearer)) if bearer.starts_with("Bearer t") => status(200),
            _ => challenge(),
        }
    })
    .await;
    (server, bought)
}

#[tokio::test]
async fn many_requests_buy_one_token() {
    let (server, bought) = with_tokens(0).await;
    let repository = repository(&server);
    let digest = digest();
    let all = (0..20).map(|_| repository.blob_exists(&digest));
    for found in futures_util::future::join_all(all).await {
        assert!(found.unwrap().is_some());
    }
    assert_eq!(bought.load(Ordering::SeqCst), 1);
    let token = server.seen().into_iter().find(|asked| asked.path.starts_with("/token")).unwrap();
    assert!(token.path.contains("scope=repository%3Aoctocat%2Fmonalisa%3Apull%2Cpush"), "{}", token.path);
    assert!(token.authorization.unwrap().starts_with("Basic "));
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_is_bought_again_once() {
    let (server, bought) = with_tokens(1).await;
    assert!(repository(&server).blob_exists(&digest()).await.unwrap().is_some());
    assert_eq!(bought.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_refusal_shows_the_registrys_words_and_never_the_secret() {
    let server = Server::start(|request| match request.uri().path() {
        "/v2/" => basic_challenge(),
        _ => {
            let words = r#"{"errors":[{"code":"DENIED","message":"permission_denied: write_package"}]}"#;
            (axum::http::StatusCode::FORBIDDEN, [("x-github-request-id", "C559")], words).into_response()
        }
    })
    .await;
    let error = repository(&server).open_upload().await.err().unwrap();
    assert_eq!(error.errors[0].message, "permission_denied: write_package");
    assert_eq!((error.status, error.request_id.as_deref()), (Some(403), Some("C559")));
    assert_eq!(error.request.as_ref().unwrap().path, "/v2/octocat/monalisa/blobs/uploads/");
    let shown = format!("{error} {error:?} {:?}", Octocat.credential(&"ghcr.io".parse().unwrap()));
    assert!(!shown.contains(CANARY) && !shown.contains("Basic "), "{shown}");
}

#[tokio::test]
async fn plain_http_to_another_host_is_refused() {
    let mut endpoint = Hosts::builtin().endpoint(&"registry.example.com".parse().unwrap(), false).unwrap();
    endpoint.registry = "http://registry.example.com".parse().unwrap();
    let error = Registry::new(&endpoint, Arc::new(()), &Options::default()).err().unwrap();
    assert!(matches!(error.kind, ErrorKind::PlainHttp));
}

#[tokio::test]
async fn a_manifest_that_does_not_fit_its_digest_is_refused() {
    let server = Server::start(|_| "{}".into_response()).await;
    let error = repository(&server).manifest(&ManifestAt::Digest(digest())).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Digest { .. }), "{error}");
}

#[tokio::test]
async fn a_manifest_above_four_mebibytes_is_refused() {
    let server = Server::start(|_| vec![b' '; (4 << 20) + 1].into_response()).await;
    let error = repository(&server).manifest(&ManifestAt::Tag("1".parse().unwrap())).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::TooLarge), "{error}");
}

#[tokio::test]
async fn tags_are_read_over_relative_and_absolute_pages() {
    let server = Server::start(|request| {
        let host = request.headers()["host"].to_str().unwrap();
        let page = |tags: &str, next: Option<String>| {
            let mut response = format!("{{\"tags\":{tags}}}").into_response();
            if let Some(next) = next {
                response.headers_mut().insert("link", format!("<{next}>; rel=\"next\"").parse().unwrap());
            }
            response
        };
        match request.uri().query() {
            Some("last=b") => {
                page("[\"c\"]", Some(format!("http://{host}/v2/octocat/monalisa/tags/list?last=c")))
            }
            Some("last=c") => page("[\"d\", \"not a tag!\"]", None),
            Some(_) => page("[\"a\",\"b\"]", Some("/v2/octocat/monalisa/tags/list?last=b".to_owned())),
            None => status(200),
        }
    })
    .await;
    let tags = repository(&server).tags().await.unwrap();
    assert_eq!(tags.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn a_wait_in_microseconds_is_waited_and_the_request_made_again() {
    let tries = AtomicUsize::new(0);
    let server = Server::start(move |request| match request.method().as_str() {
        "POST" if tries.fetch_add(1, Ordering::SeqCst) == 0 => {
            let words = r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"retry-after: 250µs, allowed: 2000/minute"}]}"#;
            (axum::http::StatusCode::TOO_MANY_REQUESTS, words).into_response()
        }
        "POST" => with(202, &[("location", "/up/1".to_owned())]),
        _ => status(200),
    })
    .await;
    assert!(repository(&server).open_upload().await.is_ok());
}

#[tokio::test]
async fn a_lost_commit_counts_by_what_is_there() {
    for (head, good) in [(200, true), (404, false)] {
        let server = Server::start(move |request| match request.method().as_str() {
            "POST" => with(202, &[("location", "/up/1".to_owned())]),
            "PATCH" => with(202, &[("location", "/up/2".to_owned())]),
            "PUT" => status(404),
            "HEAD" => status(head),
            _ => status(200),
        })
        .await;
        let mut upload = repository(&server).open_upload().await.unwrap();
        upload.stream(Body::from_bytes("abc".into())).await.unwrap();
        assert_eq!(upload.commit(&digest()).await.is_ok(), good, "HEAD {head}");
    }
}

/// reqwest#1975: the registry answers and closes while we still write.
#[tokio::test]
async fn an_early_refusal_of_a_large_stream_is_told_with_its_reason() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let posts = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&posts);
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                let mut start = vec![0; 4096];
                let length = connection.read(&mut start).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&start[..length]).into_owned();
                let words = r#"{"errors":[{"code":"DENIED","message":"quota"}]}"#;
                let refused = format!(
                    "HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{words}",
                    words.len()
                );
                let answer = match request.split(' ').next() {
                    Some("POST") if count.fetch_add(1, Ordering::SeqCst) == 0 => {
                        "HTTP/1.1 202 Accepted\r\nlocation: /up/1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned()
                    }
                    Some("GET") => "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned(),
                    _ => refused,
                };
                // Closed with the rest of the body unread, as overloaded proxies do.
                let _ = connection.write_all(answer.as_bytes()).await;
            });
        }
    });
    let mut upload = repository_at(address).open_upload().await.unwrap();
    let chunks = futures_util::stream::repeat_with(|| Ok(bytes::Bytes::from(vec![0; 1 << 16]))).take(4096);
    let error = upload.stream(Body::from_stream(chunks)).await.err().unwrap();
    assert_eq!(error.errors.first().map(|error| error.message.as_str()), Some("quota"), "{error:?}");
}

/// What a sign-in with the canary came to; the token endpoint is at `/token` of the same server.
async fn sign_in(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Result<SignIn, String> {
    let server = Server::start(answer).await;
    repository(&server).registry().sign_in().await.map_err(|error| {
        assert!(!format!("{error:?} {error}").contains(CANARY));
        format!("{:?} {}", error.status, error.refuses_credential())
    })
}

fn carries(request: &Request, authorization: &str) -> bool {
    request.headers().get("authorization").is_some_and(|value| value == authorization)
}

#[tokio::test]
async fn a_sign_in_tells_a_credential_that_is_taken_from_one_that_is_not() {
    // octocat:canary-secret
    const BASIC: &str = "Basic b2N0b2NhdDpjYW5hcnktc2VjcmV0";
    let basic = |request: &Request| if carries(request, BASIC) { status(200) } else { basic_challenge() };
    assert_eq!(sign_in(basic).await, Ok(SignIn::Accepted));
    assert_eq!(sign_in(|_| basic_challenge()).await, Err("Some(401) true".to_owned()));
    assert_eq!(sign_in(|_| status(200)).await, Ok(SignIn::NotWanted));
    assert_eq!(sign_in(|_| status(404)).await, Err("Some(404) false".to_owned()));

    let bearer = |token: u16| {
        move |request: &Request| {
            let host = request.headers()["host"].to_str().unwrap();
            let challenge = format!("Bearer realm=\"http://{host}/token\",service=\"x\"");
            match request.uri().path() {
                "/token" if carries(request, BASIC) && token == 200 => "{\"token\":\"good\"}".into_response(),
                "/token" => status(if token == 200 { 401 } else { token }),
                _ if carries(request, "Bearer good") => status(200),
                _ => with(401, &[("www-authenticate", challenge)]),
            }
        }
    };
    assert_eq!(sign_in(bearer(200)).await, Ok(SignIn::Accepted));
    assert_eq!(sign_in(bearer(403)).await, Err("Some(403) true".to_owned()));
    assert_eq!(sign_in(bearer(401)).await, Err("Some(401) true".to_owned()));
    assert_eq!(sign_in(bearer(503)).await, Err("Some(503) false".to_owned()));
}
