//! Docker and Podman that ask Slipway: set up in Docker's `config.json`, and undone.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use slipway_archive::write_file;
use slipway_credentials::{DockerSettings, Tool, asks_us, find_helper, name_helper, unname_helper};
use slipway_reference::HostName;

use super::{Accounts, Record};
use crate::home;
use crate::view::{Code, DockerAsks, FailureView};

/// What the file that was there before is called, behind its name.
const BEFORE: &str = ".before-slipway";

impl Accounts {
    /// Which registries Docker and Podman ask Slipway for.
    ///
    /// # Errors
    /// Where Docker's `config.json` cannot be read.
    pub fn docker_asks(&self) -> Result<DockerAsks, FailureView> {
        let path = self.surroundings.docker_config();
        let now = read(&path)?;
        let registries = now.ours();
        let name = |registry: &String| registry.parse::<HostName>().ok();
        let asks = |host: &HostName| asks_us(&self.surroundings, Tool::Podman, host).unwrap_or(false);
        let podman = |registry: &&String| name(registry).is_some_and(|host| asks(&host));
        Ok(DockerAsks {
            podman: registries.iter().filter(podman).cloned().collect(),
            plain: registries.iter().filter(|registry| now.has_login(registry)).cloned().collect(),
            program: find_helper(&self.surroundings).map(|path| path.to_string_lossy().into_owned()),
            config: path.to_string_lossy().into_owned(),
            registries,
        })
    }

    /// From now on Docker and Podman ask Slipway for `registries`: all that have an account, where none is named. Docker's
    /// file is changed in one step and in that point alone; the helpers of before are kept beside it. `program` is the
    /// `slipway` command.
    ///
    /// # Errors
    /// Where there is no account, the program cannot be found by Docker, or the file cannot be used.
    pub fn let_docker_ask(&self, registries: &[String], program: &Path) -> Result<DockerAsks, FailureView> {
        let registries = if registries.is_empty() { self.with_login() } else { registries.to_vec() };
        for registry in &registries {
            registry
                .parse::<HostName>()
                .map_err(|error| FailureView::form(format!("{registry}: {error}")))?;
        }
        if registries.is_empty() {
            return Err(FailureView::new(Code::SignInRequired, "no account is kept in the keychain yet"));
        }
        name_helper(&self.surroundings, program).map_err(|error| FailureView::unusable(&error))?;
        self.change_docker(|now, _| now.set(&registries))?;
        self.docker_asks()
    }

    /// The same for the registries that an account signs in to.
    ///
    /// # Errors
    /// As for [`let_docker_ask`](Self::let_docker_ask), and where the account is not kept in the keychain.
    pub fn let_docker_ask_for(&self, id: &str, program: &Path) -> Result<DockerAsks, FailureView> {
        let record = self.record(id)?;
        let endpoints = self.registries.of_host(&record.host).into_iter();
        let itself = endpoints.filter(|endpoint| record.entry.is_some() && endpoint.overridden.is_none());
        let registries: Vec<String> = itself.map(|endpoint| endpoint.name.to_string()).collect();
        if registries.is_empty() {
            return Err(FailureView::new(Code::SignInRequired, format!("{id} is not kept in the keychain")));
        }
        self.let_docker_ask(&registries, program)
    }

    /// Docker and Podman no longer ask Slipway; each registry gets the helper that it had before.
    ///
    /// # Errors
    /// Where Docker's file cannot be used.
    pub fn let_docker_be(&self) -> Result<DockerAsks, FailureView> {
        self.change_docker(DockerSettings::clone_from)?;
        unname_helper(&self.surroundings).map_err(|error| FailureView::unusable(&error))?;
        self.docker_asks()
    }

    /// Registries that an account in the keychain signs in to.
    fn with_login(&self) -> Vec<String> {
        let used: Vec<Record> = self
            .signed_in
            .read(|records| records.iter().filter(|record| record.entry.is_some()).cloned().collect());
        let endpoints = used.iter().flat_map(|record| self.registries.of_host(&record.host));
        let mut names: Vec<String> = Vec::new();
        for endpoint in endpoints.filter(|endpoint| endpoint.overridden.is_none()) {
            if !names.contains(&endpoint.name.to_string()) {
                names.push(endpoint.name.to_string());
            }
        }
        names
    }

    /// Changes Docker's file. `change` gets it, and what it would be without us. The helpers of that are kept beside it as
    /// long as Docker asks us; the rest is not, for it may hold tokens that people remove from the file.
    fn change_docker(
        &self,
        change: impl FnOnce(&mut DockerSettings, &DockerSettings),
    ) -> Result<(), FailureView> {
        let path = self.surroundings.docker_config();
        let _alone = self.docker_lock().map_err(|error| unwritable(&path, &error))?;
        let (now, kept) = (read(&path)?, beside(&path));
        let earlier = if kept.exists() { read(&kept)? } else { now.clone() };
        let mut without = now.clone();
        without.unset(&now.ours(), &earlier);
        let mut changed = now.clone();
        change(&mut changed, &without);
        let asked = !changed.ours().is_empty();
        if asked {
            write(&kept, &without.helpers_alone())?;
        }
        if changed != now {
            write(&path, &changed)?;
        }
        if asked {
            return Ok(());
        }
        match std::fs::remove_file(&kept) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unwritable(&kept, &error)),
            _ => Ok(()),
        }
    }

    /// One process of ours changes Docker's file at a time. Docker itself takes no lock.
    fn docker_lock(&self) -> std::io::Result<File> {
        home::make(self.settings.home())?;
        let path = self.settings.home().join("docker.lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        file.lock()?;
        Ok(file)
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(BEFORE);
    path.with_file_name(name)
}

fn read(path: &Path) -> Result<DockerSettings, FailureView> {
    let failed =
        |reason: String| FailureView::unusable(format!("{} is left as it is: {reason}", path.display()));
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        text => text.map_err(|error| failed(error.to_string()))?,
    };
    DockerSettings::parse(&text).map_err(|error| failed(error.to_string()))
}

fn write(path: &Path, settings: &DockerSettings) -> Result<(), FailureView> {
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| write_file(path, settings.text().as_bytes())).map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> FailureView {
    FailureView::new(Code::OutputFailed, format!("{} cannot be written: {error}", path.display()))
}
