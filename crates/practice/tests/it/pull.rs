//! Facts §3.5–3.8: manifests by Accept, blobs by redirect, tags by pages, and what is not supported.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use slipway_practice::{LinkForm, Visibility};

use crate::{Answer, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, Stage, ask, digest};

const NAME: &str = "octocat/pulled";

#[tokio::test]
async fn a_manifest_comes_back_byte_for_byte_with_its_headers() {
    let stage = Stage::new().await;
    let (digest, manifest) = stage.push_image(NAME, "1").await;
    for at in ["1", &digest] {
        let answer = manifest_at(&stage, Method::GET, at, OCI_MANIFEST).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (200, &manifest));
        assert_eq!(answer.header("content-type"), OCI_MANIFEST);
        assert_eq!(answer.header("content-length"), manifest.len().to_string());
        assert_eq!(answer.header("docker-content-digest"), digest);
        assert_eq!(answer.header("etag"), format!("\"{digest}\""));
        assert_eq!(answer.header("docker-distribution-api-version"), "registry/2.0");
        assert!(answer.headers.contains_key("x-github-request-id"));
    }
    let head = manifest_at(&stage, Method::HEAD, "1", OCI_MANIFEST).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(head.header("docker-content-digest"), digest);
    assert_eq!(head.header("content-length"), manifest.len().to_string());
}

#[tokio::test]
async fn an_index_is_not_found_by_those_who_do_not_accept_indexes() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let (child, raw) = stage.push_image(NAME, "child").await;
    let descriptor = json!({ "mediaType": OCI_MANIFEST, "digest": child, "size": raw.len() });
    let index = json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [descriptor] }).to_string();
    stage.put_manifest(NAME, "multi", &bearer, OCI_INDEX, index.as_bytes()).await;
    let answer =
        manifest_at(&stage, Method::GET, "multi", &format!("{DOCKER_MANIFEST}, {OCI_MANIFEST}, */*")).await;
    let message = "OCI index found, but Accept header does not support OCI indexes";
    answer.refuses(404, "MANIFEST_UNKNOWN", message);
    let head = manifest_at(&stage, Method::HEAD, "multi", DOCKER_MANIFEST).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (404, 0));
    let all = format!("{DOCKER_MANIFEST}, {OCI_MANIFEST},{OCI_INDEX};q=0.5");
    assert_eq!(manifest_at(&stage, Method::GET, "multi", &all).await.body, index.as_bytes());
}

#[tokio::test]
async fn a_tag_moves_and_the_old_version_stays_reachable_by_digest() {
    let stage = Stage::new().await;
    let (first, _) = stage.push_image(NAME, "latest").await;
    let bearer = stage.push_token(NAME).await;
    let second = stage.prepare_image(NAME, &bearer, "another layer").await;
    stage.put_manifest(NAME, "latest", &bearer, OCI_MANIFEST, &second).await;
    let now = manifest_at(&stage, Method::GET, "latest", OCI_MANIFEST).await;
    assert_eq!(now.header("docker-content-digest"), digest(&second));
    assert_eq!(manifest_at(&stage, Method::GET, &first, OCI_MANIFEST).await.status, 200);
    assert_eq!(manifest_at(&stage, Method::GET, "absent", OCI_MANIFEST).await.error().1, "MANIFEST_UNKNOWN");
}

#[tokio::test]
async fn a_blob_is_fetched_from_a_second_port_that_refuses_authorization() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let blob = stage.push_blob(NAME, &bearer, b"0123456789").await;
    let url = storage_url(&stage, &bearer, &blob).await;
    assert!(url.starts_with(&format!("http://{}/", stage.practice.storage())), "{url}");
    let plain = ask(stage.client.get(&url)).await;
    assert_eq!((plain.status.as_u16(), plain.body.as_slice()), (200, b"0123456789".as_slice()));
    assert_eq!(ask(stage.client.get(&url).bearer_auth(&bearer)).await.status, 400);
    assert_eq!(ask(stage.client.head(&url)).await.status, 403);
    let forged = ask(stage.client.get(url.replace("sig=", "sig=0"))).await;
    assert_eq!(forged.status, 403);
}

#[tokio::test]
async fn a_download_goes_on_where_it_broke_off() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let blob = stage.push_blob(NAME, &bearer, b"0123456789").await;
    let url = storage_url(&stage, &bearer, &blob).await;
    let ranged = |range: &str| ask(stage.client.get(&url).header("range", range));
    let rest = ranged("bytes=4-").await;
    assert_eq!((rest.status.as_u16(), rest.body.as_slice()), (206, b"456789".as_slice()));
    assert_eq!(rest.header("content-range"), "bytes 4-9/10");
    assert_eq!(ranged("bytes=2-3").await.body, b"23");
    let beyond = ranged("bytes=10-").await;
    assert_eq!((beyond.status.as_u16(), beyond.header("content-range")), (416, "bytes */10"));
}

