//! Where the command's credentials come from, and the app they are given to.

use std::io::Read as _;
use std::sync::Arc;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use slipway_app::view::{AccountState, Code};
use slipway_app::{Finders, Inputs, NoToken, Reference, Setup, Slipway, token_in};

use crate::arguments::SignIn;
use crate::exit::Exit;
use crate::output;

/// So much is read of standard input: more than any token has.
const LONGEST: usize = 16 * 1024;

/// The app with its surroundings. Whoever keeps it waiting is named.
pub(crate) fn app(finders: Finders) -> Result<Arc<Slipway>, Exit> {
    app_with(finders, Inputs::default())
}

/// The same that reads `inputs`, too.
pub(crate) fn app_with(finders: Finders, inputs: Inputs) -> Result<Arc<Slipway>, Exit> {
    match Setup::read(|name| std::env::var(name).ok(), finders) {
        Ok(setup) => {
            let app = Arc::new(Slipway::new(Setup { inputs, ..setup }));
            output::use_words(app.words());
            for registry in app.accounts().registries() {
                if let Some(led) = registry.overridden {
                    output::elsewhere(&registry.name, &led);
                }
            }
            let watched = Arc::clone(&app);
            tokio::spawn(async move {
                watched
                    .hosts()
                    .watch_silence(|host| {
                        if let Some(host) = host {
                            output::waiting(host);
                        }
                        true
                    })
                    .await;
            });
            Ok(app)
        }
        Err(error) => {
            output::usage(&error.to_string());
            Err(Exit::Usage)
        }
    }
}

/// The secret on standard input, which is called `what`: its one line, however whoever writes there ends and encodes it.
pub(crate) fn from_input(what: &str) -> Result<SecretString, Exit> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST));
    let read = std::io::stdin().take(LONGEST as u64).read_to_end(&mut bytes);
    read.map_err(NoToken::Read).and_then(|_| token_in(&bytes)).map_err(|why| {
        output::usage(&format!("the {what} on standard input {why}"));
        Exit::Usage
    })
}

/// The app, signed in at `host`: with the token on standard input where it was said to be there, else with the account
/// of the host.
pub(crate) async fn signed_in(
    sign_in: &SignIn,
    reference: &Reference,
    inputs: Inputs,
) -> Result<Arc<Slipway>, Exit> {
    let host = &reference.host;
    let app = app_with(Finders::Environment, inputs)?;
    if let (true, Some(username)) = (sign_in.token_stdin, &sign_in.username) {
        let token = from_input("token")?;
        if let Err(failure) = app.accounts().sign_in_from_input(host, username, token.expose_secret()) {
            output::failure(&failure);
            return Err(Exit::Usage);
        }
        app.hosts().load_proxy_passwords().await;
        return Ok(app);
    }
    app.accounts().load().await;
    if let Some(name) = &sign_in.account {
        let id = format!("{name}@{}", app.accounts().host_meant(host.as_str()));
        let accounts = app.accounts().view().await.accounts;
        let why_not = match accounts.iter().find(|account| account.id == id).map(|account| account.state) {
            None => Some("there is no account"),
            // Nobody else is used in its place.
            Some(AccountState::Locked) => Some("the keychain does not give the token of"),
            Some(AccountState::SecretMissing) => Some("the keychain has no token any more of"),
            Some(_) => None,
        };
        if let Some(why_not) = why_not {
            output::failed(Code::SignInRequired, &format!("{why_not} {id}; see `slipway accounts`"));
            return Err(Exit::Authentication);
        }
        app.accounts().use_for_this_run(&id);
    }
    if let Err(failure) = app.accounts().borrow_from_docker(reference).await {
        // Perhaps nobody needs to be signed in.
        output::note(&failure.message);
    }
    Ok(app)
}
