//! Whose certificates are trusted.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use http::Method;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use slipway_http::{Client, Distrust, Fault, Options};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use url::Url;

/// A certificate with its key.
struct Made {
    certificate: CertificateDer<'static>,
    pem: String,
    key: KeyPair,
}

impl Made {
    fn itself(change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { pem: certificate.pem(), certificate: certificate.der().clone(), key }
    }

    /// An authority, as `openssl req -x509` of Docker's own instructions makes the server's certificate.
    fn authority() -> Self {
        Self::itself(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained))
    }

    /// A server's certificate that `authority` vouches for.
    fn by(authority: &Self, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let issuer = Issuer::from_ca_cert_der(&authority.certificate, &authority.key).unwrap();
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        Self { pem: certificate.pem(), certificate: certificate.der().clone(), key }
    }

    /// A server that shows it.
    async fn serve(&self) -> SocketAddr {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key)
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Who does not trust it goes away.
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await;
                let _ = stream.shutdown().await;
            }
        });
        address
    }
}

/// Asks a server that shows `shown`, trusting `trusted` besides the system's authorities.
async fn asked(shown: &Made, trusted: Option<&Made>) -> Result<(), Fault> {
    let folder = tempfile::tempdir().unwrap();
    let ca_file: Option<PathBuf> = trusted.map(|made| {
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, &made.pem).unwrap();
        path
    });
    let url: Url = format!("https://{}/v2/", shown.serve().await).parse().unwrap();
    let client = Client::new(&url, &Options { ca_file, ..Options::default() }).unwrap();
    match client.request(Method::GET, url.clone()).send().await {
        Ok(_) => Ok(()),
        Err(error) => Err(client.fault(&error, &url).await),
    }
}

/// Docker's page for a private registry makes one certificate that is server and authority at once, and docker, podman
/// and skopeo take it once it is put beside them.
#[tokio::test]
async fn a_certificate_that_stands_itself_in_the_hosts_file_is_trusted() {
    let own = Made::authority();
    assert_eq!(asked(&own, Some(&own)).await, Ok(()));
    let plain = Made::itself(|_| ());
    assert_eq!(asked(&plain, Some(&plain)).await, Ok(()));
}

#[tokio::test]
async fn an_authority_vouches_for_the_servers_that_it_signed() {
    let authority = Made::authority();
    assert_eq!(asked(&Made::by(&authority, |_| ()), Some(&authority)).await, Ok(()));
}

#[tokio::test]
async fn what_is_not_trusted_is_refused_with_its_reason() {
    let authority = Made::authority();
    let other = Made::authority();
    let year = |year| rcgen::date_time_ymd(year, 1, 1);
    let name = |params: &mut CertificateParams| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName("elsewhere.test".try_into().unwrap())];
    };
    let refused = |distrust| Err(Fault::Tls(distrust));
    let (stranger, ended, early, named) = (
        Made::by(&authority, |_| ()),
        Made::by(&authority, |params| (params.not_before, params.not_after) = (year(2001), year(2002))),
        Made::by(&authority, |params| params.not_before = year(2200)),
        Made::by(&authority, name),
    );
    assert_eq!(asked(&stranger, Some(&other)).await, refused(Distrust::Issuer));
    assert_eq!(asked(&stranger, None).await, refused(Distrust::Issuer));
    assert_eq!(asked(&other, Some(&authority)).await, refused(Distrust::Authority));
    assert_eq!(asked(&ended, Some(&authority)).await, refused(Distrust::Ended));
    assert_eq!(asked(&early, Some(&authority)).await, refused(Distrust::NotYet));
    let told = asked(&named, Some(&authority)).await;
    assert_eq!(told, refused(Distrust::Name(vec!["elsewhere.test".to_owned()])));
    // One that stands in the file itself is still only good for its own names and its own time.
    let named = Made::itself(|params| {
        name(params);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    });
    assert!(matches!(asked(&named, Some(&named)).await, Err(Fault::Tls(Distrust::Name(_)))));
    let ended = Made::itself(|params| {
        (params.not_before, params.not_after) = (year(2001), year(2002));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    });
    assert_eq!(asked(&ended, Some(&ended)).await, refused(Distrust::Ended));
}

#[tokio::test]
async fn a_server_without_tls_is_told_as_such() {
    let server = slipway_stage::Server::start(|_| axum::response::Response::default()).await;
    let url: Url = format!("https://{}/", server.address).parse().unwrap();
    let client = Client::new(&url, &Options::default()).unwrap();
    let error = client.request(Method::GET, url.clone()).send().await.unwrap_err();
    assert_eq!(client.fault(&error, &url).await, Fault::Tls(Distrust::Handshake));
}
