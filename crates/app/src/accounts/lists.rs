//! What GitHub lists for an account: where it could publish to.

use std::time::Duration;

use slipway_github::{AccountKind, Holder, NamedPackage, PackageType};
use slipway_hosts::{Endpoint, NameForm};

use super::Accounts;

/// Lists stay good for so long.
pub(super) const GOOD_FOR: Duration = Duration::from_mins(5);

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

impl Accounts {
    /// The lists for the account that is used at `endpoint`.
    pub(crate) async fn lists_of(&self, endpoint: &Endpoint) -> Option<Lists> {
        let record = self.account_at(endpoint)?;
        let id = record.id();
        if let Some(known) = self.lists.get(&id, self.changes()) {
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
        self.lists.keep(id, lists.clone(), self.changes());
        Some(lists)
    }

    /// The packages of `owner` at `endpoint`, as far as the account that is used there sees them; none where it may not ask,
    /// or GitHub does not answer in time.
    pub(crate) async fn packages_of(&self, endpoint: &Endpoint, owner: &str) -> Option<Vec<NamedPackage>> {
        let record = self.account_at(endpoint)?;
        let legacy = endpoint.profile.form() == NameForm::OwnerRepositoryName;
        let question = (record.id(), owner.to_owned(), legacy);
        if let Some(known) = self.packages.get(&question, self.changes()) {
            return Some(known);
        }
        let github = self.github_as(&record).ok()??;
        let package_type = if legacy { PackageType::Docker } else { PackageType::Container };
        let asked = async {
            let holder = match github.owner(owner).await.ok().flatten()?.kind {
                AccountKind::Organization => Holder::Organization(owner),
                _ if record.username.eq_ignore_ascii_case(owner) => Holder::Own,
                _ => Holder::User(owner),
            };
            github.packages(holder, package_type).await.ok().flatten()
        };
        let listed = tokio::time::timeout(LIMIT, asked).await.ok()??.items;
        self.packages.keep(question, listed.clone(), self.changes());
        Some(listed)
    }
}
