//! How often a question is asked, counted and not timed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use slipway_distribution::{Access, Options, Registry, Repository, Retries, Waits};
use slipway_hosts::Hosts;
use slipway_stage::Server;

use crate::quick;

/// A path of the registry at `host`, of a job whose waits are told.
fn repository(host: &str) -> (Repository, Arc<AtomicUsize>) {
    let endpoint = Hosts::builtin().endpoint(&host.parse().unwrap(), false).unwrap();
    let options = Options { retries: quick(), ..Options::default() };
    let registry = Registry::new(&endpoint, Arc::new(()), &options).unwrap();
    let told = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&told);
    let waits = Waits::new(move |_, _| _ = count.fetch_add(1, Ordering::Relaxed));
    (registry.telling(waits).repository(&"octocat/app".parse().unwrap(), Access::PullPush), told)
}

fn digest() -> slipway_reference::Digest {
    format!("sha256:{}", "a".repeat(64)).parse().unwrap()
}

/// A misspelt host and a closed port took seven minutes, 153 tries: loops inside of loops.
#[tokio::test]
async fn a_registry_that_never_answered_is_given_up_after_three_tries() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let tried = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&tried);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            drop(stream);
        }
    });
    let (repository, told) = repository(&host);
    let error = repository.blob_exists(&digest()).await.unwrap_err();
    assert!(error.is_out_of_reach(), "{error}");
    assert_eq!((tried.load(Ordering::Relaxed), told.load(Ordering::Relaxed)), (3, 2));
}

/// A registry behind a proxy that loses the port leads to one where nobody listens: 38 seconds went by on each layer
/// (distribution/distribution#2225). A host that answered before has all tries.
#[tokio::test]
async fn a_host_that_a_registry_leads_to_and_that_never_answered_is_given_up_as_soon() {
    for answers in [0, 1] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = format!("http://{}/blob", listener.local_addr().unwrap());
        let tried = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&tried);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                if count.fetch_add(1, Ordering::Relaxed) < answers {
                    let answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                    let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 4096]).await.unwrap();
                    tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await.unwrap();
                }
            }
        });
        let server = Server::start(move |request| match request.uri().path() {
            "/v2/" => StatusCode::OK.into_response(),
            _ => (StatusCode::TEMPORARY_REDIRECT, [("location", to.clone())], "").into_response(),
        })
        .await;
        let (repository, _) = repository(&server.address.to_string());
        for _ in 0..answers {
            assert_eq!(repository.blob_exists(&digest()).await.unwrap(), None);
        }
        let error = repository.blob_exists(&digest()).await.unwrap_err();
        assert!(error.is_out_of_reach() && error.led_to.is_some(), "{error}");
        let tries = if answers == 0 { 3 } else { 1 + usize::try_from(Retries::default().job.tries).unwrap() };
        assert_eq!(tried.load(Ordering::Relaxed), tries);
    }
}

/// A `Location` that is empty or none was told as lost sessions, six times.
#[tokio::test]
async fn an_upload_without_an_address_of_its_own_is_told_once_as_what_it_is() {
    for location in [None, Some(""), Some("/v2/octocat/app/blobs/uploads/")] {
        let server = Server::start(move |request| match (request.method().as_str(), location) {
            ("POST", Some(location)) => (StatusCode::ACCEPTED, [("location", location)], "").into_response(),
            ("POST", None) => StatusCode::ACCEPTED.into_response(),
            _ => StatusCode::OK.into_response(),
        })
        .await;
        let (repository, _) = repository(&server.address.to_string());
        let error = repository.open_upload().await.map(|_| ()).unwrap_err();
        assert!(!error.is_transient(), "{error}");
        assert!(matches!(&error.kind, slipway_distribution::ErrorKind::BadAnswer(_)), "{error}");
        assert_eq!(server.seen().iter().filter(|request| request.method == "POST").count(), 1);
    }
}

#[tokio::test]
async fn a_registry_that_only_fails_is_asked_as_often_as_one_question_may_be() {
    let server = Server::start(|_| StatusCode::SERVICE_UNAVAILABLE.into_response()).await;
    let (repository, told) = repository(&server.address.to_string());
    let error = repository.blob_exists(&digest()).await.unwrap_err();
    assert_eq!(error.status, Some(503));
    let tries = usize::try_from(Retries::default().job.tries).unwrap();
    // How it wants to know who asks, and what was asked itself, are one question.
    assert_eq!((server.seen().len(), told.load(Ordering::Relaxed)), (tries, tries - 1));
}

