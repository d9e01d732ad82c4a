//! The real window, driven through WebKitWebDriver as a person would: by roles and names, keys and clicks.

#![allow(clippy::print_stdout, reason = "shown where a journey fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fantoccini::Client;
use fantoccini::elements::{Element, ElementRef};
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::driver::{Driver, errors};
use crate::keys::{control, enter, key};
use crate::program;
use crate::registry::PATIENCE;

mod press;

/// The key under which `WebDriver` names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long names of a screen are waited for that may be missing, and controls until they can be pressed.
const SHORT: Duration = Duration::from_secs(8);

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
    /// The display, as in `DISPLAY`; the common one where none is named.
    pub display: Option<String>,
    /// The session bus, as in `DBUS_SESSION_BUS_ADDRESS`; none where none is named.
    pub bus: Option<String>,
    /// More variables of the environment.
    pub variables: Vec<(&'static str, String)>,
}

impl Setup {
    /// On a display and a session bus of the journey's own.
    #[must_use]
    pub fn on(self, display: &crate::display::Display, bus: Option<&crate::bus::Bus>) -> Self {
        let bus = bus.map(|bus| bus.address().to_owned());
        Self { display: Some(display.name().to_owned()), bus, ..self }
    }

    /// As somebody whose home is there: what is installed goes into it.
    #[must_use]
    pub fn in_home(mut self, folder: &Path) -> Self {
        self.variables.push(("HOME", folder.to_string_lossy().into_owned()));
        self
    }

    /// In the directory that an earlier window left.
    #[must_use]
    pub fn at(self, home: tempfile::TempDir) -> Self {
        Self { home: Some(home), ..self }
    }

    /// What Slipway finds around it, whoever starts it.
    fn surround(&self, command: &mut Command, home: &Path) {
        command
            .env("SLIPWAY_HOME", home)
            .env("NO_AT_BRIDGE", "1")
            .env("LANG", "en_US.UTF-8")
            .env("DBUS_SESSION_BUS_ADDRESS", self.bus.as_deref().unwrap_or("disabled:"))
            .env_remove("LANGUAGE")
            .env_remove("LC_ALL")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(errors(home));
        if let Some(display) = &self.display {
            command.env("DISPLAY", display);
        }
        if self.hosts.is_some() {
            command.env("SLIPWAY_HOSTS", home.join("hosts.toml"));
        }
    }
}

/// A running window.
pub struct Window {
    client: Client,
    driver: Driver,
    home: tempfile::TempDir,
    setup: Setup,
    /// Numbers what is asked of controls.
    asking: AtomicU64,
}

impl Window {
    /// Starts the window under a driver of its own and waits for its page.
    pub async fn open(setup: Setup) -> Self {
        Self::open_named(setup, "Publish").await
    }

    /// The same, where the page's title is in another language.
    pub async fn open_named(setup: Setup, title: &str) -> Self {
        let display = setup.display.is_some() || std::env::var_os("DISPLAY").is_some();
        assert!(display, "the journeys need a display: run `cargo xtask test`");
        let mut setup = setup;
        let home = setup.home.take().unwrap_or_else(|| {
            let home = tempfile::tempdir().expect("a temporary folder");
            std::fs::write(home.path().join("settings.toml"), &setup.settings).expect("settings are written");
            home
        });
        if let Some(hosts) = &setup.hosts {
            std::fs::write(home.path().join("hosts.toml"), hosts).expect("the endpoints file is written");
        }
        let argument = setup.argument.as_deref();
        let surround = |command: &mut Command| setup.surround(command, home.path());
        let (driver, client) = Driver::start(home.path(), argument, surround).await;
        let window = Self { client, driver, home, setup, asking: AtomicU64::new(0) };
        window.find("heading", title).await;
        window.script(WATCH, &[]).await;
        window.shown().await;
        window
    }

    /// Waits until the window is to be seen; until then nothing in it can be pressed.
    async fn shown(&self) {
        let shown = self.until("return document.visibilityState === 'visible'", &[], PATIENCE).await;
        assert!(shown.is_some(), "the window stays hidden");
    }

