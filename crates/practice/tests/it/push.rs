//! Facts §3.1–3.5: upload sessions, mounts and manifests.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use sha2::Digest as _;
use slipway_practice::MountAnswer;

use crate::{Answer, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, Stage, ask, digest};

const NAME: &str = "octocat/pushed";
const MIB: usize = 1 << 20;

#[tokio::test]
async fn an_opened_session_has_a_relative_location_with_upload_in_the_singular() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let answer =
        ask(stage.ghcr(Method::POST, &format!("/v2/{NAME}/blobs/uploads/")).bearer_auth(&bearer)).await;
    assert_eq!(answer.status, 202);
    let id = answer.header("docker-upload-uuid");
    assert_eq!(answer.header("location"), format!("/v2/{NAME}/blobs/upload/{id}"));
    assert_eq!(answer.header("range"), "0-0");
    assert_eq!(answer.header("content-length"), "0");
    assert!(!answer.headers.contains_key("oci-chunk-min-length"));
}

#[tokio::test]
async fn one_put_with_the_whole_body_commits_a_blob() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let blob = vec![7; 6 * MIB];
    let digest = stage.push_blob(NAME, &bearer, &blob).await;
    let head =
        ask(stage.ghcr(Method::HEAD, &format!("/v2/{NAME}/blobs/{digest}")).bearer_auth(&bearer)).await;
    assert_eq!((head.status.as_u16(), head.header("content-length")), (200, &*blob.len().to_string()));
    let other = ask(stage.ghcr(Method::HEAD, &format!("/v2/octocat/other/blobs/{digest}")));
    assert_eq!(other.await.status, 401);
    let bearer = stage.push_token("octocat/other").await;
    let other =
        ask(stage.ghcr(Method::HEAD, &format!("/v2/octocat/other/blobs/{digest}")).bearer_auth(bearer)).await;
    assert_eq!(other.status, 404, "each repository needs its own link to a blob");
}

#[tokio::test]
async fn one_patch_without_a_range_may_have_more_than_4_mib() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let location = stage.session(NAME, &bearer).await;
    let blob = vec![1; 9 * MIB];
    let patch = ask(stage.ghcr(Method::PATCH, &location).bearer_auth(&bearer).body(blob.clone())).await;
    assert_eq!(patch.status, 202);
    assert_eq!(patch.header("range"), format!("0-{}", blob.len() - 1));
    let put = stage.ghcr(Method::PUT, &format!("{}?digest={}", patch.header("location"), digest(&blob)));
    let put = ask(put.bearer_auth(&bearer)).await;
    assert_eq!(put.status, 201, "{}", put.text());
    assert_eq!(put.header("docker-content-digest"), digest(&blob));
}

#[tokio::test]
async fn a_patch_with_a_range_may_have_4_mib_and_no_more() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let location = stage.session(NAME, &bearer).await;
    let exact = vec![1; 4 * MIB];
    assert_eq!(ranged(&stage, &location, &bearer, 0, &exact).await.status, 202);
    let over = vec![2; 4 * MIB + 1];
    let answer = ranged(&stage, &location, &bearer, exact.len(), &over).await;
    let expected = "{\"errors\":[{\"code\":\"REQUESTED_RANGE_NOT_SATISFIABLE\",\"message\":\"the request body is too \
                    large and exceeds the maximum permissible limit of 4.00MiB\"}]}\n";
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (416, expected));
    // Nothing of it was taken.
    let answer = ranged(&stage, &location, &bearer, exact.len(), b"rest").await;
    assert_eq!(answer.header("range"), format!("0-{}", exact.len() + 3));
}

#[tokio::test]
async fn a_range_that_leaves_a_gap_is_416_and_says_where_to_go_on() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let location = stage.session(NAME, &bearer).await;
    assert_eq!(ranged(&stage, &location, &bearer, 0, b"0123").await.header("range"), "0-3");
    for start in [0, 5] {
        let answer = ranged(&stage, &location, &bearer, start, b"4567").await;
        assert_eq!((answer.status.as_u16(), answer.header("range")), (416, "0-3"));
    }
    assert_eq!(ranged(&stage, &location, &bearer, 4, b"4567").await.status, 202);
    let put =
        stage.ghcr(Method::PUT, &format!("{location}?digest={}", digest(b"01234567"))).bearer_auth(&bearer);
    assert_eq!(ask(put).await.status, 201);
}

