//! Hosts that people add and set, the proxies to them, and accounts at registries that are not GitHub's.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use keyring_core::api::CredentialStoreApi;
use keyring_core::{CredentialStore, mock};
use secrecy::SecretString;
use slipway_app::view::{
    AccountState, Code, FailureView, HostKind, HostSettings, HostView, NewAccount, Remedy, TokenFrom,
};
use slipway_app::{Finders, HostChange, Keychain, Setup, Slipway};
use slipway_practice::{Options, Practice};
use slipway_stage::proxy::{PASSWORD, TestProxy};
use slipway_stage::{Server, environment};

/// A computer: a directory, an endpoints file and a keychain.
pub(crate) struct Computer {
    pub(crate) folder: tempfile::TempDir,
    keychain: Keychain,
}

impl Computer {
    pub(crate) fn new() -> Self {
        Self::with(mock::Store::new().unwrap())
    }

    fn with(store: Arc<CredentialStore>) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), keychain: Keychain::with_store(store) }
    }

    /// Gives registries other addresses.
    pub(crate) fn endpoints(&self, text: &str) {
        std::fs::write(self.folder.path().join("hosts.toml"), text).unwrap();
    }

    /// Slipway as it starts.
    pub(crate) async fn start(&self) -> Slipway {
        let app = Slipway::new(Setup { keychain: self.keychain.clone(), ..self.read().unwrap() });
        app.accounts().load().await;
        app
    }

    /// The same, with one more variable.
    pub(crate) async fn start_with(&self, name: &'static str, value: &std::path::Path) -> Slipway {
        let (usual, value) = (environment(self.folder.path()), value.to_string_lossy().into_owned());
        let get = move |asked: &str| if asked == name { Some(value.clone()) } else { usual(asked) };
        let setup = Setup::read(get, Finders::None).unwrap();
        let app = Slipway::new(Setup { keychain: self.keychain.clone(), ..setup });
        app.accounts().load().await;
        app
    }

    fn read(&self) -> Result<Setup, slipway_app::SetupError> {
        Setup::read(environment(self.folder.path()), Finders::None)
    }

    fn settings(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("home/settings.toml")).unwrap_or_default()
    }
}

/// A host with nothing set but its name.
fn host(name: &str) -> HostSettings {
    HostSettings {
        name: name.to_owned(),
        ca_file: String::new(),
        proxy: String::new(),
        proxy_password: None,
        registry: false,
        realm: String::new(),
        api: String::new(),
        containers: String::new(),
        docker: String::new(),
    }
}

fn registry(name: &str) -> HostSettings {
    HostSettings { registry: true, ..host(name) }
}

fn through(host: HostSettings, proxy: &TestProxy, password: Option<&str>) -> HostSettings {
    HostSettings { proxy: proxy.with_user(), proxy_password: password.map(SecretString::from), ..host }
}

fn view(app: &Slipway, name: &str) -> HostView {
    app.hosts().view().into_iter().find(|host| host.name == name).unwrap()
}

fn names(app: &Slipway) -> Vec<(String, HostKind, bool)> {
    app.hosts().view().into_iter().map(|host| (host.name, host.kind, host.built_in)).collect()
}

/// Why a registry is not there.
async fn missing(app: &Slipway, name: &str) -> Option<FailureView> {
    app.hosts().check(name).await.remove(0).failure
}

