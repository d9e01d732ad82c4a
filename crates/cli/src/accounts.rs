//! `slipway login`, `logout` and `accounts`.

use serde_json::json;
use slipway_app::view::{
    Account, AccountStorage, AccountWay, AddedAccount, BrowserSignIn, FailureView, NewAccount, Purpose,
    TokenFrom,
};
use slipway_app::{Finders, Slipway};
use tokio::sync::mpsc;

use crate::arguments::{Accounts, Existing, Login, Logout};
use crate::exit::Exit;
use crate::{output, token};

/// A token's end is told from so many seconds before it.
const SOON: i64 = 7 * 24 * 60 * 60;

pub(crate) async fn login(arguments: Login) -> Exit {
    let app = match token::app(Finders::None) {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    app.accounts().load().await;
    let host = app.accounts().host_meant(&arguments.host);
    let added = if arguments.device {
        through_browser(&app, &host).await
    } else {
        let token = match handed_over(&app, &host, &arguments).await {
            Ok(token) => token,
            Err(exit) => return exit,
        };
        let username = arguments.username.unwrap_or_default();
        app.accounts()
            .add(NewAccount { host: host.clone(), token, username, keep: true, anyway: false })
            .await
    };
    match added {
        Ok(added) if added.not_kept => {
            output::error("no keychain answers on this computer, so the token cannot be kept");
            output::error(
                "  install one (such as gnome-keyring), or give the token to each command: --token-stdin, GITHUB_TOKEN",
            );
            Exit::Failed
        }
        Ok(added) => {
            output::note(&format!("signed in as {}", added.id));
            Exit::Done
        }
        Err(failure) => {
            output::failure(&failure);
            Exit::of(&failure, false)
        }
    }
}

/// The token, from where it was said to be.
async fn handed_over(app: &Slipway, host: &str, arguments: &Login) -> Result<TokenFrom, Exit> {
    if arguments.token_stdin {
        return Ok(TokenFrom::Typed { token: token::from_input("token")? });
    }
    if let Some(path) = &arguments.token_file {
        return match app.accounts().hold_token_file(host, path) {
            Ok(held) => Ok(TokenFrom::Held { id: held.id }),
            Err(failure) => {
                output::failure(&failure);
                Err(Exit::Usage)
            }
        };
    }
    let way = match arguments.from {
        Some(Existing::Docker) => AccountWay::Docker,
        Some(Existing::Podman) => AccountWay::Podman,
        Some(Existing::Gh) => AccountWay::GitHubCli,
        Some(Existing::Env) | None => AccountWay::Environment,
    };
    let all = app.accounts().find_credentials().await;
    let fits = |login: &str| arguments.username.as_ref().is_none_or(|name| login.is_empty() || name == login);
    let found =
        all.found.iter().find(|found| found.source.way == way && found.host == host && fits(&found.username));
    if let Some(found) = found {
        return Ok(TokenFrom::Found { id: found.id });
    }
    output::error(&format!("nothing was found there for {host}"));
    for trouble in all.troubles {
        output::error(&format!("  {}", trouble.message));
    }
    Err(Exit::Authentication)
}

async fn through_browser(app: &Slipway, host: &str) -> Result<AddedAccount, FailureView> {
    let (say, mut said) = mpsc::unbounded_channel();
    let signing_in =
        app.accounts().sign_in_with_browser(host, Purpose::Publish, true, move |update| _ = say.send(update));
    let listening = async {
        let mut last = None;
        while let Some(update) = said.recv().await {
            match update {
                BrowserSignIn::Code { code, page, .. } => output::note(&format!("enter {code} at {page}")),
                BrowserSignIn::Added { added, .. } => last = Some(Ok(*added)),
                BrowserSignIn::Failed { failure } => last = Some(Err(*failure)),
            }
        }
        last
    };
    let ((), last) = tokio::join!(signing_in, listening);
    last.unwrap_or_else(|| {
        Err(FailureView::new(slipway_app::view::Code::Cancelled, "the sign-in was cancelled"))
    })
}

pub(crate) async fn logout(arguments: Logout) -> Exit {
    let app = match token::app(Finders::None) {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    app.accounts().load().await;
    let host = app.accounts().host_meant(&arguments.host);
    let accounts = app.accounts().view().await.accounts;
    let of_host = accounts.iter().filter(|account| account.host == host);
    let mut matching = of_host.filter(|account| match &arguments.username {
        Some(name) => account.username == *name,
        None => account.is_default,
    });
    let Some(account) = matching.next_back() else {
        output::error(&format!("nobody is signed in at {host}"));
        return Exit::Usage;
    };
    app.accounts().sign_out(&account.id).await;
    output::note(&format!("signed out {}", account.id));
    Exit::Done
}

pub(crate) async fn show(arguments: Accounts) -> Exit {
    let app = match token::app(Finders::None) {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    app.accounts().load().await;
    let mut view = app.accounts().view().await;
    if arguments.command.is_some() {
        for account in &view.accounts {
            if let Err(failure) = app.accounts().verify(&account.id).await {
                output::failure(&failure);
            }
        }
        view = app.accounts().view().await;
    }
    if arguments.json {
        output::object(&json!(view));
        return Exit::Done;
    }
    for account in &view.accounts {
        output::line(&told(account));
    }
    if view.accounts.is_empty() {
        output::note("nobody is signed in; see `slipway login --help`");
    }
    Exit::Done
}

/// One line about an account.
fn told(account: &Account) -> String {
    let state = serde_json::to_value(account.state).ok().and_then(|state| state.as_str().map(str::to_owned));
    let mut facts = vec![account.id.clone(), state.unwrap_or_default()];
    if account.is_default {
        facts.push("used".to_owned());
    }
    facts.push(account.scopes.as_ref().map_or("scopes unknown".to_owned(), |scopes| scopes.join(" ")));
    if let Some(end) = account.expires_at {
        let left = end - jiff::Timestamp::now().as_second();
        facts.push(match left {
            ..=0 => "expired".to_owned(),
            left if left <= SOON => format!("expires in {} days: renew it", left / 86_400 + 1),
            left => format!("expires in {} days", left / 86_400 + 1),
        });
    }
    facts.push(match &account.storage {
        AccountStorage::Keychain { entry } => format!("in the keychain as \"{entry}\""),
        AccountStorage::ThisRun => "for this run".to_owned(),
    });
    facts.join("  ")
}
