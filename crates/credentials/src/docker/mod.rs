//! Docker's `config.json`. [`DockerConfig`] holds its member `auths`; stores and helpers are named in the file but hold
//! their secrets elsewhere, where [`Helper`] asks them.

mod file;
mod helper;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use slipway_distribution::{Credential, CredentialSource, Credentials};
use slipway_reference::HostName;

pub(crate) use file::{File, Login, Unreadable, host};
pub(crate) use helper::IDENTITY_TOKEN;
pub use helper::{Helper, HelperError, HelperLogin};

/// Why a `config.json` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DockerConfigError {
    /// It is there but cannot be read.
    #[error("Docker's configuration {path} cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no JSON of the known form. The parser's message is left out, because it could quote a secret.
    #[error("Docker's configuration {path} is not understood (line {line})")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
    },
}

/// The credentials that stand in a `config.json` itself.
#[derive(Clone, Default)]
pub struct DockerConfig {
    entries: HashMap<String, (String, SecretString)>,
}

impl DockerConfig {
    /// Reads `path`; a file that does not exist holds nothing.
    pub fn read(path: &Path) -> Result<Self, DockerConfigError> {
        match File::read(path) {
            Ok(file) => Ok(Self::from(&file)),
            Err(Unreadable::Line(line)) => Err(DockerConfigError::Malformed { path: path.to_owned(), line }),
            Err(Unreadable::Io(source)) => Err(DockerConfigError::Read { path: path.to_owned(), source }),
        }
    }
}

impl From<&File> for DockerConfig {
    fn from(file: &File) -> Self {
        let entries = file.logins().filter_map(|(key, login)| match login {
            Login::Basic(username, secret) => Some((host(key).to_owned(), (username, secret))),
            Login::IdentityToken => None,
        });
        Self { entries: entries.collect() }
    }
}

impl Credentials for DockerConfig {
    fn credential(&self, host: &HostName) -> Option<Credential> {
        let (username, secret) = self.entries.get(host.as_str())?;
        Some(Credential {
            username: username.clone(),
            secret: secret.clone(),
            source: CredentialSource::DockerConfig,
        })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn found(text: &str, host: &str) -> Option<(String, String)> {
        let credential =
            DockerConfig::from(&File::parse(text).unwrap()).credential(&host.parse().unwrap())?;
        Some((credential.username, credential.secret.expose_secret().to_owned()))
    }

    #[test]
    fn a_login_is_found_however_docker_wrote_the_host() {
        // octocat:a:b
        for key in ["ghcr.io", "https://ghcr.io", "https://ghcr.io/", "https://ghcr.io/v2/"] {
            let text =
                format!(r#"{{"auths":{{"{key}":{{"auth":"b2N0b2NhdDphOmI="}}}},"credsStore":"desktop"}}"#);
            assert_eq!(found(&text, "ghcr.io"), Some(("octocat".into(), "a:b".into())), "{key}");
            assert_eq!(found(&text, "docker.pkg.github.com"), None);
        }
    }

    #[test]
    fn an_entry_that_only_points_to_a_store_is_no_login() {
        assert_eq!(found(r#"{"auths":{"ghcr.io":{}}}"#, "ghcr.io"), None);
        assert_eq!(found("{}", "ghcr.io"), None);
    }

    #[test]
    fn a_broken_file_is_reported_without_quoting_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, "{\"auths\":\n{\"ghcr.io\":{\"auth\": canary}}}").unwrap();
        let message = DockerConfig::read(&path).err().unwrap().to_string();
        assert!(message.contains("line 2") && !message.contains("canary"), "{message}");
    }

    #[test]
    fn no_file_is_no_login() {
        let folder = tempfile::tempdir().unwrap();
        let config = DockerConfig::read(&folder.path().join("config.json")).unwrap();
        assert!(config.credential(&"ghcr.io".parse().unwrap()).is_none());
    }
}
