//! The way to a registry that is not direct.

use std::fmt;
use std::str::FromStr;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// Which proxy requests go through. Registries on this computer are always reached directly.
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
