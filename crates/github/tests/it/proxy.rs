//! The way through a proxy, and a sign-in there.

use slipway_github::{Fault, GitHubError, HttpOptions, Proxy};
use slipway_stage::proxy::{PASSWORD, TestProxy};

use super::*;

/// Asks who octocat's token belongs to, at a host that only the proxy knows.
async fn user(
    root: &str,
    stage: &Stage,
    proxy: &TestProxy,
    password: Option<&str>,
) -> Result<String, GitHubError> {
    let http = HttpOptions {
        proxy: Proxy::At(proxy.with_user().parse().unwrap()),
        proxy_password: password.map(SecretString::from),
        plain_http: true,
        ..HttpOptions::default()
    };
    let options = Options { http, ..Options::default() };
    let token = SecretString::from(stage.practice.token("octocat", "publish").unwrap());
    let github = GitHub::new(root.parse().unwrap(), Some(token), &options).unwrap();
    assert!(!format!("{options:?} {github:?}").contains(PASSWORD));
    github.user().await.map(|identity| identity.login)
}

#[tokio::test]
async fn the_api_is_asked_through_the_proxy_and_a_refusal_of_the_proxy_is_named() {
    let stage = Stage::new().await;
    let proxy = TestProxy::start(stage.practice.api().unwrap()).await;
    assert_eq!(user("http://api.test", &stage, &proxy, Some(PASSWORD)).await.unwrap(), "octocat");
    assert_eq!(proxy.requests(), ["GET http://api.test/user"]);
    for (root, password) in [
        ("http://api.test", None),
        ("http://api.test", Some("canary-2")),
        ("https://api.test", Some("canary-2")),
    ] {
        let error = user(root, &stage, &proxy, password).await.unwrap_err();
        let said = format!("{error} {error:?}");
        let GitHubError::Network { host, proxy: at, fault: Fault::ProxySignIn } = error else {
            panic!("{said}")
        };
        assert_eq!((host.as_str(), at), ("api.test", proxy.with_user()));
        assert!(!said.contains("canary"), "{said}");
    }
}
