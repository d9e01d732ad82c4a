//! What time it is.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The day of a second since 1970, in UTC: `2026-11-30`.
pub(crate) fn date(second: i64) -> String {
    let time = jiff::Timestamp::from_second(second).unwrap_or_default().to_string();
    time.split('T').next().unwrap_or_default().to_owned()
}
