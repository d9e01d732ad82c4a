//! A walk through every screen and its main states, in any language: for what must be true of all of them.

use std::path::{Path, PathBuf};

use slipway_practice::{Mishap, Place, Trouble, Wish};

use crate::archive::{self, Layer};
use crate::image::{self, Oci};
use crate::keys::{control, enter, key};
use crate::playground::{Playground, Setups as _};
use crate::registry::PATIENCE;
use crate::window::{Setup, Window};
use crate::words::Words;

mod build;
mod engines;

use engines::Docker;

/// A walk.
pub struct Tour<'a> {
    /// What `settings.toml` says besides the language.
    pub settings: String,
    /// `en`, `zh-CN` or `en-XA`.
    pub language: &'static str,
    /// The registry.
    pub playground: &'a Playground,
    /// Whether everything is made as full as it gets: long names and logs, many layers, images, hosts and rows. Faults
    /// of room and reach show only there; pictures are taken of what people usually have.
    pub full: bool,
}

/// The sections of Settings, as in their addresses.
pub const SECTIONS: [&str; 8] =
    ["general", "appearance", "hosts", "network", "transfer", "shortcuts", "diagnostics", "about"];

struct Walk<'a, F> {
    window: Window,
    words: Words,
    playground: &'a Playground,
    full: bool,
    look: F,
}

/// What a name is made longer by.
const LONG: &str = "-of-a-team-that-likes-names-which-tell-everything-about-an-image-and-its-variants";

/// Rules for places that nothing goes to here.
const RULES: &str = "[never-move]\n\"registry.example.com/octo-org\" = \"versions\"\n\
                     \"registry.example.com/octo-org/playground\" = \"nothing\"\n";

/// Hosts that somebody added, none of which is asked for anything.
fn many_hosts() -> String {
    let host = |number| format!("[hosts.\"ghe-{number}.a-company-with-a-rather-long-name.example.com\"]\n");
    (1..=6).map(host).collect()
}

/// An image beside one that lacks a layer and something that is none.
fn left_out(path: &Path) -> std::io::Result<()> {
    let mut oci = Oci::default();
    let whole = oci.image("x");
    let away = image::layer("away");
    let lacks = oci.manifest(&image::config(&[&away]), vec![image::descriptor(image::OCI_LAYER, &away)]);
    let other = oci.blob("application/xml", b"<?xml version='1.0'?>");
    std::fs::write(path, oci.end(&[whole, lacks, other]))
}

impl Tour<'_> {
    /// Goes there and calls `look` with the name of each screen.
    pub async fn go(&self, look: impl AsyncFnMut(&Window, &str)) {
        let docker = Docker::start(self.playground.folder());
        let hosts = if self.full { many_hosts() } else { String::new() };
        let mut walk =
            self.begin(self.setup(&docker, &format!("{hosts}{RULES}")), "rail.publish", look).await;
        walk.start().await;
        walk.form().await;
        walk.several().await;
        walk.published().await;
        walk.installed().await;
        walk.failed().await;
        walk.engines(&docker).await;
        walk.running().await;
        walk.accounts().await;
        walk.settings().await;
        walk.practice().await;
        let Walk { window, look, .. } = walk;
        window.close().await;

        // Another one that begins with a folder, which is built.
        docker.leaves();
        let mut setup = self.setup(&docker, "");
        setup.argument = Some(build::folder(self.playground.folder()));
        setup.variables.push(("NPM_TOKEN", "never shown".to_owned()));
        let mut walk = self.begin(setup, "build.title", look).await;
        walk.build(&docker).await;
        walk.window.close().await;
    }

    /// Slipway at this registry, with this Docker once that is there, and no Podman.
    fn setup(&self, docker: &Docker, more: &str) -> Setup {
        let settings = format!("language = \"{}\"\n{}{more}", self.language, self.settings);
        let mut setup = Setup { settings, ..self.playground.setup() }.in_home(self.playground.folder());
        setup.variables.push(("DOCKER_HOST", docker.host()));
        setup.variables.push(("CONTAINER_HOST", "unix:///nowhere/podman.sock".to_owned()));
        setup
    }

    /// A window that is opened with the page of this title.
    async fn begin<F: AsyncFnMut(&Window, &str)>(&self, setup: Setup, title: &str, look: F) -> Walk<'_, F> {
        let words = Words::of(self.language);
        let window = Window::open_named(setup, words.of_key(title)).await;
        Walk { window, words, playground: self.playground, full: self.full, look }
    }
}

