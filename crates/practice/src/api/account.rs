//! People and organizations.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Asking;
use super::answer::{Refusal, Reply};
use crate::options::{TokenForm, User};
use crate::server::Shared;

/// Addresses that every account has, below its own.
const PLACES: [(&str, &str); 9] = [
    ("followers_url", "/followers"),
    ("following_url", "/following{/other_user}"),
    ("gists_url", "/gists{/gist_id}"),
    ("starred_url", "/starred{/owner}{/repo}"),
    ("subscriptions_url", "/subscriptions"),
    ("organizations_url", "/orgs"),
    ("repos_url", "/repos"),
    ("events_url", "/events{/privacy}"),
    ("received_events_url", "/received_events"),
];

/// When everybody joined.
pub(super) const SINCE: &str = "2026-01-01T00:00:00Z";

/// The number of an account, by its place in the options.
pub(super) fn id(shared: &Shared, login: &str) -> usize {
    shared.users.iter().position(|user| user.login == login).map_or(0, |at| at + 1)
}

/// An account as it stands in other objects.
pub(super) fn simple(asking: &Asking<'_>, user: &User) -> Value {
    let (login, id) = (&user.login, id(asking.shared, &user.login));
    let url = format!("{}/users/{login}", asking.base);
    let mut account = json!({
        "login": login,
        "id": id,
        "node_id": format!("U_{id}"),
        "avatar_url": format!("{}/u/{id}", asking.web),
        "gravatar_id": "",
        "url": url,
        "html_url": format!("{}/{login}", asking.web),
        "type": if user.organization { "Organization" } else { "User" },
        "user_view_type": "public",
        "site_admin": false,
    });
    for (member, below) in PLACES {
        account[member] = format!("{url}{below}").into();
    }
    account
}

/// An account as everybody sees it.
fn full(asking: &Asking<'_>, user: &User) -> Value {
    let mut account = simple(asking, user);
    for member in ["name", "company", "location", "email", "hireable", "bio"] {
        account[member] = Value::Null;
    }
    account["blog"] = "".into();
    for member in ["public_gists", "followers", "following"] {
        account[member] = 0.into();
    }
    account["public_repos"] = user.repositories.iter().filter(|repository| repository.public).count().into();
    account["created_at"] = SINCE.into();
    account["updated_at"] = SINCE.into();
    account
}

/// `GET /user`
pub(super) fn own(asking: &Asking<'_>) -> Result<Reply, Refusal> {
    let token = asking.token()?;
    if token.form == TokenForm::App {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "Resource not accessible by integration"));
    }
    let user = asking.shared.user(&token.login).ok_or_else(Refusal::not_found)?;
    let mut account = full(asking, user);
    account["user_view_type"] = "private".into();
    let private = user.repositories.iter().filter(|repository| !repository.public).count();
    for (member, count) in [
        ("private_gists", 0),
        ("total_private_repos", private),
        ("owned_private_repos", private),
        ("disk_usage", 0),
        ("collaborators", 0),
    ] {
        account[member] = count.into();
    }
    account["two_factor_authentication"] = true.into();
    Ok(Reply::new(account))
}

/// `GET /users/{login}`
pub(super) fn public(asking: &Asking<'_>, login: &str) -> Result<Reply, Refusal> {
    let user = asking.shared.user(login).ok_or_else(Refusal::not_found)?;
    Ok(Reply::new(full(asking, user)))
}

/// `GET /user/orgs`
pub(super) fn organizations(asking: &Asking<'_>) -> Result<Reply, Refusal> {
    const MESSAGE: &str = "You need at least read:org scope or user scope to list your organizations.";
    let token = asking
        .scope("read:org", MESSAGE)
        .or_else(|refusal| asking.scope("user", MESSAGE).map_err(|_| refusal))?;
    let user = asking.shared.user(&token.login).ok_or_else(Refusal::not_found)?;
    let names = user.member_of.iter().map(|membership| membership.organization.as_str());
    let (withheld, shown): (Vec<&str>, Vec<&str>) = names.partition(|name| token.lacks_sso(name));
    let shown = shown.into_iter().map(|login| organization(asking, login)).collect();
    Ok(partial(asking, Reply::page(asking, shown), &withheld))
}

/// Says which organizations are left out of a list because they demand single sign-on.
pub(super) fn partial(asking: &Asking<'_>, reply: Reply, withheld: &[&str]) -> Reply {
    if withheld.is_empty() {
        return reply;
    }
    let ids: Vec<String> = withheld.iter().map(|login| id(asking.shared, login).to_string()).collect();
    reply.header("x-github-sso", format!("partial-results; organizations={}", ids.join(",")))
}

fn organization(asking: &Asking<'_>, login: &str) -> Value {
    let id = id(asking.shared, login);
    let url = format!("{}/orgs/{login}", asking.base);
    json!({
        "login": login,
        "id": id,
        "node_id": format!("O_{id}"),
        "url": url,
        "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events"),
        "hooks_url": format!("{url}/hooks"),
        "issues_url": format!("{url}/issues"),
        "members_url": format!("{url}/members{{/member}}"),
        "public_members_url": format!("{url}/public_members{{/member}}"),
        "avatar_url": format!("{}/u/{id}", asking.web),
        "description": Value::Null,
    })
}
