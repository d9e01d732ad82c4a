//! Docker and Podman that ask Slipway for logins.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use slipway_app::view::{Engine, NewAccount, TokenFrom};
use slipway_app::{Finders, NotGiven, Setup, Slipway, Surroundings};

use crate::Stage;

const OTHER: &str = "registry.example.com";

/// A person with a home of their own.
struct Home {
    stage: Stage,
    app: Arc<Slipway>,
    program: PathBuf,
}

impl Home {
    async fn new() -> Self {
        let stage = Stage::set().await;
        let home = stage.folder().join("person");
        let program = home.join("opt/slipway");
        for folder in ["bin", "opt", ".docker"] {
            std::fs::create_dir_all(home.join(folder)).unwrap();
        }
        std::fs::write(&program, "").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let path = home.join("bin").to_string_lossy().into_owned();
        let get = move |name: &str| (name == "PATH").then(|| path.clone());
        let surroundings = Surroundings::new(get, home).searching(Vec::new());
        let setup = Setup::read(stage.environment(), Finders::None).unwrap();
        let setup = Setup { keychain: stage.keychain.clone(), surroundings, ..setup };
        let app = Arc::new(Slipway::new(setup));
        Self { stage, app, program }
    }

    fn config(&self) -> PathBuf {
        self.stage.folder().join("person/.docker/config.json")
    }

    fn before(&self) -> PathBuf {
        self.config().with_file_name("config.json.before-slipway")
    }

