//! The way to a registry that is not direct.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// Which proxy requests go through. Registries on this computer are always reached directly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// As the system or the environment (`HTTPS_PROXY`, `NO_PROXY`) says.
    #[default]
    System,
    /// None.
    None,
    /// This one.
    At(Url),
}

/// An address that no proxy can have. It is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a proxy is `system`, `none`, or an address without a password, such as http://proxy.example.com:8080"
)]
pub struct ProxyError;

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
                let plain = url.username().is_empty() && url.password().is_none();
                if known && plain { Ok(Self::At(url)) } else { Err(ProxyError) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_a_word_or_an_address_without_a_secret() {
        for good in ["system", "none", "http://proxy.example:8080/", "https://proxy.example/"] {
            assert_eq!(good.parse::<Proxy>().unwrap().to_string(), good);
        }
        for bad in ["", "proxy.example", "ftp://proxy.example/", "http://octocat:canary@proxy.example/"] {
            let error = bad.parse::<Proxy>().expect_err(bad);
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}
