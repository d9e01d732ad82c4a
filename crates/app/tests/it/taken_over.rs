//! A page that was taken over: it calls whatever the window's commands can do, with whatever values it likes, and tries to
//! get hold of tokens or to have them sent to a host of its own. SECURITY.md promises that it cannot.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use keyring_core::mock::Store;
use secrecy::SecretString;
use slipway_app::view::{
    AccountPage, BuildSecret, BuildSecretFrom, BuildWish, Code, CopyDraft, CopyVersions, CopyView, Draft,
    Engine, Existing, FailureView, Field, FileFormat, FileId, FixedKind, FixedView, HistoryQuery,
    HostSettings, InstallWish, JobId, LinkTopic, NewAccount, Purpose, Show, TokenFrom,
};
use slipway_app::{Confirm, Finders, Keychain, Question, Setup, Slipway};
use slipway_stage::docs::{Malice, malice};
use slipway_stage::{Playground, Server, environment};

/// What the shell offers to the page, by name.
macro_rules! commands {
    ($($(#[$doc:meta])* fn $name:ident($($with:ident: $kind:ty),*) $(-> $answer:ty)? $body:block)*) => {
        const COMMANDS: &[&str] = &[$(stringify!($name)),*];
    };
}

include!("../../../../src-tauri/commands.rs");

/// Every secret of this computer holds it.
const CANARY: &str = "canary";

/// The person at the system's own dialog.
#[derive(Default)]
struct Person {
    allows: bool,
    asked: Mutex<Vec<Question>>,
}

impl Confirm for Person {
    fn confirm(&self, question: Question) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        self.asked.lock().unwrap().push(question);
        Box::pin(std::future::ready(self.allows))
    }
}

impl Person {
    fn asked(&self) -> Vec<Question> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

/// A registry that wants a user name and a token.
pub(crate) async fn registry() -> Server {
    Server::start(wants_credentials).await
}

fn wants_credentials(asked: &Request) -> Response {
    if asked.headers().contains_key("authorization") {
        return StatusCode::OK.into_response();
    }
    (StatusCode::UNAUTHORIZED, [("www-authenticate", "Basic realm=\"here\"")]).into_response()
}

/// A host with nothing set but its name.
fn host(server: &Server, registry: bool) -> HostSettings {
    HostSettings {
        name: server.address.to_string(),
        ca_file: String::new(),
        proxy: String::new(),
        proxy_password: None,
        registry,
        realm: String::new(),
        api: String::new(),
        containers: String::new(),
        docker: String::new(),
    }
}

/// A computer on which somebody is signed in, and a page that is not theirs any more.
struct Scene {
    playground: Playground,
    app: Slipway,
    person: Arc<Person>,
    /// A registry with an account that is kept.
    own: Server,
    /// The page's own host.
    evil: Server,
    /// A file with one line, such as many programs keep their tokens in.
    secret: PathBuf,
    said: Mutex<Vec<String>>,
}

impl Scene {
    async fn set(allows: bool) -> Self {
        let playground = Playground::start().await;
        let (own, evil) = (registry().await, registry().await);
        let folder = playground.folder().to_owned();
        let secret = folder.join("token");
        std::fs::write(&secret, "canary-in-a-file\n").unwrap();
        std::fs::write(folder.join("ca.pem"), "-----BEGIN CERTIFICATE-----\ncanary\n").unwrap();
        let login = |at: &Server| {
            format!("\"{}\":{{\"username\":\"octocat\",\"password\":\"canary-docker\"}}", at.address)
        };
        std::fs::write(folder.join("config.json"), format!("{{\"auths\":{{{}}}}}", login(&own))).unwrap();
        let docker = folder.to_string_lossy().into_owned();
        playground.hosts();
        let usual = environment(&folder);
        let get = move |name: &str| if name == "DOCKER_CONFIG" { Some(docker.clone()) } else { usual(name) };
        let person = Arc::new(Person { allows, ..Person::default() });
        let setup = Setup::read(get, Finders::None).unwrap();
        let setup = Setup {
            keychain: Keychain::with_store(Store::new().unwrap()),
            confirm: Arc::<Person>::clone(&person),
            surroundings: setup.surroundings.searching(Vec::new()),
            in_window: true,
            ..setup
        };
        let app = Slipway::new(setup);
        let scene = Self { playground, app, person, own, evil, secret, said: Mutex::default() };
        scene.app.hosts().set(host(&scene.own, true)).await.unwrap();
        let typed = || TokenFrom::Typed { token: SecretString::from("canary-kept") };
        scene.add(&scene.own.address.to_string(), typed()).await.unwrap();
        let token = scene.playground.token_called("publish");
        scene.add("github.com", TokenFrom::Typed { token: token.into() }).await.unwrap();
        assert!(scene.person.asked().is_empty(), "nobody is asked about what a host's name says");
        scene
    }

    fn evil(&self) -> String {
        self.evil.address.to_string()
    }

    fn ca_file(&self) -> String {
        self.playground.folder().join("ca.pem").to_string_lossy().into_owned()
    }

    async fn add(&self, host: &str, token: TokenFrom) -> Result<String, FailureView> {
        let (host, username) = (host.to_owned(), "octocat".to_owned());
        let account = NewAccount { host, token, username, keep: true, anyway: true };
        self.app.accounts().add(account).await.map(|added| added.id)
    }

    /// The page hears it.
    fn hears(&self, what: impl std::fmt::Debug) {
        self.said.lock().unwrap().push(format!("{what:?}"));
    }

    /// All that can be reached now is used: whatever was changed before this shows here.
    async fn uses(&self) {
        let id = format!("octocat@{}", self.own.address);
        for id in [id.as_str(), "octocat@github.com"] {
            self.hears(self.app.accounts().verify(id).await.map_err(|failure| failure.code));
            self.app.accounts().use_account(id).await;
        }
        let draft = Draft { registry: self.evil(), owner: "octocat".to_owned(), ..self.app.start().draft };
        self.hears(self.app.publish().preflight(&draft).await);
        self.app.hosts().check(&self.evil()).await;
    }

    /// Settings of hosts that would lead a token to the page's own host.
    fn lures(&self) -> Vec<HostSettings> {
        let evil = format!("http://{}", self.evil.address);
        let (own, github) = (
            || host(&self.own, true),
            || HostSettings { name: "github.com".to_owned(), ..host(&self.own, false) },
        );
        vec![
            HostSettings { realm: self.evil(), ..own() },
            HostSettings { ca_file: self.ca_file(), ..own() },
            HostSettings { proxy: evil.clone(), ..own() },
            HostSettings { registry: false, api: evil.clone(), containers: evil.clone(), ..own() },
            HostSettings { registry: false, docker: evil.clone(), containers: "none".to_owned(), ..own() },
            HostSettings { ca_file: self.ca_file(), ..github() },
            HostSettings { proxy: evil, ..github() },
        ]
    }

    /// What a page that was taken over does with a command. One that is new is thought of here first.
    async fn tries(&self, command: &str) {
        let (app, evil) = (&self.app, self.evil());
        match command {
            "open_path" => {
                self.hears(app.images().open_text(&self.secret.to_string_lossy(), app.start().draft).await);
            }
            "open_dropped" => {
                self.hears(app.images().open_dropped(&[FileId(0), FileId(1)], app.start().draft).await);
            }
            // A part of the disk stays free whatever the page says.
            "unpack_anyway" => {
                let opened =
                    app.images().open_path(&self.playground.sample, app.start().draft).await.unwrap();
                self.hears(app.images().unpack_anyway(opened.file, app.start().draft).await);
            }
            "hold_dropped_token" => {
                // What the page opened itself has a handle; it makes a token of it later.
                let opened =
                    app.images().open_path(&self.playground.sample, app.start().draft).await.unwrap();
                std::fs::copy(&self.secret, &self.playground.sample).unwrap();
                // A drag that only passes gives handles, too.
                let (passing, _) = app.images().judge(std::slice::from_ref(&self.secret), false);
                let handles = passing.iter().filter_map(|item| item.file).chain([opened.file]);
                for file in handles.chain((0..64).map(FileId)) {
                    let held = app.accounts().hold_dropped_token(&evil, file);
                    assert!(held.is_err(), "{held:?}");
                    self.hears(held);
                }
            }
            "read_clipboard_token" | "read_token_file" => {
                // Held for the page's own host, and for another one and then sent there.
                for host in [evil.as_str(), "github.com"] {
                    let held = match command {
                        "read_clipboard_token" => app.accounts().hold_token(host, "canary-clipboard".into()),
                        _ => app.accounts().hold_token_file(host, &self.secret).ok(),
                    };
                    let id = held.unwrap().id;
                    for _ in 0..2 {
                        self.hears(self.add(&evil, TokenFrom::Held { id }).await.unwrap_err());
                    }
                    let again = self.add(host, TokenFrom::Held { id }).await.unwrap_err();
                    assert_eq!(again.params()["reason"], "gone", "it is used once");
                }
                app.accounts().hold_token("github.com", "canary-waiting".into()).unwrap();
            }
            "find_credentials" | "offered_logins" | "add_account" => {
                let mut found = app.accounts().find_credentials().await.found;
                assert!(!found.is_empty());
                found.extend(app.accounts().offered_logins());
                for id in found.iter().map(|found| found.id).chain(0..64) {
                    self.hears(self.add(&evil, TokenFrom::Found { id }).await.unwrap_err());
                    self.hears(self.add(&evil, TokenFrom::Held { id }).await.unwrap_err());
                }
            }
            "replace_token" => {
                // An account of its own, which it typed, draws others' tokens after it.
                let id = self.add(&evil, TokenFrom::Typed { token: "mine".into() }).await.unwrap();
                let token = app.accounts().hold_token(&evil, "canary-clipboard".into()).unwrap();
                let token = TokenFrom::Held { id: token.id };
                self.hears(
                    app.accounts()
                        .replace_token(&id, token, true, true)
                        .await
                        .map(|added| added.id)
                        .unwrap_err(),
                );
                app.accounts().sign_out(&id).await;
            }
            "set_host" => {
                for lure in self.lures() {
                    let refused = app.hosts().set(lure).await.unwrap_err();
                    assert_eq!(refused.code, Code::Cancelled, "{refused:?}");
                    self.uses().await;
                }
            }
            "remove_host" => {
                let own = self.own.address.to_string();
                app.hosts().remove(&own).await.unwrap();
                for lure in self.lures() {
                    assert_eq!(app.hosts().set(lure).await.unwrap_err().code, Code::Cancelled);
                    self.uses().await;
                }
                app.hosts().set(host(&self.own, true)).await.unwrap();
            }
            "change_settings" => {
                let mut settings = app.start().settings;
                settings.proxy = Some(format!("http://{evil}"));
                assert_eq!(app.preferences().change(&settings).await.unwrap_err().code, Code::Cancelled);
            }
            "fixed_versions" | "fix_versions" | "let_versions_move" => {
                let rule = FixedView {
                    place: format!("{evil}/octocat"),
                    which: FixedKind::Versions,
                    pattern: String::new(),
                };
                self.hears(app.preferences().fix_versions(&rule));
                self.hears(app.preferences().let_versions_move(&rule.place));
                self.hears(app.preferences().fixed_versions());
            }
            "sign_in_with_browser" => {
                app.accounts()
                    .sign_in_with_browser(&evil, Purpose::Publish, true, |update| self.hears(update))
                    .await;
            }
            "sign_in_engine" | "engine_sign_ins" => {
                self.hears(app.accounts().engine_sign_ins("octocat@github.com"));
            }
            "docker_asks" | "let_docker_ask" | "let_docker_be" => {
                let own = format!("octocat@{}", self.own.address);
                self.hears(app.accounts().let_docker_ask_for(&own, &self.secret));
                self.hears(app.accounts().docker_asks());
                self.hears(app.accounts().let_docker_be());
            }
            "check_host" | "preflight" | "publish" | "verify_account" | "use_account" => self.uses().await,
            // A copy from somebody's own registry to the page's, and over plain http.
            "copy_end" | "settle_copy" | "plan_copy" | "start_copy" => {
                self.hears(app.copies().look(&format!("{evil}/octocat/hello"), true).await);
                let draft = CopyDraft {
                    from: format!("{}/octocat/hello:1.0", self.own.address),
                    to: format!("{evil}/octocat/hello"),
                    versions: CopyVersions::Named { tags: Vec::new() },
                    platforms: Vec::new(),
                    signatures: true,
                    no_clobber: false,
                    keep_old: true,
                };
                let copy = app.copies().settle_draft(&draft).await.unwrap();
                let copy = CopyView { plain_http: true, ..copy };
                self.hears(app.copies().plan_from_page(&copy).await);
                if let Ok(job) = app.copies().start_from_page(&copy).await {
                    app.activity().watch(job, |_| true).await;
                }
            }
            "hosts" => self.hears(app.hosts().view()),
            "registries" | "start" => self.hears(app.start()),
            "accounts" | "check_keychain" => self.hears(app.accounts().check_keychain().await),
            "check_token" => self.hears(app.accounts().check_token(&"mine".into())),
            "diagnostics" => self.hears(app.diagnostics().report().await),
            "recent" => self.hears(app.activity().recent().await),
            "history" => {
                let query = HistoryQuery { search: String::new(), show: Show::All, before: None };
                self.hears(app.activity().history(&query).await);
            }
            "suggestions" | "listed_suggestions" | "companions" | "differences" => {
                let draft = Draft { registry: evil, ..app.start().draft };
                self.hears(app.form().listed_suggestions(&draft, Field::Owner).await);
                self.hears(app.form().companions(&draft).await);
                self.hears(app.publish().differences(&draft, "1.0", None).await);
            }
            "open_link" | "open_account_page" => {
                let draft = Draft { registry: evil.clone(), ..app.start().draft };
                self.hears((
                    app.form().link(LinkTopic::NewToken, &draft),
                    app.accounts().page(&AccountPage::Code { host: evil }),
                ));
            }
            "fill_reference" | "switch_registry" | "check_form" => {
                self.hears(app.form().fill(&app.start().draft, &format!("{evil}/a/b:1")));
            }
            // Its own host gets no token for an image that it wants, and no file is named by the page.
            "read_pasted" | "find_tags" | "image_facts" | "image_signatures" | "install" => {
                let reference = format!("{evil}/a/b:1");
                self.hears(app.install().read_pasted(&reference));
                self.hears(app.install().tags(&reference, false).await);
                self.hears(app.install().facts(&reference, None, true, false).await);
                self.hears(app.install().signatures(&reference, None, false).await);
                let wish = |place, existing| InstallWish {
                    reference: reference.clone(),
                    platforms: Vec::new(),
                    all_platforms: true,
                    signatures: true,
                    format: FileFormat::OciArchive,
                    engine: None,
                    place,
                    existing,
                    anonymous: false,
                };
                let unknown = app.install().begin(wish(99, Existing::Replace)).await;
                assert!(unknown.is_err(), "{unknown:?}");
                self.hears(unknown);
            }
            "engines" => self.hears(app.engines().all().await),
            // There is none here; names that lead to its own host get no token with them.
            "engine_images" | "image_states" | "open_held" | "tag_held" | "containers_of"
            | "held_commands" => {
                let (engine, name) = (Engine::Docker, format!("{evil}/a/b:1"));
                let ids = vec!["sha256:0".to_owned()];
                self.hears(app.states().images(engine).await);
                self.hears(app.states().of(engine, &ids, true).await);
                self.hears(app.publish().open_held(engine, &name, app.start().draft).await);
                self.hears(app.engines().name(engine, &ids[0], &name).await);
                self.hears(app.engines().containers(engine, &ids[0]).await);
                self.hears(app.publish().held_commands(engine, &[vec![name]], &app.start().draft));
            }
            // No folder is built, and no file read for a secret, that nobody chose; what is built goes where it may.
            "dropped_build_folder"
            | "build_folder"
            | "build_size"
            | "build_engine"
            | "build_command"
            | "begin_build"
            | "check_destination"
            | "set_build_publish"
            | "publish_built"
            | "watch_build" => {
                let from = BuildSecretFrom::File { file: 1 };
                let reference = format!("{evil}/octocat/hello:1.0");
                let wish = BuildWish {
                    folder: 1,
                    dockerfile: "Dockerfile".to_owned(),
                    target: String::new(),
                    platforms: Vec::new(),
                    arguments: Vec::new(),
                    secrets: vec![BuildSecret { id: "mine".to_owned(), from }],
                    engine: Engine::Docker,
                    publish: reference.clone(),
                };
                let builds = app.builds();
                assert!(
                    builds.dropped(FileId(1)).await.is_err() && builds.look(1, "Dockerfile").await.is_err()
                );
                assert!(builds.size(1, "Dockerfile").await.is_err());
                assert!(builds.command(wish.clone()).is_err() && builds.begin(wish).await.is_err());
                self.hears(builds.publish(JobId(1), &reference));
                self.hears(app.publish().check_destination(&reference));
            }
            "install_place" => {
                let odd = format!("{evil}/a/../b:1");
                for format in [FileFormat::DockerArchive, FileFormat::OciLayout] {
                    self.hears(app.install().place(&odd, format));
                }
            }
            "install_again" | "installed_file" | "show_installed_file" => {
                self.hears((app.install().again(JobId(1)).await, app.install().file(JobId(1)).await));
                assert_eq!(app.install().path(JobId(1)).await, None);
            }
            "watch_job" | "resume_job" | "reopen_job" | "move_back" | "verify_again" | "visibility"
            | "workflow" => {
                self.hears(app.afterwards().workflow(JobId(1)).await);
                self.hears(app.install().verify_again(JobId(1)).await);
            }
            // Nothing of these takes or gives a token, a path or an address: they draw, end, count or forget, or the
            // system's own dialog asks for the file first.
            "ready"
            | "leave"
            | "note_page_fault"
            | "notify"
            | "notify_expiry"
            | "choose_image"
            | "open_argument"
            | "more_arguments"
            | "reading"
            | "cancel_reading"
            | "details"
            | "layer_content"
            | "leave_image"
            | "leave_layer"
            | "start_practice"
            | "open_recent"
            | "find_recent"
            | "cancel_job"
            | "pause_job"
            | "try_job_now"
            | "save_workflow"
            | "choose_install_place"
            | "choose_build_folder"
            | "argument_build_folder"
            | "choose_dockerfile"
            | "choose_build_secret"
            | "latest_build"
            | "build_argument"
            | "watch_activity"
            | "forget_job"
            | "clear_history"
            | "pause_all"
            | "export_history"
            | "compression_speeds"
            | "parts"
            | "clear_parts"
            | "save_diagnostics"
            | "drop_held_token"
            | "cancel_account_check"
            | "sign_out_account"
            | "cancel_browser_sign_in" => {}
            new => panic!("{new}: what does a page that was taken over do with it?"),
        }
    }
}

/// It could read any file of one line, through `open_path` and then `hold_dropped_token`, and send that, the clipboard, and
/// what Docker keeps to a host of its own; an account's token followed when the addresses of its host were changed.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_taken_over_gets_no_token_and_sends_none_to_its_own_host() {
    let scene = Scene::set(false).await;
    for command in COMMANDS {
        Box::pin(scene.tries(command)).await;
        let seen = scene.evil.seen();
        let got = seen.iter().filter_map(|asked| asked.authorization.as_deref());
        // `octocat:mine`, which the page typed itself.
        let theirs: Vec<&str> = got.filter(|sent| *sent != "Basic b2N0b2NhdDptaW5l").collect();
        assert!(theirs.is_empty(), "{command}: {theirs:?}");
        let said = scene.said.lock().unwrap();
        let told = said.iter().find(|said| said.contains(CANARY));
        assert!(told.is_none(), "{command}: {told:?}");
    }
    assert!(scene.evil.seen().iter().any(|asked| asked.path.starts_with("/v2/")), "it was asked, as nobody");
    documented();
    let own = scene.own.seen();
    assert!(own.iter().any(|asked| asked.authorization.is_some()), "what is the person's own still works");
}

/// What is proven here, in `crates/app/src/jobs/mod.rs`, and by the tests of `hosts` and `workflow`.
fn documented() {
    let row = |input, before, bound, seen| Malice { input, before, bound, seen };
    malice(
        "window",
        &[
            row(
                "a file of one line, opened by the page and then read as a token",
                "its line, in a request to any host",
                "only what was dropped or chosen in the dialog is read",
                "that only a file that was dropped is read for a token",
            ),
            row(
                "a token that was found or held, for a host of the page",
                "the token, sent there",
                "it is for its own host, once; handles cannot be guessed",
                "where the token may go",
            ),
            row(
                "new addresses, a proxy or an authority for a host with an account",
                "the token, sent there",
                "the person confirms it in the system's own dialog",
                "“Send the token there?”",
            ),
            row(
                "`SLIPWAY_HOSTS` that leads ghcr.io, its API or its pages elsewhere",
                "kept tokens, sent there without a word",
                "tokens of this run only, unless the file says `credentials = true`",
                "a sign in the window, a line of the command",
            ),
            row(
                "a file called `${{ … }}`, exported as a workflow",
                "an expression that runs with the workflow's rights",
                "no expression from names",
                "the name, as it is",
            ),
            row(
                "a push whose task dies",
                "a wait without end, which Ctrl-C did not end",
                "it is a failure; the second Ctrl-C ends the command",
                "that Slipway itself failed, and “Try again”",
            ),
        ],
    );
}

/// The person confirms a new place once, with words that name it, and what they confirmed counts.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_place_for_a_token_is_confirmed_by_the_person_and_then_used() {
    let scene = Scene::set(true).await;
    let asked = |places: &[&str]| {
        let questions = scene.person.asked();
        assert_eq!(questions.len(), 1, "{questions:?}");
        assert!(places.iter().all(|place| questions[0].text.contains(place)), "{questions:?}");
    };
    let (own, evil) = (scene.own.address.to_string(), scene.evil());
    let with_realm = || HostSettings { realm: evil.clone(), ..host(&scene.own, true) };
    scene.app.hosts().set(with_realm()).await.unwrap();
    asked(&[&format!("octocat@{own}"), &evil]);
    // Back and forth again: it was confirmed.
    scene.app.hosts().set(host(&scene.own, true)).await.unwrap();
    scene.app.hosts().set(with_realm()).await.unwrap();
    assert!(scene.person.asked().is_empty());

    let held = scene.app.accounts().hold_token(&evil, "from-the-clipboard".into()).unwrap();
    scene.add(&evil, TokenFrom::Held { id: held.id }).await.unwrap();
    asked(&[&evil, "clipboard"]);
    assert!(scene.evil.seen().iter().any(|asked| asked.authorization.is_some()));

    let mut settings = scene.app.start().settings;
    settings.proxy = Some("http://proxy.test:8080".to_owned());
    scene.app.preferences().change(&settings).await.unwrap();
    asked(&["octocat@github.com", "http://proxy.test:8080"]);
    settings.proxy = None;
    scene.app.preferences().change(&settings).await.unwrap();
    // A file that somebody dropped is theirs to give, and GitHub's own host needs no question.
    let (items, _) = scene.app.images().judge(std::slice::from_ref(&scene.secret), true);
    let held = scene.app.accounts().hold_dropped_token("github.com", items[0].file.unwrap()).unwrap();
    assert_eq!(held.file, "token");
    assert!(scene.person.asked().is_empty());

    // The first account of a host whose addresses are not said by its name.
    let ghe = HostSettings {
        name: "ghe.test".to_owned(),
        api: format!("http://{evil}"),
        ..host(&scene.own, false)
    };
    scene.app.hosts().set(ghe).await.unwrap();
    assert!(scene.person.asked().is_empty(), "nobody has an account there");
    let _ = scene.add("ghe.test", TokenFrom::Typed { token: "typed".into() }).await;
    asked(&["ghe.test", &format!("http://{evil}")]);
}

/// A handle that is counted up is known before it is given out.
#[tokio::test(flavor = "multi_thread")]
async fn handles_of_files_and_tokens_cannot_be_guessed() {
    let scene = Scene::set(false).await;
    let held = |_| scene.app.accounts().hold_token("github.com", "canary".into()).unwrap().id;
    let mut handles: Vec<u64> = (0..8).map(held).collect();
    handles.extend(scene.app.accounts().find_credentials().await.found.iter().map(|found| found.id));
    handles.push(
        scene.app.images().open_path(&scene.playground.sample, scene.app.start().draft).await.unwrap().file.0,
    );
    assert!(handles.iter().all(|handle| (1 << 24..1 << 53).contains(handle)), "{handles:?}");
    handles.sort_unstable();
    assert!(handles.windows(2).all(|pair| pair[1] - pair[0] > 1), "{handles:?}");
}
