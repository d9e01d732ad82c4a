//! Who may do what: credentials of the two registries, roles, and the words of each refusal.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::answer::Fault;
use crate::bearer::{Bearer, Grant, Scope};
use crate::name::is_name;
use crate::options::{Repository, TokenForm, User};
use crate::packages::{Kind, Record, Role, Visibility};
use crate::server::Shared;
use crate::token::Token;

const WRONG_SCOPES: &str = "permission_denied: The token provided does not match expected scopes.";
const UNAUTHENTICATED: &str = "unauthenticated: User cannot be authenticated with the token provided.";
const DOCKER_UNAUTHORIZED: &str = "Your request could not be authenticated by the GitHub Packages service. Please \
                                   ensure your access token is valid and has the appropriate scopes configured.";

/// Who asks.
#[derive(Clone)]
pub(crate) struct Caller {
    /// `None` is anonymous.
    pub(crate) token: Option<Arc<Token>>,
    /// What the bearer token was asked for; `None` when the credential itself was sent, which is good for all.
    scopes: Option<Vec<Scope>>,
}

impl Caller {
    fn with(token: Arc<Token>) -> Self {
        Self { token: Some(token), scopes: None }
    }

    /// Whether the bearer token was asked for with this action.
    fn asked(&self, name: &str, action: fn(&Scope) -> bool) -> bool {
        self.scopes
            .as_ref()
            .is_none_or(|scopes| scopes.iter().any(|scope| scope.name == name && action(scope)))
    }

    /// Whether a bearer token was obtained for pushing to `name`.
    pub(crate) fn means_to_push(&self, name: &str) -> bool {
        self.scopes.is_some() && self.asked(name, |scope| scope.push)
    }
}

/// `user:secret` of a `Basic` header.
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = scheme(headers, "basic")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, secret) = decoded.split_once(':')?;
    Some((user.to_owned(), secret.to_owned()))
}

/// What follows a scheme in `Authorization`, if it is that scheme's.
pub(crate) fn scheme<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (found, rest) = value.split_once(' ').unwrap_or((value, ""));
    found.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

impl Shared {
    /// The challenge of facts §1.1: always `pull`, and a placeholder where there is no name.
    pub(crate) fn challenge(&self, name: Option<&str>, headers: &HeaderMap) -> String {
        let scope = name.filter(|name| is_name(name)).unwrap_or("user/image");
        let realm = self.realm(headers);
        format!("Bearer realm=\"{realm}\",service=\"ghcr.io\",scope=\"repository:{scope}:pull\"")
    }

    /// Who asks at ghcr.io, by the table of facts §1.1. `reading`: a `GET` or `HEAD` below a name.
    pub(crate) fn ghcr_caller(
        &self,
        headers: &HeaderMap,
        name: Option<&str>,
        reading: bool,
    ) -> Result<Caller, Fault> {
        if !headers.contains_key(AUTHORIZATION) {
            let fault = Fault::unauthorized("authentication required");
            return Err(fault.challenge(&self.challenge(name, headers)));
        }
        let Some(bearer) = scheme(headers, "bearer") else { return Err(Fault::denied("invalid token")) };
        if bearer.is_empty() {
            return Err(Fault::unauthorized("authentication token not provided"));
        }
        match self.bearers.find(bearer) {
            Bearer::Good(Grant { token, scopes }) => return Ok(Caller { token, scopes: Some(scopes) }),
            Bearer::Expired => return Err(Fault::unauthorized(UNAUTHENTICATED)),
            Bearer::Unknown => {}
        }
        let Ok(decoded) = STANDARD.decode(bearer) else { return Err(Fault::denied("invalid token")) };
        let decoded = String::from_utf8_lossy(&decoded);
        let secret = decoded.split_once(':').map_or(&*decoded, |(_, secret)| secret);
        if let Some(token) = self.tokens.find(secret).filter(|token| token.is_live()) {
            return Ok(Caller::with(token));
        }
        let is_credential =
            ["ghp_", "gho_", "ghu_", "ghs_", "github_pat_"].iter().any(|p| secret.starts_with(p));
        let public = name
            .and_then(|name| self.packages.published(Kind::Ghcr, name))
            .is_some_and(|record| record.visibility == Visibility::Public);
        if reading && public && !is_credential {
            // Any base64 is as good as nothing on a public package (Homebrew/brew#11066).
            return Ok(Caller { token: None, scopes: None });
        }
        Err(Fault::unauthorized(UNAUTHENTICATED))
    }

