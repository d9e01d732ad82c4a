//! How long a registry, and whoever it leads to, is waited for.

use std::time::Instant;

use http::Method;
use slipway_http::{Budget, RetryPolicy};

use crate::client::Registry;
use crate::error::Error;
use crate::retry::Retries;

impl Registry {
    /// What is tried again, and how often.
    pub fn retries(&self) -> &Retries {
        &self.options().retries
    }

    /// All tries that a question of its own has.
    pub(crate) fn budget(&self) -> Budget {
        Budget::new(self.policy())
    }

    fn policy(&self) -> &RetryPolicy {
        let retries = self.retries();
        if self.waits.are_told() { &retries.job } else { &retries.request }
    }

    /// After a failed try: waits and says whether it is to be made again. A registry that answered before and is out of
    /// reach now is waited for, and the tries begin anew; a registry that was never reached is more likely misspelt, and
    /// has fewer of them.
    pub(crate) async fn again(&self, budget: &Budget, failed: &Error) -> bool {
        let wait = budget.failed(failed);
        if self.gives_up(budget, failed) {
            return false;
        }
        if let Some(wait) = wait {
            self.waits.pause(failed, wait).await;
            return true;
        }
        let back = self.comes_back(failed).await;
        if back {
            budget.renew();
        }
        back
    }

    /// Whoever was asked never answered, and was tried often enough for a name that is more likely wrong: the registry's
    /// own, or one that it led to.
    pub fn gives_up(&self, budget: &Budget, failed: &Error) -> bool {
        failed.is_out_of_reach() && self.is_unknown(failed) && budget.tried() >= self.retries().unreached
    }

    /// Nothing shows yet that there is a host where it was asked; a job that may wait takes that for granted.
    fn is_unknown(&self, failed: &Error) -> bool {
        !self.waits.is_patient() && !self.inner.reached.has(failed.asked())
    }

    /// Waits for a registry that went out of reach during a job, or was never in reach of one that may wait; false where
    /// that is not what failed, or where it stayed away too long.
    pub async fn comes_back(&self, failed: &Error) -> bool {
        if !failed.is_out_of_reach() || !self.waits.are_told() || self.is_unknown(failed) {
            return false;
        }
        let (began, retries) = (Instant::now(), self.retries());
        // One that answers is not out of reach: it cuts what it does not like.
        let mut reachable = self.is_reachable().await;
        // A job has this patience once, however many of its requests fail.
        if reachable || self.waits.gave_up() {
            return false;
        }
        while !reachable {
            if began.elapsed() >= retries.away {
                self.waits.give_up();
                return false;
            }
            self.waits.pause(failed, retries.job.longest_wait).await;
            reachable = self.is_reachable().await;
        }
        true
    }

    /// Whether the registry answers at all; any answer will do.
    async fn is_reachable(&self) -> bool {
        let asked = self.inner.http.request(Method::GET, self.address("/v2/")).send();
        matches!(tokio::time::timeout(self.options().http.connect_timeout, asked).await, Ok(Ok(_)))
    }
}