#[tokio::test]
async fn a_session_tells_its_offset_only_when_switched_on() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let location = stage.session(NAME, &bearer).await;
    ask(stage.ghcr(Method::PATCH, &location).bearer_auth(&bearer).body("12345")).await;
    let status = || ask(stage.ghcr(Method::GET, &location).bearer_auth(&bearer));
    assert_eq!(status().await.status, 404);
    stage.practice.switches().change(|switches| switches.session_status = true);
    let answer = status().await;
    assert_eq!((answer.status.as_u16(), answer.header("range")), (204, "0-4"));
    let cancel = ask(stage.ghcr(Method::DELETE, &location).bearer_auth(&bearer)).await;
    cancel.refuses(405, "UNSUPPORTED", "The operation is unsupported.");
}

#[tokio::test]
async fn a_digest_that_does_not_fit_is_blob_upload_invalid() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let location = stage.session(NAME, &bearer).await;
    let put =
        stage.ghcr(Method::PUT, &format!("{location}?digest={}", digest(b"other"))).bearer_auth(&bearer);
    ask(put.body("this")).await.refuses(404, "BLOB_UPLOAD_INVALID", "blob upload invalid");
}

#[tokio::test]
async fn a_sha512_digest_is_checked_as_such() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let location = stage.session(NAME, &bearer).await;
    let digest = format!("sha512:{}", hex::encode(sha2::Sha512::digest(b"this")));
    let put = stage.ghcr(Method::PUT, &format!("{location}?digest={digest}")).bearer_auth(&bearer);
    assert_eq!(ask(put.body("this")).await.status, 201);
}

#[tokio::test]
async fn a_lost_commit_answer_leaves_the_blob_there_or_not_and_a_second_commit_says_which() {
    for (keeps, code) in [(true, "BLOB_UPLOAD_UNKNOWN"), (false, "BLOB_UNKNOWN")] {
        let stage = Stage::new().await;
        let bearer = stage.push_token(NAME).await;
        stage.practice.switches().change(|switches| {
            switches.lose_commit_answers = 1;
            switches.lost_commits_keep_blob = keeps;
        });
        let location = stage.session(NAME, &bearer).await;
        let path = format!("{location}?digest={}", digest(b"blob"));
        let commit = || stage.ghcr(Method::PUT, &path).bearer_auth(&bearer).body("blob");
        // The client itself may repeat a request whose connection closed without an answer: both are allowed here.
        match commit().send().await {
            Err(error) => assert!(error.is_request(), "{error:?}"),
            Ok(answer) => assert_eq!(answer.status(), 404),
        }
        assert_eq!(ask(commit()).await.error().1, code);
        let head =
            stage.ghcr(Method::HEAD, &format!("/v2/{NAME}/blobs/{}", digest(b"blob"))).bearer_auth(&bearer);
        assert_eq!(ask(head).await.status, if keeps { 200 } else { 404 });
        // Only one answer was to be lost.
        stage.push_blob(NAME, &bearer, b"blob").await;
        let first = stage.practice.requests().into_iter().find(|request| request.method == "PUT").unwrap();
        assert_eq!(first.status, None, "no answer was given");
    }
}

#[tokio::test]
async fn a_commit_goes_on_when_the_client_does_not_wait_for_it() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    stage.practice.switches().change(|switches| switches.commit_delay = Duration::from_secs(30));
    let location = stage.session(NAME, &bearer).await;
    let commit = || {
        let path = format!("{location}?digest={}", digest(b"blob"));
        stage.ghcr(Method::PUT, &path).bearer_auth(&bearer).body("blob")
    };
    let impatient = commit().timeout(Duration::from_millis(500)).send().await;
    assert!(impatient.unwrap_err().is_timeout());
    assert_eq!(ask(commit()).await.error().1, "BLOB_UPLOAD_UNKNOWN");
    let head =
        stage.ghcr(Method::HEAD, &format!("/v2/{NAME}/blobs/{}", digest(b"blob"))).bearer_auth(&bearer);
    assert_eq!(ask(head).await.status, 200);
}

