//! Facts §2: docker.pkg.github.com.

use reqwest::Method;
use serde_json::json;

use crate::{Answer, DOCKER_MANIFEST, OCI_INDEX, Stage, ask, digest, manifest};

const NAME: &str = "octocat/octo-app/monalisa";

#[tokio::test]
async fn every_request_needs_basic_and_nobody_is_anonymous() {
    let stage = Stage::new().await;
    let url = format!("http://{}/v2/", stage.practice.docker().unwrap());
    let message = "Your request could not be authenticated by the GitHub Packages service. Please ensure your access \
                   token is valid and has the appropriate scopes configured.";
    let nobody = ask(stage.client.get(&url)).await;
    nobody.refuses(401, "UNAUTHORIZED", message);
    assert_eq!(nobody.header("www-authenticate"), "Basic realm=\"GitHub Package Registry\"");
    for label in ["expired", "mistyped", "fine-grained", "app", "scopeless"] {
        let token = stage.practice.token("octocat", label).unwrap();
        let answer = ask(stage.client.get(&url).basic_auth("octocat", Some(token))).await;
        answer.refuses(401, "UNAUTHORIZED", message);
    }
    assert_eq!(ask(stage.docker(Method::GET, "/v2/")).await.status, 200);
    assert_eq!(ask(stage.docker(Method::GET, "/token")).await.status, 404, "there is no token endpoint");
}

#[tokio::test]
async fn a_name_has_three_parts_and_a_repository_that_exists() {
    let stage = Stage::new().await;
    let two = ask(stage.docker(Method::POST, "/v2/octocat/monalisa/blobs/uploads/")).await;
    let message =
        "docker image push is only supported with a tag of the format :owner/:repo_name/:image_name.";
    two.refuses(404, "NAME_UNKNOWN", message);
    let absent = ask(stage.docker(Method::POST, "/v2/octocat/nowhere/monalisa/blobs/uploads/")).await;
    assert_eq!(absent.error().1, "NAME_UNKNOWN");
    let others = ask(stage.docker(Method::POST, "/v2/monalisa/studio/image/blobs/uploads/")).await;
    assert_eq!(others.error().1, "NAME_UNKNOWN", "a private repository of others does not show");
}

#[tokio::test]
async fn the_repo_scope_is_needed_even_for_reading() {
    let stage = Stage::new().await;
    let token = stage.practice.token("octocat", "packages-only").unwrap();
    let url = format!("http://{}/v2/{NAME}/tags/list", stage.practice.docker().unwrap());
    let answer = ask(stage.client.get(url).basic_auth("octocat", Some(token))).await;
    let expected = "Your token has not been granted the required scopes to execute this query. The 'name' field \
                    requires one of the following scopes: ['repo'], but your token has only been granted the: \
                    ['write:packages'] scopes.";
    assert_eq!(answer.error().2, expected);
}

#[tokio::test]
async fn an_image_is_pushed_and_pulled_by_version_with_no_digest_header() {
    let stage = Stage::new().await;
    let raw = push(&stage, NAME, "1.0").await;
    let get = ask(stage.docker(Method::GET, &format!("/v2/{NAME}/manifests/1.0"))).await;
    assert_eq!((get.status.as_u16(), &get.body), (200, &raw));
    assert_eq!(get.header("content-type"), "application/json; charset=utf-8");
    assert!(!get.headers.contains_key("docker-content-digest") && !get.headers.contains_key("etag"));
    let blob = ask(stage.docker(Method::GET, &format!("/v2/{NAME}/blobs/{}", digest(b"layer")))).await;
    assert_eq!(blob.status, 307);
    assert_eq!(ask(stage.client.get(blob.header("location"))).await.body, b"layer");
    assert_eq!(stage.practice.docker_package(NAME).unwrap().tags.len(), 1);
    assert_eq!(stage.practice.package(NAME), None, "the two registries are two");
}

#[tokio::test]
async fn a_head_of_a_manifest_is_405_and_52_bytes_long() {
    let stage = Stage::new().await;
    push(&stage, NAME, "1.0").await;
    let head = ask(stage.docker(Method::HEAD, &format!("/v2/{NAME}/manifests/1.0"))).await;
    assert_eq!((head.status.as_u16(), head.header("content-length")), (405, "52"));
    assert_eq!(head.header("content-type"), "application/json");
}

