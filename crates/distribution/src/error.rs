//! What goes wrong on the wire.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use slipway_hosts::{Answer, At, Meaning, Profile, meaning, retry_hint};
use slipway_http::{BodyError, Failure, Fault, Wish, printable, retry_after, said};
use slipway_reference::Digest;
use url::{Origin, Url};

use crate::credential::CredentialSource;
use crate::secrets::Secrets;

/// A body of an error answer is read so far, bytes.
const MOST_BODY: usize = 64 * 1024;

/// The words of a refusal are waited for so long.
const WORDS: Duration = Duration::from_secs(10);

/// A message is kept so far, characters.
pub(crate) const MOST_MESSAGE: usize = 500;

/// Why a request did not do what it should. Holds no secret and no query.
#[derive(Debug)]
pub struct Error {
    /// What kind of failure.
    pub kind: ErrorKind,
    /// The request, where one was made.
    pub request: Option<RequestLine>,
    /// The status of the answer, where one came.
    pub status: Option<u16>,
    /// What the registry said, decoded.
    pub errors: Vec<RegistryError>,
    /// The registry's name for this request, to be quoted to its support.
    pub request_id: Option<String>,
    /// Who it was sent as.
    pub credential: Option<(String, CredentialSource)>,
    /// Where in the protocol it happened.
    pub at: At,
    /// `X-GitHub-SSO`.
    pub sso: Option<String>,
    /// The registry's name.
    pub host: String,
    /// The host that was asked in truth, where the registry led to another one.
    pub led_to: Option<String>,
    /// The way there, in a word or as an address without a password.
    pub proxy: String,
    /// What kind of registry it is.
    pub profile: Profile,
    pub(crate) wait: Option<Duration>,
    /// A token ended in the middle, or was not known for once; a new one is bought by the next request.
    pub(crate) token_ended: bool,
    /// The session is to be gone on with at another address.
    pub(crate) moved: bool,
}

/// The kinds of failure.
#[derive(Debug)]
pub enum ErrorKind {
    /// No answer came, or none to its end.
    Network(Fault),
    /// Plain http to a host that is not this computer.
    PlainHttp,
    /// The registry asks for credentials in a way that is not accepted.
    Challenge(String),
    /// It wants the token to be asked for at this host, which is somebody else's as far as is known. Nothing was sent
    /// there; [`Endpoint::realm`](slipway_hosts::Endpoint::realm) allows it.
    Realm(String),
    /// It wants the token to be asked for at this host by plain http.
    PlainRealm(String),
    /// The registry answered with an error status.
    Answer,
    /// The answer makes no sense.
    BadAnswer(String),
    /// The sending side's own content failed.
    Body(String),
    /// Content does not fit its digest.
    Digest {
        /// What was asked for.
        expected: Digest,
        /// What came.
        found: Digest,
    },
    /// The answer is larger than it may be.
    TooLarge,
    /// The endpoint cannot be used.
    Invalid(String),
}

/// Method and path of a request; no host, no query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
}

/// One error of a registry's answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistryError {
    /// Such as `DENIED`; empty where the answer had none.
    pub code: String,
    /// The registry's words.
    pub message: String,
    /// More of them, as JSON.
    pub detail: Option<String>,
    /// The title of a page, which may be that of a proxy on the way: nothing follows from it.
    pub is_page: bool,
}

impl Error {
    /// What the answer means at this kind of registry.
    pub fn meaning(&self) -> Meaning {
        let Some(status) = self.status else { return Meaning::Other };
        let first = self.errors.first().filter(|error| !error.is_page);
        meaning(
            self.profile,
            &Answer {
                status,
                code: first.map(|error| error.code.as_str()),
                message: first.map(|error| error.message.as_str()),
                at: self.at,
                sso_header: self.sso.as_deref(),
            },
        )
    }

    /// Trying again may help, without anything being changed.
    pub fn is_transient(&self) -> bool {
        match &self.kind {
            ErrorKind::Network(fault) => fault.passes(),
            ErrorKind::Answer => {
                self.token_ended
                    || self.moved
                    || matches!(self.meaning(), Meaning::RateLimited { .. })
                    || self.status.is_some_and(is_transient)
            }
            _ => false,
        }
    }

    /// The registry leads the request, with what it carries, to another address.
    pub fn is_moved(&self) -> bool {
        self.moved
    }

    /// Nobody answered at all: this computer may be without a network, or the name be wrong.
    pub fn is_out_of_reach(&self) -> bool {
        matches!(&self.kind, ErrorKind::Network(fault) if fault.is_out_of_reach())
    }

