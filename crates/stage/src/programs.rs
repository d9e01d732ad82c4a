//! What people have on their computers beside Slipway: Docker, Podman and GitHub's command line, as far as tokens go,
//! and any other program that a test wants to answer something.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use serde_json::json;

/// A person's home, with the files and the programs in it.
pub struct Programs(tempfile::TempDir);

impl Default for Programs {
    fn default() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }
}

impl Programs {
    /// Docker, with a credential helper that has this token for ghcr.io.
    pub fn docker(&self, token: &str) {
        const HELPER: &str = "docker-credential-practice";
        self.write("docker/config.json", &json!({"credsStore": "practice"}).to_string());
        self.install(HELPER);
        self.answer(HELPER, "list", r#"{"ghcr.io":"octocat"}"#);
        let credential = json!({"ServerURL": "ghcr.io", "Username": "octocat", "Secret": token});
        self.answer(HELPER, "get", &credential.to_string());
        self.knows_only(HELPER, "get", "ghcr.io");
    }

    /// Podman, with this token for ghcr.io in its file.
    pub fn podman(&self, token: &str) {
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("octocat:{token}"));
        self.write("auth.json", &json!({"auths": {"ghcr.io": {"auth": pair}}}).to_string());
    }

    /// GitHub's command line, signed in with this token.
    pub fn gh(&self, token: &str) {
        self.install("gh");
        let account = json!({"login": "octocat", "active": true, "state": "success"});
        self.answer("gh", "status", &json!({"hosts": {"github.com": [account]}}).to_string());
        self.answer("gh", "token", token);
        self.write("gh/hosts.yml", "github.com:\n    users:\n        octocat:\n    user: octocat\n");
    }

    /// The variables that lead there, and nowhere else.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let at = |name: &str| self.path(name).to_string_lossy().into_owned();
        let path = format!("{}:{}", at("bin"), std::env::var("PATH").unwrap_or_default());
        vec![
            ("HOME", at("")),
            ("XDG_CONFIG_HOME", at("config")),
            ("DOCKER_CONFIG", at("docker")),
            ("REGISTRY_AUTH_FILE", at("auth.json")),
            ("GH_CONFIG_DIR", at("gh")),
            ("PATH", path),
        ]
    }

    /// Installs a program that answers what it is told to. A link: a program that was just written cannot be started
    /// while another test's process still holds it open.
    pub fn install(&self, name: &str) {
        let (script, link) = (concat!(env!("CARGO_MANIFEST_DIR"), "/src/stand-in.sh"), self.bin(name));
        std::fs::create_dir_all(self.path("bin")).expect("folders are made");
        if !link.is_symlink() {
            std::os::unix::fs::symlink(script, link).expect("the program is linked");
        }
    }

    /// What `program` answers to `action`: its first argument, the second of `gh`.
    pub fn answer(&self, program: &str, action: &str, answer: &str) {
        self.write(&format!("bin/{program}.{action}.answer"), answer);
    }

    /// `program` fails at `action` and says `answer`.
    pub fn fail(&self, program: &str, action: &str, answer: &str) {
        self.answer(program, action, answer);
        self.write(&format!("bin/{program}.{action}.fails"), "");
    }

    /// `program` answers `action` only where its input is this; it says that it found nothing where it is something else.
    pub fn knows_only(&self, program: &str, action: &str, input: &str) {
        self.write(&format!("bin/{program}.{action}.only"), input);
    }

    /// `program` never ends at `action`.
    pub fn hang(&self, program: &str, action: &str) {
        self.write(&format!("bin/{program}.{action}.hangs"), "");
    }

    /// What `program` was given on standard input at `action`; empty where it was not started.
    pub fn input(&self, program: &str, action: &str) -> String {
        self.read(&format!("bin/{program}.{action}.input"))
    }

    /// All programs that were started, a line each, with their arguments.
    pub fn started(&self) -> String {
        self.read("bin/arguments")
    }

    /// Whether this text was in a program's arguments or environment, where others see it.
    pub fn was_visible(&self, secret: &str) -> bool {
        let seen = self.started() + &self.read("bin/environment");
        assert!(seen.contains("PATH="), "the programs record what they see");
        seen.contains(secret)
    }

    /// A program among these.
    pub fn bin(&self, name: &str) -> PathBuf {
        self.path("bin").join(name)
    }

    /// A file in the home.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes one.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("folders are made");
        std::fs::write(path, text).expect("the file is written");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }
}
