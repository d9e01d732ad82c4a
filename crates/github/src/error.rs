//! Why GitHub did not do what was asked, by cause.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use slipway_http::Fault;
use url::Url;

use crate::answer::Answer;
use crate::rate::Rate;
use crate::scopes::{Scopes, split};

/// An answer's text is kept so far, characters.
const MOST_TEXT: usize = 500;

/// How long to wait after a secondary limit that names no time, seconds (google/go-github).
const SILENT_WAIT: u64 = 60;

/// An answer that was no success, to be quoted in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Its status.
    pub status: u16,
    /// `X-GitHub-Request-Id`.
    pub request_id: Option<String>,
    /// What it says in words; empty where it says nothing. The same holds for it as for `raw`.
    pub message: String,
    /// The beginning of its text, at most 500 characters, without the token if it was in there.
    pub raw: String,
}

/// Why a request of the REST API failed. Holds no secret.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum GitHubError {
    /// No answer came, or none to its end.
    #[error("{}", fault.words(host, proxy))]
    Network {
        /// Where to.
        host: String,
        /// The way there: a word, or an address without a password.
        proxy: String,
        /// Why.
        fault: Fault,
    },
    /// Plain http to a host that is not this computer.
    #[error("{host} would be reached by plain http, which shows the token to everybody on the way")]
    PlainHttp {
        /// Where to.
        host: String,
    },
    /// What was asked, or how, makes no address or no client.
    #[error("{host} cannot be asked: {reason}")]
    Invalid {
        /// Where to.
        host: String,
        /// Why.
        reason: String,
    },
    /// 401: the token is not known, has expired or was revoked; or one is needed and none was given.
    #[error("GitHub does not know the token")]
    BadCredentials(Answered),
    /// The organization demands single sign-on, and did not authorize the token.
    #[error("the organization's single sign-on did not authorize the token")]
    Sso {
        /// The page where it is authorized. Short-lived.
        url: Option<Url>,
        /// The answer.
        answer: Answered,
    },
    /// The token lacks a scope.
    #[error("the token lacks a scope: one of {} is needed", .accepted.join(", "))]
    Scope {
        /// Any of these would do.
        accepted: Vec<String>,
        /// Those that it has.
        has: Vec<String>,
        /// The answer.
        answer: Answered,
    },
    /// Too many requests, by the hour or at once.
    #[error("GitHub's {}rate limit is reached", if *secondary { "secondary " } else { "" })]
    RateLimited {
        /// When to ask again by this computer's clock, seconds since 1970.
        until: i64,
        /// For too many at once rather than for the hour.
        secondary: bool,
        /// The answer.
        answer: Answered,
    },
    /// 404: absent, or hidden from this token.
    #[error("GitHub knows nothing there, or hides it from this token")]
    NotFound(Answered),
    /// 403 for another cause.
    #[error("GitHub refused: {message}")]
    Forbidden {
        /// GitHub's words.
        message: String,
        /// The answer.
        answer: Answered,
    },
    /// 400, 422 or another refusal of what was asked.
    #[error("GitHub did not accept the request: {message}")]
    Refused {
        /// GitHub's words.
        message: String,
        /// The answer.
        answer: Answered,
    },
    /// 5xx.
    #[error("GitHub failed ({})", .0.status)]
    Server(Answered),
    /// The answer makes no sense.
    #[error("the answer makes no sense: {reason}")]
    Malformed {
        /// Why.
        reason: String,
        /// The answer, where it may be quoted.
        answer: Option<Answered>,
    },
}

impl GitHubError {
    /// The answer, where one came.
    pub fn answer(&self) -> Option<&Answered> {
        match self {
            Self::BadCredentials(answer)
            | Self::NotFound(answer)
            | Self::Server(answer)
            | Self::Sso { answer, .. }
            | Self::Scope { answer, .. }
            | Self::RateLimited { answer, .. }
            | Self::Forbidden { answer, .. }
            | Self::Refused { answer, .. } => Some(answer),
            Self::Malformed { answer, .. } => answer.as_ref(),
            Self::Network { .. } | Self::PlainHttp { .. } | Self::Invalid { .. } => None,
        }
    }

    /// What an answer that is no success means. `secret` is the token it was asked with.
    pub(crate) fn of(answer: &Answer, secret: Option<&str>) -> Self {
        let quoted = Answered::of(answer, secret);
        let body: Body = serde_json::from_slice(&answer.body).unwrap_or_default();
        let message = quoted.message.clone();
        match answer.status.as_u16() {
            401 => Self::BadCredentials(quoted),
            403 | 429 => forbidden(answer, &body, message, quoted),
            404 | 410 => Self::NotFound(quoted),
            500.. => Self::Server(quoted),
            400.. => Self::Refused { message, answer: quoted },
            _ => Self::Malformed { reason: "it has an unexpected status".to_owned(), answer: Some(quoted) },
        }
    }
}

