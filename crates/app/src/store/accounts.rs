//! The accounts, without their secrets.

use rusqlite::params;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Database;

impl Database {
    /// The accounts that were kept, in the order they were added. One that is not understood is left where it is.
    pub(crate) fn accounts<T: DeserializeOwned>(&self) -> Vec<T> {
        let rows: Vec<String> = self.rows("SELECT record FROM accounts ORDER BY place", [], |row| row.get(0));
        let understood = rows.iter().filter_map(|row| {
            serde_json::from_str(row)
                .inspect_err(|error| tracing::warn!(%error, "an account in slipway.db"))
                .ok()
        });
        understood.collect()
    }

    /// Keeps the account `id`; one of the same name keeps its place.
    pub(crate) fn keep_account(&self, id: &str, record: &impl Serialize) {
        let Ok(text) = serde_json::to_string(record) else { return };
        self.write(
            "INSERT INTO accounts (id, record) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET record = ?2",
            params![id, text],
        );
    }

    /// Forgets an account.
    pub(crate) fn forget_account(&self, id: &str) {
        self.write("DELETE FROM accounts WHERE id = ?1", params![id]);
    }
}
