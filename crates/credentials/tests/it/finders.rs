//! Finders, with programs that stand in for Docker's helpers and `gh`.

use std::time::Duration;

use secrecy::ExposeSecret;
use slipway_credentials::{BelongsTo, Fetched, Finders, Found, Helper, HelperError, Listing, ProgramError};
use slipway_distribution::CredentialSource;
use slipway_reference::HostName;
use slipway_stage::programs::Programs;

use crate::stand_ins::{PATIENCE, SECRET, surroundings};

const SOON: Duration = Duration::from_millis(300);

/// `octocat:s3cret-canary`, and `octocat:a:b` with the padding of old clients.
const AUTH: &str = "b2N0b2NhdDpzM2NyZXQtY2FuYXJ5";
const OLD_AUTH: &str = "b2N0b2NhdDphOmIAAA==";

fn ghcr() -> HostName {
    "ghcr.io".parse().unwrap()
}

fn finders(programs: &Programs, variables: &[(&str, &str)]) -> Finders {
    Finders::new(surroundings(programs, variables))
}

/// What was found, a line each: what for, who, where.
fn lines(listing: &Listing) -> Vec<String> {
    let line = |found: &Found| {
        let (BelongsTo::Registry(to) | BelongsTo::GitHub(to)) = &found.belongs_to;
        let place = found.place.rsplit_once('/').map_or(found.place.as_str(), |(_, file)| file);
        format!("{to} {} {place}", found.username.as_deref().unwrap_or("?"))
    };
    listing.found.iter().map(line).collect()
}

fn secret(fetched: Option<Fetched>) -> Option<(String, String)> {
    let fetched = fetched?;
    Some((fetched.username.unwrap_or_default(), fetched.secret.expose_secret().to_owned()))
}

fn octocat(secret: &str) -> (String, String) {
    ("octocat".to_owned(), secret.to_owned())
}

#[tokio::test]
async fn docker_logins_are_listed_without_secrets_and_fetched_one_by_one() {
    let programs = Programs::default();
    programs.install("docker-credential-fake");
    programs.install("docker-credential-cloud");
    programs.write(
        ".docker/config.json",
        &format!(
            r#"{{"credsStore":"fake","credHelpers":{{"gcr.example.com":"cloud"}},
               "auths":{{"ghcr.io":{{}},"https://quay.example.com/v2/":{{"auth":"{AUTH}"}},
               "azure.example.com":{{"auth":"b2N0b2NhdDo=","identitytoken":"{SECRET}"}}}}}}"#
        ),
    );
    programs.answer(
        "docker-credential-fake",
        "list",
        r#"{"https://ghcr.io":"octocat","hub.example.com":"<token>"}"#,
    );
    programs.answer("docker-credential-cloud", "list", "null\n");
    let answer = format!(r#"{{"ServerURL":"https://ghcr.io","Username":"octocat","Secret":"{SECRET}"}}"#);
    programs.answer("docker-credential-fake", "get", &answer);
    let finders = finders(&programs, &[]);
    let listing = finders.list(PATIENCE).await;
    assert!(listing.troubles.is_empty(), "{:?}", listing.troubles);
    let expected = [
        "gcr.example.com ? Docker's credHelpers cloud",
        "ghcr.io octocat Docker's credsStore fake",
        "hub.example.com ? Docker's credsStore fake",
        "azure.example.com ? config.json",
        "quay.example.com octocat config.json",
    ];
    assert_eq!(lines(&listing), expected);
    assert!(!format!("{listing:?}").contains(SECRET));
    assert!(!programs.started().contains("get"), "listing fetches nothing");
    assert!(listing.found[1].belongs_to.is_for(&ghcr(), Some("github.com")));

    let fetched = finders.fetch(&listing.found[1], PATIENCE).await.unwrap();
    assert_eq!(programs.input("docker-credential-fake", "get"), "https://ghcr.io");
    assert!(!format!("{fetched:?}").contains(SECRET));
    assert_eq!(fetched.source, CredentialSource::DockerHelper);
    assert_eq!(secret(Some(fetched)), Some(octocat(SECRET)));
    let fetched = finders.fetch(&listing.found[4], PATIENCE).await.unwrap();
    assert_eq!(secret(Some(fetched)), Some(octocat(SECRET)));
    for token in [2, 3] {
        assert!(listing.found[token].is_identity_token);
    }
    let refused = finders.fetch(&listing.found[3], PATIENCE).await.unwrap_err().to_string();
    assert!(refused.contains("identity token"), "{refused}");
    assert!(!programs.was_visible(SECRET));
}