/// What GitHub's errors point to.
#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    documentation_url: String,
}

impl Answered {
    pub(crate) fn of(answer: &Answer, secret: Option<&str>) -> Self {
        Self {
            status: answer.status.as_u16(),
            request_id: answer.header("x-github-request-id").map(|id| printable(id, secret)),
            message: printable(&words(answer), secret),
            raw: printable(&String::from_utf8_lossy(&answer.body), secret),
        }
    }
}

/// GitHub's own words first, then what is wrong with each field; whatever stands before GitHub has other forms.
fn words(answer: &Answer) -> String {
    #[derive(Default, Deserialize)]
    struct Sentence {
        #[serde(default)]
        message: String,
    }
    let Sentence { message } = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |said: slipway_http::Said| if said.message.is_empty() { said.code } else { said.message };
    let said = slipway_http::said(&answer.headers, &answer.body).into_iter().map(text);
    let mut all: Vec<String> = said.filter(|text| *text != message).collect();
    if !message.is_empty() {
        all.insert(0, message);
    }
    all.join("; ")
}

/// Cut short, without what a terminal obeys and without the secret.
fn printable(text: &str, secret: Option<&str>) -> String {
    match secret.filter(|secret| !secret.is_empty()) {
        Some(secret) => slipway_http::printable(&text.replace(secret, "…"), MOST_TEXT),
        None => slipway_http::printable(text, MOST_TEXT),
    }
}

/// 403 and 429 have four causes, told apart by headers first, since the words change.
fn forbidden(answer: &Answer, body: &Body, message: String, quoted: Answered) -> GitHubError {
    if let Some(header) = answer.header("x-github-sso") {
        return GitHubError::Sso { url: sso_url(header), answer: quoted };
    }
    let rate = Rate::of(answer);
    let documented = |word| body.documentation_url.contains(word);
    let secondary = documented("secondary-rate-limits")
        || documented("#abuse-rate-limits")
        || message.contains("secondary rate limit");
    let now = seconds(SystemTime::now());
    let after = |wait: u64| now.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX));
    if secondary {
        let wait = retry_after(answer).unwrap_or(SILENT_WAIT);
        return GitHubError::RateLimited { until: after(wait), secondary: true, answer: quoted };
    }
    if rate.remaining == Some(0) || answer.status == 429 {
        // GitHub's clock says when; how long that is from now is true on any clock.
        let reset = rate.reset.map(|reset| {
            u64::try_from(reset - seconds(slipway_http::answered(&answer.headers))).unwrap_or_default()
        });
        let exhausted = rate.remaining == Some(0);
        let wait = retry_after(answer).or(reset.filter(|_| exhausted)).unwrap_or(SILENT_WAIT);
        return GitHubError::RateLimited { until: after(wait), secondary: !exhausted, answer: quoted };
    }
    let accepted: BTreeSet<String> = split(answer.header("x-accepted-oauth-scopes").unwrap_or_default());
    let scopes = Scopes::from_header(answer.header("x-oauth-scopes"));
    // A classic token without any scope has an empty header; others have none.
    let told = answer.header("x-oauth-scopes").is_some();
    let lacks = accepted.iter().all(|scope| scopes.include(scope) != Some(true));
    if told && lacks && !accepted.is_empty() {
        let has = scopes.names().map(str::to_owned).collect();
        return GitHubError::Scope { accepted: accepted.into_iter().collect(), has, answer: quoted };
    }
    GitHubError::Forbidden { message, answer: quoted }
}

/// `required; url=https://github.com/orgs/ORG/sso?authorization_request=…`
fn sso_url(header: &str) -> Option<Url> {
    let url = header.split(';').map(str::trim).find_map(|part| part.strip_prefix("url="))?;
    Url::parse(url).ok().filter(|url| matches!(url.scheme(), "https" | "http"))
}

