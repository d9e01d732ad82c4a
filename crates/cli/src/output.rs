//! What the command prints: results on standard output, everything else on standard error.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is this module's purpose")]

use serde_json::{Value, json};
use slipway_app::view::FailureView;

/// A result line.
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// One JSON object on a line of its own.
pub(crate) fn object(value: &Value) {
    println!("{value}");
}

/// A line about what is going on.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// A line about what went wrong.
pub(crate) fn error(text: &str) {
    eprintln!("slipway: {text}");
}

/// A failure, in words or as the last JSON object.
pub(crate) fn failure(failure: &FailureView, as_json: bool) {
    if as_json {
        let mut value = json!(failure);
        value["event"] = json!("failed");
        object(&value);
        return;
    }
    error(&failure.message);
    if let Some(technical) = &failure.technical {
        let facts = [
            technical.request.clone(),
            technical.status.map(|status| format!("status {status}")),
            technical.message.clone().map(|message| format!("the registry says: {message}")),
            technical.request_id.clone().map(|id| format!("request id {id}")),
        ];
        for fact in facts.into_iter().flatten() {
            error(&format!("  {fact}"));
        }
    }
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
