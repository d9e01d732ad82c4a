//! The device flow of an OAuth app: the person enters a code in a browser, and a token comes here.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use url::{Url, form_urlencoded};

use crate::answer::Answer;
use crate::error::{Answered, GitHubError};
use crate::http::{Http, Options};
use crate::scopes::Scopes;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Clocks in virtual machines run fast, so a little is added to each wait, and more once GitHub asked for it
/// (cli/cli#9370, cli/oauth).
const PATIENCE: f64 = 1.2;
const PATIENCE_AFTER_SLOW_DOWN: f64 = 1.4;

/// What `slow_down` adds where it names no interval (RFC 8628, section 3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);

/// Fresh codes were answered so, though they were right (cli/cli#9302).
const MOST_INCORRECT: u32 = 2;

/// Polls in a row without an answer, as while a computer sleeps, before it counts.
const MOST_UNANSWERED: u32 = 5;

/// No wait is longer, whatever the answer says.
const LONGEST_INTERVAL: Duration = Duration::from_mins(5);
const LONGEST_LIFE: Duration = Duration::from_hours(24);

/// How long a code can be entered where the answer does not say so: GitHub's quarter of an hour.
const USUAL_LIFE: Duration = Duration::from_mins(15);

/// A sign-in at one host by one OAuth app.
#[derive(Debug, Clone)]
pub struct DeviceFlow {
    http: Http,
    web: Url,
    client_id: String,
}

/// What the person needs, and what polling needs.
#[derive(Debug)]
pub struct DeviceCode {
    /// What the person enters, such as `WDJB-MJHT`.
    pub user_code: String,
    /// Where the person enters it: a page of the host that was asked.
    pub verification_uri: Url,
    /// How long it can be entered.
    pub expires_in: Duration,
    interval: Duration,
    code: SecretString,
    asked: Vec<String>,
}

/// What the person allowed.
#[derive(Debug)]
pub struct Granted {
    /// The token.
    pub token: SecretString,
    /// What it may do.
    pub scopes: Scopes,
    /// What was asked for and not granted.
    pub missing: Vec<String>,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// The host does not know the app, or does not let it sign in this way: paste a token instead (cli/oauth).
    #[error("sign-in with a code is not offered here ({status})")]
    NotOffered {
        /// The status.
        status: u16,
        /// GitHub's word, such as `device_flow_disabled`, where there was one.
        word: Option<String>,
    },
    /// The person refused.
    #[error("the sign-in was refused in the browser")]
    Denied,
    /// The code was not entered in time.
    #[error("the code was not entered in time")]
    Expired,
    /// GitHub does not know the code any more.
    #[error("GitHub does not know the code any more")]
    IncorrectCode,
    /// The person has to verify an e-mail address first.
    #[error("the account's e-mail address is not verified yet")]
    UnverifiedEmail,
    /// Another of GitHub's words, such as `incorrect_client_credentials` or `unsupported_grant_type`.
    #[error("GitHub ended the sign-in: {word}")]
    Refused {
        /// The word.
        word: String,
    },
    /// The request failed.
    #[error(transparent)]
    Wire(#[from] GitHubError),
}

#[derive(Deserialize)]
struct CodeAnswer {
    device_code: SecretString,
    user_code: String,
    verification_uri: String,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    #[serde(default, deserialize_with = "seconds")]
    interval: Option<u64>,
}

#[derive(Deserialize, Default)]
struct TokenAnswer {
    access_token: Option<SecretString>,
    scope: Option<String>,
    error: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    interval: Option<u64>,
}

/// A number of seconds; what is none counts as not said.
fn seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(serde_json::Value::deserialize(deserializer)?.as_u64().filter(|seconds| *seconds > 0))
}

impl DeviceFlow {
    /// A flow at `web`, such as `https://github.com` or an Enterprise host, of the app that is registered there with
    /// this client id (which is public).
    ///
    /// # Errors
    /// [`GitHubError::PlainHttp`] or [`GitHubError::Invalid`] where the address or an option cannot be used.
    pub fn new(web: Url, client_id: impl Into<String>, options: &Options) -> Result<Self, DeviceError> {
        Ok(Self { http: Http::new(&web, options)?, web, client_id: client_id.into() })
    }

