//! A session bus of a test's own, GNOME's keychain on it, and what stands in for the desktop's notifications.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::registry::PATIENCE;

/// A bus without services to start: what a test wants there it starts itself.
const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A running dbus-daemon that nobody else talks to.
pub struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    /// Starts one.
    pub fn start() -> Self {
        let config = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(&config, CONFIG).expect("the bus's settings are written");
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.path().display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
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

    /// Starts GNOME's keychain on it, unlocked.
    pub async fn keyring(&self) -> Keyring {
        let home = tempfile::tempdir().expect("a temporary folder");
        let (data, home_path) = (home.path().join("data"), home.path());
        let daemon = keyring(|command| {
            command
                .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
                .env("HOME", home_path)
                .env("XDG_DATA_HOME", data)
                .env("XDG_RUNTIME_DIR", home_path);
        });
        let keyring = Keyring { daemon, address: self.address.clone(), _home: home };
        let began = Instant::now();
        while !keyring.is_there() {
            assert!(began.elapsed() < PATIENCE, "the keychain does not start");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        keyring
    }

    /// The names that programs have there, as `dbus-send` prints them.
    pub fn names(&self) -> Vec<String> {
        let asked = Command::new("dbus-send")
            .args([
                "--session",
                "--print-reply=literal",
                "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus",
            ])
            .arg("org.freedesktop.DBus.ListNames")
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .output()
            .expect("dbus-send is installed: `cargo xtask test` sees to it");
        String::from_utf8_lossy(&asked.stdout).split_whitespace().map(str::to_owned).collect()
    }

    /// A program that has this name, and as soon as somebody asks it for anything writes `file` from `written`, and ends
    /// without an answer.
    pub fn leaving(&self, name: &str, written: &Path, file: &Path) -> Leaving {
        let files = [written, file].map(|path| path.to_str().expect("a path of the test's own is text"));
        let (program, _, _) = self.python("leaving.py", &[name, files[0], files[1]]);
        Leaving(program)
    }

    /// Starts one of the stand-ins, and waits until it is ready.
    fn python(&self, script: &str, arguments: &[&str]) -> (Child, ChildStdin, BufReader<ChildStdout>) {
        let mut program = Command::new("/usr/bin/python3")
            .arg("-u")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(script))
            .args(arguments)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is installed: `cargo xtask test` sees to it");
        let mut output = BufReader::new(program.stdout.take().expect("its output is ours"));
        let mut ready = String::new();
        output.read_line(&mut ready).expect("the stand-in answers");
        assert_eq!(ready.trim(), "ready", "the stand-in owns its name");
        let input = program.stdin.take().expect("its input is ours");
        (program, input, output)
    }

    /// Stands in for the desktop's notifications.
    pub fn notifications(&self) -> Notifications {
        let (server, input, output) = self.python("notifications.py", &[]);
        let shown = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&shown);
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Ok(notice) = serde_json::from_str(&line) {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
                }
            }
        });
        Notifications { server, input, shown }
    }
}

/// What GNOME's keychain is unlocked with.
pub const PASSWORD: &[u8] = b"a password";

/// Starts GNOME's keychain, unlocked and with a default keyring, in the environment that `set` makes. The caller ends it.
pub fn keyring(set: impl FnOnce(&mut Command)) -> Child {
    let mut command = Command::new("gnome-keyring-daemon");
    command
        .args(["--foreground", "--unlock", "--components=secrets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    set(&mut command);
    let mut daemon = command.spawn().expect("gnome-keyring is installed: `cargo xtask test` sees to it");
    let mut input = daemon.stdin.take().expect("its input is ours");
    input.write_all(PASSWORD).expect("it reads its password");
    daemon
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// A running keychain.
pub struct Keyring {
    daemon: Child,
    address: String,
    _home: tempfile::TempDir,
}

impl Keyring {
    /// What Slipway keeps there for this user, as another program finds it; empty where there is nothing.
    pub fn secret(&self, user: &str) -> String {
        let found = Command::new("secret-tool")
            .args(["lookup", "service", "Slipway", "username", user])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .output()
            .expect("secret-tool is installed: `cargo xtask test` sees to it");
        String::from_utf8(found.stdout).expect("a secret is text")
    }

    /// Whether it has a keyring to save in.
    fn is_there(&self) -> bool {
        let asked = Command::new("dbus-send")
            .args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.secrets",
                "/org/freedesktop/secrets",
            ])
            .args(["org.freedesktop.Secret.Service.ReadAlias", "string:default"])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .output();
        asked.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).contains("/collection/"))
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// A program on its way out.
pub struct Leaving(Child);

impl Leaving {
    /// Whether somebody asked it, and it has ended.
    pub fn was_asked(&mut self) -> bool {
        self.0.try_wait().expect("it can be waited for").is_some()
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
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
