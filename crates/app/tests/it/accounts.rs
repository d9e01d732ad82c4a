//! Accounts, with a keychain that stands in for the system's.

use std::sync::Arc;

use secrecy::SecretString;
use slipway_app::view::{
    AccountPage, AccountState, AccountStorage, AccountsView, AddedAccount, CheckState, Code, Draft, Engine,
    FailureView, Field, NewAccount, TokenFrom,
};
use slipway_app::{Finders, Setup, Slipway};
use slipway_practice::Server;

use crate::Stage;

impl Stage {
    /// Slipway as it starts, with the accounts that it kept.
    async fn with_accounts(&self) -> Arc<Slipway> {
        let app = self.start();
        app.accounts().load().await;
        app
    }

    async fn add(&self, app: &Slipway, label: &str, keep: bool) -> Result<AddedAccount, FailureView> {
        app.accounts().add(pasted(&self.token_called(label), keep)).await
    }
}

fn pasted(token: &str, keep: bool) -> NewAccount {
    NewAccount {
        host: "github.com".to_owned(),
        token: typed(token),
        username: String::new(),
        keep,
        anyway: false,
    }
}

fn typed(token: &str) -> TokenFrom {
    TokenFrom::Typed { token: SecretString::from(token) }
}

fn signed_in(app: &Slipway) -> Vec<Option<String>> {
    let registries = app.accounts().registries().into_iter();
    registries.map(|registry| registry.account.map(|account| account.username)).collect()
}

