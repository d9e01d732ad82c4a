//! Finders: what people already have in other places. They look only when asked, and only read.

mod docker;
mod environment;
pub(crate) mod files;
mod found;
mod gh;
pub(crate) mod podman;

use std::time::Duration;

use slipway_distribution::CredentialSource;
use slipway_reference::HostName;

use crate::Surroundings;
use crate::docker::{Helper, IDENTITY_TOKEN, Login};
use found::At;
pub use found::{BelongsTo, Fetched, FindError, Found, Listing, Trouble};

/// Finds logins in the environment, and in what Docker, Podman and `gh` keep.
#[derive(Clone)]
pub struct Finders {
    surroundings: Surroundings,
}

impl Finders {
    /// Finders that look around in `surroundings`.
    pub fn new(surroundings: Surroundings) -> Self {
        Self { surroundings }
    }

    /// All logins that there are: the environment's, Docker's, Podman's, `gh`'s. Each program that is asked has `limit`
    /// to answer. No secret is fetched, except that Docker's and Podman's files hold theirs beside the names.
    pub async fn list(&self, limit: Duration) -> Listing {
        let mut all = environment::list(&self.surroundings);
        let (docker, gh) =
            tokio::join!(docker::list(&self.surroundings, limit), gh::list(&self.surroundings, limit));
        all.add(docker);
        all.add(podman::list(&self.surroundings));
        all.add(gh);
        all
    }

    /// The logins that files name: those of `gh` where it is installed, Docker's and Podman's. Reads these files and nothing
    /// else: no program runs, no keychain and no network is asked, so that it can be done unasked. Where a helper keeps
    /// the login, its name is not known yet. What cannot be read is passed over.
    pub fn in_files(&self) -> Vec<Found> {
        let mut all = gh::in_files(&self.surroundings);
        all.extend(docker::in_files(&self.surroundings));
        all.extend(podman::list(&self.surroundings).found);
        all.retain(|found| !found.is_identity_token);
        all
    }

    /// The secret of what was found.
    pub async fn fetch(&self, found: &Found, limit: Duration) -> Result<Fetched, FindError> {
        let surroundings = &self.surroundings;
        let gone = || FindError::Gone { place: found.place.clone() };
        let (username, secret) = match &found.at {
            At::Variable(name) => (found.username.clone(), surroundings.secret(name).ok_or_else(gone)?),
            At::AuthVariable { key } => {
                files::basic(docker::variable(surroundings)?.take(key).ok_or_else(gone)?, &found.place)?
            }
            At::AuthFile { path, key } => {
                files::basic(files::login(files::read(path)?, key).ok_or_else(gone)?, &found.place)?
            }
            At::LegacyFile { path, key } => {
                files::basic(files::login(files::read_legacy(path)?, key).ok_or_else(gone)?, &found.place)?
            }
            At::Helper { name, server } => {
                let login = Helper::new(surroundings, name)?.get(server, limit).await?.ok_or_else(gone)?;
                if login.username == IDENTITY_TOKEN {
                    return Err(FindError::IdentityToken { place: found.place.clone() });
                }
                (Some(login.username).filter(|name| !name.is_empty()), login.secret)
            }
            At::Gh { host, login, active } => {
                let user = (!active).then_some(login.as_str());
                (found.username.clone(), gh::token(surroundings, host, user, limit).await?.ok_or_else(gone)?)
            }
        };
        Ok(Fetched { username, secret, source: found.source, place: found.place.clone() })
    }

    /// What Docker would use for the path `path` of `host`, in Docker's order: `DOCKER_AUTH_CONFIG`, the helper of that
    /// host, the store, `auths`; of several entries for it the longest that fits, and never one of another path. A
    /// `DOCKER_AUTH_CONFIG` that is not understood counts as not set, as it does for Docker.
    pub async fn docker(
        &self,
        host: &HostName,
        path: &str,
        limit: Duration,
    ) -> Result<Option<Fetched>, FindError> {
        self.first(docker::candidates(&self.surroundings, host, path)?, limit).await
    }

    /// What Podman, Buildah and Skopeo would use for `path`, a host with or without what follows it in references:
    /// `ghcr.io/octocat/hello`. The first of their files that has an entry for it, the longest entry in there.
    pub async fn podman(&self, path: &str, limit: Duration) -> Result<Option<Fetched>, FindError> {
        self.first(podman::candidates(&self.surroundings, path)?, limit).await
    }

    /// The first of `candidates` that is there.
    async fn first(&self, candidates: Vec<Found>, limit: Duration) -> Result<Option<Fetched>, FindError> {
        for candidate in candidates {
            match self.fetch(&candidate, limit).await {
                Err(FindError::Gone { .. }) => {}
                fetched => return fetched.map(Some),
            }
        }
        Ok(None)
    }
}

/// A login that stands in a file or variable itself.
fn in_plain(login: &Login, belongs_to: &str, source: CredentialSource, place: String, at: At) -> Found {
    let username = match login {
        Login::Basic(username, _) => Some(username.clone()),
        Login::IdentityToken => None,
    };
    Found {
        belongs_to: BelongsTo::Registry(belongs_to.to_owned()),
        is_identity_token: username.is_none(),
        username,
        source,
        place,
        at,
    }
}
