//! The device flow of an OAuth app: a code for the person, a token for the app that polls.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::ACCEPT;
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::answer::{Refusal, insert, written};
use super::{origin, text};
use crate::error::PracticeError;
use crate::options::{TokenForm, TokenSpec};
use crate::route::Query;
use crate::server::{Asked, Shared};
use crate::switches::DeviceSwitches;
use crate::token::random;

/// A form is never longer than this, in bytes.
const MOST_FORM: usize = 16 << 10;
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The codes that were handed out, by the app's own code.
#[derive(Default)]
pub(crate) struct Devices(Mutex<HashMap<String, Pending>>);

/// So many codes wait at most; of more the oldest is forgotten.
const MOST_PENDING: usize = 100;

struct Pending {
    client: String,
    user_code: String,
    scopes: Vec<String>,
    until: Instant,
    polls: u32,
    verdict: Option<Verdict>,
}

#[derive(Clone)]
enum Verdict {
    Entered { login: String },
    Denied,
}

impl Devices {
    /// A code waits for its person from now on.
    fn wait(&self, device_code: String, fresh: Pending) {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.len() >= MOST_PENDING {
            let oldest = pending.iter().min_by_key(|(_, waiting)| waiting.until);
            if let Some(oldest) = oldest.map(|(code, _)| code.clone()) {
                pending.remove(&oldest);
            }
        }
        pending.insert(device_code, fresh);
    }

    /// The person with the code enters it as `login`; false where nobody waits for it.
    pub(crate) fn enter(&self, user_code: &str, login: &str) -> bool {
        self.decide(user_code, Verdict::Entered { login: login.to_owned() })
    }

    /// The person with the code presses "Cancel".
    pub(crate) fn deny(&self, user_code: &str) -> bool {
        self.decide(user_code, Verdict::Denied)
    }

    fn decide(&self, user_code: &str, verdict: Verdict) -> bool {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = pending.values_mut().find(|pending| {
            pending.user_code == user_code && pending.verdict.is_none() && pending.until > Instant::now()
        });
        waiting.map(|pending| pending.verdict = Some(verdict)).is_some()
    }

    /// Lets every code expire now.
    pub(crate) fn expire(&self) {
        let now = Instant::now();
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pending.values_mut().for_each(|pending| pending.until = pending.until.min(now));
    }
}

/// Answers a `POST` below `/login/`.
pub(super) async fn answer(shared: &Arc<Shared>, asked: &mut Asked, path: &str) -> Response {
    let Ok(Some(body)) = asked.body.whole(MOST_FORM).await else {
        return Refusal::new(StatusCode::BAD_REQUEST, "Problems reading the form").into_response();
    };
    let form = Query::of(std::str::from_utf8(&body).ok());
    let headers = &asked.parts.headers;
    let switches = shared.switches.get().device;
    let (status, answered) = match path {
        "/login/device/code" => code(shared, &form, &switches, &origin(shared, headers)),
        "/login/oauth/access_token" => (StatusCode::OK, poll(shared, &form, &switches)),
        _ => return Refusal::not_found().into_response(),
    };
    if text(headers, ACCEPT.as_str()).is_some_and(|accept| accept.contains("json")) {
        return written(status, &answered);
    }
    // What an app gets that does not ask for JSON.
    let pairs = answered.as_object().into_iter().flatten().map(|(member, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{member}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC))
    });
    let mut response = Response::new(Body::from(pairs.collect::<Vec<_>>().join("&")));
    *response.status_mut() = status;
    insert(&mut response, "content-type", "application/x-www-form-urlencoded; charset=utf-8");
    response
}