    /// The registry, or its token endpoint, does not take the credential. A page with 403 is that of a proxy or firewall
    /// on the way as likely, and says nothing of it.
    pub fn refuses_credential(&self) -> bool {
        let page = self.errors.first().is_some_and(|error| error.is_page);
        let refused = match (self.status, self.at) {
            (Some(401), _) => true,
            (Some(403), At::Token) => !page,
            _ => false,
        };
        refused && !matches!(self.meaning(), Meaning::RateLimited { .. })
    }

    /// The host that was asked in truth: the registry's, or another one where it led there.
    pub fn asked(&self) -> &str {
        self.led_to.as_deref().unwrap_or(&self.host)
    }

    /// How long the registry wants us to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.wait
    }
}

impl Failure for Error {
    fn passes(&self) -> bool {
        self.is_transient()
    }

    fn wish(&self) -> Wish {
        let limited = matches!(self.meaning(), Meaning::RateLimited { .. });
        match self.wait {
            None if limited && self.status == Some(403) => Wish::Unnamed,
            None => Wish::None,
            Some(wait) => Wish::Named(wait),
        }
    }
}

/// Statuses after which the same request may succeed. 499 and 520 to 524 come from proxies in front of
/// registries.
pub(crate) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 499 | 500 | 502 | 503 | 504 | 520..=524)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, asked) = (&self.host, self.asked());
        match &self.kind {
            ErrorKind::Network(fault) => f.write_str(&fault.words(asked, &self.proxy))?,
            ErrorKind::PlainHttp => write!(
                f,
                "{host} would be reached by plain http, which shows the token to everybody on the way; only this computer may be reached so, unless plain http is allowed"
            )?,
            ErrorKind::Challenge(reason) => {
                write!(f, "{asked} asks for credentials in a way that is not accepted: {reason}")?;
            }
            ErrorKind::Realm(realm) => write!(
                f,
                "{host} wants its token to be asked for at {realm}, which belongs to somebody else as far as is known; nothing was sent there"
            )?,
            ErrorKind::PlainRealm(realm) => write!(
                f,
                "{host} wants its token to be asked for at http://{realm}, by plain http, which shows the credential to everybody on the way; its address has to begin with https"
            )?,
            ErrorKind::Answer => write!(f, "{asked} answered {}", self.status.unwrap_or_default())?,
            ErrorKind::BadAnswer(reason) => write!(f, "the answer of {asked} makes no sense: {reason}")?,
            ErrorKind::Body(reason) => write!(f, "the content could not be read: {reason}")?,
            ErrorKind::Digest { expected, found } => write!(f, "{asked} sent {found} for {expected}")?,
            ErrorKind::TooLarge => write!(f, "the answer of {asked} is larger than it may be")?,
            ErrorKind::Invalid(reason) => write!(f, "{host} cannot be used: {reason}")?,
        }
        if let Some(error) = self.errors.first() {
            let words = [&error.code, &error.message].map(String::as_str);
            let words: Vec<_> = words.into_iter().filter(|text| !text.is_empty()).collect();
            write!(f, " ({})", words.join(": "))?;
        }
        if self.led_to.is_some() {
            write!(f, "; {host} led there")?;
            if self.status == Some(401) && self.at != At::Token {
                f.write_str(", and its credential does not go along")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Host and port of an address.
pub(crate) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// What is known about a request when it fails.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) of: Arc<Of>,
    pub(crate) at: At,
    pub(crate) request: Option<RequestLine>,
    pub(crate) credential: Option<(String, CredentialSource)>,
    pub(crate) led_to: Option<String>,
}

/// What all requests to a registry have in common.
#[derive(Debug)]
pub(crate) struct Of {
    pub(crate) host: String,
    pub(crate) profile: Profile,
    /// Where it is.
    pub(crate) origin: Origin,
    /// The way there, in a word or as an address without a password.
    pub(crate) proxy: String,
    /// What may not come back in its words.
    pub(crate) secrets: Secrets,
}

impl Context {
    /// The same request where it was sent to in the end: a registry may lead it elsewhere.
    pub(crate) fn at(&self, url: &Url) -> Self {
        let request = self.request.as_ref();
        let request = request.map(|line| RequestLine {
            method: line.method.clone(),
            path: self.of.secrets.without(url.path()),
        });
        let led_to = (url.origin() != self.of.origin).then(|| self.elsewhere(url));
        Self { of: Arc::clone(&self.of), at: self.at, request, credential: self.credential.clone(), led_to }
    }

    /// How another place than the registry is called. At its own host, scheme and port tell what is another: a port that
    /// got lost behind a proxy, https for http.
    pub(crate) fn elsewhere(&self, url: &Url) -> String {
        let same = match &self.of.origin {
            Origin::Tuple(_, host, port) => {
                url.host().is_some_and(|other| other.to_owned() == *host)
                    && url.port().is_none_or(|other| other == *port)
            }
            Origin::Opaque(_) => false,
        };
        match url.port_or_known_default().filter(|_| same) {
            Some(port) => format!("{}://{}:{port}", url.scheme(), url.host_str().unwrap_or_default()),
            None => place(url),
        }
    }

    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        Error {
            kind,
            request: self.request.clone(),
            status: None,
            errors: Vec::new(),
            request_id: None,
            credential: self.credential.clone(),
            at: self.at,
            sso: None,
            host: self.of.host.clone(),
            led_to: self.led_to.clone(),
            proxy: self.of.proxy.clone(),
            profile: self.of.profile,
            wait: None,
            token_ended: false,
            moved: false,
        }
    }

    /// Who is really asked.
    pub(crate) fn place(&self) -> &str {
        self.led_to.as_deref().unwrap_or(&self.of.host)
    }

    pub(crate) fn bad(&self, reason: impl ToString) -> Error {
        self.error(ErrorKind::BadAnswer(reason.to_string()))
    }

    pub(crate) fn network(&self, fault: Fault) -> Error {
        self.error(ErrorKind::Network(fault))
    }

    /// An answer that was not read to its end.
    pub(crate) fn unread(&self, error: BodyError) -> Error {
        match error {
            BodyError::TooLarge => self.error(ErrorKind::TooLarge),
            BodyError::Broken(fault) => self.network(fault),
        }
    }

    /// An answer with an error status, decoded.
    pub(crate) async fn answer(&self, mut response: reqwest::Response) -> Error {
        let status = response.status();
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            // The answer is the proxy's, and says nothing about the registry.
            return self.at(response.url()).network(Fault::ProxySignIn);
        }
        let headers = response.headers().clone();
        let body = slipway_http::beginning(&mut response, MOST_BODY, WORDS).await;
        let errors = self.decode(&headers, &body);
        let text = |name: &str| {
            let value = headers.get(name)?.to_str().ok()?;
            Some(printable(&self.of.secrets.without(value), MOST_MESSAGE))
        };
        let words = errors.first().filter(|error| !error.is_page);
        let wait = retry_after(&headers).or_else(|| words.and_then(|error| retry_hint(&error.message)));
        Error {
            status: Some(status.as_u16()),
            errors,
            request_id: text("x-github-request-id").or_else(|| text("x-request-id")),
            sso: text("x-github-sso"),
            wait,
            ..self.at(response.url()).error(ErrorKind::Answer)
        }
    }

    /// The same, where a status is a success or not.
    pub(crate) async fn expect(
        &self,
        response: reqwest::Response,
        good: &[StatusCode],
    ) -> Result<reqwest::Response, Error> {
        if good.contains(&response.status()) { Ok(response) } else { Err(self.answer(response).await) }
    }

    /// What the answer says, in words that can be shown.
    fn decode(&self, headers: &HeaderMap, body: &[u8]) -> Vec<RegistryError> {
        let shown = |text: &str| printable(&self.of.secrets.without(text), MOST_MESSAGE);
        let errors = said(headers, body).into_iter().map(|said| RegistryError {
            code: shown(&said.code),
            message: shown(&said.message),
            detail: said.detail.as_deref().map(shown),
            is_page: said.is_page,
        });
        errors.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// distribution/distribution#2225: a registry behind a proxy that loses the port was called by its own name.
    #[test]
    fn whoever_is_asked_is_told_from_the_registry_by_scheme_and_port() {
        let registry = Url::parse("http://127.0.0.1:5000").unwrap();
        let of = Of {
            host: "127.0.0.1:5000".to_owned(),
            profile: Profile::Generic,
            origin: registry.origin(),
            proxy: String::new(),
            secrets: Secrets::default(),
        };
        let context =
            Context { of: Arc::new(of), at: At::Upload, request: None, credential: None, led_to: None };
        let rows = [
            ("http://127.0.0.1:5000/up/1", "127.0.0.1:5000"),
            ("http://127.0.0.1/up/1", "http://127.0.0.1:80"),
            ("https://127.0.0.1:5000/up/1", "https://127.0.0.1:5000"),
            ("http://127.0.0.1:5001/up/1", "127.0.0.1:5001"),
            ("https://storage.example.com/up/1?sig=x", "storage.example.com"),
        ];
        for (address, place) in rows {
            assert_eq!(context.at(&Url::parse(address).unwrap()).place(), place, "{address}");
        }
    }
}