    /// What the body of a function gives inside the page, as soon as it is neither null nor false; the page says when.
    /// `None` where it is not so within `limit`.
    pub async fn until(&self, look: &str, arguments: &[Value], limit: Duration) -> Option<Value> {
        /// Shorter than the driver lets a script run.
        const AT_ONCE: Duration = Duration::from_secs(10);
        let script = format!("const look = function () {{ {look} }};\n{}", include_str!("page_until.js"));
        let began = Instant::now();
        loop {
            let left = limit.saturating_sub(began.elapsed()).min(AT_ONCE);
            let patience = json!(u64::try_from(left.as_millis()).unwrap_or_default());
            let words = arguments.iter().cloned().chain([patience]).collect();
            match self.client.execute_async(&script, words).await {
                Ok(found) if found["fault"].is_string() => panic!("the page says {}", found["fault"]),
                Ok(Value::Null) => {}
                Ok(found) => return Some(found),
                // The page was loaded anew, or the session ends. Shown where the test fails.
                Err(error) => {
                    println!("the page did not answer: {error:?}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
            if began.elapsed() >= limit {
                return None;
            }
        }
    }

    /// Waits until the page has no question open and nothing on it moves.
    pub async fn rests(&self) {
        let still = "return document.documentElement.dataset.rest === 'true'
            && !document.getAnimations().some((one) => one instanceof CSSTransition)";
        assert!(self.until(still, &[], PATIENCE).await.is_some(), "the page does not come to rest");
    }

    /// Ends the window and its driver.
    pub async fn close(self) {
        let faults = self.script("return window.__faults", &[]).await;
        let closed = self.driver.end(self.client.clone().close()).await;
        closed.expect("the session ends");
        assert_eq!(faults, json!([]), "the page reported faults");
    }

    /// Ends the app in the middle of whatever it does, as a crash would, and returns its directory.
    pub async fn crash(self) -> tempfile::TempDir {
        assert!(!self.driver.apps().is_empty(), "the driver runs the app");
        self.driver.kill_apps();
        let _ = self.client.clone().close().await;
        self.home
    }

    /// Starts Slipway a second time in the same surroundings, and waits until that one has ended by itself.
    pub async fn start_again(&self, argument: Option<&Path>) {
        let mut command = Command::new(program("slipway-desktop"));
        self.setup.surround(&mut command, self.home.path());
        let mut second = command.args(argument).spawn().expect("Slipway starts");
        let began = Instant::now();
        while second.try_wait().expect("it can be waited for").is_none() {
            if began.elapsed() > PATIENCE {
                // Ended by its own handle.
                let _ = second.kill();
                panic!("a second Slipway goes on beside the first");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until Slipway has ended by itself, and returns its directory.
    pub async fn ended(self) -> tempfile::TempDir {
        let began = Instant::now();
        while !self.driver.apps().is_empty() {
            if began.elapsed() > PATIENCE {
                let page = self.client.execute("return document.visibilityState", Vec::new()).await;
                panic!("Slipway does not end; its page says {page:?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.home
    }

    /// Ends the window as it is, and returns its directory for the next one.
    pub async fn leave(self) -> tempfile::TempDir {
        let _ = self.driver.end(self.client.clone().close()).await;
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

    /// Whether exactly this is the name of a control of this role.
    pub async fn has_exactly(&self, role: &str, name: &str) -> bool {
        self.look_for(role, name, true).await.is_some()
    }

    /// Those of the names that are not to be found, each with its role; a name that ends with `*` may go on
    /// differently. All are waited for together, so that what is missing costs one wait.
    pub async fn missing(&self, names: &[(&str, &str)]) -> Vec<String> {
        let exactly = |(role, name): &(&str, &str)| match name.strip_suffix('*') {
            Some(start) => json!([role, start, false]),
            None => json!([role, name, true]),
        };
        let names = json!(names.iter().map(exactly).collect::<Vec<_>>());
        let all = finding("return arguments[0].every((one) => find(...one))");
        if self.until(&all, std::slice::from_ref(&names), SHORT).await.is_some() {
            return Vec::new();
        }
        let left = "return arguments[0].filter((one) => !find(...one)).map((one) => `${one[0]} “${one[1]}”`)";
        let left = self.script(&finding(left), &[names]).await;
        left.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Waits until such a control is gone.
    pub async fn gone(&self, role: &str, name: &str) {
        let look = finding("return find(...arguments) === null");
        let gone = self.until(&look, &[json!(role), json!(name)], PATIENCE).await;
        assert!(gone.is_some(), "{role} “{name}” stays");
    }

    async fn wait(&self, role: &str, name: &str) -> Option<Element> {
        let look = finding("return find(...arguments)");
        let found = self.until(&look, &[json!(role), json!(name)], PATIENCE).await?;
        self.element(&found)
    }

    async fn look(&self, role: &str, name: &str) -> Option<Element> {
        self.look_for(role, name, false).await
    }

    async fn look_for(&self, role: &str, name: &str, exactly: bool) -> Option<Element> {
        let arguments = [json!(role), json!(name), json!(exactly)];
        let look = finding("return find(...arguments)");
        self.element(&self.client.execute(&look, arguments.to_vec()).await.ok()?)
    }

    /// The element that a script gave.
    fn element(&self, found: &Value) -> Option<Element> {
        let id = found.get(ELEMENT)?.as_str()?.to_owned();
        Some(Element::from_element_id(self.client.clone(), ElementRef::from(id)))
    }

    /// Waits until no dialog is open.
    pub async fn gone_dialog(&self) {
        let gone = "return document.querySelector('dialog[open]') === null";
        let gone = self.until(gone, &[], PATIENCE).await.is_some();
        assert!(gone, "the dialog stays in:\n{}", self.text().await);
    }

    /// What a script says of such a control, once it is there: found and asked at once, since a control may be drawn anew
    /// between the two. `script` sees it as `node`, and the other words as `words`. It runs once, even where the driver loses
    /// its answer: it may change what it was asked of.
    async fn asked(&self, role: &str, name: &str, script: &str, words: &[Value]) -> Value {
        let look = finding(&format!(
            "const [asking, role, name, ...words] = arguments;
            if (window.__asked?.asking === asking) return window.__asked.said;
            const node = find(role, name);
            if (!node) return null;
            window.__asked = {{ asking, said: [null] }};
            window.__asked.said = [(() => {{ {script} }})() ?? null];
            return window.__asked.said;"
        ));
        let asking = self.asking.fetch_add(1, Ordering::Relaxed);
        let arguments: Vec<Value> =
            [json!(asking), json!(role), json!(name)].into_iter().chain(words.iter().cloned()).collect();
        match self.until(&look, &arguments, PATIENCE).await {
            Some(said) => said[0].clone(),
            None => panic!("no {role} “{name}” in:\n{}", self.text().await),
        }
    }

    /// Sends keys to a text field.
    async fn send(&self, name: &str, keys: &str) {
        let began = Instant::now();
        while let Err(error) = self.find("textbox", name).await.send_keys(keys).await {
            // It was drawn anew before a key went to it.
            let again = error.is_stale_element_reference() && began.elapsed() < SHORT;
            assert!(again, "“{name}” takes no keys: {error:?}");
        }
    }

    async fn holds(&self, name: &str, text: &str) -> bool {
        self.asked("textbox", name, "return node.value", &[]).await == text
    }

    /// Types into a text field, in place of what is there.
    pub async fn fill(&self, name: &str, text: &str) {
        self.press("textbox", name).await;
        // On a busy machine the second key may overtake what the first one selects, and of many keys one gets lost on
        // the driver's way: what does not arrive is typed again.
        for _ in 0..3 {
            let began = Instant::now();
            while !self.holds(name, "").await {
                assert!(began.elapsed() < SHORT, "“{name}” cannot be cleared");
                self.send(name, &(control('a') + &key(Key::Delete))).await;
            }
            if !text.is_empty() {
                self.send(name, text).await;
            }
            let began = Instant::now();
            while began.elapsed() < Duration::from_secs(2) {
                if self.holds(name, text).await {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        panic!("“{name}” does not take “{text}” in:\n{}", self.text().await);
    }

    /// Puts all of a text into a field at once, in place of what is there: what nobody types, such as a token or a
    /// path. The page learns of it as it does of a paste.
    pub async fn paste(&self, name: &str, text: &str) {
        self.press("textbox", name).await;
        let script = "node.focus();
            node.select();
            document.execCommand('insertText', false, words[0]);
            return node.value;";
        let held = self.asked("textbox", name, script, &[json!(text)]).await;
        assert!(held == text, "“{name}” does not take “{text}” in:\n{}", self.text().await);
    }

    /// What a control of this role says of itself by an attribute: `aria-expanded`, `aria-describedby` and the like.
    pub async fn attribute(&self, role: &str, name: &str, attribute: &str) -> Option<String> {
        let said = self.asked(role, name, "return node.getAttribute(words[0])", &[json!(attribute)]).await;
        said.as_str().map(str::to_owned)
    }

    /// The text that describes a control.
    pub async fn description(&self, role: &str, name: &str) -> String {
        let script = "const field = node.querySelector('input') ?? node;
            const ids = (field.getAttribute('aria-describedby') ?? '').split(/\\s+/).filter(Boolean);
            const texts = ids.map((id) => document.getElementById(id)?.textContent ?? '');
            return [field.getAttribute('aria-description') ?? '', ...texts].join(' ').replace(/\\s+/g, ' ').trim();";
        self.asked(role, name, script, &[]).await.as_str().unwrap_or_default().to_owned()
    }

    /// The text of a control.
    pub async fn text_of(&self, role: &str, name: &str) -> String {
        let text = self.asked(role, name, "return node.textContent", &[]).await;
        text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Goes on with Tab, and with it alone, until such a control has the focus.
    pub async fn tab_to(&self, role: &str, name: &str) {
        for _ in 0..80 {
            if self.is_focused(role, name).await {
                return;
            }
            self.keys(&key(Key::Tab)).await;
        }
        panic!("Tab does not lead to {role} “{name}”");
    }

    /// Whether such a control has the focus.
    pub async fn is_focused(&self, role: &str, name: &str) -> bool {
        let Some(element) = self.look(role, name).await else { return false };
        let script = "return arguments[0].contains(document.activeElement)
            && document.activeElement !== document.body";
        let arguments = vec![serde_json::to_value(&element).expect("an element is JSON")];
        self.client.execute(script, arguments).await.is_ok_and(|focused| focused == true)
    }

    /// Waits until such a control has the focus.
    pub async fn focuses(&self, role: &str, name: &str) {
        let look = finding(
            "const found = find(...arguments);
            return found?.contains(document.activeElement) ?? false",
        );
        let focused = self.until(&look, &[json!(role), json!(name)], PATIENCE).await;
        assert!(focused.is_some(), "{role} “{name}” does not take the focus");
    }

    /// Types into whatever has the focus.
    pub async fn keys(&self, keys: &str) {
        let began = Instant::now();
        loop {
            let focused = self.client.active_element().await.expect("something has the focus");
            match focused.send_keys(keys).await {
                Ok(()) => return,
                // It was drawn anew before a key went to it; its place has the focus now.
                Err(error) if error.is_stale_element_reference() && began.elapsed() < SHORT => {}
                Err(error) => panic!("what has the focus takes no keys: {error:?}"),
            }
        }
    }

    /// All text that is to be seen.
    pub async fn text(&self) -> String {
        self.script("return document.body.innerText", &[]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until `text` is to be seen.
    pub async fn see(&self, text: &str) {
        let there = "return document.body.innerText.includes(arguments[0])";
        let seen = self.until(there, &[json!(text)], PATIENCE).await;
        assert!(seen.is_some(), "“{text}” is not to be seen in:\n{}", self.text().await);
    }

    /// Waits until a text is not to be seen any more.
    pub async fn loses(&self, text: &str) {
        let gone = "return !document.body.innerText.includes(arguments[0])";
        let gone = self.until(gone, &[json!(text)], PATIENCE).await;
        assert!(gone.is_some(), "“{text}” stays in:\n{}", self.text().await);
    }

    /// Everything that the page holds, attributes and field values included.
    pub async fn everything(&self) -> String {
        let script = "return document.documentElement.outerHTML + JSON.stringify(
            [...document.querySelectorAll('input, textarea, select')].map((field) => field.value))";
        self.script(script, &[]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Chooses an option of a list. By script: this driver tells the page of the first choice only.
    pub async fn choose(&self, list: &str, option: &str) {
        let script = "const option = [...node.options].find((option) => option.label === words[0]);
            node.value = option.value;
            node.dispatchEvent(new Event('change', { bubbles: true }));";
        self.asked("combobox", list, script, &[json!(option)]).await;
    }

    /// Runs a command of the palette.
    pub async fn command(&self, text: &str) {
        self.press("button", "Search or run a command").await;
        self.find("combobox", "Command").await;
        self.keys(&format!("{text}{}", enter())).await;
    }

    /// Goes to an address of the page.
    pub async fn go(&self, address: &str) {
        self.script("location.hash = arguments[0]", &[json!(address)]).await;
    }

    /// What axe finds serious or critical on the page; with `rules`, only these are asked. One is left out: a row that
    /// is one button is named by its title, as the design says, and its other lines describe it.
    pub async fn axe(&self, rules: &[&str]) -> Value {
        let axe = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/node_modules/axe-core/axe.min.js");
        if self.script("return typeof window.axe", &[]).await == "undefined" {
            let axe = std::fs::read_to_string(axe).expect("the page's packages are installed");
            self.script(&axe, &[]).await;
        }
        let run = "const done = arguments[arguments.length - 1], rules = arguments[0];
            const only = rules.length > 0 ? { runOnly: { type: 'rule', values: rules } }
                : { rules: { 'label-content-name-mismatch': { enabled: false } } };
            axe.run(document, only).then((found) => done(found.violations
                .filter((it) => ['serious', 'critical'].includes(it.impact))
                .map((it) => `${it.id}: ${it.nodes.map((node) => node.html + ' ' + node.failureSummary).join(' | ')}`)));";
        self.client.execute_async(run, vec![json!(rules)]).await.expect("axe runs")
    }

    /// Words on the page that are neither Chinese nor names, references, numbers or units.
    pub async fn untranslated(&self) -> Value {
        self.script(include_str!("page_untranslated.js"), &[]).await
    }

    /// Text on the page that has no room.
    pub async fn clipped(&self) -> Value {
        self.script(include_str!("page_checks.js"), &[]).await
    }

    /// Figures that the page shows in several places, and not alike.
    pub async fn disagreeing(&self) -> Value {
        self.script(include_str!("page_figures.js"), &[]).await
    }

    /// Makes the page area so large.
    pub async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.expect("the window can be resized");
    }

    /// A picture of the page, PNG: of what was drawn last, so a frame has to pass.
    pub async fn picture(&self) -> Vec<u8> {
        let drawn = "const done = arguments[arguments.length - 1];
            requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
        self.client.execute_async(drawn, Vec::new()).await.expect("the page draws");
        self.client.screenshot().await.expect("a picture of the page")
    }

    /// Opens a file by "Paste a path".
    pub async fn open_file(&self, path: &Path) {
        self.press("button", "Paste a path").await;
        self.paste("Path", &path.to_string_lossy()).await;
        self.keys(&enter()).await;
    }

    /// Signs in for the chosen registry.
    pub async fn sign_in(&self, username: &str, token: &str) {
        self.press("button", "Add account…").await;
        self.hand_over(token).await;
        self.press_last("button", "Add account").await;
        self.find("button", &format!("Account: {username}")).await;
    }

    /// Pastes a token into the dialog that takes one.
    pub async fn hand_over(&self, token: &str) {
        self.press("tab", "Paste a token").await;
        self.paste("Token", token).await;
    }
}

/// A script in which `find` finds controls as people do.
fn finding(script: &str) -> String {
    format!("{}\n{script}", include_str!("page.js"))
}
