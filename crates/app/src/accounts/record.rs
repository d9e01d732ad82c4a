//! What is remembered of an account: everything but its secret.

use serde::{Deserialize, Serialize};
use slipway_credentials::EntryName;

use crate::view::{AccountSource, AccountState, SignOnView, TokenKind};

/// Days before a token's end on which its person is warned (ux: "Notifications"), the last first.
const WARNINGS: [u32; 2] = [1, 7];

/// Seconds.
const DAY: i64 = 24 * 60 * 60;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// `github.com`, `ghe.example.com`, or a registry's own name.
    pub(crate) host: String,
    pub(crate) username: String,
    pub(crate) kind: TokenKind,
    pub(crate) source: AccountSource,
    /// The keychain's entry, under the name that it was saved by; none while the secret is in memory only.
    pub(crate) entry: Option<EntryName>,
    /// Used at its host unless another is chosen.
    pub(crate) is_default: bool,
    pub(crate) state: AccountState,
    /// When the host answered last, seconds since 1970.
    pub(crate) checked_at: Option<i64>,
    /// The last try reached nobody.
    #[serde(skip)]
    pub(crate) offline: bool,
    /// None where the host does not say.
    pub(crate) scopes: Option<Vec<String>>,
    /// Seconds since 1970.
    pub(crate) expires_at: Option<i64>,
    /// The last warning of its end that was told, days before it.
    #[serde(default)]
    pub(crate) told: Option<u32>,
    pub(crate) sign_on: Vec<SignOnView>,
}

impl Record {
    /// One that nobody was asked about yet.
    pub(crate) fn new(host: String, username: String, kind: TokenKind, source: AccountSource) -> Self {
        Self {
            host,
            username,
            kind,
            source,
            entry: None,
            is_default: true,
            state: AccountState::NotChecked,
            checked_at: None,
            offline: false,
            scopes: None,
            expires_at: None,
            told: None,
            sign_on: Vec::new(),
        }
    }

    /// What names it everywhere.
    pub(crate) fn id(&self) -> String {
        format!("{}@{}", self.username, self.host)
    }

    /// Takes over what a check of the same token learnt; what people decided meanwhile stays.
    pub(crate) fn learn(&mut self, checked: Self) {
        let Self { state, checked_at, offline, scopes, expires_at, sign_on, .. } = checked;
        if self.expires_at != expires_at {
            self.told = None;
        }
        (self.state, self.checked_at, self.offline) = (state, checked_at, offline);
        (self.scopes, self.expires_at, self.sign_on) = (scopes, expires_at, sign_on);
    }

    /// The warning of its end that is due at `now`, days before it, unless it or a later one was told.
    pub(crate) fn expiry_due(&self, now: i64) -> Option<u32> {
        let left = self.expires_at? - now;
        let due = WARNINGS.into_iter().find(|days| (1..=i64::from(*days) * DAY).contains(&left))?;
        self.told.is_none_or(|told| told > due).then_some(due)
    }
}

/// The accounts, by host and in the order they were added.
#[derive(Debug, Default)]
pub(crate) struct Records(Vec<Record>);

impl Records {
    pub(crate) fn of(records: Vec<Record>) -> Self {
        Self(records)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Record> {
        self.0.iter()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Record> {
        self.0.iter().find(|record| record.id() == id)
    }

    /// The one that is used at `host`.
    pub(crate) fn default_of(&self, host: &str) -> Option<&Record> {
        self.0.iter().find(|record| record.host == host && record.is_default)
    }

    /// Changes one of them.
    pub(crate) fn change(&mut self, id: &str, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.0.iter_mut().find(|record| record.id() == id) {
            change(record);
        }
    }

    /// Adds one, in place of one of the same name. Whoever is added is meant to be used.
    pub(crate) fn add(&mut self, record: Record) {
        let (id, host) = (record.id(), record.host.clone());
        match self.0.iter().position(|known| known.id() == id) {
            Some(index) => self.0[index] = record,
            None => self.0.push(record),
        }
        self.use_one(&host, &id);
    }

    /// From now on `id` is used at its host.
    pub(crate) fn use_one(&mut self, host: &str, id: &str) {
        for record in self.0.iter_mut().filter(|record| record.host == host) {
            record.is_default = record.id() == id;
        }
    }

    /// Takes one out. The next one of its host is used in its place.
    pub(crate) fn remove(&mut self, id: &str) -> Option<Record> {
        let index = self.0.iter().position(|record| record.id() == id)?;
        let removed = self.0.remove(index);
        if removed.is_default
            && let Some(next) = self.0.iter_mut().find(|record| record.host == removed.host)
        {
            next.is_default = true;
        }
        Some(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::AccountWay;

    fn record(host: &str, username: &str) -> Record {
        let source = AccountSource { way: AccountWay::Paste, name: String::new() };
        Record::new(host.to_owned(), username.to_owned(), TokenKind::Classic, source)
    }

    fn used(records: &Records) -> Vec<String> {
        records.iter().filter(|record| record.is_default).map(Record::id).collect()
    }

    #[test]
    fn each_host_has_one_account_that_is_used() {
        let mut records = Records::default();
        for (host, username) in
            [("github.com", "octocat"), ("github.com", "monalisa"), ("ghe.example.com", "hubot")]
        {
            records.add(record(host, username));
        }
        assert_eq!(used(&records), ["monalisa@github.com", "hubot@ghe.example.com"]);
        records.use_one("github.com", "octocat@github.com");
        assert_eq!(records.default_of("github.com").unwrap().username, "octocat");
        records.remove("octocat@github.com");
        assert_eq!(used(&records), ["monalisa@github.com", "hubot@ghe.example.com"]);
        assert!(records.remove("octocat@github.com").is_none());
    }

    /// Somebody chose another account while this one was checked, and the check chose it back.
    #[test]
    fn a_check_brings_back_nothing_that_people_changed_meanwhile() {
        let mut records = Records::default();
        for username in ["octocat", "monalisa"] {
            records.add(record("github.com", username));
        }
        let mut checked = records.get("monalisa@github.com").unwrap().clone();
        (checked.state, checked.expires_at) = (AccountState::Accepted, Some(7));
        records.use_one("github.com", "octocat@github.com");
        records.change("monalisa@github.com", |record| record.learn(checked));
        assert_eq!(used(&records), ["octocat@github.com"]);
        let monalisa = records.get("monalisa@github.com").unwrap();
        assert_eq!((monalisa.state, monalisa.expires_at), (AccountState::Accepted, Some(7)));
    }

    #[test]
    fn each_warning_of_the_end_is_due_once() {
        let mut record = record("github.com", "octocat");
        let end = 100 * DAY;
        record.expires_at = Some(end);
        assert_eq!(record.expiry_due(end - 8 * DAY), None);
        assert_eq!(record.expiry_due(end - 7 * DAY), Some(7));
        record.told = Some(7);
        assert_eq!(record.expiry_due(end - 2 * DAY), None);
        assert_eq!(record.expiry_due(end - DAY), Some(1));
        record.told = Some(1);
        assert_eq!(record.expiry_due(end - 1), None);
        record.told = None;
        assert_eq!(record.expiry_due(end), None, "its day is over, which is another state");
    }

    #[test]
    fn an_account_that_is_added_again_keeps_its_place() {
        let mut records = Records::default();
        for username in ["octocat", "monalisa", "octocat"] {
            records.add(record("github.com", username));
        }
        assert_eq!(
            records.iter().map(Record::id).collect::<Vec<_>>(),
            ["octocat@github.com", "monalisa@github.com"]
        );
    }
}