#[tokio::test]
async fn dockers_own_order_decides_between_several_logins_for_a_host() {
    let programs = Programs::default();
    programs.install("docker-credential-own");
    programs.install("docker-credential-store");
    let auth = format!(r#"{{"auths":{{"ghcr.io":{{"auth":"{OLD_AUTH}"}}}}"#);
    programs.write(
        ".docker/config.json",
        &format!(r#"{auth},"credHelpers":{{"ghcr.io":"own"}},"credsStore":"store"}}"#),
    );
    let of = |from: &str| format!(r#"{{"ServerURL":"ghcr.io","Username":"octocat","Secret":"{from}"}}"#);
    programs.answer("docker-credential-own", "get", &of("own"));
    programs.answer("docker-credential-store", "get", &of("store"));
    let (variable, broken) = (auth.clone() + "}", auth + r#","credsStore":"x"}"#);
    let found = async |variables: &[(&str, &str)]| {
        secret(finders(&programs, variables).docker(&ghcr(), "octocat/hello", PATIENCE).await.unwrap())
    };
    assert_eq!(found(&[("DOCKER_AUTH_CONFIG", &variable)]).await, Some(octocat("a:b")));
    assert_eq!(found(&[("DOCKER_AUTH_CONFIG", &broken)]).await, Some(octocat("own")));
    assert!(!programs.started().contains("credential-store"), "a host's own helper stands in for the store");
    programs.fail("docker-credential-own", "get", "credentials not found in native keychain\n");
    assert_eq!(found(&[]).await, Some(octocat("a:b")));
    programs.write(".docker/config.json", r#"{"credsStore":"store"}"#);
    assert_eq!(found(&[]).await, Some(octocat("store")));
    programs.write("elsewhere/config.json", "{}");
    let elsewhere = programs.path("elsewhere");
    assert_eq!(found(&[("DOCKER_CONFIG", elsewhere.to_str().unwrap())]).await, None);
    let listing = finders(&programs, &[("DOCKER_AUTH_CONFIG", &broken)]).list(PATIENCE).await;
    assert!(listing.troubles.iter().any(|trouble| trouble.error.to_string().contains("DOCKER_AUTH_CONFIG")));
}

#[tokio::test]
async fn a_helper_that_is_missing_hangs_or_complains_is_reported_by_name() {
    let programs = Programs::default();
    let surroundings = surroundings(&programs, &[]);
    let helper = Helper::new(&surroundings, "fake").unwrap();
    let missing = helper.list(PATIENCE).await.unwrap_err().to_string();
    assert_eq!(missing, "docker-credential-fake is not installed");
    programs.install("docker-credential-fake");
    programs.fail("docker-credential-fake", "get", &format!("\nthe vault is shut: ghp_{SECRET}\nmore"));
    let failed = helper.get("ghcr.io", PATIENCE).await.err().unwrap().to_string();
    assert_eq!(failed, "docker-credential-fake failed: the vault is shut: ***");
    programs.answer("docker-credential-fake", "list", &format!("no JSON {SECRET}"));
    let odd = helper.list(PATIENCE).await.unwrap_err().to_string();
    assert_eq!(odd, "the answer of docker-credential-fake is not understood");
    programs.hang("docker-credential-fake", "list");
    let hung = helper.list(SOON).await.unwrap_err();
    assert!(matches!(hung, HelperError::Program(ProgramError::TimedOut { .. })), "{hung}");
    programs.fail("docker-credential-fake", "erase", "credentials not found in native keychain\n");
    helper.erase("ghcr.io", PATIENCE).await.unwrap();
    assert_eq!(programs.input("docker-credential-fake", "erase"), "ghcr.io");
    for name in ["../fake", "a/b", "", "fake;ls"] {
        assert!(matches!(Helper::new(&surroundings, name), Err(HelperError::Name { .. })), "{name}");
    }
}

#[tokio::test]
async fn one_broken_place_does_not_hide_the_others() {
    let programs = Programs::default();
    programs.write(".docker/config.json", &format!("{{\"auths\":\n{SECRET}"));
    programs
        .write(".config/containers/auth.json", &format!(r#"{{"auths":{{"ghcr.io":{{"auth":"{AUTH}"}}}}}}"#));
    let listing = finders(&programs, &[("GH_TOKEN", SECRET)]).list(PATIENCE).await;
    assert_eq!(lines(&listing), ["github.com ? GH_TOKEN", "ghcr.io octocat auth.json"]);
    let trouble = listing.troubles[0].error.to_string();
    assert!(trouble.contains("config.json is not understood (line 2)") && !trouble.contains(SECRET));
}

/// A folder called `gh-tools` must not make Docker's trouble that of the GitHub CLI.
#[tokio::test]
async fn a_trouble_belongs_to_the_place_that_was_searched_whatever_its_words() {
    let programs = Programs::default();
    programs.write("gh-tools/config.json", r#"{"credsStore":"gh-store"}"#);
    programs.write(".config/containers/auth.json", "{");
    let folder = programs.path("gh-tools");
    let listing = finders(&programs, &[("DOCKER_CONFIG", folder.to_str().unwrap())]).list(PATIENCE).await;
    let sources: Vec<_> = listing.troubles.iter().map(|trouble| trouble.source).collect();
    assert_eq!(sources, [CredentialSource::DockerHelper, CredentialSource::Podman], "{:?}", listing.troubles);
}

#[tokio::test]
async fn podmans_first_file_and_longest_key_decide() {
    let programs = Programs::default();
    let entries = |entries: &[(&str, &str)]| {
        let auths: serde_json::Map<String, serde_json::Value> = entries
            .iter()
            .map(|(key, auth)| ((*key).to_owned(), serde_json::json!({ "auth": auth })))
            .collect();
        serde_json::json!({ "auths": auths }).to_string()
    };
    let parts = [("ghcr.io", AUTH), ("ghcr.io/octocat", OLD_AUTH), ("https://quay.example.com/v1/", AUTH)];
    programs.write(".config/containers/auth.json", &entries(&parts));
    // hubot:legacy
    programs.write(".dockercfg", r#"{"https://old.example.com/v1/":{"auth":"aHVib3Q6bGVnYWN5"}}"#);
    let found = async |variables: &[(&str, &str)], path: &str| {
        secret(finders(&programs, variables).podman(path, PATIENCE).await.unwrap())
    };
    assert_eq!(found(&[], "ghcr.io/octocat/hello").await, Some(octocat("a:b")));
    assert_eq!(found(&[], "ghcr.io/octocatalog/hello").await, Some(octocat(SECRET)));
    assert_eq!(found(&[], "ghcr.io").await, Some(octocat(SECRET)));
    assert_eq!(found(&[], "quay.example.com/octocat").await, Some(octocat(SECRET)));
    assert_eq!(found(&[], "old.example.com/x").await, Some(("hubot".to_owned(), "legacy".to_owned())));
    assert_eq!(found(&[], "ghcr.io.example.com").await, None);
    let listing = finders(&programs, &[]).list(PATIENCE).await;
    assert!(listing.found.iter().any(|found| found.belongs_to.is_for(&ghcr(), None)));
    let part = &listing.found[1];
    assert_eq!(part.belongs_to, BelongsTo::Registry("ghcr.io/octocat".to_owned()));
    assert!(!part.belongs_to.is_for(&ghcr(), None), "a part of a registry is not all of it");
    // A file that is named stands alone.
    programs.write("named.json", &entries(&[("other.example.com", AUTH)]));
    let named = programs.path("named.json");
    let named = [("REGISTRY_AUTH_FILE", named.to_str().unwrap())];
    assert_eq!(found(&named, "ghcr.io").await, None);
    assert_eq!(found(&named, "other.example.com").await, Some(octocat(SECRET)));
}

#[tokio::test]
async fn accounts_of_gh_are_listed_and_their_tokens_fetched() {
    let programs = Programs::default();
    programs.write(".config/gh/hosts.yml", "github.com:\n    users:\n        hubot:\n    user: octocat\n");
    let here = finders(&programs, &[("GH_TOKEN", SECRET)]);
    let listing = here.list(PATIENCE).await;
    assert_eq!(listing.troubles[0].error.to_string(), "gh is not installed");
    programs.install("gh");
    programs.answer(
        "gh",
        "status",
        r#"{"hosts":{"ghe.example.com":[{"state":"success","active":true,"host":"ghe.example.com","login":"monalisa"},
           {"state":"error","active":false,"host":"ghe.example.com","login":"hubot"}]}}"#,
    );
    programs.answer("gh", "token", &format!("{SECRET}\n"));
    let listing = here.list(PATIENCE).await;
    let expected = [
        "github.com ? GH_TOKEN",
        "ghe.example.com monalisa gh, ghe.example.com",
        "ghe.example.com hubot gh, ghe.example.com",
    ];
    assert_eq!(lines(&listing), expected);
    let registry = "containers.ghe.example.com".parse().unwrap();
    assert!(listing.found[1].belongs_to.is_for(&registry, Some("ghe.example.com")));
    assert!(!listing.found[1].belongs_to.is_for(&ghcr(), Some("github.com")));
    for (index, login) in [(1, "monalisa"), (2, "hubot")] {
        let fetched = here.fetch(&listing.found[index], PATIENCE).await.unwrap();
        assert_eq!(secret(Some(fetched)), Some((login.to_owned(), SECRET.to_owned())));
    }
    let started = programs.started();
    assert!(started.contains("gh auth token --hostname ghe.example.com\n"), "{started}");
    assert!(started.contains("gh auth token --hostname ghe.example.com --user hubot\n"), "{started}");
    assert!(!programs.was_visible(SECRET), "gh is asked for what it keeps itself");
    // Before 2.81 `gh` does not know `--json`.
    programs.fail("gh", "status", "unknown flag: --json");
    let listing = here.list(PATIENCE).await;
    let expected =
        ["github.com ? GH_TOKEN", "github.com hubot gh, github.com", "github.com octocat gh, github.com"];
    assert_eq!(lines(&listing), expected);
    programs.fail("gh", "token", "no oauth token found for github.com");
    let failed = here.fetch(&listing.found[1], PATIENCE).await.unwrap_err().to_string();
    assert_eq!(failed, "gh failed: no oauth token found for github.com");
}

/// At the start only files are read: no program runs unasked, and no keychain opens.
#[test]
fn what_files_name_is_offered_without_running_anything() {
    let programs = Programs::default();
    programs.write(".config/gh/hosts.yml", "github.com:\n    users:\n        octocat:\n    user: octocat\n");
    programs.write(
        ".docker/config.json",
        r#"{"credsStore": "desktop", "auths": {"ghcr.io": {},
            "containers.ghe.example.com": {"username": "monalisa", "password": "canary"}}}"#,
    );
    let here = finders(&programs, &[("GH_TOKEN", SECRET)]);
    let listed = || lines(&Listing { found: here.in_files(), ..Listing::default() });
    let docker = ["containers.ghe.example.com monalisa config.json", "ghcr.io ? Docker's credsStore desktop"];
    let mut named = listed();
    named.sort();
    assert_eq!(named, docker, "without gh nobody hands out its tokens");
    programs.install("gh");
    assert_eq!(listed().len(), 3);
    assert!(listed().contains(&"github.com octocat gh, github.com".to_owned()));
    assert_eq!(programs.started(), "");
    programs.write(".docker/config.json", "no JSON");
    assert_eq!(listed(), ["github.com octocat gh, github.com"], "what cannot be read is passed over");
}

#[tokio::test]
async fn a_token_in_a_variable_is_offered_to_its_own_host_only() {
    let programs = Programs::default();
    let found = async |variables: &[(&str, &str)]| lines(&finders(&programs, variables).list(PATIENCE).await);
    let (actions, pat) = ([("GITHUB_TOKEN", SECRET), ("GITHUB_ACTOR", "octocat")], ("CR_PAT", SECRET));
    assert_eq!(found(&actions).await, ["github.com octocat GITHUB_TOKEN"]);
    assert_eq!(found(&[pat]).await, ["ghcr.io ? CR_PAT"]);
    // An Enterprise Server's job (actions/runner#1199).
    let server = ("GITHUB_SERVER_URL", "https://GHE.example.com/");
    let expected = ["containers.ghe.example.com ? CR_PAT", "ghe.example.com octocat GITHUB_TOKEN"];
    assert_eq!(found(&[actions[0], actions[1], server, pat]).await, expected);
    // `gh` sends GH_TOKEN to github.com and GHE.com, and the other two to Enterprise Servers.
    let tokens = [("GH_TOKEN", SECRET), ("GH_ENTERPRISE_TOKEN", SECRET), ("GITHUB_ENTERPRISE_TOKEN", SECRET)];
    assert_eq!(found(&tokens).await, ["github.com ? GH_TOKEN"]);
    let mut named = tokens.to_vec();
    named.push(("GH_HOST", "ghe.example.com"));
    let enterprise = ["ghe.example.com ? GH_ENTERPRISE_TOKEN", "ghe.example.com ? GITHUB_ENTERPRISE_TOKEN"];
    assert_eq!(found(&named).await, [&["github.com ? GH_TOKEN"], &enterprise[..]].concat());
    assert_eq!(
        found(&[("GH_TOKEN", SECRET), ("GH_HOST", "octocorp.ghe.com")]).await,
        ["octocorp.ghe.com ? GH_TOKEN"]
    );
    let blanks = finders(&programs, &[("GH_TOKEN", " s3cret\n"), ("CR_PAT", " ")]);
    let listing = blanks.list(PATIENCE).await;
    let fetched = blanks.fetch(&listing.found[0], PATIENCE).await.unwrap();
    let credential = fetched.credential("octocat");
    assert_eq!((credential.username.as_str(), credential.secret.expose_secret()), ("octocat", "s3cret"));
    assert_eq!(credential.source, CredentialSource::Environment);
}

/// Asking ourselves would go round in a circle, and a keychain that is locked would be asked for each host.
#[tokio::test]
async fn slipway_never_asks_itself() {
    let programs = Programs::default();
    let here = finders(&programs, &[]);
    programs.install("docker-credential-slipway");
    programs.install("docker-credential-fake");
    programs.answer("docker-credential-fake", "list", r#"{"x.example.com":"octocat"}"#);
    programs.write(
        ".docker/config.json",
        &format!(
            r#"{{"credsStore":"fake","credHelpers":{{"ghcr.io":"slipway","y.example.com":"slipway.exe"}},
               "auths":{{"ghcr.io":{{}},"y.example.com":{{"auth":"{AUTH}"}}}}}}"#
        ),
    );
    let listing = here.list(PATIENCE).await;
    assert!(listing.troubles.is_empty());
    assert_eq!(
        lines(&listing),
        ["x.example.com octocat Docker's credsStore fake", "y.example.com octocat config.json"]
    );
    let _ = here.docker(&ghcr(), "", PATIENCE).await;
    assert!(programs.started().contains("docker-credential-fake list"), "{}", programs.started());
    assert!(!programs.started().contains("docker-credential-slipway"), "{}", programs.started());
}
