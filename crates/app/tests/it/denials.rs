//! Every refusal that was seen at GitHub, said by the practice registry, and what people are told of it. The table of
//! what came out is read by the page's tests, which hold it against the words of both languages.

use std::path::Path;

use secrecy::SecretString;
use serde_json::json;
use slipway_app::view::{AccountState, Code, Draft, FailureView, MadeFor, NewAccount, TokenFrom};
use slipway_practice::{Mishap, Place, Trouble};

use crate::{Running, pulled, watched};

/// What is done when the refusal comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Push,
    PushLegacy,
    Pull,
    SignIn,
}
use Act::{Pull, Push, PushLegacy, SignIn};

/// A refusal: what was done, where it came, its status, code and message, and what it means.
type Row = (Act, Place, u16, &'static str, &'static str, Code);

/// The table of the container registry's refusals, then of the older one's.
const REGISTRY: &[Row] = &[
    (Push, Place::UploadStart, 403, "DENIED", "permission_denied: write_package", Code::DeniedPackageRole),
    (
        Push,
        Place::UploadStart,
        403,
        "DENIED",
        "permission_denied: The token provided does not match expected scopes.",
        Code::DeniedScope,
    ),
    (
        Push,
        Place::UploadStart,
        403,
        "DENIED",
        "installation not allowed to Create organization package",
        Code::DeniedOrgCreate { token: Some(MadeFor::App) },
    ),
    (
        Push,
        Place::UploadStart,
        403,
        "DENIED",
        "permission_denied: installation not allowed to Create organization package",
        Code::DeniedOrgCreate { token: None },
    ),
    (
        Push,
        Place::UploadStart,
        403,
        "DENIED",
        "installation not allowed to Write organization package",
        Code::DeniedOrgCreate { token: Some(MadeFor::App) },
    ),
    (
        Push,
        Place::UploadStart,
        403,
        "DENIED",
        "permission_denied: create_package",
        Code::DeniedOrgCreate { token: None },
    ),
    (Push, Place::UploadStart, 403, "DENIED", "not_found: owner not found", Code::OwnerNotFound),
    (Push, Place::UploadStart, 404, "NAME_UNKNOWN", "not_found: owner not found", Code::OwnerNotFound),
    (
        Push,
        Place::UploadStart,
        401,
        "UNAUTHORIZED",
        "unauthenticated: User cannot be authenticated with the token provided.",
        Code::Unauthenticated,
    ),
    (Push, Place::Token, 403, "DENIED", "denied", Code::DeniedCredential),
    (Push, Place::Token, 403, "DENIED", "requested access to the resource is denied", Code::DeniedOther),
    (Push, Place::Token, 401, "UNAUTHORIZED", "authentication required", Code::Unauthenticated),
    // A longer wish than is waited for.
    (
        Push,
        Place::UploadStart,
        429,
        "TOOMANYREQUESTS",
        "retry-after: 40m0.5s, allowed: 2000/minute",
        Code::RateLimited,
    ),
    (
        Pull,
        Place::Manifest,
        429,
        "TOOMANYREQUESTS",
        "retry-after: 40m0.5s, allowed: 44000/minute",
        Code::RateLimited,
    ),
    (
        Push,
        Place::ManifestPut,
        400,
        "MANIFEST_BLOB_UNKNOWN",
        "blob unknown to registry",
        Code::BlobMissing { digest: None, layer: None },
    ),
    (Push, Place::ManifestPut, 400, "MANIFEST_INVALID", "manifest invalid", Code::ManifestRefused),
    (Pull, Place::Manifest, 403, "DENIED", "permission_denied: read_package", Code::DeniedPackageRole),
    (
        Pull,
        Place::Manifest,
        404,
        "MANIFEST_UNKNOWN",
        "OCI index found, but Accept header does not support OCI indexes",
        Code::NotFound { platform: None, present: None },
    ),
    (
        Pull,
        Place::Manifest,
        401,
        "UNAUTHORIZED",
        "unauthenticated: User cannot be authenticated with the token provided.",
        Code::Unauthenticated,
    ),
    (
        PushLegacy,
        Place::UploadStart,
        401,
        "UNAUTHORIZED",
        "Your request could not be authenticated by the GitHub Packages service. Please ensure your access token is valid and has the appropriate scopes configured.",
        Code::LegacyUnauthorized,
    ),
    (
        PushLegacy,
        Place::UploadStart,
        404,
        "NAME_UNKNOWN",
        "docker image push is only supported with a tag of the format :owner/:repo_name/:image_name.",
        Code::LegacyNameForm,
    ),
    (
        PushLegacy,
        Place::UploadStart,
        404,
        "NAME_UNKNOWN",
        "Request failed with : Cannot find package version with version id 1, please ensure that your token has repo, read:packages & write:packages scopes",
        Code::LegacyUnauthorized,
    ),
    (
        PushLegacy,
        Place::UploadStart,
        403,
        "DENIED",
        "Your token has not been granted the required scopes to execute this query. The 'name' field requires one of the following scopes: ['repo'], but your token has only been granted the: ['read:packages'] scopes.",
        Code::LegacyUnauthorized,
    ),
    (
        PushLegacy,
        Place::ManifestPut,
        400,
        "UNKNOWN",
        "Docker image with name \"X\" is already associated with another repository under owner \"Y\"",
        Code::LegacyNameTaken,
    ),
    (
        PushLegacy,
        Place::UploadStart,
        403,
        "DENIED",
        "Encountered a billing-related error. Please verify the billing status for this account.",
        Code::LegacyBilling,
    ),
    (
        PushLegacy,
        Place::UploadStart,
        403,
        "DENIED",
        "permission_denied: The token provided does not match expected scopes.",
        Code::DeniedScope,
    ),
    (PushLegacy, Place::ManifestPut, 403, "DENIED", "Forbidden", Code::DeniedOther),
];

