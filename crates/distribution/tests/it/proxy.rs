//! The way through a proxy, and a sign-in there.

use std::sync::Arc;

use secrecy::SecretString;
use slipway_distribution::{Error, ErrorKind, Fault, HttpOptions, Options, Proxy, Registry};
use slipway_hosts::Hosts;
use slipway_stage::Server;
use slipway_stage::proxy::{PASSWORD, TestProxy};

async fn server() -> Server {
    Server::start(|_| axum::response::Response::default()).await
}

/// Asks a registry, by plain http or not, through `proxy`.
async fn reach(name: &str, plain_http: bool, proxy: &TestProxy, password: Option<&str>) -> Result<(), Error> {
    let endpoint = Hosts::builtin().endpoint(&name.parse().unwrap(), plain_http).unwrap();
    let proxy: Proxy = proxy.with_user().parse().unwrap();
    let proxy_password = password.map(SecretString::from);
    let http = HttpOptions { proxy, proxy_password, ..HttpOptions::default() };
    let options = Options { http, ..Options::default() };
    assert!(!format!("{options:?}").contains(PASSWORD));
    Registry::new(&endpoint, Arc::new(()), &options).unwrap().reach().await
}

#[tokio::test]
async fn a_registry_is_asked_through_the_proxy_with_its_user_name_and_password() {
    let proxy = TestProxy::start(server().await.address).await;
    reach("registry.test", true, &proxy, Some(PASSWORD)).await.unwrap();
    // The tunnel is opened; what would follow is TLS.
    let ended = reach("registry.test", false, &proxy, Some(PASSWORD)).await.unwrap_err();
    assert!(matches!(ended.kind, ErrorKind::Network(Fault::Connect | Fault::Tls(_))), "{ended:?}");
    assert_eq!(proxy.requests(), ["GET http://registry.test/v2/", "CONNECT registry.test:443"]);
}

#[tokio::test]
async fn a_proxy_that_wants_a_sign_in_is_named_and_no_password_is() {
    let proxy = TestProxy::start(server().await.address).await;
    for (plain_http, password) in
        [(true, None), (true, Some("canary-2")), (false, None), (false, Some("canary-2"))]
    {
        let error = reach("registry.test", plain_http, &proxy, password).await.unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(
            matches!(error.kind, ErrorKind::Network(Fault::ProxySignIn)) && error.proxy == proxy.with_user(),
            "{said}"
        );
        assert!(said.contains("registry.test") && !said.contains("canary"), "{said}");
        assert!(!error.is_transient(), "asking again changes nothing");
    }
    assert!(proxy.requests().iter().all(|line| line.starts_with("407 ")));
}

#[tokio::test]
async fn this_computer_is_reached_without_the_proxy() {
    let server = server().await;
    let proxy = TestProxy::start(server.address).await;
    reach(&server.address.to_string(), false, &proxy, Some(PASSWORD)).await.unwrap();
    assert!(proxy.requests().is_empty());
}
