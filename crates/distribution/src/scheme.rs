//! How a registry wants to know who asks, and the header of a request that says so.

use http::HeaderValue;
use http::header::AUTHORIZATION;
use secrecy::ExposeSecret as _;
use url::Url;

use crate::token::Token;

/// How a registry wants to know who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scheme {
    Open,
    Basic,
    Bearer { realm: Url, service: Option<String> },
}

/// What a request is authorised with.
pub(crate) enum Authorization {
    None,
    Basic(HeaderValue),
    Bearer(Token),
}

/// Gives a request its headers and what it is authorised with.
pub(crate) fn with(
    mut builder: reqwest::RequestBuilder,
    authorization: &Authorization,
    headers: &[(http::HeaderName, String)],
) -> reqwest::RequestBuilder {
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    match authorization {
        Authorization::None => builder,
        Authorization::Basic(value) => builder.header(AUTHORIZATION, value.clone()),
        Authorization::Bearer(token) => match sensitive(&format!("Bearer {}", token.value.expose_secret())) {
            Some(value) => builder.header(AUTHORIZATION, value),
            None => builder,
        },
    }
}

/// A header value that the HTTP client never prints.
pub(crate) fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
