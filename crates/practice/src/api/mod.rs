//! The server that stands for `api.github.com`, and for the pages and the sign-in of `github.com`.
//!
//! It answers in the forms of GitHub's published API description; the tests of `slipway-github` hold it against that.
//! REST and registries share one state: a pushed image is a package here.

mod account;
mod answer;
pub(crate) mod device;
mod package;
mod page;
mod rate;
mod repository;

use std::sync::Arc;
use std::time::SystemTime;

use axum::http::header::{ACCEPT, HOST, HeaderMap, USER_AGENT};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::percent_decode_str;

pub(crate) use self::answer::instead;
use self::answer::{Refusal, Reply, insert};
pub(crate) use self::rate::Rates;
use crate::access::{basic, scheme};
use crate::options::{ExpiryLayout, TokenForm};
use crate::packages::Kind;
use crate::route::Query;
use crate::server::{Asked, Shared};
use crate::token::Token;

/// Whose packages: the three forms of a list's address.
enum Holder {
    Own,
    Person(String),
    Organization(String),
}

/// A resource of the REST API.
enum Resource {
    Own,
    Organizations,
    Repositories,
    Account(String),
    Repository(String, String),
    RepositoryById(u64),
    Packages(Holder),
    Package(Holder, Kind, String),
    Versions(Holder, Kind, String),
}

impl Resource {
    /// What the decoded parts of a path mean; pages of `github.com` are none.
    fn of(parts: &[String]) -> Option<Self> {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let owned = |text: &str| text.to_owned();
        Some(match parts.as_slice() {
            ["user"] => Self::Own,
            ["user", "orgs"] => Self::Organizations,
            ["user", "repos"] => Self::Repositories,
            ["users", login] => Self::Account(login.to_ascii_lowercase()),
            ["repos", owner, name] => Self::Repository(owner.to_ascii_lowercase(), name.to_ascii_lowercase()),
            ["repositories", id] => Self::RepositoryById(id.parse().ok()?),
            ["user", "packages", rest @ ..] => Self::packages(Holder::Own, rest)?,
            ["users", login, "packages", rest @ ..] => Self::packages(Holder::Person(owned(login)), rest)?,
            ["orgs", login, "packages", rest @ ..] => {
                Self::packages(Holder::Organization(owned(login)), rest)?
            }
            _ => return None,
        })
    }

    fn packages(holder: Holder, rest: &[&str]) -> Option<Self> {
        match rest {
            [] => Some(Self::Packages(holder)),
            [kind, name] => Some(Self::Package(holder, package_type(kind)?, (*name).to_owned())),
            [kind, name, "versions"] => Some(Self::Versions(holder, package_type(kind)?, (*name).to_owned())),
            _ => None,
        }
    }

    /// What `X-Accepted-OAuth-Scopes` says of it.
    fn accepted(&self) -> &'static str {
        match self {
            Self::Own | Self::Account(_) => "",
            Self::Organizations => "admin:org, read:org, repo, user, write:org",
            Self::Repositories | Self::Repository(..) | Self::RepositoryById(_) => "repo",
            Self::Packages(_) | Self::Package(..) | Self::Versions(..) => "read:packages",
        }
    }
}

fn package_type(text: &str) -> Option<Kind> {
    match text {
        "container" => Some(Kind::Ghcr),
        "docker" => Some(Kind::Docker),
        _ => None,
    }
}

/// A request of the REST API by somebody who was let in.
struct Asking<'a> {
    shared: &'a Shared,
    token: Option<Arc<Token>>,
    query: Query,
    /// Where the API's own addresses begin.
    base: String,
    /// Where pages are.
    web: String,
    /// The request's path as sent, for the next page.
    path: &'a str,
}

