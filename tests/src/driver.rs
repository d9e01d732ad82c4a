//! The driver's process and the app under it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::registry::PATIENCE;
use crate::{free_port, program};

/// The driver's process, which runs the app. Both end with it: a Slipway that went on would be found by the next one.
pub(crate) struct Driver(Child);

impl Driver {
    /// Starts a driver on a port of its own in the surroundings that `surround` makes, and the app with this argument
    /// under it. Panics where the app ends at once.
    pub(crate) async fn start(
        home: &Path,
        argument: Option<&Path>,
        surround: impl FnOnce(&mut Command),
    ) -> (Self, Client) {
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command.args(["--host=127.0.0.1", &format!("--port={port}")]);
        surround(&mut command);
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver =
            Self(command.spawn().expect("WebKitWebDriver is installed: `cargo xtask test` sees to it"));
        let client = tokio::select! {
            client = connect(port, argument) => client,
            // The driver would wait for it in vain.
            () = driver.app_ended() => panic!("Slipway ends as soon as it is started: {}", said(home)),
        };
        (driver, client)
    }

    /// The processes of the app.
    pub(crate) fn apps(&self) -> Vec<u32> {
        let id = self.0.id();
        let path = format!("/proc/{id}/task/{id}/children");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.split_whitespace().filter_map(|id| id.parse().ok()).collect()
    }

    /// Waits until the app, once it was there, has ended.
    async fn app_ended(&self) {
        let (mut seen, began) = (false, Instant::now());
        loop {
            let there = !self.apps().is_empty();
            if seen && !there {
                return;
            }
            seen |= there;
            // `connect` has its own limit.
            assert!(began.elapsed() < PATIENCE * 2, "the driver starts nothing");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends a session, gives the app a moment to end, too, and ends it otherwise. Then it is gone: one that was
    /// still on its way out would take the next one for its second start.
    pub(crate) async fn end<T>(&self, session: impl Future<Output = T>) -> T {
        let apps = self.apps();
        let ended = session.await;
        let began = Instant::now();
        while apps.iter().any(|app| lives(*app)) {
            if began.elapsed() > Duration::from_secs(1) {
                kill(&apps);
            }
            assert!(began.elapsed() < PATIENCE, "Slipway does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        ended
    }

    /// Ends the app wherever it is.
    pub(crate) fn kill_apps(&self) {
        kill(&self.apps());
    }
}

fn kill(apps: &[u32]) {
    for app in apps {
        let _ = Command::new("kill").args(["-9", &app.to_string()]).status();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.kill_apps();
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where the app's errors go.
const ERRORS: &str = "errors.log";

/// The file where the app writes what goes wrong.
pub(crate) fn errors(home: &Path) -> Stdio {
    let file = std::fs::OpenOptions::new().create(true).append(true).open(home.join(ERRORS));
    file.expect("a file for errors").into()
}

/// What Slipway and the toolkits said before it ended.
fn said(home: &Path) -> String {
    std::fs::read_to_string(home.join(ERRORS)).unwrap_or_default()
}

/// Whether a process is there and has not ended, as `/proc` tells.
fn lives(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

async fn connect(port: u16, argument: Option<&Path>) -> Client {
    let arguments: Vec<String> = argument.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let options = json!({"binary": program("slipway-desktop"), "args": arguments});
    let mut capabilities = serde_json::Map::new();
    capabilities.insert("webkitgtk:browserOptions".to_owned(), options);
    let began = Instant::now();
    loop {
        let connector = HttpConnector::new();
        let address = format!("http://127.0.0.1:{port}");
        let mut builder = ClientBuilder::new(connector);
        let connecting = builder.capabilities(capabilities.clone()).connect(&address);
        let client = tokio::time::timeout(PATIENCE, connecting).await;
        match client.expect("the driver opens a session in time") {
            Ok(client) => return client,
            Err(error) => assert!(began.elapsed() < PATIENCE, "the driver gives no session: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
