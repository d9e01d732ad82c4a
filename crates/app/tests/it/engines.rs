//! Docker and Podman as the app uses them, by an engine's double.

use std::sync::Arc;

use serde_json::{Value, json};
use slipway_app::view::{Code, Engine, EngineState, EngineView, FailureView, JobState, ResultView};
use slipway_app::{EngineImages, Finders, Inputs, PushOptions, Setup, Slipway, Wish};
use slipway_stage::engine::{self, Fault, Like};
use slipway_stage::tar::Tar;
use slipway_stage::{digest, image, shapes};

use crate::{Stage, watched};

/// A practice registry, and both engines.
pub(crate) struct Set {
    pub(crate) stage: Stage,
    pub(crate) docker: engine::Engine,
    pub(crate) podman: engine::Engine,
}

impl Set {
    pub(crate) async fn up() -> Self {
        let (docker, podman) = (engine::Engine::start(Like::Docker), engine::Engine::start(Like::Podman));
        Self { stage: Stage::set().await, docker, podman }
    }

    /// Slipway as a command starts it on a computer with these engines, signed in.
    pub(crate) fn app(&self) -> Arc<Slipway> {
        self.app_at(self.docker.host(), self.podman.host())
    }

    pub(crate) fn app_at(&self, docker: String, podman: String) -> Arc<Slipway> {
        let app = self.started(docker, podman);
        self.stage.sign_in(&app, "publish");
        app
    }

    /// The same, with nobody signed in.
    pub(crate) fn signed_out(&self) -> Arc<Slipway> {
        self.started(self.docker.host(), self.podman.host())
    }

    fn started(&self, docker: String, podman: String) -> Arc<Slipway> {
        let others = self.stage.environment();
        let get = move |name: &str| match name {
            "DOCKER_HOST" => Some(docker.clone()),
            "CONTAINER_HOST" => Some(podman.clone()),
            _ => others(name),
        };
        let setup = Setup::read(get, Finders::None).unwrap();
        let inputs = Inputs { streams: true, ..Inputs::default() };
        Arc::new(Slipway::new(Setup { keychain: self.stage.keychain.clone(), inputs, ..setup }))
    }

    /// What the registry has at this digest.
    fn json(&self, digest: &str) -> Value {
        serde_json::from_slice(&std::fs::read(self.stage.blob(digest)).unwrap()).unwrap()
    }
}

/// A Docker archive of one layer for a platform, and its image's ID.
pub(crate) fn archive(text: &str, platform: &str, names: &[&str]) -> (Vec<u8>, String) {
    let layer = image::layer(text);
    let config = image::config_of(platform, &[digest(&layer)]).to_string().into_bytes();
    let (id, member) = (digest(&config), format!("{}.json", &digest(&config)[7..]));
    let of_layer = format!("{}.tar", &digest(&layer)[7..]);
    let entry = json!([{"Config": member, "RepoTags": names, "Layers": [of_layer]}]).to_string();
    let tar = Tar::default().file(&of_layer, &layer).file(&member, &config);
    (tar.file("manifest.json", entry.as_bytes()).end(), id)
}

pub(crate) fn options(engine: Engine, names: &[&str], to: &str) -> PushOptions {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    PushOptions {
        files: Vec::new(),
        from: Some(EngineImages { engine, names }),
        reference: to.parse().unwrap(),
        tags: Vec::new(),
        plain_http: false,
        wish: Wish::default(),
    }
}

