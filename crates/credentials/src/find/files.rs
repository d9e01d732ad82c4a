//! Files of the form of Docker's `config.json`.

use std::path::Path;

use secrecy::SecretString;

use super::FindError;
use crate::docker::{File, Login, Unreadable};

pub(crate) fn read(path: &Path) -> Result<File, FindError> {
    File::read(path).map_err(|error| meaning(error, path))
}

pub(super) fn read_legacy(path: &Path) -> Result<File, FindError> {
    File::read_legacy(path).map_err(|error| meaning(error, path))
}

fn meaning(error: Unreadable, path: &Path) -> FindError {
    match error {
        Unreadable::Io(source) => FindError::Read { path: path.to_owned(), source },
        Unreadable::Line(line) => FindError::Malformed { path: path.to_owned(), line },
    }
}

/// The login that stands under `key`, word for word.
pub(super) fn login(file: File, key: &str) -> Option<Login> {
    file.logins().find(|(found, _)| *found == key).map(|(_, login)| login)
}

/// The user name and secret of `login`.
pub(super) fn basic(login: Login, place: &str) -> Result<(Option<String>, SecretString), FindError> {
    match login {
        Login::Basic(username, secret) => Ok((Some(username), secret)),
        Login::IdentityToken => Err(FindError::IdentityToken { place: place.to_owned() }),
    }
}
