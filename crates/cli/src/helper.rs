//! `docker-credential-slipway`: Docker's and Podman's credential helper (docker/docker-credential-helpers). It is another
//! name of this program.
//!
//! One argument, input to its end, answers and errors alike on standard output; standard error is the person's terminal
//! and stays empty.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use slipway_app::{Accounts, Finders, NotGiven, Setup, Slipway};

/// More than any login has, bytes.
const LONGEST: u64 = 64 << 10;

const USAGE: &str = "usage: docker-credential-slipway <store|get|erase|list|version>";

/// Whether the program was started under this name.
pub(crate) fn is_meant(program: Option<&OsStr>) -> bool {
    let stem = program.and_then(|program| Path::new(program).file_stem());
    stem.is_some_and(|stem| stem == "docker-credential-slipway")
}

/// Answers one question.
pub(crate) fn run() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let (word, more) = (words.next(), words.next());
    let verb = word.as_deref().and_then(OsStr::to_str).filter(|_| more.is_none()).unwrap_or_default();
    match verb {
        "version" | "--version" | "-v" => {
            let version = env!("CARGO_PKG_VERSION");
            return said(&format!("docker-credential-slipway (slipway) v{version}\n"), true);
        }
        "--help" | "-h" => return said(&format!("{USAGE}\n"), true),
        "get" | "store" | "erase" | "list" => {}
        _ => return said(&format!("{USAGE}\n"), false),
    }
    let answered = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())
        .and_then(|runtime| {
            let answered = runtime.block_on(answer(verb));
            // A keychain that hangs must not hold the exit.
            runtime.shutdown_timeout(std::time::Duration::from_millis(200));
            answered
        });
    match answered {
        Ok(answer) => said(&answer, true),
        Err(reason) => said(&format!("{reason}\n"), false),
    }
}

/// What docker hands over, and what it gets.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Login<'a> {
    #[serde(rename = "ServerURL", borrow)]
    server: Cow<'a, str>,
    #[serde(borrow)]
    username: Cow<'a, str>,
    #[serde(borrow)]
    secret: Cow<'a, str>,
}

async fn answer(verb: &str) -> Result<Zeroizing<String>, String> {
    let setup =
        Setup::read(|name| std::env::var(name).ok(), Finders::None).map_err(|error| error.to_string())?;
    let app = Slipway::new(setup);
    let accounts = app.accounts();
    let input = input()?;
    let answered = match verb {
        "get" => get(accounts, input.trim()).await,
        "store" => return store(accounts, &input).await,
        "erase" => accounts.forget_asked(&input).await.map(|()| Zeroizing::default()),
        _ => {
            let all = serde_json::to_string(&accounts.asked_logins().await);
            Ok(Zeroizing::new(all.unwrap_or_default() + "\n"))
        }
    };
    answered.map_err(|reason| reason.to_string())
}

async fn get(accounts: &Accounts, server: &str) -> Result<Zeroizing<String>, NotGiven> {
    let login = accounts.asked_login(server).await?;
    let secret = login.secret.expose_secret();
    // Room at once: a buffer that grows leaves copies of the secret behind.
    let mut text =
        Zeroizing::new(Vec::with_capacity(6 * (server.len() + login.username.len() + secret.len()) + 64));
    let told =
        Login { server: server.into(), username: login.username.as_str().into(), secret: secret.into() };
    // Texts are written without a failure.
    let _ = serde_json::to_writer(&mut *text, &told);
    text.push(b'\n');
    Ok(Zeroizing::new(std::str::from_utf8(&text).unwrap_or_default().to_owned()))
}

async fn store(accounts: &Accounts, input: &str) -> Result<Zeroizing<String>, String> {
    // The parser's own words could quote the secret.
    let login: Login =
        serde_json::from_str(input).map_err(|_| "this is no login: ServerURL, Username, Secret")?;
    let secret = SecretString::from(login.secret.as_ref());
    let kept = accounts.keep_asked(&login.server, &login.username, secret).await;
    kept.map(|()| Zeroizing::default()).map_err(|reason| reason.to_string())
}

fn input() -> Result<Zeroizing<String>, String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    let read = std::io::stdin().lock().take(LONGEST).read_to_end(&mut bytes);
    read.map_err(|error| format!("standard input cannot be read: {error}"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| "standard input is no text")?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn said(text: &str, well: bool) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if well && written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
