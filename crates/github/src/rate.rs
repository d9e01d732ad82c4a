//! How many requests are left.

use crate::answer::Answer;

/// What an answer says of the primary rate limit; what it does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rate {
    /// Requests an hour.
    pub limit: Option<u64>,
    /// Those that are left.
    pub remaining: Option<u64>,
    /// Those that were made.
    pub used: Option<u64>,
    /// When the hour ends by GitHub's clock, seconds since 1970.
    pub reset: Option<i64>,
    /// What is counted, such as `core`.
    pub resource: Option<String>,
}

impl Rate {
    pub(crate) fn of(answer: &Answer) -> Self {
        let number = |name| answer.header(name).and_then(|value| value.trim().parse().ok());
        Self {
            limit: number("x-ratelimit-limit"),
            remaining: number("x-ratelimit-remaining"),
            used: number("x-ratelimit-used"),
            reset: answer.header("x-ratelimit-reset").and_then(|value| value.trim().parse().ok()),
            resource: answer.header("x-ratelimit-resource").map(str::to_owned),
        }
    }
}
