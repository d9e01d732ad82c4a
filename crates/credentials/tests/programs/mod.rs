//! A folder of programs that stand in for other people's, and surroundings that know nothing else.

use std::path::{Path, PathBuf};
use std::time::Duration;

use slipway_credentials::Surroundings;

/// Long enough for any program that answers at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The secret that must show up nowhere but where it is handed over.
pub(crate) const SECRET: &str = "s3cret-canary";

/// The programs, and a person's home.
pub(crate) struct Programs {
    folder: tempfile::TempDir,
}

impl Programs {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Installs `name`. A link: a program that was just written cannot be started while another test's process still
    /// holds it open.
    pub(crate) fn install(&self, name: &str) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs/stand-in.sh");
        std::os::unix::fs::symlink(script, self.path(name)).unwrap();
    }

    /// What `program` answers to `action`.
    pub(crate) fn answer(&self, program: &str, action: &str, answer: &str) {
        self.write(&format!("{program}.{action}.answer"), answer);
    }

    /// `program` fails at `action` and says `answer`.
    pub(crate) fn fail(&self, program: &str, action: &str, answer: &str) {
        self.answer(program, action, answer);
        self.write(&format!("{program}.{action}.fails"), "");
    }

    /// `program` never ends at `action`.
    pub(crate) fn hang(&self, program: &str, action: &str) {
        self.write(&format!("{program}.{action}.hangs"), "");
    }

    /// What `program` was given on standard input.
    pub(crate) fn input(&self, program: &str, action: &str) -> String {
        self.read(&format!("{program}.{action}.input"))
    }

    /// All programs that were started, a line each, with their arguments.
    pub(crate) fn started(&self) -> String {
        self.read("arguments")
    }

    /// Whether the secret was in a program's arguments or environment, where others see it.
    pub(crate) fn secret_was_visible(&self) -> bool {
        let seen = self.started() + &self.read("environment");
        assert!(seen.contains("PATH="), "the programs record what they see");
        seen.contains(SECRET)
    }

    /// Writes a file into the person's home.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// A file in the person's home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Surroundings with these variables, and the programs' folder as `PATH`.
    pub(crate) fn surroundings(&self, variables: &[(&str, &str)]) -> Surroundings {
        let variables: Vec<(String, String)> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let folder: &Path = self.folder.path();
        let path = folder.to_str().unwrap().to_owned();
        let get = move |name: &str| match name {
            "PATH" => Some(path.clone()),
            name => variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()),
        };
        Surroundings::new(get, folder.to_owned()).searching(Vec::new())
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }
}
