//! What GitHub's command line program keeps.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use slipway_distribution::CredentialSource;

use super::found::At;
use super::{BelongsTo, FindError, Found, Listing};
use crate::Surroundings;
use crate::program::{ProgramError, run};

const GH: &str = "gh";

/// Who is signed in with `gh`, and where.
#[derive(Debug, PartialEq, Eq)]
struct Account {
    host: String,
    login: String,
    /// The one that `gh` uses now.
    active: bool,
}

/// The accounts that `gh` has. It is asked itself where it can tell (2.81 and later; it then checks its tokens over the
/// network, and has half of `limit` for that), and its `hosts.yml` is read otherwise.
pub(super) async fn list(surroundings: &Surroundings, limit: Duration) -> Listing {
    let mut listing = Listing::default();
    let asked = status(surroundings, limit / 2).await;
    let accounts = match asked {
        Ok(accounts) => Some(accounts),
        Err(ProgramError::Missing { program }) => {
            // Its tokens are in the keychain under its own name; only it can get them.
            if hosts(surroundings).is_ok_and(|accounts| !accounts.is_empty()) {
                listing.keep::<(), _>(CredentialSource::Gh, Err(ProgramError::Missing { program }));
            }
            None
        }
        Err(_) => listing.keep(CredentialSource::Gh, hosts(surroundings)),
    };
    listing.found.extend(accounts.unwrap_or_default().into_iter().map(found));
    listing
}

/// The accounts in its `hosts.yml`, where the program is there that hands out their tokens.
pub(super) fn in_files(surroundings: &Surroundings) -> Vec<Found> {
    let accounts = surroundings.program(GH).and_then(|_| hosts(surroundings).ok());
    accounts.unwrap_or_default().into_iter().map(found).collect()
}

/// The token of `login` at `host`, or of the active account there; none where there is none.
pub(super) async fn token(
    surroundings: &Surroundings,
    host: &str,
    login: Option<&str>,
    limit: Duration,
) -> Result<Option<SecretString>, FindError> {
    let mut arguments = vec!["auth", "token", "--hostname", host];
    if let Some(login) = login {
        arguments.extend(["--user", login]);
    }
    let ended = run(surroundings, GH, &arguments, b"", limit).await?;
    if !ended.success {
        return Err(ended.failure(GH, None).into());
    }
    let not_understood = || ProgramError::NotUnderstood { program: GH.to_owned() };
    let token = std::str::from_utf8(&ended.stdout).map_err(|_| not_understood())?.trim();
    Ok((!token.is_empty()).then(|| SecretString::from(token)))
}

fn found(account: Account) -> Found {
    Found {
        belongs_to: BelongsTo::GitHub(account.host.clone()),
        username: Some(account.login.clone()),
        source: CredentialSource::Gh,
        place: format!("gh, {}", account.host),
        is_identity_token: false,
        at: At::Gh { host: account.host, login: account.login, active: account.active },
    }
}

async fn status(surroundings: &Surroundings, limit: Duration) -> Result<Vec<Account>, ProgramError> {
    #[derive(Deserialize)]
    struct Status {
        hosts: BTreeMap<String, Vec<Entry>>,
    }
    #[derive(Deserialize)]
    struct Entry {
        #[serde(default)]
        login: String,
        #[serde(default)]
        active: bool,
    }
    let ended = run(surroundings, GH, &["auth", "status", "--json", "hosts"], b"", limit).await?;
    // Earlier versions do not know `--json`.
    if !ended.success {
        return Err(ended.failure(GH, None));
    }
    let status: Status = serde_json::from_slice(&ended.stdout)
        .map_err(|_| ProgramError::NotUnderstood { program: GH.to_owned() })?;
    let accounts = status.hosts.into_iter().flat_map(|(host, entries)| {
        entries.into_iter().map(move |entry| Account {
            host: host.clone(),
            login: entry.login,
            active: entry.active,
        })
    });
    Ok(accounts.filter(|account| !account.login.is_empty()).collect())
}

/// The accounts in `hosts.yml`.
fn hosts(surroundings: &Surroundings) -> Result<Vec<Account>, FindError> {
    let path = folder(surroundings).join("hosts.yml");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(accounts(&text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(FindError::Read { path, source }),
    }
}

fn folder(surroundings: &Surroundings) -> PathBuf {
    if let Some(folder) = surroundings.path("GH_CONFIG_DIR") {
        return folder;
    }
    let roaming = surroundings.path("AppData").filter(|_| cfg!(windows));
    match roaming.filter(|_| surroundings.variable("XDG_CONFIG_HOME").is_none()) {
        Some(roaming) => roaming.join("GitHub CLI"),
        None => surroundings.config().join("gh"),
    }
}

/// Reads as much of YAML as `gh` writes: hosts at the margin, `user: LOGIN` below them, and the names below `users:`.
/// Whatever else stands there, tokens too, is passed over.
fn accounts(text: &str) -> Vec<Account> {
    let mut found: Vec<Account> = Vec::new();
    let mut host = String::new();
    let mut active = String::new();
    // How far the members of the host and the names below `users:` stand in.
    let (mut members, mut names, mut in_users) = (0, 0, false);
    let mut lines: Vec<(usize, &str, &str)> = text.lines().filter_map(line).collect();
    lines.push((0, "", ""));
    for (indent, key, value) in lines {
        if indent == 0 {
            if !active.is_empty() {
                let known = found.iter_mut().find(|account| account.host == host && account.login == active);
                match known {
                    Some(account) => account.active = true,
                    None => found.push(Account {
                        host: host.clone(),
                        login: std::mem::take(&mut active),
                        active: true,
                    }),
                }
            }
            (host, active, members, names, in_users) = (key.to_owned(), String::new(), 0, 0, false);
            continue;
        }
        if members == 0 {
            members = indent;
        }
        if indent == members {
            in_users = key == "users" && value.is_empty();
            names = 0;
            if key == "user" {
                value.clone_into(&mut active);
            }
        } else if in_users {
            if names == 0 {
                names = indent;
            }
            if indent == names {
                found.push(Account { host: host.clone(), login: key.to_owned(), active: false });
            }
        }
    }
    found
}

/// `KEY: VALUE` with how far it stands in.
fn line(text: &str) -> Option<(usize, &str, &str)> {
    let bare = text.trim_start_matches(' ');
    let (key, value) = bare.trim_end().split_once(':').filter(|_| !bare.starts_with('#'))?;
    Some((text.len() - bare.len(), unquote(key), unquote(value)))
}

fn unquote(text: &str) -> &str {
    let text = text.trim();
    ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(host: &str, login: &str, active: bool) -> Account {
        Account { host: host.to_owned(), login: login.to_owned(), active }
    }

    #[test]
    fn hosts_and_logins_are_read_from_what_gh_writes() {
        let text = "\
github.com:
    git_protocol: https
    users:
        octocat:
            oauth_token: gho_canary
        hubot:
    user: octocat
# a comment: here
\"ghe.example.com\":
    oauth_token: gho_canary
    user: 'monalisa'
empty.example.com:
    git_protocol: ssh
";
        let expected = vec![
            account("github.com", "octocat", true),
            account("github.com", "hubot", false),
            account("ghe.example.com", "monalisa", true),
        ];
        assert_eq!(accounts(text), expected);
        assert_eq!(accounts(""), []);
        assert_eq!(accounts("no yaml\n  at all: : :"), []);
    }
}