pub(crate) async fn published(app: &Slipway, options: &PushOptions) -> Result<ResultView, FailureView> {
    let (job, _) = app.publish().push(options).await?;
    let ended = watched(app, job).await;
    assert_eq!(ended.progress.state, JobState::Done, "{:?}", ended.failure);
    Ok(ended.result.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_are_told_with_what_they_have() {
    let set = Set::up().await;
    let (tar, id) = archive("a", "linux/amd64", &["octocat/a:1", "octocat/a:2"]);
    set.docker.has(&tar);
    set.docker.uses(&id);
    let app = set.app();
    let engines = app.engines().all().await.engines;
    let told: Vec<_> = engines.iter().map(|it| (it.engine, it.version.as_deref(), it.rootless)).collect();
    assert_eq!(told, [(Engine::Docker, Some("20.10.24"), false), (Engine::Podman, Some("4.3.1"), true)]);
    assert!(engines[0].place.ends_with("(DOCKER_HOST)"), "{}", engines[0].place);
    let (about, images) = app.engines().images(Engine::Docker).await.unwrap();
    assert_eq!(about, engines[0]);
    let [only] = &images[..] else { panic!("{images:?}") };
    assert_eq!((only.id.as_str(), only.names.len(), only.containers), (id.as_str(), 2, 1));
    assert!(app.engines().images(Engine::Podman).await.unwrap().1.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_not_there_hides_no_other() {
    let set = Set::up().await;
    let gone = "unix:///nowhere/engine.sock".to_owned();
    let app = set.app_at(gone, set.podman.host());
    let engines = app.engines().all().await.engines;
    let [EngineView { engine: Engine::Docker, version: None, failure: Some(failure), .. }, podman] =
        &engines[..]
    else {
        panic!("{engines:?}")
    };
    assert_eq!(failure.code, Code::EngineAway { engine: "Docker".to_owned() });
    assert!(failure.message.contains("/nowhere/engine.sock"), "{}", failure.message);
    assert!(podman.failure.is_none());
    let told = |engines: &[EngineView]| -> Vec<_> {
        engines.iter().map(|it| (it.state, it.command.is_some(), it.place.is_empty())).collect()
    };
    let runs = (EngineState::Running, false, false);
    assert_eq!(told(&engines), [(EngineState::NotRunning, cfg!(target_os = "linux"), false), runs]);
    let app = set.app_at("ssh://octocat@engine.example.com".to_owned(), set.podman.host());
    let failure = app.engines().images(Engine::Docker).await.unwrap_err();
    assert!(failure.message.contains("ssh -nNT -L"), "{}", failure.message);
    let engines = app.engines().all().await.engines;
    assert_eq!(told(&engines), [(EngineState::Failed, false, false), runs]);
    assert_eq!(engines[0].failure.as_ref(), Some(&failure));
    // One kind is not taken for the other.
    let app = set.app_at(set.podman.host(), set.podman.host());
    app.engines().images(Engine::Podman).await.unwrap();
    let failure = app.engines().images(Engine::Docker).await.unwrap_err();
    assert_eq!(failure.code, Code::EngineAway { engine: "Docker".to_owned() });
    assert!(failure.message.starts_with("Podman answers at "), "{}", failure.message);
}

/// Another engine may have another image of the same name.
#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_engine_that_fails_is_replaced_by_no_other() {
    let set = Set::up().await;
    set.podman.has(&archive("a", "linux/amd64", &["octocat/a:1"]).0);
    let app = set.app_at(set.podman.host(), "unix:///nowhere/podman.sock".to_owned());
    let wanted = options(Engine::Podman, &["octocat/a:1"], "ghcr.io/octocat/a:1");
    let failure = published(&app, &wanted).await.unwrap_err();
    assert_eq!(failure.code, Code::EngineAway { engine: "Podman".to_owned() });
    assert!(failure.message.contains("/nowhere/podman.sock"), "{}", failure.message);
    assert!(!set.podman.asked().iter().any(|asked| asked.contains("/get")));
    // The list says what a publish would say.
    let engines = app.engines().all().await.engines;
    let told: Vec<_> = engines.iter().map(|engine| engine.state).collect();
    assert_eq!(told, [EngineState::Failed, EngineState::NotRunning], "{engines:?}");
    assert_eq!(engines[1].failure.as_ref().map(|it| &it.message), Some(&failure.message));
}

/// A context that is chosen and not there, with an engine at hand in another one.
#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_context_that_fails_is_replaced_by_no_other() {
    let set = Set::up().await;
    let config = tempfile::tempdir().unwrap();
    let meta = |name: &str, host: &str| {
        let folder = config.path().join("contexts/meta").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let meta = json!({"Name": name, "Endpoints": {"docker": {"Host": host}}});
        std::fs::write(folder.join("meta.json"), meta.to_string()).unwrap();
    };
    meta("good", &set.docker.host());
    meta("dead", "unix:///nowhere/dead.sock");
    meta("far", "ssh://octocat@engine.example.com");
    for (chosen, said) in
        [("dead", "/nowhere/dead.sock"), ("far", "ssh -nNT -L"), ("nope", "no context nope")]
    {
        let (folder, others) = (config.path().display().to_string(), set.stage.environment());
        let get = move |name: &str| match name {
            "DOCKER_CONFIG" => Some(folder.clone()),
            "DOCKER_CONTEXT" => Some(chosen.to_owned()),
            _ => others(name),
        };
        let setup = Setup::read(get, Finders::None).unwrap();
        let app = Slipway::new(Setup { keychain: set.stage.keychain.clone(), ..setup });
        let failure = app.engines().images(Engine::Docker).await.unwrap_err();
        assert_eq!(failure.code, Code::EngineAway { engine: "Docker".to_owned() }, "{chosen}");
        assert!(failure.message.contains(said), "{chosen}: {}", failure.message);
    }
    assert!(set.docker.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_published_by_its_names_and_by_its_id() {
    let set = Set::up().await;
    let (tar, id) = archive("a", "linux/amd64", &["octocat/a:latest", "octocat/a:1"]);
    set.docker.has(&tar);
    set.docker.has(&archive("b", "linux/amd64", &["octocat/b:1"]).0);
    let app = set.app();
    let mut digests = Vec::new();
    for (tag, name) in [("1", "octocat/a"), ("2", "octocat/a:1"), ("3", id.as_str()), ("4", &id[7..19])] {
        let to = format!("ghcr.io/octocat/a:{tag}");
        let result = published(&app, &options(Engine::Docker, &[name], &to)).await.unwrap();
        assert!(result.verified);
        assert_eq!(set.json(&result.digest)["config"]["digest"], id, "the image keeps its ID");
        assert_eq!(result.command, format!("slipway push --from docker {name} {to}"));
        digests.push(result.digest);
    }
    digests.dedup();
    assert_eq!(digests.len(), 1, "{digests:?}");
    // One stream each, and a bare name brings no other tag.
    let exports: Vec<_> = set.docker.asked().into_iter().filter(|asked| asked.contains("/get")).collect();
    assert_eq!(exports.len(), 4);
    assert!(exports[0].contains("octocat/a:latest/get"), "{exports:?}");
    let failure = published(&app, &options(Engine::Docker, &["octocat/none:1"], "ghcr.io/octocat/a:5")).await;
    let failure = failure.unwrap_err();
    assert!(matches!(failure.code, Code::NotFound { .. }), "{failure:?}");
    assert_eq!(failure.message, "Docker has no image octocat/none:1");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_images_come_in_one_stream_and_become_one_of_several_platforms() {
    let set = Set::up().await;
    let (amd64, first) = archive("a", "linux/amd64", &["octocat/a:amd64"]);
    let (arm64, second) = archive("b", "linux/arm64", &["octocat/a:arm64"]);
    set.podman.has(&amd64);
    set.podman.has(&arm64);
    let app = set.app();
    let wanted = options(Engine::Podman, &["octocat/a:amd64", &second], "ghcr.io/octocat/a:1");
    let result = published(&app, &wanted).await.unwrap();
    assert_eq!(result.platforms, ["linux/amd64", "linux/arm64"]);
    let index = set.json(&result.digest);
    let configs: Vec<_> = index["manifests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|child| set.json(child["digest"].as_str().unwrap())["config"]["digest"].clone())
        .collect();
    assert_eq!(configs, [first, second]);
    assert_eq!(set.podman.asked().iter().filter(|asked| asked.contains("/get")).count(), 1);
}

/// Docker 29 exports what it has of an index, byte for byte, and names what it has not.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_engine_holds_as_it_came_is_published_byte_for_byte() {
    let set = Set::up().await;
    let shape = shapes::sparse(set.stage.folder());
    let tar = std::fs::read(&shape.path).unwrap();
    let index = shape.images[0].id.clone();
    set.docker.keeps(&index, &["octocat/hello:1"], &tar);
    let app = set.app();
    for (tag, name) in [("1", "octocat/hello:1"), ("2", index.as_str())] {
        let wanted = options(Engine::Docker, &[name], &format!("ghcr.io/octocat/hello:{tag}"));
        let prepared = app.publish().dry_run(&wanted).await.unwrap();
        let notes: Vec<_> = prepared.notes.iter().map(|note| note.message.clone()).collect();
        assert!(notes.iter().any(|note| note.contains("index also names")), "{notes:?}");
    }
    let one = PushOptions {
        wish: Wish { platform: Some("linux/amd64".to_owned()), ..Wish::default() },
        ..options(Engine::Docker, &["octocat/hello:1"], "ghcr.io/octocat/hello:3")
    };
    let result = published(&app, &one).await.unwrap();
    let manifest = set.json(&result.digest);
    assert_eq!(manifest["config"]["digest"], shape.images[0].config);
    for blob in engine::members(&tar).iter().filter(|(name, _)| name.ends_with(&result.digest[7..])) {
        assert_eq!(std::fs::read(set.stage.blob(&result.digest)).unwrap(), blob.1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_published_of_an_export_that_broke_off() {
    let set = Set::up().await;
    let (tar, _) = archive(&"x".repeat(100_000), "linux/amd64", &["octocat/a:1"]);
    set.docker.has(&tar);
    let app = set.app();
    let wanted = options(Engine::Docker, &["octocat/a:1"], "ghcr.io/octocat/a:1");
    let said = "write /var/lib/docker/tmp/x: no space left on device";
    for (fault, reason) in [
        (Fault::Short(50_000), "the end of the tar is not there"),
        // Every member is there.
        (Fault::Short(tar.len() - 1024), "the end of the tar is not there"),
        (Fault::Cut(50_000), ""),
        // In the middle of a member, and in the place of a header.
        (Fault::Says(50_000, said), said),
        (Fault::Says(100_000_usize.next_multiple_of(512) + 2048, said), said),
    ] {
        set.docker.fails(fault.clone());
        let failure = published(&app, &wanted).await.unwrap_err();
        let Code::EngineBrokenOff { reason: told, .. } = &failure.code else {
            panic!("{fault:?}: {failure:?}")
        };
        assert!(told.contains(reason), "{fault:?}: {told}");
    }
    set.docker.fails(Fault::Answers("/get", 500, r#"{"message":"layer does not exist"}"#.to_owned()));
    let failure = published(&app, &wanted).await.unwrap_err();
    assert!(matches!(&failure.code, Code::EngineRefused { reason, .. } if reason == "layer does not exist"));
    set.docker.fails(None);
    published(&app, &wanted).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_an_engine_that_keeps_silent_can_be_cancelled() {
    let set = Set::up().await;
    set.docker.has(&archive("a", "linux/amd64", &["octocat/a:1"]).0);
    set.docker.fails(Fault::Waits(600));
    let app = set.app();
    let wanted = options(Engine::Docker, &["octocat/a:1"], "ghcr.io/octocat/a:1");
    let publishing = {
        let app = Arc::clone(&app);
        tokio::spawn(async move { published(&app, &wanted).await })
    };
    // Its need is told before anything came.
    while app.images().reading().is_none() {
        assert!(!publishing.is_finished(), "{:?}", publishing.await);
        tokio::task::yield_now().await;
    }
    let reading = app.images().reading().unwrap();
    assert_eq!((reading.name.as_str(), reading.total), ("octocat/a:1", 0));
    assert!(reading.need.is_some_and(|need| need > 0));
    app.images().cancel_reading();
    assert_eq!(publishing.await.unwrap().unwrap_err().code, Code::Cancelled);
}

/// The room that is said to be needed for these images of Docker, bytes.
async fn need(set: &Set, names: &[&str]) -> u64 {
    let app = set.app();
    let wanted = options(Engine::Docker, names, "ghcr.io/octocat/a:1");
    let publishing = {
        let app = Arc::clone(&app);
        tokio::spawn(async move { published(&app, &wanted).await })
    };
    while app.images().reading().is_none() {
        assert!(!publishing.is_finished(), "{:?}", publishing.await);
        tokio::task::yield_now().await;
    }
    let need = app.images().reading().unwrap().need.unwrap();
    app.images().cancel_reading();
    assert_eq!(publishing.await.unwrap().unwrap_err().code, Code::Cancelled);
    need
}

/// A disk with room for what is exported must not be refused.
#[tokio::test(flavor = "multi_thread")]
async fn the_room_for_several_images_is_that_of_the_largest() {
    let set = Set::up().await;
    set.docker.has(&archive("a", "linux/amd64", &["octocat/a:1", "octocat/a:2"]).0);
    set.docker.has(&archive(&"b".repeat(50_000), "linux/arm64", &["octocat/b:1"]).0);
    set.docker.fails(Fault::Waits(600));
    let small = need(&set, &["octocat/a:1"]).await;
    assert_eq!(need(&set, &["octocat/a:1", "octocat/a:2"]).await, small, "one image by two names");
    let large = need(&set, &["octocat/b:1"]).await;
    assert!(large > small);
    assert_eq!(need(&set, &["octocat/a:1", "octocat/b:1"]).await, large);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_gets_the_published_name_in_its_engine_on_request() {
    let set = Set::up().await;
    let id = set.docker.has(&archive("a", "linux/amd64", &["octocat/a:1"]).0);
    let app = set.app();
    let (reference, more) = ("ghcr.io/octocat/b:1.0".parse().unwrap(), ["latest".parse().unwrap()]);
    app.engines().tag(Engine::Docker, "octocat/a:1", &reference, &more).await.unwrap();
    assert_eq!(set.docker.names(&id), ["octocat/a:1", "ghcr.io/octocat/b:1.0", "ghcr.io/octocat/b:latest"]);
    assert!(set.docker.asked().iter().all(|asked| !asked.starts_with("DELETE")));
}
