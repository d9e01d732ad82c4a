//! What is built, as a command or the window says it.

use std::io::Read as _;
use std::path::PathBuf;

use secrecy::SecretSlice;
use slipway_credentials::Surroundings;
use slipway_engines::{ContextError, Secret};
use slipway_reference::Reference;

use super::folders::shown;
use crate::shell::quoted;
use crate::view::{Code, Engine, FailureView};

/// `BuildKit` takes no larger secret, bytes.
const LARGEST_SECRET: u64 = 500 << 10;

/// Parts of names that secrets have.
const SECRET_WORDS: [&str; 12] = [
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PWD",
    "PASSPHRASE",
    "CREDENTIAL",
    "CREDENTIALS",
    "APIKEY",
    "AUTH",
    "PAT",
    "PASS",
];

/// Kinds of keys that are secrets.
const SECRET_KEYS: [&str; 5] = ["API_KEY", "PRIVATE_KEY", "ACCESS_KEY", "SIGNING_KEY", "SSH_KEY"];

/// What is built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildOptions {
    /// The folder.
    pub folder: PathBuf,
    /// A Dockerfile in it, from the folder on; its usual name where none is said.
    pub dockerfile: Option<String>,
    /// A stage; the last one where none is said.
    pub target: Option<String>,
    /// Platforms, each built for itself; the engine's own where none is said.
    pub platforms: Vec<String>,
    /// Arguments with their values.
    pub arguments: Vec<(String, String)>,
    /// Secrets by their IDs.
    pub secrets: Vec<(String, SecretFrom)>,
    /// The engine; the first that answers where none is said.
    pub engine: Option<Engine>,
    /// Where the image goes; it gets that name, where it is one image.
    pub reference: Option<Reference>,
    /// The network of `RUN`, in the engine's words.
    pub network: Option<String>,
}

/// Where the value of a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretFrom {
    /// In this variable of the environment.
    Environment(String),
    /// In this file.
    File(PathBuf),
}

/// Whether an argument is called as secrets are: arguments stay in the image's history.
pub fn looks_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let mut parts = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    parts.any(|part| SECRET_WORDS.contains(&part)) || SECRET_KEYS.iter().any(|key| name.contains(key))
}

impl BuildOptions {
    /// What cannot be meant, before anybody is asked.
    pub(super) fn check(&self) -> Result<(), FailureView> {
        let asked =
            |reason: String| Err(FailureView::new(Code::BuildAsked { reason: reason.clone() }, reason));
        let plain = |text: &str| {
            !text.is_empty() && text.chars().all(|letter| !letter.is_control() && !letter.is_whitespace())
        };
        for (name, value) in &self.arguments {
            if !plain(name) || name.contains('=') || name.starts_with('-') {
                return asked(format!("“{name}” is no name of a build argument"));
            }
            if value.contains('\0') {
                return asked(format!("the value of {name} cannot be one"));
            }
        }
        for (at, (id, _)) in self.secrets.iter().enumerate() {
            if !plain(id) || id.contains([',', '=']) {
                return asked(format!("“{id}” is no ID of a secret"));
            }
            if self.secrets[..at].iter().any(|(other, _)| other == id) {
                return asked(format!("the secret {id} is named twice"));
            }
        }
        for platform in &self.platforms {
            let parts: Vec<&str> = platform.split('/').collect();
            if !(2..=3).contains(&parts.len()) || !parts.iter().all(|part| plain(part)) {
                return asked(format!("“{platform}” is no platform, such as linux/arm64"));
            }
        }
        if let Some(twice) = twice(&self.platforms) {
            return asked(format!("the platform {twice} is named twice"));
        }
        Ok(())
    }

    /// `slipway build …`, with values of arguments as they were typed and without those of secrets.
    pub(super) fn command(&self) -> String {
        let mut words =
            vec!["slipway".to_owned(), "build".to_owned(), quoted(&self.folder.to_string_lossy())];
        words.extend(self.reference.iter().map(|reference| quoted(&reference.to_string())));
        let mut option = |name: &str, value: &str| words.extend([name.to_owned(), quoted(value)]);
        if let Some(file) = self.dockerfile.as_deref().filter(|file| *file != "Dockerfile") {
            option("-f", file);
        }
        if let Some(target) = &self.target {
            option("--target", target);
        }
        self.platforms.iter().for_each(|platform| option("--platform", platform));
        for (name, value) in &self.arguments {
            option("--build-arg", &format!("{name}={value}"));
        }
        for (id, from) in &self.secrets {
            let from = match from {
                SecretFrom::Environment(variable) => format!("env={variable}"),
                SecretFrom::File(file) => format!("src={}", file.display()),
            };
            option("--secret", &format!("id={id},{from}"));
        }
        match self.engine {
            Some(Engine::Docker) => option("--engine", "docker"),
            Some(Engine::Podman) => option("--engine", "podman"),
            None => {}
        }
        words.join(" ")
    }