/// A refusal of the REST API: its status, headers and message, and what it means.
type ApiRow = (u16, &'static [(&'static str, &'static str)], &'static str, Code);

/// The table of the REST API's refusals.
const API: &[ApiRow] = &[
    (401, &[], "Bad credentials", Code::DeniedCredential),
    (400, &[], "Invalid argument.", Code::DeniedOther),
    (404, &[], "Not Found", Code::NotFound { platform: None, present: None }),
    (403, &[], "Resource not accessible by integration", Code::DeniedOther),
    (
        403,
        &[("x-accepted-oauth-scopes", "read:packages"), ("x-oauth-scopes", "repo")],
        "You need at least read:packages scope to list packages.",
        Code::DeniedScope,
    ),
    (
        403,
        &[("x-github-sso", "required; url=https://github.com/orgs/octo-org/sso?authorization_request=A")],
        "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
        Code::SsoRequired,
    ),
    (403, &[("retry-after", "60")], "You have exceeded a secondary rate limit.", Code::RateLimited),
    (503, &[], "Service unavailable", Code::RegistryFault),
];

impl Running {
    /// The next requests of `place` get this answer, however often they are made.
    fn say(&self, place: Place, status: u16, body: &serde_json::Value, headers: &[(&'static str, &str)]) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let mishap = Mishap::Say(status, body.to_string(), headers);
        self.practice.plan(Trouble::at(place, mishap).times(u32::MAX));
    }

    async fn act(&self, act: Act) -> FailureView {
        match act {
            Push => self.push("ghcr.io").await,
            PushLegacy => self.push("docker.pkg.github.com").await,
            Pull => self.pull().await,
            SignIn => self.sign_in().await,
        }
    }

    async fn push(&self, registry: &str) -> FailureView {
        let token = self.practice.token_for("octocat").unwrap();
        self.app.accounts().sign_in_from_input(&registry.parse().unwrap(), "octocat", token).unwrap();
        let draft = Draft {
            owner: "octocat".to_owned(),
            repository: "octo-app".to_owned(),
            registry: registry.to_owned(),
            ..self.app.start().draft
        };
        let mut draft = self.app.images().open_path(&self.sample, draft).await.unwrap().draft;
        if registry == "ghcr.io" {
            draft.repository.clear();
        }
        let job = self.app.publish().start(&draft).await.unwrap();
        watched(&self.app, job).await.failure.expect("it is refused")
    }

    async fn pull(&self) -> FailureView {
        let token = self.practice.token_for("octocat").unwrap();
        self.app.accounts().sign_in_from_input(&"ghcr.io".parse().unwrap(), "octocat", token).unwrap();
        let output = self.folder().join("pulled.tar");
        pulled(&self.app, "ghcr.io/octocat/hello:1.0", &output).await.unwrap_err()
    }

    async fn sign_in(&self) -> FailureView {
        let token = SecretString::from(self.practice.token_for("octocat").unwrap());
        let account = NewAccount {
            host: "github.com".to_owned(),
            token: TokenFrom::Typed { token },
            username: String::new(),
            keep: false,
            anyway: false,
        };
        self.app.accounts().add(account).await.unwrap_err()
    }
}

/// One row of what came out, without what differs from run to run.
fn row(name: &str, failure: &FailureView) -> serde_json::Value {
    let mut failure = json!(failure);
    // Which of several requests was refused first.
    failure["message"] = json!(name);
    failure["technical"]["time"] = json!(0);
    failure["technical"]["requestId"] = json!("0A1B:2C3D");
    if let Some(request) = failure["technical"]["request"].as_str() {
        // The names of upload sessions.
        let path: Vec<&str> = request.split('?').next().unwrap_or_default().split('/').collect();
        failure["technical"]["request"] = json!(path[..path.len().min(6)].join("/"));
    }
    json!({"row": name, "failure": failure})
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_that_was_seen_has_its_explanation() {
    let mut rows = Vec::new();
    for (act, place, status, code, message, expected) in REGISTRY {
        let stage = Running::set().await;
        let body = json!({"errors": [{"code": code, "message": message}]});
        stage.say(*place, *status, &body, &[]);
        let failure = stage.act(*act).await;
        let name = format!("{act:?} {status} {code} {message}");
        assert_eq!(failure.code, *expected, "{name}: {failure:?}");
        let technical = failure.technical.as_ref().unwrap_or_else(|| panic!("{name}: no technical detail"));
        assert_eq!(technical.status, Some(*status), "{name}");
        assert_eq!(technical.message.as_deref(), Some(*message), "{name}");
        assert!(technical.request_id.is_some(), "{name}");
        assert_eq!(technical.credential.as_ref().map(|who| who.username.as_str()), Some("octocat"), "{name}");
        rows.push(row(&name, &failure));
    }
    for (status, headers, message, expected) in API {
        let stage = Running::set().await;
        stage.say(Place::Api, *status, &json!({"message": message}), headers);
        let failure = stage.act(SignIn).await;
        let name = format!("REST {status} {message}");
        assert_eq!(failure.code, *expected, "{name}: {failure:?}");
        let technical = failure.technical.as_ref().unwrap_or_else(|| panic!("{name}: no technical detail"));
        assert_eq!(technical.status, Some(*status), "{name}");
        assert!(technical.message.as_deref().unwrap_or_default().contains(message), "{name}");
        rows.push(row(&name, &failure));
    }
    let text = serde_json::to_string_pretty(&rows).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/tests/denials.json");
    if std::env::var_os("SLIPWAY_WRITE_BINDINGS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == text,
        "ui/tests/denials.json is of another day: run this test with SLIPWAY_WRITE_BINDINGS=1"
    );
}

/// An answer to HEAD has no words; the request that opens an upload brings them.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_without_words_is_asked_about_once_more() {
    let stage = Running::set().await;
    let forbidden = Mishap::Say(403, String::new(), Vec::new());
    stage.practice.plan(Trouble::at(Place::BlobHead, forbidden).times(u32::MAX));
    stage.practice.switches().change(|switches| {
        switches.deny_package.insert("octocat/hello".to_owned());
    });
    assert_eq!(stage.act(Push).await.code, Code::DeniedPackageRole);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_github_does_not_know_for_once_is_shown_again() {
    let stage = Running::set().await;
    let text = "unauthenticated: User cannot be authenticated with the token provided.";
    let body = json!({"errors": [{"code": "UNAUTHORIZED", "message": text}]});
    let once = Mishap::Say(401, body.to_string(), Vec::new());
    stage.practice.plan(Trouble::at(Place::Token, once));
    let token = stage.practice.token_for("octocat").unwrap();
    stage.app.accounts().sign_in_from_input(&"ghcr.io".parse().unwrap(), "octocat", token).unwrap();
    let pulled = pulled(&stage.app, "ghcr.io/octocat/hello:1.0", &stage.folder().join("pulled.tar")).await;
    assert_eq!(
        pulled.unwrap_err().code,
        Code::NotFound { platform: None, present: None },
        "it was let in; there is no such image"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_token_does_not_stand_before_a_public_image() {
    let stage = Running::set().await;
    let ghcr = "ghcr.io".parse().unwrap();
    let token = stage.practice.token_for("octocat").unwrap();
    stage.app.accounts().sign_in_from_input(&ghcr, "octocat", token).unwrap();
    let draft = Draft { owner: "octocat".to_owned(), ..stage.app.start().draft };
    let draft = stage.app.images().open_path(&stage.sample, draft).await.unwrap().draft;
    let job = stage.app.publish().start(&draft).await.unwrap();
    stage.app.activity().watch(job, |_| true).await;
    stage.practice.set_visibility("octocat/hello", slipway_practice::Visibility::Public).unwrap();

    let output = stage.folder().join("pulled.tar");
    let pull = || pulled(&stage.app, "ghcr.io/octocat/hello:1.0", &output);
    stage.app.accounts().sign_in_from_input(&ghcr, "octocat", "ended-long-ago").unwrap();
    let refused = pull().await.unwrap().refused.expect("the refusal is told");
    assert_eq!(refused.username, "octocat");

    stage.practice.set_visibility("octocat/hello", slipway_practice::Visibility::Private).unwrap();
    stage.app.accounts().sign_in_from_input(&ghcr, "octocat", "ended-long-ago-too").unwrap();
    assert_eq!(pull().await.unwrap_err().code, Code::DeniedCredential, "a private one says why");
    assert!(stage.app.accounts().view().await.accounts.iter().all(|it| it.state != AccountState::Revoked));
}
