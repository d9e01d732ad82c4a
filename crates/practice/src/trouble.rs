//! Troubles that networks and servers make, on purpose: planned one by one, or by chance from a seed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_RANGE, RANGE, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use crate::answer::Fault;
use crate::log::Server;
use crate::route::{Query, Route};

/// Which requests a trouble meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Any request at a registry or at the storage.
    Any,
    /// `GET /v2/`.
    Base,
    /// `GET /token`.
    Token,
    /// `HEAD` of a blob.
    BlobHead,
    /// `POST` that opens an upload session, a mount excepted.
    UploadStart,
    /// `POST` that asks for a mount.
    Mount,
    /// `PATCH` of an upload session, or the `PUT` that carries a whole blob, with at least 64 KiB or a length that
    /// is not said.
    Body,
    /// `PATCH` of an upload session with a `Content-Range`, of at least 64 KiB.
    RangedPatch,
    /// `GET` of an upload session.
    UploadStatus,
    /// `PUT` of an upload session without content.
    Commit,
    /// `GET` or `HEAD` of a manifest.
    Manifest,
    /// `PUT` of a manifest.
    ManifestPut,
    /// `GET` at the storage.
    Storage,
    /// Any request of the REST API or of the device flow. Chance does not meet them.
    Api,
}

impl Place {
    /// All where trouble comes by chance.
    const ALL: [Self; 12] = [
        Self::Base,
        Self::Token,
        Self::BlobHead,
        Self::UploadStart,
        Self::Mount,
        Self::RangedPatch,
        Self::Body,
        Self::UploadStatus,
        Self::Commit,
        Self::Manifest,
        Self::ManifestPut,
        Self::Storage,
    ];

    fn meets(self, server: Server, parts: &Parts) -> bool {
        if server == Server::Api || self == Self::Api {
            return server == Server::Api && self == Self::Api;
        }
        if server == Server::Storage {
            return matches!(self, Self::Any | Self::Storage);
        }
        let route = Route::of(parts.uri.path());
        let reading = matches!(parts.method, Method::GET | Method::HEAD);
        let mounts = || Query::of(parts.uri.query()).get("mount").is_some();
        let length = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let large = length.is_none_or(|length: u64| length >= 64 << 10);
        match (self, &route) {
            (Self::Any, _) | (Self::Base, Route::Base) | (Self::Token, Route::Token) => true,
            (Self::BlobHead, Route::Blob { .. }) => parts.method == Method::HEAD,
            (Self::UploadStart, Route::Uploads { .. }) => parts.method == Method::POST && !mounts(),
            (Self::Mount, Route::Uploads { .. }) => parts.method == Method::POST && mounts(),
            (Self::Body, Route::Upload { .. }) => {
                matches!(parts.method, Method::PATCH | Method::PUT) && large
            }
            (Self::RangedPatch, Route::Upload { .. }) => {
                parts.method == Method::PATCH && parts.headers.contains_key(CONTENT_RANGE) && large
            }
            (Self::Commit, Route::Upload { .. }) => parts.method == Method::PUT && length == Some(0),
            (Self::UploadStatus, Route::Upload { .. }) => parts.method == Method::GET,
            (Self::Manifest, Route::Manifest { .. }) => reading,
            (Self::ManifestPut, Route::Manifest { .. }) => parts.method == Method::PUT,
            _ => false,
        }
    }
}

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// An answer instead of what was asked for; the body is read to its end first.
    Answer(StatusCode),
    /// An answer in words of the caller's, such as one that was seen at GitHub: status, body and headers.
    Say(u16, String, Vec<(&'static str, String)>),
    /// [`Answer`](Self::Answer) before the body is read; then the connection closes.
    EarlyAnswer(StatusCode),
    /// 429 in one of the forms it was seen in.
    TooMany(Wish),
    /// 403 with the words of GitHub's secondary limit, and how many seconds `Retry-After` names, if it is there.
    SecondaryLimit(Option<u64>),
    /// The connection is cut after so many bytes of the body (0: before anything is looked at). Whether the session
    /// keeps them: [`Switches::cuts_end_sessions`](crate::Switches::cuts_end_sessions).
    Cut(u64),
    /// Everything is done as asked, then the connection is cut without an answer.
    CutAnswer,
    /// Nothing is read for so long, after so many bytes of the body.
    Stall(u64, Duration),
    /// The answer carries this `Range` instead of the true one.
    Range(String),
    /// Everything is done as asked, and answered with another status.
    Status(StatusCode),
    /// The upload session is forgotten before the request is looked at.
    ForgetSession,
    /// All bearer tokens have ended before the request is looked at.
    EndTokens,
}

/// How a 429 says when to come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// `Retry-After` in seconds.
    Seconds(u64),
    /// `Retry-After` as a date, so many seconds ahead.
    Date(u64),
    /// A Go duration in GitHub's message, milliseconds (`retry-after: 10.3ms, allowed: 2000/minute`).
    InMessage(u64),
    /// Not at all.
    Silent,
}

/// A mishap that meets some of the requests of a place.
#[derive(Clone, Debug)]
pub struct Trouble {
    place: Place,
    mishap: Mishap,
    after: u32,
    times: u32,
}

impl Trouble {
    /// Meets the next request of `place`, once.
    pub fn at(place: Place, mishap: Mishap) -> Self {
        Self { place, mishap, after: 0, times: 1 }
    }

