//! A session bus of a journey's own, and what stands in for the desktop's notifications on it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::registry::PATIENCE;

/// A running dbus-daemon that nobody else talks to.
pub struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    /// Starts one.
    pub fn start() -> Self {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is installed: `cargo xtask test` sees to it");
        let output = daemon.stdout.take().expect("its output is ours");
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address).expect("the daemon says its address");
        Self { daemon, address: address.trim().to_owned() }
    }

    /// As in `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Stands in for the desktop's notifications.
    pub fn notifications(&self) -> Notifications {
        let mut server = Command::new("/usr/bin/python3")
            .arg("-u")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/src/notifications.py"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is installed: `cargo xtask test` sees to it");
        let mut output = BufReader::new(server.stdout.take().expect("its output is ours"));
        let mut ready = String::new();
        output.read_line(&mut ready).expect("the stand-in answers");
        assert_eq!(ready.trim(), "ready", "the stand-in owns its name");
        let shown = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&shown);
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Ok(notice) = serde_json::from_str(&line) {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
                }
            }
        });
        let input = server.stdin.take().expect("its input is ours");
        Notifications { server, input, shown }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// What was shown to the desktop's user.
pub struct Notifications {
    server: Child,
    input: ChildStdin,
    shown: Arc<Mutex<Vec<Value>>>,
}

impl Notifications {
    /// All notices so far, each with `id`, `replaces`, `app`, `summary`, `body` and `actions`.
    pub fn shown(&self) -> Vec<Value> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many notices were shown, and returns the last one.
    pub async fn wait_for(&self, count: usize) -> Value {
        let began = Instant::now();
        loop {
            let shown = self.shown();
            assert!(shown.len() <= count, "more notices than jobs: {shown:#?}");
            if shown.len() == count {
                return shown.last().cloned().unwrap_or_default();
            }
            assert!(began.elapsed() < PATIENCE, "only {} of {count} notices: {shown:#?}", shown.len());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Clicks on a notice, as the desktop tells it to the program that sent it.
    pub fn click(&mut self, notice: &Value) {
        writeln!(self.input, "{}", notice["id"]).expect("the stand-in listens");
    }
}

impl Drop for Notifications {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
