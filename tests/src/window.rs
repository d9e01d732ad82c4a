//! The real window, driven through WebKitWebDriver as a person would: by roles and names, keys and clicks.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::{Element, ElementRef};
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use slipway_practice::{Options, Practice};

use crate::registry::PATIENCE;
use crate::{free_port, program};

/// The key under which `WebDriver` names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Notes what goes wrong inside the page, from the moment it runs.
const WATCH: &str = "
    window.__faults = window.__faults ?? [];
    if (!window.__watched) {
        window.__watched = true;
        document.addEventListener('securitypolicyviolation', (event) =>
            window.__faults.push(`CSP ${event.violatedDirective} ${event.blockedURI}`));
        window.addEventListener('error', (event) => window.__faults.push(`error ${event.message}`));
        window.addEventListener('unhandledrejection', (event) =>
            window.__faults.push(`rejection ${JSON.stringify(event.reason)}`));
        const error = console.error.bind(console);
        console.error = (...words) => { window.__faults.push(`console ${words.join(' ')}`); error(...words); };
    }";

/// How a window is started.
#[derive(Default)]
pub struct Setup {
    /// `settings.toml`.
    pub settings: String,
    /// The endpoints file for `SLIPWAY_HOSTS`.
    pub hosts: Option<String>,
    /// The file to open, as the file manager would.
    pub argument: Option<PathBuf>,
    /// The directory that an earlier window left; a new one where none is named.
    pub home: Option<tempfile::TempDir>,
}

/// A running window.
pub struct Window {
    client: Client,
    driver: Child,
    home: tempfile::TempDir,
}

impl Window {
    /// Starts the window under a driver of its own and waits for its page.
    pub async fn open(setup: Setup) -> Self {
        Self::open_named(setup, "Publish").await
    }

    /// The same, where the page's title is in another language.
    pub async fn open_named(setup: Setup, title: &str) -> Self {
        assert!(std::env::var_os("DISPLAY").is_some(), "the journeys need a display: run `cargo xtask test`");
        let home = match setup.home {
            Some(home) => home,
            None => {
                let home = tempfile::tempdir().expect("a temporary folder");
                let path = home.path().join("settings.toml");
                std::fs::write(path, &setup.settings).expect("settings are written");
                home
            }
        };
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("SLIPWAY_HOME", home.path())
            .env("NO_AT_BRIDGE", "1")
            .env("LANG", "en_US.UTF-8")
            .env_remove("LANGUAGE")
            .env_remove("LC_ALL")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(hosts) = &setup.hosts {
            let path = home.path().join("hosts.toml");
            std::fs::write(&path, hosts).expect("the endpoints file is written");
            command.env("SLIPWAY_HOSTS", path);
        }
        let driver = command.spawn().expect("WebKitWebDriver is installed: `cargo xtask test` sees to it");
        let client = connect(port, setup.argument.as_deref()).await;
        let window = Self { client, driver, home };
        window.find("heading", title).await;
        window.script(WATCH, &[]).await;
        window
    }

    /// Ends the window and its driver.
    pub async fn close(mut self) {
        let faults = self.script("return window.__faults", &[]).await;
        let closed = self.client.clone().close().await;
        // Ended by its own handle.
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        closed.expect("the session ends");
        assert_eq!(faults, json!([]), "the page reported faults");
    }

    /// Ends the app in the middle of whatever it does, as a crash would, and returns its directory.
    pub async fn crash(mut self) -> tempfile::TempDir {
        let app = children(self.driver.id()).into_iter().next().expect("the driver runs the app");
        let killed = Command::new("kill").args(["-9", &app.to_string()]).status().expect("kill runs");
        assert!(killed.success());
        let _ = self.client.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        self.home
    }

    /// Ends the window as it is, and returns its directory for the next one.
    pub async fn leave(mut self) -> tempfile::TempDir {
        let _ = self.client.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        self.home
    }

    /// The app's directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs a script in the page.
    pub async fn script(&self, script: &str, arguments: &[Value]) -> Value {
        self.client.execute(script, arguments.to_vec()).await.expect("the script runs")
    }

    /// The control of this role whose name starts with `name`, once it is there.
    pub async fn find(&self, role: &str, name: &str) -> Element {
        match self.wait(role, name).await {
            Some(element) => element,
            None => panic!("no {role} “{name}” in:\n{}", self.text().await),
        }
    }

    /// Whether such a control is there at this moment.
    pub async fn has(&self, role: &str, name: &str) -> bool {
        self.look(role, name).await.is_some()
    }

    /// Waits until such a control is gone.
    pub async fn gone(&self, role: &str, name: &str) {
        let began = Instant::now();
        while self.look(role, name).await.is_some() {
            assert!(began.elapsed() < PATIENCE, "{role} “{name}” stays");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn wait(&self, role: &str, name: &str) -> Option<Element> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(element) = self.look(role, name).await {
                return Some(element);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        None
    }

    async fn look(&self, role: &str, name: &str) -> Option<Element> {
        let arguments = [json!(role), json!(name), json!(false)];
        let found = self.client.execute(include_str!("page.js"), arguments.to_vec()).await.ok()?;
        let id = found.get(ELEMENT)?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client.clone(), ElementRef::from(id)))
    }

