//! A display that nobody sees: Xvfb, stopped by its process id however we end.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::stop::Stop;

/// Starts Xvfb, which chooses a free display by itself and writes its number to descriptor 3. It lives until the
/// shell's standard input closes: by us, or by the system when we are killed. An interrupt at the terminal reaches
/// the whole group, so the shell leaves it to us.
const SCRIPT: &str = r#"
trap '' INT
Xvfb -displayfd 3 -screen 0 "$1" -nolisten tcp -noreset 3>&1 >"$2" 2>&1 &
server=$!
exec >/dev/null
cat >/dev/null
kill "$server"
wait "$server"
"#;

/// Room for the window's default size and for a file dialog beside it, 24 bits deep.
const SCREEN: &str = "1600x1000x24";

/// A running Xvfb. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct Display {
    shell: Child,
    name: String,
}

impl Display {
    /// Starts one and waits until it answers; its complaints go to `log`.
    pub(crate) fn start(log: &Path) -> Result<Self, Stop> {
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT, "xvfb", SCREEN])
            .arg(log)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Stop::io("starting a display", &error))?;
        let mut number = String::new();
        let heard = shell.stdout.take().map(|out| BufReader::new(out).read_line(&mut number));
        let mut display = Self { shell, name: String::new() };
        if !matches!(heard, Some(Ok(1..))) {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
            return Err(Stop::new(format!("Xvfb did not start: {last}")));
        }
        display.name = format!(":{}", number.trim());
        println!("==> A display that nobody sees: {}", display.name);
        Ok(display)
    }

    /// As in `DISPLAY`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // It has its signal; when even waiting fails there is nothing left to stop.
        let _ = self.shell.wait();
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn no_display_is_left_behind() {
        if crate::process::on_path("Xvfb").is_none() {
            eprintln!("skipped: Xvfb is not installed; cargo xtask test installs it");
            return;
        }
        let log = std::env::temp_dir().join(format!("slipway-xvfb-{}.log", std::process::id()));
        let display = Display::start(&log).unwrap();
        let socket = format!("/tmp/.X11-unix/X{}", display.name().trim_start_matches(':'));
        assert!(Path::new(&socket).exists(), "{socket} answers");
        drop(display);
        assert!(!Path::new(&socket).exists(), "{socket} is gone");
        std::fs::remove_file(&log).unwrap();
    }
}
