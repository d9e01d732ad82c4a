//! The report that people send along when something goes wrong. It holds no secret, no path, and no name of an image
//! beyond what failed.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use slipway_reference::visible;

use crate::accounts::Accounts;
use crate::jobs::Jobs;
use crate::output::save;
use crate::settings::Current;
use crate::view::{FailureView, HistoryQuery, Show};

/// Failures that are told.
const FAILURES: usize = 5;

/// Faults of the page that are told, the first ones, and letters of each.
const PAGE_FAULTS: usize = 5;
const LETTERS: usize = 300;

/// Jobs that are looked through for failures.
const LOOKED_THROUGH: usize = 200;

/// The report, and what goes into it of the page.
pub struct Diagnostics {
    settings: Arc<Current>,
    accounts: Arc<Accounts>,
    jobs: Arc<Jobs>,
    page_faults: Mutex<Vec<String>>,
}

impl Diagnostics {
    pub(crate) fn new(settings: Arc<Current>, accounts: Arc<Accounts>, jobs: Arc<Jobs>) -> Self {
        Self { settings, accounts, jobs, page_faults: Mutex::default() }
    }

    /// The report, as it would be saved.
    pub async fn report(&self) -> String {
        let mut report = String::new();
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            // Writing to a string does not fail.
            let _ = writeln!(report, "{name:<12} {value}");
        };
        line("Slipway", &env!("CARGO_PKG_VERSION"));
        line("System", &format!("{} {}", std::env::consts::OS, std::env::consts::ARCH));
        line("Cores", &std::thread::available_parallelism().map_or(1, usize::from));
        let settings = self.settings.get().view();
        line("Language", &self.settings.language(&settings));
        line("Theme", &format!("{:?}, {:?}", settings.theme, settings.colors));
        let usual = || "usual".to_owned();
        line("Compression", &settings.compression.clone().unwrap_or_else(usual));
        line("Parallel", &settings.parallel.map_or_else(usual, |layers| layers.to_string()));
        line(
            "Upload limit",
            &settings.limit_rate.map_or_else(usual, |rate| format!("{rate} bytes a second")),
        );
        line("Way", &settings.way.clone().unwrap_or_else(usual));
        // An address may name a company.
        line(
            "Proxy",
            &match settings.proxy.as_deref() {
                None | Some("system") => "system",
                Some("none") => "none",
                Some(_) => "set by hand",
            },
        );
        for registry in self.accounts.registries() {
            let account = registry.account.map_or("signed out", |_| "signed in");
            line("Registry", &format!("{} ({account})", registry.name));
        }
        let query = HistoryQuery { search: String::new(), show: Show::NeedsYou, before: None };
        let failures = self.jobs.history(&query, LOOKED_THROUGH).await.rows;
        line("Jobs", &format!("{} under way, {} failed", self.jobs.active().await.len(), failures.len()));
        for failure in failures.into_iter().filter_map(|row| row.failure).take(FAILURES) {
            line("Failure", &failure.code.as_str());
            if let Some(technical) = failure.technical {
                let facts = [
                    technical.status.map(|status| format!("status {status}")),
                    technical.message,
                    technical.request_id.map(|id| format!("request id {id}")),
                ];
                for fact in facts.into_iter().flatten() {
                    line("", &fact);
                }
            }
        }
        for fault in self.page_faults.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            line("Page fault", fault);
        }
        report
    }

    /// A fault in the page, for the report: what kind, and which rule was broken.
    pub fn note(&self, text: &str) {
        let told = without_quotes(text);
        let mut faults = self.page_faults.lock().unwrap_or_else(PoisonError::into_inner);
        if faults.len() < PAGE_FAULTS && !faults.contains(&told) {
            tracing::error!(fault = told, "the page failed");
            faults.push(told);
        }
    }

    /// Saves the report. The file is there as a whole or not.
    pub async fn save(&self, path: &Path) -> Result<(), FailureView> {
        let report = self.report().await;
        save(path, |file| std::io::Write::write_all(file, report.as_bytes()))
    }
}

/// The beginning of what the page said, up to the first quote: what somebody typed stands in quotes, and an apostrophe
/// before them would turn inside and outside round.
fn without_quotes(text: &str) -> String {
    let before = text.split(['"', '\'', '`', '“', '‘', '«', '「']).next().unwrap_or_default();
    visible(before).chars().take(LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_stood_in_quotes_comes_into_the_report() {
        assert_eq!(without_quotes("Error: duplicate key `octocat` at 1"), "Error: duplicate key ");
        assert_eq!(without_quotes("TypeError: can't read 'octocat'"), "TypeError: can");
        assert_eq!(without_quotes(&"x".repeat(1000)).len(), LETTERS);
    }
}
