//! The one way a request goes out: which addresses are taken, how long an answer may take and how large it may be.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use crate::error::GitHubError;

/// An answer is read so far, bytes. A page of a hundred repositories has about 700 kB.
const MOST_BODY: usize = 16 << 20;

/// How GitHub is reached.
#[derive(Debug, Clone)]
pub struct Options {
    /// `User-Agent`; GitHub refuses requests without.
    pub user_agent: String,
    /// For a whole answer.
    pub timeout: Duration,
    /// The way there.
    pub proxy: Proxy,
    /// The password for the proxy's user name.
    pub proxy_password: Option<SecretString>,
    /// A private certificate authority, PEM.
    pub ca_file: Option<PathBuf>,
    /// Plain http is allowed to a host that is not this computer.
    pub plain_http: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            user_agent: concat!("slipway/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeout: Duration::from_secs(30),
            proxy: Proxy::default(),
            proxy_password: None,
            ca_file: None,
            plain_http: false,
        }
    }
}

/// Which proxy requests go through. What is on this computer is always reached directly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// As the system or the environment (`HTTPS_PROXY`, `NO_PROXY`) says.
    #[default]
    System,
    /// None.
    None,
    /// This one. The address may hold a user name, never a password.
    At(Url),
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::None => f.write_str("none"),
            Self::At(url) => url.fmt(f),
        }
    }
}

/// A client for one host.
#[derive(Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    host: String,
    /// In a word, or as an address without a password.
    proxy: String,
}

/// Without the client, which knows the proxy's password.
impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("host", &self.host).finish_non_exhaustive()
    }
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Http {
    /// A client for the host of `root`.
    pub(crate) fn new(root: &Url, options: &Options) -> Result<Self, GitHubError> {
        let host = root.host_str().unwrap_or_default().to_owned();
        let invalid = |reason: String| GitHubError::Invalid { host: host.clone(), reason };
        match root.scheme() {
            "https" => {}
            "http" if is_loopback(root) || options.plain_http => {}
            "http" => return Err(GitHubError::PlainHttp { host }),
            _ => return Err(invalid("it is no web address".to_owned())),
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(&options.user_agent)
            .connect_timeout(options.timeout)
            .timeout(options.timeout)
            // By our own rules: a token must not travel to another host.
            .redirect(reqwest::redirect::Policy::none());
        match &options.proxy {
            Proxy::System if !is_loopback(root) => {}
            Proxy::At(url) if !is_loopback(root) => {
                let proxy = with_password(url, options.proxy_password.as_ref())
                    .map_err(|_| invalid("its proxy cannot be used".to_owned()))?;
                builder = builder.proxy(proxy);
            }
            _ => builder = builder.no_proxy(),
        }
        if let Some(path) = &options.ca_file {
            let unusable = |reason: &dyn std::fmt::Display| {
                invalid(format!("the certificate file {} cannot be used: {reason}", path.display()))
            };
            let pem = std::fs::read(path).map_err(|error| unusable(&error))?;
            let certificates =
                reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| unusable(&error))?;
            builder = builder.tls_certs_merge(certificates);
        }
        let client = builder.build().map_err(|error| invalid(error.without_url().to_string()))?;
        Ok(Self { client, host, proxy: options.proxy.to_string() })
    }

    /// The client, to describe a request with.
    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Sends a request and reads its answer, whatever its status.
    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer, GitHubError> {
        let mut response: Response = request.send().await.map_err(|error| self.transport(&error))?;
        if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(self.refused_by_proxy());
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.transport(&error))? {
            if body.len() + chunk.len() > MOST_BODY {
                return Err(GitHubError::Malformed { reason: "it is too large".to_owned(), answer: None });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }

    /// A failure of the HTTP client. Its own words are not kept: they may hold an address with a query.
    fn transport(&self, error: &reqwest::Error) -> GitHubError {
        let host = self.host.clone();
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            let text = inner.to_string();
            // The HTTP client tells a tunnel's 407 by these words only (hyper-util's TunnelError).
            if text.contains("proxy authorization required") {
                return self.refused_by_proxy();
            }
            if text.contains("certificate") || text.contains("TLS") || text.contains("tls handshake") {
                return GitHubError::Tls { host };
            }
            source = inner.source();
        }
        if error.is_timeout() { GitHubError::Timeout { host } } else { GitHubError::Connect { host } }
    }

    fn refused_by_proxy(&self) -> GitHubError {
        GitHubError::Proxy { host: self.host.clone(), proxy: self.proxy.clone() }
    }
}

/// The proxy at `url` as the HTTP client wants it. A password without a user name is of no use.
fn with_password(url: &Url, password: Option<&SecretString>) -> reqwest::Result<reqwest::Proxy> {
    let mut url = url.clone();
    if let Some(password) = password.filter(|_| !url.username().is_empty()) {
        // Only an address without a host takes none, and a proxy has one.
        let _ = url.set_password(Some(password.expose_secret()));
    }
    reqwest::Proxy::all(url)
}

impl Answer {
    /// A header's text, if it is there and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Whether an address is on this computer.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}