    /// Reads the secrets where they are. Blocks.
    pub(super) fn read_secrets(&self, surroundings: &Surroundings) -> Result<Vec<Secret>, FailureView> {
        let read = self.secrets.iter().map(|(id, from)| {
            let failed = |reason: String| {
                let said = format!("the secret {id}: {reason}");
                FailureView::new(Code::BuildSecret { id: id.clone(), reason }, said)
            };
            let value = match from {
                SecretFrom::Environment(variable) => surroundings
                    .variable(variable)
                    .map(String::into_bytes)
                    .ok_or_else(|| failed(format!("the environment has no variable {variable}")))?,
                SecretFrom::File(file) => {
                    let place = shown(file, surroundings.home());
                    let unread = |error: std::io::Error| failed(format!("{place} cannot be read: {error}"));
                    let mut value = Vec::new();
                    let file = std::fs::File::open(file).map_err(unread)?;
                    file.take(LARGEST_SECRET + 1).read_to_end(&mut value).map_err(unread)?;
                    value
                }
            };
            if value.len() as u64 > LARGEST_SECRET {
                return Err(failed("it is larger than 500 KiB, which no build takes".to_owned()));
            }
            Ok((id.clone(), SecretSlice::from(value)))
        });
        read.collect()
    }
}

/// A folder that cannot be built.
pub(super) fn of_folder(error: &ContextError, folder: &str) -> FailureView {
    let folder = folder.to_owned();
    match error {
        ContextError::NoDockerfile { file, .. } => {
            let said = format!("{folder} has no {file}");
            FailureView::new(Code::BuildNoDockerfile { folder, file: file.clone() }, said)
        }
        error => {
            let reason = error.to_string();
            FailureView::new(Code::BuildFolder { folder, reason: reason.clone() }, reason)
        }
    }
}

/// The first of them that stands there before.
fn twice(all: &[String]) -> Option<&String> {
    all.iter().enumerate().find(|(at, one)| all[..*at].contains(one)).map(|(_, one)| one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known() {
        for name in
            ["NPM_TOKEN", "github-token", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "apiKey_API_KEY", "PAT"]
        {
            assert!(looks_secret(name), "{name}");
        }
        for name in ["NODE_VERSION", "REVISION", "CACHE_KEY", "PATH", "COMPASS", "TOKENIZER"] {
            assert!(!looks_secret(name), "{name}");
        }
    }

    #[test]
    fn the_command_does_the_same_in_a_shell_and_tells_no_secret() {
        let options = BuildOptions {
            folder: PathBuf::from("/src/octo app"),
            dockerfile: Some("web.Dockerfile".to_owned()),
            target: Some("runtime".to_owned()),
            platforms: vec!["linux/arm64".to_owned()],
            arguments: vec![("A".to_owned(), "x y".to_owned())],
            secrets: vec![
                ("npm".to_owned(), SecretFrom::Environment("NPM_TOKEN".to_owned())),
                ("net".to_owned(), SecretFrom::File(PathBuf::from("/run/net"))),
            ],
            engine: Some(Engine::Podman),
            reference: Some("ghcr.io/octocat/a:1".parse().unwrap()),
            network: None,
        };
        assert_eq!(
            options.command(),
            "slipway build '/src/octo app' ghcr.io/octocat/a:1 -f web.Dockerfile --target runtime --platform linux/arm64 \
             --build-arg 'A=x y' --secret id=npm,env=NPM_TOKEN --secret id=net,src=/run/net --engine podman"
        );
        let plain = BuildOptions { folder: PathBuf::from("."), ..BuildOptions::default() };
        assert_eq!(plain.command(), "slipway build .");
    }

    #[test]
    fn what_cannot_be_meant_is_said_before_anybody_is_asked() {
        let secret = |id: &str| (id.to_owned(), SecretFrom::Environment("V".to_owned()));
        let argument = |name: &str| (name.to_owned(), String::new());
        let wrong = [
            BuildOptions { arguments: vec![argument("A B")], ..BuildOptions::default() },
            BuildOptions { arguments: vec![argument("")], ..BuildOptions::default() },
            BuildOptions { secrets: vec![secret("a,b")], ..BuildOptions::default() },
            BuildOptions { secrets: vec![secret("a"), secret("a")], ..BuildOptions::default() },
            BuildOptions { platforms: vec!["arm64".to_owned()], ..BuildOptions::default() },
        ];
        for options in wrong {
            assert!(matches!(options.check().unwrap_err().code, Code::BuildAsked { .. }), "{options:?}");
        }
        let right = BuildOptions {
            arguments: vec![argument("A")],
            secrets: vec![secret("a"), secret("b")],
            platforms: vec!["linux/arm64".to_owned(), "linux/arm/v7".to_owned()],
            ..BuildOptions::default()
        };
        right.check().unwrap();
    }

    #[test]
    fn secrets_are_read_where_they_are_and_never_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("net");
        std::fs::write(&file, "canary").unwrap();
        let get = |name: &str| (name == "NPM_TOKEN").then(|| "canary".to_owned());
        let surroundings = Surroundings::new(get, folder.path().to_owned());
        let of = |from: SecretFrom| {
            let options = BuildOptions { secrets: vec![("a".to_owned(), from)], ..BuildOptions::default() };
            options.read_secrets(&surroundings)
        };
        for from in [SecretFrom::Environment("NPM_TOKEN".to_owned()), SecretFrom::File(file.clone())] {
            let read = of(from).unwrap();
            assert!(!format!("{read:?}").contains("canary"));
            assert_eq!(secrecy::ExposeSecret::expose_secret(&read[0].1), b"canary");
        }
        let failure = of(SecretFrom::Environment("NONE".to_owned())).unwrap_err();
        assert!(failure.message.contains("no variable NONE"), "{}", failure.message);
        let failure = of(SecretFrom::File(folder.path().join("gone"))).unwrap_err();
        assert!(failure.message.contains("~/gone cannot be read"), "{}", failure.message);
        std::fs::write(&file, vec![b'x'; 500 * 1024 + 1]).unwrap();
        assert!(of(SecretFrom::File(file)).unwrap_err().message.contains("500 KiB"));
    }
}