impl Asking<'_> {
    /// Who asks, where only somebody may.
    fn token(&self) -> Result<&Token, Refusal> {
        self.token.as_deref().ok_or_else(|| Refusal::new(StatusCode::UNAUTHORIZED, "Requires authentication"))
    }

    /// Refuses an organization that demands single sign-on of this token, naming the way in unless a switch hides it.
    fn sso(&self, owner: &str) -> Result<(), Refusal> {
        if !self.token.as_ref().is_some_and(|token| token.lacks_sso(owner)) {
            return Ok(());
        }
        if self.shared.switches.get().api.hides_sso {
            return Err(Refusal::not_found());
        }
        let message = "Resource protected by organization SAML enforcement. You must grant your Personal Access token \
                       access to this organization.";
        let url = format!("{}/orgs/{owner}/sso?authorization_request=A7YBDDVDLKZD4XQ", self.web);
        Err(Refusal::new(StatusCode::FORBIDDEN, message)
            .header("x-github-sso", format!("required; url={url}")))
    }

    fn scope(&self, scope: &str, message: &str) -> Result<&Token, Refusal> {
        let token = self.token()?;
        match token.form {
            TokenForm::Classic | TokenForm::OauthApp if token.has(scope) => Ok(token),
            TokenForm::Classic | TokenForm::OauthApp => Err(Refusal::new(StatusCode::FORBIDDEN, message)),
            // Their permissions are not told apart here.
            TokenForm::FineGrained => {
                Err(Refusal::new(StatusCode::FORBIDDEN, "Resource not accessible by personal access token"))
            }
            TokenForm::App => {
                Err(Refusal::new(StatusCode::FORBIDDEN, "Resource not accessible by integration"))
            }
        }
    }
}

/// Answers a request at the API's port.
pub(crate) async fn answer(shared: &Arc<Shared>, asked: &mut Asked) -> Response {
    let path = asked.parts.uri.path().to_owned();
    if asked.parts.method == Method::POST && path.starts_with("/login/") {
        return device::answer(shared, asked, &path).await;
    }
    let headers = &asked.parts.headers;
    let below = path.strip_prefix("/api/v3").filter(|_| shared.switches.get().api.enterprise);
    let Some(parts) = decoded(below.unwrap_or(&path)) else { return Refusal::not_found().into_response() };
    let reading = matches!(asked.parts.method, Method::GET | Method::HEAD);
    let Some(resource) = Resource::of(&parts).filter(|_| reading) else {
        // The API and the pages share this port: who wants JSON asked the API.
        let wants_json =
            below.is_some() || text(headers, ACCEPT.as_str()).is_some_and(|a| a.contains("json"));
        return if reading && !wants_json {
            page::answer(&path)
        } else {
            Refusal::not_found().into_response()
        };
    };
    if text(headers, USER_AGENT.as_str()).is_none_or(str::is_empty) {
        return answer::no_user_agent();
    }
    let token = match visitor(shared, headers) {
        Ok(token) => token,
        Err(refusal) => return refusal.into_response(),
    };
    if let Some(token) = &token {
        asked.entry.of_user(&token.login);
    }
    let web = origin(shared, headers);
    let base = if below.is_some() { format!("{web}/api/v3") } else { web.clone() };
    let query = Query::of(asked.parts.uri.query());
    let asking = Asking { shared, token, query, base, web, path: &path };
    let (left, rate_headers) = shared.rates.count(&asking);
    let answered = if left { handle(&asking, &resource) } else { Err(rate::exceeded(&asking)) };
    let mut response =
        answered.map_or_else(axum::response::IntoResponse::into_response, Reply::into_response);
    for (name, value) in rate_headers {
        insert(&mut response, name, &value);
    }
    if let Some(token) = &asking.token {
        say_token(&mut response, token, resource.accepted());
    }
    response
}

fn handle(asking: &Asking<'_>, resource: &Resource) -> Result<Reply, Refusal> {
    match resource {
        Resource::Own => account::own(asking),
        Resource::Organizations => account::organizations(asking),
        Resource::Account(login) => account::public(asking, login),
        Resource::Repositories => repository::list(asking),
        Resource::Repository(owner, name) => repository::get(asking, owner, name),
        Resource::RepositoryById(id) => repository::by_id(asking, *id),
        Resource::Packages(holder) => package::list(asking, holder),
        Resource::Package(holder, kind, name) => package::get(asking, holder, *kind, name),
        Resource::Versions(holder, kind, name) => package::versions(asking, holder, *kind, name),
    }
}

