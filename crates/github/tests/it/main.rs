//! The client against the practice GitHub, and against servers that do what GitHub must not.

mod client;
mod device;
mod openapi;
mod proxy;
mod strangers;

use std::ops::Deref;

use reqwest::Client;
use reqwest::header::LOCATION;
use secrecy::SecretString;
use slipway_github::{GitHub, Options};
use slipway_practice::Options as PracticeOptions;
use slipway_stage::{Playground, digest};
use url::Url;

/// A started practice GitHub.
struct Stage(Playground);

impl Deref for Stage {
    type Target = Playground;

    fn deref(&self) -> &Playground {
        &self.0
    }
}

impl Stage {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut PracticeOptions)) -> Self {
        Self(Playground::with(change).await)
    }

    /// Where the API and the pages are.
    fn web(&self) -> Url {
        format!("http://{}", self.practice.api().unwrap()).parse().unwrap()
    }

    /// A client with octocat's token of this label.
    fn github(&self, label: &str) -> GitHub {
        self.github_with(&self.token_called(label))
    }

    fn github_with(&self, token: &str) -> GitHub {
        GitHub::new(self.web(), Some(SecretString::from(token)), &Options::default()).unwrap()
    }

    /// Pushes an image without layers to the practice ghcr.io, as octocat.
    async fn push(&self, name: &str) {
        let client = Client::new();
        let root = format!("http://{}", self.practice.ghcr());
        let token = self.practice.token_for("octocat").unwrap();
        let asked = client.get(format!("{root}/token?service=ghcr.io&scope=repository:{name}:pull,push"));
        let answer = asked.basic_auth("octocat", Some(token)).send().await.unwrap().bytes().await.unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
        let bearer = answer["token"].as_str().unwrap();
        let config = br#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},
            "config":{"Labels":{"org.opencontainers.image.source":"https://github.com/octocat/octo-app"}}}"#;
        let digest = digest(config);
        let opened = client.post(format!("{root}/v2/{name}/blobs/uploads/")).bearer_auth(bearer);
        let opened = opened.send().await.unwrap();
        let session = opened.headers()[LOCATION].to_str().unwrap();
        let put = client.put(format!("{root}{session}?digest={digest}")).bearer_auth(bearer);
        assert_eq!(put.body(config.to_vec()).send().await.unwrap().status(), 201);
        let manifest = format!(
            r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{{"mediaType":
            "application/vnd.oci.image.config.v1+json","digest":"{digest}","size":{}}},"layers":[]}}"#,
            config.len()
        );
        let put = client.put(format!("{root}/v2/{name}/manifests/1")).bearer_auth(bearer);
        let put = put.header("content-type", "application/vnd.oci.image.manifest.v1+json").body(manifest);
        let put = put.send().await.unwrap();
        assert_eq!(put.status(), 201, "{}", put.text().await.unwrap());
    }
}
