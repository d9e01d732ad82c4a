//! Facts §1.4: roles, visibility, and the words of each refusal.

use reqwest::Method;
use slipway_practice::{Role, Visibility};

use crate::{Answer, OCI_MANIFEST, Stage, ask};

#[tokio::test]
async fn a_first_push_makes_a_private_package_and_the_pusher_its_admin() {
    let stage = Stage::new().await;
    assert_eq!(stage.practice.package("octocat/new"), None);
    let bearer = stage.push_token("octocat/new").await;
    let manifest = stage.prepare_image("octocat/new", &bearer, "layer").await;
    // Blobs alone make no package.
    assert_eq!(stage.practice.package("octocat/new"), None);
    stage.put_manifest("octocat/new", "1", &bearer, OCI_MANIFEST, &manifest).await;
    let package = stage.practice.package("octocat/new").unwrap();
    assert_eq!(package.visibility, Visibility::Private);
    assert_eq!(package.roles.get("octocat"), Some(&Role::Admin));
    assert_eq!(package.tags.keys().collect::<Vec<_>>(), ["1"]);
}

#[tokio::test]
async fn pushing_without_a_role_is_permission_denied_write_package() {
    let stage = Stage::new().await;
    stage.push_image("octocat/mine", "1").await;
    let denied = open(&stage, "monalisa", "publish", "octocat/mine").await;
    denied.refuses(403, "DENIED", "permission_denied: write_package");
    stage.practice.set_role("octocat/mine", "monalisa", Some(Role::Read)).unwrap();
    let denied = open(&stage, "monalisa", "publish", "octocat/mine").await;
    denied.refuses(403, "DENIED", "permission_denied: write_package");
    stage.practice.set_role("octocat/mine", "monalisa", Some(Role::Write)).unwrap();
    assert_eq!(open(&stage, "monalisa", "publish", "octocat/mine").await.status, 202);
}

#[tokio::test]
async fn a_head_of_a_blob_without_a_role_is_403_without_a_body() {
    let stage = Stage::new().await;
    stage.push_image("octocat/mine", "1").await;
    let bearer = stage.bearer("monalisa", "publish", "repository:octocat/mine:pull,push").await;
    let path = format!("/v2/octocat/mine/blobs/{}", crate::digest(b"1"));
    let head = ask(stage.ghcr(Method::HEAD, &path).bearer_auth(&bearer)).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (403, 0));
    // So it is with read access, when the token was made for pushing.
    stage.practice.set_visibility("octocat/mine", Visibility::Public).unwrap();
    assert_eq!(ask(stage.ghcr(Method::HEAD, &path).bearer_auth(&bearer)).await.status, 403);
}

#[tokio::test]
async fn pulling_without_a_role_is_permission_denied_read_package() {
    let stage = Stage::new().await;
    stage.push_image("octocat/mine", "1").await;
    let bearer = stage.bearer("monalisa", "read", "repository:octocat/mine:pull").await;
    let get = || {
        let get = stage.ghcr(Method::GET, "/v2/octocat/mine/manifests/1").bearer_auth(&bearer);
        ask(get.header("accept", OCI_MANIFEST))
    };
    get().await.refuses(403, "DENIED", "permission_denied: read_package");
    stage.practice.set_role("octocat/mine", "monalisa", Some(Role::Read)).unwrap();
    assert_eq!(get().await.status, 200);
}

#[tokio::test]
async fn a_token_without_the_scope_is_told_about_scopes() {
    let stage = Stage::new().await;
    let scopes = "permission_denied: The token provided does not match expected scopes.";
    open(&stage, "octocat", "read", "octocat/x").await.refuses(403, "DENIED", scopes);
    stage.push_image("octocat/x", "1").await;
    let bearer = stage.bearer("octocat", "scopeless", "repository:octocat/x:pull").await;
    ask(stage.ghcr(Method::GET, "/v2/octocat/x/tags/list").bearer_auth(bearer))
        .await
        .refuses(403, "DENIED", scopes);
    // Package scopes alone are enough here.
    assert_eq!(open(&stage, "octocat", "packages-only", "octocat/x").await.status, 202);
}

