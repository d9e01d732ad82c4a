//! Where the command's credentials come from, and the app they are given to.

use std::io::Read as _;

use secrecy::{ExposeSecret as _, SecretString};
use slipway_app::{Finders, Reference, Setup, Slipway};

use crate::arguments::SignIn;
use crate::exit::Exit;
use crate::output;

/// No token is longer.
const LONGEST: u64 = 8192;

/// The app with its surroundings.
pub(crate) fn app(finders: Finders) -> Result<Slipway, Exit> {
    match Setup::read(|name| std::env::var(name).ok(), finders) {
        Ok(setup) => Ok(Slipway::new(setup)),
        Err(error) => {
            output::error(&error.to_string());
            Err(Exit::Usage)
        }
    }
}

/// The token on standard input.
pub(crate) fn from_input() -> Result<SecretString, Exit> {
    let mut token = String::new();
    match std::io::stdin().take(LONGEST).read_to_string(&mut token) {
        Ok(_) => Ok(SecretString::from(token)),
        Err(error) => {
            output::error(&format!("the token could not be read from standard input: {error}"));
            Err(Exit::Usage)
        }
    }
}

/// The app, signed in at `host`: with the token on standard input where it was said to be there, else with the account
/// of the host.
pub(crate) async fn signed_in(
    sign_in: &SignIn,
    reference: &Reference,
    as_json: bool,
) -> Result<Slipway, Exit> {
    let host = &reference.host;
    let app = app(Finders::Environment)?;
    if let (true, Some(username)) = (sign_in.token_stdin, &sign_in.username) {
        let token = from_input()?;
        if let Err(failure) = app.sign_in_from_input(host, username, token.expose_secret()) {
            output::failure(&failure, as_json);
            return Err(Exit::Usage);
        }
        app.load_proxy_passwords().await;
        return Ok(app);
    }
    app.load_accounts().await;
    if let Some(name) = &sign_in.account {
        let id = format!("{name}@{}", app.sign_in_host(host.as_str()));
        if !app.accounts().await.accounts.iter().any(|account| account.id == id) {
            output::error(&format!("there is no account {id}; see `slipway accounts`"));
            return Err(Exit::Authentication);
        }
        app.use_for_this_run(&id);
    }
    if let Err(failure) = app.borrow_from_docker(reference).await {
        // Perhaps nobody needs to be signed in.
        output::note(&failure.message);
    }
    Ok(app)
}