    fn install(&self, registries: &[&str]) -> Result<Vec<String>, String> {
        let registries: Vec<String> = registries.iter().map(|name| (*name).to_owned()).collect();
        let asks = self.app.accounts().let_docker_ask(&registries, &self.program);
        asks.map(|asks| asks.registries).map_err(|failure| failure.message)
    }
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_registry_had_before_comes_back_however_often_it_was_set_up() {
    let home = Home::new().await;
    let text = r#"{"credsStore":"pass","credHelpers":{"ghcr.io":"desktop"},"auths":{"ghcr.io":{"auth":"b2N0b2NhdDp0"}}}"#;
    std::fs::write(home.config(), text).unwrap();
    assert_eq!(home.install(&["ghcr.io"]).unwrap(), ["ghcr.io"]);
    assert_eq!(home.install(&[OTHER]).unwrap(), ["ghcr.io", OTHER]);
    let now = json(&home.config());
    assert_eq!(now["credHelpers"], serde_json::json!({"ghcr.io": "slipway", OTHER: "slipway"}));
    assert_eq!(now["credsStore"], "pass");
    assert_eq!(
        json(&home.before()),
        json_of(r#"{"credHelpers":{"ghcr.io":"desktop"}}"#),
        "no tokens of others"
    );
    let asks = home.app.accounts().docker_asks().unwrap();
    assert_eq!((asks.plain, asks.podman.len()), (vec!["ghcr.io".to_owned()], 2));
    // Somebody changes the file meanwhile.
    let mut meanwhile = now;
    meanwhile["credHelpers"][OTHER] = "ecr".into();
    meanwhile["proxies"] = serde_json::json!({});
    std::fs::write(home.config(), meanwhile.to_string()).unwrap();
    assert!(home.app.accounts().let_docker_be().unwrap().registries.is_empty());
    let mut expected = json_of(text);
    expected["credHelpers"][OTHER] = "ecr".into();
    expected["proxies"] = serde_json::json!({});
    assert_eq!(json(&home.config()), expected);
    assert!(!home.before().exists());
}

fn json_of(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_understood_is_named_and_left_alone() {
    let home = Home::new().await;
    std::fs::write(home.config(), "{\"auths\": ").unwrap();
    let failed = home.install(&["ghcr.io"]).unwrap_err();
    assert!(failed.contains("config.json is left as it is: line 1 is no JSON"), "{failed}");
    assert_eq!(std::fs::read_to_string(home.config()).unwrap(), "{\"auths\": ");
    let failed = home.install(&[]).unwrap_err();
    assert_eq!(failed, "no account is kept in the keychain yet");
}

/// Docker goes to the real ghcr.io, whatever a file says of that name: it would get the token of another place.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_led_elsewhere_has_no_answer_for_docker() {
    let home = Home::new().await;
    let accounts = home.app.accounts();
    accounts.load().await;
    let token = TokenFrom::Typed { token: home.stage.token("octocat").into() };
    let new = NewAccount {
        host: "github.com".to_owned(),
        token,
        username: String::new(),
        keep: true,
        anyway: false,
    };
    let added = accounts.add(new).await.unwrap();
    assert!(
        accounts.registries().iter().any(|registry| registry.name == "ghcr.io" && registry.account.is_some())
    );
    assert_eq!(accounts.asked_login("ghcr.io").await.unwrap_err(), NotGiven::NotFound);
    assert!(accounts.asked_logins().await.is_empty());
    // One that nobody leads anywhere.
    accounts.keep_asked(OTHER, "hubot", "t0ken".into()).await.unwrap();
    accounts.load_records().await;
    assert_eq!(accounts.asked_login(OTHER).await.unwrap().username, "hubot");
    assert_eq!(home.install(&[]).unwrap(), [OTHER]);
    let asks = |engine| {
        let all = accounts.engine_sign_ins(&format!("hubot@{OTHER}")).unwrap();
        all.into_iter().find(|one| one.engine == engine).unwrap().asks
    };
    assert!(asks(Engine::Docker) && asks(Engine::Podman));
    assert!(!accounts.engine_sign_ins(&added.id).unwrap().iter().any(|one| one.asks));
}

/// Else a script's `docker login` takes the account of the window away, and its `docker logout` the token with it.
#[tokio::test(flavor = "multi_thread")]
async fn docker_neither_replaces_nor_removes_an_account_of_slipways_own() {
    let home = Home::new().await;
    let accounts = home.app.accounts();
    accounts.keep_asked(OTHER, "monalisa", "t0ken".into()).await.unwrap();
    accounts.keep_asked(OTHER, "hubot", "other".into()).await.unwrap();
    assert_eq!(accounts.asked_login(OTHER).await.unwrap().username, "hubot", "the last login counts");
    accounts.forget_asked(OTHER).await.unwrap();
    assert_eq!(accounts.asked_login(OTHER).await.unwrap_err(), NotGiven::NotFound);

    let server = crate::taken_over::registry().await;
    let registry = server.address.to_string();
    let token = TokenFrom::Typed { token: "canary".into() };
    let new = NewAccount {
        host: registry.clone(),
        token,
        username: "octocat".to_owned(),
        keep: true,
        anyway: false,
    };
    let own = accounts.add(new).await.unwrap().id;
    accounts.keep_asked(&registry, "octocat", "canary".into()).await.unwrap();
    for (username, secret) in [("octocat", "another"), ("hubot", "canary")] {
        let refused = accounts.keep_asked(&registry, username, secret.into()).await.unwrap_err();
        assert_eq!(refused, NotGiven::Slipways(own.clone()), "{username}");
    }
    assert_eq!(accounts.forget_asked(&registry).await.unwrap_err(), NotGiven::Slipways(own));
    assert_eq!(accounts.asked_login(&registry).await.unwrap().secret.expose_secret(), "canary");
}

/// What Docker keeps of the Hub beside its login must not become a login.
#[tokio::test(flavor = "multi_thread")]
async fn the_hub_is_one_registry_under_all_its_names() {
    let home = Home::new().await;
    let accounts = home.app.accounts();
    accounts.keep_asked("https://index.docker.io/v1/", "octocat", "t0ken".into()).await.unwrap();
    for name in ["docker.io", "index.docker.io", "https://index.docker.io/v1/", "https://index.docker.io/v1"]
    {
        assert_eq!(accounts.asked_login(name).await.unwrap().username, "octocat", "{name}");
    }
    for name in ["https://index.docker.io/v1/refresh-token", "https://index.docker.io/v1/access-token"] {
        assert_eq!(accounts.asked_login(name).await.unwrap_err(), NotGiven::NotFound, "{name}");
        assert!(accounts.keep_asked(name, "octocat", "no login".into()).await.is_err(), "{name}");
    }
    assert_eq!(home.install(&[]).unwrap(), ["docker.io"]);
    let helpers = json(&home.config())["credHelpers"].clone();
    assert_eq!(
        helpers,
        serde_json::json!({"docker.io": "slipway", "https://index.docker.io/v1/": "slipway"}),
        "Podman asks for the one, Docker for the other"
    );
    accounts.let_docker_be().unwrap();
    assert_eq!(json(&home.config()), serde_json::json!({}));
}
