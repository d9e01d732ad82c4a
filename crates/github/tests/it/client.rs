//! What the client makes of GitHub's answers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use slipway_github::{
    AccountKind, Fault, GitHubError, Holder, PackageType, Scopes, Sso, Task, Verdict, Visibility as Seen,
    doctor,
};
use slipway_hosts::Hosts;
use slipway_practice::{Mishap, Place, Trouble, User, Visibility, Wish};

use super::*;

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

#[tokio::test]
async fn a_token_tells_whose_it_is_what_it_may_and_when_it_ends() {
    let stage = Stage::new().await;
    let publish = stage.github("publish").user().await.unwrap();
    assert_eq!((publish.login.as_str(), publish.kind), ("octocat", AccountKind::User));
    assert_eq!(publish.scopes, Scopes::of(&["repo", "write:packages"]));
    assert_eq!(publish.expires, None);
    assert_eq!((publish.rate.limit, publish.rate.remaining), (Some(5000), Some(4999)));
    assert_eq!(doctor(&publish.scopes, false).of(Task::Publish), &Verdict::Allowed);
    for (label, days) in [("expiring", 5), ("dated", 60)] {
        let expires = stage.github(label).user().await.unwrap().expires.unwrap();
        let ahead = expires - now();
        let whole = days * 24 * 3600;
        assert!((whole - 3600..=whole).contains(&ahead), "{label} ends in {ahead} s");
    }
    for label in ["fine-grained", "scopeless"] {
        assert_eq!(stage.github(label).user().await.unwrap().scopes, Scopes::unknown(), "{label}");
    }
}

#[tokio::test]
async fn a_dead_token_is_told_from_one_that_may_not() {
    let stage = Stage::new().await;
    for label in ["expired", "mistyped"] {
        let error = stage.github(label).user().await.unwrap_err();
        let GitHubError::BadCredentials(answer) = &error else { panic!("{label}: {error:?}") };
        assert!(answer.status == 401 && answer.request_id.is_some(), "{answer:?}");
        let token = stage.practice.token("octocat", label).unwrap();
        assert!(!format!("{error:?}").contains(token));
    }
    let app = stage.github("app").user().await.unwrap_err();
    assert!(
        matches!(&app, GitHubError::Forbidden { message, .. } if message.contains("integration")),
        "{app:?}"
    );
    let nobody = GitHub::new(stage.web(), None, &Options::default()).unwrap();
    assert!(matches!(nobody.user().await, Err(GitHubError::BadCredentials(_))));
    assert_eq!(nobody.owner("octo-org").await.unwrap().unwrap().kind, AccountKind::Organization);
}

#[tokio::test]
async fn an_owner_is_a_person_an_organization_or_nobody() {
    let stage = Stage::new().await;
    let github = stage.github("publish");
    let kind = async |login: &str| github.owner(login).await.unwrap().map(|account| account.kind);
    assert_eq!(kind("monalisa").await, Some(AccountKind::User));
    assert_eq!(kind("Octo-Org").await, Some(AccountKind::Organization));
    assert_eq!(kind("nobody-here").await, None);
    for odd in ["", ".", ".."] {
        assert!(matches!(github.owner(odd).await, Err(GitHubError::Invalid { .. })), "{odd:?}");
    }
}

#[tokio::test]
async fn a_renamed_repository_is_found_under_its_new_name() {
    let stage = Stage::new().await;
    let github = stage.github("publish");
    let renamed = github.repository("octo-org", "octo-old").await.unwrap().unwrap();
    assert_eq!(renamed.full_name, "octo-org/octo-app");
    assert_eq!(renamed.renamed_to.as_deref(), Some("octo-org/octo-app"));
    let same = github.repository("Octo-Org", "Octo-App").await.unwrap().unwrap();
    assert!(same.renamed_to.is_none() && same.private && !same.archived && same.may_push == Some(true));
    let museum = github.repository("octocat", "museum").await.unwrap().unwrap();
    assert!(museum.archived && !museum.private);
    assert_eq!(github.repository("octocat", "nothing").await.unwrap(), None);
    // Without `repo`, private ones are hidden.
    assert_eq!(stage.github("packages-only").repository("octocat", "octo-app").await.unwrap(), None);
}

#[tokio::test]
async fn a_package_tells_who_sees_it_and_where_it_belongs() {
    let stage = Stage::new().await;
    stage.push("octocat/a/b").await;
    let github = stage.github("publish");
    let of = async |name: &str| {
        github.package(AccountKind::User, "octocat", PackageType::Container, name).await.unwrap()
    };
    let package = of("a/b").await.unwrap();
    assert_eq!(
        (package.visibility, package.repository.as_deref()),
        (Seen::Private, Some("octocat/octo-app"))
    );
    let page = package.html_url.unwrap();
    assert!(page.as_str().ends_with("/users/octocat/packages/container/package/a%2Fb"), "{page}");
    stage.practice.set_visibility("octocat/a/b", Visibility::Public).unwrap();
    assert_eq!(of("a/b").await.unwrap().visibility, Seen::Public);
    assert_eq!(of("a").await, None);
    let asked = stage.practice.requests().into_iter().filter(|request| request.path.contains("a%2Fb"));
    assert_eq!(asked.count(), 2, "a name with a slash is one part of the address");
}

