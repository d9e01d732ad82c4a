//! Where the command's credentials come from, and the app they are given to.

use std::io::Read as _;

use slipway_app::{Finders, HostName, Setup, Slipway};

use crate::arguments::SignIn;
use crate::exit::Exit;
use crate::output;

/// No token is longer.
const LONGEST: u64 = 8192;

/// The app with its surroundings.
pub(crate) fn app(finders: Finders) -> Result<Slipway, Exit> {
    match Setup::read(&|name| std::env::var(name).ok(), finders) {
        Ok(setup) => Ok(Slipway::new(setup)),
        Err(error) => {
            output::error(&error.to_string());
            Err(Exit::Usage)
        }
    }
}

/// The app, signed in at `host` where a token comes on standard input.
pub(crate) fn signed_in(sign_in: &SignIn, host: &HostName, as_json: bool) -> Result<Slipway, Exit> {
    let app = app(Finders::EnvironmentAndDocker)?;
    if let (true, Some(username)) = (sign_in.token_stdin, &sign_in.username) {
        let mut token = String::new();
        if let Err(error) = std::io::stdin().take(LONGEST).read_to_string(&mut token) {
            output::error(&format!("the token could not be read from standard input: {error}"));
            return Err(Exit::Usage);
        }
        if let Err(failure) = app.sign_in_from_input(host, username, &token) {
            output::failure(&failure, as_json);
            return Err(Exit::Usage);
        }
    }
    Ok(app)
}