    /// Meets so many requests.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    /// Lets so many requests pass first.
    #[must_use]
    pub fn after(self, after: u32) -> Self {
        Self { after, ..self }
    }
}

/// Troubles by chance: the same seed gives the same ones to the same requests, in whatever order they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chaos {
    /// Where the chance comes from.
    pub seed: u64,
    /// How many of a thousand requests are met.
    pub permille: u32,
}

/// No more troubles by chance in a row for requests of one kind: clients may give up, and the test is whether they
/// recover.
const IN_A_ROW: u32 = 2;

/// What is planned, and what chance did so far.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    planned: Mutex<Vec<Trouble>>,
    /// By kind of request: how many came, and how many of the last ones met trouble.
    chance: Mutex<HashMap<String, (u64, u32)>>,
}

impl Troubles {
    pub(crate) fn plan(&self, trouble: Trouble) {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner).push(trouble);
    }

    /// How many planned mishaps did not happen yet.
    pub(crate) fn left(&self) -> u32 {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|trouble| trouble.times).sum()
    }

    /// What is to happen to this request.
    pub(crate) fn meet(&self, server: Server, parts: &Parts, chaos: Option<Chaos>) -> Option<Mishap> {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        for trouble in planned.iter_mut().filter(|trouble| trouble.place.meets(server, parts)) {
            if let Some(after) = trouble.after.checked_sub(1) {
                trouble.after = after;
            } else if let Some(times) = trouble.times.checked_sub(1) {
                trouble.times = times;
                return Some(trouble.mishap.clone());
            }
        }
        drop(planned);
        self.by_chance(server, parts, chaos?)
    }

    fn by_chance(&self, server: Server, parts: &Parts, chaos: Chaos) -> Option<Mishap> {
        let place = Place::ALL.into_iter().find(|place| place.meets(server, parts))?;
        // Sessions have names that no seed gives.
        let path = match Route::of(parts.uri.path()) {
            Route::Upload { name, .. } => name,
            _ => parts.uri.path().to_owned(),
        };
        let kind = format!("{place:?} {path}");
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, row) = chance.entry(kind.clone()).or_default();
        *count += 1;
        let dice = Sha256::digest(format!("{} {kind} {count}", chaos.seed));
        let number = |at: usize| u32::from(dice[at]) << 8 | u32::from(dice[at + 1]);
        if number(0) % 1000 >= chaos.permille || *row >= IN_A_ROW {
            *row = 0;
            return None;
        }
        *row += 1;
        let status = [500, 502, 503, 504, 408][number(2) as usize % 5];
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
        let bytes = u64::from(number(4)) * 64;
        Some(match number(6) % 8 {
            0 => Mishap::Answer(status),
            1 => Mishap::EarlyAnswer(status),
            2 => Mishap::Cut(0),
            3 => Mishap::Cut(bytes),
            4 => Mishap::CutAnswer,
            5 => Mishap::TooMany(
                [Wish::Seconds(0), Wish::Date(0), Wish::InMessage(10), Wish::Silent][number(8) as usize % 4],
            ),
            6 => Mishap::Stall(bytes, Duration::from_millis(50)),
            _ if matches!(place, Place::Token | Place::Base | Place::Storage) => Mishap::Answer(status),
            _ => Mishap::EndTokens,
        })
    }
}

impl Mishap {
    /// The answer that comes instead of what was asked for.
    pub(crate) fn answer(&self) -> Option<Response> {
        let too_many =
            |message: String| Fault::new(StatusCode::TOO_MANY_REQUESTS, "TOOMANYREQUESTS", message);
        let allowed = |wait: &str| format!("retry-after: {wait}, allowed: 2000/minute");
        let fault = match self {
            Self::Say(status, body, headers) => {
                let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_REQUEST);
                let mut answer = (status, body.clone()).into_response();
                for (name, value) in headers {
                    if let Ok(value) = HeaderValue::from_str(value) {
                        answer.headers_mut().insert(*name, value);
                    }
                }
                return Some(answer);
            }
            Self::Answer(status) => Fault::new(*status, "UNKNOWN", "trouble on purpose"),
            Self::EarlyAnswer(status) => {
                Fault::new(*status, "UNKNOWN", "trouble on purpose").header(CONNECTION, "close")
            }
            Self::TooMany(Wish::Seconds(seconds)) => {
                too_many("too many requests".to_owned()).header(RETRY_AFTER, &seconds.to_string())
            }
            Self::TooMany(Wish::Date(seconds)) => too_many("too many requests".to_owned()).header(
                RETRY_AFTER,
                &httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(*seconds)),
            ),
            Self::TooMany(Wish::InMessage(milliseconds)) => {
                too_many(allowed(&format!("{milliseconds}.304512ms")))
            }
            Self::TooMany(Wish::Silent) => too_many("too many requests".to_owned()),
            Self::SecondaryLimit(wish) => {
                let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
                let fault = Fault::denied(message);
                match wish {
                    Some(seconds) => fault.header(RETRY_AFTER, &seconds.to_string()),
                    None => fault,
                }
            }
            _ => return None,
        };
        Some(fault.into_response())
    }

    /// What becomes of the true answer.
    pub(crate) fn change(&self, response: &mut Response) {
        match self {
            Self::Range(range) => {
                if let Ok(range) = HeaderValue::from_str(range) {
                    response.headers_mut().insert(RANGE, range);
                }
            }
            Self::Status(status) => *response.status_mut() = *status,
            _ => {}
        }
    }
}
