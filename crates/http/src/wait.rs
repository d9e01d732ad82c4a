//! How long an answer asks its reader to wait.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3). A date counts from the answer's own `Date`: the
/// clock of this computer may be wrong, or be set while somebody waits.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Some(seconds) = seconds(text) {
        return Some(seconds);
    }
    let until = httpdate::parse_http_date(text).ok()?;
    Some(until.duration_since(answered(headers)).unwrap_or_default())
}

/// Whole seconds, and what some servers send although the standard has none of it: fractions, and less than nothing.
fn seconds(text: &str) -> Option<Duration> {
    let number = text.strip_suffix(['s', 'S']).unwrap_or(text).trim_end();
    let plain =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let (negative, digits) = number.strip_prefix('-').map_or((false, number), |digits| (true, digits));
    if !plain(digits) {
        return None;
    }
    let seconds: f64 = digits.parse().ok()?;
    if negative {
        return Some(Duration::ZERO);
    }
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// When an answer was given, by the clock of who gave it; else by this computer's.
pub fn answered(headers: &HeaderMap) -> SystemTime {
    let date = headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    date.unwrap_or_else(SystemTime::now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().unwrap());
        retry_after(&headers)
    }

    #[test]
    fn a_wait_is_understood_in_every_form_that_servers_send() {
        let rows = [
            ("3", Some(Duration::from_secs(3))),
            ("1.5", Some(Duration::from_millis(1500))),
            ("30s", Some(Duration::from_secs(30))),
            ("-1", Some(Duration::ZERO)),
            ("99999999999999999999999", Some(Duration::MAX)),
            ("Wed, 21 Oct 2015 07:28:00 GMT", Some(Duration::ZERO)),
            ("soon", None),
            ("1e9", None),
            ("", None),
            ("-", None),
        ];
        for (value, expected) in rows {
            assert_eq!(after(value), expected, "{value:?}");
        }
    }

    #[test]
    fn a_date_counts_from_the_answers_own_clock() {
        let mut headers = HeaderMap::new();
        headers.insert(DATE, "Wed, 21 Oct 2015 07:28:00 GMT".parse().unwrap());
        headers.insert(RETRY_AFTER, "Wed, 21 Oct 2015 07:28:09 GMT".parse().unwrap());
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(9)));
    }
}