#[tokio::test]
async fn a_storage_address_expires_and_storage_can_be_over_its_limit() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let blob = stage.push_blob(NAME, &bearer, b"0123456789").await;
    stage.practice.switches().change(|switches| switches.storage_life = Duration::ZERO);
    let url = storage_url(&stage, &bearer, &blob).await;
    assert_eq!(ask(stage.client.get(&url)).await.status, 403);
    stage.practice.switches().change(|switches| {
        switches.storage_life = Duration::from_mins(1);
        switches.storage_unavailable = true;
    });
    let url = storage_url(&stage, &bearer, &blob).await;
    let answer = ask(stage.client.get(&url)).await;
    assert_eq!(answer.status, 503);
    assert!(answer.text().contains("Egress is over the account limit"));
}

#[tokio::test]
async fn tags_come_in_pages_of_100_with_a_link_to_the_next() {
    let stage = Stage::new().await;
    let bearer = stage.push_token(NAME).await;
    let manifest = stage.prepare_image(NAME, &bearer, "layer").await;
    for number in 0..101 {
        stage.put_manifest(NAME, &format!("v{number:03}"), &bearer, OCI_MANIFEST, &manifest).await;
    }
    let path = format!("/v2/{NAME}/tags/list");
    let page = |path: String| ask(stage.ghcr(Method::GET, &path).bearer_auth(&bearer));
    let first = page(path.clone()).await;
    assert_eq!(first.json()["name"], NAME);
    assert_eq!(first.json()["tags"].as_array().unwrap().len(), 100);
    let next = first.header("link").strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
    assert!(next.starts_with("/v2/"), "{next}");
    let last = page(next.to_owned()).await;
    assert_eq!(last.json()["tags"], json!(["v100"]));
    assert!(!last.headers.contains_key("link"));
    assert_eq!(page(format!("{path}?n=10000")).await.json()["tags"].as_array().unwrap().len(), 101);
    stage.practice.switches().change(|switches| switches.link = LinkForm::Absolute);
    let absolute = page(format!("{path}?n=3")).await;
    assert!(absolute.header("link").starts_with(&format!("<http://{}/v2/", stage.practice.ghcr())));
}

#[tokio::test]
async fn referrers_are_404_or_a_redirect_to_another_host() {
    let stage = Stage::new().await;
    let (digest, _) = stage.push_image(NAME, "1").await;
    let bearer = stage.push_token(NAME).await;
    let ask_it =
        || ask(stage.ghcr(Method::GET, &format!("/v2/{NAME}/referrers/{digest}")).bearer_auth(&bearer));
    assert_eq!(ask_it().await.error(), (404, "MANIFEST_UNKNOWN".into(), "manifest unknown".into()));
    stage.practice.switches().change(|switches| switches.referrers_redirect = true);
    let answer = ask_it().await;
    assert_eq!(answer.status, 303);
    assert!(!answer.header("location").contains(&stage.practice.ghcr().to_string()));
}

#[tokio::test]
async fn nothing_can_be_deleted() {
    let stage = Stage::new().await;
    let (manifest, _) = stage.push_image(NAME, "1").await;
    let bearer = stage.push_token(NAME).await;
    for path in [format!("manifests/{manifest}"), "manifests/1".into(), format!("blobs/{}", digest(b"1"))] {
        let answer =
            ask(stage.ghcr(Method::DELETE, &format!("/v2/{NAME}/{path}")).bearer_auth(&bearer)).await;
        answer.refuses(405, "UNSUPPORTED", "The operation is unsupported.");
    }
    assert_eq!(manifest_at(&stage, Method::GET, "1", OCI_MANIFEST).await.status, 200);
}

#[tokio::test]
async fn a_public_package_is_pulled_by_nobody_in_particular() {
    let stage = Stage::new().await;
    stage.push_image(NAME, "1").await;
    stage.practice.set_visibility(NAME, Visibility::Public).unwrap();
    let token = ask(stage.ghcr(Method::GET, &format!("/token?scope=repository:{NAME}:pull"))).await.json();
    let get = stage.ghcr(Method::GET, &format!("/v2/{NAME}/manifests/1")).header("accept", OCI_MANIFEST);
    assert_eq!(ask(get.bearer_auth(token["token"].as_str().unwrap())).await.status, 200);
}

async fn manifest_at(stage: &Stage, method: Method, at: &str, accept: &str) -> Answer {
    let bearer = stage.push_token(NAME).await;
    let path = format!("/v2/{NAME}/manifests/{at}");
    ask(stage.ghcr(method, &path).bearer_auth(bearer).header("accept", accept)).await
}

async fn storage_url(stage: &Stage, bearer: &str, blob: &str) -> String {
    let answer = ask(stage.ghcr(Method::GET, &format!("/v2/{NAME}/blobs/{blob}")).bearer_auth(bearer)).await;
    assert_eq!(answer.status, 307);
    answer.header("location").to_owned()
}