    /// Asks for a code with these scopes.
    pub async fn begin(&self, scopes: &[&str]) -> Result<DeviceCode, DeviceError> {
        let form = [("client_id", self.client_id.as_str()), ("scope", &scopes.join(" "))];
        let answer = self.post(&["login", "device", "code"], &form).await?;
        let status = answer.status.as_u16();
        let word = serde_json::from_slice::<TokenAnswer>(&answer.body).ok().and_then(|answer| answer.error);
        let word = word.map(|word| printable(&word));
        match (status, word.as_deref()) {
            (401 | 403 | 404 | 422, _)
            | (
                200 | 400,
                Some("device_flow_disabled" | "unauthorized_client" | "incorrect_client_credentials"),
            ) => {
                return Err(DeviceError::NotOffered { status, word });
            }
            (200, None) => {}
            (200 | 400, Some(word)) => return Err(DeviceError::Refused { word: word.to_owned() }),
            _ => return Err(GitHubError::of(&answer, None).into()),
        }
        // Its text may hold the code, so it is not kept.
        let malformed = |reason: &str| GitHubError::Malformed { reason: reason.to_owned(), answer: None };
        let read: CodeAnswer =
            serde_json::from_slice(&answer.body).map_err(|_| malformed("it holds no code for a device"))?;
        let page = Url::parse(&read.verification_uri).ok();
        // A page elsewhere could be one that collects passwords.
        let page = page.filter(|page| page.origin() == self.web.origin());
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if read.user_code.is_empty() || read.user_code.len() > 32 || !read.user_code.chars().all(fits) {
            return Err(malformed("its code cannot be typed").into());
        }
        Ok(DeviceCode {
            user_code: read.user_code,
            verification_uri: page.ok_or_else(|| malformed("its page is at another host"))?,
            expires_in: read.expires_in.map_or(USUAL_LIFE, Duration::from_secs).min(LONGEST_LIFE),
            interval: interval(read.interval.unwrap_or(5)),
            code: read.device_code,
            asked: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        })
    }

    /// Waits until the person decided; `None` when cancelled. `sleep` makes the waits, and is told how long:
    /// `tokio::time::sleep` outside tests. The code's life is counted in these waits.
    pub async fn poll<S, F>(
        &self,
        code: &DeviceCode,
        sleep: S,
        cancel: &CancellationToken,
    ) -> Result<Option<Granted>, DeviceError>
    where
        S: Fn(Duration) -> F,
        F: Future<Output = ()>,
    {
        let mut pace = Pace::new(code.interval);
        let (mut waited, mut incorrect, mut unanswered) = (Duration::ZERO, 0, 0);
        while waited < code.expires_in {
            let wait = pace.wait();
            waited += wait;
            let polled = async {
                sleep(wait).await;
                self.ask(code).await
            };
            let answer = tokio::select! {
                biased;
                () = cancel.cancelled() => return Ok(None),
                answer = polled => answer,
            };
            let answer = match answer {
                Err(DeviceError::Wire(GitHubError::RateLimited { .. })) => {
                    pace.slow_down(None);
                    continue;
                }
                Err(DeviceError::Wire(error)) if passes(&error) && unanswered < MOST_UNANSWERED => {
                    unanswered += 1;
                    continue;
                }
                answer => answer?,
            };
            unanswered = 0;
            let Some(word) = answer.error else { return granted(answer, code).map(Some) };
            match word.as_str() {
                "authorization_pending" => {}
                "slow_down" => pace.slow_down(answer.interval),
                "incorrect_device_code" if incorrect < MOST_INCORRECT => incorrect += 1,
                "incorrect_device_code" => return Err(DeviceError::IncorrectCode),
                "expired_token" | "token_expired" => return Err(DeviceError::Expired),
                "access_denied" => return Err(DeviceError::Denied),
                "unverified_user_email" => return Err(DeviceError::UnverifiedEmail),
                "device_flow_disabled" => {
                    return Err(DeviceError::NotOffered { status: 200, word: Some(word) });
                }
                _ => return Err(DeviceError::Refused { word: printable(&word) }),
            }
        }
        Err(DeviceError::Expired)
    }

