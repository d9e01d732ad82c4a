//! What a practice registry is started with: people, what they own, and which tokens they hold.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::switches::Switches;

/// How to start a [`Practice`](crate::Practice).
#[derive(Clone, Debug)]
pub struct Options {
    /// Where content is kept; made when absent. One running practice registry per directory.
    pub directory: PathBuf,
    /// Where the registry that stands for `ghcr.io` listens; port 0 takes a free one. Loopback only.
    pub ghcr: SocketAddr,
    /// Where the registry that stands for `docker.pkg.github.com` listens, if it is wanted. Loopback only.
    pub docker: Option<SocketAddr>,
    /// Where the server that stands for `api.github.com` and for the pages of `github.com` listens, if it is wanted.
    /// Loopback only.
    pub api: Option<SocketAddr>,
    /// Who exists.
    pub users: Vec<User>,
    /// How it behaves where that can be chosen.
    pub switches: Switches,
}

impl Options {
    /// Both registries and the API on free loopback ports with the usual people:
    ///
    /// - `octocat`, member of `octo-org` and of `octo-sso`, with a token of every kind (see [`TokenSpec`] labels
    ///   `publish`, `packages-only`, `read`, `scopeless`, `oauth`, `fine-grained`, `app`, `expired`, `mistyped`,
    ///   `sso-missing`, `sso-listed` (with `read:org`, too), `expiring` (in 5 days), `dated` (ends in 60 days), `organizations` (with `read:org`) and
    ///   `everything`) and the repositories `octo-app`, `monalisa`, `hello-world` and `museum`, which is archived;
    /// - `monalisa`, a second person with `publish` and `read`, and the repository `studio`;
    /// - `octo-org`, an organization owned by monalisa, with the repository `octo-app`, once called `octo-old`;
    /// - `octo-sso`, an organization that octocat's tokens `sso-missing` and `sso-listed` were not authorized for.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            directory: directory.into(),
            ghcr: free,
            docker: Some(free),
            api: Some(free),
            users: usual_users(),
            switches: Switches::default(),
        }
    }
}

/// A person or an organization.
#[derive(Clone, Debug)]
pub struct User {
    /// The login in lower case.
    pub login: String,
    /// Organizations own packages but hold no tokens.
    pub organization: bool,
    /// The organizations this person belongs to.
    pub member_of: Vec<Membership>,
    /// The repositories of this owner; the older registry needs one for each image.
    pub repositories: Vec<Repository>,
    /// The tokens made up for this person at each start, the first being the usual one.
    pub tokens: Vec<TokenSpec>,
}

impl User {
    /// A person with one classic token, `publish`, that may do everything with packages.
    pub fn person(login: &str) -> Self {
        Self {
            login: login.to_owned(),
            organization: false,
            member_of: Vec::new(),
            repositories: Vec::new(),
            tokens: vec![TokenSpec::classic("publish", &["write:packages", "repo"])],
        }
    }

    /// An organization.
    pub fn organization(login: &str) -> Self {
        Self { organization: true, tokens: Vec::new(), ..Self::person(login) }
    }

    /// The same user with repositories of these names.
    #[must_use]
    pub fn with_repositories(mut self, names: &[&str]) -> Self {
        self.repositories.extend(names.iter().map(|name| Repository::named(name)));
        self
    }
}

/// That a person belongs to an organization.
#[derive(Clone, Debug)]
pub struct Membership {
    /// The organization's login.
    pub organization: String,
    /// Whether as an owner, who administers every package, or as a member, who may read and create.
    pub owner: bool,
}

/// A repository. The older registry takes permissions from it.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The name without its owner, in lower case.
    pub name: String,
    /// Whether everyone who is signed in may read.
    pub public: bool,
    /// The logins of people besides the owner who may write.
    pub writers: Vec<String>,
    /// Whether nobody may change it any more.
    pub archived: bool,
    /// Names it had before, in lower case. The API redirects from them.
    pub formerly: Vec<String>,
}

impl Repository {
    /// A private repository for which only the owner may write.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            public: false,
            writers: Vec::new(),
            archived: false,
            formerly: Vec::new(),
        }
    }
}

/// A token to make up at the start.
#[derive(Clone, Debug)]
pub struct TokenSpec {
    /// What the token is called here, unique for its user.
    pub label: String,
    /// Its kind, which decides its form and what it may do.
    pub form: TokenForm,
    /// The scopes of a classic or OAuth token, such as `write:packages`; others have none.
    pub scopes: Vec<String>,
    /// Whether it is accepted.
    pub standing: Standing,
    /// When it ends, as the API says it. Saying only: [`Standing::Expired`] makes it end.
    pub expires: Option<Expiry>,
}

