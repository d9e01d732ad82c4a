//! Tokens from a registry's token endpoint: one request for each scope, however many wait for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// How long a token lives whose answer does not say so, or not in a way that is understood (Docker's token specification;
/// ghcr.io never says).
const DEFAULT_LIFE: Duration = Duration::from_secs(60);

/// No token lives longer, seconds: what says so is wrong about its unit, or about everything.
const LONGEST_LIFE: u64 = 366 * 24 * 60 * 60;

/// A token is renewed so long before its end.
const MARGIN: Duration = Duration::from_secs(10);

/// No token is longer, bytes.
pub(crate) const MOST_BODY: usize = 64 * 1024;

/// A token for one scope.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) value: SecretString,
    good_until: Instant,
}

impl Token {
    /// Reads the answer of a token endpoint; `token` or `access_token`, whichever is there.
    pub(crate) fn parse(body: &[u8], now: Instant) -> Option<Self> {
        #[derive(Deserialize)]
        struct Answer {
            token: Option<SecretString>,
            access_token: Option<SecretString>,
        }
        /// Read by itself: JSON may hold numbers that are none here, such as 1e400.
        #[derive(Deserialize)]
        struct Life {
            expires_in: u64,
        }
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let answer: Answer = serde_json::from_slice(body).ok()?;
        let given = |token: &SecretString| !token.expose_secret().is_empty();
        let value = answer.token.filter(given).or(answer.access_token.filter(given))?;
        // A text, a fraction, nothing or less: the token is good all the same (distribution/distribution#1746,
        // couchbase/sync_gateway#1930).
        let life = serde_json::from_slice(body).ok().map(|Life { expires_in }| expires_in);
        let life = life.filter(|life| (1..=LONGEST_LIFE).contains(life));
        let life = life.map_or(DEFAULT_LIFE, Duration::from_secs);
        // A life shorter than the margin is used up to its half.
        let good = life.checked_sub(MARGIN).filter(|good| *good >= life / 2).unwrap_or(life / 2);
        Some(Self { value, good_until: now + good })
    }
}

type Slot = Arc<tokio::sync::Mutex<Option<Token>>>;

/// The tokens of a registry, by scope.
#[derive(Default)]
pub(crate) struct Tokens {
    slots: Mutex<HashMap<String, Slot>>,
}

impl Tokens {
    /// The token for `scope`; `fetch` is called by one of those who wait, when there is none that is good.
    pub(crate) async fn get<E>(
        &self,
        scope: &str,
        now: Instant,
        fetch: impl AsyncFnOnce() -> Result<Token, E>,
    ) -> Result<Token, E> {
        let slot = self.slot(scope);
        let mut slot = slot.lock().await;
        if let Some(token) = slot.as_ref().filter(|token| token.good_until > now) {
            return Ok(token.clone());
        }
        let token = fetch().await?;
        *slot = Some(token.clone());
        Ok(token)
    }

    /// `token` was refused: the next who asks gets another, unless somebody fetched one meanwhile.
    pub(crate) async fn refuse(&self, scope: &str, token: &Token) {
        let slot = self.slot(scope);
        let mut slot = slot.lock().await;
        if slot.as_ref().is_some_and(|held| held.value.expose_secret() == token.value.expose_secret()) {
            *slot = None;
        }
    }

    fn slot(&self, scope: &str) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(scope.to_owned()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(answer: &str) -> Option<Duration> {
        let now = Instant::now();
        Token::parse(answer.as_bytes(), now).map(|token| token.good_until - now)
    }

    /// A token whose life is said oddly was none at all; the largest number ended the program
    /// (distribution/distribution#1746, `couchbase/sync_gateway#1930`).
    #[test]
    fn a_token_is_taken_whatever_is_said_of_its_life() {
        let usual = DEFAULT_LIFE.checked_sub(MARGIN);
        for life in [
            "-1",
            "0",
            "300.0",
            "1e400",
            "\"300\"",
            "\"soon\"",
            "null",
            "[]",
            "1000000000000000000",
            "18446744073709551615",
        ] {
            assert_eq!(good(&format!("{{\"token\":\"t\",\"expires_in\":{life}}}")), usual, "{life}");
        }
        assert_eq!(good("{\"token\":null,\"access_token\":\"t\"}"), usual);
        assert_eq!(good("\u{feff}{\"token\":\"t\"}"), usual);
        assert_eq!(good("{\"token\":\"t\",\"expires_in\":300}"), Some(Duration::from_secs(290)));
        assert_eq!(good("{\"token\":\"t\",\"expires_in\":4}"), Some(Duration::from_secs(2)));
        assert_eq!(good("{\"token\":\"\",\"expires_in\":300}"), None);
    }
}
