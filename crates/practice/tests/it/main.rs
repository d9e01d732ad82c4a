//! The rules of GitHub's registries, asked over the wire with a plain HTTP client.

mod api;
mod docker;
mod pull;
mod push;
mod roles;
mod running;
mod sign_in;
mod skopeo;

use std::ops::Deref;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Client, Method, RequestBuilder, StatusCode, redirect};
use serde_json::{Value, json};
use slipway_practice::Options;
use slipway_stage::image::{DOCKER_MANIFEST, OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST, descriptor};
use slipway_stage::{Playground, digest};

/// A started registry and a client that follows no redirects.
struct Stage {
    playground: Playground,
    client: Client,
}

impl Deref for Stage {
    type Target = Playground;

    fn deref(&self) -> &Playground {
        &self.playground
    }
}

/// An answer, read to its end.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Stage {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Options)) -> Self {
        Self { playground: Playground::with(change).await, client: client() }
    }

    fn ghcr(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.practice.ghcr()))
    }

    fn docker(&self, method: Method, path: &str) -> RequestBuilder {
        let address = self.practice.docker().unwrap();
        let token = self.practice.token_for("octocat").unwrap();
        self.client.request(method, format!("http://{address}{path}")).basic_auth("octocat", Some(token))
    }

    /// A bearer token of octocat's usual token for pushing to `name`.
    async fn push_token(&self, name: &str) -> String {
        self.bearer("octocat", "publish", &format!("repository:{name}:pull,push")).await
    }

    async fn bearer(&self, login: &str, label: &str, scope: &str) -> String {
        let secret = self.practice.token(login, label).unwrap();
        let asked = self.ghcr(Method::GET, &format!("/token?service=ghcr.io&scope={scope}"));
        let answer = ask(asked.basic_auth(login, Some(secret))).await;
        assert_eq!(answer.status, 200, "{label}: {}", answer.text());
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    /// Where a new session of `name` is.
    async fn session(&self, name: &str, bearer: &str) -> String {
        let answer =
            ask(self.ghcr(Method::POST, &format!("/v2/{name}/blobs/uploads/")).bearer_auth(bearer)).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.header("location").to_owned()
    }

    async fn push_blob(&self, name: &str, bearer: &str, bytes: &[u8]) -> String {
        let location = self.session(name, bearer).await;
        let digest = digest(bytes);
        let put = self.ghcr(Method::PUT, &format!("{location}?digest={digest}")).bearer_auth(bearer);
        let answer = ask(put.body(bytes.to_vec())).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        digest
    }

    /// Pushes a one-layer image; gives the manifest's digest and bytes.
    async fn push_image(&self, name: &str, tag: &str) -> (String, Vec<u8>) {
        let bearer = self.push_token(name).await;
        let manifest = self.prepare_image(name, &bearer, tag).await;
        let answer = self.put_manifest(name, tag, &bearer, OCI_MANIFEST, &manifest).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        (digest(&manifest), manifest)
    }

    /// Pushes the blobs of an image whose layer is `layer`; gives its manifest, not yet pushed.
    async fn prepare_image(&self, name: &str, bearer: &str, layer: &str) -> Vec<u8> {
        let config = br#"{"architecture":"amd64","os":"linux"}"#;
        self.push_blob(name, bearer, config).await;
        self.push_blob(name, bearer, layer.as_bytes()).await;
        manifest(OCI_MANIFEST, config, layer.as_bytes())
    }

    async fn put_manifest(&self, name: &str, at: &str, bearer: &str, media_type: &str, raw: &[u8]) -> Answer {
        let put = self.ghcr(Method::PUT, &format!("/v2/{name}/manifests/{at}")).bearer_auth(bearer);
        ask(put.header("content-type", media_type).body(raw.to_vec())).await
    }
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}"));
        value.to_str().unwrap()
    }

    /// Status, code and message of the only error.
    fn error(&self) -> (u16, String, String) {
        let body = self.json();
        let errors = body["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{body}");
        let text = |member: &str| errors[0][member].as_str().unwrap().to_owned();
        (self.status.as_u16(), text("code"), text("message"))
    }

    #[track_caller]
    fn refuses(&self, status: u16, code: &str, message: &str) {
        assert_eq!(self.error(), (status, code.to_owned(), message.to_owned()));
        assert!(self.body.ends_with(b"\n"), "the body ends with a newline");
    }
}

async fn ask(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: response.bytes().await.unwrap().to_vec() }
}

fn client() -> Client {
    Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_mins(1))
        .build()
        .unwrap()
}

fn manifest(media_type: &str, config: &[u8], layer: &[u8]) -> Vec<u8> {
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": descriptor(OCI_CONFIG, config),
        "layers": [descriptor(OCI_LAYER, layer)],
    });
    manifest.to_string().into_bytes()
}

/// The scheme and text of an `Authorization` header that is sent as it stands.
fn authorization(request: RequestBuilder, value: &str) -> RequestBuilder {
    request.header(AUTHORIZATION, value)
}
