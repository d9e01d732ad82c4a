//! Bearer tokens: opaque to clients, remembered here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::PracticeError;
use crate::token::{Token, random};

/// How long a dead bearer token is still recognized as one that lived.
const REMEMBERED: Duration = Duration::from_hours(1);

/// One `repository:NAME:ACTIONS` of a token request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) name: String,
    pub(crate) pull: bool,
    pub(crate) push: bool,
}

impl Scope {
    /// Reads one scope; `None` for what is not a repository's.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, actions) = text.strip_prefix("repository:")?.rsplit_once(':')?;
        let has = |action| actions.split(',').any(|a| a == action);
        Some(Self { name: name.to_owned(), pull: has("pull"), push: has("push") })
    }
}

/// What a bearer token stands for.
#[derive(Clone)]
pub(crate) struct Grant {
    /// Whose it is; `None` for nobody's.
    pub(crate) token: Option<Arc<Token>>,
    /// What was asked for.
    pub(crate) scopes: Vec<Scope>,
}

/// What is known of a text sent as a bearer token.
pub(crate) enum Bearer {
    Good(Grant),
    Expired,
    /// Never handed out; it may still be an envelope around a credential.
    Unknown,
}

/// The bearer tokens that were handed out.
#[derive(Default)]
pub(crate) struct Bearers(Mutex<HashMap<String, (Grant, Instant)>>);

impl Bearers {
    /// Makes up a token for `grant` that lives for `life`.
    pub(crate) fn issue(&self, grant: Grant, life: Duration) -> Result<String, PracticeError> {
        let text = match (&grant.token, grant.scopes.first()) {
            (None, Some(scope)) => {
                // What anonymous tokens of public packages decode to.
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                STANDARD.encode(format!("v1:{}:{}", scope.name, now.as_nanos()))
            }
            _ => STANDARD.encode(random(48)?),
        };
        let now = Instant::now();
        let mut issued = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        issued.retain(|_, (_, until)| *until + REMEMBERED > now);
        issued.insert(text.clone(), (grant, now + life));
        Ok(text)
    }

    /// What a bearer token stands for.
    pub(crate) fn find(&self, text: &str) -> Bearer {
        let issued = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match issued.get(text) {
            Some((grant, until)) if *until > Instant::now() => Bearer::Good(grant.clone()),
            Some(_) => Bearer::Expired,
            None => Bearer::Unknown,
        }
    }

    /// Lets every token expire now.
    pub(crate) fn expire(&self) {
        let now = Instant::now();
        let mut issued = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        issued.values_mut().for_each(|(_, until)| *until = (*until).min(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_of_a_nested_name_keeps_its_actions_apart() {
        let scope = Scope { name: "a/b/c".into(), pull: true, push: true };
        assert_eq!(Scope::parse("repository:a/b/c:pull,push"), Some(scope));
        assert_eq!(Scope::parse("registry:catalog:*"), None);
        // The doubled prefix of clients that trust the challenge is a name nobody has.
        let doubled = Scope::parse("repository:repository:user/image:pull:pull,push").unwrap();
        assert_eq!(doubled.name, "repository:user/image:pull");
    }
}
