//! How a job's progress is shown while it runs.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use slipway_app::view::{JobProgress, JobState, LogLine};
use tokio::time::Instant;

use crate::output::{self, size};

/// How progress is shown: bars on a terminal, lines elsewhere, objects with `--json`.
pub(crate) struct Shown {
    as_json: bool,
    bar: Option<ProgressBar>,
    pulse: Pulse,
}

impl Shown {
    pub(crate) fn new(as_json: bool) -> Self {
        // The bar is on standard error, and hidden by itself where that is no terminal.
        let bar = (!as_json).then(|| {
            let style = ProgressStyle::with_template("{msg:<22} [{bar:30}] {percent:>3} % {prefix}");
            let bar = ProgressBar::new(100);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
            output::draws(&bar);
            bar
        });
        Self { as_json, bar: bar.filter(|bar| !bar.is_hidden()), pulse: Pulse::new() }
    }

    pub(crate) fn progress(&mut self, progress: &JobProgress, log: &[LogLine]) {
        if self.as_json {
            let mut value = json!(progress);
            value["event"] = json!("progress");
            output::object(&value);
            return;
        }
        if let Some(bar) = &self.bar {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            bar.set_position(progress.percent.clamp(0.0, 100.0) as u64);
            bar.set_message(word(progress.state));
            let speed = progress.speed.map(|speed| format!(", {:.1} MB/s", speed / 1e6)).unwrap_or_default();
            bar.set_prefix(format!("{} of {}{speed}", size(progress.sent), size(progress.total)));
            return;
        }
        for line in log {
            output::note(&line.text);
        }
        if let Some(line) = self.pulse.line(progress) {
            output::note(&line);
        }
    }

    /// Takes the bar away: the job is over.
    pub(crate) fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// So long a log waits for the next line of figures.
const EVERY: Duration = Duration::from_secs(5);

/// Figures for a log, where nobody watches a bar: a line every few seconds, and none where nothing moved since the last.
pub(crate) struct Pulse {
    told: Instant,
    /// Bytes and layers of that line.
    seen: (u64, u32),
}

impl Pulse {
    /// The first line comes when that time is over.
    pub(crate) fn new() -> Self {
        Self { told: Instant::now(), seen: (0, 0) }
    }

    /// The line that is due now, if one is.
    pub(crate) fn line(&mut self, progress: &JobProgress) -> Option<String> {
        let seen = (progress.sent, progress.layers_done);
        if progress.state != JobState::Sending || seen == self.seen || self.told.elapsed() < EVERY {
            return None;
        }
        (self.told, self.seen) = (Instant::now(), seen);
        Some(figures(progress))
    }
}

/// `12.4 MB of 531 MB, 24.1 MB/s, 21 s left, 3 of 10 layers`.
fn figures(progress: &JobProgress) -> String {
    let words = [
        Some(format!("{} of {}", size(progress.sent), size(progress.total))),
        progress.speed.map(|speed| format!("{:.1} MB/s", speed / 1e6)),
        progress.seconds_left.map(|seconds| format!("{seconds} s left")),
        Some(format!("{} of {} layers", progress.layers_done, progress.layers_total)),
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn word(state: JobState) -> &'static str {
    match state {
        JobState::Queued => "waiting for its turn",
        JobState::Checking => "asking the registry",
        JobState::Building => "building",
        JobState::Sending => "sending layers",
        JobState::Committing => "telling the registry",
        JobState::Verifying => "asking back",
        JobState::Pausing => "pausing",
        JobState::Paused => "paused",
        JobState::Cancelling => "cancelling",
        JobState::Done => "done",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(sent: u64, layers: u32) -> JobProgress {
        serde_json::from_value(json!({
            "state": "sending", "total": 531_000_000_u64, "sent": sent, "kept": 0, "reused": 0, "exact": true,
            "percent": 1.0, "speed": 24_100_000.0, "secondsLeft": 21, "retrySeconds": null,
            "layersDone": layers, "layersTotal": 10,
        }))
        .unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_has_a_line_every_five_seconds_and_none_where_nothing_moved() {
        let mut pulse = Pulse::new();
        assert_eq!(pulse.line(&at(1_000_000, 0)), None, "it has only begun");
        tokio::time::advance(EVERY).await;
        let line = pulse.line(&at(12_400_000, 3)).unwrap();
        assert_eq!(line, "12.4 MB of 531 MB, 24.1 MB/s, 21 s left, 3 of 10 layers");
        assert_eq!(pulse.line(&at(13_000_000, 3)), None, "too soon");
        tokio::time::advance(EVERY).await;
        assert_eq!(pulse.line(&at(12_400_000, 3)), None, "nothing moved");
        assert!(pulse.line(&at(12_400_000, 4)).is_some(), "a layer that was there already");
        tokio::time::advance(EVERY).await;
        let done = JobProgress { state: JobState::Committing, ..at(531_000_000, 10) };
        assert_eq!(pulse.line(&done), None, "nothing is sent any more");
    }
}
