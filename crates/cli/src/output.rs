//! What the command prints: results on standard output, everything else on standard error.

use std::io::{self, Write as _};
use std::sync::{Mutex, OnceLock, PoisonError};

use indicatif::ProgressBar;
use serde_json::{Value, json};
use slipway_app::view::{Code, FailureView, OverriddenPart, OverrideView};
use slipway_app::{FailureWords, Words, visible, visible_json};

/// The bar that is drawn, if one ever was.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Said once for the whole command, so that no failure on any way forgets it.
static MODE: OnceLock<Mode> = OnceLock::new();

/// The language of failures, once it is known.
static WORDS: OnceLock<Words> = OnceLock::new();

/// How a command speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// To people.
    Words,
    /// Its result is one JSON value, and so is its failure.
    Json,
    /// Everything is JSON objects, one a line, of which the last is the end.
    Events,
}

/// Why standard output took no more.
static UNWRITTEN: OnceLock<io::Error> = OnceLock::new();

/// A result line, in which nothing that others wrote is obeyed. One that cannot be written stops nothing; [`unwritten`]
/// tells of it at the end.
pub(crate) fn line(text: &str) {
    write(&visible(text));
}

fn write(text: &str) {
    if UNWRITTEN.get().is_some() {
        return;
    }
    let mut out = io::stdout().lock();
    if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush()) {
        // The first one says most.
        let _ = UNWRITTEN.set(error);
    }
}

/// Why results could not be written, if they could not.
pub(crate) fn unwritten() -> Option<&'static io::Error> {
    UNWRITTEN.get()
}

/// From now on the command speaks so.
pub(crate) fn speak(mode: Mode) {
    // The first word counts.
    let _ = MODE.set(mode);
}

/// From now on failures are told in these words.
pub(crate) fn use_words(words: Words) {
    // The first word counts.
    let _ = WORDS.set(words);
}

/// Results and failures are JSON.
pub(crate) fn is_json() -> bool {
    MODE.get().is_some_and(|mode| *mode != Mode::Words)
}

/// One JSON object on a line of its own.
pub(crate) fn object(value: &Value) {
    write(&visible_json(&value.to_string()));
}

/// A bar is drawn from now on: lines that come meanwhile stand above it.
pub(crate) fn draws(bar: &ProgressBar) {
    *BAR.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
}

/// A line about what is going on.
pub(crate) fn note(text: &str) {
    let text = visible(text);
    // Where nobody listens there is nobody to tell.
    let written = || drop(writeln!(io::stderr().lock(), "{text}"));
    let bar = BAR.lock().unwrap_or_else(PoisonError::into_inner).clone();
    bar.map_or_else(written, |bar| bar.suspend(written));
}

/// Somebody was asked and has kept silent for a while.
pub(crate) fn waiting(host: &str) {
    if MODE.get() == Some(&Mode::Events) {
        object(&json!({ "event": "waiting", "host": host }));
    } else {
        note(&format!("waiting for {host}"));
    }
}

/// A registry is elsewhere than its name says. Told at each run, since one variable does it.
pub(crate) fn elsewhere(registry: &str, led: &OverrideView) {
    let OverrideView { part, address, credentials } = led;
    let what = match part {
        OverriddenPart::Registry => format!("{registry} is {address}"),
        OverriddenPart::Api => format!("the API of {registry} is {address}"),
        OverriddenPart::Web => format!("the pages of {registry} are at {address}"),
        OverriddenPart::Connection => format!("for {registry} the connection is set to {address}"),
    };
    let who = match credentials {
        true => "credentials kept for it are used there",
        false => "only a token given for this run is used there",
    };
    note(&format!("{what} (SLIPWAY_HOSTS); {who}"));
}

/// A line about what went wrong.
pub(crate) fn error(text: &str) {
    note(&format!("slipway: {text}"));
}

/// The end of a command that did not do what was wanted, in words or as the last JSON object.
pub(crate) fn failed(code: Code, text: &str) {
    failure(&FailureView::new(code, text));
}

/// Wrong usage, in words or as the last JSON object.
pub(crate) fn usage(text: &str) {
    if is_json() {
        object(&json!({ "event": "failed", "code": "usage", "message": text }));
    } else {
        error(text);
    }
}

/// What a registry warns of: quietly, since nothing follows from it.
pub(crate) fn warning(registry: &str, text: &str) {
    note(&format!("{registry} warns: {text}"));
}

/// A failure, in words or as the last JSON object.
pub(crate) fn failure(failure: &FailureView) {
    failure_after(failure, &[]);
}

/// The same after a job in which the registry warned of something.
pub(crate) fn failure_after(failure: &FailureView, warnings: &[String]) {
    if is_json() {
        let mut value = json!(failure);
        value["event"] = json!("failed");
        if !warnings.is_empty() {
            value["warnings"] = json!(warnings);
        }
        object(&value);
        // Where nobody takes objects the reason still stands somewhere.
        if unwritten().is_some() {
            error(&failure.message);
        }
        return;
    }
    explain(failure);
    if let Some(technical) = &failure.technical {
        let facts = [
            technical.request.clone().map(|request| match &technical.host {
                Some(host) => format!("{request} at {host}"),
                None => request,
            }),
            technical.status.map(|status| format!("status {status}")),
            technical.message.clone().map(|message| {
                let who = technical.host.as_deref().unwrap_or("the registry");
                format!("{who} says: {message}")
            }),
            technical.request_id.clone().map(|id| format!("request id {id}")),
        ];
        for fact in facts.into_iter().flatten() {
            error(&format!("  {fact}"));
        }
    }
}

/// What happened, why, who can change it and what to do, as the window tells it; then what exactly was met.
fn explain(failure: &FailureView) {
    let words = WORDS.get().cloned().unwrap_or_else(Words::english);
    let Some(FailureWords { title, cause, who, help }) = words.failure(failure, size) else {
        error(&failure.message);
        return;
    };
    error(&title);
    for line in [cause, who] {
        error(&format!("  {line}"));
    }
    if !help.is_empty() {
        error(&format!("  {}", words.help_title()));
        for line in help {
            error(&format!("  - {line}"));
        }
    }
    error(&format!("  {}", failure.message));
}

/// `12.4 MB`: decimal, three significant digits.
pub(crate) fn size(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = match value {
        _ if unit == 0 => 0,
        value if value < 9.995 => 2,
        value if value < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_three_digits_and_decimal_units() {
        let shown = [0, 999, 1_000, 12_400_000, 999_600, 1_420_000_000, 48_700_000].map(size);
        assert_eq!(shown, ["0 B", "999 B", "1.00 kB", "12.4 MB", "1.00 MB", "1.42 GB", "48.7 MB"]);
    }
}