#[tokio::test]
async fn packages_are_listed_by_the_name_that_follows_their_owner() {
    let stage = Stage::new().await;
    stage.push("octocat/a/b").await;
    stage.push("octocat/c").await;
    let github = stage.github("publish");
    for holder in [Holder::Own, Holder::User("octocat")] {
        let listed = github.packages(holder, PackageType::Container).await.unwrap().unwrap();
        let mut names: Vec<_> = listed.items.into_iter().map(|package| package.name).collect();
        names.sort();
        assert_eq!(names, ["a/b", "c"]);
    }
    let nobody = Holder::Organization("no-such-owner");
    assert_eq!(github.packages(nobody, PackageType::Container).await.unwrap(), None);
}

#[tokio::test]
async fn versions_come_with_their_digest_their_date_and_their_tags() {
    let stage = Stage::new().await;
    stage.push("octocat/a/b").await;
    let github = stage.github("publish");
    let versions = github.versions(Holder::User("octocat"), "a/b").await.unwrap().unwrap();
    let pushed = stage.practice.package("octocat/a/b").unwrap();
    assert_eq!((versions.items.len(), versions.cut), (pushed.manifests.len(), false));
    let tagged = versions.items.iter().filter(|version| !version.tags.is_empty());
    let named: Vec<_> =
        tagged.flat_map(|version| version.tags.iter().map(|tag| (tag, &version.name))).collect();
    assert_eq!(named, pushed.tags.iter().collect::<Vec<_>>());
    for version in &versions.items {
        let created = version.created.unwrap();
        assert!((now() - 600..=now()).contains(&created), "{version:?}");
    }
    assert_eq!(github.versions(Holder::Own, "nothing").await.unwrap(), None);
    assert_eq!(github.versions(Holder::Own, "a/b").await.unwrap().unwrap(), versions);
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let stage = Stage::new().await;
    let scopeless = stage.github("scopeless");
    let error =
        scopeless.package(AccountKind::User, "octocat", PackageType::Container, "a").await.unwrap_err();
    let GitHubError::Scope { accepted, has, answer } = error else { panic!("{error:?}") };
    assert_eq!((accepted, has, answer.status), (vec!["read:packages".to_owned()], vec![], 403));
}

#[tokio::test]
async fn an_app_is_refused_a_list_and_sees_no_package() {
    let stage = Stage::new().await;
    stage.push("octocat/a").await;
    let app = stage.github("app");
    let list = app.sso("octo-org").await.unwrap_err();
    assert!(
        matches!(&list, GitHubError::Refused { message, .. } if message == "Invalid argument."),
        "{list:?}"
    );
    let package = app.package(AccountKind::User, "octocat", PackageType::Container, "a").await;
    assert_eq!(package.unwrap(), None);
}

#[tokio::test]
async fn organizations_are_a_wish_that_a_packages_token_may_refuse() {
    let stage = Stage::new().await;
    assert_eq!(stage.github("packages-only").organizations().await.unwrap(), None);
    let listed = stage.github("organizations").organizations().await.unwrap().unwrap();
    assert_eq!(listed.items, ["octo-org", "octo-sso"]);
    assert!(!listed.cut && listed.withheld.is_empty());
    assert!(stage.github("expired").organizations().await.is_err());
}

