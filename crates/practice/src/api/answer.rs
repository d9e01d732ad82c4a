//! How the REST API answers: bodies, errors, pages of lists, and what a mishap looks like there.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{Response as HttpResponse, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Asking;
use crate::trouble::{Mishap, Wish};

const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// A good answer.
pub(super) struct Reply {
    body: Value,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    pub(super) fn new(body: Value) -> Self {
        Self { body, headers: Vec::new() }
    }

    pub(super) fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The page of `items` that is asked for, with `Link` to the others.
    pub(super) fn page(asking: &Asking<'_>, items: Vec<Value>) -> Self {
        let number =
            |key: &str| asking.query.get(key).and_then(|n| n.parse::<usize>().ok()).filter(|n| *n > 0);
        let most = asking.shared.switches.get().api.page.max(1);
        let (page, size) = (number("page").unwrap_or(1), number("per_page").unwrap_or(30).min(most));
        let last = items.len().div_ceil(size).max(1);
        let kept = asking.query.without("page");
        let link = |page: usize, relation: &str| {
            let kept = kept.iter().map(|pair| format!("{pair}&")).collect::<String>();
            format!("<{}{}?{kept}page={page}>; rel=\"{relation}\"", asking.web, asking.path)
        };
        let mut links = Vec::new();
        if page > 1 {
            links.extend([link(page - 1, "prev"), link(1, "first")]);
        }
        if page < last {
            links.extend([link(page + 1, "next"), link(last, "last")]);
        }
        let shown = items.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
        let reply = Self::new(Value::Array(shown));
        if links.is_empty() { reply } else { reply.header("link", links.join(", ")) }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = written(StatusCode::OK, &self.body);
        for (name, value) in &self.headers {
            insert(&mut response, name, value);
        }
        response
    }
}

/// A refusal, in the form of GitHub's basic error.
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    documentation: String,
    /// Where a redirect leads.
    url: Option<String>,
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            documentation: DOCUMENTATION.to_owned(),
            url: None,
            headers: Vec::new(),
        }
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    /// 301, as for a repository that was renamed.
    pub(super) fn moved(url: String) -> Self {
        let moved = Self::new(StatusCode::MOVED_PERMANENTLY, "Moved Permanently");
        Self { url: Some(url.clone()), ..moved }.header("location", url)
    }

    /// What comes after too many requests at once, as 403 or 429.
    fn secondary(status: StatusCode, wait: Option<u64>) -> Self {
        let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If \
                       you reach out to GitHub Support for help, please include the request ID.";
        let refusal = Self::new(status, message)
            .documented("rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits");
        match wait {
            Some(seconds) => refusal.header("retry-after", seconds.to_string()),
            None => refusal,
        }
    }

    pub(super) fn documented(self, below: &str) -> Self {
        Self { documentation: format!("https://docs.github.com/{below}"), ..self }
    }

    pub(super) fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({
            "message": self.message,
            "documentation_url": self.documentation,
            "status": self.status.as_str(),
        });
        if let Some(url) = self.url {
            body["url"] = url.into();
        }
        let mut response = written(self.status, &body);
        for (name, value) in &self.headers {
            insert(&mut response, name, value);
        }
        response
    }
}

/// What comes instead of an answer when this mishap meets a request of the API.
pub(crate) fn instead(mishap: &Mishap) -> Option<Response> {
    let too_many = |wait| Refusal::secondary(StatusCode::TOO_MANY_REQUESTS, wait);
    let refusal = match mishap {
        Mishap::Say(..) => return mishap.answer(),
        Mishap::Answer(status) | Mishap::EarlyAnswer(status) => Refusal::new(*status, "trouble on purpose"),
        Mishap::TooMany(Wish::Seconds(seconds) | Wish::Date(seconds)) => too_many(Some(*seconds)),
        Mishap::TooMany(Wish::InMessage(_) | Wish::Silent) => too_many(None),
        Mishap::SecondaryLimit(wait) => Refusal::secondary(StatusCode::FORBIDDEN, *wait),
        _ => return None,
    };
    Some(refusal.into_response())
}

/// What a request without `User-Agent` gets, in plain text.
pub(super) fn no_user_agent() -> Response {
    let body = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header \
                (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).\n";
    let mut response = HttpResponse::new(Body::from(body));
    *response.status_mut() = StatusCode::FORBIDDEN;
    insert(&mut response, "content-type", "text/plain");
    response
}

/// JSON with GitHub's usual headers.
pub(super) fn written(status: StatusCode, body: &Value) -> Response {
    let mut response = HttpResponse::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    insert(&mut response, "x-github-media-type", "github.v3; format=json");
    insert(&mut response, "x-github-api-version-selected", "2022-11-28");
    response
}

/// Sets a header; a value that cannot be one is left out.
pub(super) fn insert(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}