/// GitHub's secondary limit is a 403 that names no time, and was a refusal (markrussinovich/refchecker#67). GitHub asks for a
/// minute then.
#[tokio::test]
async fn a_secondary_limit_is_a_wait_wherever_a_push_meets_it() {
    const LIMIT: &str =
        "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"You have exceeded a secondary rate limit.\"}]}";
    for place in ["/v2/", "/v2/octocat/app/blobs/uploads/", "/up/1", "/v2/octocat/app/manifests/1.0"] {
        let refused = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&refused);
        let server = Server::start(move |request| {
            let path = request.uri().path();
            if path == place && count.fetch_add(1, Ordering::Relaxed) < 2 {
                return (StatusCode::FORBIDDEN, LIMIT).into_response();
            }
            match (request.method().as_str(), path) {
                ("POST", _) => (StatusCode::ACCEPTED, [("location", "/up/1")], "").into_response(),
                ("PUT", _) => StatusCode::CREATED.into_response(),
                ("HEAD", _) => StatusCode::NOT_FOUND.into_response(),
                _ => StatusCode::OK.into_response(),
            }
        })
        .await;
        let waited = Arc::<std::sync::Mutex<Vec<Duration>>>::default();
        let list = Arc::clone(&waited);
        let waits = Waits::new(move |_, wait| list.lock().unwrap().push(wait));
        let endpoint =
            Hosts::builtin().endpoint(&server.address.to_string().parse().unwrap(), false).unwrap();
        let mut retries = quick();
        // As long as a minute is beside the usual waits.
        retries.job.secondary_wait = Duration::from_millis(20);
        let options = Options { retries, ..Options::default() };
        let registry = Registry::new(&endpoint, Arc::new(()), &options).unwrap().telling(waits);
        let repository = registry.repository(&"octocat/app".parse().unwrap(), Access::PullPush);
        repository.open_upload().await.unwrap().commit(&digest()).await.unwrap();
        let at = slipway_distribution::ManifestAt::Tag("1.0".parse().unwrap());
        let raw = b"{\"schemaVersion\":2}";
        repository
            .put_manifest(&at, "application/vnd.oci.image.manifest.v1+json", raw[..].into())
            .await
            .unwrap();
        assert_eq!(refused.load(Ordering::Relaxed).min(3), 3, "{place}");
        assert_eq!(*waited.lock().unwrap(), [Duration::from_millis(20); 2], "{place}");
    }
    assert_eq!(Retries::default().job.secondary_wait, Duration::from_secs(60));
}

/// Harbor and ECR refuse to set a tag a second time; the answer to the first try had got lost.
#[tokio::test]
async fn a_tag_that_may_be_set_once_is_looked_for_before_it_is_set_again() {
    let puts = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&puts);
    let raw = b"{\"schemaVersion\":2}";
    let set = slipway_stage::digest(raw);
    let server = Server::start(move |request| {
        let path = request.uri().path();
        if !path.contains("/manifests/") {
            return StatusCode::OK.into_response();
        }
        match request.method().as_str() {
            "PUT" if count.fetch_add(1, Ordering::Relaxed) == 0 => StatusCode::BAD_GATEWAY.into_response(),
            "PUT" => StatusCode::PRECONDITION_FAILED.into_response(),
            _ => {
                let headers = [
                    ("docker-content-digest", set.clone()),
                    ("content-type", "application/vnd.oci.image.manifest.v1+json".to_owned()),
                ];
                (headers, "").into_response()
            }
        }
    })
    .await;
    let (repository, _) = repository(&server.address.to_string());
    let at = slipway_distribution::ManifestAt::Tag("1.0".parse().unwrap());
    let put =
        repository.put_manifest(&at, "application/vnd.oci.image.manifest.v1+json", raw[..].into()).await;
    assert!(put.is_ok(), "{put:?}");
    assert_eq!(puts.load(Ordering::Relaxed), 1);
}

/// jdx/mise#11132, crossplane/crossplane#3223: docker and containerd go on and upload.
#[tokio::test]
async fn a_registry_without_head_for_blobs_takes_them() {
    for status in [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_IMPLEMENTED, StatusCode::BAD_REQUEST] {
        let server = Server::start(move |request| match request.method().as_str() {
            "HEAD" => status.into_response(),
            _ => StatusCode::OK.into_response(),
        })
        .await;
        let (repository, _) = repository(&server.address.to_string());
        assert_eq!(repository.blob_exists(&digest()).await.unwrap(), None, "{status}");
    }
}

