//! Packages: what the registries hold, as the REST API shows it.

use std::sync::Arc;

use axum::http::StatusCode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::account::{SINCE, simple};
use super::answer::{Refusal, Reply};
use super::{Asking, Holder, package_type, repository, timestamp};
use crate::name::{Algorithm, Digest};
use crate::options::{TokenForm, User};
use crate::packages::{Kind, Record, Visibility};
use crate::token::Token;

/// All that may stand in one part of a path.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `GET P/packages`
pub(super) fn list(asking: &Asking<'_>, holder: &Holder) -> Result<Reply, Refusal> {
    let invalid = || Refusal::new(StatusCode::BAD_REQUEST, "Invalid argument.");
    if asking.token()?.form == TokenForm::App {
        // Single packages can be asked for (cli/cli#9606).
        return Err(invalid());
    }
    // The exact words are not known.
    let token = asking.scope("read:packages", "You need at least read:packages scope to list packages.")?;
    let kind = asking.query.get("package_type").and_then(package_type).ok_or_else(invalid)?;
    let owner = owner(asking, holder, token)?;
    asking.sso(&owner.login)?;
    let wanted = asking.query.get("visibility");
    let packages = asking.shared.packages.of_owner(kind, &owner.login);
    let shown = packages
        .iter()
        .filter(|record| may_see(asking, token, record))
        .filter(|record| wanted.is_none_or(|wanted| wanted == visibility(record)))
        .map(|record| object(asking, owner, record))
        .collect();
    Ok(Reply::page(asking, shown))
}

/// `GET P/packages/{type}/{name}`
pub(super) fn get(asking: &Asking<'_>, holder: &Holder, kind: Kind, name: &str) -> Result<Reply, Refusal> {
    let (owner, record) = find(asking, holder, kind, name)?;
    Ok(Reply::new(object(asking, owner, &record)))
}

/// `GET P/packages/{type}/{name}/versions`, the newest first.
pub(super) fn versions(
    asking: &Asking<'_>,
    holder: &Holder,
    kind: Kind,
    name: &str,
) -> Result<Reply, Refusal> {
    let (owner, record) = find(asking, holder, kind, name)?;
    let came = record.came.iter().rev();
    Ok(Reply::page(
        asking,
        came.map(|(digest, when)| version(asking, owner, &record, digest, *when)).collect(),
    ))
}

/// A package that may be seen, and whose it is.
fn find<'a>(
    asking: &'a Asking<'_>,
    holder: &Holder,
    kind: Kind,
    name: &str,
) -> Result<(&'a User, Arc<Record>), Refusal> {
    if asking.token()?.form == TokenForm::App {
        // Even for packages that exist (actions/create-github-app-token#314).
        return Err(Refusal::not_found());
    }
    // The exact words are not known.
    let token = asking.scope("read:packages", "You need at least read:packages scope to get a package.")?;
    let owner = owner(asking, holder, token)?;
    asking.sso(&owner.login)?;
    let record = asking.shared.packages.published(kind, &format!("{}/{name}", owner.login));
    let record = record.filter(|record| may_see(asking, token, record));
    let record = record.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "Package not found."))?;
    Ok((owner, record))
}

/// The account, if it is of the kind that the address says.
fn owner<'a>(asking: &'a Asking<'_>, holder: &Holder, token: &Token) -> Result<&'a User, Refusal> {
    let (login, organization) = match holder {
        Holder::Own => (&token.login, false),
        Holder::Person(login) => (login, false),
        Holder::Organization(login) => (login, true),
    };
    let user = asking.shared.user(&login.to_ascii_lowercase());
    user.filter(|user| user.organization == organization).ok_or_else(Refusal::not_found)
}

fn may_see(asking: &Asking<'_>, token: &Token, record: &Record) -> bool {
    let shared = asking.shared;
    match record.registry {
        Kind::Ghcr => record.visibility == Visibility::Public || shared.role(record, &token.login).is_some(),
        // Permissions are the repository's.
        Kind::Docker => {
            let mut parts = record.name.split('/');
            let owner = parts.next().and_then(|owner| shared.user(owner));
            let name = parts.next().unwrap_or_default();
            owner.is_some_and(|owner| {
                owner.repositories.iter().any(|repository| {
                    repository.name == name
                        && (repository.public || token.has("repo"))
                        && shared.repository_role(owner, repository, &token.login).is_some()
                })
            })
        }
    }
}

fn visibility(record: &Record) -> &'static str {
    match record.visibility {
        Visibility::Public => "public",
        Visibility::Private => "private",
    }
}

fn object(asking: &Asking<'_>, owner: &User, record: &Record) -> Value {
    let (kind, linked) = match record.registry {
        Kind::Ghcr => ("container", record.repository.clone()),
        Kind::Docker => ("docker", Some(record.name.split('/').take(2).collect::<Vec<_>>().join("/"))),
    };
    let name = record.name.split_once('/').map_or(record.name.as_str(), |(_, name)| name);
    let encoded = utf8_percent_encode(name, PART);
    let (accounts, login) = (if owner.organization { "orgs" } else { "users" }, &owner.login);
    let mut object = json!({
        "id": number(&format!("{kind} {}", record.name)),
        "name": name,
        "package_type": kind,
        "owner": simple(asking, owner),
        "version_count": record.manifests.len(),
        "visibility": visibility(record),
        "url": format!("{}/{accounts}/{login}/packages/{kind}/{encoded}", asking.base),
        "html_url": format!("{}/{accounts}/{login}/packages/{kind}/package/{encoded}", asking.web),
        "created_at": SINCE,
        "updated_at": SINCE,
    });
    // Not `null` but absent where there is none.
    if let Some(repository) = linked.and_then(|full_name| repository::linked(asking, &full_name)) {
        object["repository"] = repository;
    }
    object
}

/// A version is a manifest: GitHub calls it by its digest.
fn version(asking: &Asking<'_>, owner: &User, record: &Record, digest: &str, when: u64) -> Value {
    let kind = match record.registry {
        Kind::Ghcr => "container",
        Kind::Docker => "docker",
    };
    let name = record.name.split_once('/').map_or(record.name.as_str(), |(_, name)| name);
    let encoded = utf8_percent_encode(name, PART);
    let (accounts, login) = (if owner.organization { "orgs" } else { "users" }, &owner.login);
    let id = number(&format!("{kind} {} {digest}", record.name));
    let tags: Vec<&String> = record.tags.iter().filter(|(_, of)| *of == digest).map(|(tag, _)| tag).collect();
    let page = format!("{}/{accounts}/{login}/packages/{kind}/{encoded}", asking.web);
    json!({
        "id": id,
        "name": digest,
        "url": format!("{}/{accounts}/{login}/packages/{kind}/{encoded}/versions/{id}", asking.base),
        "package_html_url": format!("{}/{accounts}/{login}/packages/{kind}/package/{encoded}", asking.web),
        "html_url": format!("{page}/{id}"),
        "created_at": timestamp(when),
        "updated_at": timestamp(when),
        // The docker type has another member, of which the form is not known.
        "metadata": { "package_type": kind, "container": { "tags": tags } },
    })
}

/// A number for an object. Seven hexadecimal digits fit every reader's integers.
fn number(of: &str) -> u64 {
    let hex = Digest::of(Algorithm::Sha256, of.as_bytes()).hex;
    u64::from_str_radix(&hex[..7], 16).unwrap_or_default()
}
