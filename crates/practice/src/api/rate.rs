//! The primary rate limit: so many requests an hour for each account, fewer for nobody.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;

use super::Asking;
use super::answer::Refusal;

/// What requests without a token get an hour.
const ANONYMOUS: u64 = 60;

/// How many requests each account made in the first hour, which is the only one.
pub(crate) struct Rates {
    used: Mutex<HashMap<Option<String>, u64>>,
    reset: u64,
}

impl Rates {
    /// Begins the hour.
    pub(crate) fn begin() -> Self {
        let until = SystemTime::now() + Duration::from_hours(1);
        let reset = until.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Self { used: Mutex::default(), reset }
    }

    /// Counts a request: whether it may be answered, and what its answer says.
    pub(super) fn count(&self, asking: &Asking<'_>) -> (bool, [(&'static str, String); 5]) {
        let login = asking.token.as_ref().map(|token| token.login.clone());
        let hourly = asking.shared.switches.get().api.hourly;
        let limit = if login.is_some() { hourly } else { hourly.min(ANONYMOUS) };
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let used = used.entry(login).or_default();
        let left = *used < limit;
        *used += u64::from(left);
        let headers = [
            ("x-ratelimit-limit", limit.to_string()),
            ("x-ratelimit-remaining", (limit.saturating_sub(*used)).to_string()),
            ("x-ratelimit-used", used.to_string()),
            ("x-ratelimit-reset", self.reset.to_string()),
            ("x-ratelimit-resource", "core".to_owned()),
        ];
        (left, headers)
    }
}

/// What a request gets when none are left.
pub(super) fn exceeded(asking: &Asking<'_>) -> Refusal {
    let whose = match &asking.token {
        Some(token) => format!("user ID {}", super::account::id(asking.shared, &token.login)),
        None => "127.0.0.1".to_owned(),
    };
    let message = format!("API rate limit exceeded for {whose}.");
    Refusal::new(StatusCode::FORBIDDEN, message)
        .documented("rest/overview/rate-limits-for-the-rest-api#about-primary-rate-limits")
}
