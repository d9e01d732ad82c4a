//! A display of a journey's own with a window manager, for what depends on the desktop around the window: focus,
//! closing, dragging. On the common display windows of other journeys would take the focus.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::registry::PATIENCE;

/// Room for the window and a second one beside it.
const SCREEN: &str = "1600x1000x24";

/// The window's title.
const TITLE: &str = "^Slipway$";

/// A running Xvfb with openbox. Dropping it ends both by their own handles.
pub struct Display {
    server: Child,
    manager: Child,
    name: String,
}

impl Display {
    /// Starts one and waits until it answers.
    pub fn start() -> Self {
        let mut server = Command::new("sh")
            .args(["-c", &format!("exec Xvfb -displayfd 1 -screen 0 {SCREEN} -nolisten tcp -noreset")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh runs");
        let mut number = String::new();
        let output = server.stdout.take().expect("its output is ours");
        BufReader::new(output).read_line(&mut number).expect("Xvfb says its number");
        let name = format!(":{}", number.trim());
        let manager = Command::new("openbox")
            .args(["--sm-disable"])
            .env("DISPLAY", &name)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("openbox is installed: `cargo xtask test` sees to it");
        let display = Self { server, manager, name };
        // It manages windows once it says so on the root window.
        let began = Instant::now();
        while !display.says("xprop", &["-root", "_NET_SUPPORTING_WM_CHECK"]).contains("window id") {
            assert!(began.elapsed() < PATIENCE, "openbox does not manage the display");
            std::thread::sleep(Duration::from_millis(20));
        }
        display
    }

    /// As in `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn says(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(arguments)
            .env("DISPLAY", &self.name)
            .stderr(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{program}: {error}; `cargo xtask test` installs it"));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs xdotool.
    pub fn xdotool(&self, arguments: &[&str]) -> String {
        self.says("xdotool", arguments)
    }

    /// The X windows of this title that are to be seen.
    pub fn seen(&self, title: &str) -> Vec<String> {
        let found = self.xdotool(&["search", "--onlyvisible", "--name", title]);
        found.lines().map(str::to_owned).collect()
    }

    /// Whether Slipway's window is to be seen.
    pub fn shows_slipway(&self) -> bool {
        !self.seen(TITLE).is_empty()
    }

    /// Waits until Slipway's window is to be seen, or is not.
    pub async fn wait_for_slipway(&self, shown: bool) {
        let began = Instant::now();
        while self.shows_slipway() != shown {
            assert!(
                began.elapsed() < PATIENCE,
                "the window is {}to be seen",
                if shown { "not " } else { "" }
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Slipway's X window.
    pub async fn slipway(&self) -> String {
        self.wait_for_slipway(true).await;
        self.seen(TITLE).pop().expect("it was there just now")
    }

    /// Brings a window to the front and waits until it has the focus.
    pub async fn focus(&self, window: &str) {
        let began = Instant::now();
        loop {
            self.xdotool(&["windowactivate", window]);
            if self.xdotool(&["getwindowfocus"]).trim() == window
                || self.xdotool(&["getactivewindow"]).trim() == window
            {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "the window does not take the focus");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Asks Slipway's window to close, as the button in its title bar does.
    pub async fn close_slipway(&self) {
        let window = self.slipway().await;
        // openbox closes by this key what is active in its own eyes, by WM_DELETE_WINDOW. A window may have the keys before
        // that; then the key closes nothing.
        let began = Instant::now();
        while self.xdotool(&["getactivewindow"]).trim() != window {
            assert!(began.elapsed() < PATIENCE, "the window does not become the active one");
            self.xdotool(&["windowactivate", &window]);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.xdotool(&["key", "--clearmodifiers", "alt+F4"]);
    }

    /// Shows a window from which these files can be dragged; without files it is only another window.
    pub async fn other_window(&self, files: &[PathBuf]) -> Other {
        let child = Command::new("/usr/bin/python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/src/drag_source.py"))
            .args(files)
            .env("DISPLAY", &self.name)
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("python3 is installed: `cargo xtask test` sees to it");
        let mut other = Other { child, id: String::new() };
        let began = Instant::now();
        while other.id.is_empty() {
            assert!(began.elapsed() < PATIENCE, "the other window does not come");
            tokio::time::sleep(Duration::from_millis(50)).await;
            other.id = self.seen("^Files to drag$").pop().unwrap_or_default();
        }
        other
    }

    /// Drags what the other window offers over Slipway, and holds it there.
    pub async fn drag_over_slipway(&self, other: &Other) {
        let slipway = self.slipway().await;
        // Beside the other window, not above it.
        self.xdotool(&["windowmove", "--sync", &slipway, "300", "100"]);
        let (left, top, width, height) = self.place(&other.id);
        let mut at = (left + width / 2, top + height / 2);
        self.pointer(at).await;
        self.xdotool(&["mousedown", "1"]);
        let (left, top, width, height) = self.place(&slipway);
        let to = (left + width / 2, top + height / 2);
        // In steps, as a hand does: a drag begins with a small move.
        for rest in (1..=10).rev() {
            at = (at.0 + (to.0 - at.0) / rest, at.1 + (to.1 - at.1) / rest);
            self.pointer(at).await;
        }
    }

    async fn pointer(&self, (left, top): (i32, i32)) {
        self.xdotool(&["mousemove", &left.to_string(), &top.to_string()]);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// Lets go of what is dragged.
    pub fn let_go(&self) {
        self.xdotool(&["mouseup", "1"]);
    }

    /// Where a window's content is on the display: left, top, width, height.
    pub fn place(&self, window: &str) -> (i32, i32, i32, i32) {
        // Unlike xdotool's own answer, this one leaves out the frame around it.
        let told = self.says("xwininfo", &["-id", window]);
        let number = |label: &str| -> i32 {
            let line = told.lines().find_map(|line| line.trim().strip_prefix(label));
            line.and_then(|text| text.trim().parse().ok()).unwrap_or_else(|| panic!("no {label} in {told}"))
        };
        (
            number("Absolute upper-left X:"),
            number("Absolute upper-left Y:"),
            number("Width:"),
            number("Height:"),
        )
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for child in [&mut self.manager, &mut self.server] {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A window of another program.
pub struct Other {
    child: Child,
    /// Its X window.
    pub id: String,
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