    /// One poll.
    async fn ask(&self, code: &DeviceCode) -> Result<TokenAnswer, DeviceError> {
        let form = [
            ("client_id", self.client_id.as_str()),
            ("device_code", code.code.expose_secret()),
            ("grant_type", GRANT),
        ];
        let answer = self.post(&["login", "oauth", "access_token"], &form).await?;
        let read = serde_json::from_slice::<TokenAnswer>(&answer.body).unwrap_or_default();
        match answer.status.as_u16() {
            200 => Ok(read),
            // As the standard has it; GitHub answers 200.
            400 if read.error.is_some() => Ok(read),
            _ => Err(GitHubError::of(&answer, Some(code.code.expose_secret())).into()),
        }
    }

    async fn post(&self, parts: &[&str], form: &[(&str, &str)]) -> Result<Answer, GitHubError> {
        let mut url = self.web.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self
            .http
            .request(Method::POST, url)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        self.http.send(request).await
    }
}

/// Whether the next poll may be answered.
fn passes(error: &GitHubError) -> bool {
    match error {
        GitHubError::Network { fault, .. } => fault.passes(),
        error => matches!(error, GitHubError::Server(_)),
    }
}

fn granted(answer: TokenAnswer, code: &DeviceCode) -> Result<Granted, DeviceError> {
    let malformed = || GitHubError::Malformed {
        reason: "it holds neither a token nor an error".to_owned(),
        // Its text may hold a token.
        answer: None::<Answered>,
    };
    let token = answer.access_token.ok_or_else(malformed)?;
    let scopes = answer.scope.as_deref().map_or_else(Scopes::unknown, Scopes::exactly);
    let lacks = |scope: &&String| scopes.include(scope) == Some(false);
    let missing = code.asked.iter().filter(lacks).cloned().collect();
    Ok(Granted { token, scopes, missing })
}

fn interval(seconds: u64) -> Duration {
    Duration::from_secs(seconds).clamp(Duration::from_secs(1), LONGEST_INTERVAL)
}

/// How long is waited before each poll.
struct Pace {
    interval: Duration,
    factor: f64,
}

impl Pace {
    fn new(interval: Duration) -> Self {
        Self { interval, factor: PATIENCE }
    }

    fn wait(&self) -> Duration {
        self.interval.mul_f64(self.factor)
    }

    /// GitHub wants fewer polls, and may say how many seconds are to be between them.
    fn slow_down(&mut self, seconds: Option<u64>) {
        let longer = (self.interval + SLOW_DOWN).min(LONGEST_INTERVAL);
        self.interval = seconds.map(interval).filter(|named| *named > self.interval).unwrap_or(longer);
        self.factor = PATIENCE_AFTER_SLOW_DOWN;
    }
}

/// A word of the answer as it may be shown.
fn printable(word: &str) -> String {
    slipway_http::printable(word, 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number in another form lost the code, and with it the sign-in; in the answer to a poll, the token.
    #[test]
    fn an_odd_life_or_interval_loses_neither_code_nor_token() {
        for odd in ["\"900\"", "-1", "0", "5.5", "null", "{}"] {
            let code = format!(
                "{{\"device_code\":\"d\",\"user_code\":\"u\",\"verification_uri\":\"v\",\"expires_in\":{odd},\"interval\":{odd}}}"
            );
            let code: CodeAnswer = serde_json::from_str(&code).unwrap();
            assert_eq!((code.expires_in, code.interval), (None, None), "{odd}");
            let token = format!("{{\"access_token\":\"t\",\"interval\":{odd}}}");
            assert!(serde_json::from_str::<TokenAnswer>(&token).unwrap().access_token.is_some(), "{odd}");
        }
    }

    #[test]
    fn waits_grow_as_github_asks_and_never_without_end() {
        let mut pace = Pace::new(interval(5));
        assert_eq!(pace.wait(), Duration::from_secs(6));
        pace.slow_down(None);
        assert_eq!(pace.wait(), Duration::from_secs(14));
        pace.slow_down(Some(20));
        assert_eq!(pace.wait(), Duration::from_secs(28));
        // An interval below the one that was too short is none.
        pace.slow_down(Some(1));
        assert_eq!(pace.wait(), Duration::from_secs(35));
        assert_eq!(interval(0), Duration::from_secs(1));
        assert_eq!(interval(u64::MAX), LONGEST_INTERVAL);
    }
}
