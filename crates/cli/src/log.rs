//! What `SLIPWAY_LOG` asks for, on standard error.

use std::io::{self, Write};

use slipway_app::visible;
use tracing_subscriber::EnvFilter;

/// From now on what is logged is written, as far as `SLIPWAY_LOG` wants it.
pub(crate) fn begin() {
    let filter = EnvFilter::try_from_env("SLIPWAY_LOG").unwrap_or_default();
    let log = tracing_subscriber::fmt().with_writer(|| Lines(io::stderr()));
    log.with_env_filter(filter).log_internal_errors(false).init();
}

/// Writes each event, which comes as a whole, as one line in which nothing that others wrote is obeyed.
struct Lines<W>(W);

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        writeln!(self.0, "{}", visible(text.trim_end_matches('\n')))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_logged_of_others_is_one_line_and_nothing_in_it_is_obeyed() {
        let kept = Kept::default();
        let writer = kept.clone();
        let make = move || Lines(writer.clone());
        let log = tracing_subscriber::fmt().with_writer(make).finish();
        tracing::subscriber::with_default(log, || {
            tracing::info!(name = %"a\u{1b}]0;x\u{7}\n::stop-commands::y", "read\r\n##[add-path]z");
        });
        let written = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(written.lines().count(), 1, "{written}");
        let evil = written.trim_end().contains(|c: char| c.is_control());
        assert!(!evil && !written.contains("##[") && written.contains("add-path"), "{written}");
    }
}