fn states(view: &AccountsView) -> Vec<(String, AccountState)> {
    view.accounts.iter().map(|account| (account.id.clone(), account.state)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_signs_in_to_all_registries_of_its_host_and_is_there_after_a_restart() {
    let stage = Stage::set().await;
    let app = stage.with_accounts().await;
    let added = stage.add(&app, "publish", true).await.unwrap();
    assert_eq!((added.id.as_str(), added.not_kept), ("octocat@github.com", false));
    let account = &added.accounts.accounts[0];
    assert_eq!(account.state, AccountState::Accepted);
    assert_eq!(account.registries, ["ghcr.io", "docker.pkg.github.com"]);
    assert_eq!(account.scopes.as_deref(), Some(["repo".to_owned(), "write:packages".to_owned()].as_slice()));
    assert!(
        matches!(&account.storage, AccountStorage::Keychain { entry } if entry.contains("octocat at github.com"))
    );
    assert_eq!(signed_in(&app), [Some("octocat".to_owned()), Some("octocat".to_owned())]);

    let again = stage.with_accounts().await;
    assert_eq!(signed_in(&again), [Some("octocat".to_owned()), Some("octocat".to_owned())]);
    let view = again.accounts().sign_out("octocat@github.com").await;
    assert!(view.accounts.is_empty());
    assert_eq!(signed_in(&again), [None, None]);
    let last = stage.with_accounts().await;
    assert!(last.accounts().view().await.accounts.is_empty() && signed_in(&last) == [None, None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_kept_ends_with_its_run() {
    let stage = Stage::set().await;
    let app = stage.with_accounts().await;
    let added = stage.add(&app, "publish", false).await.unwrap();
    assert_eq!(added.accounts.accounts[0].storage, AccountStorage::ThisRun);
    assert!(stage.with_accounts().await.accounts().view().await.accounts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_accounts_one_is_used_and_the_next_takes_its_place() {
    let stage = Stage::set().await;
    let app = stage.with_accounts().await;
    stage.add(&app, "publish", true).await.unwrap();
    app.accounts().add(pasted(&stage.token("monalisa"), true)).await.unwrap();
    assert_eq!(signed_in(&app)[0].as_deref(), Some("monalisa"));
    app.accounts().use_account("octocat@github.com").await;
    assert_eq!(signed_in(&*stage.with_accounts().await)[0].as_deref(), Some("octocat"), "the choice is kept");
    app.accounts().sign_out("octocat@github.com").await;
    assert_eq!(signed_in(&app)[0].as_deref(), Some("monalisa"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_cannot_be_right_or_is_refused_says_why_and_changes_nothing() {
    let stage = Stage::set().await;
    let app = stage.with_accounts().await;
    for (label, code, asked) in [
        ("mistyped", Code::TokenChecksum, false),
        ("fine-grained", Code::TokenFineGrained, false),
        ("expired", Code::DeniedCredential, true),
    ] {
        let before = stage.practice.requests().len();
        let refused = stage.add(&app, label, true).await.unwrap_err();
        assert_eq!(refused.code, code, "{label}");
        assert_eq!(stage.practice.requests().len() > before, asked, "{label}");
        let said = format!("{refused:?}{}", serde_json::to_string(&refused).unwrap());
        assert!(!said.contains(&stage.token_called(label)), "{label}: a refusal holds no token");
    }
    assert!(app.accounts().view().await.accounts.is_empty());

    stage.add(&app, "publish", true).await.unwrap();
    let other = stage.token("monalisa");
    let refused =
        app.accounts().replace_token("octocat@github.com", typed(&other), true, false).await.unwrap_err();
    assert_eq!(refused.code.as_str(), "token.otherPerson");
    assert_eq!(refused.params()["username"], "monalisa");
    let replaced = app
        .accounts()
        .replace_token("octocat@github.com", typed(&stage.token_called("read")), true, false)
        .await;
    let expected = [("octocat@github.com".to_owned(), AccountState::ScopeMissing)];
    assert_eq!(states(&replaced.unwrap().accounts), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_tells_a_revoked_token_from_a_host_that_is_away() {
    let stage = Stage::set().await;
    let app = stage.with_accounts().await;
    stage.add(&app, "publish", true).await.unwrap();
    assert!(stage.practice.revoke(&stage.token_called("publish")));
    let view = app.accounts().verify("octocat@github.com").await.unwrap();
    assert_eq!(states(&view), [("octocat@github.com".to_owned(), AccountState::Revoked)]);

    let replaced = app
        .accounts()
        .replace_token("octocat@github.com", typed(&stage.token_called("dated")), true, false)
        .await
        .unwrap();
    assert!(replaced.accounts.accounts[0].expires_at.is_some());
    let Stage { playground, .. } = stage;
    let _folder = playground.stop().await;
    let view = app.accounts().verify("octocat@github.com").await.unwrap();
    let account = &view.accounts[0];
    assert!(account.offline && account.checked_at.is_some(), "what was known stays, with its age");
    assert_eq!(account.state, AccountState::Accepted);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_window_and_the_log_of_an_account_hold_is_never_its_token() {
    let stage = Stage::set().await;
    let app = stage.with_accounts().await;
    let added = stage.add(&app, "publish", true).await.unwrap();
    let held =
        app.accounts().hold_token("github.com", SecretString::from(stage.token_called("oauth"))).unwrap();
    let view = app.accounts().verify(&added.id).await.unwrap();
    let said = [
        format!("{added:?}{view:?}{held:?}"),
        serde_json::to_string(&(&added, &view, &held)).unwrap(),
        app.diagnostics().report().await,
    ];
    let kept = std::fs::read(stage.folder().join("home/slipway.db")).unwrap();
    for label in ["publish", "oauth"] {
        let token = stage.token_called(label);
        assert!(said.iter().all(|text| !text.contains(&token)), "{label}");
        assert!(!kept.windows(token.len()).any(|part| part == token.as_bytes()), "{label} in the database");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn github_is_asked_once_about_a_destination_however_often_the_form_is_checked() {
    let stage = Stage::set().await;
    let app = stage.with_accounts().await;
    stage.add(&app, "publish", true).await.unwrap();
    let draft = Draft {
        owner: "octo-org".to_owned(),
        image_name: "hello".to_owned(),
        versions: vec!["1.0".to_owned()],
        ..app.start().draft
    };
    let asked = || stage.practice.requests().iter().filter(|request| request.server == Server::Api).count();
    let before = asked();
    let first = app.publish().preflight(&draft).await.unwrap();
    let ids: Vec<&str> = first.checks.iter().map(|check| check.id.as_str()).collect();
    for id in ["token.accepted", "owner.organization", "package.new"] {
        assert!(ids.contains(&id), "{id} in {ids:?}");
    }
    let once = asked() - before;
    assert!(once > 0);
    app.publish().preflight(&draft).await.unwrap();
    assert_eq!(asked() - before, once);
}

/// Each question made a client of its own, and so a connection.
#[tokio::test(flavor = "multi_thread")]
async fn github_is_asked_again_over_the_connection_that_is_there_until_another_token_is_used() {
    let stage = Stage::set().await;
    let app = stage.with_accounts().await;
    let id = stage.add(&app, "publish", true).await.unwrap().id;
    app.accounts().verify(&id).await.unwrap();
    let before = stage.practice.connections();
    for _ in 0..20 {
        app.accounts().verify(&id).await.unwrap();
    }
    // One that is given back a moment too late is missed.
    let more = stage.practice.connections() - before;
    assert!(more < 10, "{more} connections for 20 questions");
    let (first, other) = (stage.token_called("publish"), typed(&stage.token_called("oauth")));
    app.accounts().replace_token(&id, other, true, false).await.unwrap();
    assert!(stage.practice.revoke(&first));
    let view = app.accounts().verify(&id).await.unwrap();
    assert_eq!(view.accounts[0].state, AccountState::Accepted, "it is the new one that is asked with");
}

/// It stood there twice: once as GitHub's word on the token, once as the registry's.
#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_is_missing_is_one_problem() {
    let stage = Stage::set().await;
    let app = stage.with_accounts().await;
    stage.add(&app, "read", true).await.unwrap();
    let card = app.publish().preflight(&stage.draft(&app).await).await.unwrap();
    let problems = card.checks.iter().filter(|check| check.state == CheckState::Problem);
    assert_eq!(problems.map(|check| check.id.as_str()).collect::<Vec<_>>(), ["token.scope"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_wants_single_sign_on_is_found_and_remembered() {
    let stage = Stage::set().await;
    let app = stage.with_accounts().await;
    stage.add(&app, "sso-listed", true).await.unwrap();
    let draft = Draft {
        owner: "octo-sso".to_owned(),
        repository: "octo-sso/octo-app".to_owned(),
        image_name: "hello".to_owned(),
        versions: vec!["1.0".to_owned()],
        ..app.start().draft
    };
    let card = app.publish().preflight(&draft).await.unwrap();
    let ids: Vec<&str> = card.checks.iter().map(|check| check.id.as_str()).collect();
    assert!(ids.contains(&"token.sso"), "{ids:?}");
    let accounts = app.accounts().view().await.accounts;
    assert_eq!(accounts[0].sign_on[0].organization, "octo-sso");
    assert!(!accounts[0].sign_on[0].authorized);
    // Its page is the one that GitHub named.
    let page = AccountPage::SignOn { account: accounts[0].id.clone(), organization: "octo-sso".to_owned() };
    assert!(app.accounts().page(&page).unwrap().as_str().contains("/sso?"));
    // Verifying keeps it, though GitHub leaves it out of its lists.
    let verified = app.accounts().verify(&accounts[0].id).await.unwrap();
    assert_eq!(verified.accounts[0].sign_on[0].organization, "octo-sso");
}

/// The browser was led wherever the answer of an API said.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_for_single_sign_on_that_is_not_the_hosts_own_is_never_opened() {
    let stage = Stage::set().await;
    let environment = stage.environment();
    let own = format!("web = \"http://{}\"", stage.practice.api().unwrap());
    let file = stage.practice.hosts_file().replace(&own, "web = \"https://example.com\"");
    std::fs::write(stage.folder().join("hosts.toml"), file).unwrap();
    let setup = Setup::read(environment, Finders::None).unwrap();
    let app = Slipway::new(Setup { keychain: stage.keychain.clone(), ..setup });
    let id = stage.add(&app, "sso-listed", true).await.unwrap().id;
    let draft = Draft {
        owner: "octo-sso".to_owned(),
        image_name: "hello".to_owned(),
        versions: vec!["1.0".to_owned()],
        ..app.start().draft
    };
    app.publish().preflight(&draft).await.unwrap();
    assert!(!app.accounts().view().await.accounts[0].sign_on[0].authorized);
    let page = AccountPage::SignOn { account: id, organization: "octo-sso".to_owned() };
    assert_eq!(app.accounts().page(&page).unwrap().as_str(), "https://example.com/settings/tokens");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_github_lists_could_stand_in_the_fields() {
    let stage = Stage::set().await;
    let app = stage.with_accounts().await;
    let draft = Draft { owner: "octocat".to_owned(), ..app.start().draft };
    assert!(
        app.form().listed_suggestions(&draft, Field::Owner).await.unwrap().is_empty(),
        "nobody is signed in"
    );
    stage.add(&app, "everything", true).await.unwrap();
    let values = async |draft: &Draft, field| -> Vec<String> {
        app.form()
            .listed_suggestions(draft, field)
            .await
            .unwrap()
            .into_iter()
            .map(|found| found.value)
            .collect()
    };
    assert_eq!(values(&draft, Field::Owner).await, ["octocat", "octo-org", "octo-sso"]);
    let repositories = values(&draft, Field::Repository).await;
    assert!(repositories.contains(&"octocat/octo-app".to_owned()), "{repositories:?}");
    assert!(!repositories.contains(&"octocat/museum".to_owned()), "an archived one takes nothing");
    let legacy = Draft { registry: "docker.pkg.github.com".to_owned(), ..draft };
    assert!(values(&legacy, Field::Repository).await.contains(&"octo-app".to_owned()), "by its name alone");
}

/// On a fresh machine the dialog said nothing but "podman is not installed", of Docker too.
#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_not_installed_is_told_as_such_and_hides_no_other() {
    let stage = Stage::set().await;
    let setup = Setup::read(stage.environment(), Finders::None).unwrap();
    // Whatever this computer has.
    let surroundings = setup.surroundings.searching(Vec::new());
    let app = Slipway::new(Setup { surroundings, keychain: stage.keychain.clone(), ..setup });
    let added = stage.add(&app, "publish", true).await.unwrap();
    let engines = app.accounts().engine_sign_ins(&added.id).unwrap();
    let told: Vec<_> = engines.iter().map(|one| (one.engine, one.installed)).collect();
    assert_eq!(told, [(Engine::Docker, false), (Engine::Podman, false)]);
}
