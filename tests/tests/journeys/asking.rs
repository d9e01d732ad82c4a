//! Docker, Podman and skopeo that ask Slipway's keychain, by the helper that the command sets up.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use slipway_tests::bus::Bus;
use slipway_tests::command::Slipway;
use slipway_tests::installed::{Installed, Kind};
use slipway_tests::playground::Playground;

/// A person with a keychain and a folder of programs, and the practice registry under its own address.
struct Person {
    slipway: Slipway,
    playground: Playground,
    registry: String,
    token: String,
    _bus: Bus,
}

impl Person {
    async fn new(bus: Bus) -> Self {
        let playground = Playground::start().await;
        let slipway = Slipway::default().with("DBUS_SESSION_BUS_ADDRESS", bus.address());
        let programs = slipway.home().join(".local/bin");
        std::fs::create_dir_all(&programs).unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let slipway = slipway.with("PATH", &path);
        let registry = playground.practice.ghcr().to_string();
        let token = playground.token("octocat");
        Self { slipway, playground, registry, token, _bus: bus }
    }

    fn config(&self) -> String {
        std::fs::read_to_string(self.slipway.home().join(".docker/config.json")).unwrap_or_default()
    }

    /// Another program, started by this person.
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let slipway = self.slipway.command([""; 0]);
        let mut command = Command::new(program);
        command.env_clear();
        command.envs(slipway.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command
    }

    /// Signs in with Slipway, and sets up the helper.
    fn is_asked(&self) {
        let login = ["login", &self.registry, "--username", "octocat", "--token-stdin"];
        let login = self.slipway.run_with_input(login, &self.token);
        assert_eq!(login.code, 0, "{}", login.error);
        let installed = self.slipway.run(["docker-credentials", "install", "--json"]);
        assert_eq!(installed.code, 0, "{}", installed.error);
    }

