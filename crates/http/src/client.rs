//! Clients: which addresses are taken, who is trusted, and the way there.

use std::path::PathBuf;
use std::time::Duration;

use http::Method;
use reqwest::RequestBuilder;
use secrecy::SecretString;
use slipway_hosts::is_loopback;
use url::Url;

use crate::asking::{Asked, Asking};
use crate::fault::Fault;
use crate::names;
use crate::proxy::{self, Proxy};
use crate::tls;

/// How a host is reached.
#[derive(Debug, Clone)]
pub struct Options {
    /// `User-Agent`.
    pub user_agent: String,
    /// For a connection to be there.
    pub connect_timeout: Duration,
    /// The way there.
    pub proxy: Proxy,
    /// The password for the proxy's user name.
    pub proxy_password: Option<SecretString>,
    /// A private certificate authority, PEM, or the server's own certificate.
    pub ca_file: Option<PathBuf>,
    /// Plain http is allowed to a host that is not this computer.
    pub plain_http: bool,
    /// Where it is written down whom is waited for.
    pub asking: Asking,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            user_agent: concat!("slipway/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(20),
            proxy: Proxy::default(),
            proxy_password: None,
            ca_file: None,
            plain_http: false,
            asking: Asking::default(),
        }
    }
}

/// Why there is no client for an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetUpError {
    /// It would be reached by plain http, which shows the token to everybody on the way, and is not this computer.
    #[error("it would be reached by plain http")]
    PlainHttp,
    /// The address or an option cannot be used, in words.
    #[error("{0}")]
    Invalid(String),
}

/// A client for one host. Follows no redirects: a credential must not travel to another host, which is judged by whoever
/// asks.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    /// None for what is reached directly.
    proxy: Option<proxy::Route>,
    asking: Asking,
}

impl Client {
    /// A client for the host of `root`.
    ///
    /// # Errors
    /// [`SetUpError`].
    pub fn new(root: &Url, options: &Options) -> Result<Self, SetUpError> {
        let invalid = |reason: &str| SetUpError::Invalid(reason.to_owned());
        let here = is_loopback(root);
        match root.scheme() {
            "https" => {}
            "http" if here || options.plain_http => {}
            "http" => return Err(SetUpError::PlainHttp),
            _ => return Err(invalid("it is no web address")),
        }
        let later = root.scheme() == "http";
        let tls = tls::config(options.ca_file.as_deref(), later).map_err(SetUpError::Invalid)?;
        let mut builder = reqwest::Client::builder()
            .user_agent(&options.user_agent)
            .connect_timeout(options.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(names::System)
            .tls_backend_preconfigured(tls)
            .tcp_nodelay(true);
        // What is on this computer is always reached directly.
        let proxy =
            (!here).then(|| proxy::Route::of(&options.proxy, options.proxy_password.as_ref())).flatten();
        match &options.proxy {
            Proxy::System if !here => {}
            Proxy::At(url) if !here => {
                // The client's own words may hold the address with its password.
                let proxy = proxy::with_password(url, options.proxy_password.as_ref())
                    .map_err(|_| invalid("its proxy cannot be used"))?;
                builder = builder.proxy(proxy);
            }
            _ => builder = builder.no_proxy(),
        }
        let http = builder.build().map_err(|error| SetUpError::Invalid(error.without_url().to_string()))?;
        Ok(Self { http, proxy, asking: options.asking.clone() })
    }

    /// A request, to be described further and sent.
    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// Takes note that `host` is waited for, until what is returned is dropped.
    pub fn asking(&self, host: &str) -> Asked {
        self.asking.begin(host)
    }

    /// What an error of a request to `url` means. A proxy that refused is asked for its status once more, which the HTTP
    /// client does not tell.
    pub async fn fault(&self, error: &reqwest::Error, url: &Url) -> Fault {
        match (Fault::of(error), &self.proxy) {
            (Fault::ProxyRefused(None), Some(way)) => Fault::ProxyRefused(way.refusal(url).await),
            // It is the proxy that was looked up and connected to.
            (Fault::UnknownHost | Fault::Refused, Some(way)) if way.leads(url) => Fault::ProxyAway,
            (fault, _) => fault,
        }
    }
}