    /// Whether the caller may pull from a ghcr.io package; packages that do not exist are nobody's secret.
    pub(crate) fn ghcr_may_pull(&self, caller: &Caller, name: &str) -> Result<(), Fault> {
        if !caller.asked(name, |scope| scope.pull || scope.push) {
            return Err(Fault::denied("requested access to the resource is denied"));
        }
        let record = self.packages.published(Kind::Ghcr, name);
        let public = record.as_ref().is_some_and(|record| record.visibility == Visibility::Public);
        let Some(token) = &caller.token else {
            return if public {
                Ok(())
            } else {
                Err(Fault::denied("requested access to the resource is denied"))
            };
        };
        if token.lacks_sso(owner(name)) {
            // A private package looks as if it were not there (sigstore/cosign#2930).
            return Err(if public {
                saml()
            } else {
                Fault::name_unknown("repository name not known to registry")
            });
        }
        if public {
            return Ok(());
        }
        match token.form {
            TokenForm::FineGrained => return Err(Fault::denied(WRONG_SCOPES)),
            TokenForm::Classic | TokenForm::OauthApp if !token.has("read:packages") => {
                return Err(Fault::denied(WRONG_SCOPES));
            }
            TokenForm::App => return Err(Fault::denied("permission_denied: read_package")),
            TokenForm::Classic | TokenForm::OauthApp => {}
        }
        match record {
            Some(record) if self.role(&record, &token.login).is_none() => {
                Err(Fault::denied("permission_denied: read_package"))
            }
            _ => Ok(()),
        }
    }

    /// Whether the caller may push to a ghcr.io package, existing or not.
    pub(crate) fn ghcr_may_push(
        &self,
        caller: &Caller,
        name: &str,
        headers: &HeaderMap,
    ) -> Result<(), Fault> {
        let Some(token) = &caller.token else {
            let fault = Fault::unauthorized("authentication required");
            return Err(fault.challenge(&self.challenge(Some(name), headers)));
        };
        if !caller.asked(name, |scope| scope.push) {
            return Err(Fault::denied("requested access to the resource is denied"));
        }
        let package = self.packages.published(Kind::Ghcr, name);
        let Some(owner) = self.user(owner(name)) else {
            return Err(Fault::denied("not_found: owner not found"));
        };
        if token.lacks_sso(&owner.login) {
            return Err(saml());
        }
        match token.form {
            TokenForm::FineGrained => return Err(Fault::denied(WRONG_SCOPES)),
            TokenForm::App if owner.organization => {
                let verb = if package.is_some() { "Write" } else { "Create" };
                return Err(Fault::denied(format!(
                    "installation not allowed to {verb} organization package"
                )));
            }
            TokenForm::App => return Err(Fault::denied("permission_denied: write_package")),
            TokenForm::Classic | TokenForm::OauthApp if !token.has("write:packages") => {
                return Err(Fault::denied(WRONG_SCOPES));
            }
            TokenForm::Classic | TokenForm::OauthApp => {}
        }
        let denied = self.switches.get().deny_package.contains(name);
        match package {
            _ if denied => Err(Fault::denied("permission_denied: write_package")),
            Some(record) if self.role(&record, &token.login) < Some(Role::Write) => {
                Err(Fault::denied("permission_denied: write_package"))
            }
            Some(_) => Ok(()),
            None if owner.login == token.login || self.membership(&token.login, &owner.login).is_some() => {
                Ok(())
            }
            None => Err(Fault::denied("permission_denied: create_package")),
        }
    }

