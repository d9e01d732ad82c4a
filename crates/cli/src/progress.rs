//! How a job's progress is shown while it runs.

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use slipway_app::view::{JobProgress, JobState, LogLine};

use crate::output::{self, size};

/// How progress is shown: bars on a terminal, lines elsewhere, objects with `--json`.
pub(crate) struct Shown {
    as_json: bool,
    bar: Option<ProgressBar>,
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
        Self { as_json, bar: bar.filter(|bar| !bar.is_hidden()) }
    }

    pub(crate) fn progress(&self, progress: &JobProgress, log: &[LogLine]) {
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
    }

    /// Takes the bar away: the job is over.
    pub(crate) fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn word(state: JobState) -> &'static str {
    match state {
        JobState::Queued => "waiting for its turn",
        JobState::Checking => "asking the registry",
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
