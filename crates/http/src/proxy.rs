//! The way to a host that is not direct.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use hyper_util::client::proxy::matcher::Matcher;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use url::Url;

/// For a proxy to say why it refused.
const PATIENCE: Duration = Duration::from_secs(5);

/// Its first line is read so far, bytes.
const MOST_LINE: usize = 256;

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

/// An address that no proxy can have. It is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a proxy is `system`, `none`, or an address without a password, such as http://proxy.example.com:8080"
)]
pub struct ProxyError;

impl Proxy {
    /// Who signs in to it, and its host and port; none where it is asked without a user name.
    pub fn sign_in(&self) -> Option<(&str, String)> {
        let Self::At(url) = self else { return None };
        let port = url.port_or_known_default()?;
        (!url.username().is_empty()).then_some((url.username(), format!("{}:{port}", url.host_str()?)))
    }
}

/// The proxy at `url` as the HTTP client wants it. A password without a user name is of no use.
pub(crate) fn with_password(url: &Url, password: Option<&SecretString>) -> reqwest::Result<reqwest::Proxy> {
    let mut url = url.clone();
    if let Some(password) = password.filter(|_| !url.username().is_empty()) {
        // Only an address without a host takes none, and a proxy has one.
        let _ = url.set_password(Some(password.expose_secret()));
    }
    reqwest::Proxy::all(url)
}

/// A way through a proxy, by which the proxy itself can be asked.
#[derive(Debug, Clone)]
pub(crate) enum Route {
    System,
    At(Url, Option<SecretString>),
}

impl Route {
    /// None where there is no proxy for certain.
    pub(crate) fn of(proxy: &Proxy, password: Option<&SecretString>) -> Option<Self> {
        match proxy {
            Proxy::System => Some(Self::System),
            Proxy::None => None,
            Proxy::At(url) => Some(Self::At(url.clone(), password.cloned())),
        }
    }

    /// With which status the proxy refuses to lead to `url`; none where it does not say, or leads there by now.
    pub(crate) async fn refusal(&self, url: &Url) -> Option<u16> {
        let status = tokio::time::timeout(PATIENCE, self.ask(url)).await.ok()??;
        (!(200..300).contains(&status)).then_some(status)
    }

    /// Requests to `url` go through a proxy that is known.
    pub(crate) fn leads(&self, url: &Url) -> bool {
        self.address(url).is_some()
    }

    async fn ask(&self, url: &Url) -> Option<u16> {
        let (proxy, authorization) = self.address(url)?;
        let to = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
        let authorization = authorization.map(|value| format!("Proxy-Authorization: {value}\r\n"));
        let request =
            format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{}\r\n", authorization.unwrap_or_default());
        let mut connection = tokio::net::TcpStream::connect(proxy).await.ok()?;
        connection.write_all(request.as_bytes()).await.ok()?;
        let mut line = Vec::new();
        let mut piece = [0; MOST_LINE];
        while line.len() < MOST_LINE && !line.contains(&b'\n') {
            let length = connection.read(&mut piece).await.ok()?;
            if length == 0 {
                break;
            }
            line.extend_from_slice(&piece[..length]);
        }
        let line = line.strip_prefix(b"HTTP/1.")?;
        std::str::from_utf8(line.get(2..5)?).ok()?.parse().ok()
    }

    /// Host and port of a proxy that is spoken to in the clear, and what it is signed in to with.
    fn address(&self, url: &Url) -> Option<(String, Option<String>)> {
        match self {
            Self::At(proxy, password) => {
                let place = format!("{}:{}", proxy.host_str()?, proxy.port_or_known_default()?);
                // As the HTTP client signs in: the address has its user name encoded, and a password may be missing.
                let username = percent_encoding::percent_decode_str(proxy.username()).decode_utf8_lossy();
                let authorization = (!username.is_empty()).then(|| {
                    let password = password.as_ref().map_or("", |password| password.expose_secret());
                    let pair = format!("{username}:{password}");
                    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
                });
                (proxy.scheme() == "http").then_some((place, authorization))
            }
            Self::System => {
                let found = Matcher::from_system().intercept(&url.as_str().parse().ok()?)?;
                let place = format!("{}:{}", found.uri().host()?, found.uri().port_u16().unwrap_or(80));
                let authorization =
                    found.basic_auth().and_then(|value| value.to_str().ok()).map(str::to_owned);
                (found.uri().scheme_str() == Some("http")).then_some((place, authorization))
            }
        }
    }
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

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        match text {
            "system" => Ok(Self::System),
            "none" => Ok(Self::None),
            _ => {
                let url = Url::parse(text).map_err(|_| ProxyError)?;
                let known = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
                // A password would stand in a plain file.
                if known && url.password().is_none() { Ok(Self::At(url)) } else { Err(ProxyError) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_a_word_or_an_address_without_a_secret() {
        for good in ["system", "none", "http://proxy.example:8080/", "https://octocat@proxy.example/"] {
            assert_eq!(good.parse::<Proxy>().unwrap().to_string(), good);
        }
        for bad in ["", "proxy.example", "ftp://proxy.example/", "http://octocat:canary@proxy.example/"] {
            let error = bad.parse::<Proxy>().expect_err(bad);
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }

    #[test]
    fn a_proxys_password_is_known_by_its_user_name_host_and_port() {
        let sign_in = |text: &str| {
            let proxy: Proxy = text.parse().unwrap();
            proxy.sign_in().map(|(user, place)| (user.to_owned(), place))
        };
        let octocat = |place: &str| Some(("octocat".to_owned(), place.to_owned()));
        assert_eq!(sign_in("http://octocat@proxy.example:8080"), octocat("proxy.example:8080"));
        assert_eq!(sign_in("https://octocat@proxy.example"), octocat("proxy.example:443"));
        assert_eq!((sign_in("http://proxy.example"), sign_in("none")), (None, None));
    }
}