    /// Runs an engine's own command as this person: whether it ended well, and all that it said.
    fn runs(&self, engine: &Installed, arguments: &[&str]) -> (bool, String) {
        let own = engine.command();
        let run = self.command(own.get_program()).args(own.get_args()).args(arguments).output().unwrap();
        let said = [run.stdout, run.stderr].concat();
        (run.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Runs skopeo: whether it ended well, and all that it said.
    fn skopeo(&self, arguments: &[&str]) -> (bool, String) {
        let run = self.command("skopeo").arg("--insecure-policy").args(arguments).output().unwrap();
        let said = [run.stdout, run.stderr].concat();
        (run.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Asks the helper, as Docker does; it says nothing on standard error.
    fn asked(&self, verb: &str, input: &str) -> (bool, String) {
        let mut command = self.command(self.slipway.home().join(".local/bin/docker-credential-slipway"));
        command.arg(verb).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
        (ended.status.success(), String::from_utf8_lossy(&ended.stdout).into_owned())
    }

    /// No file of this person's holds the token.
    fn keeps_no_token(&self) {
        let packed = slipway_tests::command::docker_login("octocat", &self.token);
        for file in files(self.slipway.home()) {
            let bytes = std::fs::read(&file).unwrap_or_default();
            for secret in [&self.token, &packed] {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{} holds the token", file.display());
            }
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => all.extend(files(&entry.path())),
            Ok(kind) if kind.is_file() => all.push(entry.path()),
            _ => {}
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn others_push_and_pull_with_the_keychains_token_and_no_file_holds_it() {
    let bus = Bus::start();
    let keyring = bus.keyring().await;
    let person = Person::new(bus).await;
    let Person { slipway, playground, registry, token, .. } = &person;
    let login = ["login", registry, "--username", "octocat", "--token-stdin"];
    let login = slipway.run_with_input(login, token);
    assert_eq!(login.code, 0, "{}", login.error);

    let settings = "{\n\t\"experimental\": \"enabled\",\n\t\"auths\": {}\n}";
    std::fs::create_dir_all(slipway.home().join(".docker")).unwrap();
    std::fs::write(slipway.home().join(".docker/config.json"), settings).unwrap();
    let installed = slipway.run(["docker-credentials", "install", "--json"]);
    assert_eq!(installed.code, 0, "{}", installed.error);
    assert_eq!(installed.last()["registries"], serde_json::json!([registry]));
    assert_eq!(installed.last()["podman"], serde_json::json!([registry]));
    let helpers = format!(",\n\t\"credHelpers\": {{\n\t\t\"{registry}\": \"slipway\"\n\t}}\n}}");
    assert_eq!(person.config(), settings.replace("\n}", &helpers));

    let (source, reference) = (
        format!("docker-archive:{}", playground.sample.display()),
        format!("docker://{registry}/octocat/asked:1"),
    );
    let (done, said) = person.skopeo(&["copy", "--dest-tls-verify=false", &source, &reference]);
    assert!(done, "{said}");
    assert!(playground.practice.package("octocat/asked").is_some());
    let (done, said) = person.skopeo(&["inspect", "--tls-verify=false", &reference]);
    assert!(done, "{said}");
    person.keeps_no_token();

    let listed = person.asked("list", "unused");
    assert_eq!(listed, (true, format!("{{\"{registry}\":\"octocat\"}}\n")));
    // What Slipway signed in by itself is not signed out by `docker logout`.
    let (done, said) = person.asked("erase", registry);
    assert!(!done && said.contains("slipway logout"), "{said}");
    assert_eq!(keyring.secret(&format!("octocat@{registry}")), *token);

    let removed = slipway.run(["docker-credentials", "remove"]);
    assert_eq!(removed.code, 0, "{}", removed.error);
    assert_eq!(person.config(), settings);
    assert!(!slipway.home().join(".local/bin/docker-credential-slipway").exists());
    assert!(!slipway.home().join(".docker/config.json.before-slipway").exists());
    let (done, said) = person.skopeo(&["inspect", "--tls-verify=false", &reference]);
    assert!(!done, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_docker_login_hands_over_is_kept_in_the_keychain_until_docker_logout() {
    let bus = Bus::start();
    let keyring = bus.keyring().await;
    let person = Person::new(bus).await;
    let Person { slipway, registry, token, .. } = &person;
    let installed = slipway.run(["docker-credentials", "install", registry]);
    assert_eq!(installed.code, 0, "{}", installed.error);
    assert_eq!(
        person.asked("get", registry),
        (false, "credentials not found in native keychain\n".to_owned())
    );

    let login =
        serde_json::json!({"ServerURL": registry, "Username": "octocat", "Secret": token}).to_string();
    assert_eq!(person.asked("store", &login), (true, String::new()));
    assert_eq!(keyring.secret(&format!("octocat@{registry}")), *token);
    let (done, said) = person.asked("get", &format!("https://{}/v2/\n", registry.to_uppercase()));
    assert!(done, "{said}");
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&said["Username"], &said["Secret"]), (&"octocat".into(), &token.as_str().into()));
    person.keeps_no_token();
    let accounts = slipway.run(["accounts"]);
    assert!(accounts.output.starts_with(&format!("octocat@{registry}")), "{}", accounts.output);

    for _ in 0..2 {
        assert_eq!(person.asked("erase", registry), (true, String::new()));
    }
    assert_eq!(keyring.secret(&format!("octocat@{registry}")), "");
    for (verb, input, says) in [
        ("get", "", "no credentials server URL\n"),
        ("store", r#"{"ServerURL":"ghcr.io","Username":"","Secret":"t"}"#, "no credentials username\n"),
        ("store", "octocat", "this is no login: ServerURL, Username, Secret\n"),
        ("fetch", "", "usage: docker-credential-slipway <store|get|erase|list|version>\n"),
    ] {
        assert_eq!(person.asked(verb, input), (false, says.to_owned()), "{verb} {input}");
    }
}

/// The image that the practice registry has, under the person's name.
fn published(person: &Person, name: &str) -> String {
    person.playground.practice.package(&format!("octocat/{name}")).unwrap().tags["1"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_docker_pushes_and_pulls_without_a_login_of_its_own() {
    let test = "asking::the_real_docker_pushes_and_pulls_without_a_login_of_its_own";
    let Some(engine) = Installed::start(Kind::Docker, test) else { return };
    let bus = Bus::start();
    let _keyring = bus.keyring().await;
    let person = Person::new(bus).await;
    let sample = person.playground.sample.to_string_lossy().into_owned();
    let loaded = engine.run(&["load", "--quiet", "--input", &sample]);
    let loaded = loaded.rsplit(' ').next().unwrap();
    let reference = format!("{}/octocat/pushed:1", person.registry);
    engine.run(&["tag", loaded, &reference]);
    // A push that is refused is tried for a minute; a pull is not.
    let (done, said) = person.runs(&engine, &["pull", &reference]);
    assert!(!done, "nobody is signed in yet: {said}");

    person.is_asked();
    let (done, said) = person.runs(&engine, &["push", &reference]);
    assert!(done, "{said}");
    assert!(said.contains(&published(&person, "pushed")), "{said}");
    let id = engine.image(&reference).0;
    // Each of its names, so that it has to be fetched.
    engine.run(&["image", "rm", "--force", &id]);
    let (done, said) = person.runs(&engine, &["pull", &reference]);
    assert!(done, "{said}");
    assert_eq!(engine.image(&reference).0, id);
    person.keeps_no_token();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_podman_pulls_and_pushes_without_a_login_of_its_own() {
    let test = "asking::the_real_podman_pulls_and_pushes_without_a_login_of_its_own";
    let Some(engine) = Installed::start(Kind::Podman, test) else { return };
    let bus = Bus::start();
    let _keyring = bus.keyring().await;
    let person = Person::new(bus).await;
    person.is_asked();
    let sample = person.playground.sample.to_string_lossy().into_owned();
    let reference = format!("{}/octocat/pulled:1", person.registry);
    let pushed = person.slipway.run(["push", &sample, &reference, "--json"]);
    assert_eq!(pushed.code, 0, "{}{}", pushed.output, pushed.error);

    let (done, said) = person.runs(&engine, &["pull", "--tls-verify=false", &reference]);
    assert!(done, "{said}");
    let told = engine.run(&["image", "inspect", "--format", "{{json .RepoDigests}}", &reference]);
    assert!(told.contains(&pushed.digest()), "{told}");
    let again = format!("{}/octocat/again:1", person.registry);
    let (done, said) = person.runs(&engine, &["push", "--tls-verify=false", &reference, &again]);
    assert!(done, "{said}");
    assert!(published(&person, "again").starts_with("sha256:"));
    person.keeps_no_token();
}