impl TokenSpec {
    /// A valid classic token.
    pub fn classic(label: &str, scopes: &[&str]) -> Self {
        Self::of(label, TokenForm::Classic, scopes, Standing::Valid)
    }

    fn of(label: &str, form: TokenForm, scopes: &[&str], standing: Standing) -> Self {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        Self { label: label.to_owned(), form, scopes, standing, expires: None }
    }

    /// The same token with an end.
    #[must_use]
    pub fn expiring(self, after: Duration, layout: ExpiryLayout) -> Self {
        Self { expires: Some(Expiry { after, layout }), ..self }
    }
}

/// When a token ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// So long after it was made up.
    pub after: Duration,
    /// How `GitHub-Authentication-Token-Expiration` says it.
    pub layout: ExpiryLayout,
}

/// The two layouts that `GitHub-Authentication-Token-Expiration` was seen in (google/go-github#2649).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpiryLayout {
    /// `2026-12-01 10:00:00 UTC`
    Utc,
    /// `2026-12-01 03:00:00 -0700`
    Offset,
}

/// The kinds of tokens people have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenForm {
    /// `ghp_`: a classic personal access token.
    Classic,
    /// `gho_`: what an OAuth app, such as a command line client, was given.
    OauthApp,
    /// `github_pat_`: fine-grained, which the registries do not take.
    FineGrained,
    /// `ghs_` with a JWT inside: a GitHub App's installation.
    App,
}

/// Whether a token is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Valid,
    /// It has expired or was revoked.
    Expired,
    /// Its checksum is wrong, as after a copying mistake.
    WrongChecksum,
    /// It is, except for organizations with single sign-on, named here, that did not authorize it.
    SsoMissing(Vec<String>),
}

fn usual_users() -> Vec<User> {
    let mut octocat = User::person("octocat").with_repositories(&["octo-app", "monalisa", "hello-world"]);
    octocat.repositories.push(Repository { archived: true, public: true, ..Repository::named("museum") });
    octocat.member_of = ["octo-org", "octo-sso"]
        .map(|name| Membership { organization: name.to_owned(), owner: false })
        .into();
    let write = ["write:packages", "repo"];
    octocat.tokens.extend([
        TokenSpec::classic("packages-only", &["write:packages"]),
        TokenSpec::classic("read", &["read:packages", "repo"]),
        TokenSpec::classic("scopeless", &[]),
        TokenSpec::of("oauth", TokenForm::OauthApp, &write, Standing::Valid),
        TokenSpec::of("fine-grained", TokenForm::FineGrained, &[], Standing::Valid),
        TokenSpec::of("app", TokenForm::App, &[], Standing::Valid),
        TokenSpec::of("expired", TokenForm::Classic, &write, Standing::Expired),
        TokenSpec::of("mistyped", TokenForm::Classic, &write, Standing::WrongChecksum),
        TokenSpec::of(
            "sso-missing",
            TokenForm::Classic,
            &write,
            Standing::SsoMissing(vec!["octo-sso".to_owned()]),
        ),
        TokenSpec::of(
            "sso-listed",
            TokenForm::Classic,
            &["write:packages", "read:org"],
            Standing::SsoMissing(vec!["octo-sso".to_owned()]),
        ),
        TokenSpec::classic("expiring", &write).expiring(days(5), ExpiryLayout::Utc),
        TokenSpec::classic("dated", &write).expiring(days(60), ExpiryLayout::Offset),
        TokenSpec::classic("organizations", &["write:packages", "read:org"]),
        TokenSpec::classic("everything", &["repo", "write:packages", "delete:packages", "admin:org"]),
    ]);
    let mut monalisa = User::person("monalisa").with_repositories(&["studio"]);
    monalisa.member_of = vec![Membership { organization: "octo-org".to_owned(), owner: true }];
    monalisa.tokens.push(TokenSpec::classic("read", &["read:packages", "repo"]));
    let mut octo_org = User::organization("octo-org");
    octo_org
        .repositories
        .push(Repository { formerly: vec!["octo-old".to_owned()], ..Repository::named("octo-app") });
    vec![octocat, monalisa, octo_org, User::organization("octo-sso").with_repositories(&["octo-app"])]
}

/// As a token's life is given, in days.
fn days(count: u64) -> Duration {
    Duration::from_hours(24 * count)
}