#[tokio::test]
async fn repositories_of_many_pages_come_together_up_to_a_cap() {
    let stage = Stage::with(|options| {
        let names: Vec<String> = (0..25).map(|number| format!("many-{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        options.users.push(User::person("hubot").with_repositories(&names));
        options.switches.api.page = 10;
    })
    .await;
    let github = stage.github_with(stage.practice.token_for("hubot").unwrap());
    let all = github.repositories().await.unwrap();
    assert_eq!((all.items.len(), all.cut), (25, false));
    assert!(all.items.iter().all(|repository| repository.full_name.starts_with("hubot/many-")));
    stage.practice.switches().change(|switches| switches.api.page = 2);
    let cut = github.repositories().await.unwrap();
    assert_eq!((cut.items.len(), cut.cut), (20, true));
}

#[tokio::test]
async fn single_sign_on_is_told_in_both_forms() {
    let stage = Stage::new().await;
    let github = stage.github("sso-missing");
    let Sso::Required { url: Some(url) } = github.sso("octo-sso").await.unwrap() else { panic!("no page") };
    assert!(url.path() == "/orgs/octo-sso/sso" && url.query().unwrap().starts_with("authorization_request="));
    assert_eq!(reqwest::get(url).await.unwrap().status(), 200);
    assert_eq!(github.sso("octo-org").await.unwrap(), Sso::Fine);
    // The fourth account of the practice GitHub.
    assert_eq!(github.repositories().await.unwrap().withheld, [4]);
    let package = github.package(AccountKind::Organization, "octo-sso", PackageType::Container, "a").await;
    assert!(matches!(package, Err(GitHubError::Sso { url: Some(_), .. })), "{package:?}");
    stage.practice.switches().change(|switches| switches.api.hides_sso = true);
    assert!(matches!(github.sso("octo-sso").await, Err(GitHubError::NotFound(_))));
}

#[tokio::test]
async fn limits_say_when_to_ask_again() {
    let stage = Stage::new().await;
    let github = stage.github("publish");
    stage.practice.plan(Trouble::at(Place::Api, Mishap::SecondaryLimit(Some(7))));
    stage.practice.plan(Trouble::at(Place::Api, Mishap::SecondaryLimit(None)));
    stage.practice.plan(Trouble::at(Place::Api, Mishap::TooMany(Wish::Seconds(9))));
    for wait in [7, 60, 9] {
        let before = now();
        let error = github.user().await.unwrap_err();
        let GitHubError::RateLimited { until, secondary: true, .. } = error else { panic!("{error:?}") };
        assert!((before + wait..=now() + wait).contains(&until), "{wait}: {until}, {before}");
    }
    stage.practice.switches().change(|switches| switches.api.hourly = 1);
    assert_eq!(github.user().await.unwrap().rate.remaining, Some(0));
    let error = github.user().await.unwrap_err();
    let GitHubError::RateLimited { until, secondary: false, .. } = error else { panic!("{error:?}") };
    // The hour began with the start; a server's `Date` may be some seconds old.
    assert!((now() + 1800..=now() + 3660).contains(&until), "{until}");
}

#[tokio::test]
async fn a_failing_github_and_a_silent_one_are_told_apart() {
    let stage = Stage::new().await;
    let github = GitHub::new(stage.web(), None, &Options::default()).unwrap();
    stage.practice.plan(Trouble::at(Place::Api, Mishap::Answer("502".parse().unwrap())));
    assert!(
        matches!(github.owner("octocat").await, Err(GitHubError::Server(answer)) if answer.status == 502)
    );
    stage.practice.plan(Trouble::at(Place::Api, Mishap::Cut(0)));
    assert!(matches!(github.owner("octocat").await, Err(GitHubError::Network { fault: Fault::Connect, .. })));
    let options = Options { timeout: Duration::from_millis(300), ..Options::default() };
    let impatient = GitHub::new(stage.web(), None, &options).unwrap();
    stage.practice.plan(Trouble::at(Place::Api, Mishap::Stall(0, Duration::from_mins(5))));
    assert!(matches!(
        impatient.owner("octocat").await,
        Err(GitHubError::Network { fault: Fault::Timeout, .. })
    ));
    let gone = stage.web();
    stage.0.stop().await;
    let github = GitHub::new(gone, None, &Options::default()).unwrap();
    assert!(matches!(github.owner("octocat").await, Err(GitHubError::Network { fault: Fault::Refused, .. })));
}

#[tokio::test]
async fn an_enterprise_server_is_asked_below_its_prefix() {
    let stage = Stage::with(|options| options.switches.api.enterprise = true).await;
    let api = stage.web().join("/api/v3").unwrap();
    let token = stage.practice.token_for("octocat").unwrap();
    let github = GitHub::new(api, Some(SecretString::from(token)), &Options::default()).unwrap();
    assert_eq!(github.user().await.unwrap().login, "octocat");
    assert!(github.repository("octo-org", "octo-old").await.unwrap().unwrap().renamed_to.is_some());
    assert!(stage.practice.requests().iter().all(|request| request.path.starts_with("/api/v3/")));
}

#[tokio::test]
async fn a_registry_leads_to_its_api() {
    let stage = Stage::new().await;
    let hosts = Hosts::with_file(&stage.practice.hosts_file(), std::path::Path::new("")).unwrap();
    let endpoint = hosts.endpoint(&"ghcr.io".parse().unwrap(), false).unwrap();
    let github = GitHub::of(&endpoint, None, &Options::default()).unwrap().unwrap();
    assert!(github.owner("octocat").await.unwrap().is_some());
    let generic = hosts.endpoint(&"registry.example.com".parse().unwrap(), false).unwrap();
    assert!(GitHub::of(&generic, None, &Options::default()).unwrap().is_none());
}
