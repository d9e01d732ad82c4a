//! The one way a request goes out: how long an answer may take and how large it may be.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode};
use slipway_http::{BodyError, Client, Fault, Options as HttpOptions, SetUpError};
use url::Url;

use crate::answer::Answer;
use crate::error::GitHubError;

/// An answer is read so far, bytes. A page of a hundred repositories has about 700 kB.
const MOST_BODY: usize = 16 << 20;

/// How GitHub is reached.
#[derive(Debug, Clone)]
pub struct Options {
    /// The way there; GitHub refuses requests without a `User-Agent`.
    pub http: HttpOptions,
    /// For a whole answer.
    pub timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { http: HttpOptions::default(), timeout: Duration::from_secs(30) }
    }
}

/// A client for one host.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client,
    host: String,
    /// In a word, or as an address without a password.
    proxy: String,
    timeout: Duration,
}

impl Http {
    /// A client for the host of `root`.
    pub(crate) fn new(root: &Url, options: &Options) -> Result<Self, GitHubError> {
        let host = root.host_str().unwrap_or_default().to_owned();
        let client = Client::new(root, &options.http).map_err(|error| match error {
            SetUpError::PlainHttp => GitHubError::PlainHttp { host: host.clone() },
            SetUpError::Invalid(reason) => GitHubError::Invalid { host: host.clone(), reason },
        })?;
        Ok(Self { client, host, proxy: options.http.proxy.to_string(), timeout: options.timeout })
    }

    /// A request to `url`, to be described further.
    pub(crate) fn request(&self, method: reqwest::Method, url: Url) -> RequestBuilder {
        self.client.request(method, url).timeout(self.timeout)
    }

    /// Sends a request and reads its answer, whatever its status.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Answer, GitHubError> {
        let _asked = self.client.asking(&self.host);
        let mut response: Response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                let fault = match error.url() {
                    Some(url) => self.client.fault(&error, url).await,
                    None => Fault::of(&error),
                };
                return Err(self.network(fault));
            }
        };
        if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(self.network(Fault::ProxySignIn));
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let body = slipway_http::read(&mut response, MOST_BODY, self.timeout).await;
        let body = body.map_err(|error| match error {
            BodyError::TooLarge => {
                GitHubError::Malformed { reason: "it is too large".to_owned(), answer: None }
            }
            BodyError::Broken(fault) => self.network(fault),
        })?;
        Ok(Answer { status, headers, body })
    }

    fn network(&self, fault: Fault) -> GitHubError {
        GitHubError::Network { host: self.host.clone(), proxy: self.proxy.clone(), fault }
    }
}
