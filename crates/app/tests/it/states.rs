//! Images of an engine at the registries, and in the form.

use std::sync::Arc;

use axum::response::IntoResponse as _;
use slipway_app::Slipway;
use slipway_app::view::{
    Code, Draft, Engine, HeldImage, ImageStateView, JobState, RegistryState, UnknownReason,
};
use slipway_practice::{Mishap, Place, Trouble, Wish};
use slipway_stage::engine::Fault;
use slipway_stage::{Server, until};

use crate::engines::{Set, archive, options, published};
use crate::{end, watched};

/// What the registry was asked for, `METHOD path`.
fn asked(set: &Set) -> Vec<String> {
    let requests = set.stage.practice.requests().into_iter();
    let registry = requests.filter(|it| it.path.starts_with("/v2/") && it.path != "/v2/");
    registry.map(|it| format!("{} {}", it.method, it.path)).collect()
}

async fn state(app: &Slipway, id: &str) -> ImageStateView {
    let states = app.states().of(Engine::Docker, &[id.to_owned()], false).await;
    let [only] = &states[..] else { panic!("{states:?}") };
    only.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_image_is_told_as_it_stands_at_the_registry() {
    let set = Set::up().await;
    let (first, one) = archive("a", "linux/amd64", &["ghcr.io/octocat/a:1", "ghcr.io/octocat/a:2"]);
    let (second, two) = archive("b", "linux/amd64", &["ghcr.io/octocat/a:latest"]);
    let (third, three) = archive("c", "linux/amd64", &["ghcr.io/octocat/none:1"]);
    let (fourth, four) = archive("d", "linux/amd64", &["short:1"]);
    let (fifth, five) = archive("e", "linux/amd64", &[]);
    let (sixth, six) = archive("f", "linux/amd64", &["localhost/here:1"]);
    for tar in [&first, &second, &third, &fourth, &fifth, &sixth] {
        set.docker.has(tar);
    }
    let app = set.app();
    for tag in ["1", "latest"] {
        let wanted = options(Engine::Docker, &[&one], &format!("ghcr.io/octocat/a:{tag}"));
        published(&app, &wanted).await.unwrap();
    }
    set.stage.practice.forget_requests();

    let listed = app.states().images(Engine::Docker).await.unwrap();
    assert_eq!(listed.images.len(), 6);
    let compared: Vec<_> = listed.compared.iter().map(|it| (&*it.registry, &*it.username)).collect();
    assert_eq!(compared, [("ghcr.io", "octocat")]);
    assert!(asked(&set).is_empty(), "the list waits for no registry");

    let same = state(&app, &one).await;
    assert_eq!((same.state, same.by_config), (RegistryState::Published, true));
    assert_eq!((same.tag.as_str(), same.missing.as_deref()), ("1", Some("2")));
    let older = state(&app, &two).await;
    assert_eq!((older.state, older.tag.as_str()), (RegistryState::Older, "latest"));
    assert_eq!(older.same_as.as_deref(), Some("1"), "what stands there in people's words");
    let none = state(&app, &three).await;
    assert_eq!((none.state, none.package), (RegistryState::NotThere, false));
    for (id, reason) in [(&four, UnknownReason::NotAsked), (&six, UnknownReason::LocalName)] {
        let unknown = state(&app, id).await;
        assert_eq!((unknown.state, unknown.reason), (RegistryState::Unknown, Some(reason)));
    }
    assert_eq!(state(&app, &five).await.state, RegistryState::NoName);

    let all = asked(&set);
    let count = |start: &str| all.iter().filter(|it| it.starts_with(start)).count();
    assert_eq!(count("HEAD "), 4, "{all:?}");
    // Both tags name one digest, which is read once for both; lists are asked of what has no tag.
    assert_eq!(count("GET /v2/octocat/a/manifests/sha256:"), 1, "{all:?}");
    assert_eq!(count("GET /v2/octocat/none/tags/list"), 1, "{all:?}");

    // A second look asks nothing; who wants it anew asks for states, and reads nothing again.
    set.stage.practice.forget_requests();
    let ids: Vec<String> = listed.images.iter().map(|image| image.id.clone()).collect();
    app.states().of(Engine::Docker, &ids, false).await;
    assert!(asked(&set).is_empty(), "{:?}", asked(&set));
    app.states().of(Engine::Docker, &ids, true).await;
    let again = asked(&set);
    assert_eq!(again.iter().filter(|it| it.starts_with("HEAD ")).count(), 4, "{again:?}");
    assert!(!again.iter().any(|it| it.contains("/manifests/") && it.starts_with("GET")), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_without_an_account_is_not_asked() {
    let set = Set::up().await;
    let elsewhere = Server::start(|_| axum::http::StatusCode::OK.into_response()).await;
    let name = format!("{}/octocat/a:1", elsewhere.address);
    let (tar, one) = archive("a", "linux/amd64", &[&name]);
    let (github, two) = archive("b", "linux/amd64", &["ghcr.io/octocat/a:1"]);
    set.docker.has(&tar);
    set.docker.has(&github);
    let app = set.signed_out();
    app.states().images(Engine::Docker).await.unwrap();
    assert_eq!(state(&app, &one).await.reason, Some(UnknownReason::NotAsked));
    assert_eq!(state(&app, &two).await.reason, Some(UnknownReason::SignedOut));
    assert!(elsewhere.seen().is_empty() && set.stage.practice.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_asks_to_wait_is_left_alone_until_then() {
    let set = Set::up().await;
    let one = set.docker.has(&archive("a", "linux/amd64", &["ghcr.io/octocat/a:1"]).0);
    let two = set.docker.has(&archive("b", "linux/amd64", &["ghcr.io/octocat/b:1"]).0);
    let app = set.app();
    let known = set.docker.has(&archive("c", "linux/amd64", &["ghcr.io/octocat/c:1"]).0);
    app.states().images(Engine::Docker).await.unwrap();
    assert_eq!(state(&app, &known).await.state, RegistryState::NotThere);
    set.stage.practice.plan(Trouble::at(Place::Manifest, Mishap::TooMany(Wish::Seconds(3600))));

    set.stage.practice.forget_requests();
    let before = seconds();
    let limited = state(&app, &one).await;
    assert_eq!((limited.state, limited.reason), (RegistryState::Unknown, Some(UnknownReason::RateLimited)));
    assert_eq!(limited.failure.unwrap().code, Code::RateLimited);
    let again = limited.again.unwrap();
    assert!((before + 3600..=seconds() + 3600).contains(&again), "{again}");
    let other = state(&app, &two).await;
    assert_eq!((other.reason, other.again), (Some(UnknownReason::RateLimited), Some(again)));
    let heads = || asked(&set).iter().filter(|it| it.starts_with("HEAD ")).count();
    assert_eq!(heads(), 1, "{:?}", asked(&set));

    assert_eq!(state(&app, &known).await.state, RegistryState::NotThere, "what is known stays so");
    assert_eq!(heads(), 1);

    // Somebody does not want to wait.
    let ids = [one, two];
    for told in app.states().of(Engine::Docker, &ids, true).await {
        assert_eq!((told.state, told.again), (RegistryState::NotThere, None));
    }
    assert_eq!(heads(), 3, "{:?}", asked(&set));
}

/// Since 1970.
fn seconds() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    i64::try_from(since).unwrap()
}

/// The form's draft, filled for an image of Docker.
async fn opened(app: &Slipway, name: &str) -> Draft {
    let draft = Draft { owner: "octocat".to_owned(), ..app.start().draft };
    app.publish().open_held(Engine::Docker, name, draft).await.unwrap().draft
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_of_an_engine_fills_the_form_and_is_exported_once() {
    let set = Set::up().await;
    let (tar, id) = archive("a", "linux/amd64", &["ghcr.io/octo-org/a:latest", "ghcr.io/octo-org/a:1"]);
    set.docker.has(&tar);
    let app = set.app();
    let draft = app.publish().open_held(Engine::Docker, "ghcr.io/octo-org/a:1", app.start().draft).await;
    let draft = draft.unwrap().draft;
    assert_eq!((&*draft.registry, &*draft.owner, &*draft.image_name), ("ghcr.io", "octo-org", "a"));
    assert_eq!(draft.versions, ["1", "latest"], "the one that was asked for first");
    let held = draft.held.clone().unwrap();
    assert_eq!((held.engine, &*held.name, &held.id), (Engine::Docker, "ghcr.io/octo-org/a:1", &id));
    app.publish().preflight(&draft).await.unwrap();
    let named = [&*held.name, "ghcr.io/octo-org/a:latest", "elsewhere/a:2"].map(str::to_owned).into();
    let command = app.publish().held_commands(Engine::Docker, &[named], &draft);
    assert_eq!(
        command, "slipway push --from docker ghcr.io/octo-org/a:1 ghcr.io/octo-org/a:1 --tag latest",
        "all that the form publishes"
    );

    // A name without a registry goes where the form leads.
    set.docker.has(&archive("b", "linux/amd64", &["lesson:4"]).0);
    let draft = opened(&app, "lesson:4").await;
    assert_eq!((&*draft.image_name, &draft.versions[..]), ("lesson", &["4".to_owned()][..]));
    let command = app.publish().held_commands(Engine::Docker, &[vec!["lesson:4".to_owned()]], &draft);
    assert_eq!(command, "slipway push --from docker lesson:4 ghcr.io/octocat/lesson:4");
    let job = app.publish().start(&Draft { held: name_it(draft.held), ..draft }).await.unwrap();
    assert_eq!(watched(&app, job).await.progress.state, JobState::Done);
    let exports = set.docker.asked().into_iter().filter(|asked| asked.contains("/get")).count();
    assert_eq!(exports, 2, "one each");
    let (_, images) = app.engines().images(Engine::Docker).await.unwrap();
    let names: Vec<_> = images.iter().flat_map(|image| image.names.clone()).collect();
    assert!(names.contains(&"ghcr.io/octocat/lesson:4".to_owned()), "{names:?}");
}

fn name_it(held: Option<HeldImage>) -> Option<HeldImage> {
    held.map(|held| HeldImage { name_it: true, ..held })
}

/// After success, failure and cancel, and when the form is left; a file without a name goes with the process that is killed.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_spooled_takes_no_more_room_than_it_must() {
    let set = Set::up().await;
    set.docker.has(&archive("a", "linux/amd64", &["ghcr.io/octocat/a:1"]).0);
    let app = set.app();
    let draft = opened(&app, "ghcr.io/octocat/a:1").await;
    assert_eq!(set.stage.spooled(), 1);
    app.images().leave(draft.file.unwrap());
    assert_eq!(set.stage.spooled(), 0, "the form was left");

    let finished = async |draft: Draft, state: JobState| {
        let job = app.publish().start(&draft).await.unwrap();
        if state == JobState::Cancelled {
            app.activity().cancel(job).await;
        }
        assert_eq!(end(&app, job).await, state);
        // The job gives it back a moment after it ended.
        until("the end of the spool", || set.stage.spooled() == 0).await;
    };
    finished(opened(&app, "ghcr.io/octocat/a:1").await, JobState::Done).await;
    let nobodys = Draft { owner: "nobody-at-all".to_owned(), ..opened(&app, "ghcr.io/octocat/a:1").await };
    finished(nobodys, JobState::Failed).await;
    set.stage.pace(Some(10));
    set.docker.has(&archive(&"x".repeat(50_000), "linux/amd64", &["ghcr.io/octocat/b:1"]).0);
    finished(opened(&app, "ghcr.io/octocat/b:1").await, JobState::Cancelled).await;

    // An export that breaks off leaves nothing either.
    set.docker.fails(Fault::Short(2000));
    let draft = app.start().draft;
    app.publish().open_held(Engine::Docker, "ghcr.io/octocat/a:1", draft).await.unwrap_err();
    assert_eq!(set.stage.spooled(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_from_an_engine_is_repeated_from_the_history() {
    let set = Set::up().await;
    let (tar, _) = archive("a", "linux/amd64", &["ghcr.io/octocat/a:1"]);
    set.docker.has(&tar);
    let job = {
        let app = set.app();
        let job = app.publish().start(&opened(&app, "ghcr.io/octocat/a:1").await).await.unwrap();
        assert_eq!(end(&app, job).await, JobState::Done);
        assert!(app.activity().recent().await.is_empty(), "it is no file that could be opened again");
        job
    };
    let app: Arc<Slipway> = set.app();
    let again = app.activity().reopen(job).await.unwrap();
    assert_eq!(again.draft.versions, ["1"]);
    assert_eq!(again.draft.held.map(|held| held.name).as_deref(), Some("ghcr.io/octocat/a:1"));
    // The engine has it no more.
    let app = set.app_at("unix:///nowhere/engine.sock".to_owned(), set.podman.host());
    let failure = app.activity().reopen(job).await.unwrap_err();
    assert_eq!(failure.code, Code::EngineAway { engine: "Docker".to_owned() });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_gets_another_name_and_tells_its_containers() {
    let set = Set::up().await;
    let (tar, id) = archive("a", "linux/amd64", &["octocat/a:1"]);
    set.docker.has(&tar);
    set.docker.uses(&id);
    let app = set.app();
    app.engines().name(Engine::Docker, &id, "ghcr.io/octocat/a").await.unwrap();
    let (_, images) = app.engines().images(Engine::Docker).await.unwrap();
    assert_eq!(images[0].names, ["ghcr.io/octocat/a:latest", "octocat/a:1"]);
    let failure = app.engines().name(Engine::Docker, &id, "Octocat").await.unwrap_err();
    assert!(matches!(failure.code, Code::FormProblem { .. }), "{failure:?}");
    let containers = app.engines().containers(Engine::Docker, &id).await.unwrap();
    let told: Vec<_> = containers.iter().map(|it| (it.name.as_str(), it.running)).collect();
    assert_eq!(told, [("quiet_whale", false)]);
    assert!(app.engines().containers(Engine::Docker, "sha256:0").await.unwrap().is_empty());
}