    /// Presses a button, link, radio or the like.
    pub async fn press(&self, role: &str, name: &str) {
        // A control may be drawn anew between finding and pressing it.
        for _ in 0..5 {
            if self.find(role, name).await.click().await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{role} “{name}” cannot be pressed");
    }

    /// Presses the last control of this name: in a dialog, the one at its end.
    pub async fn press_last(&self, role: &str, name: &str) {
        self.find(role, name).await;
        let script = "return [...document.querySelectorAll('dialog[open] footer button')].at(-1)";
        let found = self.script(script, &[]).await;
        let id = found[ELEMENT].as_str().expect("a button at the end of the dialog").to_owned();
        let button = Element::from_element_id(self.client.clone(), ElementRef::from(id));
        button.click().await.expect("the button can be pressed");
    }

    /// Types into a text field, in place of what is there.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.find("textbox", name).await;
        field.click().await.expect("the field takes the focus");
        let select_all =
            format!("{}a{}{}", char::from(Key::Control), char::from(Key::Null), char::from(Key::Delete));
        field.send_keys(&select_all).await.expect("the field is cleared");
        field.send_keys(text).await.expect("the field takes keys");
    }

    /// Types into whatever has the focus.
    pub async fn keys(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("it takes keys");
    }

    /// All text that is to be seen.
    pub async fn text(&self) -> String {
        self.script("return document.body.innerText", &[]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until `text` is to be seen.
    pub async fn see(&self, text: &str) {
        let began = Instant::now();
        while !self.text().await.contains(text) {
            assert!(began.elapsed() < PATIENCE, "“{text}” is not to be seen in:\n{}", self.text().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Everything that the page holds, attributes and field values included.
    pub async fn everything(&self) -> String {
        let script = "return document.documentElement.outerHTML + JSON.stringify(
            [...document.querySelectorAll('input, textarea, select')].map((field) => field.value))";
        self.script(script, &[]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Chooses an option of a list. By script: this driver tells the page of the first choice only.
    pub async fn choose(&self, list: &str, option: &str) {
        let list = self.find("combobox", list).await;
        let script = "const [list, label] = arguments;
            const option = [...list.options].find((option) => option.label === label);
            list.value = option.value;
            list.dispatchEvent(new Event('change', { bubbles: true }));";
        let arguments = vec![serde_json::to_value(&list).expect("an element is JSON"), json!(option)];
        self.client.execute(script, arguments).await.expect("the option is there");
    }

    /// What axe finds serious or critical on the page.
    pub async fn axe(&self) -> Value {
        let axe = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(axe).expect("the page's packages are installed");
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document).then((found) => done(found.violations
                .filter((it) => ['serious', 'critical'].includes(it.impact))
                .map((it) => `${it.id}: ${it.nodes.map((node) => node.html + ' ' + node.failureSummary).join(' | ')}`)));";
        self.client.execute_async(&format!("{axe}\n{run}"), Vec::new()).await.expect("axe runs")
    }

    /// Text on the page that has no room.
    pub async fn clipped(&self) -> Value {
        self.script(include_str!("page_checks.js"), &[]).await
    }

    /// Makes the page area so large.
    pub async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.expect("the window can be resized");
    }

    /// A picture of the page, PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("a picture of the page")
    }

    /// Opens a file by "Paste a path".
    pub async fn open_file(&self, path: &Path) {
        self.press("button", "Paste a path").await;
        self.fill("Path", &path.to_string_lossy()).await;
        self.keys(&char::from(Key::Enter).to_string()).await;
    }

    /// Signs in for the chosen registry.
    pub async fn sign_in(&self, username: &str, token: &str) {
        self.press("button", "Add account…").await;
        self.fill("User name", username).await;
        self.fill("Token", token).await;
        self.press_last("button", "Sign in").await;
        self.find("button", &format!("Account: {username}")).await;
    }
}

async fn connect(port: u16, argument: Option<&Path>) -> Client {
    let arguments: Vec<String> = argument.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let options = json!({"binary": program("slipway-desktop"), "args": arguments});
    let mut capabilities = serde_json::Map::new();
    capabilities.insert("webkitgtk:browserOptions".to_owned(), options);
    let began = Instant::now();
    loop {
        let connector = HttpConnector::new();
        let client = ClientBuilder::new(connector)
            .capabilities(capabilities.clone())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await;
        match client {
            Ok(client) => return client,
            Err(error) => assert!(began.elapsed() < PATIENCE, "the driver gives no session: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// A practice registry for a journey.
pub struct Playground {
    /// The registry.
    pub practice: Practice,
    /// A sample image.
    pub sample: PathBuf,
    folder: tempfile::TempDir,
}

impl Playground {
    /// A folder that goes with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts one with both kinds of registries.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let practice = Practice::start(Options::new(folder.path().join("registry")))
            .await
            .expect("the practice registry starts");
        let sample = folder.path().join("hello.tar");
        slipway_practice::sample_image(&sample).expect("the sample image is written");
        Self { practice, sample, folder }
    }

    /// A user's token.
    pub fn token(&self, user: &str) -> String {
        self.practice.token_for(user).unwrap_or_else(|| panic!("{user} has no token")).to_owned()
    }
}

/// Processes that `parent` started.
fn children(parent: u32) -> Vec<u32> {
    let path = format!("/proc/{parent}/task/{parent}/children");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}