    /// Who asks at docker.pkg.github.com: `Basic` on each request, nobody anonymous (facts §2.1).
    pub(crate) fn docker_caller(&self, headers: &HeaderMap) -> Result<Caller, Fault> {
        let refused =
            || Fault::unauthorized(DOCKER_UNAUTHORIZED).challenge("Basic realm=\"GitHub Package Registry\"");
        let (user, secret) = basic(headers).ok_or_else(refused)?;
        let token = self.tokens.find(&secret).filter(|token| token.is_live()).ok_or_else(refused)?;
        let known_form = matches!(token.form, TokenForm::Classic | TokenForm::OauthApp);
        if !known_form || !token.has("read:packages") || !self.username_fits(&user, &token) {
            return Err(refused());
        }
        Ok(Caller::with(token))
    }

    /// Whether the caller may use a package of docker.pkg.github.com. Permissions are the repository's.
    pub(crate) fn docker_may(&self, caller: &Caller, name: &str, writing: bool) -> Result<(), Fault> {
        let parts: Vec<&str> = name.split('/').collect();
        let &[owner, repository, _] = parts.as_slice() else {
            return Err(Fault::name_unknown(
                "docker image push is only supported with a tag of the format :owner/:repo_name/:image_name.",
            ));
        };
        let Some(token) = &caller.token else { return Err(Fault::unauthorized(DOCKER_UNAUTHORIZED)) };
        if !token.has("repo") {
            return Err(Fault::denied(format!(
                "Your token has not been granted the required scopes to execute this query. The 'name' field requires \
                 one of the following scopes: ['repo'], but your token has only been granted the: [{}] scopes.",
                token.scopes()
            )));
        }
        if writing && !token.has("write:packages") {
            return Err(Fault::unauthorized(DOCKER_UNAUTHORIZED));
        }
        if token.lacks_sso(owner) {
            return Err(saml());
        }
        let found = self.user(owner).and_then(|user| {
            user.repositories.iter().find(|found| found.name == repository).map(|found| (user, found))
        });
        // The text for a repository that does not exist is not known.
        let absent = || Fault::name_unknown(format!("repository \"{owner}/{repository}\" not found"));
        let (user, found) = found.ok_or_else(absent)?;
        let role = self.repository_role(user, found, &token.login);
        if role.is_none() {
            return Err(absent());
        }
        if writing && (role < Some(Role::Write) || self.switches.get().deny_package.contains(name)) {
            return Err(Fault::denied("permission_denied: write_package"));
        }
        Ok(())
    }

    /// Whether the user name is as good as the switch demands.
    pub(crate) fn username_fits(&self, user: &str, token: &Token) -> bool {
        !self.switches.get().check_username || user.eq_ignore_ascii_case(&token.login)
    }

    /// Who the pusher and the owners are to a package.
    pub(crate) fn role(&self, record: &Record, login: &str) -> Option<Role> {
        let owner = owner(&record.name);
        let inherited = if owner == login {
            Some(Role::Admin)
        } else {
            self.membership(login, owner).map(|is_owner| if is_owner { Role::Admin } else { Role::Read })
        };
        inherited.max(record.roles.get(login).copied())
    }

    pub(crate) fn repository_role(&self, owner: &User, repository: &Repository, login: &str) -> Option<Role> {
        if owner.login == login || repository.writers.iter().any(|writer| writer == login) {
            return Some(Role::Write);
        }
        let member = self.membership(login, &owner.login).map(|_| Role::Write);
        member.or(repository.public.then_some(Role::Read))
    }

    pub(crate) fn user(&self, login: &str) -> Option<&User> {
        self.users.iter().find(|user| user.login == login)
    }

    /// Whether `login` is an owner of the organization; `None` for strangers.
    pub(crate) fn membership(&self, login: &str, organization: &str) -> Option<bool> {
        let membership = self.user(login)?.member_of.iter().find(|of| of.organization == organization)?;
        Some(membership.owner)
    }
}

fn owner(name: &str) -> &str {
    name.split('/').next().unwrap_or_default()
}

/// The registry's own text is not known; this is the REST API's.
fn saml() -> Fault {
    Fault::denied(
        "Resource protected by organization SAML enforcement. You must grant your personal access token access to \
         this organization.",
    )
}