fn github() -> (String, HostKind, bool) {
    ("github.com".to_owned(), HostKind::Github, true)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_host_brings_its_registries_and_stays() {
    let computer = Computer::new();
    let app = computer.start().await;
    assert_eq!(names(&app), [github()]);
    let added = app.hosts().set(host(" https://GHE.example.com/ ")).await.unwrap();
    let offered: Vec<_> = added.registries.into_iter().map(|registry| registry.name).collect();
    assert_eq!(offered[2..], ["containers.ghe.example.com", "docker.ghe.example.com"]);

    let app = computer.start().await;
    let server = ("ghe.example.com".to_owned(), HostKind::EnterpriseServer, false);
    assert_eq!(names(&app), [github(), server]);
    app.hosts().remove("ghe.example.com").await.unwrap();
    assert_eq!(names(&app), [github()]);
    assert_eq!(names(&computer.start().await), [github()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_set_for_a_host_is_there_after_a_restart_and_can_be_changed() {
    let computer = Computer::new();
    let ca_file = computer.folder.path().join("ca.pem");
    std::fs::write(&ca_file, "-----BEGIN CERTIFICATE-----\n").unwrap();
    let ca_file = ca_file.to_string_lossy().into_owned();
    let app = computer.start().await;
    let whole = HostSettings {
        ca_file: ca_file.clone(),
        proxy: "none".to_owned(),
        realm: "https://login.corp.example/token".to_owned(),
        api: "https://api.corp.example/v3".to_owned(),
        containers: "images.corp.example".to_owned(),
        docker: "ghe.example.com".to_owned(),
        ..host("ghe.example.com")
    };
    app.hosts().set(whole).await.unwrap();
    app.hosts().set(registry("127.0.0.1:5000")).await.unwrap();
    app.hosts()
        .set(HostSettings { proxy: "http://proxy.example:8080".to_owned(), ..host("github.com") })
        .await
        .unwrap();

    let app = computer.start().await;
    let set = view(&app, "ghe.example.com");
    assert_eq!(set.registries, ["images.corp.example", "ghe.example.com"]);
    assert_eq!((set.ca_file, set.proxy.as_deref()), (Some(ca_file), Some("none")));
    assert_eq!(set.api.as_deref(), Some("https://api.corp.example/v3"));
    assert_eq!(set.realm.as_deref(), Some("https://login.corp.example/token"));
    assert_eq!(
        (set.containers.as_deref(), set.docker.as_deref()),
        (Some("images.corp.example"), Some("ghe.example.com"))
    );
    let other = view(&app, "127.0.0.1:5000");
    assert_eq!((other.kind, other.built_in), (HostKind::Other, false));
    assert_eq!(other.registries, ["127.0.0.1:5000"]);
    let own = view(&app, "github.com");
    assert_eq!((own.proxy.as_deref(), own.built_in), (Some("http://proxy.example:8080/"), true));

    app.hosts().set(host("ghe.example.com")).await.unwrap();
    app.hosts().remove("github.com").await.unwrap();
    for app in [app, computer.start().await] {
        let set = view(&app, "ghe.example.com");
        assert_eq!(set.registries, ["containers.ghe.example.com", "docker.ghe.example.com"]);
        assert_eq!((set.proxy, set.api, set.ca_file, set.realm), (None, None, None, None));
        assert_eq!(view(&app, "github.com").proxy, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_field_and_nothing_changes() {
    let computer = Computer::new();
    let app = computer.start().await;
    app.hosts().set(host("ghe.example.com")).await.unwrap();
    let (before, file) = (app.hosts().view(), computer.settings());
    let text = str::to_owned;
    let secret = || Some(SecretString::from("canary"));
    let wrong = [
        ("name", host("no host")),
        ("name", host("http://ghe.example.com")),
        ("name", host("localhost")),
        ("name", registry("ghcr.io")),
        ("name", registry("containers.ghe.example.com")),
        ("caFile", HostSettings { ca_file: text("/nowhere.pem"), ..host("octo.ghe.com") }),
        ("proxy", HostSettings { proxy: text("proxy.example"), ..host("octo.ghe.com") }),
        ("proxy", HostSettings { proxy: text("http://octocat:canary@proxy.example"), ..host("github.com") }),
        ("proxyPassword", HostSettings { proxy_password: secret(), ..host("octo.ghe.com") }),
        (
            "proxyPassword",
            HostSettings {
                proxy: text("http://proxy.example"),
                proxy_password: secret(),
                ..host("github.com")
            },
        ),
        ("registry", registry("github.com")),
        ("realm", HostSettings { realm: text("auth.example.com"), ..host("github.com") }),
        ("realm", HostSettings { realm: text("http://auth.example.com"), ..registry("reg.example.com") }),
        ("realm", HostSettings { realm: text("no host"), ..registry("reg.example.com") }),
        ("api", HostSettings { api: text("http://api.example.com"), ..host("ghe.example.com") }),
        ("containers", HostSettings { containers: text("ghcr.io"), ..host("ghe.example.com") }),
        ("docker", HostSettings { docker: text("docker.octo.ghe.com"), ..host("octo.ghe.com") }),
    ];
    for (field, settings) in wrong {
        let name = settings.name.clone();
        let Err(refused) = app.hosts().set(settings).await else { panic!("{field} of {name}") };
        let Code::HostRefused { field: at, reason } = &refused.code else { panic!("{refused:?}") };
        assert_eq!(at.as_str(), field, "{name}");
        assert!(!reason.is_empty() && !format!("{refused:?}").contains("canary"));
        assert_eq!(
            (app.hosts().view(), computer.settings()),
            (before.clone(), file.clone()),
            "{field} of {name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_of_the_settings_that_cannot_be_used_is_named_at_the_start() {
    let computer = Computer::new();
    computer.start().await;
    let write = |text: &str| {
        std::fs::create_dir_all(computer.folder.path().join("home")).unwrap();
        std::fs::write(computer.folder.path().join("home/settings.toml"), text).unwrap();
        computer.read().err().unwrap().to_string()
    };
    let said = write("[hosts.\"ghe.example.com\"]\napi = \"http://api.example.com\"\n");
    assert!(said.contains("[hosts.\"ghe.example.com\"] api: plain http"), "{said}");
    let said = write("[hosts.\"github.com\"]\nregistry = true\n");
    assert!(said.contains("[hosts.\"github.com\"] registry: "), "{said}");
}

/// A registry and an API that only a proxy knows.
async fn behind_proxy() -> (Computer, Practice, TestProxy) {
    let computer = Computer::new();
    let practice = Practice::start(Options::new(computer.folder.path().join("registry"))).await.unwrap();
    computer.endpoints(
        "[\"registry.test\"]\nregistry = \"http://registry.test\"\nplain-http = true\n\
         [\"other.test\"]\nregistry = \"http://other.test\"\nplain-http = true\n\
         [\"containers.ghe.test\"]\nregistry = \"http://containers.ghe.test\"\napi = \"http://api.ghe.test\"\n\
         plain-http = true\n",
    );
    let proxy = TestProxy::start(practice.api().unwrap()).await;
    (computer, practice, proxy)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registry_and_the_api_of_a_host_are_reached_through_its_own_proxy() {
    let (computer, practice, proxy) = behind_proxy().await;
    let app = computer.start().await;
    let set = app.hosts().set(through(host("ghe.test"), &proxy, Some(PASSWORD))).await.unwrap();
    assert!(!set.proxy_password_not_kept && view(&app, "ghe.test").has_proxy_password);

    // After a restart the password comes from the keychain.
    let app = computer.start().await;
    assert!(view(&app, "ghe.test").has_proxy_password);
    let token = TokenFrom::Typed { token: practice.token("octocat", "publish").unwrap().into() };
    let account = NewAccount {
        host: "ghe.test".to_owned(),
        token,
        username: String::new(),
        keep: false,
        anyway: false,
    };
    let added = app.accounts().add(account).await.unwrap();
    assert_eq!(added.id, "octocat@ghe.test");
    // That the API is no registry does not matter here.
    app.hosts().check("ghe.test").await;
    let seen = proxy.requests();
    assert!(seen.contains(&"GET http://api.ghe.test/user".to_owned()), "{seen:?}");
    assert!(seen.contains(&"GET http://containers.ghe.test/v2/".to_owned()), "{seen:?}");
    assert!(seen.iter().all(|line| !line.contains("registry.test")), "the others go their own way");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_refuses_is_named_by_its_code_for_the_registry_and_for_the_api() {
    let (computer, practice, proxy) = behind_proxy().await;
    let app = computer.start().await;
    app.hosts().set(through(host("ghe.test"), &proxy, None)).await.unwrap();
    assert!(!view(&app, "ghe.test").has_proxy_password);
    let token = TokenFrom::Typed { token: practice.token("octocat", "publish").unwrap().into() };
    let account = NewAccount {
        host: "ghe.test".to_owned(),
        token,
        username: String::new(),
        keep: false,
        anyway: false,
    };
    let api = app.accounts().add(account).await.unwrap_err();
    let registry = missing(&app, "ghe.test").await.unwrap();
    for (failure, at) in [(api, "api.ghe.test"), (registry, "containers.ghe.test")] {
        assert_eq!(failure.code.as_str(), "network.proxy", "{failure:?}");
        assert_eq!((failure.params()["host"].as_str(), &failure.params()["proxy"]), (at, &proxy.with_user()));
    }
    // A password that is set counts at once, and one that is taken away, too.
    app.hosts().set(through(host("ghe.test"), &proxy, Some(PASSWORD))).await.unwrap();
    assert_ne!(missing(&app, "ghe.test").await.map(|failure| failure.code.as_str()), Some("network.proxy"));
    app.hosts().set(through(host("ghe.test"), &proxy, None)).await.unwrap();
    assert!(view(&app, "ghe.test").has_proxy_password, "it is kept where none is given");
    app.hosts().set(through(host("ghe.test"), &proxy, Some(""))).await.unwrap();
    assert_eq!(missing(&app, "ghe.test").await.unwrap().code.as_str(), "network.proxy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxys_password_goes_with_the_last_host_that_needs_it() {
    let (computer, _practice, proxy) = behind_proxy().await;
    let app = computer.start().await;
    app.hosts().set(through(registry("registry.test"), &proxy, Some(PASSWORD))).await.unwrap();
    app.hosts().set(through(registry("other.test"), &proxy, None)).await.unwrap();
    assert!(view(&app, "other.test").has_proxy_password, "it is the proxy's");
    app.hosts().remove("registry.test").await.unwrap();
    let app = computer.start().await;
    assert!(view(&app, "other.test").has_proxy_password);
    app.hosts().remove("other.test").await.unwrap();

    let app = computer.start().await;
    app.hosts().set(through(registry("other.test"), &proxy, None)).await.unwrap();
    assert!(!view(&app, "other.test").has_proxy_password, "nothing was left behind");
    // Another proxy takes the password of the one before away, too.
    app.hosts().set(through(registry("other.test"), &proxy, Some(PASSWORD))).await.unwrap();
    app.hosts().set(registry("other.test")).await.unwrap();
    app.hosts().set(through(registry("other.test"), &proxy, None)).await.unwrap();
    assert!(!view(&app, "other.test").has_proxy_password);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxys_password_stands_nowhere_but_in_the_keychain() {
    let (computer, _practice, proxy) = behind_proxy().await;
    let app = computer.start().await;
    let set = app.hosts().set(through(registry("registry.test"), &proxy, Some("canary-2"))).await.unwrap();
    let failure = missing(&app, "registry.test").await.unwrap();
    assert_eq!(failure.code.as_str(), "network.proxy");
    let said = [
        format!("{set:?}{failure:?}{:?}", app.preferences().settings()),
        app.diagnostics().report().await,
        computer.settings(),
    ];
    assert!(said[2].contains(&proxy.with_user()));
    assert!(said.iter().all(|text| !text.contains("canary")), "{said:?}");
    for entry in std::fs::read_dir(computer.folder.path().join("home")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        assert!(!bytes.windows(6).any(|part| part == b"canary"));
    }
}

/// A keychain that is not there.
#[derive(Debug)]
struct NoStore;

impl CredentialStoreApi for NoStore {
    fn vendor(&self) -> String {
        String::new()
    }

    fn id(&self) -> String {
        String::new()
    }

    fn build(
        &self,
        _: &str,
        _: &str,
        _: Option<&HashMap<&str, &str>>,
    ) -> keyring_core::Result<keyring_core::Entry> {
        Err(keyring_core::Error::NoDefaultStore)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_a_proxys_password_is_good_for_this_run() {
    let (Computer { folder, .. }, practice, proxy) = behind_proxy().await;
    let computer = Computer { folder, keychain: Keychain::with_store(Arc::new(NoStore)) };
    let app = computer.start().await;
    let set = app.hosts().set(through(host("ghe.test"), &proxy, Some(PASSWORD))).await.unwrap();
    assert!(set.proxy_password_not_kept && view(&app, "ghe.test").has_proxy_password);
    assert_ne!(missing(&app, "ghe.test").await.map(|failure| failure.code.as_str()), Some("network.proxy"));
    assert!(!view(&computer.start().await, "ghe.test").has_proxy_password);
    practice.stop().await;
}

/// A registry that takes octocat's password, by `Basic`.
struct Plain {
    server: Server,
    /// The header that it takes.
    takes: Arc<Mutex<&'static str>>,
}

/// `octocat:one` and `octocat:two`.
const ONE: &str = "Basic b2N0b2NhdDpvbmU=";
const TWO: &str = "Basic b2N0b2NhdDp0d28=";

impl Plain {
    async fn start() -> Self {
        let takes = Arc::new(Mutex::new(ONE));
        let known = Arc::clone(&takes);
        let server = Server::start(move |asked| answer(asked.headers(), *known.lock().unwrap())).await;
        Self { server, takes }
    }

    fn name(&self) -> String {
        self.server.address.to_string()
    }
}

pub(crate) fn answer(headers: &HeaderMap, takes: &str) -> Response {
    if headers.get("authorization").is_some_and(|value| value == takes) {
        return StatusCode::OK.into_response();
    }
    (StatusCode::UNAUTHORIZED, [("www-authenticate", "Basic realm=\"plain\"")]).into_response()
}

pub(crate) fn octocat(host: &str, password: &str, anyway: bool) -> NewAccount {
    NewAccount {
        host: host.to_owned(),
        token: TokenFrom::Typed { token: SecretString::from(password) },
        username: "octocat".to_owned(),
        keep: true,
        anyway,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_at_another_registry_is_tried_there() {
    let plain = Plain::start().await;
    let name = plain.name();
    let computer = Computer::new();
    let app = computer.start().await;
    app.hosts().set(registry(&name)).await.unwrap();
    let wrong = app.accounts().add(octocat(&name, "two", true)).await.unwrap_err();
    assert_eq!(
        (wrong.code.clone(), wrong.params()["host"].as_str()),
        (Code::DeniedCredential, name.as_str())
    );
    assert!(app.accounts().view().await.accounts.is_empty());

    let added = app.accounts().add(octocat(&name, "one", false)).await.unwrap();
    let account = &added.accounts.accounts[0];
    assert_eq!((account.state, account.offline), (AccountState::Accepted, false));
    assert!(account.checked_at.is_some());

    let state = async || {
        let account = app.accounts().verify(&added.id).await.unwrap().accounts.remove(0);
        (account.state, account.offline)
    };
    *plain.takes.lock().unwrap() = TWO;
    assert_eq!(state().await, (AccountState::Revoked, false));
    *plain.takes.lock().unwrap() = ONE;
    assert_eq!(state().await, (AccountState::Accepted, false));
    plain.server.stop().await;
    assert_eq!(state().await, (AccountState::Accepted, true), "what was known stays");
}

/// nvcr.io asks for tokens at authn.nvidia.com, rg.fr-par.scw.cloud at api.scaleway.com (oras-project/oras-dotnet#401): nobody
/// could sign in there, and no words said how.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_service_of_somebody_else_is_refused_by_words_that_name_the_setting_and_allowed_by_it() {
    let tokens = Server::start(|_| "{\"token\":\"good\"}".into_response()).await;
    let place = format!("localhost:{}", tokens.address.port());
    let realm = format!("Bearer realm=\"http://{place}/token\",service=\"s\"");
    let server = Server::start(move |request| {
        match request.headers().get("authorization").is_some_and(|value| value == "Bearer good") {
            true => StatusCode::OK.into_response(),
            false => (StatusCode::UNAUTHORIZED, [("www-authenticate", realm.clone())]).into_response(),
        }
    })
    .await;
    let name = server.address.to_string();
    let computer = Computer::new();
    let app = computer.start().await;
    app.hosts().set(registry(&name)).await.unwrap();
    let refused = app.accounts().add(octocat(&name, "canary", true)).await.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.params()["realm"].as_str()),
        ("realm.elsewhere", place.as_str())
    );
    assert_eq!((&refused.params()["host"], &refused.params()["registry"]), (&name, &name));
    assert!(
        refused.message.contains(&format!("`slipway hosts add {name} --registry --realm {place}`")),
        "{}",
        refused.message
    );
    assert_eq!(refused.help, [Remedy::Hosts]);
    assert!(tokens.seen().is_empty() && !format!("{refused:?}").contains("canary"));

    app.hosts()
        .set(HostSettings { realm: format!("http://{place}/token"), ..registry(&name) })
        .await
        .unwrap();
    for app in [app, computer.start().await] {
        assert!(view(&app, &name).realm.unwrap().contains(&place));
        let added = app.accounts().add(octocat(&name, "canary", false)).await.unwrap();
        assert_eq!(added.accounts.accounts[0].state, AccountState::Accepted);
        app.accounts().sign_out(&added.id).await;
    }
    assert!(tokens.seen().iter().all(|asked| asked.authorization.as_ref().unwrap().starts_with("Basic ")));
}

/// The command that a refused token service advises (`hosts add … --realm …`) took certificate file, proxy and addresses of
/// the host away.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_named_in_a_change_of_a_host_stays() {
    let computer = Computer::new();
    let home = computer.folder.path().join("home");
    std::fs::create_dir_all(&home).unwrap();
    std::fs::write(home.join("ca.pem"), "-----BEGIN CERTIFICATE-----\n").unwrap();
    let text = "[hosts.\"ghe.example.com\"]\nca-file = \"ca.pem\"\nproxy = \"none\"\napi = \"https://api.corp.example/v3\"\n\
                docker = \"none\"\n\n[hosts.\"reg.example.com\"]\nregistry = true\n";
    std::fs::write(home.join("settings.toml"), text).unwrap();
    let app = computer.start().await;
    let realm = |name: &str| HostChange {
        name: name.to_owned(),
        realm: Some("auth.example.org".to_owned()),
        ..HostChange::default()
    };
    app.hosts().change(realm("ghe.example.com")).await.unwrap();
    app.hosts().change(realm("reg.example.com")).await.unwrap();
    for app in [&app, &computer.start().await] {
        let set = view(app, "ghe.example.com");
        assert_eq!((set.ca_file.as_deref(), set.proxy.as_deref()), (Some("ca.pem"), Some("none")));
        assert_eq!(set.api.as_deref(), Some("https://api.corp.example/v3"));
        assert_eq!((set.docker.as_deref(), set.realm.as_deref()), (Some("none"), Some("auth.example.org")));
        assert_eq!(view(app, "reg.example.com").kind, HostKind::Other);
    }
    let empty = HostChange { api: Some(String::new()), ..realm("ghe.example.com") };
    app.hosts().change(empty).await.unwrap();
    let set = view(&app, "ghe.example.com");
    assert_eq!((set.api, set.ca_file.as_deref()), (None, Some("ca.pem")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_at_a_registry_that_is_away_is_taken_only_by_wish() {
    let plain = Plain::start().await;
    let name = plain.name();
    plain.server.stop().await;
    let app = Computer::new().start().await;
    let away = app.accounts().add(octocat(&name, "one", false)).await.unwrap_err();
    assert_eq!(away.code.as_str(), "network.unreachable");
    let added = app.accounts().add(octocat(&name, "one", true)).await.unwrap();
    let account = &added.accounts.accounts[0];
    assert_eq!((account.state, account.offline), (AccountState::NotChecked, true));
}