#[tokio::test]
async fn a_mount_needs_a_readable_source_and_can_be_made_to_answer_anything() {
    let stage = Stage::new().await;
    let source = stage.push_token("octocat/source").await;
    let blob = stage.push_blob("octocat/source", &source, b"shared").await;
    let scopes = format!("repository:{NAME}:pull,push&scope=repository:octocat/source:pull");
    let both = stage.bearer("octocat", "publish", &scopes).await;
    let path = format!("/v2/{NAME}/blobs/uploads/?mount={blob}&from=octocat/source");
    let mount = |bearer: String| ask(stage.ghcr(Method::POST, &path).bearer_auth(bearer));
    // Without the source's scope it is an ordinary session (oci-client#235).
    assert_eq!(mount(stage.push_token(NAME).await).await.status, 202);
    for (answer, status) in
        [(MountAnswer::Session, 202), (MountAnswer::Unauthorized, 401), (MountAnswer::Forbidden, 403)]
    {
        stage.practice.switches().change(|switches| switches.mount = answer);
        assert_eq!(mount(both.clone()).await.status, status);
    }
    stage.practice.switches().change(|switches| switches.mount = MountAnswer::WhenPossible);
    let mounted = mount(both.clone()).await;
    assert_eq!(mounted.status, 201);
    assert_eq!(mounted.header("location"), format!("/v2/{NAME}/blobs/{blob}"));
    let head = stage.ghcr(Method::HEAD, &format!("/v2/{NAME}/blobs/{blob}")).bearer_auth(&both);
    assert_eq!(ask(head).await.status, 200);
}

#[tokio::test]
async fn a_manifest_whose_blobs_are_missing_lists_each_of_them() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let manifest = crate::manifest(OCI_MANIFEST, b"config", b"layer");
    let answer = stage.put_manifest(NAME, "1", &bearer, OCI_MANIFEST, &manifest).await;
    assert_eq!(answer.status, 400);
    let entry = |bytes| {
        let (code, message) = ("MANIFEST_BLOB_UNKNOWN", "blob unknown to registry");
        json!({ "code": code, "message": message, "detail": digest(bytes) })
    };
    assert_eq!(answer.json(), json!({ "errors": [entry(b"config"), entry(b"layer")] }));
}

#[tokio::test]
async fn an_index_needs_its_children_and_they_are_versions_without_a_tag() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let child = stage.prepare_image(NAME, &bearer, "layer").await;
    let descriptor = json!({ "mediaType": OCI_MANIFEST, "digest": digest(&child), "size": child.len() });
    let index = json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [descriptor] }).to_string();
    let put_index = || stage.put_manifest(NAME, "multi", &bearer, OCI_INDEX, index.as_bytes());
    assert_eq!(put_index().await.error().1, "MANIFEST_BLOB_UNKNOWN");
    let wrong = stage.put_manifest(NAME, &digest(b"x"), &bearer, OCI_MANIFEST, &child).await;
    assert_eq!(wrong.error().1, "DIGEST_INVALID");
    assert_eq!(stage.put_manifest(NAME, &digest(&child), &bearer, OCI_MANIFEST, &child).await.status, 201);
    let answer = put_index().await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("docker-content-digest"), digest(index.as_bytes()));
    let package = stage.practice.package(NAME).unwrap();
    assert_eq!((package.manifests.len(), package.tags.len()), (2, 1));
}

#[tokio::test]
async fn a_manifest_under_a_wrong_or_unknown_type_is_refused() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let manifest = stage.prepare_image(NAME, &bearer, "layer").await;
    for media_type in [DOCKER_MANIFEST, "application/vnd.docker.distribution.manifest.v1+json", "text/plain"]
    {
        let answer = stage.put_manifest(NAME, "1", &bearer, media_type, &manifest).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().1.as_str()),
            (400, "MANIFEST_INVALID"),
            "{media_type}"
        );
    }
    let bad_tag = stage.put_manifest(NAME, "-1", &bearer, OCI_MANIFEST, &manifest).await;
    assert_eq!(bad_tag.error().1, "TAG_INVALID");
}

#[tokio::test]
async fn an_early_refusal_reaches_a_client_that_is_still_sending() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let location = stage.session(NAME, &bearer).await;
    let answer = ranged(&stage, &location, &bearer, 0, &vec![0; 24 * MIB]).await;
    assert_eq!(answer.status, 416);
    let request = stage.practice.requests().pop().unwrap();
    assert_eq!((request.body_bytes, request.content_length), (0, Some(24 << 20)));
}

async fn ranged(stage: &Stage, location: &str, bearer: &str, start: usize, bytes: &[u8]) -> Answer {
    let patch = stage.ghcr(Method::PATCH, location).bearer_auth(bearer).body(bytes.to_vec());
    ask(patch.header("content-range", format!("{start}-{}", start + bytes.len() - 1))).await
}
