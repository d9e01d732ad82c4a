//! The real `slipway` command.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::program;

/// The command with surroundings of its own: no configuration, credential or language of this machine.
pub struct Slipway {
    home: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// What a run left behind.
pub struct Run {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub output: String,
    /// Standard error.
    pub error: String,
}

impl Run {
    /// The objects that `--json` printed.
    pub fn objects(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        self.output.lines().map(parse).collect()
    }

    /// The last object.
    pub fn last(&self) -> Value {
        self.objects().pop().unwrap_or_else(|| panic!("nothing was printed; standard error: {}", self.error))
    }

    /// The digest of a run that ended well.
    pub fn digest(&self) -> String {
        let last = self.last();
        assert_eq!(last["event"], "done", "{last}\n{}", self.error);
        last["digest"].as_str().expect("a digest").to_owned()
    }
}

impl Default for Slipway {
    fn default() -> Self {
        Self { home: tempfile::tempdir().expect("a temporary folder"), variables: Vec::new() }
    }
}

impl Slipway {
    /// With one more environment variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The folder that stands for the person's home.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The command as it would be started, its streams in pipes.
    pub fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(program("slipway"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("SLIPWAY_HOME", self.home.path().join("slipway"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts it and leaves it running.
    pub fn start(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Child {
        self.command(arguments).spawn().expect("the command starts")
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
        self.run_with_input(arguments, "")
    }

    /// Runs it to its end with something on its standard input.
    pub fn run_with_input(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>, input: &str) -> Run {
        let mut child = self.start(arguments);
        if let Some(mut stdin) = child.stdin.take() {
            // It may not want to read; then the pipe is closed already.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = child.wait_with_output().expect("the command ends");
        Run {
            code: output.status.code().unwrap_or(-1),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            error: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// What `docker login` writes for a user into `config.json`.
pub fn docker_login(username: &str, token: &str) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{username}:{token}"))
}
