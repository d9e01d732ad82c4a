//! A desktop's session of a test's own: a bus that nobody else talks to, and directories that go with it.
//!
//! The keychain finds the bus by the environment of its process. So a test starts itself again in a process of its
//! own, with that environment, and judges how that process ends.

use std::process::{Child, Command};

use slipway_stage::bus::{self, Bus, PASSWORD};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, Proxy};

/// Set in the test's own process.
const INSIDE: &str = "SLIPWAY_TEST_SESSION";

const NAME: &str = "org.freedesktop.secrets";
const PATH: &str = "/org/freedesktop/secrets";

/// Runs `body` in a session of its own; `test` is the name of the test that calls this.
pub(crate) fn inside(test: &str, body: impl AsyncFnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        return runtime.block_on(body());
    }
    let folder = tempfile::tempdir().unwrap();
    let bus = Bus::start();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("secret_service::{test}"), "--nocapture"])
        .env(INSIDE, "1")
        .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
        .envs(
            ["HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"]
                .map(|name| (name, folder.path())),
        )
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("GNOME_KEYRING_CONTROL")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "inside the session:\n{}", said.join("\n"));
    assert!(said[0].contains("1 passed"), "the test has another name: {}", said[0]);
}

/// A running GNOME Keyring.
pub(crate) struct Keyring(Child);

impl Keyring {
    /// Starts one with a default keyring, unlocked.
    pub(crate) fn start() -> Self {
        // In the session's environment, which is this process's.
        Self(bus::keyring(|_| {}))
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