/// `Retry-After` in seconds, rounded up.
fn retry_after(answer: &Answer) -> Option<u64> {
    let wait = slipway_http::retry_after(&answer.headers)?;
    Some(wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)))
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::{HeaderMap, HeaderName};

    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        Answer { status: StatusCode::from_u16(status).unwrap(), headers: map, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_token_that_comes_back_in_a_text_is_not_kept() {
        let text = format!("{{\"message\":\"canary-token is bad\"}}{}", "x".repeat(2000));
        let error =
            GitHubError::of(&answer(422, &[("x-github-request-id", "1:2")], &text), Some("canary-token"));
        let kept = error.answer().unwrap();
        assert_eq!((kept.status, kept.request_id.as_deref()), (422, Some("1:2")));
        assert_eq!(kept.raw.chars().count(), 500);
        assert!(!format!("{error:?}{error}").contains("canary"), "{error:?}");
    }

    /// What stands before GitHub, and older interfaces, answer in other forms; their JSON was shown as it stood, or nothing.
    #[test]
    fn the_words_of_a_refusal_are_kept_in_every_form_they_come_in() {
        for (body, message) in [
            (r#"{"message":"Not yet","documentation_url":"https://docs.github.com/rest"}"#, "Not yet"),
            (
                r#"{"message":"Validation Failed","errors":[{"resource":"R","field":"name","code":"custom","message":"name is taken"}]}"#,
                "Validation Failed; name is taken",
            ),
            (
                r#"{"message":"Validation Failed","errors":[{"field":"name","code":"missing"}]}"#,
                "Validation Failed; missing",
            ),
            (r#"{"message":"Problems","errors":["one","two"]}"#, "Problems; one; two"),
            (r#"{"error":"bad_verification_code","error_description":"It expired."}"#, "It expired."),
            (r#"{"errors":[{"message":"no such field"}]}"#, "no such field"),
            ("<html><title>Unicorn!</title></html>", "Unicorn!"),
            ("maintenance", "maintenance"),
            ("", ""),
        ] {
            let error = GitHubError::of(&answer(422, &[], body), None);
            let GitHubError::Refused { message: said, answer } = &error else { panic!("{error:?}") };
            assert_eq!((said.as_str(), answer.message.as_str()), (message, message), "{body}");
        }
    }

    #[test]
    fn a_limit_of_the_hour_ends_by_this_computers_clock() {
        let headers = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1445412489"),
            // Years off from this computer's clock.
            ("date", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ];
        let before = seconds(SystemTime::now());
        let error =
            GitHubError::of(&answer(403, &headers, "{\"message\":\"API rate limit exceeded\"}"), None);
        let GitHubError::RateLimited { until, secondary: false, .. } = error else { panic!("{error:?}") };
        let after = seconds(SystemTime::now());
        assert!((before + 9..=after + 9).contains(&until), "{until} is not nine seconds after {before}");
    }

    #[test]
    fn too_many_at_once_is_told_apart_and_waits_a_minute_where_no_time_is_named() {
        let now = seconds(SystemTime::now());
        for (status, headers, body) in [
            (
                403,
                &[][..],
                r#"{"message":"slow","documentation_url":"https://docs/x#secondary-rate-limits"}"#,
            ),
            (429, &[], r#"{"message":"slow","documentation_url":"https://docs/x#abuse-rate-limits"}"#),
            (403, &[], r#"{"message":"You have exceeded a secondary rate limit."}"#),
            (429, &[("x-ratelimit-remaining", "4000")], "{}"),
        ] {
            let error = GitHubError::of(&answer(status, headers, body), None);
            let GitHubError::RateLimited { until, secondary: true, .. } = error else { panic!("{error:?}") };
            assert!(until >= now + 60, "{body}");
        }
    }

    #[test]
    fn a_403_is_a_missing_scope_only_where_scopes_are_told() {
        let wanted = ("x-accepted-oauth-scopes", "admin:org, read:org");
        let of =
            |headers: &[(&str, &str)]| GitHubError::of(&answer(403, headers, "{\"message\":\"no\"}"), None);
        for has in ["", "repo, write:packages"] {
            let error = of(&[wanted, ("x-oauth-scopes", has)]);
            assert!(
                matches!(&error, GitHubError::Scope { accepted, .. } if accepted.len() == 2),
                "{error:?}"
            );
        }
        for headers in
            [&[wanted][..], &[wanted, ("x-oauth-scopes", "write:org")], &[("x-oauth-scopes", "repo")]]
        {
            let error = of(headers);
            assert!(matches!(&error, GitHubError::Forbidden { message, .. } if message == "no"), "{error:?}");
        }
    }

    #[test]
    fn single_sign_on_names_its_page() {
        let page = "https://github.com/orgs/octo/sso?authorization_request=AB";
        let header = format!("required; url={page}");
        let error = GitHubError::of(&answer(403, &[("x-github-sso", &header)], "{}"), None);
        assert!(
            matches!(&error, GitHubError::Sso { url: Some(url), .. } if url.as_str() == page),
            "{error:?}"
        );
        assert_eq!(sso_url("required; url=javascript:alert(1)"), None);
    }
}
