//! What GitHub lists for an account: where it could publish to.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use slipway_hosts::Endpoint;

use crate::slipway::Slipway;

/// Lists stay good for so long.
const FRESH: Duration = Duration::from_mins(5);

/// How long GitHub may take; completion never keeps anybody waiting.
const LIMIT: Duration = Duration::from_secs(10);

/// Owners and repositories that an account has a part in, in lower case: as they stand in references.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists {
    /// The account first.
    pub(crate) owners: Vec<String>,
    /// `owner/name`, those pushed to last first.
    pub(crate) repositories: Vec<String>,
}

/// Lists that are still fresh, by account.
pub(super) type Known = HashMap<String, (Instant, Lists)>;

impl Slipway {
    /// The lists for the account that is used at `endpoint`.
    pub(crate) async fn lists_of(&self, endpoint: &Endpoint) -> Option<Lists> {
        let record = self.account_at(endpoint)?;
        let id = record.id();
        if let Some(known) = self.known_lists(&id) {
            return Some(known);
        }
        let github = self.github_as(&record).ok()??;
        let asked = async { tokio::join!(github.organizations(), github.repositories()) };
        let (organizations, repositories) = tokio::time::timeout(LIMIT, asked).await.ok()?;
        // One of the two may be withheld from the token; neither is worth a word then.
        let organizations = organizations.ok().flatten().map(|listed| listed.items).unwrap_or_default();
        let repositories = repositories.ok().map(|listed| listed.items).unwrap_or_default();
        let writable = repositories.into_iter().filter(|repository| !repository.archived);
        let lists = Lists {
            owners: std::iter::once(record.username)
                .chain(organizations)
                .map(|owner| owner.to_ascii_lowercase())
                .collect(),
            repositories: writable.map(|repository| repository.full_name.to_ascii_lowercase()).collect(),
        };
        let mut known = self.accounts.lists.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (when, _)| when.elapsed() < FRESH);
        known.insert(id, (Instant::now(), lists.clone()));
        Some(lists)
    }

    fn known_lists(&self, id: &str) -> Option<Lists> {
        let known = self.accounts.lists.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(id).filter(|(when, _)| when.elapsed() < FRESH).map(|(_, lists)| lists.clone())
    }
}