#[tokio::test]
async fn a_digest_is_never_found() {
    let stage = Stage::new().await;
    let digest = digest(&push(&stage, NAME, "1.0").await);
    let get = ask(stage.docker(Method::GET, &format!("/v2/{NAME}/manifests/{digest}"))).await;
    let message = format!("Docker image reference monalisa:{digest} not found under repo \"octo-app\".");
    get.refuses(404, "MANIFEST_UNKNOWN", &message);
}

#[tokio::test]
async fn lists_and_foreign_layers_are_refused() {
    let stage = Stage::new().await;
    let index = json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [] }).to_string();
    assert_eq!(put(&stage, NAME, "1", OCI_INDEX, index.as_bytes()).await.status, 403);
    push_blob(&stage, NAME, b"config").await;
    let raw = String::from_utf8(manifest(DOCKER_MANIFEST, b"config", b"layer")).unwrap();
    let foreign = raw.replace(
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    );
    assert_eq!(put(&stage, NAME, "1", DOCKER_MANIFEST, foreign.as_bytes()).await.status, 400);
}

#[tokio::test]
async fn a_name_taken_by_another_repository_is_said_so_and_the_spurious_case_goes_away_on_retry() {
    let stage = Stage::new().await;
    let taken = "Docker image with name \"monalisa\" is already associated with another repository under owner \"octocat\"";
    stage.practice.switches().change(|switches| switches.spurious_already_associated = true);
    let raw = prepare(&stage, NAME).await;
    assert_eq!(put(&stage, NAME, "1", DOCKER_MANIFEST, &raw).await.error().2, taken);
    assert_eq!(put(&stage, NAME, "1", DOCKER_MANIFEST, &raw).await.status, 201);
    stage.practice.switches().change(|switches| switches.spurious_already_associated = false);
    let other = "octocat/hello-world/monalisa";
    let raw = prepare(&stage, other).await;
    for _ in 0..2 {
        assert_eq!(put(&stage, other, "1", DOCKER_MANIFEST, &raw).await.error().2, taken);
    }
}

#[tokio::test]
async fn a_layer_above_the_cap_is_refused_and_ranges_have_no_4_mib_limit() {
    let stage = Stage::new().await;
    stage.practice.switches().change(|switches| switches.docker_layer_bytes = 6 << 20);
    let location = session(&stage, NAME).await;
    let patch =
        stage.docker(Method::PATCH, &location).header("content-range", format!("0-{}", (5 << 20) - 1));
    assert_eq!(ask(patch.body(vec![0; 5 << 20])).await.status, 202);
    assert_eq!(ask(stage.docker(Method::PATCH, &location).body(vec![0; 2 << 20])).await.status, 413);
}

async fn session(stage: &Stage, name: &str) -> String {
    let answer = ask(stage.docker(Method::POST, &format!("/v2/{name}/blobs/uploads/"))).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.header("location").to_owned()
}

async fn push_blob(stage: &Stage, name: &str, bytes: &[u8]) {
    let location = session(stage, name).await;
    let put = stage.docker(Method::PUT, &format!("{location}?digest={}", digest(bytes)));
    assert_eq!(ask(put.body(bytes.to_vec())).await.status, 201);
}

async fn prepare(stage: &Stage, name: &str) -> Vec<u8> {
    push_blob(stage, name, b"config").await;
    push_blob(stage, name, b"layer").await;
    manifest(DOCKER_MANIFEST, b"config", b"layer")
}

pub(super) async fn push(stage: &Stage, name: &str, tag: &str) -> Vec<u8> {
    let raw = prepare(stage, name).await;
    let answer = put(stage, name, tag, DOCKER_MANIFEST, &raw).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    raw
}

async fn put(stage: &Stage, name: &str, tag: &str, media_type: &str, raw: &[u8]) -> Answer {
    let put = stage.docker(Method::PUT, &format!("/v2/{name}/manifests/{tag}"));
    ask(put.header("content-type", media_type).body(raw.to_vec())).await
}
