//! What was sent to a registry in confidence, so that it never comes back in the registry's words.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};

/// So many are remembered: a long push buys a token a minute for each of its scopes, and only late ones are of use.
const MOST: usize = 64;

/// The secrets that a registry got.
#[derive(Default)]
pub(crate) struct Secrets(Mutex<VecDeque<SecretString>>);

impl Secrets {
    /// This one goes out.
    pub(crate) fn learn(&self, secret: &SecretString) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = secret.expose_secret();
        if text.is_empty() {
            return;
        }
        // One that is still in use stays among the late ones.
        known.retain(|other| other.expose_secret() != text);
        if known.len() == MOST {
            known.pop_front();
        }
        known.push_back(secret.clone());
    }

    /// What somebody else wrote, without any of them.
    pub(crate) fn without(&self, text: &str) -> String {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut secrets: Vec<&str> = known.iter().map(ExposeSecret::expose_secret).collect();
        // One may stand inside of another, of which the rest would be left.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_inside_of_another_leaves_nothing_of_it() {
        let secrets = Secrets::default();
        for secret in ["", "pw", "canary-pw-token"] {
            secrets.learn(&SecretString::from(secret));
        }
        assert_eq!(secrets.without("pw, canary-pw-token and more"), "…, … and more");
    }
}
