//! Unpacking a compressed file, or reading a pipe, told while it lasts.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use slipway_app::Slipway;
use slipway_app::view::ReadingView;

use crate::output::{self, size};

/// How often it is looked how far the file is.
const EACH: Duration = Duration::from_millis(100);

/// `-` is standard input.
pub(crate) fn is_input(file: &Path) -> bool {
    file == Path::new("-")
}

/// Why `files` cannot be read, where they name standard input and nobody writes into it.
pub(crate) fn from_terminal(files: &[PathBuf]) -> Option<&'static str> {
    let waits = files.iter().any(|file| is_input(file)) && std::io::stdin().is_terminal();
    waits.then_some(
        "standard input is a terminal: put an image into it, such as docker save IMAGE | slipway inspect -",
    )
}

/// Waits for `work`, and tells of files that are unpacked meanwhile: on a terminal by a bar, elsewhere by one line, as
/// an object each time with `--json`.
pub(crate) async fn told<T>(app: &Slipway, as_json: bool, work: impl Future<Output = T> + Unpin) -> T {
    let mut shown = Shown { as_json, name: String::new(), bar: None };
    let mut ticks = tokio::time::interval(EACH);
    let mut work = work;
    loop {
        tokio::select! {
            biased;
            done = &mut work => {
                shown.clear();
                return done;
            }
            _ = ticks.tick() => match app.images().reading() {
                Some(reading) => shown.at(&reading),
                None => shown.clear(),
            },
        }
    }
}

struct Shown {
    as_json: bool,
    /// The file that was announced.
    name: String,
    bar: Option<ProgressBar>,
}

impl Shown {
    fn at(&mut self, reading: &ReadingView) {
        if self.as_json {
            let mut value = json!(reading);
            value["event"] = json!("reading");
            output::object(&value);
            return;
        }
        if self.name != reading.name {
            self.clear();
            self.name.clone_from(&reading.name);
            let need = reading.need.filter(|need| *need > 0);
            let need = need.map(|need| format!(", about {}", size(need))).unwrap_or_default();
            output::note(&if reading.total == 0 {
                format!("{}: what comes is kept in a temporary file until the end{need}", reading.name)
            } else {
                format!("{} is compressed: it is unpacked once into a temporary file{need}", reading.name)
            });
            if reading.total == 0 {
                return;
            }
            let style = ProgressStyle::with_template("{msg:<22} [{bar:30}] {percent:>3} % {prefix}");
            let bar = ProgressBar::new(reading.total);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
            bar.set_message("unpacking");
            output::draws(&bar);
            self.bar = Some(bar);
        }
        if let Some(bar) = &self.bar {
            bar.set_position(reading.read);
            bar.set_prefix(size(reading.written));
        }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