/// Whose token the request carries: `Bearer`, `token`, or the password of `Basic`.
fn visitor(shared: &Shared, headers: &HeaderMap) -> Result<Option<Arc<Token>>, Refusal> {
    if !headers.contains_key("authorization") {
        return Ok(None);
    }
    let secret = scheme(headers, "bearer").or_else(|| scheme(headers, "token")).map(str::to_owned);
    let secret = secret.or_else(|| basic(headers).map(|(_, secret)| secret));
    let token = secret.and_then(|secret| shared.tokens.find(&secret)).filter(|token| token.is_live());
    token.map(Some).ok_or_else(|| Refusal::new(StatusCode::UNAUTHORIZED, "Bad credentials"))
}

/// What each answer tells about the token. Fine-grained and App tokens have no scopes to name.
fn say_token(response: &mut Response, token: &Token, accepted: &str) {
    if matches!(token.form, TokenForm::Classic | TokenForm::OauthApp) {
        insert(response, "x-oauth-scopes", &token.given().collect::<Vec<_>>().join(", "));
        insert(response, "x-accepted-oauth-scopes", accepted);
    }
    if let Some((until, layout)) = token.expires {
        insert(response, "github-authentication-token-expiration", &expiry(until, layout));
    }
}

fn expiry(until: SystemTime, layout: ExpiryLayout) -> String {
    // The parts of an HTTP date, `Sun, 06 Nov 1994 08:49:37 GMT`, spare a library of calendars.
    let (zone, local) = match layout {
        ExpiryLayout::Utc => ("UTC", until),
        ExpiryLayout::Offset => ("-0700", until - std::time::Duration::from_hours(7)),
    };
    let date = httpdate::fmt_http_date(local);
    let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = months.find(&date[8..11]).map_or(0, |at| at / 3 + 1);
    format!("{}-{month:02}-{} {} {zone}", &date[12..16], &date[5..7], &date[17..25])
}

/// Scheme and host of this server as the client reaches it: `localhost` stays `localhost`.
fn origin(shared: &Shared, headers: &HeaderMap) -> String {
    let host = text(headers, HOST.as_str()).filter(|host| host.starts_with("localhost:"));
    host.map_or_else(|| shared.api_origin(), |host| format!("http://{host}"))
}

/// Seconds since 1970 as the API's objects say them: `2026-12-01T10:00:00Z`.
fn timestamp(seconds: u64) -> String {
    let said = expiry(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds), ExpiryLayout::Utc);
    format!("{}T{}Z", &said[..10], &said[11..19])
}

/// The parts of a path, each decoded on its own: `a%2Fb` is one part.
fn decoded(path: &str) -> Option<Vec<String>> {
    let parts = path.trim_matches('/').split('/');
    parts.map(|part| Some(percent_decode_str(part).decode_utf8().ok()?.into_owned())).collect()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn an_expiry_is_said_in_both_layouts() {
        let until = UNIX_EPOCH + Duration::from_secs(1_796_119_200);
        assert_eq!(expiry(until, ExpiryLayout::Utc), "2026-12-01 10:00:00 UTC");
        assert_eq!(expiry(until, ExpiryLayout::Offset), "2026-12-01 03:00:00 -0700");
        assert_eq!(timestamp(1_796_119_200), "2026-12-01T10:00:00Z");
    }

    #[test]
    fn a_page_of_a_package_is_not_taken_for_the_api() {
        let of = |path| Resource::of(&decoded(path).unwrap());
        assert!(of("/users/octocat/packages/container/hello").is_some());
        assert!(of("/users/octocat/packages/container/a%2Fb").is_some());
        for page in [
            "/users/octocat/packages/container/package/hello",
            "/users/octocat/packages/container/hello/settings",
            "/orgs/octo-org/sso",
            "/settings/tokens/new",
            "/",
        ] {
            assert!(of(page).is_none(), "{page}");
        }
    }
}
