//! The wire client of registries; each module says what of it.

mod authorization;
mod elsewhere;
mod graph;
mod proxy;
mod tries;
mod words;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse as _, Response};
use secrecy::SecretString;
use slipway_distribution::{
    Access, Credential, CredentialSource, Credentials, Options, Registry, Repository, Retries, RetryPolicy,
};
use slipway_hosts::{Endpoint, Hosts};
use slipway_reference::{Digest, HostName};
use slipway_stage::Server;

const CANARY: &str = "canary-secret";

struct Octocat;

impl Credentials for Octocat {
    fn credential(&self, _: &HostName) -> Option<Credential> {
        Some(Credential {
            username: "octocat".to_owned(),
            secret: SecretString::from(CANARY),
            source: CredentialSource::ThisRun,
        })
    }
}

fn repository(server: &Server) -> Repository {
    repository_at(server.address)
}

fn repository_at(address: SocketAddr) -> Repository {
    of(&endpoint(address))
}

fn endpoint(address: SocketAddr) -> Endpoint {
    Hosts::builtin().endpoint(&address.to_string().parse().unwrap(), false).unwrap()
}

fn of(endpoint: &Endpoint) -> Repository {
    let registry = Registry::new(endpoint, Arc::new(Octocat), &Options::default()).unwrap();
    registry.repository(&"octocat/monalisa".parse().unwrap(), Access::PullPush)
}

fn status(code: u16) -> Response {
    axum::http::StatusCode::from_u16(code).unwrap().into_response()
}

fn with(code: u16, headers: &[(&'static str, String)]) -> Response {
    let mut response = status(code);
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}

fn basic_challenge() -> Response {
    with(401, &[("www-authenticate", "Basic realm=\"x\"".to_owned())])
}

fn digest() -> Digest {
    format!("sha256:{}", "a".repeat(64)).parse().unwrap()
}

/// The usual tries with hardly a wait between.
fn quick() -> Retries {
    let quick = |policy: RetryPolicy| RetryPolicy {
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(2),
        ..policy
    };
    let usual = Retries::default();
    Retries {
        request: quick(usual.request),
        job: quick(usual.job),
        chunk: quick(usual.chunk),
        blob: quick(usual.blob),
        away: Duration::ZERO,
        ..Retries::default()
    }
}
