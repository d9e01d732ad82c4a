//! The client of the REST API: addresses, the token, redirects and pages.

use std::fmt;
use std::sync::Arc;

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, LOCATION};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use slipway_hosts::Endpoint;
use url::Url;

use crate::answer::Answer;
use crate::error::{Answered, GitHubError};
use crate::http::{Http, Options};
use crate::link;

/// The version of the API that was read.
const API_VERSION: &str = "2022-11-28";

/// Redirects that are followed for one request.
const MOST_REDIRECTS: u32 = 3;

/// Pages of a list that are read, of a hundred items each where that can be asked for.
const MOST_PAGES: u32 = 10;

/// GitHub's REST API, as whoever's token it has.
#[derive(Clone)]
pub struct GitHub {
    http: Http,
    api: Url,
    secret: Option<Arc<SecretString>>,
}

/// A list that may not be whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// What was found.
    pub items: Vec<T>,
    /// There are more pages than were read, or the next one is at another host.
    pub cut: bool,
    /// Numbers of organizations that were left out, since their single sign-on did not authorize the token.
    pub withheld: Vec<u64>,
}

impl GitHub {
    /// A client of the API at `api`, such as `https://api.github.com` or `https://HOST/api/v3`; without a token it asks
    /// as nobody.
    ///
    /// # Errors
    /// [`GitHubError::PlainHttp`] or [`GitHubError::Invalid`] where the address or an option cannot be used.
    pub fn new(api: Url, secret: Option<SecretString>, options: &Options) -> Result<Self, GitHubError> {
        Ok(Self { http: Http::new(&api, options)?, api, secret: secret.map(Arc::new) })
    }

    /// A client of the API that belongs to a registry, with its certificate authority; `None` where it has none.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn of(
        endpoint: &Endpoint,
        secret: Option<SecretString>,
        options: &Options,
    ) -> Result<Option<Self>, GitHubError> {
        let Some(api) = endpoint.api.clone() else { return Ok(None) };
        let mut options = options.clone();
        options.http.ca_file = endpoint.ca_file.clone().or(options.http.ca_file);
        options.http.plain_http |= endpoint.plain_http;
        Self::new(api, secret, &options).map(Some)
    }

    /// The address of a resource. Each part is encoded on its own, so that the name `a/b` is one.
    pub(crate) fn address(&self, parts: &[&str]) -> Result<Url, GitHubError> {
        let invalid = |reason: &str| GitHubError::Invalid {
            host: self.api.host_str().unwrap_or_default().to_owned(),
            reason: reason.to_owned(),
        };
        if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(invalid("a name is empty or means a folder"));
        }
        let mut url = self.api.clone();
        url.path_segments_mut().map_err(|()| invalid("it is no web address"))?.pop_if_empty().extend(parts);
        Ok(url)
    }

    /// A successful answer of `url`, which is the API's own.
    pub(crate) async fn get(&self, url: Url) -> Result<Answer, GitHubError> {
        let mut url = url;
        for _ in 0..=MOST_REDIRECTS {
            let answer = self.http.send(self.request(&url)).await?;
            if answer.status.is_success() {
                return Ok(answer);
            }
            if !matches!(answer.status.as_u16(), 301 | 302 | 307 | 308) {
                return Err(GitHubError::of(&answer, self.exposed()));
            }
            let to = answer.header(LOCATION.as_str()).and_then(|to| url.join(to).ok());
            url = to
                .filter(|to| self.is_own(to))
                .ok_or_else(|| self.malformed("it redirects to another host", &answer))?;
        }
        Err(GitHubError::Malformed { reason: "it redirects without end".to_owned(), answer: None })
    }

    /// The same, where absence is an answer.
    pub(crate) async fn find(&self, url: Url) -> Result<Option<Answer>, GitHubError> {
        match self.get(url).await {
            Ok(answer) => Ok(Some(answer)),
            Err(GitHubError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All pages of a list, up to a number.
    pub(crate) async fn pages<T: DeserializeOwned>(&self, mut url: Url) -> Result<Listed<T>, GitHubError> {
        url.query_pairs_mut().append_pair("per_page", "100");
        self.pages_as_given(url).await
    }

    /// The same in pages of the size that GitHub chooses.
    pub(crate) async fn pages_as_given<T: DeserializeOwned>(
        &self,
        mut url: Url,
    ) -> Result<Listed<T>, GitHubError> {
        let mut listed = Listed { items: Vec::new(), cut: false, withheld: Vec::new() };
        for _ in 0..MOST_PAGES {
            let answer = self.get(url.clone()).await?;
            listed.items.extend(self.read::<Vec<T>>(&answer)?);
            for id in answer.withheld() {
                if !listed.withheld.contains(&id) {
                    listed.withheld.push(id);
                }
            }
            let Some(next) = answer.header("link").and_then(link::next) else { return Ok(listed) };
            match url.join(next).ok().filter(|next| self.is_own(next)) {
                Some(next) => url = next,
                None => break,
            }
        }
        listed.cut = true;
        Ok(listed)
    }

    /// What an answer says.
    pub(crate) fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, GitHubError> {
        serde_json::from_slice(&answer.body).map_err(|error| {
            let reason = format!("it is not the JSON that was expected, near line {}", error.line());
            self.malformed(&reason, answer)
        })
    }

    fn request(&self, url: &Url) -> reqwest::RequestBuilder {
        let request = self
            .http
            .request(Method::GET, url.clone())
            .header(ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", API_VERSION);
        let value = self.exposed().map(|secret| HeaderValue::from_str(&format!("Bearer {secret}")));
        // A text that makes no header is no token; GitHub then says that it needs one.
        match value {
            Some(Ok(mut value)) => {
                value.set_sensitive(true);
                request.header(AUTHORIZATION, value)
            }
            _ => request,
        }
    }

    /// Whether the token may go there.
    fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.api.origin()
    }

    fn exposed(&self) -> Option<&str> {
        self.secret.as_deref().map(SecretString::expose_secret)
    }

    fn malformed(&self, reason: &str, answer: &Answer) -> GitHubError {
        GitHubError::Malformed {
            reason: reason.to_owned(),
            answer: Some(Answered::of(answer, self.exposed())),
        }
    }
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHub").field("api", &self.api.as_str()).finish_non_exhaustive()
    }
}