fn code(shared: &Shared, form: &Query, switches: &DeviceSwitches, web: &str) -> (StatusCode, Value) {
    let client = form.get("client_id").unwrap_or_default();
    if client.is_empty() || !switches.client_known {
        return (StatusCode::NOT_FOUND, json!({ "error": "Not Found" }));
    }
    if !switches.enabled {
        let words = "Device Flow must be explicitly enabled for this App";
        return (StatusCode::BAD_REQUEST, refused("device_flow_disabled", words));
    }
    let Ok((device_code, user_code)) = codes() else {
        return (StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": "no random numbers" }));
    };
    let answer = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": format!("{web}/login/device"),
        "expires_in": switches.life.as_secs(),
        "interval": switches.interval,
    });
    let scopes = form.get("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let pending = Pending {
        client: client.to_owned(),
        user_code,
        scopes,
        until: Instant::now() + switches.life,
        polls: 0,
        verdict: None,
    };
    shared.devices.wait(device_code, pending);
    (StatusCode::OK, answer)
}

fn poll(shared: &Shared, form: &Query, switches: &DeviceSwitches) -> Value {
    let incorrect = || refused("incorrect_device_code", "The device_code provided is not valid.");
    if form.get("grant_type") != Some(GRANT) {
        return refused("unsupported_grant_type", "The grant type is not supported.");
    }
    let device_code = form.get("device_code").unwrap_or_default();
    let mut pending = shared.devices.0.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(found) = pending.get_mut(device_code) else { return incorrect() };
    found.polls += 1;
    if form.get("client_id") != Some(&found.client) {
        return refused("incorrect_client_credentials", "The client_id passed is incorrect.");
    }
    if found.polls <= switches.incorrect_codes {
        return incorrect();
    }
    if let Some(word) = &switches.error {
        return refused(word, "A switch says so.");
    }
    if found.until <= Instant::now() {
        return refused("expired_token", "The `device_code` has expired.");
    }
    if switches.slow_down.contains(&found.polls) {
        let mut answer = refused("slow_down", "Too many requests have been made in the same timeframe.");
        answer["interval"] = (switches.interval + 5).into();
        return answer;
    }
    match found.verdict.clone() {
        None => refused("authorization_pending", "The authorization request is still pending."),
        Some(Verdict::Denied) => refused("access_denied", "The authorization request was denied."),
        Some(Verdict::Entered { login }) => {
            let scopes = switches.granted.clone().unwrap_or_else(|| found.scopes.clone());
            pending.remove(device_code);
            let spec = TokenSpec { form: TokenForm::OauthApp, scopes, ..TokenSpec::classic("device", &[]) };
            match shared.tokens.grant(&login, &spec) {
                Ok(token) => json!({
                    "access_token": token,
                    "token_type": "bearer",
                    "scope": spec.scopes.join(","),
                }),
                Err(_) => incorrect(),
            }
        }
    }
}

fn refused(word: &str, words: &str) -> Value {
    json!({
        "error": word,
        "error_description": words,
        "error_uri": "https://docs.github.com/developers/apps/authorizing-oauth-apps#error-codes-for-the-device-flow",
    })
}

/// 40 characters for the app, and `XXXX-XXXX` for the person.
fn codes() -> Result<(String, String), PracticeError> {
    // Without vowels, so that no word comes up.
    const LETTERS: &[u8; 32] = b"0123456789BCDFGHJKLMNPQRSTVWXZ23";
    let letter = |byte: u8| char::from(LETTERS[usize::from(byte % 32)]);
    let letters: String = random(8)?.into_iter().map(letter).collect();
    Ok((hex::encode(random(20)?), format!("{}-{}", &letters[..4], &letters[4..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_nobody_enters_do_not_pile_up() {
        let devices = Devices::default();
        let began = Instant::now();
        for number in 0..=u64::try_from(MOST_PENDING).unwrap() {
            let pending = Pending {
                client: "app".to_owned(),
                user_code: number.to_string(),
                scopes: Vec::new(),
                until: began + std::time::Duration::from_secs(900 + number),
                polls: 0,
                verdict: None,
            };
            devices.wait(number.to_string(), pending);
        }
        assert_eq!(devices.0.lock().unwrap().len(), MOST_PENDING);
        assert!(!devices.enter("0", "octocat") && devices.enter(&MOST_PENDING.to_string(), "octocat"));
    }
}