impl<F: AsyncFnMut(&Window, &str)> Walk<'_, F> {
    fn t(&self, key: &str) -> &str {
        self.words.of_key(key)
    }

    async fn look(&mut self, screen: &str) {
        self.window.rest_pointer().await;
        self.window.script("document.querySelector('main')?.scrollTo(0, 0)", &[]).await;
        self.window.rests().await;
        (self.look)(&self.window, screen).await;
    }

    async fn press(&self, role: &str, word: &str) {
        self.window.press(role, self.t(word)).await;
    }

    async fn find(&self, role: &str, word: &str) {
        self.window.find(role, self.t(word)).await;
    }

    async fn fill(&self, word: &str, text: &str) {
        self.window.fill(self.t(word), text).await;
    }

    async fn paste(&self, word: &str, text: &str) {
        self.window.paste(self.t(word), text).await;
    }

    /// Closes what lies on top.
    async fn escape(&self) {
        self.window.keys(&key(fantoccini::key::Key::Escape)).await;
        self.window.gone_dialog().await;
    }

    async fn open(&self, file: &Path) {
        self.press("button", "start.paste").await;
        self.paste("paste.path", &file.to_string_lossy()).await;
        self.window.keys(&enter()).await;
    }

    async fn form_is_there(&self) {
        self.find("region", "destination.title").await;
    }

    async fn command(&self, word: &str) {
        self.press("button", "palette.open").await;
        self.find("combobox", "palette.command").await;
        self.window.keys(&format!("{}{}", self.t(word), enter())).await;
    }

    async fn close_image(&self) {
        self.window.go("#/publish").await;
        self.command("publish.closeImage").await;
        self.find("region", "start.zone").await;
    }

    async fn checked(&self) {
        crate::steps::checked(&self.window).await;
    }

    fn small(&self, name: &str) -> PathBuf {
        self.with_text(name, "small")
    }

    fn with_text(&self, name: &str, text: &'static str) -> PathBuf {
        let (file, tag) = (format!("{name}.tar"), format!("{name}:1"));
        let text = [Layer::Text(text)];
        self.playground.archive(&file, |path| archive::oci(path, &tag, &["linux/amd64"], &text))
    }

    async fn start(&mut self) {
        self.look("publish-empty").await;
        self.press("button", "start.paste").await;
        self.look("paste-path").await;
        self.escape().await;
        let zip = self.playground.archive("notes.zip", |path| std::fs::write(path, b"PK\x03\x04 and more"));
        self.open(&zip).await;
        self.find("alert", "file.zip.title").await;
        self.look("publish-refused").await;
        self.window.go("#/activity").await;
        self.window.see(self.t("activity.empty")).await;
        self.look("activity-empty").await;
        self.window.go("#/publish").await;
    }

    /// The last one: from here on the form offers the practice registry.
    async fn practice(&mut self) {
        self.command("ways.practice").await;
        self.form_is_there().await;
        self.checked().await;
        self.look("practice").await;
        self.window.press_main().await;
        self.find("heading", "result.verified").await;
        self.look("practised").await;
    }

    async fn form(&mut self) {
        self.open(&self.playground.sample).await;
        self.form_is_there().await;
        self.window.press("radio", "docker.pkg.github.com").await;
        self.fill("field.owner", "Octocat").await;
        self.fill("field.imageName", "tools/hello").await;
        self.window.see(self.t("owner.case")).await;
        self.checked().await;
        self.look("publish-errors").await;
        self.window.press("radio", "ghcr.io").await;
        self.press("button", "account.add").await;
        self.look("add-account").await;
        self.paste("add.token", &self.playground.token("octocat")).await;
        self.window.press_last("button", self.t("add.title")).await;
        self.window.gone_dialog().await;
        self.fill("field.owner", "octocat").await;
        self.fill("field.imageName", "hello").await;
        self.checked().await;
        self.look("publish-filled").await;
        self.press("button", "image.inspect").await;
        self.find("dialog", "inspect.title").await;
        self.look("publish-inspect").await;
        self.escape().await;
        self.press("button", "command.show").await;
        self.look("show-as-command").await;
        self.escape().await;
        self.press("button", "suggest.owner").await;
        self.look("choose-owner").await;
        self.press("button", "suggest.owner").await;
        self.press("button", "options.title").await;
        self.look("more-options").await;
        self.press("button", "options.title").await;
    }

    async fn several(&mut self) {
        self.close_image().await;
        let mut names = ["one:1", "two:1", "three:1"].map(str::to_owned).to_vec();
        if self.full {
            names.extend((4..=20).map(|number| format!("one{LONG}-{number}:1")));
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let several = self.playground.archive("several.tar", |path| archive::several(path, &names));
        self.open(&several).await;
        self.find("list", "image.several").await;
        self.checked().await;
        self.look("several-images").await;
        self.close_image().await;
        self.look("recent-images").await;
        let lacking = self.playground.archive("lacking.tar", left_out);
        self.open(&lacking).await;
        self.find("list", "image.leftOut").await;
        self.checked().await;
        self.look("left-out").await;
        self.close_image().await;
    }

    async fn published(&mut self) {
        self.open(&self.small("hello")).await;
        self.form_is_there().await;
        self.checked().await;
        self.window.press_main().await;
        self.find("heading", "result.verified").await;
        self.look("published").await;
        self.press("button", "next.workflow").await;
        self.find("dialog", "workflow.title").await;
        self.look("workflow").await;
        self.escape().await;
        self.close_image().await;
        self.open(&self.with_text("warned", "another")).await;
        self.form_is_there().await;
        self.checked().await;
        let warns = |text: Option<&str>| {
            let text = text.map(str::to_owned);
            self.playground.practice.switches().change(|switches| switches.warning = text);
        };
        warns(Some("Read-only from 2027-03-01."));
        self.window.press_main().await;
        self.find("heading", "result.verified").await;
        warns(None);
        self.look("published-warned").await;
    }

    async fn installed(&mut self) {
        self.window.go("#/install").await;
        self.find("textbox", "install.reference").await;
        self.look("install-empty").await;
        self.paste("install.reference", "ghcr.io/octocat/nothing").await;
        self.window.keys(&enter()).await;
        self.find("alert", "notFound.title").await;
        self.look("install-hidden").await;
        self.paste("install.reference", "ghcr.io/octocat/hello").await;
        self.window.keys(&enter()).await;
        self.find("radiogroup", "install.platform").await;
        self.look("install-tags").await;
        self.copy().await;
        let button = self.t("install.button");
        self.window.press("button", button.split('{').next().unwrap_or(button)).await;
        self.find("heading", "install.verified").await;
        // The commands for the file come a moment later.
        self.window.rests().await;
        self.look("installed").await;
    }

    /// A copy to where the tag names another image.
    async fn copy(&mut self) {
        self.press("button", "copying.to").await;
        self.find("combobox", "copying.place").await;
        let script = "document.getElementById('copy-to').focus();
            document.execCommand('insertText', false, 'ghcr.io/octocat/warned')";
        self.window.script(script, &[]).await;
        self.window.see(self.t("copying.state.moves")).await;
        self.look("copy").await;
        self.escape().await;
    }

    async fn failed(&mut self) {
        self.close_image().await;
        self.open(&self.small("refused")).await;
        self.form_is_there().await;
        self.checked().await;
        let deny = |on: bool| {
            let name = on.then(|| "octocat/refused".to_owned());
            self.playground.practice.switches().change(|switches| {
                switches.deny_package = name.into_iter().collect();
            });
        };
        deny(true);
        self.window.press_main().await;
        self.find("heading", "state.failed").await;
        deny(false);
        self.look("failed").await;
    }

    async fn running(&mut self) {
        const SOME: Option<u64> = Some(400_000);
        self.playground.pace(SOME);
        self.playground.link_nothing();
        self.close_image().await;
        let mut sizes = [3, 1, 8, 20, 2].map(|size| size << 20).to_vec();
        let mut tag = "layers:1".to_owned();
        if self.full {
            sizes.extend([20_000; 60]);
            tag = format!("layers{LONG}:1");
        }
        let layers = self.playground.archive("layers.tar", |path| archive::docker_save(path, &sizes, &tag));
        self.open(&layers).await;
        self.form_is_there().await;
        self.checked().await;
        self.window.press_main().await;
        self.find("progressbar", "job.publishing").await;
        self.window.see("1.").await;
        self.playground.hold();
        self.look("publishing").await;
        self.window.see(&self.t("status.waiting").replace("{host}", "ghcr.io")).await;
        self.look("silent").await;
        self.press("button", "job.log").await;
        if self.full {
            self.playground.pace(SOME);
            let long = "return document.querySelectorAll('ol.mono > li').length >= 40";
            assert!(self.window.until(long, &[], PATIENCE).await.is_some(), "the log stays short");
            self.playground.hold();
            self.look("publishing, log").await;
        }
        self.press("button", "job.pause").await;
        self.find("heading", "state.paused").await;
        self.look("paused").await;
        let waits = Mishap::TooMany(Wish::Seconds(120));
        self.playground.practice.plan(Trouble::at(Place::Any, waits));
        self.press("button", "job.resume").await;
        self.find("button", "job.tryNow").await;
        self.look("waiting").await;
        let job = self.window.script("return location.hash", &[]).await;
        if self.full {
            self.many_jobs().await;
        }
        self.window.go("#/activity").await;
        self.find("button", "job.tryNow").await;
        self.look("activity").await;
        self.window.go(job.as_str().unwrap_or_default()).await;
        self.find("progressbar", "job.publishing").await;
        self.press("button", "cancel").await;
        self.find("heading", "state.cancelled").await;
        self.look("cancelled").await;
        self.playground.pace(None);
    }

    /// More jobs than a window has room for, beside the one that waits.
    async fn many_jobs(&mut self) {
        for number in 1..=6 {
            self.close_image().await;
            self.open(&self.small(&format!("one-{number}{LONG}"))).await;
            self.form_is_there().await;
            self.checked().await;
            self.window.press_main().await;
            self.find("heading", "result.verified").await;
        }
    }

    async fn accounts(&mut self) {
        self.window.go("#/accounts").await;
        self.find("button", "accounts.verify").await;
        self.look("accounts").await;
        self.press("button", "accounts.engines").await;
        self.window.find("dialog", "").await;
        self.look("accounts-engines").await;
        self.escape().await;
        self.press("button", "fix.replaceToken").await;
        self.press("tab", "add.paste").await;
        self.paste("add.token", &self.playground.token_called("fine-grained")).await;
        self.find("button", "add.anyway").await;
        self.look("accounts-fine-grained").await;
        for label in ["expiring", "read", "sso-listed"] {
            self.paste("add.token", &self.playground.token_called(label)).await;
            self.window.press_last("button", self.t("add.replace")).await;
            self.window.gone_dialog().await;
            self.look(&format!("accounts-{label}")).await;
            self.press("button", "fix.replaceToken").await;
            self.press("tab", "add.paste").await;
        }
        self.escape().await;
        self.press("button", "accounts.signOut").await;
        self.look("accounts-sign-out").await;
        self.window.press_last("button", self.t("accounts.signOut")).await;
        self.window.gone_dialog().await;
        self.look("accounts-empty").await;
        for way in ["browser", "file", "environment", "engines", "gitHubCli"] {
            self.press("button", "account.add").await;
            self.press("button", "add.more").await;
            self.press("tab", &format!("add.{way}")).await;
            self.look(&format!("add-account-{way}")).await;
            self.escape().await;
        }
    }

    async fn settings(&mut self) {
        for section in SECTIONS {
            self.window.go(&format!("#/settings/{section}")).await;
            self.find("heading 2", &format!("settings.{section}")).await;
            self.look(&format!("settings-{section}")).await;
            if section == "hosts" {
                self.press("button", "hosts.add").await;
                self.look("add-host").await;
                self.press("radio", "hosts.kind.registry").await;
                self.press("button", "options.title").await;
                self.find("textbox", "hosts.realm").await;
                self.look("add-registry").await;
                self.escape().await;
            }
        }
        self.window.keys(&control('k')).await;
        self.find("combobox", "palette.command").await;
        self.look("palette").await;
        self.escape().await;
        self.window.keys(&control('/')).await;
        self.find("dialog", "shortcuts.title").await;
        self.look("shortcuts").await;
        self.escape().await;
    }
}
