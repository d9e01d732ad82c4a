//! Saves pictures of the main screens, in light and dark, of the real window: for README and for review.
//! `cargo xtask run --screenshot DIR` starts this with everything it needs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use slipway_tests::archive::docker_save;
use slipway_tests::window::{Playground, Setup, Window};

#[tokio::main]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        say("usage: screenshots FOLDER");
        return ExitCode::from(2);
    };
    if let Err(error) = std::fs::create_dir_all(&folder) {
        say(&format!("{} cannot be made: {error}", folder.display()));
        return ExitCode::FAILURE;
    }
    let playground = Playground::start().await;
    let large = playground.folder().join("octo-app-3.0.0-rc.1.tar");
    if let Err(error) = docker_save(&large, &[64 << 20], "octo-app:3.0.0-rc.1") {
        say(&format!("the sample cannot be written: {error}"));
        return ExitCode::FAILURE;
    }
    for (theme, language) in [("light", "en"), ("dark", "en"), ("light", "zh-CN")] {
        let name = if language == "en" { theme.to_owned() } else { language.to_owned() };
        Pictures { folder: &folder, name, playground: &playground, theme, language, large: &large }
            .take()
            .await;
    }
    ExitCode::SUCCESS
}

#[allow(clippy::print_stderr, reason = "a program for people")]
fn say(text: &str) {
    eprintln!("{text}");
}

struct Pictures<'a> {
    folder: &'a Path,
    name: String,
    playground: &'a Playground,
    theme: &'a str,
    language: &'a str,
    large: &'a Path,
}

impl Pictures<'_> {
    async fn open(&self, argument: Option<PathBuf>) -> Window {
        let settings = format!("theme = \"{}\"\nlanguage = \"{}\"\n", self.theme, self.language);
        let hosts = Some(self.playground.practice.hosts_file());
        let title = if self.language == "en" { "Publish" } else { "发布" };
        Window::open_named(Setup { settings, hosts, argument, home: None }, title).await
    }

    async fn save(&self, window: &Window, what: &str) {
        // What was just drawn must have reached the screen.
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        let path = self.folder.join(format!("{what}-{}.png", self.name));
        say(&path.display().to_string());
        std::fs::write(path, window.picture().await).expect("the picture is written");
    }

    /// The words of this language.
    fn word<'w>(&self, english: &'w str, chinese: &'w str) -> &'w str {
        if self.language == "en" { english } else { chinese }
    }

    async fn sign_in(&self, window: &Window, label: &str) {
        let token = self.playground.practice.token("octocat", label).expect("octocat has this token");
        window.press("button", self.word("Add account…", "添加账号…")).await;
        window.fill(self.word("User name", "用户名"), "octocat").await;
        window.fill(self.word("Token", "令牌"), token).await;
        window.press_last("button", self.word("Sign in", "登录")).await;
        window.find("button", self.word("Account: octocat", "账号：octocat")).await;
    }

    async fn take(&self) {
        let publish = self.word("Publish ", "发布");
        let window = self.open(None).await;
        self.save(&window, "publish-empty").await;
        window.press("link", self.word("Activity", "动态")).await;
        window.see(self.word("Nothing here yet", "这里还没有内容")).await;
        self.save(&window, "activity-empty").await;
        window.close().await;

        let window = self.open(Some(self.playground.sample.clone())).await;
        window.fill(self.word("Owner", "所有者"), "Octocat").await;
        window.press("radio", "docker.pkg.github.com").await;
        window.find("textbox", self.word("Repository", "仓库")).await;
        window.see(self.word("Lower-case letters only.", "只能使用小写字母。")).await;
        window.see(self.word("Sign in to check", "登录后检查")).await;
        self.save(&window, "publish-errors").await;
        window.close().await;

        let window = self.open(Some(self.playground.sample.clone())).await;
        self.sign_in(&window, "publish").await;
        window.fill(self.word("Owner", "所有者"), "octocat").await;
        window.see(self.word("lets you publish", "允许你发布")).await;
        self.save(&window, "publish-filled").await;
        window.resize(720, 520).await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        self.save(&window, "publish-filled-720x520").await;
        window.resize(1180, 760).await;
        window.press("button", self.word("Inspect", "查看详情")).await;
        window.find("dialog", self.word("Image details", "镜像详情")).await;
        self.save(&window, "publish-inspect").await;
        window.press("button", self.word("Close", "关闭")).await;
        window.press("button", publish).await;
        window.find("heading", self.word("Published and verified", "已发布并验证")).await;
        self.save(&window, "published").await;
        window.press("link", self.word("Activity", "动态")).await;
        window.see(self.word("digest verified", "摘要已验证")).await;
        self.save(&window, "activity").await;
        window.press("link", self.word("Settings", "设置")).await;
        for (section, english, chinese) in [
            ("general", "General", "通用"),
            ("appearance", "Appearance", "外观"),
            ("network", "Network", "网络"),
            ("transfer", "Transfer", "传输"),
            ("diagnostics", "Diagnostics", "诊断"),
        ] {
            window.press("link", self.word(english, chinese)).await;
            self.save(&window, &format!("settings-{section}")).await;
        }
        window.press("button", self.word("Search or run a command", "搜索或运行命令")).await;
        window.find("combobox", self.word("Command", "命令")).await;
        self.save(&window, "palette").await;
        window.close().await;

        let practice = &self.playground.practice;
        practice.switches().change(|switches| switches.pace = Some(2_000_000));
        let window = self.open(Some(self.large.to_owned())).await;
        self.sign_in(&window, "publish").await;
        window.fill(self.word("Owner", "所有者"), "octocat").await;
        window
            .fill(self.word("Image name", "镜像名称"), &format!("octo-app-{}", self.name.to_lowercase()))
            .await;
        window.find("button", publish).await;
        window.press("button", publish).await;
        window.find("progressbar", self.word("Publishing", "正在发布")).await;
        tokio::time::sleep(std::time::Duration::from_secs(4)).await;
        self.save(&window, "publishing").await;
        window.press("button", self.word("Pause", "暂停")).await;
        window.find("heading", self.word("Paused", "已暂停")).await;
        self.save(&window, "paused").await;
        window.press("link", self.word("Activity", "动态")).await;
        window.find("button", self.word("Resume", "继续")).await;
        self.save(&window, "activity-paused").await;
        window.script("history.back()", &[]).await;
        window.find("heading", self.word("Paused", "已暂停")).await;
        window.press("button", self.word("Cancel", "取消")).await;
        window.find("heading", self.word("Cancelled", "已取消")).await;
        practice.switches().change(|switches| switches.pace = None);
        window.close().await;

        // Signed in with a token that only becomes too weak when the publish begins.
        let window = self.open(Some(self.playground.sample.clone())).await;
        self.sign_in(&window, "publish").await;
        window.fill(self.word("Owner", "所有者"), "octocat").await;
        window.fill(self.word("Image name", "镜像名称"), "refused").await;
        window.find("button", publish).await;
        practice.switches().change(|switches| _ = switches.deny_package.insert("octocat/refused".to_owned()));
        window.press("button", publish).await;
        window.find("heading", self.word("Failed", "失败")).await;
        self.save(&window, "failed").await;
        practice.switches().change(|switches| switches.deny_package.clear());
        window.close().await;
    }
}