/// RFC 9110 §15.4.8: the same request belongs to another address. Its credential stays.
#[tokio::test]
async fn an_upload_that_is_opened_elsewhere_is_followed_there() {
    let other = Server::start(|_| {
        (StatusCode::ACCEPTED, [("location", "/v2/octocat/app/blobs/uploads/1")], "").into_response()
    })
    .await;
    let to = format!("http://{}/elsewhere", other.address);
    let server = Server::start(move |request| match request.method().as_str() {
        "POST" => (StatusCode::TEMPORARY_REDIRECT, [("location", to.clone())], "").into_response(),
        _ => StatusCode::OK.into_response(),
    })
    .await;
    let (repository, _) = repository(&server.address.to_string());
    let upload = repository.open_upload().await.unwrap();
    let seen = other.seen();
    assert_eq!((seen.len(), seen[0].method.as_str(), seen[0].authorization.as_deref()), (1, "POST", None));
    // A relative address counts from where it was said.
    let expected = format!("http://{}/v2/octocat/app/blobs/uploads/1", other.address);
    assert_eq!(upload.location(), expected);
}

/// The one of the 21 faults that failed: a refusal in the middle of a push without a login, which never repeats.
#[tokio::test]
async fn a_single_401_does_not_end_a_push_without_a_login() {
    for stream in [false, true] {
        let refused = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&refused);
        let server = Server::start(move |request| {
            let place = if stream { "PATCH" } else { "HEAD" };
            if request.method() == place && count.fetch_add(1, Ordering::Relaxed) == 0 {
                return StatusCode::UNAUTHORIZED.into_response();
            }
            match request.method().as_str() {
                "POST" | "PATCH" => {
                    (StatusCode::ACCEPTED, [("location", "/v2/octocat/app/blobs/uploads/1")], "")
                        .into_response()
                }
                "HEAD" => StatusCode::NOT_FOUND.into_response(),
                _ => StatusCode::OK.into_response(),
            }
        })
        .await;
        let (repository, _) = repository(&server.address.to_string());
        let mut upload = repository.open_upload().await.unwrap();
        if stream {
            let error =
                upload.stream(slipway_distribution::Body::from_bytes(bytes::Bytes::from_static(b"x"))).await;
            assert!(error.unwrap_err().is_transient(), "a new session may do");
        } else {
            assert_eq!(repository.blob_exists(&digest()).await.unwrap(), None);
        }
        assert!(refused.load(Ordering::Relaxed) >= 1);
    }
}

/// What never took anybody without a login is asked once more by nobody.
#[tokio::test]
async fn a_registry_that_wants_a_login_is_not_asked_twice_without_one() {
    let server = Server::start(|_| {
        (StatusCode::UNAUTHORIZED, [("www-authenticate", "Basic realm=\"r\"")], "").into_response()
    })
    .await;
    let (repository, told) = repository(&server.address.to_string());
    let error = repository.blob_exists(&digest()).await.unwrap_err();
    assert_eq!((error.status, told.load(Ordering::Relaxed)), (Some(401), 0));
    assert!(server.seen().len() <= 2, "{:?}", server.seen());
}

/// The content is gone by when a registry says where it belongs; whoever has it sends it there.
#[tokio::test]
async fn a_body_that_belongs_elsewhere_is_sent_there_next() {
    let other = Server::start(|_| StatusCode::CREATED.into_response()).await;
    let to = format!("http://{}", other.address);
    let server = Server::start(move |request| match request.method().as_str() {
        "PUT" => {
            let location = format!("{to}{}", request.uri());
            (StatusCode::PERMANENT_REDIRECT, [("location", location)], "").into_response()
        }
        "POST" => {
            (StatusCode::ACCEPTED, [("location", "/v2/octocat/app/blobs/uploads/1")], "").into_response()
        }
        _ => StatusCode::OK.into_response(),
    })
    .await;
    let (repository, _) = repository(&server.address.to_string());
    let mut upload = repository.open_upload().await.unwrap();
    let body = || slipway_distribution::Body::from_bytes(bytes::Bytes::from_static(b"x"));
    let moved = upload.put(&digest(), 1, body()).await.unwrap_err();
    assert!(moved.is_moved() && moved.is_transient());
    upload.put(&digest(), 1, body()).await.unwrap();
    let seen = other.seen();
    assert_eq!((seen.len(), seen[0].path.matches("digest=").count()), (1, 1), "{seen:?}");
    assert_eq!(seen[0].authorization, None);
}
