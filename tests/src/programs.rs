//! What people have on their computers beside Slipway: Docker, Podman and GitHub's command line, as far as tokens go.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use base64::Engine as _;
use serde_json::json;

/// A credential helper that knows one credential and keeps what it is given.
const HELPER: &str = r#"#!/bin/sh
here=${0%/*}
input=$(/bin/cat)
case $1 in
list) printf '{"ghcr.io":"octocat"}' ;;
get)
  case $input in
  ghcr.io) /bin/cat "$here/helper.json" ;;
  *) printf 'credentials not found in native keychain'; exit 1 ;;
  esac ;;
store) printf '%s' "$input" >"$here/stored.json" ;;
esac
"#;

/// The parts of `gh` that give its token away.
const GH: &str = r#"#!/bin/sh
here=${0%/*}
case "$1 $2" in
'auth status') printf '{"hosts":{"github.com":[{"login":"octocat","active":true,"state":"success"}]}}' ;;
'auth token') /bin/cat "$here/gh.token" ;;
*) exit 1 ;;
esac
"#;

/// A person's home with these programs' files in it.
pub struct Programs(tempfile::TempDir);

impl Default for Programs {
    fn default() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }
}

impl Programs {
    /// Docker, with a credential helper that has this token for ghcr.io.
    pub fn docker(&self, token: &str) {
        self.write("docker/config.json", &json!({"credsStore": "practice"}).to_string());
        let credential = json!({"ServerURL": "ghcr.io", "Username": "octocat", "Secret": token});
        self.write("bin/helper.json", &credential.to_string());
        self.program("docker-credential-practice", HELPER);
    }

    /// Podman, with this token for ghcr.io in its file.
    pub fn podman(&self, token: &str) {
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("octocat:{token}"));
        self.write("auth.json", &json!({"auths": {"ghcr.io": {"auth": pair}}}).to_string());
    }

    /// GitHub's command line, signed in with this token.
    pub fn gh(&self, token: &str) {
        self.write("bin/gh.token", token);
        self.program("gh", GH);
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

    /// A file in the home.
    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    /// Writes one.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("folders are made");
        std::fs::write(path, text).expect("the file is written");
    }

    fn program(&self, name: &str, script: &str) {
        let name = format!("bin/{name}");
        self.write(&name, script);
        let path = self.path(&name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it may be started");
    }
}
