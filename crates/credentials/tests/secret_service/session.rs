//! A desktop's session of a test's own: a bus that nobody else talks to, and directories that go with it.
//!
//! The keychain finds the bus by the environment of its process. So a test starts itself again in a process of its
//! own, with that environment, and judges how that process ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, Proxy};

/// Set in the test's own process.
const INSIDE: &str = "SLIPWAY_TEST_SESSION";

const NAME: &str = "org.freedesktop.secrets";
const PATH: &str = "/org/freedesktop/secrets";
const PASSWORD: &[u8] = b"a password";

/// A bus without services to start: what a test wants there it starts itself.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
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

/// Runs `body` in a session of its own; `test` is the name of the test that calls this.
pub(crate) fn inside(test: &str, body: impl AsyncFnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        return runtime.block_on(body());
    }
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("bus.conf");
    std::fs::write(&config, BUS).unwrap();
    let mut bus = Command::new("dbus-daemon")
        .arg(format!("--config-file={}", config.display()))
        .args(["--nofork", "--nopidfile", "--print-address=1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("dbus-daemon is installed: `cargo xtask test` sees to it");
    let mut address = String::new();
    BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .env("DBUS_SESSION_BUS_ADDRESS", address.trim())
        .envs(
            ["HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"]
                .map(|name| (name, folder.path())),
        )
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("GNOME_KEYRING_CONTROL")
        .output()
        .unwrap();
    bus.kill().unwrap();
    bus.wait().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "inside the session:\n{}", said.join("\n"));
    assert!(said[0].contains("1 passed"), "the test has another name: {}", said[0]);
}

/// A running GNOME Keyring.
pub(crate) struct Keyring(Child);

impl Keyring {
    /// Starts one with a default keyring, unlocked.
    pub(crate) fn start() -> Self {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("gnome-keyring is installed: `cargo xtask test` sees to it");
        daemon.stdin.take().unwrap().write_all(PASSWORD).unwrap();
        Self(daemon)
    }

    /// Unlocks its default keyring without a question, as its own settings program does.
    pub(crate) async fn unlock(&self) {
        let (service, keyring, connection) = default_keyring().await;
        let (_, session): (OwnedValue, OwnedObjectPath) =
            service.call("OpenSession", &("plain", Value::from(""))).await.unwrap();
        let password = (&session, [0_u8; 0].as_slice(), PASSWORD, "text/plain");
        let interface = Some("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface");
        let body = (keyring, password);
        connection.call_method(Some(NAME), PATH, interface, "UnlockWithMasterPassword", &body).await.unwrap();
    }

    /// Locks its default keyring.
    pub(crate) async fn lock(&self) {
        let (service, keyring, _) = default_keyring().await;
        let _: (Vec<OwnedObjectPath>, OwnedObjectPath) =
            service.call("Lock", &(vec![keyring],)).await.unwrap();
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn default_keyring() -> (Proxy<'static>, OwnedObjectPath, Connection) {
    let connection = Connection::session().await.unwrap();
    let service = Proxy::new(&connection, NAME, PATH, "org.freedesktop.Secret.Service").await.unwrap();
    let keyring = service.call("ReadAlias", &"default").await.unwrap();
    (service, keyring, connection)
}