#[tokio::test]
async fn an_owner_nobody_has_is_said_to_be_not_found() {
    let stage = Stage::new().await;
    let answer = open(&stage, "octocat", "publish", "octocta/x").await;
    answer.refuses(403, "DENIED", "not_found: owner not found");
    // Somebody else's name space is not open either.
    let answer = open(&stage, "octocat", "publish", "monalisa/x").await;
    answer.refuses(403, "DENIED", "permission_denied: create_package");
}

#[tokio::test]
async fn members_create_in_their_organization_and_its_owners_administer() {
    let stage = Stage::new().await;
    stage.push_image("octo-org/tool", "1").await;
    assert_eq!(open(&stage, "monalisa", "publish", "octo-org/tool").await.status, 202);
}

#[tokio::test]
async fn an_app_is_not_allowed_to_create_or_write_an_organizations_package() {
    let stage = Stage::new().await;
    let create = open(&stage, "octocat", "app", "octo-org/tool").await;
    create.refuses(403, "DENIED", "installation not allowed to Create organization package");
    stage.push_image("octo-org/tool", "1").await;
    let write = open(&stage, "octocat", "app", "octo-org/tool").await;
    write.refuses(403, "DENIED", "installation not allowed to Write organization package");
}

#[tokio::test]
async fn without_single_sign_on_a_private_package_looks_absent_and_a_public_one_names_saml() {
    let stage = Stage::new().await;
    stage.push_image("octo-sso/tool", "1").await;
    let bearer = stage.bearer("octocat", "sso-missing", "repository:octo-sso/tool:pull").await;
    let list = || ask(stage.ghcr(Method::GET, "/v2/octo-sso/tool/tags/list").bearer_auth(&bearer));
    assert_eq!(list().await.status, 404);
    stage.practice.set_visibility("octo-sso/tool", Visibility::Public).unwrap();
    assert!(list().await.error().2.contains("SAML"));
    assert!(open(&stage, "octocat", "sso-missing", "octo-sso/tool").await.error().2.contains("SAML"));
    assert_eq!(open(&stage, "octocat", "sso-missing", "octo-org/tool").await.status, 202);
}

#[tokio::test]
async fn a_denied_package_can_be_played_for_its_own_admin() {
    let stage = Stage::new().await;
    stage.practice.switches().change(|switches| {
        switches.deny_package.insert("octocat/locked".to_owned());
    });
    let answer = open(&stage, "octocat", "publish", "octocat/locked").await;
    answer.refuses(403, "DENIED", "permission_denied: write_package");
    assert_eq!(open(&stage, "octocat", "publish", "octocat/other").await.status, 202);
}

#[tokio::test]
async fn a_source_label_or_annotation_connects_the_package_to_its_repository() {
    let stage = Stage::new().await;
    let bearer = stage.push_token("octocat/linked").await;
    let config =
        br#"{"config":{"Labels":{"org.opencontainers.image.source":"https://github.com/octocat/Octo-App"}}}"#;
    stage.push_blob("octocat/linked", &bearer, config).await;
    stage.push_blob("octocat/linked", &bearer, b"layer").await;
    let manifest = crate::manifest(OCI_MANIFEST, config, b"layer");
    stage.put_manifest("octocat/linked", "1", &bearer, OCI_MANIFEST, &manifest).await;
    assert_eq!(
        stage.practice.package("octocat/linked").unwrap().repository.as_deref(),
        Some("octocat/octo-app")
    );
}

async fn open(stage: &Stage, login: &str, label: &str, name: &str) -> Answer {
    let bearer = stage.bearer(login, label, &format!("repository:{name}:pull,push")).await;
    ask(stage.ghcr(Method::POST, &format!("/v2/{name}/blobs/uploads/")).bearer_auth(bearer)).await
}
