//! What the form says of a field: the exact sentence, the fix that takes one click, and the way back.
//! Rules that need an account's own pages (`owner.unknown`, `repo.unknown`, `token.*`) come with accounts.

use slipway_tests::archive::{self, Layer};
use slipway_tests::keys::{control, enter};
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::steps;
use slipway_tests::window::Window;

/// A rule of a field.
struct Rule {
    id: &'static str,
    /// Index into the fields' names.
    field: usize,
    typed: &'static str,
    says: &'static str,
    /// The fix's words, and what the field holds after it.
    fix: Option<(&'static str, &'static str)>,
    /// The same in Chinese.
    chinese: Option<(&'static str, &'static str)>,
}

const OWNER: usize = 0;
const REPOSITORY: usize = 1;
const NAME: usize = 2;
const VERSION: usize = 3;
const ENGLISH: [&str; 4] = ["Owner", "Repository", "Image name", "Version"];
const CHINESE: [&str; 4] = ["所有者", "仓库", "镜像名称", "版本"];
/// What stands in a field while another one is looked at.
const GOOD: [&str; 4] = ["octocat", "", "hello", "3.1"];

/// What is longer is pasted.
const BY_HAND: usize = 8;

const LONG_OWNER: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const LONG_NAME: &str = concat!(
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",
);
const LONG_VERSION: &str = concat!(
    "1111111111111111111111111111111111111111111111111111111111111111",
    "1111111111111111111111111111111111111111111111111111111111111111",
);
const TOO_LONG_VERSION: &str = concat!(
    "1111111111111111111111111111111111111111111111111111111111111111",
    "11111111111111111111111111111111111111111111111111111111111111112",
);
const SIGNATURE: &str = "sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

const fn rule(
    id: &'static str,
    field: usize,
    typed: &'static str,
    says: &'static str,
    fix: Option<(&'static str, &'static str)>,
    chinese: Option<(&'static str, &'static str)>,
) -> Rule {
    Rule { id, field, typed, says, fix, chinese }
}

#[rustfmt::skip]
const GHCR: [Rule; 18] = [
    rule("owner.empty", OWNER, "", "Enter a user or an organization.", Some(("Use “octocat”", "octocat")),
        Some(("请输入用户或组织。", "使用“octocat”"))),
    rule("owner.case", OWNER, "Octocat", "Lower-case letters only.", Some(("Use “octocat”", "octocat")),
        Some(("只能使用小写字母。", "改用“octocat”"))),
    rule("owner.chars", OWNER, "octo cat", "Letters, digits, “-” and “_” only.", Some(("Use “octo-cat”", "octo-cat")),
        Some(("只能包含字母、数字、“-”和“_”。", "改用“octo-cat”"))),
    rule("owner.edge", OWNER, "-octocat", "Starts and ends with a letter or digit.", Some(("Use “octocat”", "octocat")), None),
    rule("owner.long", OWNER, LONG_OWNER, "GitHub names have at most 39 characters.", None, None),
    rule("owner.pasted", OWNER, "ghcr.io/octo-org/tools:2.0", "This is a whole reference.",
        Some(("Fill in all fields", "octo-org")), Some(("这是一个完整的镜像地址。", "填入所有字段"))),
    rule("repo.form", REPOSITORY, "octo-app", "Write it as owner/repository.",
        Some(("Use “octocat/octo-app”", "octocat/octo-app")), Some(("请写成“所有者/仓库”。", "改用“octocat/octo-app”"))),
    rule("repo.digest", REPOSITORY, "octocat/octo-app", "Adds a label, so the digest changes.",
        Some(("Don’t link", "")), Some(("会写入元数据，摘要将改变。", "不关联"))),
    rule("name.empty", NAME, "", "Enter an image name.", Some(("Use “hello”", "hello")), None),
    rule("name.case", NAME, "Hello", "Lower-case letters only.", Some(("Use “hello”", "hello")), None),
    rule("name.chars", NAME, "my image", "a–z, 0–9, “.”, “_”, “-” only.", Some(("Use “my-image”", "my-image")),
        Some(("只能包含 a–z、0–9、“.”、“_”、“-”。", "改用“my-image”"))),
    rule("name.separators", NAME, "a..b", "Starts and ends with a letter or digit, without “..”, “._” or “___”.",
        Some(("Use “a.b”", "a.b")), Some(("必须以字母或数字开头和结尾，且不能含“..”“._”或“___”。", "改用“a.b”"))),
    rule("name.long", NAME, LONG_NAME, "Registry and path may have 255 characters together, this has 256.", None, None),
    rule("version.digest", VERSION, "sha256:abc", "A digest can’t be a version.", Some(("Use “1.0”", "1.0")), None),
    rule("version.chars", VERSION, "1!0", "Letters, digits, “.”, “_”, “-”; not first “.” or “-”.", Some(("Use “1-0”", "1-0")), None),
    rule("version.plus", VERSION, "1.0+build5", "“+” isn’t allowed in a tag.", Some(("Use “1.0_build5”", "1.0_build5")),
        Some(("标签中不能使用“+”。", "改用“1.0_build5”"))),
    rule("version.long", VERSION, TOO_LONG_VERSION, "At most 128 characters.", Some(("Shorten", LONG_VERSION)),
        Some(("最多 128 个字符。", "缩短"))),
    rule("version.sigtag", VERSION, SIGNATURE, "Names like sha256-… are used for signatures.", None, None),
];

