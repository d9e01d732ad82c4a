//! Why no answer came, told by cause.

use std::time::Duration;

use http::Method;
use slipway_http::{BodyError, Client, Fault, Options, Proxy};
use slipway_stage::Server;
use slipway_stage::proxy::TestProxy;
use url::Url;

/// Asks `url` once.
async fn fault(url: &str, options: &Options) -> Fault {
    let url: Url = url.parse().unwrap();
    let client = Client::new(&url, options).unwrap();
    let error = client.request(Method::GET, url.clone()).send().await.unwrap_err();
    client.fault(&error, &url).await
}

#[tokio::test]
async fn a_closed_port_is_told_from_a_broken_connection() {
    let options = Options::default();
    assert_eq!(fault(&format!("http://{}/", slipway_stage::free_address()), &options).await, Fault::Refused);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(stream);
        }
    });
    assert_eq!(fault(&format!("http://{address}/"), &options).await, Fault::Connect);
}

/// No resolver is asked for a label of more than 63 letters.
#[tokio::test]
async fn a_name_that_nobody_has_is_told_as_such() {
    let options = Options { proxy: Proxy::None, plain_http: true, ..Options::default() };
    for scheme in ["http", "https"] {
        let fault = fault(&format!("{scheme}://{}.test/", "a".repeat(64)), &options).await;
        assert_eq!(fault, Fault::UnknownHost, "{scheme}");
        assert!(fault.words("ghcr.oi", "none").contains("no address was found for this name"));
    }
}

/// A proxy that does not lead to a site says so with a status, which people need to know (docker: "Forbidden").
#[tokio::test]
async fn a_proxy_that_refuses_to_lead_there_is_told_with_its_status_and_not_asked_for_long() {
    for (status, number, passes) in
        [("403 Forbidden", 403, false), ("502 Bad Gateway", 502, true), ("404 Not Found", 404, false)]
    {
        let proxy = TestProxy::refusing(status).await;
        let at = Proxy::At(format!("http://{}/", proxy.address).parse().unwrap());
        let options = Options { proxy: at, ..Options::default() };
        let fault = fault("https://registry.test/v2/", &options).await;
        assert_eq!(fault, Fault::ProxyRefused(Some(number)), "{status}");
        assert_eq!(fault.passes(), passes, "{status}");
        let asked = proxy.requests();
        assert!(
            asked.len() <= 2 && asked.iter().all(|line| line == "CONNECT registry.test:443"),
            "{asked:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_without_end_is_neither_kept_nor_waited_for() {
    let server = Server::start(|_| {
        let endless =
            futures_util::stream::iter(std::iter::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 4096])));
        axum::response::Response::new(axum::body::Body::from_stream(endless))
    })
    .await;
    let url: Url = format!("http://{}/", server.address).parse().unwrap();
    let client = Client::new(&url, &Options::default()).unwrap();
    let mut response = client.request(Method::GET, url.clone()).send().await.unwrap();
    let read = slipway_http::read(&mut response, 1 << 20, Duration::from_secs(30)).await;
    assert_eq!(read, Err(BodyError::TooLarge));
    let mut response = client.request(Method::GET, url).send().await.unwrap();
    assert_eq!(slipway_http::beginning(&mut response, 100, Duration::from_secs(30)).await, [b' '; 100]);
}

#[tokio::test]
async fn words_that_come_packed_though_nobody_asked_are_unpacked() {
    let server = Server::start(|_| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, b"quota exceeded").unwrap();
        axum::response::Response::builder()
            .header("content-encoding", "gzip")
            .body(packed.finish().unwrap().into())
            .unwrap()
    })
    .await;
    let url: Url = format!("http://{}/", server.address).parse().unwrap();
    let client = Client::new(&url, &Options::default()).unwrap();
    let mut response = client.request(Method::GET, url).send().await.unwrap();
    let words = slipway_http::beginning(&mut response, 1000, Duration::from_secs(30)).await;
    assert_eq!(String::from_utf8(words).unwrap(), "quota exceeded");
}
