//! Repositories.

use serde_json::{Value, json};

use super::Asking;
use super::account::{SINCE, partial, simple};
use super::answer::{Refusal, Reply};
use crate::options::{Repository, TokenForm, User};
use crate::packages::Role;

/// Addresses that every repository has, below its own.
const PLACES: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

const COUNTS: [&str; 9] = [
    "forks",
    "forks_count",
    "open_issues",
    "open_issues_count",
    "size",
    "stargazers_count",
    "watchers",
    "watchers_count",
    "network_count",
];

/// `GET /user/repos`
pub(super) fn list(asking: &Asking<'_>) -> Result<Reply, Refusal> {
    let token = asking.token()?;
    let of_person = |owner: &&User| {
        owner.login == token.login || asking.shared.membership(&token.login, &owner.login).is_some()
    };
    let owners: Vec<&User> = asking.shared.users.iter().collect();
    let withheld: Vec<&str> = owners
        .iter()
        .filter(|owner| of_person(owner) && token.lacks_sso(&owner.login))
        .map(|owner| owner.login.as_str())
        .collect();
    let mut shown = Vec::new();
    for owner in owners.iter().filter(|owner| !token.lacks_sso(&owner.login)) {
        for repository in &owner.repositories {
            let collaborates = repository.writers.contains(&token.login);
            if (of_person(owner) || collaborates) && may_see(asking, owner, repository) {
                shown.push(object(asking, owner, repository));
            }
        }
    }
    Ok(partial(asking, Reply::page(asking, shown), &withheld))
}

/// `GET /repos/{owner}/{name}`
pub(super) fn get(asking: &Asking<'_>, owner: &str, name: &str) -> Result<Reply, Refusal> {
    let user = asking.shared.user(owner).ok_or_else(Refusal::not_found)?;
    asking.sso(owner)?;
    let visible = || user.repositories.iter().filter(|repository| may_see(asking, user, repository));
    if let Some(repository) = visible().find(|repository| repository.name == name) {
        return Ok(Reply::new(object(asking, user, repository)));
    }
    let renamed = visible().find(|repository| repository.formerly.iter().any(|former| former == name));
    let renamed = renamed.ok_or_else(Refusal::not_found)?;
    Err(Refusal::moved(format!("{}/repositories/{}", asking.base, id(asking, user, renamed))))
}

/// `GET /repositories/{id}`, where renamed repositories redirect to.
pub(super) fn by_id(asking: &Asking<'_>, wanted: u64) -> Result<Reply, Refusal> {
    for user in &asking.shared.users {
        for repository in &user.repositories {
            if id(asking, user, repository) as u64 == wanted && may_see(asking, user, repository) {
                return Ok(Reply::new(object(asking, user, repository)));
            }
        }
    }
    Err(Refusal::not_found())
}

/// A repository as it stands in a package; absent where there is none of this full name.
pub(super) fn linked(asking: &Asking<'_>, full_name: &str) -> Option<Value> {
    let (owner, name) = full_name.split_once('/')?;
    let user = asking.shared.user(owner)?;
    let repository = user.repositories.iter().find(|repository| repository.name == name)?;
    Some(object(asking, user, repository))
}

/// Private repositories show to people with a role, and with a classic token only if it has `repo`.
fn may_see(asking: &Asking<'_>, owner: &User, repository: &Repository) -> bool {
    if repository.public {
        return true;
    }
    let Some(token) = &asking.token else { return false };
    let by_scope = match token.form {
        TokenForm::Classic | TokenForm::OauthApp => token.has("repo"),
        TokenForm::FineGrained | TokenForm::App => true,
    };
    by_scope && asking.shared.repository_role(owner, repository, &token.login).is_some()
}

fn id(asking: &Asking<'_>, owner: &User, repository: &Repository) -> usize {
    let at = owner.repositories.iter().position(|other| other.name == repository.name).unwrap_or_default();
    super::account::id(asking.shared, &owner.login) * 10_000 + at + 1
}

fn object(asking: &Asking<'_>, owner: &User, repository: &Repository) -> Value {
    let full_name = format!("{}/{}", owner.login, repository.name);
    let (id, page) = (id(asking, owner, repository), format!("{}/{full_name}", asking.web));
    let url = format!("{}/repos/{full_name}", asking.base);
    let login = asking.token.as_ref().map(|token| token.login.as_str()).unwrap_or_default();
    let role = asking.shared.repository_role(owner, repository, login);
    let (admin, push) = (owner.login == login, role >= Some(Role::Write));
    let mut object = json!({
        "id": id,
        "node_id": format!("R_{id}"),
        "name": repository.name,
        "full_name": full_name,
        "owner": simple(asking, owner),
        "private": !repository.public,
        "visibility": if repository.public { "public" } else { "private" },
        "html_url": page,
        "description": Value::Null,
        "fork": false,
        "clone_url": format!("{page}.git"),
        "git_url": format!("{page}.git"),
        "ssh_url": format!("{page}.git"),
        "svn_url": page,
        "mirror_url": Value::Null,
        "homepage": Value::Null,
        "language": Value::Null,
        "license": Value::Null,
        "default_branch": "main",
        "has_issues": true,
        "has_projects": true,
        "has_wiki": true,
        "has_pages": false,
        "has_downloads": true,
        "has_discussions": false,
        "archived": repository.archived,
        "disabled": false,
        "subscribers_count": 0,
        "pushed_at": SINCE,
        "created_at": SINCE,
        "updated_at": SINCE,
        "permissions": { "admin": admin, "maintain": admin, "push": push, "triage": push, "pull": true },
    });
    for (member, below) in PLACES {
        object[member] = format!("{url}{below}").into();
    }
    for member in COUNTS {
        object[member] = 0.into();
    }
    object
}