#[rustfmt::skip]
const LEGACY: [Rule; 3] = [
    rule("repo.required", REPOSITORY, "", "This registry needs a repository.", None, None),
    rule("repo.otherowner", REPOSITORY, "octo-org/octo-app", "The repository belongs to octo-org, not to octocat.",
        Some(("Use owner octo-org", "octo-app")), None),
    rule("name.parts", NAME, "tools/lint", "This registry takes one name, without “/”.", Some(("Use “lint”", "lint")), None),
];

/// A form in which rules are tried.
struct Trial<'a> {
    window: &'a Window,
    names: [&'static str; 4],
    remove: &'static str,
    faults: Vec<String>,
}

impl Trial<'_> {
    /// Fills the field; versions that are in the list already go.
    async fn fill(&self, field: usize, text: &str) {
        if field == VERSION {
            while self.window.has("button", self.remove).await {
                self.window.press("button", self.remove).await;
            }
        }
        if text.len() > BY_HAND {
            self.window.paste(self.names[field], text).await;
        } else {
            self.window.fill(self.names[field], text).await;
        }
    }

    /// What stands in the field; of the versions, all.
    async fn holds(&self, field: usize) -> String {
        let id = ["field-owner", "field-repository", "field-image-name", "field-version"][field];
        let script = "const field = document.getElementById(arguments[0]);
            const chips = field.id === 'field-version' ? field.parentElement.querySelectorAll('li span') : [];
            return [...[...chips].map((chip) => chip.textContent), field.value].filter(Boolean).join(' ');";
        self.window.script(script, &[id.into()]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the field holds this.
    async fn comes_to_hold(&self, field: usize, text: &str) -> bool {
        self.soon(async || self.holds(field).await == text).await
    }

    async fn says(&self, field: usize, text: &str) -> bool {
        self.window.description("textbox", self.names[field]).await.contains(text)
    }

    /// Whether it becomes true within the usual time.
    async fn soon(&self, is: impl AsyncFn() -> bool) -> bool {
        for _ in 0..200 {
            if is().await {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        false
    }

    async fn try_rule(&mut self, rule: &Rule, says: &str, fix: Option<(&str, &str)>) {
        // What is there already says nothing new.
        self.fill(rule.field, "x").await;
        self.fill(rule.field, rule.typed).await;
        if let Err(fault) = self.judge(rule, says, fix).await {
            self.faults.push(format!("{}: {fault}", rule.id));
        }
        for (field, good) in GOOD.iter().enumerate() {
            if self.holds(field).await != *good {
                self.fill(field, good).await;
            }
        }
    }

    async fn judge(&self, rule: &Rule, says: &str, fix: Option<(&str, &str)>) -> Result<(), String> {
        if !self.soon(async || self.says(rule.field, says).await).await {
            let said = self.window.description("textbox", self.names[rule.field]).await;
            return Err(format!("says “{said}”, not “{says}”"));
        }
        let Some((words, fixed)) = fix else { return Ok(()) };
        if !self.soon(async || self.window.has_exactly("button", words).await).await {
            let said = self.window.description("textbox", self.names[rule.field]).await;
            return Err(format!("no button “{words}” in “{said}”"));
        }
        self.window.press("button", words).await;
        if !self.comes_to_hold(rule.field, fixed).await {
            return Err(format!("holds “{}” after the fix, not “{fixed}”", self.holds(rule.field).await));
        }
        if !self.soon(async || !self.says(rule.field, says).await).await {
            return Err("still says so after the fix".to_owned());
        }
        self.window.keys(&control('z')).await;
        if !self.comes_to_hold(rule.field, rule.typed).await {
            return Err(format!(
                "holds “{}” after Ctrl+Z, not “{}”",
                self.holds(rule.field).await,
                rule.typed
            ));
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rule_of_a_field_has_its_sentence_its_fix_and_the_way_back() {
    let (whose, what): (Vec<_>, Vec<_>) =
        GHCR.iter().partition(|rule| [OWNER, REPOSITORY].contains(&rule.field));
    let legacy: Vec<_> = LEGACY.iter().collect();
    let faults = tokio::join!(
        faults_of("ghcr.io", &whose),
        faults_of("ghcr.io", &what),
        faults_of("docker.pkg.github.com", &legacy),
    );
    let faults = [faults.0, faults.1, faults.2].concat();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What does not hold of the rules, tried in a window of their own.
async fn faults_of(registry: &str, rules: &[&Rule]) -> Vec<String> {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup_with(&playground.sample)).await;
    window.find("region", "Destination").await;
    steps::sign_in(&window, &playground, "publish").await;
    let mut trial = Trial { window: &window, names: ENGLISH, remove: "Remove version ", faults: Vec::new() };
    for (field, good) in GOOD.iter().enumerate() {
        trial.fill(field, good).await;
    }
    window.press("radio", registry).await;
    for rule in rules {
        trial.try_rule(rule, rule.says, rule.fix).await;
    }
    let faults = trial.faults;
    window.close().await;
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_speak_chinese() {
    let playground = Playground::start().await;
    let setup = playground.setup_with(&playground.sample);
    let settings = "language = \"zh-CN\"\n".to_owned();
    let window = Window::open_named(slipway_tests::window::Setup { settings, ..setup }, "发布").await;
    window.press("button", "添加账号…").await;
    window.paste("令牌", &playground.token("octocat")).await;
    window.press_last("button", "添加账号").await;
    window.find("button", "账号：octocat").await;
    let mut trial = Trial { window: &window, names: CHINESE, remove: "移除版本 ", faults: Vec::new() };
    for (field, good) in GOOD.iter().enumerate() {
        trial.fill(field, good).await;
    }
    for rule in &GHCR {
        if let Some((says, words)) = rule.chinese {
            trial.try_rule(rule, says, rule.fix.map(|(_, fixed)| (words, fixed))).await;
        }
    }
    let faults = trial.faults;
    window.close().await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_repository_is_chosen_from_those_of_earlier_publishes() {
    let playground = Playground::start().await;
    let window = legacy(&playground, &playground.sample.clone()).await;
    steps::publish(&window, &playground).await;
    window.find("heading", "Published and verified").await;
    window.press("button", "Publish again…").await;
    window.fill("Repository", "").await;
    window.see("This registry needs a repository.").await;
    window.press("button", "Choose…").await;
    window.press("option", "octo-app").await;
    window.gone("button", "Choose…").await;
    window.find("button", "Nothing to publish").await;
    window.close().await;
}

/// Opens a file whose image a registry does not take as it is, for octocat at docker.pkg.github.com.
async fn legacy(playground: &Playground, file: &std::path::Path) -> Window {
    let window = Window::open(playground.setup_with(file)).await;
    window.find("region", "Destination").await;
    window.press("radio", "docker.pkg.github.com").await;
    window.find("textbox", "Repository").await;
    steps::sign_in(&window, playground, "publish").await;
    window.fill("Repository", "octo-app").await;
    window
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_layer_leads_to_the_registry_that_takes_it() {
    let playground = Playground::start().await;
    let file = playground.archive("foreign.tar", |path| {
        archive::oci(path, "foreign:1", &["windows/amd64"], &[Layer::Foreign, Layer::Text("own")])
    });
    let window = legacy(&playground, &file).await;
    window.see("Layer 1 is a foreign layer").await;
    window.find("button", "Go to first problem").await;
    window.press("button", "Switch to ghcr.io").await;
    window.find("button", "Publish").await;
    window.see("1 foreign layer stays where it is").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_above_the_limit_leads_to_the_registry_that_takes_it() {
    let playground = Playground::start().await;
    let file = playground.archive("limit.tar", |path| {
        archive::oci(path, "limit:1", &["linux/amd64"], &[Layer::Hole(6_000_000_000)])
    });
    let window = legacy(&playground, &file).await;
    window.see("Layer 1 is 6.00 GB").await;
    window.see("The limit is 5.00 GB a layer").await;
    window.press("button", "Switch to ghcr.io").await;
    steps::unfold(&window).await;
    window.see("Largest layer 6.00 GB of 10.0 GB").await;
    window.find("button", "Publish").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_platforms_can_be_published_as_one_where_only_one_is_taken() {
    let playground = Playground::start().await;
    let platforms = ["linux/amd64", "linux/arm64"];
    let file = playground
        .archive("multi.tar", |path| archive::oci(path, "multi:1", &platforms, &[Layer::Text("both")]));
    let window = legacy(&playground, &file).await;
    window.see("This registry takes one platform").await;
    steps::checked(&window).await;
    window.press("button", "Publish linux/amd64 only").await;
    window.gone("button", "Publish linux/amd64 only").await;
    steps::checked(&window).await;
    window.press("button", "Publish ").await;
    window.find("heading", "Published and verified").await;
    assert!(playground.practice.docker_package("octocat/octo-app/multi").is_some());
    window.close().await;
}

/// A fix is offered with the form as it was when it was checked; what was typed since must not go with it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_since_the_last_check_survives_its_fix() {
    let playground = Playground::start().await;
    let platforms = ["linux/amd64", "linux/arm64"];
    let file = playground
        .archive("multi.tar", |path| archive::oci(path, "multi:1", &platforms, &[Layer::Text("both")]));
    let window = legacy(&playground, &file).await;
    steps::checked(&window).await;
    window.fill("Image name", "typed-since").await;
    window.press("button", "Publish linux/amd64 only").await;
    window.gone("button", "Publish linux/amd64 only").await;
    steps::checked(&window).await;
    // Of the registry's name too, or the field's own text would do.
    window.see("docker.pkg.github.com/octocat/octo-app/typed-since:1").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_very_large_image_is_warned_of_and_not_refused() {
    let playground = Playground::start().await;
    let layers = [Layer::Hole(4_000_000_000); 3];
    let file = playground.archive("huge.tar", |path| archive::oci(path, "huge:1", &["linux/amd64"], &layers));
    let window = legacy(&playground, &file).await;
    window.see("The image is 12.0 GB").await;
    window.see("Above 10 GB this registry may be slow").await;
    window.find("button", "Publish ").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_would_move_can_be_left_where_it_is() {
    let playground = Playground::start().await;
    let window = Window::open(playground.setup()).await;
    steps::publish_sample(&window, &playground).await;
    let before = playground.practice.package("octocat/hello").unwrap().tags["1.0"].clone();
    window.press("link", "Publish").await;
    window.command("Close the image").await;
    let file = playground.archive("next.tar", |path| {
        archive::oci(path, "hello:1.0", &["linux/amd64"], &[Layer::Text("next")])
    });
    steps::open(&window, &file).await;
    window.fill("Version", "1.1").await;
    window.keys(&enter()).await;
    window.see("1.0 will move").await;
    window.press("button", "Leave it").await;
    window.gone("button", "Remove version 1.0").await;
    window.press("button", "Publish ").await;
    window.find("heading", "Published and verified").await;
    let tags = playground.practice.package("octocat/hello").unwrap().tags;
    assert_eq!(tags["1.0"], before, "it stays");
    assert_ne!(tags["1.1"], before);
    window.close().await;
}
