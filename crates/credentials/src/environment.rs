//! `GITHUB_TOKEN` with `GITHUB_ACTOR`, as GitHub Actions sets them.

use secrecy::SecretString;
use slipway_distribution::{Credential, CredentialSource, Credentials};
use slipway_reference::HostName;

/// The hosts that a token of github.com is for.
const GITHUB_COM: [&str; 2] = ["ghcr.io", "docker.pkg.github.com"];

/// What the environment says about GitHub. The shells read it; nothing below them looks.
#[derive(Clone, Default)]
pub struct Environment {
    token: Option<SecretString>,
    actor: Option<String>,
    server: Option<String>,
}

impl Environment {
    /// Takes `GITHUB_TOKEN`, `GITHUB_ACTOR` and `GITHUB_SERVER_URL` through `get`; empty ones count as unset.
    pub fn from(get: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name| get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        Self {
            token: get("GITHUB_TOKEN").map(SecretString::from),
            actor: get("GITHUB_ACTOR"),
            server: get("GITHUB_SERVER_URL"),
        }
    }

    /// A token of a GitHub Enterprise Server instance must never reach github.com's registries
    /// (actions/runner#1199).
    fn is_of_github_com(&self) -> bool {
        self.server.as_deref().is_none_or(|server| server.trim_end_matches('/') == "https://github.com")
    }
}

impl Credentials for Environment {
    fn credential(&self, host: &HostName) -> Option<Credential> {
        if !self.is_of_github_com() || !GITHUB_COM.contains(&host.as_str()) {
            return None;
        }
        Some(Credential {
            username: self.actor.clone()?,
            secret: self.token.clone()?,
            source: CredentialSource::Environment,
        })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn environment(server: Option<&str>) -> Environment {
        Environment::from(|name| match name {
            "GITHUB_TOKEN" => Some("s3cret\n".to_owned()),
            "GITHUB_ACTOR" => Some("octocat".to_owned()),
            "GITHUB_SERVER_URL" => server.map(str::to_owned),
            _ => None,
        })
    }

    #[test]
    fn a_workflows_token_reaches_githubs_registries_and_no_other_host() {
        let found = environment(None).credential(&"ghcr.io".parse().unwrap()).unwrap();
        assert_eq!((found.username.as_str(), found.secret.expose_secret()), ("octocat", "s3cret"));
        assert!(environment(None).credential(&"registry.example.com".parse().unwrap()).is_none());
    }

    #[test]
    fn an_enterprise_servers_token_never_reaches_github_com() {
        let environment = environment(Some("https://ghe.example.com"));
        assert!(environment.credential(&"ghcr.io".parse().unwrap()).is_none());
    }

    #[test]
    fn a_token_without_a_user_name_is_not_guessed_around() {
        let environment = Environment::from(|name| (name == "GITHUB_TOKEN").then(|| "s3cret".to_owned()));
        assert!(environment.credential(&"ghcr.io".parse().unwrap()).is_none());
    }
}
